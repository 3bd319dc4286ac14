"""What one case adds to the rollups: whole numbers by day × process × version × team × agent × grade × class.

The day is the date, in the desk's zone, of the instant that counts: resolved, answered, kept, broken or finished late, done,
completed; what odd history tells of the time before a case came in counts on the day it came. A day that is over changes only by
facts that occurred before its end; first contact resolution, seven days later (first_contact.py), and as the field has it,
fourteen (incoming.py).
A team or an agent that is not known is the empty word. Grade and class are those that the case had at that instant.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date
from itertools import chain
from typing import Any

from libs.events.catalogue.phases import is_met
from libs.events.words.row import Row
from services.analytics.domain.case import Given, Step
from services.analytics.domain.durations import first_resolution, micros
from services.analytics.domain.first_contact import FIELD_GROSS, FIELD_NET
from services.analytics.domain.incoming import Incoming
from services.analytics.domain.life import Life

SATISFIED_FROM = 4
WORKLOAD = ("registered", "assigned", "resolved", "closed", "reopened", "contacts")
_ONE_OF_WORKLOAD = tuple(tuple(int(name == one) for name in WORKLOAD) for one in WORKLOAD)


def contributions(life: Life, verdicts: Mapping[str, bool], contacts: Sequence[Incoming]) -> Iterable[Row]:
    """Return the case's part of every rollup; the kernel adds up what counts in one row.

    `verdicts`: what each rule of first contact resolution says of it. `contacts`: those that came in, the registration first.
    """
    came = _came(life)
    # What was decided before a case was cancelled stays decided: no day that is over changes.
    return chain(
        _first_contact(life, verdicts),
        _incoming(life, came, contacts),
        _satisfaction(life),
        _timeliness(life),
        _workload(life, came),
        _outcomes(life),
        _node_durations(life),
    )


def is_satisfied(overall: int) -> bool:
    """Test whether a score of 1 to 5 counts as satisfied."""
    return overall >= SATISFIED_FROM


def _first_contact(life: Life, verdicts: Mapping[str, bool]) -> Iterator[Row]:
    if verdicts and (first := first_resolution(life.case)):
        whose = life.whose(first.at, first.team, first.agent)
        for rule, is_one in verdicts.items():
            yield Row("first_contact_resolution", (*whose, rule), (int(is_one), 1))


def _incoming(life: Life, came: Step, contacts: Sequence[Incoming]) -> Iterator[Row]:
    for n, one in enumerate(contacts):
        whose = life.whose(one.at, one.team, one.agent) if n else life.whose(came.at, came.team, came.agent)
        counts = (int(one.resolves), 1)
        yield Row("first_contact_resolution", (*whose, FIELD_GROSS.name), counts)
        if one.is_first_level:
            yield Row("first_contact_resolution", (*whose, FIELD_NET.name), counts)


def latest_answers(life: Life) -> Iterable[Given]:
    """Return the last answer of each day; of several at one instant, the one to the survey with the greatest id."""
    latest: dict[date, Given] = {}
    for given in sorted(life.case.answers, key=lambda given: (given.at, given.survey_id)):
        latest[life.day(given.at)] = given
    return latest.values()


def _satisfaction(life: Life) -> Iterator[Row]:
    for given in latest_answers(life):
        counts = (0, 0, 0, 1) if given.is_apart else (1, int(is_satisfied(given.overall)), given.overall, 0)
        yield Row("satisfaction", life.whose(given.at, given.team, given.agent), counts)


def _timeliness(life: Life) -> Iterator[Row]:
    for clock in life.runs:
        what = (clock.kind, clock.name)
        if clock.decided_at is not None:
            is_kept = clock.status == "met"
            counts = (int(is_kept), int(not is_kept), 0, (clock.used_us or 0) if is_kept else 0)
            yield Row("timeliness", (*life.whose(clock.decided_at, clock.team, clock.agent), *what), counts)
        if clock.status == "breached" and not clock.lapse and clock.ended_at is not None and clock.used_us is not None:
            late = (0, 0, 1, clock.used_us)
            yield Row("timeliness", (*life.whose(clock.ended_at, clock.team, clock.agent), *what), late)


def _outcomes(life: Life) -> Iterator[Row]:
    for one in life.case.endings:
        yield Row("outcomes", (*life.whose(one.at, one.team, one.agent), one.outcome), (1,))


def _came(life: Life) -> Step:
    """Return the registration, with the first team and agent that got the case on that day."""
    at, first = life.came.at, life.case.assignments[0] if life.case.assignments else None
    if first and life.day(first.at) > life.day(at):
        first = None  # it was not known on that day
    return Step(at, first.team if first else "", first.agent if first else "")


def _workload(life: Life, came: Step) -> Iterator[Row]:
    case = life.case
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
            yield Row("workload", life.whose(step.at, step.team, step.agent), one)


def _node_durations(life: Life) -> Iterator[Row]:
    for visit in life.case.visits:
        if visit.completed_at is not None:
            wait = micros(visit.entered_at, visit.started_at)
            touch = micros(visit.started_at, visit.completed_at)
            where = (*life.whose(visit.completed_at, visit.team, visit.agent), visit.node)
            known = (int(wait is not None), int(touch is not None))
            yield Row("node_durations", where, (1, *known, wait or 0, touch or 0))
