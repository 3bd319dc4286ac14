"""Rows and tables agree; rows follow from the set of facts; rollups equal a recount of the other rows."""

from collections import Counter
from collections.abc import Iterable, Iterator
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec import Raw

from libs.events.catalogue import intake, routing, survey
from libs.events.engine.book import encode_state
from libs.events.log.envelope import Fact, draft
from libs.events.testing.samples import CASE, samples
from libs.events.words.row import Row
from services.analytics.books import CASES
from services.analytics.domain.figure import LISTED
from services.analytics.projections import rows
from services.analytics.tables import TABLES
from tests.services.analytics.histories import histories
from tests.services.analytics.story import REGISTERED, at, named

pytestmark = pytest.mark.slow

PYTHON = {
    "bigint": int,
    "boolean": bool,
    "date": date,
    "timestamptz": datetime,
    "integer": int,
    "jsonb": Raw,
    "text": str,
}
OF_CASES = {name for name in TABLES if not name.startswith("process_")} - {"corrections", "risks"}
TOLD = ("resolved", "closed", "reopened", "cases", "answers", "satisfied", "score_sum", "answers_apart")
"""Measures that leave no rows of their own; they are counted from the facts, for any holder of the case."""


def rows_of(facts: Iterable[Fact], key: str = "case-1") -> list[Row]:
    return list(rows(key, CASES.of(key, facts)))


def well_formed(row: Row) -> None:
    table = TABLES[row.table]
    for column, value in zip(table.stored, (*row.key, *row.values), strict=True):
        if value is None:
            assert column.is_null, column
        else:
            assert type(value) is PYTHON[column.type], (column, value)
            assert not isinstance(value, datetime) or value.tzinfo is not None


def test_the_sample_story_fills_every_table() -> None:
    story = [fact for fact in samples() if fact.key == CASE]
    # The samples' outcome is another than resolved.
    assert {row.table for row in rows_of(story, CASE)} == OF_CASES - {"case_rules"}
    story = [fact for fact in story if type(fact.data) not in (intake.CaseCancelled, routing.CaseResolved)]
    kept = rows_of([*story, draft(routing.CaseResolved(), CASE, story[-1].time)], CASE)
    assert {row.table for row in kept} == OF_CASES
    for row in kept:
        well_formed(row)


def test_key_columns_come_first_as_rows_write_them() -> None:
    for table in TABLES.values():
        keys = [column.is_key for column in table.stored]
        assert keys == sorted(keys, reverse=True), table.name


def test_every_table_and_column_says_what_it_is() -> None:
    for table in TABLES.values():
        assert table.comment, table.name
        assert all(column.comment for column in table.stored), table.name


@settings(max_examples=150)
@given(histories())
def test_rows_are_well_formed_and_no_key_comes_twice_but_in_sums(facts: list[Fact]) -> None:
    found = rows_of(facts)
    for row in found:
        well_formed(row)
    single = [(row.table, row.key) for row in found if not TABLES[row.table].additive]
    assert len(set(single)) == len(single)


@settings(max_examples=150)
@given(st.data())
def test_order_and_repetition_of_arrival_change_nothing(data: st.DataObject) -> None:
    facts = data.draw(histories())
    again = data.draw(st.permutations([*facts, *facts[:3]]))
    assert rows_of(again) == rows_of(facts)


@settings(max_examples=100)
@given(histories())
def test_a_state_kept_after_every_fact_ends_like_a_refold(facts: list[Fact]) -> None:
    kept = encode_state(CASES.initial("case-1"))
    for fact in sorted(facts, key=lambda fact: fact.order):
        kept = encode_state(CASES.evolve(CASES.decode(kept), fact))
    assert kept == encode_state(CASES.of("case-1", facts))
    assert list(rows("case-1", CASES.decode(kept))) == rows_of(facts)


