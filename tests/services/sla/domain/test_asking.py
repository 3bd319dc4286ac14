"""The promise to turn to the customer once an exception is raised: again each time, until a person does."""

import pytest

from libs.events.catalogue.intake import ContactLogged
from libs.events.catalogue.routing import ExceptionCleared, ExceptionRaised
from services.sla.domain.breach import verdict
from services.sla.domain.lives import lives
from tests.services.sla.samples import CLOSED, at, facts, state_of, target, terms

ASK = target("120m", "turned_to", clock="exception:gap", kind="exception", start="raised", exception="gap")
RAISED, CLEARED = ExceptionRaised(code="gap"), ExceptionCleared(code="gap")
OTHER = ExceptionRaised(code="other")
CALL = ContactLogged(direction="outbound", channel="phone", purpose="info", agent="ann")
CALLED_IN = ContactLogged(direction="inbound", channel="phone", purpose="info", agent="ann")
MACHINE = ContactLogged(direction="outbound", channel="email", purpose="info", automated=True)


def told(*events, now=1_000):
    return [
        (one.occurrence, one.started_at, one.due_at, one.ended_at, str(verdict(one, at(now))), one.lapse)
        for one in lives(state_of(facts(*events)), terms(ASK))
    ]


@pytest.mark.parametrize(
    ("why", "events", "clocks"),
    [
        ("nothing was raised", ((CALL, 5),), []),
        ("another was raised", ((OTHER, 5), (CALL, 6)), []),
        ("in time", ((RAISED, 10), (CALL, 40)), [(1, at(10), at(130), at(40), "met", "")]),
        ("at the due instant", ((RAISED, 10), (CALL, 130)), [(1, at(10), at(130), at(130), "met", "")]),
        ("late", ((RAISED, 10), (CALL, 131)), [(1, at(10), at(130), at(131), "ended_late", "")]),
        ("never", ((RAISED, 10),), [(1, at(10), at(130), None, "breached", "")]),
        ("the customer called, a machine wrote", ((RAISED, 10), (CALLED_IN, 20), (MACHINE, 30)),
         [(1, at(10), at(130), None, "breached", "")]),
        ("spoken with before", ((CALL, 5), (RAISED, 10)), [(1, at(10), at(130), None, "breached", "")]),
        ("over before anybody asked", ((RAISED, 10), (CLEARED, 20), (CALL, 30)),
         [(1, at(10), at(130), at(20), "cancelled", "cleared")]),
        ("over too late", ((RAISED, 10), (CLEARED, 131)), [(1, at(10), at(130), at(131), "breached", "cleared")]),
        ("the case ended", ((RAISED, 10), (CLOSED, 20)), [(1, at(10), at(130), at(20), "cancelled", "closed")]),
        ("raised again", ((RAISED, 10), (CALL, 20), (CLEARED, 30), (RAISED, 40), (CALL, 200)),
         [(1, at(10), at(130), at(20), "met", ""), (2, at(40), at(160), at(200), "ended_late", "")]),
    ],
)  # fmt: skip
def test_somebody_turns_to_the_customer(why, events, clocks):
    assert told(*events) == clocks, why
