"""The failure matrix: the database or the broker dies under load, loses its end, or comes back as it was yesterday."""

from collections import Counter
from collections.abc import Iterator
from contextlib import suppress

import httpx
import pytest

from benchmarks.cases import ANY_NEED
from libs.events.log.port import PARTITIONS, Partition, partition_for
from libs.service.running import OUTBOX_EVENTS_MAX
from services.__main__ import PORTS
from services.intake.domain.case import case_id_of
from tests.faults.desk import Desk, Traffic, without_echoes
from tests.faults.servers import ShortLog, Yesterday, checkpoints, verify_log, with_an_empty_disk
from tests.stack.running import until

READERS = sorted(set(PORTS) - {"intake"})
SHORTER = ("shorter than what was read", "does not have number", "ends before")
"""A reader says one of these of a log that lost its end; a relay, which may be the first to notice, one of the last two."""


def all_there_once(desk: Desk, cases: list[str]) -> None:
    """Every acknowledged case was registered once and is counted."""
    desk.must_be_sound()
    registered = Counter(one.subject for one in desk.on_log() if one.type == "case.registered.v1")
    assert set(cases) <= registered.keys()
    counted = {row["case_id"] for row in desk.query("select case_id from analytics.cases")}
    assert set(cases) <= counted


def test_postgres_killed_under_load_loses_nothing_that_was_acknowledged(desk: Desk, traffic: Traffic) -> None:
    traffic.flows()
    desk.stack.postgres.kill()
    for name in PORTS:
        until(lambda name=name: desk.get(name, "/readyz").status_code == 503, f"{name} says that it is not ready")
    desk.stack.postgres.start()
    desk.stack.wait_until_ready()
    traffic.flows()
    traffic.stop()
    all_there_once(desk, traffic.cases)


@pytest.mark.parametrize("lasting_desk", ["kafka"], indirect=True)
def test_while_the_broker_is_away_everything_is_accepted_and_flows_afterwards(desk: Desk) -> None:
    before = sum(desk.ends().values())
    desk.stack.broker.kill()
    cases = [desk.registered(f"without a broker {n}") for n in range(5)]
    counted = "intake_core.outbox_partition join intake_core.relay_cursor c using (topic, part)"
    unsent = f"select sum(next_seq - last_seq - 1)::int as n from {counted}"
    assert desk.query(unsent)[0]["n"] == 5
    refuses_when_too_much_waits(desk)
    desk.stack.broker.start()
    all_there_once(desk, cases)
    assert sum(desk.ends().values()) > before


def refuses_when_too_much_waits(desk: Desk) -> None:
    """As if so much more had been accepted in a partition that gets nothing now, intake asks its clients to wait."""
    key = "too much"
    other = (partition_of_key(key).number + 1) % PARTITIONS["cases"]
    count = "update intake_core.outbox_partition set next_seq = next_seq + $1 where (topic, part) = ('cases', $2)"
    desk.query(count, OUTBOX_EVENTS_MAX, other)
    refused = until(lambda: refusal(desk, key), "intake refuses")
    assert refused.json()["type"] == "/problems/log-behind"
    assert int(refused.headers["Retry-After"]) > 0
    desk.query(count, -OUTBOX_EVENTS_MAX, other)
    desk.registered(key)


def refusal(desk: Desk, key: str) -> httpx.Response | None:
    with suppress(httpx.TransportError):
        answer = desk.register(key)
        return answer if answer.status_code == 503 else None
    return None


def stopped(desk: Desk, service: str) -> str:
    """Return why an instance of the service says that it has stopped; only the owner of the partition does."""
    with suppress(httpx.TransportError):  # it is starting
        answers = [desk.get(name, "/readyz") for name in desk.instances(service)]
        return next((one.text for one in answers if one.status_code == 503 and "stopped" in one.text), "")
    return ""