@settings(max_examples=100)
@given(st.tuples(*(histories(f"case-{n}") for n in range(3))))
def test_rollups_are_what_a_recount_gives(cases: tuple[list[Fact], ...]) -> None:
    found = [row for n, facts in enumerate(cases) for row in rows_of(facts, f"case-{n}")]
    sums: Counter[Any] = Counter()
    for row in found:
        if TABLES[row.table].additive and row.table != LISTED:
            measures = [column.name for column in TABLES[row.table].stored if not column.is_key]
            for name, value in zip(measures, row.values, strict=True):
                sums[(row.table, name, *row.key)] += value
    told = +Counter({key: sums.pop(key) for key in list(sums) if key[1] in TOLD})
    of_contacts = +Counter({key: sums.pop(key) for key in list(sums) if str(key[-1]).startswith("field_")})
    assert +sums == +recount([named(row) | {"table": row.table} for row in found])
    by_day: Counter[Any] = Counter()
    for key, amount in told.items():
        by_day[key[1:3]] += amount
    known = {row.key[0] for row in found if row.table == "cases"}
    known_cases = [sorted(facts, key=lambda fact: fact.order) for facts in cases if facts and facts[0].key in known]
    assert by_day == sum((recount_told(facts) for facts in known_cases), Counter())
    by_day = Counter()
    for key, amount in of_contacts.items():
        by_day[key[-1], key[1], key[2]] += amount
    judged = {row.key[0]: row.values for row in found if row.table == "case_rules" and row.key[1] == "one_contact"}
    assert by_day == sum((recount_contacts(facts, judged.get(facts[0].key)) for facts in known_cases), Counter())


def came(facts: list[Fact]) -> Fact:
    return next(fact for fact in facts if isinstance(fact.data, intake.CaseRegistered))


def recount_contacts(facts: list[Fact], verdict: tuple[Any, ...] | None) -> Counter[Any]:
    """Count a case's incoming contacts by rule, measure and day, fact by fact."""
    sums: Counter[Any] = Counter()
    first, week, registered = True, timedelta(days=7), came(facts)
    skilled = [one.time for one in facts if isinstance(one.data, routing.CaseEscalated) and one.data.kind == "functional"]
    contacts = [registered]
    for fact in facts:
        if isinstance(fact.data, intake.ContactLogged) and fact.data.direction == "inbound" and not fact.data.automated:
            if first and registered.data.channel == fact.data.channel == "phone":
                first = False
            else:
                contacts.append(fact)
    for fact in contacts:
        day = max(fact.time, registered.time).date()
        is_num = fact is registered and verdict is not None and verdict[0] and verdict[1] <= fact.time + week
        for rule in ("field_gross", *(["field_net"] if not skilled or skilled[0] > fact.time + week else [])):
            sums.update({(rule, "den", day): 1, (rule, "num", day): int(is_num)})
    return +sums


def recount_told(facts: list[Fact]) -> Counter[Any]:
    """Count what leaves no rows, fact by fact, by measure and day."""
    sums: Counter[Any] = Counter()
    outcome, ended, answers, begin = "", False, {}, came(facts).time
    for fact in facts:
        day, data = max(fact.time, begin).date(), fact.data
        match data:
            case routing.CaseResolved():
                sums["resolved", day] += data.outcome == "resolved"
                if not ended:
                    outcome = data.outcome
                    sums["cases", day] += 1
            case routing.CaseClosed() if ended and data.outcome == "withdrawn":
                pass
            case routing.CaseClosed():
                sums["closed", day] += 1
                is_new = not outcome or (not ended and data.outcome == "withdrawn" != outcome)
                sums["cases", day] += is_new
                outcome, ended = data.outcome if is_new else outcome, True
            case routing.CaseReopened():
                sums["reopened", day] += 1
                outcome, ended = "", False
            case survey.SurveyAnswered():
                place = (fact.time, data.survey_id)
                if day not in answers or place >= answers[day][0]:
                    answers[day] = (place, data.overall, outcome in ("", "resolved"))
    for day, (_, overall, counts) in answers.items():
        told = {"answers": 1, "satisfied": overall >= 4, "score_sum": overall} if counts else {"answers_apart": 1}
        sums.update({(name, day): int(amount) for name, amount in told.items()})
    return +sums


def recount(rows: list[dict[str, Any]]) -> Counter[Any]:
    """Count the rollups again from the rows of cases and their parts, the long way."""
    cases = {row["case_id"]: row for row in rows if row["table"] == "cases"}
    sums: Counter[Any] = Counter()
    for table, measure, amount, row, instant, who, more in counted(rows, cases):
        day = max(instant, cases[row["case_id"]]["received_at"]).astimezone(UTC).date()
        process = cases[row["case_id"]]["process_id"], cases[row["case_id"]]["process_version"]
        was = then(rows, row["case_id"], instant)
        sums[(table, measure, day, *process, *who, was["grade"], was["service_class"], *more)] += amount
    for case in cases.values():
        of = case["received_at"].date(), case["process_id"], case["process_version"]
        for source, target, amounts in steps([row for row in rows if row.get("case_id") == case["case_id"]], case):
            sums.update({("steps", measure, *of, source, target): amount for measure, amount in amounts.items()})
    return sums


