"""Questions about one case: its life now or as it stood, and the terms by which its promises are counted."""

from dataclasses import dataclass, replace
from datetime import datetime
from typing import NamedTuple

from libs.events.catalogue.promise import limit_of
from libs.events.catalogue.references import PROCESS
from libs.events.engine.known import Known, NotYetKnown
from libs.events.words.refusal import Refused
from libs.service.running import RunningService
from libs.web.filters import by
from libs.web.text import Instant
from services.sla import queries
from services.sla.domain.case import SlaCase
from services.sla.domain.figures import Figures
from services.sla.domain.past import recorded, told_by
from services.sla.domain.quality import TOPICS
from services.sla.domain.terms import Terms, terms_of
from services.sla.tables import ClockRow


@dataclass(frozen=True, slots=True, kw_only=True)
class AsOf:
    """Two instants of a question; without them it is about now."""

    as_of: Instant | None = by(says="What had happened by this instant, judged at it. Now without it.")
    known_at: Instant | None = by(says="What was known by this instant: facts recorded later are left out. Now without it.")

    @property
    def is_past(self) -> bool:
        return self.as_of is not None or self.known_at is not None


class Counted(NamedTuple):
    """A case at an instant, and the terms by which its promises are counted."""

    case_id: str
    case: SlaCase
    terms: Terms
    at: datetime


NOW = AsOf()

ALIKE_MIN = 20
"""So many promises are the fewest from which anything is foreseen."""

LATEST = 2_000
"""So many of the latest ones that are done are looked at, however many there are."""

# Elapsed time and working time cannot be compared, so a version that changed the one for the other counts apart.
_ALIKE = """
with latest as (
    select used_us, grade from sla.clocks
    where process_id = $1 and clock = $2 and used_us is not null and (time_limit like '%w_') = $6
    order by ended_at desc limit $7
)
select count(*) as n, count(*) filter (where used_us > $5) as longer,
       percentile_cont(array[0.5, 0.9]) within group (order by used_us::float8) as used
from latest where used_us > $4 and ($3::text is null or grade = $3)
"""


async def counted(running: RunningService, case_id: str, asked: AsOf = NOW) -> Counted:
    """Return a case as it is, or as it stood. The standard is the one pinned to it, calendars are those published now."""
    now = running.now()
    as_of, known_at = asked.as_of or now, asked.known_at or now
    if max(as_of, known_at) > now:
        raise Refused("future-time", "as_of and known_at are instants of the past. Leave them out to ask about now.", 422)
    case = await told_case(running, case_id, as_of, known_at) if asked.is_past else await queries.kept(running.store, case_id)
    if case is None or case.registered_at is None:
        then = "was known then" if asked.is_past else "is known"
        raise Refused("unknown-case", f"No case {case_id} {then} here; it may not have arrived yet.", 404)
    try:
        terms = terms_of(case, running.known)
    except NotYetKnown as error:
        raise Refused("standard-not-read", f"{error} has not arrived here yet; try again in a second.", 503) from error
    return Counted(case_id, case, terms, as_of)


def with_role(known: Known, role: str | None) -> list[str] | None:
    """Return the nodes of every published version whose work is that role's, as the filter takes them; None takes all."""
    if role is None:
        return None
    standards = (one for id in known.ids(PROCESS) for one in known.versions(PROCESS, id))
    return [f"{of.process_id}/{of.version}/{node.id}" for of in standards for node in of.nodes if node.role == role]


async def foreseen(running: RunningService, row: ClockRow, told: Figures) -> Figures:
    """Return the figures of a promise with what those foretell that were made before and are done; as they are if too few are."""
    if row.ended_at is not None or told.used_us is None or told.remaining_us is None:
        return told
    allowed = told.used_us + told.remaining_us
    working = limit_of(row.time_limit).works
    for grade in dict.fromkeys((row.grade, None)):
        [found] = await running.pool.fetch(_ALIKE, row.process_id, row.clock, grade, told.used_us, allowed, working, LATEST)
        if found["n"] >= ALIKE_MIN:
            median, p90 = (round(one) - told.used_us for one in found["used"])
            percent = round(100 * found["longer"] / found["n"], 1)
            return replace(told, foreseen_from=found["n"], median_more_us=median, p90_more_us=p90, breaks_percent=percent)
    return told


async def told_case(running: RunningService, case_id: str, as_of: datetime, known_at: datetime) -> SlaCase:
    """Return a case as it stood: by what had happened and was known by the two instants."""
    facts = [one for topic in TOPICS for one in await running.store.facts((topic, case_id))]
    return told_by(map(recorded, facts), as_of=as_of, known_at=known_at)
