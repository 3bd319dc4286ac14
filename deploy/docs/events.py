"""docs/events.md: every event, when and by which service it is said, its fields, and its hearers."""

import inspect
import re
from collections.abc import Iterator
from typing import Any

from deploy.docs.cards import SERVICES, hearers
from deploy.docs.fields import table
from libs.events.log.schema import schema
from libs.events.words.event import TYPES, EventType

_DECIDED = re.compile(r"\s*Decided by ([\w.]+)\.(?=\s|$)")

HEAD = """\
# Events

Made from `libs/events/catalogue/` by `python -m deploy.docs`; edit the catalogue, not this page.

Every event is a CloudEvents 1.0 document on one of three topics. The envelope carries `id`, `source` (the service that
said it), `type` (below), `subject` (the key: the case, standard or calendar it is about), `time` (when it happened),
`recordedtime` (when we learned of it), `sequence` (the order of facts of one instant), `origin` (`live` or `import`),
`actor`, `correlationid`, `causationid`, `traceparent`, and the three numbers that prove that no event is lost: `outboxpartition`,
`outboxepoch`, `outboxseq`. [asyncapi.json](asyncapi.json) has the same for machines.

All readers put the facts of a case into the same order, whatever the order of arrival: by `time`; at one instant `clock.…`
events last, because they follow from the others; then by `sequence`; then events without a `causationid` before those
with one, because those answer something; then by `id`. So an answer always stands behind the event that it answers.

Each section has the events of one service; no other service says them. A reader ignores fields and types it does not know.
The meaning of a version never changes: a new meaning gets a new version, and the old one can be read for ever.
"""


def document() -> str:
    """Return the whole page."""
    return "\n".join([HEAD, *_summary(), *(line for service in SERVICES for line in _section(service)), *_shapes()])


def when_said(kind: EventType) -> str:
    """Return when an event is said, in the catalogue's words, without the module that decides it."""
    return _DECIDED.sub("", inspect.getdoc(kind.cls) or "").strip()


def decided_by(kind: EventType) -> str:
    """Return the path of the module that decides an event; empty if the catalogue does not name one."""
    found = _DECIDED.search(inspect.getdoc(kind.cls) or "")
    return f"{found[1].replace('.', '/')}.py" if found else ""


def _summary() -> Iterator[str]:
    yield "| type | said by | topic |"
    yield "|---|---|---|"
    for kind in TYPES.values():
        topics = ", ".join(kind.lives)
        yield f"| [`{kind.wire}`](#{_anchor(kind)}) | {kind.owner} | {topics} |"
    yield ""


def _section(service: str) -> Iterator[str]:
    yield f"## {service}\n"
    kinds = [kind for kind in TYPES.values() if kind.owner == service]
    if not kinds:
        yield f"{service} says nothing yet.\n"
    for kind in kinds:
        yield from _event(kind)


def _event(kind: EventType) -> Iterator[str]:
    yield f"### {kind.wire}\n"
    yield f"{when_said(kind)}\n"
    facts = [f"Class `{kind.cls.__name__}`", " and ".join(f"topic `{topic}`" for topic in kind.lives)]
    if decided := decided_by(kind):
        facts.append(f"decided by `{decided}`")
    if heard := hearers(kind):
        facts.append(f"heard by {', '.join(heard)}")
    yield f"{'; '.join(facts)}. [Example](../tests/golden/{kind.wire}.json).\n"
    shape = schema(kind.cls)
    yield from table(shape) if shape.get("properties") else ["It has no fields."]
    yield ""


def _shapes() -> Iterator[str]:
    yield "## Shapes inside events\n"
    found: dict[str, dict[str, Any]] = {}
    for kind in TYPES.values():
        found |= schema(kind.cls).get("$defs", {})
    for name in sorted(found):
        yield f"### {name}\n"
        yield f"{found[name].get('description', '')}\n"
        yield from table(found[name])
        yield ""


def _anchor(kind: EventType) -> str:
    # GitHub's rule for headings: dots vanish, underscores stay
    return kind.wire.replace(".", "")
