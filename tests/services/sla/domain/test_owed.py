"""What was promised to the customer is due however her case ends; what the work promises ends with it."""

from dataclasses import replace

import pytest

from libs.events.catalogue.intake import ContactLogged
from libs.events.catalogue.routing import CaseClosed
from services.sla.alarms import settle
from services.sla.domain.breach import verdict
from services.sla.domain.lives import lives
from tests.services.sla.samples import (
    ANSWERED,
    CANCELLED,
    CLOSED,
    KEY,
    REOPENED,
    RESPONSE,
    WAITS,
    WITHDRAWN,
    at,
    facts,
    shelf,
    state_of,
    target,
    terms,
)

OWED = replace(target("60m"), pauses=("awaiting_customer",), owed=True)
WORK = replace(OWED, owed=False)
REJECTED, UNREACHABLE = CaseClosed(outcome="rejected"), CaseClosed(outcome="unreachable")
DUPLICATE = CaseClosed(outcome="duplicate", repeats="c9")
MISSED = ContactLogged(direction="outbound", channel="phone", purpose="response", reached=False)


def became(promise, events, now):
    (life,) = lives(state_of(facts(*events)), terms(promise))
    return str(verdict(life, at(now))), life.due_at, life.lapse


@pytest.mark.parametrize(
    ("why", "events", "now", "verdict", "due", "lapse"),
    [
        ("closed as resolved", [(CLOSED, 10)], 60, "running", 60, ""),
        ("and nobody speaks with her in time", [(CLOSED, 10)], 61, "breached", 60, ""),
        ("rejected", [(REJECTED, 10)], 61, "breached", 60, ""),
        ("unreachable", [(UNREACHABLE, 10)], 61, "breached", 60, ""),
        ("an attempt is no answer", [(MISSED, 5), (UNREACHABLE, 10)], 61, "breached", 60, ""),
        ("told of it afterwards, in time", [(REJECTED, 10), (RESPONSE, 60)], 90, "met", 60, ""),
        ("told too late", [(REJECTED, 10), (RESPONSE, 61)], 90, "ended_late", 60, ""),
        ("withdrawn", [(WITHDRAWN, 60)], 90, "cancelled", 60, "cancelled"),
        ("withdrawn when it was broken", [(WITHDRAWN, 61)], 90, "breached", 60, "cancelled"),
        ("a duplicate", [(DUPLICATE, 10)], 90, "cancelled", 60, "closed"),
        ("a wish that routing has not answered", [(CANCELLED, 10)], 90, "breached", 60, ""),
        ("a wish that routing answers", [(CANCELLED, 10), (WITHDRAWN, 10)], 90, "cancelled", 60, "cancelled"),
        ("a wish after the end", [(REJECTED, 10), (CANCELLED, 20)], 90, "breached", 60, ""),
        ("a second end does not count", [(REJECTED, 10), (WITHDRAWN, 20)], 90, "breached", 60, ""),
        ("it waited for her when it ended", [(WAITS, 10), (REJECTED, 30)], 80, "running", 80, ""),
        ("and waits no more", [(WAITS, 10), (REJECTED, 30)], 81, "breached", 80, ""),
        ("it had waited", [(WAITS, 10), (ANSWERED, 20), (REJECTED, 30)], 71, "breached", 70, ""),
        ("taken up again, it goes on", [(REJECTED, 10), (REOPENED, 20), (RESPONSE, 30)], 90, "met", 60, ""),
        ("withdrawn, and taken up again", [(WITHDRAWN, 10), (REOPENED, 20), (RESPONSE, 30)], 90, "cancelled", 60, "cancelled"),
    ],
)  # fmt: skip
def test_what_is_owed_is_kept_or_missed(why, events, now, verdict, due, lapse):
    assert became(OWED, events, now) == (verdict, at(due), lapse), why


@pytest.mark.parametrize("end", [CLOSED, REJECTED, UNREACHABLE, WITHDRAWN, DUPLICATE], ids=lambda end: end.outcome)
def test_what_is_not_owed_ends_with_the_case(end):
    assert became(WORK, [(end, 10)], 90) == ("cancelled", at(60), "closed")


def test_a_missed_promise_breaks_when_it_is_due_though_the_case_is_closed():
    said = settle(KEY, state_of(facts((REJECTED, 10))), shelf(OWED), at(61))
    assert [(one.kind.name, one.time) for one in said] == [("clock.started", at(0)), ("clock.breached", at(60))]
