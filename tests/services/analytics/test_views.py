"""The views on a real PostgreSQL: they exist, explain themselves, agree with the rows, and are all an analyst may read."""

from collections.abc import AsyncIterator, Iterable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import asyncpg
import pytest

from libs.events.catalogue import intake, routing, sla, survey
from libs.events.engine.service import Service
from libs.events.log.envelope import Fact, record_of
from libs.events.log.port import PARTITIONS, Partition
from libs.events.store.postgres import PostgresStore, open_pool
from libs.events.store.projection import Projection
from libs.events.store.values import Applied
from libs.events.testing.sample_standard import STANDARD
from libs.events.testing.spec import knowing
from libs.events.testing.tables import rows_of
from libs.events.upkeep.bootstrap import bootstrap
from libs.events.words.refusal import Refused
from libs.events.words.row import Row
from services.analytics import queries
from services.analytics.books import books_in
from services.analytics.domain.figure import LISTED
from services.analytics.projections import GREENWICH
from services.analytics.queries import Filter
from services.analytics.queries.lately import COUNTED_LATELY
from services.analytics.service import SERVICE as WIRED
from services.analytics.tables import DEPRECATED, TABLES
from tests.services.analytics.story import (
    CLEARED,
    RAISED,
    answer,
    assigned,
    at,
    facts,
    resolved,
    stated,
)

ROOT = Path(__file__).parents[3]
SERVICE = Service(
    name="analytics",
    books=books_in(GREENWICH),
    tables=TABLES,
    version=1,
    views=WIRED.views,
)
HOUR, DAY = 60, 24 * 60


def registered(customer: str = "c1") -> intake.CaseRegistered:
    return intake.CaseRegistered(channel="web", customer_ref=customer, process_id="p", process_version=1)


BILLING = routing.CaseClassified(category="billing")
RESPONSE = sla.ClockStarted(clock="resolution", kind="resolution", limit="4h", due_at=at(4 * HOUR), process_version=1)
MET = sla.ClockMet(clock="resolution", due_at=at(4 * HOUR), used_us=HOUR * 60_000_000, paused_us=0)
BROKEN = sla.ClockBreached(clock="resolution", due_at=at(4 * HOUR))
ENDED = sla.ClockEnded(clock="resolution", due_at=at(4 * HOUR), used_us=9, paused_us=0)
ANSWER_CLOCK = sla.ClockStarted(clock="answer", kind="response", limit="1h", due_at=at(HOUR), process_version=1)
ANSWERED = sla.ClockMet(clock="answer", due_at=at(HOUR), used_us=1, paused_us=0)
SENT = survey.SurveySent(survey_id="s1", channel="email", agent="ann", team="a", expires_at=at(9 * DAY))

STORIES: dict[str, list[tuple[float, Any]]] = {
    "quick": [
        (0, registered()),
        (0, BILLING),
        (0, RESPONSE),
        (1, assigned("a", "ann")),
        (30, answer()),
        (60, resolved()),
        (60, MET),
        (70, SENT),
        (80, survey.SurveyAnswered(survey_id="s1", overall=5)),
        (90, routing.CaseClosed()),
        (91, stated(on_time=True)),
    ],
    "slow": [
        (0, registered("c2")),
        (0, BILLING),
        (0, RESPONSE),
        (1, assigned("a")),
        (2, assigned("b", "bob")),
        (60, RAISED),
        (180, CLEARED),
        (4 * HOUR, BROKEN),
        (6 * HOUR, resolved()),
        (6 * HOUR, ENDED),
        (7 * HOUR, stated(on_time=False)),
    ],
    "again": [(60 + 7 * DAY, registered()), (60 + 7 * DAY, BILLING)],
    "open": [(0, registered("c3")), (0, RESPONSE), (4 * HOUR, BROKEN)],
    "withdrawn": [
        (0, registered("c4")),
        (0, ANSWER_CLOCK),
        (3, ANSWERED),
        (4, stated(on_time=True)),
        (5, intake.CaseCancelled(reason="twice")),
    ],
}


TOLD: dict[str, list[Fact]] = {}
"""The facts that the database of the running test was given."""


