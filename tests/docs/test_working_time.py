"""docs/working-time.md tells each border as sla computes it."""

import re
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
import yaml

from libs.events.catalogue.promise import limit_of
from services.sla.domain.calendars import calendar_of
from services.sla.domain.limits import due, postponed
from services.sla.domain.working_time import WorkingTime

PAGE = (Path(__file__).parents[2] / "docs" / "working-time.md").read_text(encoding="utf-8")
(WEEKS,) = re.findall(r"```yaml\n(.*?)```", PAGE, re.DOTALL)
ROWS = [[cell.strip() for cell in line.strip("|\n").split("|")] for line in PAGE.splitlines() if line.startswith("| ")][1:]


def calendar(name: str, windows: Any) -> WorkingTime:
    written = {"id": name, "version": 1, "timezone": "UTC", "years": [2026, 2026], "windows": windows}
    return WorkingTime(calendar_of(written))


CALENDARS = {name: calendar(name, windows) for name, windows in yaml.safe_load(WEEKS).items()}


def instant(text: str) -> datetime:
    weekday, day, wall = text.split()
    at = datetime.fromisoformat(f"2026-06-{int(day):02}T{wall}").replace(tzinfo=UTC)
    assert f"{at:%a}" == weekday, text
    return at


@pytest.mark.parametrize(("name", "start", "limit", "paused", "then", "why"), ROWS)
def test_each_border_of_working_time_is_as_the_page_says(
    name: str, start: str, limit: str, paused: str, then: str, why: str
) -> None:
    working, promised = CALENDARS[name], limit_of(limit)
    due_at = due(instant(start), promised, working)
    if paused:
        since, until = map(instant, paused.split(" - "))
        due_at = postponed(due_at, since, until, promised, working)
    assert f"{due_at:%a} {due_at.day} {due_at:%H:%M}" == then, why


def test_the_page_has_every_border() -> None:
    assert len(ROWS) >= 25 and {row[0] for row in ROWS} == CALENDARS.keys()
