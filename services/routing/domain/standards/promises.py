"""Limits as an author writes them → targets as the catalogue has them."""

from collections.abc import Iterable, Mapping

from libs.events.catalogue.mark import MARKS_MAX, Warned, is_reached, read_mark
from libs.events.catalogue.promise import NAMED, OF_NODES, Deadline, Each, Reopening, Target, read_limit, read_moment
from libs.events.catalogue.promised import is_owed
from libs.events.catalogue.standard import Node
from libs.events.words.refusal import nearest
from services.routing.domain.standards.page import Page

GRACE = "15m"
"""The grace of `immediate` if the author names none, because nobody acts in no time at all."""

SCALES = {"grades": "grade", "classes": "service_class", "severities": "severity"}
"""The three scales a case is put on: how the author heads them, and what the case calls them."""

REMINDERS_MAX = 20
"""An exception reminds the customer so many times at most, each time that it is raised."""

_FORMS = "20s, 30m, 24h, 2d (elapsed), 8wh, 3wd (working time)"
_IMMEDIATE = "immediate"


def limit_of(page: Page, *, dated: bool = False) -> str:
    """Return a limit; `immediate` is its grace. That of a promise or node may be `dated`, a date of the case."""
    written = page.text("limit")
    return _meant(page, "limit", written, _grace(page, {written}), dated=dated)


def cap_of(page: Page) -> str:
    """Return how long an exception may pause promises; empty for as long as it lasts."""
    return _checked(page, "pauses_at_most", page.text("pauses_at_most"), _FORMS) if page.has("pauses_at_most") else ""


def reminders_of(page: Page) -> tuple[str, int]:
    """Return after how long each time it is time to remind the customer, and how often at most; nothing if it never is."""
    if not page.has("remind_every"):
        if page.has("reminders_at_most"):
            page.fault(
                "reminders_at_most", "changes nothing, because nobody is reminded", "write `remind_every`, or leave it out"
            )
        return "", 0
    most = page.number("reminders_at_most")
    if most > REMINDERS_MAX:
        page.fault("reminders_at_most", f"is {most}", f"write at most {REMINDERS_MAX}")
    return _checked(page, "remind_every", page.text("remind_every"), _FORMS), most


def _meant(page: Page, key: str, written: str, grace: str, *, dated: bool = False) -> str:
    forms = f"{_FORMS}, {', '.join(Deadline)}" if dated else _FORMS
    return grace if written == _IMMEDIATE else _checked(page, key, written, f"{forms}, or {_IMMEDIATE}", dated=dated)


def _grace(page: Page, limits: set[str]) -> str:
    if not page.has("grace"):
        return GRACE
    if all(read_limit(limit, dated=True) for limit in limits):
        page.fault("grace", "changes nothing: no limit here is `immediate`", "write `immediate` as the limit, or leave it out")
    return _checked(page, "grace", page.text("grace"), _FORMS)


def _checked(page: Page, key: str, written: str, forms: str, *, dated: bool = False) -> str:
    if written and not read_limit(written, dated=dated):
        page.fault(key, f"`{written}` is no limit", f"write a number and a unit: {forms}")
        return ""
    return written


def _moment(page: Page, key: str, written: str) -> str:
    """Return the moment; whether there is such a node is asked when all nodes are read."""
    if written and not read_moment(written):
        node = written.partition(":")[2] or "<node>"
        near = nearest(written, [*NAMED, *(f"{what}:{node}" for what in OF_NODES)])
        meant = f"did you mean `{near[0]}`? " if near else ""
        instead = f"{meant}write one of {', '.join(NAMED)}, or {'/'.join(OF_NODES)}:<node>"
        page.fault(key, f"there is no moment `{written}`", instead)
    return written


def promised(pages: Page, when: dict[str, str], *, owing: bool, warn: Mapping[str, str]) -> Iterable[Target]:
    """Yield the promises under `promises:`, for the cases that fit `when`; with `owing` some outlast the end of a case.

    One that says no `warn` of its own warns as `warn` says.
    """
    for clock in pages:
        page = pages.page(clock)
        if clock.startswith("node:"):
            pages.fault(clock, "names a node's own clock", "write the limit at the node")
        each = _one_of(page, "each", Each, "")
        start, stop = _again(page, each) if each else _once(page)
        limit = limit_of(page, dated=True)
        yield Target(
            clock=clock,
            kind=clock,
            limit=limit,
            start=start,
            stop=stop,
            when=when,
            owed=owing and not each and is_owed(clock, stop),
            each=each,
            reopened=_reopened(page, each),
            warn=_marks(page, [limit], warn),
        )
        page.close()


def _once(page: Page) -> tuple[str, str]:
    """Return the moments between which a promise runs that is made once."""
    return _moment(page, "from", page.text("from", "registered")), _moment(page, "until", page.text("until"))


