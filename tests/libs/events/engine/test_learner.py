"""The learner has the facts of the owners of standards, knows how far it has read, and passes over strangers' facts."""

from dataclasses import replace
from uuid import UUID

import pytest
from structlog.testing import capture_logs

from libs.events.catalogue import references
from libs.events.catalogue.references import PROCESS
from libs.events.engine.known import Known
from libs.events.engine.learner import Learner
from libs.events.log.envelope import draft, record_of, stamped
from libs.events.log.port import Partition, Record, TopicSettings
from libs.events.store.values import Position
from libs.events.testing.memory_log import MemoryLog
from libs.events.testing.sample_standard import CALENDAR, STANDARD
from libs.events.testing.samples import REGISTERED_AT, STANDARDS
from libs.events.testing.spec import knowing
from libs.events.words.event import Topic

P0 = Partition(Topic.STANDARDS, 0)
CALENDAR_SAID, _, _, PROCESS_SAID, _ = (draft(data, "key", REGISTERED_AT) for data in STANDARDS)


def body(fact=PROCESS_SAID, seq=0, epoch=1):
    return stamped(record_of(fact, REGISTERED_AT), 0, epoch, seq).body


def at(seq, epoch=1, source="routing"):
    return Position(source, P0, epoch, seq)


async def learned(*bodies):
    log, known = MemoryLog(), Known()
    await log.create(TopicSettings(Topic.STANDARDS, 1))
    await log.append(P0, [Record(UUID(int=0), "key", "", one) for one in bodies])
    learner = Learner(log, known)
    await learner.learn()
    return learner, known


@pytest.mark.parametrize(
    ("why", "bodies", "position", "known"),
    [
        ("nothing was said", [], at(0), False),
        ("said just there", [body()], at(0), True),
        ("one further", [body()], at(1), False),
        ("said before", [body(), body(seq=1)], at(0), True),
        ("another source has come as far", [body()], at(0, source="sla"), False),
        ("each source for itself", [body(), body(CALENDAR_SAID)], at(0, source="sla"), True),
        ("an echo takes nothing back", [body(), body(seq=1), body()], at(1), True),
        ("a later epoch is further", [body(seq=7), body(epoch=2)], at(7), True),
        ("an earlier epoch is not as far", [body(seq=7)], at(0, epoch=2), False),
    ],
)
async def test_how_far_it_has_read(why, bodies, position, known):
    learner, _ = await learned(*bodies)
    assert learner.has_read(position) is known, why


@pytest.mark.parametrize(
    ("why", "foreign", "source", "counts"),
    [
        ("no JSON", b"\xff", "routing", False),
        ("no envelope", b"{}", "routing", False),
        ("no numbers of ours", record_of(PROCESS_SAID, REGISTERED_AT).body, "routing", False),
        ("another's to say", body().replace(b"/services/routing", b"/services/survey"), "survey", False),
        ("ours, and nobody can read it", body().replace(b'"nodes":[', b'"nodes":[7,'), "routing", True),
    ],
)
async def test_what_cannot_be_put_on_it_is_told_and_passed_over(why, foreign, source, counts):
    with capture_logs() as told:
        learner, known = await learned(foreign, body(CALENDAR_SAID))
    assert known.versions(references.CALENDAR, CALENDAR.id) == [CALENDAR] and known.ids(PROCESS) == []
    assert (learner.has_read(at(0, source=source)), [line["offset"] for line in told]) == (counts, [0]), why


async def test_a_type_of_a_later_version_is_passed_over_in_silence():
    with capture_logs() as told:
        learner, known = await learned(body(), body(seq=1).replace(b"process.published.v1", b"process.moved.v1"))
    assert known.latest(PROCESS, STANDARD.process_id) == STANDARD and learner.has_read(at(1)) and told == []


async def test_the_names_that_standards_give_are_known_as_soon_as_they_are_published():
    _, known = await learned(body())
    assert {
        STANDARD.process_id,
        "cn-office",
        "awaiting_customer",
        STANDARD.nodes[0].id,
        STANDARD.targets[0].clock,
    } <= known.words
    assert known.words == knowing(STANDARD).words and Known().words == set()


def test_of_each_id_the_newest_version_holds():
    newer, other = replace(STANDARD, version=2), replace(STANDARD, process_id="other")
    assert knowing(newer, STANDARD, other).newest(PROCESS) == {STANDARD.process_id: newer, "other": other}
