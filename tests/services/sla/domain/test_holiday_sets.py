"""Holiday sets: written one by one or read from an iCalendar file, and shared by calendars, which hold the days themselves."""

from datetime import date
from typing import Any

import pytest

from libs.events.catalogue.sla import HolidaySet, HolidaysPublished
from libs.events.engine.known import Known
from libs.events.log.envelope import draft
from services.sla.domain.calendar_checks import BadCalendar
from services.sla.domain.calendars import calendar_of
from services.sla.domain.holiday_sets import DAYS_MAX, holiday_set_of
from services.sla.domain.icalendar_days import EVENTS_MAX, TEXT_MAX
from tests.services.sla.samples import START


def event(name: str, first: str, *lines: str) -> str:
    return "\n".join(
        ["BEGIN:VEVENT", f"UID:{name}-{first}", f"DTSTART;VALUE=DATE:{first}", f"SUMMARY:{name}", *lines, "END:VEVENT"]
    )


def file(*events: str) -> str:
    return "\n".join(["BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//x//y//EN", *events, "END:VCALENDAR", ""]).replace("\n", "\r\n")


def taken(*events: str, years: tuple[int, int] = (2027, 2028), **others: Any) -> dict[str, str]:
    """Return the days that are taken of a file."""
    written = {"id": "company", "version": 1, "icalendar": file(*events), "years": [*years], **others}
    return {str(day): name for day, name in holiday_set_of(written).days.items()}


NEW_YEAR = event("New Year", "20200101", "RRULE:FREQ=YEARLY")
PUBLIC, OBSERVED = "DESCRIPTION:Public holiday", "DESCRIPTION:Observance\\nTo hide it\\, change a setting"


@pytest.mark.parametrize(
    ("why", "events", "days"),
    [
        ("one day",                    [event("Eve", "20271224")], {"2027-12-24": "Eve"}),
        ("DTEND is the day after",     [event("Eve", "20271224", "DTEND;VALUE=DATE:20271225")], {"2027-12-24": "Eve"}),
        ("three days",                 [event("Feast", "20270205", "DTEND;VALUE=DATE:20270208")],
            {"2027-02-05": "Feast", "2027-02-06": "Feast", "2027-02-07": "Feast"}),
        ("as long as it lasts",        [event("Fair", "20270205", "DURATION:P2D")], {"2027-02-05": "Fair", "2027-02-06": "Fair"}),
        ("every year of those read",   [NEW_YEAR], {"2027-01-01": "New Year", "2028-01-01": "New Year"}),
        ("except one",                 [event("New Year", "20200101", "RRULE:FREQ=YEARLY", "EXDATE;VALUE=DATE:20270101")],
            {"2028-01-01": "New Year"}),
        ("until one",                  [event("New Year", "20200101", "RRULE:FREQ=YEARLY;UNTIL=20270601")],
            {"2027-01-01": "New Year"}),
        ("the fourth Thursday",        [event("Thanks", "20201126", "RRULE:FREQ=YEARLY;BYMONTH=11;BYDAY=4TH")],
            {"2027-11-25": "Thanks", "2028-11-23": "Thanks"}),
        ("not before and not after",
            [event("A", "20261231"), event("B", "20270101"), event("C", "20281231"), event("D", "20290101")],
            {"2027-01-01": "B", "2028-12-31": "C"}),
        ("over the end of the years",  [event("Feast", "20281230", "DTEND;VALUE=DATE:20290103")],
            {"2028-12-30": "Feast", "2028-12-31": "Feast"}),
        ("over their beginning",       [event("Feast", "20261230", "DTEND;VALUE=DATE:20270102")], {"2027-01-01": "Feast"}),
        ("two events of a day",        [event("A", "20270101"), event("B", "20270101")], {"2027-01-01": "A; B"}),
        ("one that is cancelled",      [event("A", "20270101", "STATUS:CANCELLED"), event("B", "20270102")], {"2027-01-02": "B"}),
        ("a name over two lines",      [event("Fe\\nast", "20270101")], {"2027-01-01": "Fe ast"}),
    ],
)  # fmt: skip
def test_the_days_of_a_file(why: str, events: list[str], days: dict[str, str]) -> None:
    assert taken(*events) == days, why


def test_a_day_that_is_only_remembered_becomes_no_day_off_by_itself() -> None:
    feed = [event("Christmas", "20271225", PUBLIC), event("Halloween", "20271031", OBSERVED)]
    with pytest.raises(BadCalendar, match=r'several kinds, "Observance" \(1\), "Public holiday" \(1\); write under kinds'):
        taken(*feed)
    assert taken(*feed, kinds=["Public holiday"]) == {"2027-12-25": "Christmas"}
    assert taken(*feed, kinds=["Public holiday", "Observance"]) == {"2027-10-31": "Halloween", "2027-12-25": "Christmas"}


