"""A made-up month at a busy service desk: a case every ten seconds, twenty facts of four services about each."""

import heapq
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

from libs.events.catalogue.intake import CaseRegistered, ContactLogged
from libs.events.catalogue.routing import (
    CaseAssigned,
    CaseClassified,
    CaseClosed,
    CaseGraded,
    CaseResolved,
    ExceptionCleared,
    ExceptionRaised,
    NodeCompleted,
    NodeEntered,
    NodeStarted,
)
from libs.events.catalogue.sla import ClockMet, ClockPaused, ClockResumed, ClockStarted
from libs.events.catalogue.survey import SurveyAnswered, SurveySent
from libs.events.log.envelope import Fact, draft
from libs.events.words.now import derived_id

BEGAN = datetime(2025, 3, 3, 6, 0, tzinfo=UTC)
EVERY = timedelta(seconds=10)
FACTS_PER_CASE = 20
AGENTS, TEAMS, CATEGORIES = 60, 6, 12
WALK, WALKED = "walk", ("n1", "n2", "n3", "n4", "n5", "n6")
_MICROSECOND = timedelta(microseconds=1)


def case_of(n: int) -> str:
    """Return the id of the n-th case."""
    return str(derived_id("benchmark", n))


def history(first: int, count: int) -> Iterator[Fact]:
    """Yield the facts of `count` cases in the order in which they were said: thousands of cases are open at any instant."""
    waiting: list[tuple[datetime, int, int, Fact]] = []
    for n in range(first, first + count):
        came = BEGAN + n * EVERY
        while waiting and waiting[0][0] <= came:
            yield heapq.heappop(waiting)[-1]
        for place, fact in enumerate(life(n)):
            heapq.heappush(waiting, (fact.time, n, place, fact))
    while waiting:
        yield heapq.heappop(waiting)[-1]


def life(n: int) -> list[Fact]:
    """Return the facts of the n-th case, in the order in which they are said."""
    came = BEGAN + n * EVERY
    return _told(n, [*_arrival(n, came), *_work(n, came), *_ending(n, came)])


def newcomer(n: int) -> list[Fact]:
    """Return the facts of the n-th case as long as nobody works on it."""
    return _told(n, [*_arrival(n, BEGAN + n * EVERY)])


def walk(n: int, came: datetime) -> list[Fact]:
    """Return the facts of a case that goes through all nodes to its end; each fifth goes back once, to the second."""
    path = (*WALKED[:4], *WALKED[1 if n % 5 == 0 else 4 :])
    steps: list[tuple[datetime, Any]] = [(came, _registered(n, WALK))]
    for place, node in enumerate(path):
        at = came + timedelta(minutes=50 * place + n % 47)
        steps += [(at, NodeEntered(node=node)), (at + timedelta(minutes=3 + n % 31), NodeCompleted(node=node))]
    return _told(n, [*steps, (steps[-1][0], CaseClosed())])


def _told(n: int, steps: Iterable[tuple[datetime, Any]]) -> list[Fact]:
    key = case_of(n)
    return [
        draft(data, key, at, id=derived_id("benchmark", n, place), sequence=place, actor="benchmark")
        for place, (at, data) in enumerate(steps)
    ]


def _arrival(n: int, came: datetime) -> Iterable[tuple[datetime, Any]]:
    agent, team = _who(n)
    yield came, _registered(n)
    yield (
        came,
        CaseClassified(category=f"category-{n % CATEGORIES}", severity="minor", process_id="inbound-call", process_version=1),
    )
    yield came, CaseGraded(grade=("ordinary", "urgent")[n % 5 == 0])
    yield came, CaseAssigned(team=team, agent=agent, role="cs_agent", rule="by-category")
    yield came, NodeEntered(node="n1")
    for clock, hours in (("response", 4), ("resolution", 48)):
        due_at = came + timedelta(hours=hours)
        yield came, ClockStarted(clock=clock, kind=clock, limit=f"{hours}h", due_at=due_at, process_version=1)


def _registered(n: int, process: str = "inbound-call") -> CaseRegistered:
    return CaseRegistered(
        channel=("phone", "email", "web")[n % 3],
        customer_ref=f"customer-{n * 7919 % 40_000}",
        process_id=process,
        process_version=1,
        fields={"product_model": f"KX-{n % 40}", "problem_description": "it does not start when it is cold outside"},
        external_ref=f"CRM-{n:08d}",
    )


def _work(n: int, came: datetime) -> Iterable[tuple[datetime, Any]]:
    agent, _ = _who(n)
    begun = came + timedelta(minutes=5 + n % 30)
    asked, told = begun + timedelta(minutes=12), begun + timedelta(hours=3, minutes=n % 60)
    due_at = came + timedelta(hours=48)
    yield begun, NodeStarted(node="n1", agent=agent)
    yield begun, ContactLogged(direction="outbound", channel="phone", purpose="response", agent=agent)
    yield begun, _met("response", came, begun, came + timedelta(hours=4))
    yield asked, ExceptionRaised(code="awaiting_customer")
    yield asked, ClockPaused(clock="resolution", reason="awaiting_customer")
    yield told, ExceptionCleared(code="awaiting_customer")
    yield told, ClockResumed(clock="resolution", due_at=due_at + (told - asked))


def _ending(n: int, came: datetime) -> Iterable[tuple[datetime, Any]]:
    agent, team = _who(n)
    done = came + timedelta(hours=5, minutes=n % 90)
    survey_id = str(derived_id("benchmark survey", n))
    yield done, NodeCompleted(node="n1", agent=agent, outputs=("handling_result",))
    yield done, CaseResolved(agent=agent, team=team)
    yield done, _met("resolution", came, done, came + timedelta(hours=51))
    yield done, SurveySent(survey_id=survey_id, channel="email", agent=agent, team=team, expires_at=done + timedelta(days=7))
    yield done + timedelta(hours=6 + n % 9), SurveyAnswered(survey_id=survey_id, overall=1 + n % 5)
    yield done + timedelta(hours=18), CaseClosed()


def _met(clock: str, since: datetime, until: datetime, due_at: datetime) -> ClockMet:
    return ClockMet(clock=clock, due_at=due_at, used_us=(until - since) // _MICROSECOND, paused_us=0)


def _who(n: int) -> tuple[str, str]:
    return f"agent-{n % AGENTS}", f"team-{n % AGENTS % TEAMS}"