@pytest.fixture
async def db(database_url: str) -> AsyncIterator[Any]:
    """A database with the views over the tables of these stories, as the shell writes them."""
    TOLD.clear()
    await bootstrap(database_url, SERVICE)
    connection = await asyncpg.connect(database_url)
    told = {key: facts(story, key) for key, story in STORIES.items()}
    await write(connection, told)
    yield connection
    await connection.close()


async def write(db: Any, told: dict[str, list[Fact]], data: str = "analytics_v1", zone: ZoneInfo = GREENWICH) -> None:
    """Make the tables those of all stories told so far; a story told again replaces the one before."""
    TOLD.update(told)
    service = replace(SERVICE, books=books_in(zone))
    tables = rows_of(service, [fact for said in TOLD.values() for fact in said])
    upserts = [Row(name, *row) for name in tables.keys() - service.additive for row in tables[name].items()]
    sums = {(name, key): values for name in service.additive for key, values in tables[name].items()}
    await db.execute(f"truncate {', '.join(f'{data}.{name}' for name in TABLES)}")
    for sql, rows in Projection(data, TABLES).statements(upserts, [], sums):
        await db.execute(sql, rows)


async def names(db: Any, sql: str) -> set[Any]:
    return {row[0] for row in await db.fetch(sql)}


async def test_every_view_and_column_explains_itself(db: Any) -> None:
    views = "select c.oid, relname from pg_class c where relnamespace = 'analytics'::regnamespace and relkind = 'v'"
    own = {"data_as_of", "events", "event_log", "figures_by_week", "figures_by_month"}
    assert await names(db, f"select relname from ({views}) v") == {*TABLES, *own}
    silent = f"""select v.relname || '.' || attname from ({views}) v join pg_attribute a on attrelid = v.oid
                 where attnum > 0 and coalesce(col_description(v.oid, attnum), '') = ''"""
    assert await names(db, silent) == set()
    assert await names(db, f"select relname from ({views}) v where obj_description(v.oid) is null") == set()


async def test_views_show_every_column_of_their_tables(db: Any) -> None:
    missing = """select table_name || '.' || column_name from information_schema.columns t
                 where table_schema = 'analytics_v1' and table_name = any($1::text[]) and not exists (
                   select from information_schema.columns v where v.table_schema = 'analytics'
                   and (v.table_name, v.column_name) = (t.table_name, t.column_name))"""
    # The view of the figures has a row where its table has two columns.
    assert await db.fetch(missing, [name for name in TABLES if name != LISTED]) == []


async def test_a_deprecated_column_names_the_one_beside_it_that_is_the_same(db: Any) -> None:
    await write(db, {"one": facts(at_a_node("one"), "one")})
    old = await db.fetch("""
        select relname, attname, substring(col_description(c.oid, attnum) from '^Deprecated: read (\\w+)')
        from pg_class c join pg_attribute on attrelid = c.oid and attnum > 0
        where relnamespace = 'analytics'::regnamespace and col_description(c.oid, attnum) like 'Deprecated%'""")
    assert {tuple(row) for row in old} == set(DEPRECATED)
    for view, column, new in old:
        values = await db.fetch(f"select {column}, {new} from analytics.{view}")
        assert values and all(before == now for before, now in values), column


async def test_views_may_be_made_again_over_the_next_version(db: Any, database_url: str) -> None:
    next_tables = SERVICE.views.replace("{data}", "analytics_v2")
    await db.execute("create schema analytics_v2")
    for table in (*TABLES, "checkpoint"):
        await db.execute(f"create table analytics_v2.{table} (like analytics_v1.{table} including all)")
    await db.execute(next_tables)
    assert await db.fetchval("select count(*) from analytics.cases") == 0
    await db.execute(SERVICE.views.replace("{data}", "analytics_v1"))
    assert await db.fetchval("select count(*) from analytics.cases") == len(STORIES)


