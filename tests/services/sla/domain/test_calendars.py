"""A written calendar becomes a published one, or a sentence that says what is wrong."""

from contextlib import nullcontext
from datetime import date, time
from functools import reduce
from pathlib import Path
from typing import Any

import holidays
import pytest
import yaml

from libs.events.catalogue.promise import Cutoff, Window
from services.sla.domain import holidays_of
from services.sla.domain.calendar_checks import BadCalendar
from services.sla.domain.calendars import calendar_of
from services.sla.domain.working_time import WorkingTime

SHIPPED = Path(__file__).parents[4] / "deploy" / "calendars"
WRITTEN: dict[str, Any] = {
    "id": "c",
    "version": 2,
    "timezone": "Asia/Shanghai",
    "years": [2025, 2025],
    "windows": {"tue": ["13:30-18:00", "09:00-12:00"], "mon": ["00:00-24:00"]},
}
WEEKDAYS = {"windows": {day: ["09:00-18:00"] for day in ("mon", "tue", "wed", "thu", "fri")}}
CHINA = {**WEEKDAYS, "country": "CN"}
NESTED = reduce(lambda inner, _: [inner], range(100_000), [])


def dates(*texts: str) -> set[date]:
    return {date.fromisoformat(text) for text in texts}


def test_windows_and_span() -> None:
    calendar = calendar_of(WRITTEN)
    assert calendar.windows == (
        Window(weekday=0, opens=time(0), closes=time(0)),
        Window(weekday=1, opens=time(9), closes=time(12)),
        Window(weekday=1, opens=time(13, 30), closes=time(18)),
    )
    assert (calendar.first_day, calendar.last_day) == (date(2025, 1, 1), date(2025, 12, 31))
    assert calendar.holidays == () and calendar.extra_days == {}


def test_a_cutoff_is_taken_over_and_missed_by_none() -> None:
    assert calendar_of(WRITTEN).cutoff is None
    written = {**WRITTEN, "cutoff": {"at": "17:00", "resumes": "08:30"}}
    assert calendar_of(written).cutoff == Cutoff(at=time(17), resumes=time(8, 30))


def test_the_shipped_chinese_calendar_knows_the_make_up_days() -> None:
    calendar = calendar_of(yaml.safe_load((SHIPPED / "cn-business.yaml").read_text(encoding="utf-8")))
    by_year = {year: {day for day in calendar.extra_days if day.year == year} for year in (2024, 2025, 2026)}
    # From the State Council's notices, not from the library.
    assert by_year[2024] == dates(
        "2024-02-04", "2024-02-18", "2024-04-07", "2024-04-28", "2024-05-11", "2024-09-14", "2024-09-29", "2024-10-12"
    )
    assert by_year[2025] == dates("2025-01-26", "2025-02-08", "2025-04-27", "2025-09-28", "2025-10-11")
    assert by_year[2026] == dates("2026-01-04", "2026-02-14", "2026-02-28", "2026-05-09", "2026-09-20", "2026-10-10")
    assert dates("2025-01-28", "2025-10-08", "2026-01-02", "2026-02-23", "2026-10-07") <= set(calendar.holidays)
    assert calendar.extra_days[date(2026, 2, 14)] == 4 and calendar.extra_days[date(2026, 1, 4)] == 0


def test_the_chinese_calendar_counts_250_working_days_in_2024() -> None:
    # 366 days - 104 at weekends - 20 weekdays off + 8 make-up days
    calendar = calendar_of(yaml.safe_load((SHIPPED / "cn-business.yaml").read_text(encoding="utf-8")))
    working = [day for day in WorkingTime(calendar)._days if date.fromordinal(day).year == 2024]
    assert len(working) == 366 - 104 - len([d for d in calendar.holidays if d.year == 2024 and d.weekday() < 5]) + 8


def test_round_the_clock_is_shipped() -> None:
    calendar = calendar_of(yaml.safe_load((SHIPPED / "always.yaml").read_text(encoding="utf-8")))
    assert len(calendar.windows) == 7 and calendar.last_day.year == 2099


