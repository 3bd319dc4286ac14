"""A case's facts → its rows."""

from collections.abc import Iterable, Iterator
from zoneinfo import ZoneInfo

from libs.events.words.row import Row, TableRow
from services.analytics.domain.case import Case, Registration
from services.analytics.domain.clocks import last_of, runs_of
from services.analytics.domain.contributions import contributions
from services.analytics.domain.days import day_of
from services.analytics.domain.figures import figure_rows
from services.analytics.domain.first_contact import NO_REPEAT, handling_of, verdicts_of
from services.analytics.domain.life import Life
from services.analytics.domain.repeats import Customer, answered_alone, claims, of_record, repeated
from services.analytics.projections.cases import case_row
from services.analytics.projections.happenings import happening_rows
from services.analytics.projections.parts import (
    assignment_rows,
    clock_row,
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
    handling, runs = handling_of(case), runs_of(case.clock_facts)
    verdicts = answered_alone(case, verdicts_of(case, handling))
    yield case_row(key, case, case.registration, handling, verdicts).row
    yield from (part.row for part in _parts(key, case, case.registration))
    last = last_of(runs)
    yield from (clock_row(key, run, run.occurrence == last[run.name]).row for run in runs)
    life = Life(case, case.registration, runs, zone)
    yield from (verdict.row for verdict in verdict_rows(key, life, verdicts))
    for (table, group), sums in contributions(life, verdicts).items():
        yield Row(table, group, tuple(sums))
    yield from figure_rows(key, life)


def _parts(key: str, case: Case, came: Registration) -> Iterator[TableRow]:
    yield from stretch_rows(key, case, came)
    yield from assignment_rows(key, case)
    yield from visit_rows(key, case)
    yield from contact_rows(key, case)
    yield from survey_rows(key, case)
    yield from happening_rows(key, case)


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
