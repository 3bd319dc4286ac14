"""A case's promises as they are contracted and as they were asked for, counted by the same functions as live ones are.

Nothing here waits or reads: cases come as the store keeps them, and rows go as it takes them. So another process may do it.
"""

from collections.abc import Iterable, Iterator, Sequence
from copy import copy
from datetime import datetime
from uuid import UUID

import msgspec

from libs.events.engine.known import NotYetKnown
from libs.events.store.projection import TableWriter
from libs.events.words.now import FIRST, LAST
from services.sla.domain.case import SlaCase
from services.sla.domain.clock import ClockLife
from services.sla.domain.difference import every_implied
from services.sla.domain.lives import lives
from services.sla.domain.past import recorded, told_by
from services.sla.domain.reckoning import Pair, compared, verdict_of
from services.sla.domain.remembered import holder, said_of
from services.sla.domain.terms import Terms, terms_of
from services.sla.domain.told import Told, clocks_of, told
from services.sla.reckonings.tables import SCHEMA, ReckonedRow
from services.sla.reckonings.values import Basis, KeptCase, Question, Tally

_WRITER = TableWriter(ReckonedRow.__table__, SCHEMA)

_case = msgspec.json.Decoder(SlaCase)


class Unreckonable(Exception):
    """A case cannot be reckoned, by a fault of ours; the message names the case."""


def counted(basis: Basis, question: Question, cases: Iterable[KeptCase]) -> Tally:
    """Return what these cases come to. Those whose standard is not here are left out."""
    found: list[ReckonedRow] = []
    left_out = 0
    for one in cases:
        try:
            found += reckoned(basis, question, one)
        except NotYetKnown:
            left_out += 1
        except Exception as error:
            raise Unreckonable(f"case {one.case_id}: {type(error).__name__}: {error}") from error
    return tally(found, left_out)


def tally(found: Sequence[ReckonedRow], left_out: int = 0) -> Tally:
    """Return what rows come to."""
    return Tally(_WRITER.upsert(one.row for one in found), len(found), sum(one.flips for one in found), left_out)


def reckoned(basis: Basis, question: Question, kept: KeptCase) -> list[ReckonedRow]:
    """Return the rows of a case: its promises now, and those by the changed terms at the instants asked for.

    It raises NotYetKnown when its standard is not here.
    """
    now = _case.decode(kept.state)
    terms = terms_of(now, basis.known)
    asked = _asked(question, kept, now)
    other = terms if asked.registered_at is None else terms_of(asked, basis.changed)
    # Where the terms are the same, what is contracted is counted with what is asked for.
    is_same = kept.facts is None and other == terms
    clocks = [*lives(now if is_same else asked, other, question.as_of)]
    contracted = over(now) or standing(now, terms, question.at, clocks if is_same else None)
    found = standing(asked, other, question.as_of, clocks)
    return [*_rows(question.reckoning_id, kept.case_id, now, asked, compared(contracted, found))]


def over(case: SlaCase) -> list[Told]:
    """Return the promises of a case as they were said if all of them are over, because no time changes them; else nothing."""
    promises = [*told(case).values()]
    return promises if all(one.ended_at is not None for one in promises) else []


def standing(case: SlaCase, terms: Terms, at: datetime, clocks: Sequence[ClockLife] | None = None) -> list[Told]:
    """Return the promises of a case at an instant, as live tables would have them when all until then was said."""
    clocks = [*lives(case, terms, at)] if clocks is None else clocks
    events = every_implied(case, clocks, terms, at)
    return [*clocks_of(said_of(one.data, one.at, one.rank) for one in events).values()]


def _asked(question: Question, kept: KeptCase, now: SlaCase) -> SlaCase:
    """Return the case that is asked about. What was said by the terms in force says nothing about others."""
    if kept.facts is None:
        asked = copy(now)
        asked.said = {}
        return asked
    return told_by(map(recorded, kept.facts), as_of=question.as_of, known_at=question.known_at)


def _rows(reckoning_id: UUID, case_id: str, now: SlaCase, asked: SlaCase, pairs: Iterator[Pair[Told]]) -> Iterator[ReckonedRow]:
    team, registered_at = holder(now.holds, "", FIRST, LAST).team, now.registered_at
    assert registered_at is not None  # no other case is in a scope
    for pair in pairs:
        one, before, after = pair.one, pair.contracted, pair.asked
        yield ReckonedRow(
            reckoning_id=reckoning_id,
            case_id=case_id,
            clock=one.clock,
            occurrence=one.occurrence,
            kind=one.kind,
            node=one.node,
            process_id=asked.process_id if after else now.process_id,
            process_version=one.process_version,
            grade=now.grade,
            team=team,
            registered_at=registered_at,
            contracted_status=before.status.value if before else "",
            contracted_verdict=verdict_of(before).value,
            contracted_due_at=before.due_at if before else None,
            contracted_used_us=before.used_us if before else None,
            asked_status=after.status.value if after else "",
            asked_verdict=verdict_of(after).value,
            asked_due_at=after.due_at if after else None,
            asked_used_us=after.used_us if after else None,
            difference=pair.difference.value,
            due_moved_us=pair.due_moved_us,
            flips=pair.flips,
        )