async def test_analysts_read_the_views_and_nothing_else(db: Any) -> None:
    roles = (ROOT / "deploy/roles.sql").read_text()
    await db.execute(roles)
    await db.execute(roles)
    await db.execute("set role analyst")
    for table in TABLES:
        await db.fetch(f"select * from analytics.{table}")
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            await db.fetch(f"select * from analytics_v1.{table}")
    assert await db.fetchval("select sum(cases) from analytics.backlog($1)", at(2)) == 4
    assert len(await db.fetch("select data_as_of from analytics.data_as_of")) == 1
    with pytest.raises(asyncpg.InsufficientPrivilegeError):
        await db.execute("create table analytics.mine (x int)")
    await db.execute("reset role")


async def test_the_views_say_until_when_they_are_complete_as_the_service_does(db: Any, database_url: str) -> None:
    every = [Partition(topic, number) for topic in WIRED.topics_heard for number in range(PARTITIONS[topic])]
    async with open_pool(database_url) as pool:
        store = PostgresStore(pool, SERVICE.name, TABLES, 1)

        async def told(*applied: Applied) -> list[Any]:
            async with store.transaction() as transaction:
                await transaction.note_applied(applied)
                both = [await transaction.watermark(WIRED.topics_heard)]
            return [*both, *(one["data_as_of"] for one in await db.fetch("select * from analytics.data_as_of"))]

        assert await told() == [None, None], "nobody has read anything"
        for partition in every:
            await store.checkpoint(partition, 1)
        assert await told(*(Applied(one, 1, 0, at(9)) for one in every[1:])) == [None, None], "one was never read"
        assert await told(Applied(every[0], 1, 0, at(5))) == [at(5), at(5)]


VERDICTS = "select case_id, counted from analytics.case_rules where rule = 'no_repeat'"
TWICE = intake.CaseCancelled(reason="registered twice")
AFTER = 60 + DAY


@pytest.mark.parametrize(
    ("why", "first", "again", "is_repeat"),
    [
        ("the same customer, process and category", {}, {}, True),
        ("nobody is nobody else", {"customer_ref": "anonymous"}, {"customer_ref": "anonymous"}, False),
        ("another customer", {}, {"customer_ref": "other"}, False),
        ("another process", {}, {"process_id": "q"}, False),
        ("another version of the process", {}, {"process_version": 2}, True),
        ("another category", {}, {"category": "delivery"}, False),
        ("neither has a category", {"category": ""}, {"category": ""}, False),
        ("only the first has a category", {}, {"category": ""}, False),
        ("cancelled later: she came all the same", {}, {"later": [(60, TWICE)]}, True),
        ("cancelled weeks later", {}, {"later": [(30 * DAY, TWICE)]}, True),
        ("given another category within the week", {}, {"later": [(DAY, routing.CaseClassified(category="delivery"))]}, False),
        ("given another category after it", {}, {"later": [(9 * DAY, routing.CaseClassified(category="delivery"))]}, True),
        ("the first gets another category after it", {"later": [(9 * DAY, routing.CaseClassified(category="other"))]}, {}, True),
    ],
)  # fmt: skip
async def test_nobody_is_compared_with_nobody(
    db: Any, why: str, first: dict[str, Any], again: dict[str, Any], is_repeat: bool
) -> None:
    def told(begin: float, words: dict[str, Any], ends: list[Any]) -> list[tuple[float, Any]]:
        words = {"customer_ref": "c7", "category": "billing", "later": []} | words
        late, category = words.pop("later"), words.pop("category")
        came = intake.CaseRegistered(**({"channel": "web", "process_id": "p", "process_version": 1} | words))
        classified = [(begin, routing.CaseClassified(category=category))] if category else []
        return [(begin, came), *classified, *ends, *((begin + minute, event) for minute, event in late)]

    stories = {"one": told(0, first, [(60, resolved())]), "two": told(AFTER, again, [])}
    await write(db, {key: facts(story, key) for key, story in stories.items()})
    assert dict(await db.fetch(VERDICTS))["one"] is not is_repeat, why


async def test_a_repeat_within_seven_days_takes_the_first_contact_back(db: Any) -> None:
    verdicts = "select case_id, counted from analytics.case_rules where rule = 'no_repeat'"
    assert dict(await db.fetch(verdicts)) == {"quick": False, "slow": False}
    later = [(60 + 7 * DAY + 1 / 60_000_000, registered()), (61 + 7 * DAY, BILLING)]
    await write(db, {"again": facts(later, "again")})
    assert dict(await db.fetch(verdicts)) == {"quick": True, "slow": False}
    [row] = await db.fetch("select num, den from analytics.first_contact_resolution where rule = 'no_repeat' and agent = 'ann'")
    assert tuple(row) == (1, 1)


