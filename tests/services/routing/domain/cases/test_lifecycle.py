"""The table, the fold that follows it, and history that never asked it."""

from datetime import datetime, timedelta

import pytest
from hypothesis import given as forall
from hypothesis import strategies as some

from libs.events.catalogue import routing
from libs.events.catalogue.routing import (
    CaseAssigned,
    CaseClassified,
    CaseClosed,
    CaseEscalated,
    CaseGraded,
    CaseReopened,
    CaseResolved,
    ExceptionCleared,
    ExceptionRaised,
    NodeCompleted,
    NodeEntered,
    NodeReturned,
    NodeStarted,
)
from libs.events.engine.book import encode_state
from libs.events.testing.spec import given, happened
from libs.events.testing.told import Teller
from libs.events.words.event import TYPES, Topic
from libs.events.words.refusal import Refused
from services.routing.books import CASES
from services.routing.domain.cases.folding import HEARD, KEEPS
from services.routing.domain.cases.lifecycle import LIFECYCLE, Phase, must_allow, next_phase
from tests.services.routing.samples import NINE


def test_every_event_of_a_case_is_kept_and_has_its_place_in_the_table() -> None:
    own = {cls for cls, kind in TYPES.items() if kind.owner == "routing" and kind.topic is Topic.CASES}
    assert own == KEEPS - {*HEARD} == {event for row in LIFECYCLE.values() for event in row}
    assert all(cls.__module__ == routing.__name__ for cls in own)


@pytest.mark.parametrize(
    ("phase", "event", "leads_to"),
    [
        (Phase.UNKNOWN, CaseClassified(), Phase.IN_WORK),
        (Phase.UNKNOWN, CaseAssigned(), Phase.IN_WORK),
        (Phase.UNKNOWN, CaseResolved(), Phase.RESOLVED),
        (Phase.UNKNOWN, CaseClosed(), Phase.CLOSED),
        (Phase.IN_WORK, CaseResolved(), Phase.RESOLVED),
        (Phase.IN_WORK, CaseClosed(outcome="rejected"), Phase.CLOSED),
        (Phase.IN_WORK, CaseClosed(outcome="withdrawn"), Phase.CANCELLED),
        (Phase.RESOLVED, NodeCompleted(node="n1"), Phase.RESOLVED),
        (Phase.RESOLVED, CaseReopened(), Phase.IN_WORK),
        (Phase.RESOLVED, CaseClosed(), Phase.CLOSED),
        (Phase.RESOLVED, CaseClosed(outcome="withdrawn"), Phase.CANCELLED),
        (Phase.CLOSED, CaseReopened(), Phase.IN_WORK),
        (Phase.CLOSED, CaseResolved(), Phase.CLOSED),
        (Phase.CLOSED, CaseClosed(outcome="withdrawn"), Phase.CLOSED),
        (Phase.CLOSED, NodeStarted(node="n1"), Phase.CLOSED),
        (Phase.CANCELLED, CaseReopened(), Phase.IN_WORK),
        (Phase.CANCELLED, CaseResolved(), Phase.CANCELLED),
        (Phase.CANCELLED, CaseClosed(), Phase.CANCELLED),
        (Phase.CANCELLED, NodeStarted(node="n1"), Phase.CANCELLED),
    ],
)
def test_an_event_leads_on_whether_a_decision_may_say_it_or_another_system_wrote_it(
    phase: Phase, event: object, leads_to: Phase
) -> None:
    assert next_phase(phase, event) is leads_to


@pytest.mark.parametrize(
    ("phase", "event", "status"),
    [
        (Phase.UNKNOWN, NodeStarted, 404),
        (Phase.RESOLVED, CaseGraded, 409),
        (Phase.RESOLVED, NodeReturned, 409),
        (Phase.CLOSED, NodeStarted, 409),
        (Phase.CLOSED, CaseResolved, 409),
        (Phase.CANCELLED, NodeStarted, 409),
        (Phase.CANCELLED, CaseResolved, 409),
    ],
)
def test_a_decision_may_not_say_what_the_table_does_not_foresee(phase: Phase, event: type, status: int) -> None:
    with pytest.raises(Refused) as refused:
        must_allow(phase, event)
    assert (refused.value.code, refused.value.status) == (f"case-{phase}", status)


