"""What one case adds to the rollups: whole numbers by day × process × version × team × agent.

The day is the UTC date of the instant that counts: resolved, answered, kept or broken, done, completed.
Who is not known is the empty word.
"""

from collections.abc import Iterable, Mapping
from datetime import date, datetime
from typing import Any

from libs.events.instants import utc
from services.analytics.domain.case import Case, Registration, Step, Survey
from services.analytics.domain.clocks import Clock
from services.analytics.domain.durations import micros

Sums = dict[tuple[str, tuple[Any, ...]], list[int]]
"""(table, key) → measures."""

SATISFIED_FROM = 4
WORKLOAD = ("registered", "assigned", "resolved", "closed", "reopened", "contacts")
_ONE_OF_WORKLOAD = tuple(tuple(int(name == one) for name in WORKLOAD) for one in WORKLOAD)


def day_of(at: datetime) -> date:
    """Return the UTC date of an instant."""
    return utc(at).date()


def contributions(case: Case, verdicts: Mapping[str, bool], clocks: Mapping[str, Clock]) -> Sums:
    """Return the case's part of every rollup; nothing as long as its registration is unknown.

    `verdicts`: what each rule of first contact resolution says of the case.
    """
    sums: Sums = {}
    if case.registration is not None:
        # Only whether a case was solved at first contact is undone by its cancellation; what was decided before it stays.
        if case.cancelled_at is None:
            _first_contact(sums, case, case.registration, verdicts)
        _satisfaction(sums, case, case.registration)
        _timeliness(sums, case.registration, clocks.values())
        _workload(sums, case, case.registration)
        _node_durations(sums, case, case.registration)
    return sums


def latest_answer(surveys: Iterable[Survey]) -> Survey | None:
    """Return the survey answered last; of several at one instant, the one with the greatest id."""
    answered = [survey for survey in surveys if survey.answered_at is not None]
    return max(answered, key=lambda survey: (survey.answered_at, survey.survey_id), default=None)


def is_satisfied(overall: int) -> bool:
    """Test whether a score of 1 to 5 counts as satisfied."""
    return overall >= SATISFIED_FROM


def _first_contact(sums: Sums, case: Case, at: Registration, verdicts: Mapping[str, bool]) -> None:
    if verdicts:
        last = case.resolutions[-1]
        key = _key(at, last.at, last.team, last.agent)
        for rule, is_one in verdicts.items():
            sums["first_contact_resolution", (*key, rule)] = [int(is_one), 1]


def _satisfaction(sums: Sums, case: Case, at: Registration) -> None:
    survey = latest_answer(case.surveys)
    if survey and survey.answered_at and survey.overall is not None:
        key = _key(at, survey.answered_at, survey.team, survey.agent)
        _add(sums, "satisfaction", key, (1, int(is_satisfied(survey.overall)), survey.overall))


def _timeliness(sums: Sums, at: Registration, clocks: Iterable[Clock]) -> None:
    for clock in clocks:
        if clock.decided_at is not None:
            key = (*_key(at, clock.decided_at, clock.team, clock.agent), clock.kind, clock.name)
            late = int(clock.status == "breached" and clock.ended_at is not None and not clock.lapse)
            counts = (int(clock.status == "met"), int(clock.status == "breached"), late, clock.used_us or 0)
            _add(sums, "timeliness", key, counts)


def _workload(sums: Sums, case: Case, at: Registration) -> None:
    first = case.assignments[0] if case.assignments else None
    came = Step(at.at, first.team if first else "", first.agent if first else "")
    done: tuple[Iterable[Any], ...] = (
        (came,),
        case.assignments,
        case.resolutions,
        case.closings,
        case.reopenings,
        case.contacts,
    )
    for one, steps in zip(_ONE_OF_WORKLOAD, done, strict=True):
        for step in steps:
            _add(sums, "workload", _key(at, step.at, step.team, step.agent), one)


def _node_durations(sums: Sums, case: Case, at: Registration) -> None:
    for visit in case.visits:
        if visit.completed_at is not None:
            wait = micros(visit.entered_at, visit.started_at)
            touch = micros(visit.started_at, visit.completed_at)
            key = (*_key(at, visit.completed_at, visit.team, visit.agent), visit.node)
            known = (int(wait is not None), int(touch is not None))
            _add(sums, "node_durations", key, (1, *known, wait or 0, touch or 0))


def _key(case: Registration, at: datetime, team: str, agent: str) -> tuple[Any, ...]:
    return (day_of(at), case.process_id, case.process_version, team, agent)


def _add(sums: Sums, table: str, key: tuple[Any, ...], values: tuple[int, ...]) -> None:
    known = sums.get((table, key))
    if known is None:
        sums[table, key] = list(values)
    else:
        for n, value in enumerate(values):
            known[n] += value