async def test_rates_carry_numerator_and_denominator(db: Any) -> None:
    answered = await queries.fcr(db, Filter(process="p", rule="no_wait"))
    assert answered["totals"] == [{"rule": "no_wait", "num": 1, "den": 2, "rate": 0.5}]
    assert [row["day"] for row in answered["rows"]] == [at(0).date()]
    [total] = (await queries.satisfaction(db, Filter()))["totals"]
    assert total == {"answers": 1, "satisfied": 1, "score_sum": 5, "answers_apart": 0, "rate": 1.0, "mean_score": 5.0}
    [total, kept] = (await queries.timeliness(db, Filter()))["totals"]
    assert (kept["clock"], kept["met"]) == ("answer", 1)  # kept before the case was cancelled, and so it stays
    assert (total["met"], total["decided"], total["ended"]) == (1, 3, 2)
    assert (total["rate"], total["rate_of_ended"]) == (0.333333, 0.5)


@pytest.mark.parametrize(("num", "den", "rate"), [(1, 128, 0.007813), (1, 129, 0.007752)])
async def test_a_rate_is_rounded_as_its_view_rounds_it(db: Any, num: int, den: int, rate: float) -> None:
    await db.execute("update analytics_v1.first_contact_resolution set num = $1, den = $2 where rule = 'no_wait'", num, den)
    answered = await queries.fcr(db, Filter(rule="no_wait"))
    assert [row["rate"] for row in (*answered["rows"], *answered["totals"])] == [rate, rate]
    assert float(await db.fetchval("select rate from analytics.first_contact_resolution where rule = 'no_wait'")) == rate


@pytest.mark.parametrize(
    ("why", "day", "kept", "first"),
    [
        ("that day counts", 0, [("p", "response", "kept", 1), ("p", "response", "broken", 0),
          ("p", "resolution", "kept", 1), ("p", "resolution", "broken", 2)],
         [("p", "resolved", 2), ("p", "first", 1)]),
        ("the day after has nothing", 1, [], []),
    ],
)  # fmt: skip
async def test_what_metrics_show_of_late(db: Any, why: str, day: int, kept: list[Any], first: list[Any]) -> None:
    shown = {one.name: sorted(await one.count(db, at(day * DAY).date())) for one in COUNTED_LATELY}
    assert shown["promises_30d"] == sorted(kept)
    assert shown["first_contacts_30d"] == sorted(first)
    assert shown["incoming_contacts_30d"] == (
        [("p", "all", 5), ("p", "first", 1), ("p", "first_level", 5)]
        if not day
        else [("p", "all", 1), ("p", "first", 0), ("p", "first_level", 1)]
    )
    assert shown["survey_answers_30d"] == ([] if day else [("p", "given", 1), ("p", "satisfied", 1)])


async def test_metrics_show_how_cases_ended_and_words_of_others_as_other(db: Any) -> None:
    endings = {"a": "resolved", "b": "lost", "c": "forgotten"}
    await write(db, {key: facts([(0, registered()), (HOUR, resolved(outcome=how))], key) for key, how in endings.items()})
    [outcomes] = [one for one in COUNTED_LATELY if one.name == "outcomes_30d"]
    assert sorted(await outcomes.count(db, at(0).date())) == [("p", "other", 2), ("p", "resolved", 3), ("p", "withdrawn", 1)]


@pytest.mark.parametrize(
    ("why", "chosen", "assigned_"),
    [
        ("all", Filter(), 3),
        ("one team", Filter(team="a"), 2),
        ("one agent", Filter(agent="bob"), 1),
        ("nobody", Filter(agent=""), 1),
        ("another process", Filter(process="q"), 0),
        ("from that day", Filter(since=at(0).date()), 3),
        ("up to and without that day", Filter(until=at(0).date()), 0),
        ("another version", Filter(version=2), 0),
    ],
)
async def test_filters(db: Any, why: str, chosen: Filter, assigned_: int) -> None:
    totals = (await queries.workload(db, chosen))["totals"]
    assert sum(total["assigned"] for total in totals) == assigned_, why


