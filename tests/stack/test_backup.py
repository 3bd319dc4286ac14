"""Restored from a backup, the system goes on: as docs/operating.md says, with the log in the dump or newer than it."""

import asyncio
import subprocess

from deploy.commands.tables import rebuild_services
from tests.stack.running import PORTS
from tests.stack.test_journey import CASE

AGAIN = {"channel": "web", "process_id": "inbound-call"}


def run(running, program, *arguments):
    """Run one of PostgreSQL's programs to its end."""
    subprocess.run([running.stack.postgres._bin / program, *arguments], check=True, capture_output=True, timeout=120)


def dump(running, folder):
    run(running, "pg_dump", "--format=custom", f"--file={folder / 'backup'}", running.stack.database_url)


def restore(running, folder, name):
    url = running.stack.postgres.create_database(name)
    run(running, "pg_restore", "--no-owner", "--exit-on-error", f"--dbname={url}", folder / "backup")
    return url


def test_a_dump_that_has_the_log_is_whole(calm, tmp_path):
    calm.post("intake", "/cases", CASE)
    calm.come_to_rest()
    dump(calm, tmp_path)
    url = restore(calm, tmp_path, "restored")
    try:
        compared = asyncio.run(rebuild_services(list(PORTS), url, url))
        assert {one.name for one in compared} >= {"intake.cases", "sla.clocks", "analytics.cases"}
        assert [one for one in compared if not one.is_equal] == []
    finally:
        calm.stack.postgres.drop_database("restored")


def test_a_database_older_than_the_log_learns_from_it_what_it_had_said(on_kafka, tmp_path):
    on_kafka.come_to_rest()
    dump(on_kafka, tmp_path)
    lost = on_kafka.post("intake", "/cases", CASE).json()["case_id"]
    on_kafka.come_to_rest()
    known = on_kafka.get("analytics", f"/cases/{lost}/timeline").json()["items"]

    for name in PORTS:
        on_kafka.stack.kill(name)
    name = on_kafka.stack.database_url.rsplit("/", 1)[-1]
    on_kafka.stack.postgres.drop_database(name)
    restore(on_kafka, tmp_path, name)
    for service in PORTS:
        on_kafka.stack.start_service(service)
    on_kafka.stack.wait_until_ready()
    later = on_kafka.post("intake", "/cases", AGAIN)
    on_kafka.come_to_rest()

    assert on_kafka.get("analytics", f"/cases/{lost}/timeline").json()["items"] == known
    found = on_kafka.get("intake", f"/cases/{lost}")
    assert (found.status_code, "Zhou Min" in found.text) == (200, False), "the vault is not on the log"
    assert on_kafka.get("analytics", f"/cases/{later.json()['case_id']}/timeline").status_code == 200
    [row] = on_kafka.query("select max(epoch) as epoch from intake_core.outbox_partition")
    assert row["epoch"] > 1
    assert "the database went back in time" in on_kafka.stack.home.log("intake").read_text()
    assert on_kafka.verify() == []
