"""An event's id is made of its content. Events of an earlier release keep their ids, or sla would say them all again."""

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import msgspec
import pytest

from libs.events.catalogue.sla import ClockReminded, ClockWarned
from libs.events.log.envelope import Fact, encode_data
from services.sla.domain.case import SAID
from tests.services.sla.samples import (
    ANSWERED,
    CANCELLED,
    COMPLETED,
    ENTERED,
    OFFICE,
    RESPONSE,
    START,
    WAITS,
    WITHDRAWN,
    fact,
    facts,
    shelf,
    target,
)
from tests.services.sla.test_alarms import Log

SHELF = shelf(
    target("60m", pauses=("awaiting_customer",)),
    target("3wd", "resolved", clock="resolution", kind="resolution"),
    target("2wh", "completed:n4", clock="node:n4", kind="node", start="entered:n4", node="n4"),
    target("90wd", "resolved", clock="cycle", kind="cycle"),
    calendars=[replace(OFFICE, last_day=date(2025, 7, 4))],
)

AS_RELEASED = [
    ("started", "response", 0, "1cb89c9a-48d3-5e70-b624-4d49e661a3c2"),
    ("paused", "response", 10, "6e30b0f8-4ab4-5438-85be-f4ad98f6a61c"),
    ("resumed", "response", 30, "42fa3af3-dbf6-5a3b-aa05-7f1ecdcfcda3"),
    ("started", "resolution", 0, "624fe6b4-d183-5679-a359-188368a9e3cf"),
    ("started", "node:n4", 1, "1c4418e6-e5fe-5069-8fc3-dab237c04ecc"),
    ("met", "node:n4", 40, "c55aaf0c-a455-5370-8bda-755a8c32097e"),
    ("waiting", "cycle", 0, "a5aa992f-9183-557f-891a-0b7b7383c637"),
    ("breached", "response", 80, "f0025384-5fed-5625-a879-93ee2012679f"),
    ("ended", "response", 120, "0bb42590-7164-5b80-90c2-85817ec42f87"),
    ("withdrawn", "response", 80, "31149fd7-0a4f-524e-a463-1af467223718"),
    ("withdrawn", "response", 120, "e37e983a-fccf-5a1b-88ee-4f5c92b9e3df"),
    ("met", "response", 60, "4ad7be93-011d-5a2e-b868-01cc1209c2f7"),
    ("cancelled", "resolution", 200, "811f5a14-3cd3-52a7-8dbc-e07518c84f2b"),
    ("cancelled", "cycle", 200, "86835ab7-1c39-5b83-aac6-28a4d316eb95"),
]
"""The events of this story in the release before occurrences, clock by clock: frozen, like a golden file."""


def told() -> Log:
    """Return a case in which every kind of clock event is said."""
    log = Log(SHELF)
    log.hear(*facts((ENTERED(node="n4"), 1), (WAITS, 10), (ANSWERED, 30), (COMPLETED(node="n4"), 40)))
    log.settle(100)
    log.hear(fact(RESPONSE, 120, sequence=9))
    log.hear(fact(RESPONSE, 60, sequence=9))
    log.hear(fact(CANCELLED, 200, sequence=9), fact(WITHDRAWN, 200, sequence=10))
    return log


def as_released(one: Fact) -> Fact:
    """Return the fact as it stands in the log of the release before: its data had no occurrence."""
    data = msgspec.json.decode(encode_data(one.data))
    data.pop("occurrence", None)
    return msgspec.structs.replace(one, data=msgspec.json.decode(msgspec.json.encode(data), type=type(one.data)))


def test_a_first_occurrence_is_said_under_the_id_that_it_always_had() -> None:
    log = told()
    said = [one for one in log.facts if type(one.data) in SAID]
    assert {type(one.data) for one in said} == SAID - {ClockWarned, ClockReminded}, (
        "every kind of event that there was is in the story"
    )
    words = [
        (one.kind.name.removeprefix("clock."), one.data.clock, (one.time - START) / timedelta(minutes=1), str(one.id))
        for one in said
    ]
    assert sorted(words) == sorted(AS_RELEASED)


@pytest.mark.parametrize("until", [None, 100, 200])
def test_what_an_earlier_release_said_is_not_said_again(until: Any) -> None:
    log = told()
    log.facts = [as_released(one) for one in log.facts]
    assert log.settle(until) == []
