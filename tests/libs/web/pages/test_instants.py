"""A time that a browser writes is the desk's, as the page shows it again."""

from datetime import datetime
from zoneinfo import ZoneInfo

import pytest

from libs.web.pages.instants import at_the_desk, when

SHANGHAI, BERLIN, NEW_YORK = "Asia/Shanghai", "Europe/Berlin", "America/New_York"


@pytest.mark.parametrize(
    ("why", "zone", "written", "meant"),
    [
        ("as a browser writes it",         SHANGHAI, "2026-03-02T12:00", "2026-03-02T04:00:00+00:00"),
        ("with seconds",                   SHANGHAI, "2026-03-02T12:00:30", "2026-03-02T04:00:30+00:00"),
        ("in winter",                      BERLIN, "2026-01-02T12:00", "2026-01-02T11:00:00+00:00"),
        ("in summer",                      BERLIN, "2026-07-02T12:00", "2026-07-02T10:00:00+00:00"),
        ("the last minute before a gap",   BERLIN, "2026-03-29T01:59", "2026-03-29T00:59:00+00:00"),
        ("the first minute after it",      BERLIN, "2026-03-29T03:00", "2026-03-29T01:00:00+00:00"),
        ("shown twice: the first is meant", BERLIN, "2026-10-25T02:30", "2026-10-25T00:30:00+00:00"),
    ],
)  # fmt: skip
def test_a_time_is_the_desk_s(why: str, zone: str, written: str, meant: str) -> None:
    assert at_the_desk(written, ZoneInfo(zone)) == meant, why
    assert f"{datetime.fromisoformat(written):%H:%M}</time>" in when(datetime.fromisoformat(meant), ZoneInfo(zone), "en")


@pytest.mark.parametrize(
    ("why", "zone", "written"),
    [
        ("the clocks skip it",         BERLIN, "2026-03-29T02:30"),
        ("it has an offset",           BERLIN, "2026-03-02T12:00:00+08:00"),
        ("it is in UTC",               BERLIN, "2026-03-02T12:00:00Z"),
        ("a day alone",                BERLIN, "2026-03-02"),
        ("words",                      BERLIN, "at noon: 12"),
        ("no such day",                BERLIN, "2026-02-30T12:00"),
        ("before the year 1 in UTC",   SHANGHAI, "0001-01-01T00:00"),
        ("after the year 9999 in UTC", NEW_YORK, "9999-12-31T23:59"),
        ("nothing",                    BERLIN, ""),
    ],
)  # fmt: skip
def test_what_is_no_time_of_the_desk_stays_as_it_is(why: str, zone: str, written: str) -> None:
    assert at_the_desk(written, ZoneInfo(zone)) == written, why