def at_a_node(process: str) -> list[tuple[float, Any]]:
    clock = sla.ClockStarted(clock="node:n1", kind="node", node="n1", limit="1h", due_at=at(HOUR), process_version=1)
    came = intake.CaseRegistered(channel="web", customer_ref="c8", process_id=process, process_version=1)
    steps = [routing.NodeEntered(node="n1"), routing.NodeStarted(node="n1"), routing.NodeCompleted(node="n1")]
    met = sla.ClockMet(clock="node:n1", due_at=at(HOUR), used_us=1, paused_us=0)
    return [(0, came), (0, clock), *((n, step) for n, step in enumerate(steps, 1)), (3, met)]


async def test_what_a_process_names_is_never_added_to_what_another_names_so(db: Any) -> None:
    await write(db, {name: facts(at_a_node(name), name) for name in ("one", "two")})
    for ask in (queries.timeliness, queries.node_durations):
        for part in ("rows", "totals"):
            found = [row["process_id"] for row in (await ask(db, Filter()))[part] if "n1" in str(row.values())]
            assert found == ["one", "two"], (ask.name, part)
    on_time = (await queries.figures(db, Filter()))["on_time"]
    assert (on_time["one/node:n1"]["den"], on_time["two/node:n1"]["den"], on_time["p/answer"]["den"]) == (1, 1, 1)
    assert (await queries.figures(db, Filter(process="one")))["on_time"].keys() == {"node:n1"}


async def test_every_view_that_names_a_node_or_a_clock_names_its_process(db: Any) -> None:
    named = """select table_name from information_schema.columns where table_schema = 'analytics' and column_name = any($1)
               except select table_name from information_schema.columns where table_schema = 'analytics'
               and column_name in ('process_id', 'case_id')"""
    assert await names(db, named.replace("$1", "'{node,clock}'")) == set()


PUBLISHED = knowing(replace(STANDARD, process_id="p"), replace(STANDARD, process_id="new"))


@pytest.mark.parametrize(
    ("chosen", "told"),
    [
        (Filter(), ""),
        (Filter(process="p", version=1, team="a", agent="ann", rule="gross"), ""),
        (Filter(process="new"), ""),
        (Filter(team="", agent=""), ""),
        (Filter(agent="bob", since=at(40 * DAY).date()), ""),
        (Filter(process="pp"), "Nothing here has the process pp. Did you mean p? Known here: new, p."),
        (Filter(process="mew"), "Nothing here has the process mew. Did you mean new? Known here: new, p."),
        (Filter(process=""), "Nothing here has the process . Known here: new, p."),
        (Filter(version=9), "Nothing here has the version 9. Known here: 1."),
        (Filter(team="c"), "Nothing here has the team c. Known here: a, b."),
        (Filter(agent="anne"), "Nothing here has the agent anne. Did you mean ann? Known here: ann, bob."),
        (Filter(team="ann"), "Nothing here has the team ann. Known here: a, b."),
        (Filter(rule="grosz"), "Nothing here has the rule grosz. Did you mean gross? Known here: "),
    ],
)
async def test_a_value_that_nothing_has_is_refused_with_those_there_are(db: Any, chosen: Filter, told: str) -> None:
    try:
        await queries.refuse_unknown(db, chosen, PUBLISHED)
    except Refused as no:
        assert told and str(no).startswith(told) and (no.code, no.status) == ("unknown-value", 422)
    else:
        assert told == ""


async def test_many_known_values_are_not_all_listed(db: Any) -> None:
    many = {f"t{n}": facts([(0, registered()), (1, assigned(f"team-{n:03}"))], f"t{n}") for n in range(40)}
    await write(db, many)
    with pytest.raises(Refused) as no:
        await queries.refuse_unknown(db, Filter(team="zzz"), PUBLISHED)
    assert str(no.value).count("team-") < 31 and str(no.value).endswith(", ….")


