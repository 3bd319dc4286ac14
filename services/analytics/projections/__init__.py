"""A case's facts → its rows."""

from collections.abc import Iterable, Mapping, Sequence
from itertools import chain
from zoneinfo import ZoneInfo

from libs.events.words.row import Row, TableRow
from services.analytics.domain.case import Case
from services.analytics.domain.clocks import runs_of
from services.analytics.domain.contributions import contributions
from services.analytics.domain.days import day_of
from services.analytics.domain.figures import figure_rows
from services.analytics.domain.first_contact import NO_REPEAT, handling_of, verdicts_of
from services.analytics.domain.incoming import incoming
from services.analytics.domain.life import Life
from services.analytics.domain.repeats import Customer, answered_alone, claims, of_record, repeated
from services.analytics.domain.steps import Step, step_rows, steps_of
from services.analytics.projections.cases import case_row
from services.analytics.projections.happenings import happening_rows
from services.analytics.projections.parts import (
    assignment_rows,
    clock_rows,
    contact_rows,
    stretch_rows,
    survey_rows,
    verdict_rows,
    visit_rows,
)
from services.analytics.tables.parts import VerdictRow

GREENWICH = ZoneInfo("UTC")


def rows(key: str, case: Case, zone: ZoneInfo = GREENWICH) -> Iterable[Row]:
    """Return every row of a case; none as long as its registration is unknown. A day begins at midnight in `zone`."""
    if case.registration is None:
        return
    handling = handling_of(case)
    verdicts = answered_alone(case, verdicts_of(case, handling))
    contacts = [*incoming(case, case.registration, verdicts)]
    life = Life(case, case.registration, runs_of(case.clock_facts), zone)
    steps = [*steps_of(case, life.runs)]
    yield case_row(key, case, case.registration, handling, contacts).row
    for part in _parts(key, life, verdicts, steps):
        yield part.row
    yield from contributions(life, verdicts, contacts)
    yield from step_rows(life.came, life.day(life.came.at), steps)
    yield from figure_rows(key, life)


def _parts(key: str, life: Life, verdicts: Mapping[str, bool], steps: Sequence[Step]) -> Iterable[TableRow]:
    case = life.case
    return chain(
        stretch_rows(key, case, life.came),
        assignment_rows(key, case),
        visit_rows(key, life, steps[1:]),
        contact_rows(key, case),
        survey_rows(key, case),
        happening_rows(key, case),
        clock_rows(key, life.runs),
        verdict_rows(key, life, verdicts),
    )


def customer_rows(key: str, customer: Customer, zone: ZoneInfo = GREENWICH) -> Iterable[Row]:
    """Return what a customer's record says of each case that it judges: the verdict, and its part of the rollup."""
    customer_ref, process_id, _ = of_record(key)
    for case_id, claim in claims(key, customer):
        counted = not repeated(case_id, claim, customer)
        yield VerdictRow(
            case_id=case_id,
            rule=NO_REPEAT.name,
            counted=counted,
            resolved_at=claim.at,
            team=claim.team,
            agent=claim.agent,
            process_id=process_id,
            process_version=claim.process_version,
            customer_ref=customer_ref,
            category=claim.category,
            grade=claim.grade,
            service_class=claim.service_class,
        ).row
        whose = (day_of(claim.at, zone), process_id, claim.process_version, *claim.held)
        yield Row("first_contact_resolution", (*whose, NO_REPEAT.name), (int(counted), 1))
