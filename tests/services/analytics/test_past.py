"""A law: figures of past instants do not change but by facts that occurred before them.

Some figures are final later, by their definition: the rules of first contact resolution seven days after the day of the first
resolution, the field's gross and net fourteen days after the day of the contact. Rows that say what a thing is now (PRESENT) have
no past. Nothing of a case is known before it is registered. What a source states is about the whole case, not about an instant. A
withdrawal of sla's has the time of what it withdraws, because the fact that disproved it occurred before. Where a new grade has
sla withdraw what it had said, the figures follow sla.
"""

from collections import Counter
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from libs.events.catalogue import intake, routing, sla, survey
from libs.events.log.envelope import Fact, draft
from libs.events.words.event import TYPES
from services.analytics.books import CASES
from services.analytics.domain.figure import LISTED
from services.analytics.domain.figures import COUNTED
from services.analytics.domain.first_contact import FIELD_GROSS, FIELD_NET, FINAL_AFTER
from services.analytics.projections import rows
from services.analytics.tables import TABLES
from tests.services.analytics.histories import EVENTS
from tests.services.analytics.story import START, at, named

pytestmark = pytest.mark.slow

DAY = timedelta(days=1)
STEP = timedelta(hours=7)
PRESENT = {"cases", "clocks", "surveys", "steps"}
PRESENT |= {"process_versions", "process_nodes", "process_exceptions", "process_forms", "corrections", "risks"}
ROLLUPS = {table.name for table in TABLES.values() if table.additive} - PRESENT
HAPPENED = {
    "milestones": "reached_at",
    "escalations": "escalated_at",
    "classifications": "since_at",
    "outputs": "completed_at",
    "exceptions": "raised_at",
    "handovers": "handed_at",
    "notes": "noted_at",
    "skips": "skipped_at",
    "supplies": "supplied_at",
    "records": "attached_at",
    "attachments": "attached_at",
    "confirmations": "confirmed_at",
    "decisions": "asked_at",
}
"""Rows about an instant; an end that comes later has a column of its own."""
ENDS = {
    "until_at",
    "cleared_at",
    "cleared_by",
    "next_node",
    "decided_at",
    "decision",
    "decided_by",
    "grounds",
    "decided_in_us",
    "acknowledged_at",
    "acknowledged_by",
}
DATED = {"figure_values", "stretches", "case_rules", "contacts", "assignments", "node_visits", *HAPPENED}

ANY = EVENTS.filter(lambda event: not isinstance(event, intake.FiguresStated) and TYPES[type(event)].owner != "sla")
OFTEN = st.one_of(
    st.sampled_from(
        [
            routing.CaseResolved(),
            routing.CaseReopened(),
            routing.CaseClosed(),
            routing.CaseClosed(outcome="withdrawn"),
            routing.CaseEscalated(kind="functional", to_role="expert", reason=""),
        ]
    ),
    st.builds(survey.SurveyAnswered, survey_id=st.just("s1"), overall=st.integers(1, 5)),
)
CAME = intake.CaseRegistered(channel="web", customer_ref="c1", process_id="p", process_version=1)


@st.composite
def lives(draw: st.DrawFn) -> list[Fact]:
    """Draw a registered case's facts over three weeks, some of them before it came, with its clock's story."""
    told = draw(st.lists(st.tuples(st.integers(-6, 72), st.booleans().flatmap(lambda rare: ANY if rare else OFTEN)), max_size=12))
    if draw(st.booleans()):
        told += [(draw(st.integers(0, 24)), routing.CaseResolved()), (draw(st.integers(48, 72)), draw(OFTEN))]
    facts = [draft(said, "case-1", START + n * STEP, sequence=1 + k) for k, (n, said) in enumerate(told)]
    came = draft(CAME, "case-1", START + draw(st.sampled_from([0, 0, 9])) * STEP, sequence=0)
    return [came, *facts, *draw(clocks(0, 36, 100)), *draw(st.just([]) | clocks(37, 72, 200))]


@st.composite
def clocks(draw: st.DrawFn, begin: int, end: int, sequence: int) -> list[Fact]:
    """Draw one run of a promise: kept, or broken and perhaps finished late or lapsed; its events may be withdrawn."""
    start, due, late = sorted(draw(st.tuples(*[st.integers(begin, end)] * 3)))
    words = {"clock": "resolution", "due_at": START + due * STEP}
    begun = sla.ClockStarted(**words, kind="resolution", limit="1h", process_version=1)
    used, lapse = {"used_us": 7, "paused_us": 0}, sla.ClockCancelled(clock="resolution", reason="closed")
    ends: list[tuple[int, Any]] = draw(
        st.sampled_from(
            [
                [],
                [(start, sla.ClockPaused(clock="resolution", reason="awaiting_customer")), (due, sla.ClockResumed(**words))],
                [(due, sla.ClockMet(**words, **used))],
                [(due, sla.ClockBreached(**words))],
                [(due, sla.ClockBreached(**words)), (late, sla.ClockEnded(**words, **used))],
                [(due, sla.ClockBreached(**words)), (late, lapse)],
                [(due, lapse)],
            ]
        )
    )
    told = [(start, begun), *ends]
    facts = [draft(said, "case-1", START + n * STEP, sequence=sequence + 2 * k) for k, (n, said) in enumerate(told)]
    gone = [facts[-1]] if draw(st.booleans()) else []
    return facts + [
        draft(
            sla.ClockWithdrawn(clock="resolution", withdrawn_id=one.id, what=one.kind.name),
            "case-1",
            one.time,
            sequence=one.sequence + 1,
        )
        for one in gone
    ]


