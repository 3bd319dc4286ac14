"""The words by which a policy adds a promise of its own; they mean what they mean in a process standard.

`from` and `until`     the moments between which it runs: registered, first_response, resolved, closed, entered:n4 ...
`node: n4`             each visit of the node, from arrival to completion        `gate`, `exception`: each time that there is one
`each`                 message or update, again and again                        `reopened`: ignore, new or continue
`kind`                 what is promised; the clock's name, if it is left out     `pauses`: the exceptions that stop it
`owed`                 whether it is due however the case ends          `warn`: whom it warns, at which mark of its time
"""

from collections.abc import Callable, Mapping
from typing import Any

from libs.events.catalogue.mark import MARKS_MAX, Warned, is_reached, read_mark
from libs.events.catalogue.promise import NAMED, OF_NODES, Each, Reopening, Target, read_moment
from libs.events.catalogue.promised import is_owed
from libs.events.words.storable import is_storable
from services.sla.domain.calendar_checks import BadCalendar, as_json
from services.sla.domain.calendar_entries import once, typed

WORDS = frozenset({"from", "until", "kind", "node", "gate", "exception", "each", "reopened", "pauses", "owed", "warn"})
_SUBJECTS = ("node", "gate", "exception", "each")
PAUSES_MAX, WORD_MAX = 20, 100


def added(written: Mapping[str, Any], clock: str, limit: str, place: str) -> Target:
    """Return the promise that a rule adds, or refuse words that do not go together."""
    about = [name for name in _SUBJECTS if name in written]
    if len(about) > 1:
        raise BadCalendar(f"{place} has {' and '.join(about)}; a promise is about one of them")
    shape = _MADE[about[0]](written, place) if about else _once(written, place)
    kind = _word(written, "kind", place) or shape.pop("kind", clock)
    owed = written.get("owed", not about and is_owed(kind, shape["stop"]))
    if not isinstance(owed, bool):
        raise BadCalendar(f"{place}.owed must be true or false, but is {as_json(owed)}")
    shape.pop("kind", None)
    pauses, warn = _pauses(written, place), _marks(written, limit, place)
    return Target(clock=clock, kind=kind, limit=limit, pauses=pauses, owed=owed, warn=warn, **shape)


def _once(written: Mapping[str, Any], place: str) -> dict[str, Any]:
    if "until" not in written:
        raise BadCalendar(
            f"{place} adds a promise and does not say `until` when; write a moment, or node, gate, exception or each. Of a "
            "promise of the standard only limit and calendar can be changed"
        )
    reopened = _one_of(written, "reopened", Reopening, place) or Reopening.IGNORE
    return {
        "start": _moment(written, "from", place) or "registered",
        "stop": _moment(written, "until", place),
        "reopened": str(reopened),
    }


def _node(written: Mapping[str, Any], place: str) -> dict[str, Any]:
    node = _alone(written, "node", place)
    return {"kind": "node", "start": f"entered:{node}", "stop": f"completed:{node}", "node": node, "per_visit": True}


def _gate(written: Mapping[str, Any], place: str) -> dict[str, Any]:
    return {"kind": "gate", "start": "requested", "stop": "decided", "gate": _alone(written, "gate", place)}


def _exception(written: Mapping[str, Any], place: str) -> dict[str, Any]:
    return {"kind": "exception", "start": "raised", "stop": "turned_to", "exception": _alone(written, "exception", place)}


def _each(written: Mapping[str, Any], place: str) -> dict[str, Any]:
    each = _one_of(written, "each", Each, place)
    _must_not_say(
        written, ("until", "reopened") if each == Each.UPDATE else ("from", "until", "reopened"), f"each: {each}", place
    )
    start = _moment(written, "from", place) or "registered"
    return {"start": start if each == Each.UPDATE else "message", "stop": "spoken", "each": each}


_MADE: Mapping[str, Callable[[Mapping[str, Any], str], dict[str, Any]]] = {
    "node": _node,
    "gate": _gate,
    "exception": _exception,
    "each": _each,
}


def _alone(written: Mapping[str, Any], name: str, place: str) -> str:
    _must_not_say(written, ("from", "until", "reopened"), name, place)
    return _word(written, name, place)


def _must_not_say(written: Mapping[str, Any], names: tuple[str, ...], beside: str, place: str) -> None:
    if said := [name for name in names if name in written]:
        raise BadCalendar(f"{place}: {' and '.join(said)} says nothing beside {beside}; leave it out")


def _word(written: Mapping[str, Any], name: str, place: str) -> str:
    return word(written[name], f"{place}.{name}") if name in written else ""


def word(value: Any, name: str) -> str:
    """Return a word."""
    text = typed(value, str, name)
    if len(text) > WORD_MAX or not is_storable(text):
        raise BadCalendar(f"{name} must be 1 to {WORD_MAX} characters that can be kept, but is {as_json(text)}")
    return text


def _moment(written: Mapping[str, Any], name: str, place: str) -> str:
    moment = _word(written, name, place)
    if moment and read_moment(moment) is None:
        of_nodes = ", ".join(f"{what}:<node>" for what in OF_NODES)
        raise BadCalendar(f"{place}.{name}: there is no moment {as_json(moment)}; write {', '.join(NAMED)}, {of_nodes}")
    return moment


def _one_of(written: Mapping[str, Any], name: str, words: type[Each] | type[Reopening], place: str) -> str:
    said = _word(written, name, place)
    if said and said not in list(words):
        raise BadCalendar(f"{place}.{name}: {as_json(said)} is not known; write one of {', '.join(words)}")
    return said


def _pauses(written: Mapping[str, Any], place: str) -> tuple[str, ...]:
    listed = typed(written["pauses"], list, f"{place}.pauses") if "pauses" in written else []
    if len(listed) > PAUSES_MAX:
        raise BadCalendar(f"{place}.pauses: there are {len(listed)}; write at most {PAUSES_MAX}")
    return tuple(once([word(one, f"{place}.pauses") for one in listed], f"{place}.pauses"))


def _marks(written: Mapping[str, Any], limit: str, place: str) -> dict[str, str]:
    marks = typed(written["warn"], dict, f"{place}.warn") if "warn" in written else {}
    if len(marks) > MARKS_MAX:
        raise BadCalendar(f"{place}.warn: there are {len(marks)} marks; write at most {MARKS_MAX}")
    for text, to in marks.items():
        mark = read_mark(text) if isinstance(text, str) else None
        if mark is None:
            forms = "how much is used, such as 80%, or how much is left: 90s, 30m, 2h"
            raise BadCalendar(f"{place}.warn: {as_json(text)} is no mark; write {forms}")
        if not is_reached(mark, limit):
            raise BadCalendar(f"{place}.warn: {text} never warns, because no more is promised than {limit}; write less")
        if to not in list(Warned):
            raise BadCalendar(f"{place}.warn: nobody is warned by {as_json(to)}; write one of {', '.join(Warned)}")
    return dict(marks)
