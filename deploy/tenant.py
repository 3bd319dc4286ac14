"""Only one run may have a data folder. A second one is told which process has it, or what a killed run left behind."""

import fcntl
import os
from collections.abc import Mapping
from io import TextIOWrapper
from pathlib import Path

import msgspec
import psutil

from deploy.listeners import lives, named, ports_of


class Occupied(Exception):
    """Another run has the folder; the message names its process and says what to do."""


class Note(msgspec.Struct):
    """The tenant's note: its process, and each process that it has started, with the instant at which that one
    began."""

    pid: int = 0
    started: dict[str, tuple[int, float]] = {}


class Tenant:
    """The run that has a folder. The operating system releases the lock of a process that dies, so no lock is ever
    stale."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._file: TextIOWrapper | None = None
        self._note = Note()

    @property
    def is_in(self) -> bool:
        return self._file is not None

    def enter(self) -> None:
        """Take the folder, unless another run has it or processes of an earlier run still live in it."""
        if self.is_in:
            return
        file = (self._folder / "tenant").open("a+")
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            self._refuse_leftovers(_read(file).started)
        except BlockingIOError:
            with file:
                raise Occupied(self._has_it(_read(file).pid)) from None
        except Occupied:
            file.close()
            raise
        self._file, self._note = file, Note(os.getpid())
        self._write()

    def started(self, name: str, pid: int) -> None:
        """Write down a process of ours, so that the next run knows it if we are killed."""
        self._note.started[name] = pid, psutil.Process(pid).create_time()
        self._write()

    def leave(self) -> None:
        """Give the folder back."""
        if self._file is not None:
            self._file.close()
            self._file = None

    def _write(self) -> None:
        if self._file is not None:
            self._file.seek(0)
            self._file.truncate()
            self._file.write(msgspec.json.encode(self._note).decode())
            self._file.flush()

    def _refuse_leftovers(self, started: Mapping[str, tuple[int, float]]) -> None:
        left = {name: pid for name, (pid, begun) in started.items() if lives(pid, begun)}
        if left:
            told = ", ".join(", ".join([f"{name} (process {pid}", *(f"port {port}" for port in ports_of(pid))]) + ")"
                             for name, pid in left.items())  # fmt: skip
            raise Occupied(
                f"An earlier run in {self._folder} was killed and left behind {told}. They should end within seconds; "
                f"if they do not, end them: kill {' '.join(map(str, left.values()))}"
            )

    def _has_it(self, pid: int) -> str:
        who = f"as {named(pid)}. Stop it with Ctrl-C where it runs, or: kill {pid}" if pid else "and is just starting or ending"
        return f"Loopdesk already runs in {self._folder}, {who}. To run another one, name another folder: LOOPDESK_HOME=another"


def _read(file: TextIOWrapper) -> Note:
    file.seek(0)
    try:
        return msgspec.json.decode(file.read() or "{}", type=Note)
    except msgspec.DecodeError:
        return Note()  # it is being written
