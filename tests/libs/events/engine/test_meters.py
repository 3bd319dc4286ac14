"""A gauge tells only what is known now. An unknown number is absent, because a 0 would say that all is well."""

import os
from datetime import timedelta

import pytest
from structlog.testing import capture_logs

from libs import VERSION
from libs.events.log.port import LogUnavailable
from libs.events.store.port import StoreUnavailable
from tests.libs.events.kernel import ELSEWHERE, Kernel, contact, entered, registered

GAUGES = (
    "clock_apart_seconds",
    "data_as_of_timestamp_seconds",
    "partitions_owned",
    "reader_lag_events",
    "outbox_unsent_events",
    "outbox_oldest_unsent_seconds",
    "partitions_stopped",
    "keys_parked",
    "timers_overdue",
    "timers_overdue_seconds",
)


@pytest.fixture
async def kernel():
    kernel = Kernel()
    kernel.one = await kernel.open()
    return kernel


def shown(kernel):
    """Return the gauges of the kernel that are shown, of topic cases where they have one."""
    families = kernel.one.meters.registry.collect()
    samples = [one for family in families if family.type == "gauge" for one in family.samples]
    return {one.name.removeprefix("loopdesk_"): one.value for one in samples if one.labels.get("topic", "cases") == "cases"}


async def measured(kernel):
    await kernel.one.measure()
    return shown(kernel)


async def away(*arguments, **words):
    raise StoreUnavailable("the database is away")


async def log_away(*arguments):
    raise LogUnavailable("the log is away")


def test_every_gauge_is_in_the_table(kernel):
    families = kernel.one.meters.registry.collect()
    gauges = {family.name.removeprefix("loopdesk_") for family in families if family.type == "gauge"}
    assert gauges == {*GAUGES, "keys_waiting", "keys_waiting_seconds"}, "these two are there for what is waited for"


async def test_before_anybody_looked_none_is_shown(kernel):
    assert shown(kernel) == {}


async def test_what_is_known_is_shown_also_when_it_is_nothing(kernel):
    await kernel.one.send()
    await kernel.one.tick()
    as_of = kernel.clock.at.timestamp()
    assert await measured(kernel) == dict.fromkeys(GAUGES, 0.0) | {
        "partitions_owned": 12.0,
        "data_as_of_timestamp_seconds": as_of,
    }
    await kernel.put(entered(0, "n1"))
    await kernel.say(registered(0, ELSEWHERE[0]))
    await kernel.one.send()
    assert (await measured(kernel))["reader_lag_events"] == 2


async def test_before_the_first_look_into_the_outbox_nobody_knows_what_is_unsent(kernel):
    assert "outbox_unsent_events" not in await measured(kernel)


async def test_while_the_database_is_away_nothing_that_stands_there_is_shown(kernel, monkeypatch):
    await kernel.put(entered(0, "n1"))
    await kernel.one.send()
    assert (await measured(kernel))["reader_lag_events"] == 1
    kernel.one.forget()
    assert {"reader_lag_events", "outbox_unsent_events"} & (await measured(kernel)).keys() == set()
    with monkeypatch.context() as patch:
        patch.setattr(kernel.store, "arrears", away)
        with pytest.raises(StoreUnavailable):
            await kernel.one.measure()
    assert shown(kernel) == {"partitions_owned": 0.0, "partitions_stopped": 0.0}, "what it owns it knows by itself"
    await kernel.one.lease()
    assert (await measured(kernel))["reader_lag_events"] == 1, "as before: nothing was read meanwhile"


async def test_while_the_log_is_away_nobody_knows_how_long_it_is(kernel, monkeypatch):
    await kernel.put(entered(0, "n1"))
    await measured(kernel)
    monkeypatch.setattr(kernel.log, "ends", log_away)
    with pytest.raises(LogUnavailable):
        await kernel.one.measure()
    assert "reader_lag_events" not in shown(kernel)


async def test_what_a_stopped_partition_has_not_read_counts(kernel):
    await kernel.put(entered(0, "n1"))
    await kernel.put(entered(1, "n3"), seq=2)
    await kernel.one.read(wait=0)
    found = await measured(kernel)
    assert (found["partitions_stopped"], found["reader_lag_events"]) == (1, 2)


async def test_an_instance_without_partitions_says_nothing_about_unread_events(kernel):
    await kernel.put(contact(0))
    kernel.one.leases.owned.clear()
    found = await measured(kernel)
    assert (found["partitions_owned"], "reader_lag_events" in found) == (0, False)


async def test_an_instance_begins_with_a_line_that_names_it_as_its_leases_do(kernel):
    with capture_logs() as told:
        kernel.one.leases.introduce()
    [line] = told
    [listed] = await kernel.store.leases.instances()
    about = listed.about
    said = (str(listed.owner), about.host, about.pid, about.release)
    assert (line["owner"], line["host"], line["pid"], line["release"]) == said == (str(kernel.one.owner), *said[1:])
    assert (about.pid, about.release, len(listed.held)) == (os.getpid(), VERSION, len(kernel.one.leases.owned))


async def test_a_lease_that_is_over_is_not_said_to_be_anybodys(kernel):
    await kernel.put(entered(0, "n1"))
    kernel.clock.advance(timedelta(seconds=11))
    zombie = list(kernel.one.leases.owned)
    await kernel.instance()
    with capture_logs() as told:
        await kernel.one.read(wait=0)
    assert zombie and [line["event"] for line in told if "lease" in line["event"]] == ["the lease of the partition is over"]
    assert all("another" not in str(line) for line in told)