def test_categories_say_more_than_a_description_and_an_event_may_have_neither() -> None:
    feed = [event("A", "20270101", "CATEGORIES:Off", PUBLIC), event("B", "20270102")]
    with pytest.raises(BadCalendar, match=r'"" \(1\), "Off" \(1\)'):
        taken(*feed)
    assert taken(*feed, kinds=["Off"]) == {"2027-01-01": "A"} and taken(*feed, kinds=[""]) == {"2027-01-02": "B"}


def test_single_events_are_left_out_by_name() -> None:
    feed = [event("Christmas", "20271225"), event("Halloween", "20271031")]
    assert taken(*feed, left_out=["Halloween"]) == {"2027-12-25": "Christmas"}
    with pytest.raises(BadCalendar, match='no event of these years is called "Easter"'):
        taken(*feed, left_out=["Easter"])


TIMED = event("Party", "20271224").replace("DTSTART;VALUE=DATE:20271224", "DTSTART:20271224T180000Z")


@pytest.mark.parametrize(
    ("why", "text", "says"),
    [
        ("no file at all",            "to all", "is no such file|must be one VCALENDAR"),
        ("nothing",                   "", "icalendar must be a text and not empty"),
        ("no event",                  file(), "of 1 to 2000 events, but has 0"),
        ("half a file",               file(NEW_YEAR)[:60], "icalendar is no such file|must be one VCALENDAR"),
        ("two files",                 file(NEW_YEAR) * 2, "icalendar is no such file"),
        ("a time of day",             file(TIMED), '"Party" has a time of day; leave it out, or write it as a whole day'),
        ("an event without a day",    file(NEW_YEAR.replace("DTSTART;VALUE=DATE:20200101", "X-A:b")), "has a time of day"),
        ("a day that is none",        file(event("A", "20271399")), "DTSTART of the event .A. cannot be read"),
        ("without a name",            file(event("", "20270101")), "has no SUMMARY"),
        ("an end before its begin",   file(event("A", "20270102", "DTEND;VALUE=DATE:20270101")), "must be 1 to 366 days long"),
        ("a length of hours",         file(event("A", "20270102", "DURATION:PT2H")), "must be 1 to 366 days long"),
        ("longer than a year",        file(event("A", "20270102", "DTEND;VALUE=DATE:20290101")), "must be 1 to 366 days long"),
        ("every second",              file(event("A", "20270102", "RRULE:FREQ=SECONDLY")), "repeats by another rule"),
        ("every day",                 file(event("A", "20270102", "RRULE:FREQ=DAILY")), "another rule than once a year"),
        ("every hour of a year's day", file(event("A", "20270102", "RRULE:FREQ=YEARLY;BYHOUR=1,2")), "repeats by another rule"),
        ("only in other years",       file(event("A", "20260102")), "must have 1 to 2000 days, but has 0"),
        ("too many events",           file(*[event(f"A{n}", "20270101") for n in range(EVENTS_MAX + 1)]), "but has 2001"),
        ("too long a text",           "x" * (TEXT_MAX + 1), "must be at most 262144 characters, but is 262145"),
        ("no text",                   {"a": 1}, "icalendar must be a text"),
    ],
)  # fmt: skip
def test_a_file_is_refused_with_what_to_do(why: str, text: Any, says: str) -> None:
    with pytest.raises(BadCalendar, match=says):
        holiday_set_of({"id": "company", "version": 1, "icalendar": text, "years": [2027, 2028]})


TOO_MANY = dict.fromkeys(map(date.fromordinal, range(740_000, 740_001 + DAYS_MAX)), "x")
LISTED: dict[str, Any] = {"id": "company", "version": 1, "days": {"2027-12-24": "Christmas Eve", date(2027, 1, 4): " 盘点 "}}


def test_days_one_by_one_are_published_in_order() -> None:
    days = {date(2027, 1, 4): "盘点", date(2027, 12, 24): "Christmas Eve"}
    assert holiday_set_of(LISTED) == HolidaySet(id="company", version=1, days=days)


def test_a_holiday_set_may_have_as_many_days_as_its_limit_says() -> None:
    most = dict(list(TOO_MANY.items())[1:])
    assert len(holiday_set_of(LISTED | {"days": most}).days) == DAYS_MAX


@pytest.mark.parametrize(
    ("why", "change", "says"),
    [
        ("no days",                 {"days": {}}, "must have 1 to 2000 days, but has 0"),
        ("too many",                {"days": TOO_MANY}, "has 2001"),
        ("a list",                  {"days": ["2027-01-04"]}, "days must be entries"),
        ("a day without a name",    {"days": {"2027-01-04": ""}}, "the name of 2027-01-04 must be a text and not empty"),
        ("only a blank",            {"days": {"2027-01-04": " "}}, "the name of 2027-01-04 must be 1 to 200 characters"),
        ("a long one",              {"days": {"2027-01-04": "x" * 201}}, "must be 1 to 200 characters"),
        ("half a surrogate pair",   {"days": {"2027-01-04": "\ud800"}}, "that can be kept"),
        ("a date that is none",     {"days": {"tomorrow": "x"}}, "days must hold dates"),
        ("both forms",              {"icalendar": file(NEW_YEAR), "years": [2027, 2027]}, "either days, or icalendar"),
        ("kinds without a file",    {"kinds": ["x"]}, "either days, or icalendar"),
        ("neither",                 {"days": None, "icalendar": None}, "either days, or icalendar"),
        ("no id",                   {"id": None}, "id must be a text"),
        ("a version that is none",  {"version": "1"}, "version must be a whole number"),
        ("a misspelt name",         {"dayz": {}}, "a holiday set has no dayz"),
    ],
)  # fmt: skip
def test_a_set_is_refused_with_what_to_write(why: str, change: dict[str, Any], says: str) -> None:
    with pytest.raises(BadCalendar, match=says):
        holiday_set_of(LISTED | change)


