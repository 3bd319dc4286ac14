"""What sla says of promises that are made again and again: each cycle by its number, its breach once, at its due instant."""

from datetime import timedelta
from typing import Any

from libs.events.catalogue.intake import ContactLogged
from libs.events.log.envelope import Fact
from services.sla.alarms import settle, timers
from services.sla.projections import promises
from services.sla.tables import ClockRow
from tests.services.sla.samples import KEY, REGISTERED, REOPENED, RESOLVED, RESPONSE, at, fact, facts, shelf, state_of, target

REPLY = target("60m", "spoken", clock="next_reply", kind="next_reply", start="message", each="message")
ON = target("60m", "resolved", clock="resolution", kind="resolution", reopened="continue")
ASKS = ContactLogged(direction="inbound", channel="email", purpose="info")
KNOWN = shelf(REPLY, ON)


def settled(heard: list[Fact], until: float | None = None) -> list[Fact]:
    """Return these facts and what sla says of them, after which it has nothing more to say."""
    said = settle(KEY, state_of(heard), KNOWN, None if until is None else at(until))
    assert not settle(KEY, state_of([*heard, *said]), KNOWN, None if until is None else at(until)), "asked twice, it answers once"
    return [*heard, *said]


def clocks(told: list[Fact]) -> dict[tuple[str, int], tuple[Any, ...]]:
    rows = (one.row for one in promises(KEY, state_of(told)))
    shown = [dict(zip(ClockRow.__struct_fields__, (*row.key, *row.values), strict=True)) for row in rows]
    return {
        (row["clock"], row["occurrence"]): (row["status"], row["started_at"], row["due_at"], row["ended_at"], row["lapse"])
        for row in shown
    }


def test_each_cycle_is_a_row_of_its_own() -> None:
    told = settled(facts((RESPONSE, 10), (ASKS, 20), (RESPONSE, 30), (ASKS, 40), (RESOLVED, 50), (REOPENED, 100), (ASKS, 110)))
    assert clocks(told) == {
        ("next_reply", 1): ("met", at(20), at(80), at(30), ""),
        ("next_reply", 2): ("cancelled", at(40), at(100), at(50), "resolved"),
        ("next_reply", 3): ("running", at(110), at(170), None, ""),
        ("resolution", 1): ("met", at(0), at(60), at(50), ""),
        ("resolution", 2): ("running", at(100), at(110), None, ""),
    }
    due = {one.name: one.due_at for one in timers(KEY, state_of(told))}
    assert due == {"next_reply/3": at(170) + timedelta(microseconds=1), "resolution/2": at(110) + timedelta(microseconds=1)}


def test_a_breach_of_a_cycle_is_said_once_at_its_due_instant_and_withdrawn_when_it_was_none() -> None:
    told = settled(facts((RESPONSE, 10), (ASKS, 20)), until=500)
    [broken] = [one for one in told if one.kind.name == "clock.breached" and one.data.clock == "next_reply"]
    assert (broken.time, broken.data.occurrence) == (at(80), 1)
    late = settled([*told, fact(RESPONSE, 70)], until=500)
    assert clocks(late)["next_reply", 1] == ("met", at(20), at(80), at(70), "")
    assert [one.data.withdrawn_id for one in late if one.kind.name == "clock.withdrawn"].count(broken.id) == 1


def test_a_question_that_becomes_known_late_gives_the_cycles_behind_it_other_numbers() -> None:
    told = settled(facts((RESPONSE, 10), (ASKS, 100), (RESPONSE, 120)))
    late = settled([*told, fact(ASKS, 20), fact(RESPONSE, 30)])
    assert {key: row[:1] + row[3:4] for key, row in clocks(late).items() if key[0] == "next_reply"} == {
        ("next_reply", 1): ("met", at(30)),
        ("next_reply", 2): ("met", at(120)),
    }


def test_a_case_that_nobody_registered_promises_nothing() -> None:
    assert settle(KEY, state_of([fact(ASKS, 20)]), KNOWN, at(500)) == []
    assert settle(KEY, state_of([fact(ASKS, 20), fact(REGISTERED, 0)]), KNOWN, None)
