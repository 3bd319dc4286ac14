"""A case's facts → its rows. Columns stand in the order of tables.py; a test holds the two together."""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from functools import partial
from itertools import pairwise
from typing import Any
from zoneinfo import ZoneInfo

import msgspec

from libs.events.engine.fold import Fold
from libs.events.words.event import Topic
from libs.events.words.instants import moved
from libs.events.words.row import Row
from services.analytics.domain.case import Case, Handling, Registration, new_case
from services.analytics.domain.clocks import Clock, clocks_of, runs_of
from services.analytics.domain.contributions import contributions, is_satisfied
from services.analytics.domain.durations import (
    closed_at,
    customer_wait_us,
    first_resolution,
    first_response_at,
    is_odd,
    is_odd_visit,
    micros,
    resolved_at,
)
from services.analytics.domain.first_contact import (
    FINAL_AFTER,
    final_at,
    handling_of,
    reassignments_stated,
    verdicts_of,
)
from services.analytics.domain.history import HANDLERS, category_at, evolve
from services.analytics.domain.incoming import incoming

GREENWICH = ZoneInfo("UTC")

_json = msgspec.json.Encoder(order="sorted")


def rows(key: str, case: Case, zone: ZoneInfo = GREENWICH) -> Iterable[Row]:
    """Return every row of a case; none as long as its registration is unknown. A day begins at midnight in `zone`."""
    if case.registration is None:
        return
    handling, runs = handling_of(case), runs_of(case.clock_facts)
    verdicts = verdicts_of(case, handling)
    yield Row("cases", (key,), _case_row(case, case.registration, handling, verdicts))
    yield from _stretch_rows(key, case, case.registration)
    yield from _assignment_rows(key, case)
    yield from _visit_rows(key, case)
    yield from (Row("clocks", (key, clock.name), _clock_values(clock)) for clock in clocks_of(runs).values())
    yield from _contact_rows(key, case)
    yield from _survey_rows(key, case)
    yield from _verdict_rows(key, case, case.registration, verdicts)
    for (table, group), sums in contributions(case, verdicts, runs, zone).items():
        yield Row(table, group, tuple(sums))


def _case_row(case: Case, came: Registration, handling: Handling, verdicts: Mapping[str, bool]) -> tuple[Any, ...]:
    contacts = [*incoming(case, came, verdicts)]
    return (
        *(came.process_id, came.process_version, came.origin, case.system, came.external_ref),
        *(came.channel, came.customer_ref, came.kind),
        *(case.service_class, case.category, case.severity, case.grade),
        *_whereabouts(case),
        *_instants(case, came),
        *_durations(case, came),
        *_counts(case, handling),
        _json.encode(case.figures).decode(),
        *(case.outcome, case.endings[-1].at if case.outcome else None, is_odd(case)),
        *(len(contacts), sum(one.is_first_level for one in contacts), contacts[0].resolves),
    )


def _whereabouts(case: Case) -> tuple[str, ...]:
    last = case.resolutions[-1] if case.resolutions else None
    here = (visit.node for visit in reversed(case.visits) if visit.completed_at is None and visit.returned_at is None)
    held = (wait.code for wait in reversed(case.waits) if wait.until is None)
    who = (case.team, case.agent, last.team if last else "", last.agent if last else "")
    if case.ended_at is not None:
        return (case.phase, "", "", *who)
    return (case.phase, next(here, ""), next(held, ""), *who)


def _instants(case: Case, came: Registration) -> tuple[Any, ...]:
    first = first_resolution(case)
    return (
        came.at,
        first_response_at(case),
        first.at if first else None,
        resolved_at(case),
        closed_at(case),
        case.cancelled_at,
        case.ended_at,
        final_at(case),
    )


def _durations(case: Case, came: Registration) -> tuple[int | None, ...]:
    took, waited = micros(came.at, resolved_at(case)), customer_wait_us(case)
    net = None if took is None or waited is None else took - waited
    return (took, micros(came.at, first_response_at(case)), micros(came.at, closed_at(case)), waited, net)


