"""survey's answers: one survey with its comment, and the list of surveys."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Literal, NamedTuple

from libs.events.store.asked import Database, asked, names_of, read
from libs.events.store.projection import touched
from libs.web.filters import Ref, Word, by, conditions
from libs.web.text import Instant
from services.survey.tables import SurveyRow

After = tuple[datetime, str, str]
"""The sort key of the list: when the customer was asked, the case, the survey."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Written:
    """The customer's words; empty when there are none, or they were erased."""

    comment: str = ""


async def survey(db: Database, survey_id: str, *, case_id: str = "") -> tuple[SurveyRow, Written] | None:
    """Return one survey with its comment, or nothing; imported systems may have used one id in two cases."""
    row = await db.fetchrow(
        f"select {names_of(SurveyRow)}, coalesce(comment, '') as comment from survey.surveys "
        "left join survey_core.comments using (case_id, survey_id) where survey_id = $1 "
        "and ($2 = '' or case_id = $2) order by case_id limit 1",
        survey_id,
        case_id,
    )
    return None if row is None else (read(SurveyRow, row), Written(comment=row["comment"]))


@dataclass(frozen=True, slots=True, kw_only=True)
class Filter:
    """Which surveys are asked for; None takes all."""

    status: Literal["open", "answered", "expired"] | None = by()
    case_id: Ref | None = by()
    process: Word | None = by("process_id =")
    team: Word | None = by()
    agent: Word | None = by()
    since: Instant | None = by("sent_at >=", "Sent at this instant or later.")
    until: Instant | None = by("sent_at <", "Sent before this instant.")


_ORDER = "sent_at, case_id, survey_id"


async def surveys(
    db: Database,
    *,
    after: After | None = None,
    fetch: int = 51,
    chosen: Filter = Filter(),
    welcome_at: datetime | None = None,
    newest_first: bool = False,
) -> list[SurveyRow]:
    """Return surveys in the order they were sent, or the other way round, at most `fetch` of them, behind `after`.

    With `welcome_at` only our own that may still be answered at that instant.
    """
    welcome = {"status = 'open' and origin = 'live' and expires_at >": welcome_at}
    where, values = asked(conditions(chosen) | welcome, order=_ORDER, after=after, descending=newest_first)
    order = _ORDER.replace(",", " desc,") + " desc" if newest_first else _ORDER
    sql = f"select {names_of(SurveyRow)} from survey.surveys where {where} order by {order} limit {int(fetch)}"
    rows = await db.fetch(sql, *values)
    return [read(SurveyRow, row) for row in rows]


def place(row: SurveyRow) -> After:
    """Return where a survey stands in the list."""
    return row.sent_at, row.case_id, row.survey_id


class Tally(NamedTuple):
    """How many surveys are alike: whom or what they are about, how they stand, and the overall score if there is one."""

    name: str
    status: str
    end_reason: str
    overall: int | None
    commented: bool
    number: int


By = Literal["process", "team", "agent"]


async def tallies(db: Database, by: By, chosen: Filter = Filter()) -> list[Tally]:
    """Count surveys, whatever their status, by a process, team or agent and by what became of them."""
    where, values = asked(conditions(replace(chosen, status=None)))
    column = {"process": "process_id", "team": "team", "agent": "agent"}[by]
    rows = await db.fetch(
        f"select {column} as name, status, end_reason, overall, commented, count(*) as n from survey.surveys where {where} "
        "group by 1, 2, 3, 4, 5 order by 1, 2, 3, 4, 5",
        *values,
    )
    return [Tally(*row) for row in rows]


async def unasked(db: Database, at: datetime, chosen: Filter = Filter()) -> dict[str, int]:
    """Count the endings without an invitation by why there is none; the days asked for are those when it would be sent."""
    narrowed = conditions(replace(chosen, status=None))
    where, values = asked({words.replace("sent_at", "ask_at"): value for words, value in narrowed.items()}, first=2)
    rows = await db.fetch(
        # What was scheduled and did not come ended otherwise meanwhile, so that its standard does not ask any more.
        "select case when why = 'scheduled' and ask_at < $1 then 'not_asked' else why end as reason, count(*) as n "
        f"from survey.unasked where {where} group by 1",
        at,
        *values,
    )
    return {row["reason"]: row["n"] for row in rows}


async def comments(db: Database, rows: Sequence[SurveyRow]) -> dict[tuple[str, str], str]:
    """Return the customers' words about these surveys; personal data."""
    found = await db.fetch(
        "select case_id, survey_id, comment from survey_core.comments "
        "join unnest($1::text[], $2::text[]) as wanted (case_id, survey_id) using (case_id, survey_id)",
        [row.case_id for row in rows],
        [row.survey_id for row in rows],
    )
    return {(row["case_id"], row["survey_id"]): row["comment"] for row in found}


async def by_status(db: Database) -> list[tuple[str, int]]:
    """Count surveys by status."""
    rows = await db.fetch("select status, count(*) as n from survey.surveys group by 1")
    return [(row["status"], row["n"]) for row in rows]


async def comment(db: Database, case_id: str, survey_id: str) -> str:
    """Return the customer's words, empty when there are none."""
    sql = "select comment from survey_core.comments where case_id = $1 and survey_id = $2"
    return await db.fetchval(sql, case_id, survey_id) or ""


async def erase(db: Database, case_id: str) -> int:
    """Forget what was written about a case and return how many comments that were; no figure changes."""
    return touched(await db.execute("delete from survey_core.comments where case_id = $1", case_id))