def same_partition(case: str) -> str:
    """Return an Idempotency-Key whose case lives in the same partition."""
    return next(key for n in range(500) if partition_of_key(key := f"like {case} {n}") == partition_for("cases", case))


def partition_of_key(key: str) -> Partition:
    return partition_for("cases", case_id_of("tester", key, ANY_NEED))


@pytest.fixture(scope="class")
def short(lasting_desk: Desk) -> Iterator[ShortLog]:
    """A log that lost its end."""
    short = ShortLog(lasting_desk)
    yield short
    verify_log(lasting_desk, "--mend")  # in case no test has
    lasting_desk.stack.wait_until_ready()


class TestAShortLog:
    """The first test finds it, the second mends it."""

    def test_a_log_shorter_than_what_was_read_stops_everybody_with_a_clear_word(self, desk: Desk, short: ShortLog) -> None:
        for name in READERS:
            told = until(lambda name=name: stopped(desk, name), f"{name} stops")
            assert any(words in told for words in SHORTER), name
        assert checkpoints(desk) == short.checkpoints
        case = desk.registered(same_partition(short.lost[0]))
        until(lambda: any(words in stopped(desk, "intake") for words in SHORTER[1:]), "intake stops")
        at = partition_for("cases", case)
        assert desk.ends()[at] == short.ends[at]

    def test_a_log_that_lost_its_end_gets_it_again_from_the_outboxes(self, desk: Desk, short: ShortLog) -> None:
        assert not set(short.lost) & {one.subject for one in desk.on_log()}
        found = verify_log(desk)
        assert found.returncode == 1 and "sent and not there" in found.stdout, found.stdout + found.stderr
        assert verify_log(desk, "--mend").returncode == 0
        desk.stack.wait_until_ready()
        all_there_once(desk, short.lost)
        assert desk.verify() == []
        assert verify_log(desk).returncode == 0


@pytest.mark.parametrize("lasting_desk", ["kafka"], indirect=True)
def test_an_empty_broker_gets_everything_again_from_the_outboxes(desk: Desk) -> None:
    cases = [desk.registered(f"before the disk was lost {n}") for n in range(3)]
    desk.come_to_rest()
    said = sorted(one.id for one in without_echoes(desk.on_log()))
    for name in desk.stack.ports:
        desk.stack.kill(name)
    with_an_empty_disk(desk)
    for name in desk.stack.ports:
        desk.stack.start_service(name)  # which makes the topics
    for name in PORTS:
        until(lambda name=name: stopped(desk, name), f"{name} stops")
    assert not desk.on_log()
    assert verify_log(desk, "--mend").returncode == 0
    desk.stack.wait_until_ready()
    all_there_once(desk, cases)
    assert sorted(one.id for one in without_echoes(desk.on_log())) == said
    assert desk.verify() == []


def test_a_database_of_yesterday_takes_back_what_the_log_remembers_and_drops_nothing_new(desk: Desk) -> None:
    yesterday = Yesterday(desk)
    lost = [desk.registered(f"after the backup {n}") for n in range(3)]
    desk.come_to_rest()
    epochs = epochs_of(desk)
    yesterday.come_back()
    desk.stack.wait_until_ready()
    new = [desk.registered(same_partition(case)) for case in lost]  # takes a lost event's number
    if desk.stack.broker is None:  # the log went back with the database: nobody remembers, and nobody contradicts
        all_there_once(desk, new)
        assert desk.verify() == []
        assert epochs_of(desk) == epochs
        return
    all_there_once(desk, lost + new)
    assert desk.verify() == []
    for case in lost:
        number = partition_for("cases", case).number
        assert epochs_of(desk)[number] == epochs[number] + 1
        assert desk.get("intake", f"/cases/{case}").status_code == 200
    assert "went back in time" in desk.stack.home.log("intake").read_text()


def epochs_of(desk: Desk) -> dict[int, int]:
    rows = desk.query("select part, epoch from intake_core.outbox_partition where topic = 'cases'")
    return {row["part"]: row["epoch"] for row in rows}