def past(facts: list[Fact], until: datetime) -> Counter[Any]:
    """Return every final figure of the time until then, and the values of every dated row for it."""
    found = [(row, named(row)) for row in rows("case-1", CASES.of("case-1", facts))]
    came = next((words["received_at"] for row, words in found if row.table == "cases"), until)
    figures: Counter[Any] = Counter()
    for row, words in found:
        if row.table == LISTED:
            figures.update(known_figures(row.key, row.values, words, until))
        elif row.table in ROLLUPS:
            if final_at(row.table, words) <= until:
                figures.update({(row.table, row.key, n): value for n, value in enumerate(row.values)})
        elif came <= until:
            figures.update((row.table, *what) for what in known(row.table, words, until))
    return +figures


def known_figures(key: tuple[Any, ...], values: tuple[int, ...], words: dict[str, Any], until: datetime) -> dict[Any, int]:
    """Return the sums of a day's figures that are final by then, as of the day on which they were known."""
    over = datetime.combine(words["known_on"] + DAY, datetime.min.time(), START.tzinfo)
    settled = [one.settles or timedelta() for one in COUNTED for _ in ("num", "den")]
    return {(LISTED, key, n): value for n, value in enumerate(values) if over + settled[n] <= until}


def final_at(table: str, words: dict[str, Any]) -> datetime:
    """Return when the figures of a rollup's day are final."""
    over = datetime.combine(words["day"] + DAY, datetime.min.time(), START.tzinfo)
    if table != "first_contact_resolution":
        return over
    return over + FINAL_AFTER * (2 if words["rule"] in (FIELD_GROSS.name, FIELD_NET.name) else 1)


def known(table: str, words: dict[str, Any], until: datetime) -> Iterator[tuple[Any, ...]]:
    """Yield a dated row's values at `until`; the rows of parts are numbered in the order in which the parts came."""
    values = ((name, bytes(value) if isinstance(value, msgspec.Raw) else value) for name, value in words.items())
    whole = tuple(value for name, value in values if name not in ENDS)
    match table:
        case "stretches":  # what backlog(as_of) counts
            for moment in (START + n * STEP for n in range(-6, 80)):
                if words["since_at"] <= moment <= until and (words["until_at"] is None or words["until_at"] > moment):
                    yield moment, whole[3:]
        case "case_rules" if words["resolved_at"] + FINAL_AFTER < until:
            yield whole
        case "figure_values" if datetime.combine(words["day"] + DAY, datetime.min.time(), START.tzinfo) <= until:
            yield whole
        case "contacts" if words["contacted_at"] <= until:
            yield whole
        case "assignments" if words["assigned_at"] <= until:
            ended = words["until_at"]
            yield *whole, ended if ended and ended <= until else None
        case happened if happened in HAPPENED and words[HAPPENED[happened]] <= until:
            ended = words.get("until_at") or words.get("cleared_at")
            yield *whole, (ended, words.get("cleared_by")) if ended and ended <= until else None
        case "node_visits" if (words["completed_at"] or words["returned_at"] or until + DAY) <= until:
            yield whole


def test_every_table_has_a_past_or_says_what_is_now() -> None:
    assert {table.name for table in TABLES.values()} == ROLLUPS | DATED | PRESENT


@settings(max_examples=300)
@given(lives())
def test_figures_of_past_instants_change_only_by_facts_that_occurred_before_them(facts: list[Fact]) -> None:
    for until in (START + n * STEP for n in range(0, 81, 8)):
        heard = [fact for fact in facts if fact.time <= until]
        assert past(facts, until) == past(heard, until), until


def test_the_law_has_something_to_say() -> None:
    met = sla.ClockMet(clock="c", due_at=at(9), used_us=1, paused_us=0)
    told: list[Any] = [
        CAME,
        routing.CaseAssigned(team="a"),
        met,
        routing.CaseResolved(),
        survey.SurveyAnswered(survey_id="s", overall=5),
    ]
    told += [routing.CaseGraded(grade="high"), routing.ExceptionRaised(code="late")]
    told += [routing.CaseEscalated(kind="functional", to_role="expert", reason="")]
    told += [
        routing.NodeCompleted(node="n1", outputs=("done",)),
        intake.ContactLogged(direction="inbound", channel="web", purpose="info", agent="ann"),
    ]
    told += [
        routing.NodeAssigned(node="n1", team="b"),
        routing.NodeProgressed(node="n1", kind="help", note="words:1"),
        routing.NodeSkipped(node="n2"),
        routing.GateRequested(node="n1", gate="g", approver="lead"),
        intake.InfoSupplied(),
        intake.RecordAttached(form="f", record="r", hash="h"),
        intake.AttachmentAdded(hash="h", size=1, media_type="text/plain"),
        intake.CustomerConfirmed(subject="result", decision="accepted", evidence="r"),
    ]
    story = [draft(said, "case-1", at(n)) for n, said in enumerate(told)]
    assert {key[0] for key in past(story, START + 16 * DAY)} == ROLLUPS | DATED