@pytest.mark.parametrize("years", [None, [2027], [2028, 2027], [2000, 2020], ["2027", "2028"], [2199, 2200]])
def test_the_years_to_read_are_the_first_and_the_last(years: Any) -> None:
    with pytest.raises(BadCalendar, match="years must be the first and the last year to read, at most 20"):
        holiday_set_of({"id": "c", "version": 1, "icalendar": file(NEW_YEAR), "years": years})


OFFICE: dict[str, Any] = {
    "id": "desk",
    "version": 1,
    "timezone": "UTC",
    "years": [2027, 2027],
    "windows": {day: ["09:00-18:00"] for day in ("mon", "tue", "wed", "thu", "fri")},
    "holidays": [{"id": "company", "version": 1}],
}


def knowing(*sets: HolidaySet) -> Known:
    found = Known()
    for one in sets:
        found.learn(draft(HolidaysPublished(holidays=one), one.id, START))
    return found


KNOWN = knowing(
    holiday_set_of(LISTED), HolidaySet(id="feasts", version=3, days={date(2027, 5, 3): "May", date(2028, 5, 3): "May"})
)


def test_calendars_share_a_set_and_hold_its_days_themselves() -> None:
    calendar = calendar_of(OFFICE, KNOWN)
    assert calendar.holidays == (date(2027, 1, 4), date(2027, 12, 24))
    both = calendar_of(OFFICE | {"holidays": [{"id": "company", "version": 1}, {"id": "feasts", "version": 3}]}, KNOWN)
    assert both.holidays == (date(2027, 1, 4), date(2027, 5, 3), date(2027, 12, 24))


def test_the_author_s_own_word_beats_the_set_and_the_set_beats_the_country() -> None:
    assert date(2027, 1, 4) not in calendar_of(OFFICE | {"removed": ["2027-01-04"]}, KNOWN).holidays
    opened = calendar_of(OFFICE | {"openings": {"2027-01-04": ["09:00-10:00"]}}, KNOWN)
    assert date(2027, 1, 4) in opened.openings and date(2027, 1, 4) not in opened.holidays
    # 2025-02-08 is a make-up working day of China.
    sets = knowing(HolidaySet(id="company", version=1, days={date(2025, 2, 8): "Inventory"}))
    china = calendar_of(OFFICE | {"country": "CN", "years": [2025, 2025]}, sets)
    assert date(2025, 2, 8) in china.holidays and date(2025, 2, 8) not in china.extra_days


@pytest.mark.parametrize(
    ("why", "change", "says"),
    [
        ("one that nobody published", {"holidays": [{"id": "company", "version": 2}]},
            "holidays company version 2 is not published; publish it first with POST /holidays"),
        ("a year without its days",   {"years": [2027, 2028]}, "company version 1 has no day in 2028; publish a version"),
        ("named twice",               {"holidays": [{"id": "company", "version": 1}] * 2}, "stands there more than once"),
        ("a name alone",              {"holidays": ["company"]}, "holidays must be like"),
        ("no version",                {"holidays": [{"id": "company"}]}, "holidays must be like"),
        ("more than that",            {"holidays": [{"id": "company", "version": 1, "only": 1}]}, "holidays must be like"),
        ("a version that is none",    {"holidays": [{"id": "company", "version": True}]}, "holidays must be like"),
        ("too many",                  {"holidays": [{"id": "c", "version": 1}] * 11}, "there are 11; write at most 10"),
        ("none",                      {"holidays": []}, "holidays must be a list and not empty"),
        ("a day off again",           {"added": ["2027-01-04"]}, r"added: 2027-01-04 \(mon\) changes nothing"),
    ],
)  # fmt: skip
def test_a_calendar_is_refused_with_what_to_write(why: str, change: dict[str, Any], says: str) -> None:
    with pytest.raises(BadCalendar, match=says):
        calendar_of(OFFICE | change, KNOWN)


def test_a_year_that_nobody_announced_needs_no_days_of_a_set() -> None:
    assert calendar_of(OFFICE | {"years": [2027, 2028], "announced_until": "2027-12-31"}, KNOWN).holidays


def test_without_what_is_known_no_set_is_published() -> None:
    with pytest.raises(BadCalendar, match="not published"):
        calendar_of(OFFICE)