def test_own_days_are_added_and_removed() -> None:
    written = {
        **WRITTEN,
        **CHINA,
        "added": ["2025-12-24"],
        "removed": [date(2025, 5, 5)],
        "extra_days": {"2025-12-27": "mon"},
    }
    calendar = calendar_of(written)
    assert date(2025, 12, 24) in calendar.holidays
    assert date(2025, 5, 5) not in calendar.holidays
    assert calendar.extra_days[date(2025, 12, 27)] == 0


def test_a_make_up_day_is_no_holiday() -> None:
    # New Year's Day 2025 is a holiday in the library; a desk that works on it says so.
    calendar = calendar_of({**WRITTEN, **CHINA, "extra_days": {"2025-01-01": "tue"}})
    assert date(2025, 1, 1) not in calendar.holidays


@pytest.mark.parametrize(
    ("why", "change", "says"),
    [
        ("no notice yet: the library would give a rule's guess", {"country": "CN", "years": [2027, 2027]}, "none after 2026"),
        ("years before the library's first",  {"country": "DE", "years": [1985, 1990]}, "knows no holidays of DE in 1985"),
        ("a year without any in the middle",  {"country": "HK", "years": [1950, 1950]}, "knows no holidays of HK in 1950"),
        ("years with part of the holidays",   {"country": "IN", "years": [2035, 2036]}, "only from 2001 to 2035"),
        ("estimated feasts",                  {"country": "EG", "years": [2030, 2030]}, "2030-02-04.*are estimates"),
        ("a country it does not know",        {"country": "XX"}, "country: .XX. is not known"),
        ("a word of the library's own",       {"country": "__class__"}, "__class__. is not known.*write an ISO code"),
        ("another one",                       {"country": "utils"}, "utils. is not known.*write an ISO code"),
        ("a market",                          {"country": "XNYS"}, "XNYS. is not known.*write an ISO code"),
        ("a subdivision it does not know",    {"country": "DE", "subdivision": "QQ"}, "does not have subdivision QQ"),
        ("a zone that does not exist",        {"timezone": "Mars/Olympus"}, "no IANA time zone"),
        ("the zone of this machine",          {"timezone": "localtime"}, "no IANA time zone; write"),
        ("another name for it",               {"timezone": "posixrules"}, "no IANA time zone; write"),
        ("the zone of a machine without one", {"timezone": "Factory"}, "no IANA time zone; write"),
        ("a zone in small letters",           {"timezone": "asia/shanghai"}, "no IANA time zone; write"),
        ("a zone out of the database",        {"timezone": "../zoneinfo/UTC"}, "no IANA time zone; write"),
        ("a zone that is no text",            {"timezone": ["UTC"]}, "no IANA time zone; write"),
        ("as long a word as is shown whole",  {"timezone": "x" * 78}, '"x{78}" is no IANA time zone'),
        ("a longer one",                      {"timezone": "x" * 79}, '"x{79}… is no IANA time zone'),
        ("years nested too deeply",           {"years": NESTED}, "but is something that JSON cannot say"),
        ("a day off anyway",                  {**WEEKDAYS, "added": ["2025-06-07"]}, r"\(sat\) changes nothing, nobody works"),
        ("a holiday of the country anyway",   {**CHINA, "added": ["2025-05-01"]}, "added: 2025-05-01 .thu. changes nothing"),
        ("working on a holiday that is a Saturday", {**WEEKDAYS, "country": "DE", "subdivision": "BY",
            "removed": ["2025-11-01"]}, "removed: 2025-11-01 .sat. changes nothing"),
        ("a make-up day of the country again", {**CHINA, "extra_days": {"2025-02-08": "fri"}}, "nothing, the windows are"),
        ("a make-up day that is a workday",   {**WEEKDAYS, "extra_days": {"2025-06-09": "fri"}}, "nothing, the windows are"),
        ("removed, and made up anyway",       {**CHINA, "removed": ["2025-05-01"], "extra_days": {"2025-05-01": "thu"}},
            "removed: 2025-05-01 .thu. changes nothing"),
        ("a make-up day when nobody works",   {"country": "CN"}, "2025-02-08 like fri.*has no windows; name.*under added"),
        ("a day twice",                       {**WEEKDAYS, "added": ["2025-06-05", date(2025, 6, 5)]}, "more than once"),
        ("a make-up day twice",
            {"extra_days": {"2025-06-07": "mon", date(2025, 6, 7): "tue"}}, "2025-06-07 stands there more than once"),
        ("a confirmed year beyond",           {**CHINA, "confirmed": [2027]}, "confirmed: 2027 is outside years"),
        ("too many windows for one day",
            {"windows": {"mon": [f"{hour:02}:00-{hour:02}:30" for hour in range(13)]}}, "there are 13; write at most 12"),
        ("overlapping windows",               {"windows": {"mon": ["09:00-12:00", "11:00-18:00"]}}, "overlap at 11:00"),
        ("a window after midnight's end",     {"windows": {"mon": ["00:00-24:00", "11:00-18:00"]}}, "overlap at 11:00"),
        ("a window with an offset",           {"windows": {"mon": ["09:00+02:00-12:00"]}}, "without an offset"),
        ("its closing with one",              {"windows": {"mon": ["09:00-12:00+02:00"]}}, "without an offset"),
        ("one with and one without",          {"windows": {"mon": ["09:00Z-12:00", "13:00-14:00"]}}, "without an offset"),
        ("a window of no length",             {"windows": {"mon": ["09:00-09:00"]}}, "write 00:00-24:00 for a whole day"),
        ("midnight to midnight",              {"windows": {"mon": ["00:00-00:00"]}}, "write 00:00-24:00 for a whole day"),
        ("opening at the day's end",          {"windows": {"mon": ["24:00-06:00"]}}, "is no window"),
        ("hours alone",                       {"windows": {"mon": ["09-18"]}}, "is no window"),
        ("seconds",                           {"windows": {"mon": ["09:00:00-18:00:00"]}}, "is no window"),
        ("24:00 with more to it",             {"windows": {"mon": ["09:00-24:00:01"]}}, "is no window"),
        ("two nights at once",                {"windows": {"mon": ["22:00-06:00", "23:00-24:00"]}}, "overlap at 23:00"),
        ("a night into the next morning",
            {"windows": {"mon": ["22:00-06:00"], "tue": ["05:59-12:00"]}}, "until 06:00.*overlap.*at 05:59"),
        ("from Sunday into Monday",
            {"windows": {"sun": ["22:00-06:00"], "mon": ["05:00-12:00"]}}, "of sun go on.*of mon"),
        ("into a make-up day",                {"windows": {"fri": ["22:00-06:00"], "mon": ["05:00-12:00"]},
            "extra_days": {"2025-06-07": "mon"}}, "on 2025-06-07"),
        ("out of a make-up day",              {"windows": {"fri": ["22:00-06:00"], "sun": ["05:00-12:00"]},
            "extra_days": {"2025-06-07": "fri"}}, "those of sun on 2025-06-08"),
        ("a make-up day without windows",     {"extra_days": {"2025-06-07": "sat"}}, "like sat, which has no windows"),
        ("a holiday in another year",         {"added": ["2026-01-01"]}, "added: 2026-01-01 is outside years"),
        ("a make-up day in another year",     {"extra_days": {"2024-12-31": "mon"}}, "extra_days: 2024-12-31 is outside years"),
        ("a removed one in another year",
            {"country": "CN", "removed": ["2026-01-01"]}, "removed: 2026-01-01 is outside years"),
        ("removed, and no holiday",           {"country": "CN", "removed": ["2025-06-11"]}, "2025-06-11 is no public holiday"),
        ("removed of no country",             {"removed": ["2025-05-01"]}, "2025-05-01 is no public holiday"),
        ("added and removed",
            {"country": "CN", "added": ["2025-05-01"], "removed": ["2025-05-01"]}, "both added and removed"),
        ("a part of no country",              {"subdivision": "BY"}, "no country is named"),
        ("a year confirmed of no country",    {"confirmed": [2025]}, "no country is named"),
        ("a date in another form",            {"added": ["20250505"]}, "must hold dates"),
        ("a cutoff after work",               {"windows": {"tue": ["09:00-16:59"]},
            "cutoff": {"at": "17:00", "resumes": "09:00"}}, "at 17:00 lies in no window"),
        ("a cutoff at opening",               {"windows": {"tue": ["17:00-20:00"]},
            "cutoff": {"at": "17:00", "resumes": "09:00"}}, "at 17:00 lies in no window"),
        ("resuming before work",              {"windows": {"tue": ["09:00-17:00"]},
            "cutoff": {"at": "17:00", "resumes": "08:59"}}, "resumes 08:59 lies in no window"),
        ("resuming when work ends",           {"windows": {"tue": ["09:00-12:00", "13:00-17:00"]},
            "cutoff": {"at": "17:00", "resumes": "12:00"}}, "resumes 12:00 lies in no window"),
        ("a cutoff in hours",                 {"cutoff": {"at": "17", "resumes": "08"}}, "cutoff must be like"),
        ("no windows",                        {"windows": {}}, "windows must be"),
        ("a window that is none",             {"windows": {"mon": ["9 to 5"]}}, "is no window"),
        ("a weekday that is none",            {"windows": {"funday": ["09:00-18:00"]}}, "is no weekday"),
        ("years the wrong way round",         {"years": [2026, 2025]}, "first and the last year"),
        ("both off and worked",               {"added": ["2025-05-05"], "extra_days": {"2025-05-05": "mon"}}, "decide for one"),
        ("a date that is none",               {"added": ["tomorrow"]}, "must hold dates"),
        ("a misspelt name",                   {"timezon": "UTC"}, "has no timezon"),
        ("a windows page of nothing",         {"windows": None}, "windows must be entries, .* and not empty, but is null"),
        ("a version that is none",            {"version": "1"}, 'version must be a whole number and not empty, but is "1"'),
        ("an id nobody can hold",             {"id": "\ud800"}, "half of a surrogate pair"),
        ("a NUL",                             {"id": "a\0"}, "no NUL"),
        ("an id too long",                    {"id": "c" * 101}, "1 to 100 characters"),
        ("a version below 1",                 {"version": -1}, "from 1 to 1000000"),
        ("a version beyond counting",         {"version": 1_000_001}, "from 1 to 1000000"),
        ("a cutoff without quotes",           {"cutoff": {"at": 1020, "resumes": 510}}, "cutoff must be like"),
        ("a cutoff that is no clock time",    {"cutoff": {"at": "5 pm", "resumes": "08:30"}}, "cutoff must be like"),
        ("a cutoff that never resumes",       {"cutoff": {"at": "17:00"}}, "cutoff must be like"),
        ("a cutoff with more to it",          {"cutoff": {"at": "17:00", "resumes": "08:30", "on": ""}}, "cutoff must be like"),
        ("resuming too late already",         {"cutoff": {"at": "17:00", "resumes": "17:00"}}, "resumes before at"),
        ("clock times with an offset",        {"cutoff": {"at": "17:00Z", "resumes": "08:30Z"}}, "cutoff must be like"),
        ("one of them with an offset",        {"cutoff": {"at": "17:00Z", "resumes": "08:30"}}, "cutoff must be like"),
    ],
)  # fmt: skip
def test_refused(why: str, change: dict[str, Any], says: str) -> None:
    with pytest.raises(BadCalendar, match=says):
        calendar_of({**WRITTEN, **change})