async def test_days_come_in_order_whenever_they_were_written(db: Any) -> None:
    for n in (5, 3, 9, 1):
        await write(db, {f"case-{n}": facts([(n * DAY, registered()), (n * DAY, resolved())], f"case-{n}")})
    found = (await queries.workload(db, Filter()))["rows"]
    shown = [(row["day"], row["team"], row["agent"]) for row in found]
    assert shown == sorted(shown) and len({day for day, *_ in shown}) == 6


async def test_figures_of_a_process(db: Any) -> None:
    found = await queries.figures(db, Filter(process="p"), as_of=at(DAY))
    assert found["cases"] == 5
    assert (found["cancelled"], found["resolved"], found["reassignments"], found["reopens"]) == (1, 2, 1, 0)
    assert found["resolution_hours"] == {"median": 3.5, "p90": 5.5}
    assert found["net_resolution_hours"] == {"median": 2.5, "p90": 3.7}
    assert found["first_contact_resolution"]["no_reassignment"] == {"num": 1, "den": 2, "rate": 0.5}
    on_time = {"num": 1, "den": 3, "ended": 2, "rate": 0.333333, "rate_of_ended": 0.5}
    assert found["on_time"]["resolution"] == on_time
    assert found["outcomes"] == {"resolved": 2, "withdrawn": 1}
    assert found["source_verdicts"] == {"on_time": {"num": 1, "den": 2, "rate": 0.5}}
    assert (found["backlog"], found["not_closed"]) == (1, 2)


async def test_figures_of_nothing_divide_by_nothing(db: Any) -> None:
    found = await queries.figures(db, Filter(process="unknown"), as_of=at(0))
    assert (found["cases"], found["backlog"]) == (0, 0)
    assert found["resolution_hours"] == {"median": None, "p90": None}


@pytest.mark.parametrize(
    ("why", "minute", "unresolved", "not_closed"),
    [
        ("before anything", -1, 0, 0),
        ("received at that instant", 0, 4, 4),
        ("just before the cancellation", 4.9, 4, 4),
        ("cancelled at that instant", 5, 3, 3),
        ("just before the resolution", 59.9, 3, 3),
        ("resolved at that instant, not closed", 60, 2, 3),
        ("closed at that instant", 90, 2, 2),
    ],
)
async def test_backlog_as_of(db: Any, why: str, minute: float, unresolved: int, not_closed: int) -> None:
    assert await queries.backlog(db, Filter(process="p"), at(minute)) == {"backlog": unresolved, "not_closed": not_closed}, why


async def test_the_backlog_of_a_past_instant_is_that_of_then_for_any_holder(db: Any) -> None:
    late = [
        (8 * DAY, routing.CaseReopened()),
        (8 * DAY, assigned("c", "cyd")),
        (9 * DAY, resolved()),
        (9 * DAY, routing.CaseClosed()),
    ]
    asked = "select process_id, team, agent, cases, not_closed from analytics.backlog($1) order by 2, 3"
    moments = [at(minute) for minute in (1, 3, 75, 5 * HOUR, DAY)]
    before = [await db.fetch(asked, moment) for moment in moments]
    assert ("p", "a", "ann", 1, 1) in before[0] and ("p", "b", "bob", 1, 1) in before[1]
    await write(db, {key: facts([*STORIES[key], *late], key) for key in ("quick", "slow")})
    assert [await db.fetch(asked, moment) for moment in moments] == before
    assert ("p", "c", "cyd", 2, 2) in await db.fetch(asked, at(8 * DAY))


LATER = 16 * DAY
"""Minutes after which every figure of the first day is final."""

OF_THE_PAST = """
select 'fcr' as what, to_jsonb(f) - '{provisional}'::text[] as row from analytics.first_contact_resolution f where final_at <= $1
union all select 'verdict', to_jsonb(r) - '{provisional}'::text[] from analytics.case_rules r where final_at < $1
union all select 'satisfaction', to_jsonb(s) from analytics.satisfaction s where day < analytics.day_of($1)
union all select 'timeliness', to_jsonb(t) from analytics.timeliness t where day < analytics.day_of($1)
union all select 'workload', to_jsonb(w) from analytics.workload w where day < analytics.day_of($1)
union all select 'nodes', to_jsonb(n) from analytics.node_durations n where day < analytics.day_of($1)
union all select 'outcomes', to_jsonb(o) from analytics.outcomes o where day < analytics.day_of($1)
union all select 'backlog ' || m, to_jsonb(b) from generate_series(0, 20000, 360) m,
  analytics.backlog('2026-03-02 09:00+00'::timestamptz + m * interval '1 minute') b"""


