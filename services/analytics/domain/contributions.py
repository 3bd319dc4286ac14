"""What one case adds to the rollups: whole numbers by day × process × version × team × agent × grade × class.

The day is the date, in the desk's zone, of the instant that counts: resolved, answered, kept, broken or finished late, done,
completed; what odd history tells of the time before a case came in counts on the day it came. A day that is over changes only by
facts that occurred before its end; first contact resolution, seven days later (first_contact.py), and as the field has it,
fourteen (incoming.py).
Who is not known is the empty word. Grade and class are those that the case had at that instant.
"""

from collections.abc import Callable, Iterable, Mapping
from datetime import date, datetime
from functools import partial
from typing import Any

from libs.events.catalogue.routing import is_met
from services.analytics.domain.case import Case, Given, Step
from services.analytics.domain.clocks import Clock
from services.analytics.domain.durations import first_resolution, micros
from services.analytics.domain.first_contact import FIELD_GROSS, FIELD_NET
from services.analytics.domain.incoming import incoming
from services.analytics.domain.life import Life

Sums = dict[tuple[str, tuple[Any, ...]], list[int]]
"""(table, key) → measures."""

Key = Callable[[datetime, str, str], tuple[Any, ...]]
"""Instant, team and agent → the key under which a case counts."""

SATISFIED_FROM = 4
WORKLOAD = ("registered", "assigned", "resolved", "closed", "reopened", "contacts")
_ONE_OF_WORKLOAD = tuple(tuple(int(name == one) for name in WORKLOAD) for one in WORKLOAD)


def contributions(life: Life, verdicts: Mapping[str, bool]) -> Sums:
    """Return the case's part of every rollup. `verdicts`: what each rule of first contact resolution says of it."""
    sums: Sums = {}
    case, key, came = life.case, partial(_key, life), _came(life)
    _first_contact(sums, key, case, verdicts)
    _incoming(sums, key, case, came, verdicts)
    _satisfaction(sums, key, latest_answers(life))
    # What was decided before a case was cancelled stays decided: no day that is over changes.
    _timeliness(sums, key, life.runs)
    _workload(sums, key, case, came)
    _outcomes(sums, key, case)
    _node_durations(sums, key, case)
    return sums


def is_satisfied(overall: int) -> bool:
    """Test whether a score of 1 to 5 counts as satisfied."""
    return overall >= SATISFIED_FROM


def _first_contact(sums: Sums, key: Key, case: Case, verdicts: Mapping[str, bool]) -> None:
    if verdicts and (first := first_resolution(case)):
        whose = key(first.at, first.team, first.agent)
        for rule, is_one in verdicts.items():
            sums["first_contact_resolution", (*whose, rule)] = [int(is_one), 1]


def _incoming(sums: Sums, key: Key, case: Case, came: Step, verdicts: Mapping[str, bool]) -> None:
    assert case.registration is not None  # who came in has been registered
    for n, one in enumerate(incoming(case, case.registration, verdicts)):
        whose = key(one.at, one.team, one.agent) if n else key(came.at, came.team, came.agent)
        counts = (int(one.resolves), 1)
        _add(sums, "first_contact_resolution", (*whose, FIELD_GROSS.name), counts)
        if one.is_first_level:
            _add(sums, "first_contact_resolution", (*whose, FIELD_NET.name), counts)


def latest_answers(life: Life) -> Iterable[Given]:
    """Return the last answer of each day; of several at one instant, the one to the survey with the greatest id."""
    latest: dict[date, Given] = {}
    for given in sorted(life.case.answers, key=lambda given: (given.at, given.survey_id)):
        latest[life.day(given.at)] = given
    return latest.values()


def _satisfaction(sums: Sums, key: Key, answers: Iterable[Given]) -> None:
    for given in answers:
        counts = (0, 0, 0, 1) if given.is_apart else (1, int(is_satisfied(given.overall)), given.overall, 0)
        _add(sums, "satisfaction", key(given.at, given.team, given.agent), counts)


def _timeliness(sums: Sums, key: Key, runs: Iterable[Clock]) -> None:
    for clock in runs:
        what = (clock.kind, clock.name)
        if clock.decided_at is not None:
            is_kept = clock.status == "met"
            counts = (int(is_kept), int(not is_kept), 0, (clock.used_us or 0) if is_kept else 0)
            _add(sums, "timeliness", (*key(clock.decided_at, clock.team, clock.agent), *what), counts)
        if clock.status == "breached" and not clock.lapse and clock.ended_at is not None and clock.used_us is not None:
            late = (0, 0, 1, clock.used_us)
            _add(sums, "timeliness", (*key(clock.ended_at, clock.team, clock.agent), *what), late)


def _outcomes(sums: Sums, key: Key, case: Case) -> None:
    for one in case.endings:
        _add(sums, "outcomes", (*key(one.at, one.team, one.agent), one.outcome), (1,))


def _came(life: Life) -> Step:
    """Return the registration, with whom the case was given to on that day."""
    at, first = life.came.at, life.case.assignments[0] if life.case.assignments else None
    if first and life.day(first.at) > life.day(at):
        first = None  # that day did not know it yet
    return Step(at, first.team if first else "", first.agent if first else "")


def _workload(sums: Sums, key: Key, case: Case, came: Step) -> None:
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
            _add(sums, "workload", key(step.at, step.team, step.agent), one)


def _node_durations(sums: Sums, key: Key, case: Case) -> None:
    for visit in case.visits:
        if visit.completed_at is not None:
            wait = micros(visit.entered_at, visit.started_at)
            touch = micros(visit.started_at, visit.completed_at)
            where = (*key(visit.completed_at, visit.team, visit.agent), visit.node)
            known = (int(wait is not None), int(touch is not None))
            _add(sums, "node_durations", where, (1, *known, wait or 0, touch or 0))


def _key(life: Life, at: datetime, team: str, agent: str) -> tuple[Any, ...]:
    then, came = life.then(at), life.came
    return (life.day(at), came.process_id, came.process_version, team, agent, then.grade, then.service_class)


def _add(sums: Sums, table: str, key: tuple[Any, ...], values: tuple[int, ...]) -> None:
    known = sums.get((table, key))
    if known is None:
        sums[table, key] = list(values)
    else:
        for n, value in enumerate(values):
            known[n] += value