@pytest.mark.parametrize(
    "change",
    [
        {"windows": {"mon": ["22:00-06:00"], "tue": ["06:00-12:00"]}},
        {"windows": {"sun": ["22:00-24:00"], "mon": ["00:00-06:00"]}},
        {"windows": {"mon": [" 09:00 - 24:00 "]}},
        {"windows": {"mon": ["09:00-12:00", "12:00-18:00"]}},
        {"id": "c" * 100, "version": 1_000_000},
        {"windows": {"mon": [f"{hour:02}:00-{hour:02}:30" for hour in range(12)]}},
        {"windows": {"tue": ["09:00-17:00"]}, "cutoff": {"at": "17:00", "resumes": "09:00"}},
        {**WEEKDAYS, "added": ["2025-01-01", "2025-12-31"]},
        {**CHINA, "years": [2025, 2026], "confirmed": [2025, 2026]},
        {"timezone": "Etc/GMT+12"},
        {"extra_days": {"2025-12-31": "tue"}},
    ],
)
def test_what_touches_a_border_is_taken(change: dict[str, Any]) -> None:
    assert calendar_of({**WRITTEN, **change})


def test_a_country_s_make_up_day_may_be_a_day_off_or_work_like_another_weekday() -> None:
    shifts = {"country": "CN", "windows": {day: ["09:00-18:00"] for day in ("mon", "tue", "wed", "thu")}}
    off, like_monday = ["2025-02-08", "2025-10-11"], {"2025-04-27": "mon"}
    calendar = calendar_of({**WRITTEN, **shifts, "added": off})
    assert dates(*off) <= set(calendar.holidays) and not dates(*off) & calendar.extra_days.keys()
    assert calendar.extra_days.keys() == dates("2025-01-26", "2025-04-27", "2025-09-28")
    calendar = calendar_of({**WRITTEN, **shifts, "extra_days": dict.fromkeys(off, "thu")})
    assert {day: calendar.extra_days[day] for day in dates(*off)} == dict.fromkeys(dates(*off), 3)
    with pytest.raises(BadCalendar, match="changes nothing"):
        calendar_of({**WRITTEN, **shifts, "added": off, "extra_days": like_monday})