ANY = some.one_of(
    some.builds(CaseClassified, service_class=some.sampled_from(["", "urgent"])),
    some.builds(CaseGraded, grade=some.sampled_from(["normal", "urgent"])),
    some.builds(CaseAssigned, team=some.sampled_from(["", "a", "b"])),
    some.builds(NodeEntered, node=some.sampled_from(["n1", "n2", "n9"])),
    some.builds(NodeStarted, node=some.sampled_from(["n1", "n2", "n9"])),
    some.builds(NodeCompleted, node=some.sampled_from(["n1", "n2", "n9"]), outputs=some.just(("a=b", "c"))),
    some.builds(NodeReturned, node=some.just("n2"), to_node=some.sampled_from(["n1", "n9"]), reason=some.just("r")),
    some.builds(ExceptionRaised, code=some.sampled_from(["x", "y"])),
    some.builds(ExceptionCleared, code=some.sampled_from(["x", "y"])),
    some.just(CaseEscalated(kind="functional", to_role="r", reason="r")),
    some.just(CaseResolved()),
    some.just(CaseReopened()),
    some.just(CaseClosed()),
)


@pytest.mark.slow
@forall(some.lists(some.tuples(ANY, some.integers(0, 3)), max_size=12), some.randoms(use_true_random=False))
def test_any_history_folds_the_same_in_any_order_and_survives_being_kept(
    history: list[tuple[object, int]], random: object
) -> None:
    facts = Teller("c1", NINE, timedelta(hours=1)).facts(((hour, event) for event, hour in history), origin="import")
    state = CASES.of("c1", facts)
    random.shuffle(facts)  # type: ignore[attr-defined]
    assert CASES.of("c1", facts) == state
    assert CASES.decode(encode_state(state)) == state
    assert len(list(CASES.rows("c1", state))) == 1


def test_an_empty_word_changes_nothing() -> None:
    pin = CaseClassified(process_id="p", process_version=2)
    case = given(CASES, *happened("c1", NINE, CaseClassified(service_class="urgent"), pin)).state
    assert (case.service_class, case.process_id, case.process_version) == ("urgent", "p", 2)
    after = given(CASES, *happened("c1", NINE, pin, CaseClassified(service_class="urgent"))).state
    assert (after.service_class, after.process_id, after.process_version) == ("urgent", "p", 2)


def test_the_first_end_holds_whatever_history_tells_after_it() -> None:
    story = [CaseClosed(outcome="rejected"), CaseResolved(outcome="resolved"), CaseClosed(outcome="withdrawn")]
    case = given(CASES, *Teller("c1", NINE, timedelta(hours=1)).facts(enumerate(story))).state
    assert (case.phase, case.outcome, case.closed_at, case.resolved_at) == (Phase.CLOSED, "rejected", NINE, None)


@pytest.mark.parametrize(("node", "since"), [("n1", NINE), ("n2", NINE + timedelta(hours=1))])
def test_a_case_waits_since_it_arrived_also_when_work_begins_there(node: str, since: datetime) -> None:
    story = [NodeEntered(node="n1"), NodeStarted(node=node)]
    case = given(CASES, *Teller("c1", NINE, timedelta(hours=1)).facts(enumerate(story))).state
    assert (case.node, case.started, case.waiting_since) == (node, True, since)


def test_a_node_that_is_completed_elsewhere_leaves_the_case_where_it_stands() -> None:
    case = given(CASES, *happened("c1", NINE, NodeEntered(node="n1"), NodeStarted(node="n1"), NodeCompleted(node="n2"))).state
    assert (case.node, case.started, list(case.done)) == ("n1", True, ["n2"])


def test_a_node_s_outputs_are_names_with_or_without_a_value() -> None:
    done = [NodeCompleted(node="n1", outputs=("form",)), NodeCompleted(node="n2", outputs=("who = production", "a=b=c"))]
    assert given(CASES, *happened("c1", NINE, *done)).state.outputs == {"form": "", "who": "production", "a": "b=c"}
