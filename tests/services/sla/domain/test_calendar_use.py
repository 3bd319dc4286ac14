"""A calendar that a published standard names is in use, and ends when no version that may count goes further."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest

from libs.events.catalogue.promise import CalendarRef
from libs.events.catalogue.routing import ProcessRetired
from libs.events.log.envelope import draft
from libs.events.testing.spec import knowing
from services.sla.domain.calendar_use import SOON_DAYS, calendar_lines, ending
from tests.services.sla.samples import OFFICE, START, standard, target

END = datetime(2026, 12, 31, 16, tzinfo=UTC)  # midnight in Shanghai
SOON = END - timedelta(days=SOON_DAYS)
MOMENT = timedelta(microseconds=1)
NAMES_ONE = standard(target("3wd"))
NAMES_TWO = replace(NAMES_ONE, process_id="q", calendar=CalendarRef(id="office", version=2))
LONGER = replace(OFFICE, version=2, last_day=date(2027, 12, 31))
SHORTER = replace(OFFICE, version=2, last_day=date(2025, 12, 31))


@pytest.mark.parametrize(
    ("why", "published", "at", "left"),
    [
        ("ninety days before it ends, to the instant", [NAMES_ONE, OFFICE], SOON, None),
        ("a moment later",                             [NAMES_ONE, OFFICE], SOON + MOMENT, 89),
        ("a moment before it ends",                    [NAMES_ONE, OFFICE], END - MOMENT, 0),
        ("when it has ended",                          [NAMES_ONE, OFFICE], END + MOMENT, -1),
        ("nobody names it",                            [OFFICE], END, None),
        ("a later version goes on",                    [NAMES_ONE, OFFICE, LONGER], END, None),
        ("a later version ends earlier, and the named one counts first", [NAMES_ONE, OFFICE, SHORTER], END - MOMENT, 0),
        ("an earlier version that goes on counts for nobody", [NAMES_TWO, replace(LONGER, version=1), replace(OFFICE, version=2)],
            END - MOMENT, 0),
        ("one of two standards names the version that ends", [NAMES_ONE, NAMES_TWO, replace(LONGER, version=1),
            replace(OFFICE, version=2)], END - MOMENT, 0),
    ],
)  # fmt: skip
def test_what_ends_soon(why: str, published: list[object], at: datetime, left: int | None) -> None:
    found = [(one.id, one.days_left) for one in ending(knowing(*published), at)]  # type: ignore[arg-type]
    assert found == ([] if left is None else [("office", left)]), why


def test_by_a_retired_standard_nothing_new_is_promised() -> None:
    known = knowing(NAMES_ONE, OFFICE)
    assert [one.named_by for one in calendar_lines(known, END)] == [("p version 1",)]
    known.learn(draft(ProcessRetired(version=1, reason="over"), "p", START))
    assert [one.named_by for one in calendar_lines(known, END)] == [()] and ending(known, END) == []


def test_what_ends_first_stands_first() -> None:
    other = replace(SHORTER, id="z", version=1)
    known = knowing(NAMES_ONE, OFFICE, replace(NAMES_TWO, calendar=CalendarRef(id="z", version=1)), other)
    assert [one.id for one in ending(known, END)] == ["z", "office"]


def test_a_line_tells_of_the_newest_version() -> None:
    known = knowing(NAMES_ONE, OFFICE, replace(LONGER, announced_until=date(2026, 12, 31)))
    (line,) = calendar_lines(known, END)
    assert (line.id, line.version, line.versions, line.timezone) == ("office", 2, (1, 2), "Asia/Shanghai")
    assert (line.first_day, line.last_day, line.announced_until) == (date(2025, 1, 1), date(2027, 12, 31), date(2026, 12, 31))
    assert (line.days_left, line.ends_soon) == (365, False)
