"""Clock readings: formats, zones, and the hours that come twice or not at all."""

from datetime import datetime

import pytest

from deploy.importer.stamps import DOUBLED, MIXED, SKIPPED, Stamps, Unsayable, fault_of


@pytest.mark.parametrize(
    ("why", "form", "zone", "text", "instant"),
    [
        ("as written", "%d/%m/%Y %H:%M", "UTC", "29/2/2016 01:16", "2016-02-29T01:16:00+00:00"),
        ("fractions", "%Y/%m/%d %H:%M:%S.%f", "UTC", "2012/10/09 14:50:17.250", "2012-10-09T14:50:17.250000+00:00"),
        ("a zone in winter", "%Y-%m-%d %H:%M", "Europe/Rome", "2012-01-09 14:50", "2012-01-09T13:50:00+00:00"),
        ("a zone in summer", "%Y-%m-%d %H:%M", "Europe/Rome", "2012-07-09 14:50", "2012-07-09T12:50:00+00:00"),
        ("the hour that comes twice: the first", "iso", "Europe/Rome", "2012-10-28 02:30", "2012-10-28T00:30:00+00:00"),
        ("the hour that is skipped", "iso", "Europe/Rome", "2012-03-25 02:30", "2012-03-25T01:30:00+00:00"),
        ("an offset beats the zone", "iso", "Europe/Rome", "2012-07-09T14:50:00+05:30", "2012-07-09T09:20:00+00:00"),
        ("Z", "iso", "Europe/Rome", "2012-07-09T14:50:00Z", "2012-07-09T14:50:00+00:00"),
        ("an offset by format", "%Y-%m-%d %H:%M %z", "UTC", "2012-07-09 14:50 -0400", "2012-07-09T18:50:00+00:00"),
    ],
)
def test_a_reading_is_an_instant(why, form, zone, text, instant):
    assert Stamps({"at": (form,)}, zone).instant("at", text).isoformat() == instant


def test_the_first_format_that_reads_it_counts():
    stamps = Stamps({"at": ("%Y-%m-%d %H:%M", "%d.%m.%Y")})
    assert stamps.instant("at", "03.02.2016").isoformat() == "2016-02-03T00:00:00+00:00"


def test_the_same_text_may_mean_two_instants_in_two_columns():
    stamps = Stamps({"a": ("%d/%m/%Y",), "b": ("%m/%d/%Y",)})
    assert [stamps.instant(column, "01/02/2016").month for column in "ab"] == [2, 1]


@pytest.mark.parametrize("text", ["", "yesterday", "2016-13-01", "31/2/2016 01:16", "1/1/0001 00:00 "])
def test_what_no_format_reads_cannot_be_said(text):
    with pytest.raises(Unsayable, match="at is not a time of the form"):
        Stamps({"at": ("%d/%m/%Y %H:%M",)}).instant("at", text)


def test_the_border_of_the_calendar_cannot_be_said():
    with pytest.raises(Unsayable):
        Stamps({"at": ("iso",)}, "Asia/Tokyo").instant("at", "0001-01-01T00:00")


@pytest.mark.parametrize(
    ("form", "says"),
    [("iso", ""), ("%Y-%m-%d", ""), ("%d/%m/%y %H:%M", ""), ("%H:%M", "year, month and day"), ("%Y-%m", "year, month"),
     ("%Q", "bad directive"), ("date", "does not give"), ("%Y-%m-%d %H:%M %Z", "zone word"), ("%Y-%m-%d %H:%M%%Z", ""),
     ("%Y-%m-%d %H:%M %p", "belong together"), ("%Y-%m-%d %I:%M", "belong together"), ("%Y-%m-%d %I:%M %p", ""),
     ("%Y-%m-%d %H:%M UTC", "")],
)  # fmt: skip
def test_a_format_means_one_instant_or_is_refused(form, says):
    assert (says in fault_of(form)) if says else (fault_of(form) == "")


@pytest.mark.parametrize(
    ("why", "text", "latest", "utc", "note"),
    [
        ("the row before is in the first pass, twenty minutes ago", "02:10", "2012-10-28T00:50+00:00", "01:10", ""),
        ("the row before is earlier than both", "02:10", "2012-10-27T20:00+00:00", "00:10", DOUBLED),
        ("there is no row before", "02:10", None, "00:10", DOUBLED),
        ("the row before is at the first reading", "02:10", "2012-10-28T00:10+00:00", "00:10", DOUBLED),
        ("the row before is at the second reading", "02:10", "2012-10-28T01:10+00:00", "01:10", ""),
        ("the row before is later than both: it goes back", "02:10", "2012-10-28T05:00+00:00", "00:10", DOUBLED),
        ("the last minute before", "01:59", None, "23:59", ""),
        ("the first minute behind", "03:00", "2012-10-28T00:50+00:00", "02:00", ""),
    ],
)
def test_the_order_of_rows_tells_which_pass_of_a_doubled_hour_is_meant(why, text, latest, utc, note):
    stamps = Stamps({"at": ("iso",)}, "Europe/Rome")
    read = stamps.reading("at", f"2012-10-28 {text}").behind(datetime.fromisoformat(latest) if latest else None)
    assert (f"{read.at:%H:%M}", read.note) == (utc, note)


def test_what_may_mean_something_else_is_noted():
    stamps = Stamps({"at": ("%d/%m/%Y %H:%M", "%m/%d/%Y %H:%M")}, "Europe/Rome")
    notes = {text: stamps.reading("at", f"{text}/2012 02:30").note for text in ("25/03", "13/02", "02/03", "03/03")}
    assert notes == {"25/03": SKIPPED, "13/02": "", "02/03": MIXED, "03/03": ""}