def _counts(case: Case, handling: Handling) -> tuple[int | None, ...]:
    return (
        handling.waits,
        handling.customer_waits,
        handling.reassignments,
        sum(one.reassigned for one in case.assignments),
        reassignments_stated(case),
        sum(one.team_changed for one in case.assignments),
        sum(one.agent_changed for one in case.assignments),
        handling.agents,
        handling.reopens,
        len(case.contacts),
        len(case.escalations),
        case.returns,
    )


def _stretch_rows(key: str, case: Case, came: Registration) -> Iterable[Row]:
    """Yield what the case was from when to when, from its registration on."""
    for n, (one, after) in enumerate(pairwise((*case.stretches, None)), 1):
        assert one is not None  # only the last of the pairs' right sides is None
        until = after.since if after else None
        if until is None or until > came.at:
            whose = (came.process_id, came.process_version, one.grade, one.service_class)
            yield Row("stretches", (key, n), (max(one.since, came.at), until, *one[1:6], *whose))


def _verdict_rows(key: str, case: Case, came: Registration, verdicts: Mapping[str, bool]) -> Iterable[Row]:
    first = first_resolution(case)
    if first is not None:
        whose = (first.at, first.team, first.agent, came.process_id, came.process_version, came.customer_ref)
        category = category_at(case, moved(first.at, FINAL_AFTER))
        yield from (Row("case_rules", (key, rule), (is_one, *whose, category)) for rule, is_one in verdicts.items())


def _assignment_rows(key: str, case: Case) -> Iterable[Row]:
    for n, (one, after) in enumerate(pairwise((*case.assignments, None)), 1):
        assert one is not None  # only the last of the pairs' right sides is None
        who = (one.team, one.agent, one.role, one.rule, one.reason)
        changes = (one.team_changed, one.agent_changed, one.reassigned)
        yield Row("assignments", (key, n), (one.at, after.at if after else None, *who, *changes))


def _visit_rows(key: str, case: Case) -> Iterable[Row]:
    for n, visit in enumerate(case.visits, 1):
        instants = (visit.entered_at, visit.started_at, visit.completed_at, visit.returned_at)
        wait, touch = micros(visit.entered_at, visit.started_at), micros(visit.started_at, visit.completed_at)
        back = (visit.returned_to, visit.returned_at is not None)
        took = (wait, touch, is_odd_visit(visit))
        yield Row("node_visits", (key, n), (visit.node, visit.team, visit.agent, *instants, *back, *took))


def _clock_values(clock: Clock) -> tuple[Any, ...]:
    return (
        *(clock.kind, clock.node, clock.allowance, clock.process_version, clock.status, clock.paused_by),
        *(clock.started_at, clock.due_at, clock.breached_at, clock.ended_at),
        *(clock.used_us, clock.paused_us, clock.on_time, clock.team, clock.agent),
        *(clock.waits_for, clock.waits_version, clock.waits_because, clock.counted_by, clock.lapse),
    )


def _contact_rows(key: str, case: Case) -> Iterable[Row]:
    for n, contact in enumerate(case.contacts, 1):
        yield Row("contacts", (key, n), tuple(contact))


def _survey_rows(key: str, case: Case) -> Iterable[Row]:
    for one in case.surveys:
        # An answer that became known after the end was given in time: the invitation did not end unanswered.
        ended_at, why = (one.expired_at, one.end_reason) if one.answered_at is None else (None, "")
        instants = (one.sent_at, one.expires_at, ended_at, one.answered_at)
        satisfied = None if one.overall is None else is_satisfied(one.overall)
        scores = _json.encode(one.scores).decode()
        answer = (one.overall, satisfied, scores, one.commented)
        yield Row("surveys", (key, one.survey_id), (one.channel, one.team, one.agent, *instants, *answer, why))


FOLD: Fold[Case] = Fold(
    topic=Topic.CASES,
    state=Case,
    initial=new_case,
    evolve=evolve,
    keeps=frozenset(HANDLERS),
    rows=rows,
)
"""Everything that anybody said of a case."""


def fold_in(zone: ZoneInfo) -> Fold[Case]:
    """Return the fold of a desk in that zone."""
    return replace(FOLD, rows=partial(rows, zone=zone))