def steps(rows: list[dict[str, Any]], case: dict[str, Any]) -> Iterator[tuple[str, str, dict[str, int]]]:
    """Yield the steps of a case between its visits, and what is known of each."""
    visits = sorted((row for row in rows if row["table"] == "node_visits"), key=lambda row: row["n"])
    clocks = {(row["clock"], row["occurrence"]): row for row in rows if row["table"] == "clocks"}
    end = ":end" if case["ended_at"] else ":here"
    way = [":start", *(row["node"] for row in visits), end]
    for visit, (source, target) in zip([None, *visits], pairwise(way), strict=True):
        clock = visit and clocks.get((f"node:{source}", visit["occurrence"]))
        is_elapsed = visit and visit["entered_at"] and visit["completed_at"] and visit["entered_at"] <= visit["completed_at"]
        by_clock, kept = bool(clock) and clock["used_us"] is not None, clock and clock["on_time"]
        amounts = {"timed": by_clock or is_elapsed, "by_clock": by_clock, "late": kept is False, "decided": kept is not None}
        yield source, target, {"steps": 1, **{name: int(bool(amount)) for name, amount in amounts.items()}}


def then(rows: list[dict[str, Any]], case_id: str, at: datetime) -> dict[str, Any]:
    """Return the row with a case's class and grade at an instant, or when it came."""
    mine = [row for row in rows if row["table"] == "stretches" and row["case_id"] == case_id]
    return next((row for row in reversed(mine) if row["since_at"] <= at), mine[0])


def counted(rows: list[dict[str, Any]], cases: dict[str, Any]) -> Iterator[tuple[Any, ...]]:
    for row in rows:
        who = (row.get("team"), row.get("agent"))
        match row["table"]:
            case "case_rules":
                for name, amount in (("num", int(row["counted"])), ("den", 1)):
                    what = "first_contact_resolution", name, amount
                    yield *what, row, row["resolved_at"], who, (row["rule"],)
            case "clocks" if row["on_time"] is not None:
                what = row, row["ended_at"] if row["on_time"] else row["breached_at"], who, (row["kind"], row["clock"])
                yield "timeliness", "met" if row["on_time"] else "breached", 1, *what
                if row["used_us"] is not None and row["ended_at"] and not row["lapse"]:
                    done = row, row["ended_at"], who, (row["kind"], row["clock"])
                    yield "timeliness", "ended_late", int(not row["on_time"]), *done
                    yield "timeliness", "used_us", row["used_us"], *done
            case "node_visits" if row["completed_at"]:
                amounts = {"visits": 1, "wait_us": row["wait_us"] or 0, "work_elapsed_us": row["work_elapsed_us"] or 0}
                amounts |= {"waits": row["wait_us"] is not None, "worked": row["work_elapsed_us"] is not None}
                for name, amount in amounts.items():
                    yield "node_durations", name, int(amount), row, row["completed_at"], who, (row["node"],)
            case "assignments":
                yield "workload", "assigned", 1, row, row["assigned_at"], who, ()
            case "contacts" if not row["automated"]:
                yield "workload", "contacts", 1, row, row["contacted_at"], who, ()
            case "cases":
                mine = (one for one in rows if one["table"] == "assignments" and one["case_id"] == row["case_id"])
                first = next((one for one in mine if one["n"] == 1), None)
                if first is None or first["assigned_at"].date() > row["received_at"].date():
                    first = {"team": "", "agent": ""}
                yield "workload", "registered", 1, row, row["received_at"], (first["team"], first["agent"]), ()


def test_a_registration_that_sorts_last_shows_everything_before_it() -> None:
    early = draft(routing.CaseClosed(outcome="withdrawn"), "case-1", at(-60))
    late = draft(REGISTERED[1], "case-1", at(0))
    assert rows_of([early]) == []
    assert {row.table for row in rows_of([late, early])} == {
        "cases",
        "milestones",
        "stretches",
        "workload",
        "outcomes",
        "first_contact_resolution",
        "steps",
    }
