"""A law: figures of past instants do not change but by facts that occurred before them."""

from collections import Counter
from datetime import datetime, timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from libs.events.catalogue import intake, routing, sla, survey
from libs.events.envelope import Fact, draft
from libs.events.event import TYPES
from services.analytics.domain.first_contact import FINAL_AFTER
from services.analytics.projections import FOLD, rows
from services.analytics.tables import METADATA
from tests.services.analytics.histories import EVENTS
from tests.services.analytics.story import START, at, named

pytestmark = pytest.mark.slow

DAY = timedelta(days=1)
STEP = timedelta(hours=7)
# Nothing of a case is known before it is registered. What a source states is about the whole case, not about an instant,
# and a clock's story follows from other facts, so it is told in its own order.
ANY = EVENTS.filter(
    lambda event: not isinstance(event, intake.CaseRegistered | intake.FiguresStated) and TYPES[type(event)].owner != "sla"
)
OFTEN = st.one_of(
    st.sampled_from([routing.CaseResolved(), routing.CaseReopened(), routing.CaseClosed()]),
    st.builds(survey.SurveyAnswered, survey_id=st.just("s1"), overall=st.integers(1, 5)),
)
CAME = intake.CaseRegistered(channel="web", customer_ref="c1", process_id="p", process_version=1)


@st.composite
def lives(draw: st.DrawFn) -> list[Fact]:
    """Draw a registered case's facts over three weeks, with one clock's story."""
    told = draw(st.lists(st.tuples(st.integers(0, 72), st.booleans().flatmap(lambda rare: ANY if rare else OFTEN)), max_size=12))
    if draw(st.booleans()):
        told += [(draw(st.integers(0, 24)), routing.CaseResolved()), (draw(st.integers(48, 72)), draw(OFTEN))]
    facts = [draft(said, "case-1", START + n * STEP, sequence=1 + k) for k, (n, said) in enumerate(told)]
    return [draft(CAME, "case-1", START, sequence=0), *facts, *draw(clocks())]


@st.composite
def clocks(draw: st.DrawFn) -> list[Fact]:
    """Draw the story of a promise: started, then kept, or broken and perhaps finished late."""
    start, end, late = sorted(draw(st.tuples(*[st.integers(0, 72)] * 3)))
    words = {"clock": "resolution", "due_at": START + end * STEP}
    begun = sla.ClockStarted(**words, kind="resolution", limit="1h", process_version=1)
    used = {"used_us": 7, "paused_us": 0}
    ends: list[tuple[int, Any]] = draw(
        st.sampled_from(
            [
                [],
                [(end, sla.ClockMet(**words, **used))],
                [(end, sla.ClockBreached(**words))],
                [(end, sla.ClockBreached(**words)), (late, sla.ClockEnded(**words, **used))],
                [(end, sla.ClockCancelled(clock="resolution", reason="closed"))],
            ]
        )
    )
    return [draft(said, "case-1", START + n * STEP, sequence=100 + k) for k, (n, said) in enumerate([(start, begun), *ends])]


def past(facts: list[Fact], until: datetime) -> Counter[Any]:
    """Return every figure of the time until then: the backlog at each step, and the rollups' days that are over."""
    found = [(row, named(row)) for row in rows("case-1", FOLD.of("case-1", facts))]
    figures: Counter[Any] = Counter()
    for row, words in found:
        if METADATA.tables[row.table].info.get("additive"):
            closed = datetime.combine(words["day"] + DAY, datetime.min.time(), START.tzinfo)
            if closed + (FINAL_AFTER if row.table == "first_contact_resolution" else timedelta()) <= until:
                figures.update({(row.table, row.key, n): value for n, value in enumerate(row.values)})
        if row.table == "case_rules" and words["resolved_at"] + FINAL_AFTER < until:
            figures["case_rules", row.key, row.values] = 1
        if row.table == "stretches":
            for moment in (START + n * STEP for n in range(80)):
                if words["since_at"] <= moment <= until and (words["until_at"] is None or words["until_at"] > moment):
                    figures["at", moment, row.values[2:]] = 1
    return +figures


@settings(max_examples=150)
@given(lives())
def test_figures_of_past_instants_change_only_by_facts_that_occurred_before_them(facts: list[Fact]) -> None:
    for until in (START + n * STEP for n in range(0, 81, 8)):
        known = [fact for fact in facts if fact.time <= until]
        assert past(facts, until) == past(known, until), until


def test_the_law_has_something_to_say() -> None:
    story = [draft(CAME, "case-1", START), draft(sla.ClockMet(clock="c", due_at=at(9), used_us=1, paused_us=0), "case-1", at(5))]
    assert {key[0] for key in past(story, START + 3 * DAY)} == {"at", "workload", "timeliness"}
