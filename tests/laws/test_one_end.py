"""Every service tells the end that routing decided, for any ends, wishes to withdraw and reopenings in any order."""

from datetime import timedelta
from itertools import permutations

import msgspec
import pytest

from libs.events.catalogue.intake import CaseCancelled
from libs.events.catalogue.routing import CaseClosed, CaseReopened, CaseResolved
from libs.events.log.envelope import draft
from libs.events.testing.told import Teller
from services.intake.books import PROGRESS
from services.intake.domain.history import judge
from services.sla.domain.remembered import open_stay
from tests.asked import BEGIN, rows
from tests.laws.test_answers_follow import LATE, SHELF, conversation, live, state_of

TOLD = {
    "resolved": CaseResolved(),
    "unreachable": CaseResolved(outcome="unreachable"),
    "closed": CaseClosed(),
    "rejected": CaseClosed(outcome="rejected"),
    "withdrawn": CaseClosed(outcome="withdrawn"),
    "reopened": CaseReopened(),
    "cancelled": CaseCancelled(reason="solved itself"),
}


def imported(names, hours):
    """Return intake's facts of another system's case with these facts."""
    first = next(iter(rows(1, cases=1)))
    told = [first | {"time": BEGIN.isoformat()}]
    for n, (name, hour) in enumerate(zip(names, hours, strict=True), 2):
        words = msgspec.to_builtins(TOLD[name])
        at = (BEGIN + timedelta(hours=hour)).isoformat()
        told.append(first | {"sequence": n, "type": kind_of(name), "time": at, "data": words})
    return [judge(msgspec.Raw(msgspec.json.encode(row)), SHELF, at=LATE).fact for row in told]


def kind_of(name):
    return draft(TOLD[name], "c1", BEGIN).kind.name


def of_today(names, hours):
    """Return the registration and these facts as they are said live; only a late or repeated one comes out of its order."""
    told = [(hour, TOLD[name]) for name, hour in zip(names, hours, strict=True)]
    return live(cancelled=False)[:1] + Teller("c1", BEGIN, timedelta(hours=1)).facts(told, first=2)


def ends(told):
    """Return the phase and the outcome that routing says, and then what each of the others says."""
    known, _ = conversation(told)
    intake, routing, sla, analytics = (state_of(name, known.values()) for name in ("intake", "routing", "sla", "analytics"))
    progress = PROGRESS.of("c1", [fact for fact in known.values() if type(fact.data) in PROGRESS.keeps])
    phase = {"in_work": "open"}.get(routing.phase, routing.phase.value)
    told_by = [(phase, routing.outcome), (progress.phase, progress.outcome), (analytics.phase, analytics.outcome)]
    # These two need not know whether the need is met.
    return told_by, [phase.replace("resolved", "open"), phase_of_intake(intake), phase_of_sla(sla)]


def phase_of_intake(case):
    if case.ended_at is None:
        assert case.cancelled_at is None and case.cancellation in ("", "asked")
        return "open"
    assert case.cancellation in ("", "granted" if case.cancelled_at else "in_vain")
    return "cancelled" if case.cancelled_at else "closed"


def phase_of_sla(state):
    ended = open_stay(state.closed)
    return "open" if ended is None else "cancelled" if ended.outcome == "withdrawn" else "closed"


def agree(said):
    return all(len(set(one)) == 1 for one in said)


CHOSEN = [*permutations(TOLD, 2), ("closed", "closed"), ("cancelled", "cancelled"), ("cancelled", "reopened", "cancelled")]
EVERY = list(permutations(TOLD, 3))


def disagreeing(make, names):
    """Return the orders of arrival for which the services disagree, with their answers."""
    found = {}
    for hours in (tuple(range(1, len(names) + 1)), (1,) * len(names)):
        facts = make(names, hours)
        for arrival in permutations(facts[1:]):
            said = ends([facts[0], *arrival])
            if not agree(said):
                found[tuple(fact.kind.name for fact in arrival), hours] = said
    return found


@pytest.mark.parametrize("make", [imported, of_today])
def test_all_say_one_end_of_two(make):
    assert {names: found for names in CHOSEN[::5] if (found := disagreeing(make, names))} == {}


@pytest.mark.parametrize("closing", ["closed", "rejected", "withdrawn"])
@pytest.mark.parametrize("more", [(), ("reopened",)], ids=["ended", "reopened"])
def test_of_a_wish_and_a_closing_all_say_what_routing_decided(closing, more):
    names = ("cancelled", closing, *more)
    wrong = {times: found for times in permutations(names) if (found := disagreeing(of_today, times))}
    assert wrong == {}


def test_a_wish_dated_before_a_closing_that_it_met_too_late_comes_to_nothing():
    facts = of_today(("cancelled", "rejected"), (1, 2))
    told_by, phases = ends([facts[0], facts[2], facts[1]])
    assert (set(told_by), set(phases)) == ({("closed", "rejected")}, {"closed"})


@pytest.mark.slow
@pytest.mark.parametrize("make", [imported, of_today])
def test_all_say_one_end_of_any_in_any_order(make):
    assert {names: found for names in [*CHOSEN, *EVERY] if (found := disagreeing(make, names))} == {}


@pytest.mark.slow
def test_the_end_of_history_does_not_depend_on_what_came_first():
    for names in EVERY:
        facts = imported(names, (1, 2, 3))
        assert len({str(ends([facts[0], *arrival])) for arrival in permutations(facts[1:])}) == 1, names


@pytest.mark.parametrize(
    ("names", "phase", "outcome"),
    [
        (("resolved",), "resolved", "resolved"),
        (("closed",), "closed", "resolved"),
        (("withdrawn",), "cancelled", "withdrawn"),
        (("cancelled",), "cancelled", "withdrawn"),
        (("resolved", "closed"), "closed", "resolved"),
        (("unreachable", "closed"), "closed", "unreachable"),
        (("unreachable", "withdrawn"), "cancelled", "withdrawn"),
        (("resolved", "cancelled"), "cancelled", "withdrawn"),
        (("closed", "resolved"), "closed", "resolved"),
        (("closed", "unreachable"), "closed", "resolved"),
        (("cancelled", "resolved"), "cancelled", "withdrawn"),
        (("closed", "cancelled"), "closed", "resolved"),
        (("cancelled", "closed"), "cancelled", "withdrawn"),
        (("withdrawn", "closed"), "cancelled", "withdrawn"),
        (("closed", "reopened"), "open", ""),
        (("cancelled", "reopened", "resolved"), "resolved", "resolved"),
    ],
)
def test_the_first_end_holds_until_a_reopening(names, phase, outcome):
    hours = range(1, len(names) + 1)
    for make in (imported, of_today):
        told_by, phases = ends(make(names, hours))
        assert set(told_by) == {(phase, outcome)} and set(phases) == {phase.replace("resolved", "open")}