LATE = {
    "reopened": routing.CaseReopened(),
    "closed as withdrawn": routing.CaseClosed(outcome="withdrawn"),
    "cancelled": intake.CaseCancelled(reason="twice"),
    "handed over": assigned("c", "cyd"),
    "graded again": routing.CaseGraded(grade="urgent"),
    "of another category": routing.CaseClassified(category="other"),
    "more skill called in": routing.CaseEscalated(kind="functional", to_role="expert", reason=""),
    "another contact": answer(),
    "resolved again": resolved(agent="zoe", team="z"),
    "answered again": survey.SurveyAnswered(survey_id="s1", overall=1),
    "its clock starts again": RESPONSE,
    "a broken promise is finished late": ENDED,
    "registered again, for somebody else": registered("c9"),
}


@pytest.mark.slow
async def test_what_the_views_say_of_the_past_stays(db: Any) -> None:
    stories = STORIES | {"again": [*STORIES["again"], (61 + 7 * DAY, resolved())]}

    async def past(*late: Any) -> list[str]:
        told = [(LATER + n, event) for n, event in enumerate(late, 1)]
        known = {key: [*story, *(one for one in told if one[1] is not ENDED or key == "open")] for key, story in stories.items()}
        await write(db, {key: facts(story, key) for key, story in known.items()})
        return sorted(map(str, await db.fetch(OF_THE_PAST, at(LATER))))

    before = await past()
    assert {line.split("'")[1].split()[0] for line in before} >= {"fcr", "verdict", "satisfaction", "timeliness", "backlog"}
    then = {why: await past(late, routing.CaseReopened()) for why, late in LATE.items()}
    assert [why for why, said in then.items() if said != before] == []


async def test_a_figure_says_whether_it_is_final(db: Any) -> None:
    soon = datetime.now(UTC) - timedelta(days=6)  # noqa: TID251  the view compares with the real now
    minutes = (soon - at(0)).total_seconds() / 60
    await write(db, {"new": facts([(minutes, registered("c9")), (minutes, resolved())], "new")})
    shown = dict(await db.fetch("select case_id, provisional from analytics.cases"))
    assert (shown["new"], shown["quick"], shown["open"]) == (True, False, None)
    flags = await db.fetch("select day, provisional from analytics.first_contact_resolution")
    assert {row["provisional"] for row in flags if row["day"] == soon.date()} == {True}
    assert {row["provisional"] for row in flags if row["day"] != soon.date()} == {False}


def test_timeline_tells_a_case_in_the_order_in_which_it_happened() -> None:
    told = queries.timeline(record_of(fact, fact.time).body for fact in reversed(facts(STORIES["quick"], "quick")))
    assert [moment.type for moment in told][:4] == [
        "case.registered.v1",
        "case.classified.v1",
        "clock.started.v1",
        "case.assigned.v1",
    ]
    assert [moment.at for moment in told] == sorted(at(minute) for minute, _ in STORIES["quick"])
    assert (told[3].service, told[3].data["agent"]) == ("routing", "ann")
    assert queries.timeline([]) == []


def test_measures_name_columns_that_exist() -> None:
    known: dict[str, Iterable[str]] = {table.name: {column.name for column in table.stored} for table in TABLES.values()}
    known["timeliness"] = {*known["timeliness"], "decided", "ended"}
    known[LISTED] = {"num", "den"}
    for measure in queries.measures():
        assert measure["definition"]["en"] and measure["definition"]["zh"], measure["name"]
        if measure["view"] in known and measure["name"] != "workload":
            assert {measure["numerator"], measure["denominator"]} - {""} <= set(known[measure["view"]]), measure["name"]
