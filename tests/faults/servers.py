"""A desk's servers come to harm: a log loses its end, a database is put back to yesterday."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

from services.__main__ import PORTS
from tests.faults.desk import Desk


def checkpoints(desk: Desk) -> dict[tuple[str, int], int]:
    """Return how far every service has read each partition of `cases`."""
    return {
        (name, row["part"]): row["next_offset"]
        for name in PORTS
        for row in desk.query(f"select part, next_offset from {desk.data(name)}.checkpoint where topic = 'cases'")
    }


def verify_log(desk: Desk, *options: str) -> subprocess.CompletedProcess[str]:
    """Run `loopdesk verify-log`."""
    kafka = "" if desk.stack.broker is None else desk.stack.broker.bootstrap
    return subprocess.run(
        [sys.executable, "-m", "deploy.cli", "verify-log", *options],
        env={**os.environ, "LOOPDESK_DATABASE_URL": desk.stack.database_url, "LOOPDESK_KAFKA": kafka},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


def with_an_empty_disk(desk: Desk) -> None:
    """Have the broker begin again, without topics."""
    broker = desk.stack.broker
    assert broker is not None
    broker.kill()
    shutil.rmtree(broker.folder / "data")
    broker.start()


class ShortLog:
    """A desk whose log has lost its end: the facts of some cases, which every service has read."""

    def __init__(self, desk: Desk) -> None:
        desk.come_to_rest()
        self.desk, self.ends = desk, desk.ends()
        if desk.stack.broker is not None:
            self._data, self._copy = desk.stack.broker.folder / "data", desk.stack.broker.folder / "copy"
            self._copy_files(self._data, self._copy)
        self.lost = [desk.registered(f"to be lost {n} {max(self.ends.values())}") for n in range(4)]
        desk.come_to_rest()
        self.checkpoints = checkpoints(desk)
        if desk.stack.broker is None:
            self._cut_table()
        else:
            self._cut_files()

    def _cut_table(self) -> None:
        for at, end in self.ends.items():
            topic = "(select id from log.topic where name = $1)"
            self.desk.query(f'delete from log.record where topic = {topic} and partition = $2 and "offset" >= $3', *at, end)
            self.desk.query(f"update log.partition set next_offset = $3 where topic = {topic} and number = $2", *at, end)

    def _cut_files(self) -> None:
        broker = self.desk.stack.broker
        assert broker is not None
        broker.kill()
        self._copy_files(self._copy, self._data)
        broker.start()

    def _copy_files(self, source: Path, target: Path) -> None:
        for partition in self.ends:
            name = f"{partition.topic}-{partition.number}"
            shutil.rmtree(target / name, ignore_errors=True)
            shutil.copytree(source / name, target / name)


class Yesterday:
    """A copy of the desk's database as it is now."""

    def __init__(self, desk: Desk) -> None:
        desk.come_to_rest()
        self._server = desk.stack.postgres
        self._copy = self._server.folder / "yesterday"
        subprocess.run(["rm", "-rf", str(self._copy)], check=True)
        self._server.stop()
        self._copy_folder(self._server.data, self._copy)
        self._server.start()
        desk.stack.wait_until_ready()

    def come_back(self) -> None:
        """Put the database back to it, under the services' feet."""
        self._server.stop()
        subprocess.run(["rm", "-rf", str(self._server.data)], check=True)
        self._copy_folder(self._copy, self._server.data)
        self._server.start()

    def _copy_folder(self, source: object, target: object) -> None:
        subprocess.run(["cp", "-a", str(source), str(target)], check=True)  # keeps the owner, which is not root
