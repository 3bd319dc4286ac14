"""What one case adds to the rollups: whole numbers by day × process × version × team × agent.

The day is the UTC date of the instant that counts: resolved, answered, kept, broken or finished late, done, completed. A day
that is over changes only by facts that occurred before its end; first contact resolution, seven days later (first_contact.py).
Who is not known is the empty word.
"""

from collections.abc import Iterable, Mapping
from datetime import date, datetime
from typing import Any

from libs.events.catalogue.routing import is_met
from libs.events.instants import utc
from services.analytics.domain.case import Case, Given, Registration, Step
from services.analytics.domain.clocks import Clock
from services.analytics.domain.durations import first_resolution, micros

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
        _first_contact(sums, case, case.registration, verdicts)
        _satisfaction(sums, case, case.registration)
        # What was decided before a case was cancelled stays decided: no day that is over changes.
        _timeliness(sums, case.registration, clocks.values())
        _workload(sums, case, case.registration)
        _outcomes(sums, case, case.registration)
        _node_durations(sums, case, case.registration)
    return sums


def is_satisfied(overall: int) -> bool:
    """Test whether a score of 1 to 5 counts as satisfied."""
    return overall >= SATISFIED_FROM


def _first_contact(sums: Sums, case: Case, at: Registration, verdicts: Mapping[str, bool]) -> None:
    if verdicts and (first := first_resolution(case)):
        key = _key(at, first.at, first.team, first.agent)
        for rule, is_one in verdicts.items():
            sums["first_contact_resolution", (*key, rule)] = [int(is_one), 1]


def latest_answers(answers: Iterable[Given]) -> Iterable[Given]:
    """Return the last answer of each day; of several at one instant, the one to the survey with the greatest id."""
    latest: dict[date, Given] = {}
    for given in sorted(answers, key=lambda given: (given.at, given.survey_id)):
        latest[day_of(given.at)] = given
    return latest.values()


def _satisfaction(sums: Sums, case: Case, at: Registration) -> None:
    for given in latest_answers(case.answers):
        counts = (0, 0, 0, 1) if given.is_apart else (1, int(is_satisfied(given.overall)), given.overall, 0)
        _add(sums, "satisfaction", _key(at, given.at, given.team, given.agent), counts)


def _timeliness(sums: Sums, at: Registration, clocks: Iterable[Clock]) -> None:
    for clock in clocks:
        what = (clock.kind, clock.name)
        if clock.decided_at is not None:
            is_kept = clock.status == "met"
            counts = (int(is_kept), int(not is_kept), 0, (clock.used_us or 0) if is_kept else 0)
            _add(sums, "timeliness", (*_key(at, clock.decided_at, clock.team, clock.agent), *what), counts)
        if clock.status == "breached" and not clock.lapse and clock.ended_at is not None and clock.used_us is not None:
            late = (0, 0, 1, clock.used_us)
            _add(sums, "timeliness", (*_key(at, clock.ended_at, clock.team, clock.agent), *what), late)


def _outcomes(sums: Sums, case: Case, at: Registration) -> None:
    for one in case.endings:
        _add(sums, "outcomes", (*_key(at, one.at, one.team, one.agent), one.outcome), (1,))


def _workload(sums: Sums, case: Case, at: Registration) -> None:
    first = case.assignments[0] if case.assignments else None
    if first and day_of(first.at) != day_of(at.at):
        first = None  # that day did not know it yet
    came = Step(at.at, first.team if first else "", first.agent if first else "")
    done: tuple[Iterable[Any], ...] = (
        (came,),
        case.assignments,
        (one for one in case.resolutions if is_met(one.outcome)),
        case.closings,
        case.reopenings,
        (one for one in case.contacts if not one.automated),
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
