"""Nothing that is said is dropped silently: a field of an event changes some row, or stands in the list with a reason.

Each field of each event is tried: the event's sample is told after what it needs, once as it is and once with another value
there. Rows that differ keep the field.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from dataclasses import fields, is_dataclass, replace
from datetime import date, datetime, time, timedelta
from typing import Any, get_args, get_type_hints
from uuid import UUID

from msgspec.json import encode

from libs.events.catalogue import analytics, intake, routing, sla
from libs.events.catalogue.standard import Label
from libs.events.log.envelope import Fact, draft
from libs.events.testing.samples import REGISTERED_AT, sample
from libs.events.words.event import TYPES
from libs.events.words.now import derived_id
from services.analytics.domain.left_out import LEFT_OUT
from services.analytics.service import SERVICE

CAME = replace(sample(intake.CaseRegistered).data, system="")
"""A registration that leaves it to others to say from which system the case comes."""

BEFORE: dict[type[Any], type[Any]] = {
    routing.ExceptionCleared: routing.ExceptionRaised,
    routing.EscalationAcknowledged: routing.CaseEscalated,
    routing.ProcessRetired: routing.ProcessPublished,
    **dict.fromkeys((cls for cls in TYPES if TYPES[cls].name.startswith("correction.")), analytics.CorrectionOpened),
    **dict.fromkeys((cls for cls in TYPES if TYPES[cls].name.startswith("risk.")), analytics.RiskRegistered),
    **dict.fromkeys((cls for cls in TYPES if TYPES[cls].name.startswith("clock.")), sla.ClockStarted),
}
"""The facts that an event needs before it, beside the registration; a clock's beginning needs none."""

Change = Callable[[Any], Any]
"""An event → the same with another value somewhere."""


def rows_with(event: Any, *before: type[Any]) -> set[bytes]:
    """Return every row, encoded, after the registration, the facts that the event needs, and the event."""
    came = [] if isinstance(event, intake.CaseRegistered) else [CAME]
    facts: dict[Any, list[Fact]] = defaultdict(list)
    for n, data in enumerate((*came, *(sample(cls).data for cls in before), event)):
        kind, key = TYPES[type(data)], sample(type(data)).key
        told = draft(data, key, REGISTERED_AT + timedelta(minutes=n), id=derived_id("told", n, kind.name))
        facts[kind.topic, key].append(told)
    found = set()
    for book in SERVICE.books:
        for (topic, key), of_key in facts.items():
            if topic == book.topic and book.keeps:  # a book that another one feeds shows no event by itself
                kept = [fact for fact in of_key if fact.kind.cls in book.keeps]
                found |= {encode(row) for row in book.rows(key, book.of(key, kept))}
    return found


def the_event(cls: type[Any]) -> Any:
    """Return the sample of a class; a withdrawal is of the clock's beginning, which is told before it."""
    data = sample(cls).data
    return replace(data, withdrawn_id=derived_id("told", 1, "clock.started")) if cls is sla.ClockWithdrawn else data


def changes(value: Any, path: str) -> Iterator[tuple[str, Change]]:
    """Yield every place of a value where something may be said, with what says something else there."""
    if is_dataclass(value):
        hints = get_type_hints(type(value))
        for one in fields(value):
            if not getattr(value, one.name) and any(map(is_dataclass, get_args(hints[one.name]))):
                continue  # no part of this kind is here; another sample has one
            if getattr(value, one.name) is None and bool in get_args(hints[one.name]):
                yield f"{path}.{one.name}", within(one.name, lambda nothing: True)
                continue
            for place, change in changes(getattr(value, one.name), f"{path}.{one.name}"):
                yield place, within(one.name, change)
    elif isinstance(value, tuple) and any(map(is_dataclass, value)):
        for n, one in enumerate(value):
            for place, change in changes(one, path):
                yield place, at_place(n, change)
    else:
        yield path, other


def within(name: str, change: Change) -> Change:
    return lambda value: replace(value, **{name: change(getattr(value, name))})


def at_place(n: int, change: Change) -> Change:
    return lambda value: (*value[:n], change(value[n]), *value[n + 1 :])


def other(value: Any) -> Any:
    """Return another value of the same kind."""
    match value:
        case bool():
            return not value
        case int():
            return value + 1
        case str():
            return f"{value}x"
        case datetime() | date():
            return value + timedelta(days=1)
        case time():
            return time(23)
        case UUID():
            return derived_id("another", str(value))
        case dict():
            return {name: other(one) for name, one in value.items()} or {"another": "x"}
        case tuple():
            return (*value, "another")
        case Label():
            return replace(value, en="another")
        case None:
            return None  # the sample has none, so that nothing shows: it needs a reason
    raise TypeError(f"tell this test another {type(value).__name__}")


def places() -> Iterable[tuple[str, bool]]:
    """Yield every field of every event, and whether its value changes a row."""
    for cls, kind in TYPES.items():
        event, before = the_event(cls), BEFORE.get(cls)
        needed = () if before in (None, cls) else (before,)
        plain = rows_with(event, *needed)
        kept: dict[str, bool] = defaultdict(bool)
        for place, change in changes(event, kind.name):
            kept[place] |= rows_with(change(event), *needed) != plain
        yield from kept.items()


def speaks_for(name: str, place: str) -> bool:
    return place == name or place.startswith(f"{name}.")


def test_every_field_of_an_event_changes_a_row_or_has_a_reason() -> None:
    found = dict(places())
    dropped = [place for place, kept in found.items() if not kept and not any(speaks_for(name, place) for name in LEFT_OUT)]
    assert dropped == [], "give it a row, or a reason in services/analytics/domain/left_out.py"
    kept_all_the_same = {name: place for name in LEFT_OUT for place, kept in found.items() if kept and speaks_for(name, place)}
    assert kept_all_the_same == {}, "it has a row: take the reason away"
    of_nothing = [name for name in LEFT_OUT if not any(speaks_for(name, place) for place in found)]
    assert of_nothing == [], "no event says it"