def _again(page: Page, each: str) -> tuple[str, str]:
    """Return the moments between which a promise runs that is made again and again."""
    if page.has("until"):
        page.fault("until", f"says nothing: with `each: {each}` it runs until somebody speaks with the customer", "leave it out")
    if each == Each.UPDATE:
        return _moment(page, "from", page.text("from", "registered")), "spoken"
    if page.has("from"):
        page.fault("from", "says nothing: with `each: message` it begins with a message of the customer", "leave it out")
    return "message", "spoken"


def _reopened(page: Page, each: str) -> str:
    """Return what a reopening makes of the promise."""
    if each and page.has("reopened"):
        page.fault("reopened", f"says nothing: with `each: {each}` a cycle begins again", "leave it out")
    return _one_of(page, "reopened", Reopening, Reopening.IGNORE)


def _one_of(page: Page, key: str, words: Iterable[str], default: str) -> str:
    written = page.text(key, default)
    return written if not written or _known(page, key, written, words) else default


def _known(page: Page, key: str, written: str, words: Iterable[str]) -> bool:
    """Test whether it is one of the words, and say so if it is not."""
    known = [str(word) for word in words]
    if written not in known:
        near = nearest(written, known)
        meant = f"did you mean `{near[0]}`? " if near else ""
        page.fault(key, f"`{written}` is not known", f"{meant}write one of {', '.join(known)}")
    return written in known


def marks_of(page: Page) -> dict[str, str]:
    """Return the marks under `warn`: when to warn, and whom."""
    written = page.mapped("warn")
    if len(written) > MARKS_MAX:
        page.fault("warn", f"has {len(written)} marks", f"write at most {MARKS_MAX}")
    for text, to in written.items():
        if read_mark(text) is None:
            page.fault(f"warn.{text}", "is no mark", "write how much is used, such as 80%, or how much is left: 90s, 30m, 2h")
        if to:
            _known(page, f"warn.{text}", to, Warned)
    return written


def _marks(page: Page, limits: Iterable[str], default: Mapping[str, str]) -> dict[str, str]:
    """Return at which marks a promise of these limits warns, and whom: its own if it says `warn`, otherwise the default ones."""
    is_own, limits = page.has("warn"), list(limits)
    marks = marks_of(page) if is_own else default
    never = [text for text in marks if (mark := read_mark(text)) and not any(is_reached(mark, limit) for limit in limits)]
    if is_own:
        for text in never:
            page.fault(f"warn.{text}", f"never warns, because no more is promised than {', '.join(limits)}", "write less")
    # A default is for long and short promises alike, so one that is too short for a mark only goes without it.
    return {text: to for text, to in marks.items() if text not in never}


def node_targets(page: Page, node: str, *, per_visit: bool, warn: Mapping[str, str]) -> Iterable[Target]:
    """Yield the limits of a node: those for words of a scale first, then the general one.

    A node that says no `warn` of its own warns as `warn` says.
    """
    if not page.is_page("limit"):
        limit = limit_of(page, dated=True)
        yield _of_node(node, limit, {}, per_visit, _marks(page, [limit], warn))
        return
    by_word = page.page("limit")
    scales = {scale: by_word.page(scale) for scale in SCALES.values()}
    limits = [(words, word, words.text(word), {scale: word}) for scale, words in scales.items() for word in words]
    limits.append((by_word, "otherwise", by_word.text("otherwise"), {}))
    grace = _grace(by_word, {written for _, _, written, _ in limits})
    meant = [(_meant(words, word, written, grace, dated=True), when) for words, word, written, when in limits]
    marks = _marks(page, [limit for limit, _ in meant], warn)
    for limit, when in meant:
        yield _of_node(node, limit, when, per_visit, marks)
    by_word.close()


def gate_targets(node: Node) -> Iterable[Target]:
    """Yield the promises to decide, each time that a decision is asked for."""
    for gate in node.gates:
        if gate.limit:
            yield Target(clock=f"gate:{gate.id}", kind="gate", limit=gate.limit, start="requested", stop="decided", gate=gate.id)


def exception_target(code: str, limit: str) -> Target:
    """Return the promise that somebody turns to the customer, each time that the exception is raised."""
    return Target(clock=f"exception:{code}", kind="exception", limit=limit, start="raised", stop="turned_to", exception=code)


def _of_node(node: str, limit: str, when: dict[str, str], per_visit: bool, warn: dict[str, str]) -> Target:
    return Target(
        clock=f"node:{node}",
        kind="node",
        limit=limit,
        start=f"entered:{node}",
        stop=f"completed:{node}",
        when=when,
        node=node,
        per_visit=per_visit,
        warn=warn,
    )
