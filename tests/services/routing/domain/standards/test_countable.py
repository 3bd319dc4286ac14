"""A standard whose promises nobody could ever compute is not published, and the refusal says what to do."""

from dataclasses import replace
from datetime import date

import pytest

from libs.events.catalogue.promise import CalendarRef, Target
from libs.events.catalogue.sla import CalendarPublished
from libs.events.engine.known import Known
from libs.events.log.envelope import draft
from libs.events.testing.sample_standard import CALENDAR
from libs.events.testing.spec import given
from services.routing.books import STANDARDS
from services.routing.domain.standards.countable import uncountable
from services.routing.domain.standards.process import draft_version, publish_version
from services.routing.domain.standards.standard import Sound
from tests.services.routing.samples import COMPLAINT, NINE

NAMED = CalendarRef(id=CALENDAR.id, version=CALENDAR.version)
SHORT = replace(CALENDAR, first_day=date(2025, 1, 1), last_day=date(2025, 1, 10))


def shelf(*calendars):
    found = Known()
    for one in calendars:
        found.learn(draft(CalendarPublished(calendar=one), one.id, NINE))
    return found


def promising(limit, calendar=NAMED):
    target = Target(clock="response", kind="response", limit=limit, start="registered", stop="first_response")
    return replace(COMPLAINT, targets=(target,), calendar=calendar)


def pausing(at_most, calendar=NAMED):
    (one, *_) = COMPLAINT.exceptions
    return replace(promising("24h", calendar), exceptions=(replace(one, code="waits", pauses_at_most=at_most),))


def reminding(every, calendar=NAMED):
    (one, *_) = COMPLAINT.exceptions
    waits = replace(one, code="waits", remind_every=every, reminders_at_most=3)
    return replace(promising("24h", calendar), exceptions=(waits,))


@pytest.mark.parametrize(
    ("why", "standard", "calendars", "problem"),
    [
        ("its calendar is published",       promising("3wd"), [CALENDAR], ""),
        ("nobody published it",             promising("3wd"), [], "nobody published (versions published: none)"),
        ("nor for working hours",           promising("8wh"), [], "Publish it first with POST /calendars"),
        ("only another version is",         promising("3wd"), [replace(CALENDAR, version=2)], "(versions published: 2)"),
        ("only another calendar is",        promising("3wd"), [replace(CALENDAR, id="x")], "(versions published: none)"),
        ("elapsed limits need none",        promising("24h"), [], ""),
        ("and may name none",               promising("24h", None), [], ""),
        ("as long as the calendar",         promising("10wd"), [SHORT], ""),
        ("longer than it has days",         promising("11wd"), [SHORT], "is longer than calendar"),
        ("what caps a pause needs it, too", pausing("5wd"), [], "`5wd` needs calendar"),
        ("a cap longer than it has days",   pausing("11wd"), [SHORT], "`11wd` of waits is longer"),
        ("elapsed caps need none",          pausing("72h"), [], ""),
        ("what reminds needs it, too",      reminding("2wd"), [], "`2wd` needs calendar"),
        ("as long in hours",                promising("240wh"), [SHORT], ""),
        ("longer than it has hours",        promising("241wh"), [SHORT], "Write a shorter limit"),
    ],
)  # fmt: skip
def test_what_can_never_be_computed_is_refused_at_publish(why, standard, calendars, problem):
    found = uncountable(standard, shelf(*calendars))
    assert problem in found and bool(problem) == bool(found), why
    drafted = given(STANDARDS, key=standard.process_id).after(draft_version, Sound(standard, ()), at=NINE)
    publishing = drafted.when(publish_version, version=standard.version, at=NINE, published=shelf(*calendars))
    if problem:
        assert problem in publishing.refused("calendar-not-published").detail


def test_what_was_published_before_its_calendar_stays_published():
    standard = promising("3wd")
    published = (
        given(STANDARDS, key=standard.process_id)
        .after(draft_version, Sound(standard, ()), at=NINE)
        .after(publish_version, version=standard.version, at=NINE)
    )
    published.when(publish_version, version=standard.version, at=NINE, published=shelf()).nothing()
