"""A case's promises as they are contracted and as they were asked for, counted by the same functions as live ones are."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime
from uuid import UUID

from libs.events.engine.known import Known
from libs.events.words.now import FIRST, LAST
from services.sla.domain.case import SlaCase
from services.sla.domain.clock import ClockLife
from services.sla.domain.difference import unsaid
from services.sla.domain.lives import lives
from services.sla.domain.past import hearing
from services.sla.domain.reckoning import Pair, compared, verdict_of
from services.sla.domain.remembered import holder
from services.sla.domain.terms import Terms, terms_of
from services.sla.projections import promises
from services.sla.reckonings.scope import Case
from services.sla.reckonings.tables import ReckonedRow
from services.sla.tables import ClockRow


def standing(case_id: str, case: SlaCase, terms: Terms, at: datetime, clocks: list[ClockLife] | None = None) -> list[ClockRow]:
    """Return the promises of a case at an instant, as live tables would have them when all until then was said."""
    said = unsaid(case_id, case, [*lives(case, terms, at)] if clocks is None else clocks, terms, at)
    return [*promises(case_id, hearing(case, said))]


def reckoned(reckoning_id: UUID, case: Case, known: Known, changed: Known, *, at: datetime, as_of: datetime) -> list[ReckonedRow]:
    """Return the rows of a case: its promises now, and those by the changed terms at the instants asked for.

    It raises NotYetKnown when its standard is not here.
    """
    now = case.now
    terms = terms_of(now, known)
    clocks = [*lives(now, terms, at)]
    contracted = standing(case.case_id, now, terms, at, clocks)
    # What was said by the terms in force says nothing about others.
    asked = replace(now, said={}) if case.then is None else case.then
    is_live = changed is known and case.then is None
    other = terms if is_live or asked.registered_at is None else terms_of(asked, changed)
    found = standing(case.case_id, asked, other, as_of, clocks if is_live else None)
    return [*_rows(reckoning_id, case, compared(contracted, found))]


def _rows(reckoning_id: UUID, case: Case, pairs: Iterator[Pair[ClockRow]]) -> Iterator[ReckonedRow]:
    now = case.now
    team, registered_at = holder(now.holds, "", FIRST, LAST).team, now.registered_at
    assert registered_at is not None  # no other case is in a scope
    for pair in pairs:
        one, before, after = pair.one, pair.contracted, pair.asked
        yield ReckonedRow(
            reckoning_id=reckoning_id,
            case_id=case.case_id,
            clock=one.clock,
            occurrence=one.occurrence,
            kind=one.kind,
            node=one.node,
            process_id=one.process_id,
            process_version=one.process_version,
            grade=now.grade,
            team=team,
            registered_at=registered_at,
            contracted_status=before.status if before else "",
            contracted_verdict=verdict_of(before).value,
            contracted_due_at=before.due_at if before else None,
            contracted_used_us=before.used_us if before else None,
            asked_status=after.status if after else "",
            asked_verdict=verdict_of(after).value,
            asked_due_at=after.due_at if after else None,
            asked_used_us=after.used_us if after else None,
            difference=pair.difference.value,
            due_moved_us=pair.due_moved_us,
            flips=pair.flips,
        )
