"""The rows of a case's parts."""

from collections.abc import Iterator, Mapping, Sequence
from itertools import pairwise

from libs.events.words.now import moved
from services.analytics.domain.case import Case, Registration, stretch_at
from services.analytics.domain.clocks import Clock, last_of
from services.analytics.domain.contributions import is_satisfied
from services.analytics.domain.durations import first_resolution, is_odd_visit, micros
from services.analytics.domain.first_contact import FINAL_AFTER
from services.analytics.domain.life import Life
from services.analytics.domain.steps import Step
from services.analytics.tables.parts import AssignmentRow, ClockRow, ContactRow, StretchRow, SurveyRow, VerdictRow, VisitRow


def stretch_rows(key: str, case: Case, came: Registration) -> Iterator[StretchRow]:
    """Yield what the case was from when to when, from its registration on."""
    for n, (one, after) in enumerate(pairwise((*case.stretches, None)), 1):
        assert one is not None  # only the last of the pairs' right sides is None
        until = after.since if after else None
        if until is None or until > came.at:
            yield StretchRow(
                case_id=key,
                n=n,
                since_at=max(one.since, came.at),
                until_at=until,
                phase=one.phase,
                team=one.team,
                agent=one.agent,
                category=one.category,
                outcome=one.outcome,
                process_id=came.process_id,
                process_version=came.process_version,
                grade=one.grade,
                service_class=one.service_class,
            )


def assignment_rows(key: str, case: Case) -> Iterator[AssignmentRow]:
    """Yield the case's assignments: the team and the agent that answered for it."""
    for n, (one, after) in enumerate(pairwise((*case.assignments, None)), 1):
        assert one is not None  # only the last of the pairs' right sides is None
        yield AssignmentRow(
            case_id=key,
            n=n,
            assigned_at=one.at,
            until_at=after.at if after else None,
            team=one.team,
            agent=one.agent,
            role=one.role,
            rule=one.rule,
            reason=one.reason,
            team_changed=one.team_changed,
            agent_changed=one.agent_changed,
            reassigned=one.reassigned,
        )


def visit_rows(key: str, life: Life, steps: Sequence[Step]) -> Iterator[VisitRow]:
    """Yield the case's stays at its nodes, each with the step that it took from there."""
    came = life.came
    for n, (visit, step) in enumerate(zip(life.case.visits, steps, strict=True), 1):
        yield VisitRow(
            case_id=key,
            n=n,
            node=visit.node,
            team=visit.team,
            agent=visit.agent,
            entered_at=visit.entered_at,
            started_at=visit.started_at,
            completed_at=visit.completed_at,
            returned_at=visit.returned_at,
            returned_to=visit.returned_to,
            returned=visit.returned_at is not None,
            wait_us=micros(visit.entered_at, visit.started_at),
            odd=is_odd_visit(visit),
            work_elapsed_us=micros(visit.started_at, visit.completed_at),
            occurrence=visit.occurrence,
            return_reason=visit.return_reason,
            process_id=came.process_id,
            process_version=came.process_version,
            received_at=came.at,
            next_node=step.target,
            took_us=step.took_us,
        )


def clock_rows(key: str, clocks: Sequence[Clock]) -> Iterator[ClockRow]:
    """Yield the result of each promise. The last one of a name shows how it stands now."""
    last = last_of(clocks)
    return (_clock_row(key, one, one.occurrence == last[one.name]) for one in clocks)


def _clock_row(key: str, clock: Clock, is_last: bool) -> ClockRow:
    return ClockRow(
        case_id=key,
        clock=clock.name,
        kind=clock.kind,
        node=clock.node,
        allowance=clock.allowance,
        process_version=clock.process_version,
        status=clock.status,
        paused_by=clock.paused_by,
        started_at=clock.started_at,
        due_at=clock.due_at,
        breached_at=clock.breached_at,
        ended_at=clock.ended_at,
        used_us=clock.used_us,
        paused_us=clock.paused_us,
        on_time=clock.on_time,
        team=clock.team,
        agent=clock.agent,
        waits_for=clock.waits_for,
        waits_version=clock.waits_version,
        waits_because=clock.waits_because,
        counted_by=clock.counted_by,
        lapse=clock.lapse,
        occurrence=clock.occurrence,
        last=is_last,
        warned_at=clock.warned_at,
        reminders=clock.reminders,
    )


def contact_rows(key: str, case: Case) -> Iterator[ContactRow]:
    """Yield the contacts with the customer."""
    for n, contact in enumerate(case.contacts, 1):
        yield ContactRow(
            case_id=key,
            n=n,
            contacted_at=contact.at,
            direction=contact.direction,
            channel=contact.channel,
            purpose=contact.purpose,
            team=contact.team,
            agent=contact.agent,
            automated=contact.automated,
            resolves_case=contact.resolves_case,
            reached=contact.reached,
            meets_expectation=contact.meets_expectation,
            response=contact.response,
        )


def survey_rows(key: str, case: Case) -> Iterator[SurveyRow]:
    """Yield the invitations, each with its latest answer."""
    for one in case.surveys:
        # An answer that became known after the end was given in time: the invitation did not end unanswered.
        is_unanswered = one.answered_at is None
        yield SurveyRow(
            case_id=key,
            survey_id=one.survey_id,
            channel=one.channel,
            team=one.team,
            agent=one.agent,
            sent_at=one.sent_at,
            expires_at=one.expires_at,
            expired_at=one.expired_at if is_unanswered else None,
            answered_at=one.answered_at,
            overall=one.overall,
            satisfied=None if one.overall is None else is_satisfied(one.overall),
            scores=one.scores,
            commented=one.commented,
            end_reason=one.end_reason if is_unanswered else "",
        )


def verdict_rows(key: str, life: Life, verdicts: Mapping[str, bool]) -> Iterator[VerdictRow]:
    """Yield what each rule of first contact resolution says of a resolved case."""
    case, came = life.case, life.came
    if (first := first_resolution(case)) is None:
        return
    then = life.then(first.at)
    category = stretch_at(case, moved(first.at, FINAL_AFTER)).category
    for rule, counted in verdicts.items():
        yield VerdictRow(
            case_id=key,
            rule=rule,
            counted=counted,
            resolved_at=first.at,
            team=first.team,
            agent=first.agent,
            process_id=came.process_id,
            process_version=came.process_version,
            customer_ref=came.customer_ref,
            category=category,
            grade=then.grade,
            service_class=then.service_class,
        )
