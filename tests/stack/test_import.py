"""However an import comes, twice, shuffled, by two at once, cut off, past services that die: the tables are the same."""

import gzip
import random
import signal
import time

import pytest

from tests.stack.running import CASES, HELPDESK, PORTS

pytestmark = pytest.mark.truth


def test_again_and_nothing_is_recorded_twice(calm, calm_digests):
    said = calm.said()
    account = calm.import_all("--shuffle", "3")
    assert "duplicate" in account
    calm.come_to_rest()
    assert calm.said() == said
    assert calm.digests() == calm_digests


def test_an_import_that_is_to_wait_returns_when_the_tables_have_it(calm):
    said = calm.import_all("--wait", "--seconds", "120", "--database-url", calm.stack.database_url)
    [row] = calm.query("select count(*) as n from analytics.cases where system = 'helpdesk'")
    assert ("settled: every event is heard" in said, row["n"]) == (True, CASES)


def test_a_log_with_a_fault_changes_no_table_and_is_known_again_when_it_is_mended(calm, calm_digests, tmp_path):
    lines = gzip.decompress(HELPDESK.read_bytes()).decode().splitlines(keepends=True)
    said, spoiled, mended = calm.said(), tmp_path / "spoiled.csv", tmp_path / "mended.csv"
    mended.write_text("".join(lines))
    spoiled.write_text("".join([*lines[:2], '"' + lines[2], *lines[3:]]))
    process = calm.importing(file=spoiled)
    answer, _ = process.communicate(timeout=60)
    assert (process.returncode, "line 3: malformed: a quote is not closed" in answer) == (1, True), answer
    assert "Nothing was sent" in answer
    calm.import_all(file=mended)
    calm.come_to_rest()
    assert calm.said() == said
    assert calm.digests() == calm_digests


def test_shuffled_by_two_at_once_one_of_them_killed_then_resumed(on_kafka, calm_digests):
    first, second = on_kafka.importing("--shuffle", "1"), on_kafka.importing("--shuffle", "2")
    on_kafka.eventually_recorded(1)
    first.send_signal(signal.SIGKILL)
    first.communicate()
    assert first.returncode == -signal.SIGKILL, "it was done before it could be killed"
    said, _ = second.communicate(timeout=120)
    assert second.returncode == 0, said
    on_kafka.import_all("--shuffle", "1")
    on_kafka.come_to_rest()
    assert on_kafka.digests() == calm_digests


def test_every_service_killed_in_turn_while_facts_flow(harmed, calm_digests):
    chance = random.Random(5)
    for turn, name in enumerate(PORTS, 1):
        # Each turn brings new cases, so that each service dies with work before it.
        recorded = harmed.recorded()
        importing = harmed.importing("--shuffle", str(turn), "--limit", str(CASES * turn // len(PORTS)))
        harmed.eventually_recorded(recorded + 1)
        time.sleep(chance.uniform(0, 0.3))
        harmed.restart(name)
        said, _ = importing.communicate(timeout=120)
        assert importing.returncode == 0, said
    harmed.come_to_rest()
    assert harmed.digests() == calm_digests


@pytest.mark.parametrize("name", sorted(PORTS))
def test_the_survivors_have_no_partition_stopped_and_no_key_set_aside(harmed, calm_digests, name):
    metrics = harmed.get(name, "/metrics").text
    assert f'loopdesk_partitions_stopped{{service="{name}"}} 0.0' in metrics
    version = harmed.query(f"select version from {name}_core.live")[0]["version"]
    assert harmed.query(f"select key, error from {name}_v{version}.parked") == []