def test_what_is_missing_is_named() -> None:
    with pytest.raises(BadCalendar, match="lacks timezone, windows, years"):
        calendar_of({"id": "c", "version": 1})


@pytest.mark.parametrize(
    ("why", "change"),
    [
        ("the operator read the notice", {"country": "CN", "years": [2027, 2027], "confirmed": [2027]}),
        ("the operator saw the moon", {"country": "EG", "years": [2030, 2030], "confirmed": [2030]}),
        (
            "and lists the whole notice, a Saturday in it too",
            {**CHINA, "years": [2027, 2027], "confirmed": [2027], "added": ["2027-10-01", "2027-10-02"]},
        ),
    ],
)
def test_a_person_may_vouch_for_a_year(why: str, change: dict[str, Any]) -> None:
    assert calendar_of({**WRITTEN, **change}).holidays, why


@pytest.mark.parametrize(("missing", "refused"), [(0, True), (1, False)])
def test_only_so_many_notices_make_a_habit(missing: int, refused: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    moved = holidays.country_holidays("BY", years=range(1991, 2101)).weekend_workdays
    monkeypatch.setattr(holidays_of, "NOTICES_THAT_MAKE_A_HABIT", len({day.year for day in moved}) + missing)
    silent = max(moved).year + 1
    with pytest.raises(BadCalendar, match="by a yearly notice") if refused else nullcontext():
        calendar_of({**WRITTEN, **WEEKDAYS, "country": "BY", "years": [silent, silent]})


def test_a_person_may_settle_each_estimate() -> None:
    egypt = {**WRITTEN, "country": "EG", "years": [2030, 2030]}
    with pytest.raises(BadCalendar) as refused:
        calendar_of(egypt)
    guessed = [word.strip(",") for word in str(refused.value).split() if word.startswith("2030-")]
    calendar = calendar_of({**egypt, "added": guessed[:1], "removed": guessed[1:]})
    assert date.fromisoformat(guessed[0]) in calendar.holidays
    assert not dates(*guessed[1:]) & set(calendar.holidays)
