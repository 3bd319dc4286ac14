"""What the customer is asked to accept and is told: confirmations of nodes, notices, and the scripts of notices."""

import re
from collections.abc import Iterable, Mapping

from libs.events.catalogue.intake import SUBJECTS
from libs.events.catalogue.standard import Label, Node, Standard
from services.routing.domain.standards.page import Fault, Page

SCRIPT_MAX = 2_000
_PLACE = re.compile(r"\{([a-z][a-z0-9_]{0,59})\}")


def scripts_of(pages: Page) -> dict[str, Label]:
    """Return the scripts by their ids."""
    return {id: _script(pages.page(id)) for id in pages}


def _script(page: Page) -> Label:
    script = Label(en=page.text("en", longest=SCRIPT_MAX), zh=page.text("zh", longest=SCRIPT_MAX))
    page.close()
    for lang in ("en", "zh"):
        if re.search(r"[{}]", _PLACE.sub("", getattr(script, lang))):
            page.fault(lang, "has a brace that is no place", "write places as {result}, in small letters, digits and _")
    if places_in(script.en) != places_in(script.zh) and script.en and script.zh:
        page.fault("zh", "has other places than the English text", f"use {', '.join(sorted(places_in(script.en))) or 'none'}")
    return script


def places_in(text: str) -> set[str]:
    """Return the names of the places in a script."""
    return set(_PLACE.findall(text))


def spoken(text: str, known: Mapping[str, str]) -> str:
    """Return a script with what is known in its places; what is not stays as it is."""
    return _PLACE.sub(lambda place: known.get(place[1]) or place[0], text)


def notice_faults(standard: Standard) -> Iterable[Fault]:
    """Yield the faults of confirmations and notices, and the scripts by which nobody tells anything."""
    resolving = next((place for place, node in enumerate(standard.nodes) if node.resolves), len(standard.nodes))
    for place, node in enumerate(standard.nodes):
        yield from _confirmation_faults(node, [one.id for one in standard.nodes[:place]], is_late=place > resolving)
        if node.notice and node.notice not in standard.scripts:
            known = ", ".join(standard.scripts) or "none yet"
            yield Fault(f"nodes.{node.id}.notice", f"there is no script `{node.notice}`", f"name one of {known}")
        if node.asks_expectation and not node.notice:
            yield Fault(f"nodes.{node.id}.asks_expectation", "asks about a result that nobody tells", "write its `notice`, too")
    for id in standard.scripts.keys() - {node.notice for node in standard.nodes}:
        yield Fault(f"scripts.{id}", "is told by no node", "let a node have it as its `notice`, or leave it out")


def _confirmation_faults(node: Node, earlier: list[str], *, is_late: bool) -> Iterable[Fault]:
    wanted, place = node.confirmation, f"nodes.{node.id}.confirmation"
    if wanted is None:
        return
    if wanted.subject not in SUBJECTS:
        yield Fault(f"{place}.subject", f"nobody confirms `{wanted.subject}`", f"write one of {', '.join(SUBJECTS)}")
    if wanted.returns_to and wanted.returns_to not in earlier:
        instead = f"name one of {', '.join(earlier)}, or leave it out" if earlier else "leave it out"
        yield Fault(f"{place}.returns_to", f"`{wanted.returns_to}` does not come before {node.id}", instead)
    if is_late:
        yield Fault(place, "comes after the case is resolved, and a no could not send it back", "ask before that")
