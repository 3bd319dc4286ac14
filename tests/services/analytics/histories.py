"""Hypothesis' idea of histories: every event of a case, in any order, at few instants so that they collide."""

from datetime import timedelta

from hypothesis import strategies as st

from libs.events.catalogue import intake, routing, sla, survey
from libs.events.log.envelope import Fact
from libs.events.testing.told import Teller
from tests.histories import histories as colliding
from tests.services.analytics.story import START, answer, at, inbound

_teams = st.sampled_from(["", "a", "b"])
_agents = st.sampled_from(["", "ann", "bob"])
_nodes = st.sampled_from(["n1", "n2"])
_outcomes = st.sampled_from(["resolved", "resolved", "unreachable", "withdrawn"])
_codes = st.sampled_from(["awaiting_customer", "awaiting_vendor", "parts_missing"])
_clocks = st.sampled_from(["response", "resolution"])
_surveys = st.sampled_from(["s1", "s2"])
_micros = st.integers(0, 10**12)
SHIFT = timedelta(hours=7)
_shifts = st.integers(-2, 12)
_instants = _shifts.map(Teller("", START, SHIFT).at)

_registered = st.builds(
    intake.CaseRegistered,
    channel=st.sampled_from(["web", "phone"]),
    customer_ref=st.sampled_from(["c1", "c2"]),
    process_id=st.sampled_from(["p", "q"]),
    process_version=st.integers(1, 2),
)
EVENTS = st.one_of(
    _registered,
    st.builds(lambda purpose, agent: answer(purpose=purpose, agent=agent), st.sampled_from(["response", "info"]), _agents),
    st.builds(inbound, st.booleans(), st.booleans(), _agents),
    st.builds(intake.CaseCancelled, reason=st.just("twice")),
    st.builds(intake.FactRecorded, system=st.just("other"), fact=st.just("case.closed"), data=st.just({})),
    st.builds(
        intake.FiguresStated,
        system=st.just("other"),
        figures=st.dictionaries(st.sampled_from(["reassignments", "on_time"]), st.integers(0, 2) | st.booleans()),
    ),
    st.builds(
        routing.CaseClassified,
        category=st.sampled_from(["", "billing"]),
        severity=st.sampled_from(["", "minor"]),
        initial_handling=st.sampled_from([(), ("n1",), ("n1", "n2")]),
    ),
    st.builds(routing.CaseGraded, grade=st.sampled_from(["low", "high"])),
    st.builds(routing.CaseAssigned, team=_teams, agent=_agents),
    st.builds(
        routing.CaseEscalated, kind=st.sampled_from(["functional", "hierarchical"]), to_role=st.just("expert"), reason=st.just("")
    ),
    st.builds(routing.NodeEntered, node=_nodes),
    st.builds(routing.NodeStarted, node=_nodes, agent=_agents),
    st.builds(routing.NodeCompleted, node=_nodes, agent=_agents),
    st.builds(routing.NodeReturned, node=_nodes, to_node=_nodes, reason=st.just("")),
    st.builds(routing.ExceptionRaised, code=_codes),
    st.builds(routing.ExceptionCleared, code=_codes),
    st.builds(routing.CaseResolved, agent=_agents, team=_teams, outcome=_outcomes),
    st.just(routing.CaseReopened()),
    st.builds(routing.CaseClosed, outcome=_outcomes),
    st.builds(
        sla.ClockStarted,
        clock=_clocks,
        kind=st.sampled_from(["response", "cycle", "node"]),
        limit=st.sampled_from(["1h", "5wd", "8wh"]),
        due_at=_instants,
        process_version=st.just(1),
    ),
    st.builds(sla.ClockPaused, clock=_clocks, reason=_codes),
    st.builds(sla.ClockResumed, clock=_clocks, due_at=_instants),
    st.builds(sla.ClockMet, clock=_clocks, due_at=_instants, used_us=_micros, paused_us=_micros),
    st.builds(sla.ClockBreached, clock=_clocks, due_at=_instants),
    st.builds(sla.ClockEnded, clock=_clocks, due_at=_instants, used_us=_micros, paused_us=_micros),
    st.builds(sla.ClockCancelled, clock=_clocks, reason=st.just("closed")),
    st.builds(
        survey.SurveySent, survey_id=_surveys, channel=st.just("email"), agent=_agents, team=_teams, expires_at=st.just(at(9))
    ),
    st.builds(survey.SurveyAnswered, survey_id=_surveys, overall=st.integers(1, 5), commented=st.booleans()),
    st.builds(survey.SurveyExpired, survey_id=_surveys),
)


@st.composite
def histories(draw: st.DrawFn, key: str = "case-1") -> list[Fact]:
    """Draw a case's facts, some clock events withdrawn, most cases registered."""
    tell = Teller(key, START, SHIFT)
    facts = draw(colliding(tell.fact, EVENTS, _shifts, max_size=25, sequences=(0, 3)))
    if draw(st.integers(0, 9)):
        facts.append(tell.fact(draw(_shifts), draw(_registered), sequence=0))
    facts = list({fact.id: fact for fact in facts}.values())
    clocks = [fact for fact in facts if fact.kind.name.startswith("clock.")]
    for fact in draw(st.lists(st.sampled_from(clocks), max_size=2, unique_by=lambda f: f.id)) if clocks else ():
        gone = sla.ClockWithdrawn(clock=fact.data.clock, withdrawn_id=fact.id, what=fact.kind.name)
        facts.append(tell.fact(draw(_shifts), gone))
    return facts
