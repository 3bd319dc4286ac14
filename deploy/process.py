"""Helpers to start a server of others: a free port, the end of its log, and a user who is not root."""

import os
import pwd
import secrets
import shutil
import signal
import socket
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

STRANGERS = ("postgres", "nobody")  # the first that the machine knows; no user is created


_given: dict[int, socket.socket] = {}
"""Ports that this process has given out; their servers may not listen yet. The socket holds the port's name until we end."""


def free_port(last: int = 0) -> int:
    """Return a TCP port of 127.0.0.1 that is free and that no process has given out; the `last` one if it is still free."""
    # Not a port that the kernel gives to clients: while the server is down, a client that retries could connect to itself.
    wanted = last or _some_port()
    while not (is_free(wanted) and ((wanted == last and wanted in _given) or _reserved(wanted))):
        wanted = _some_port()
    return wanted


def _some_port() -> int:
    return 16_000 + secrets.randbelow(16_000)


def _reserved(port: int) -> bool:
    """Note that we have given the port out, unless a process of this machine has; two that start at once take no port twice."""
    if port in _given:
        return False
    name = socket.socket(socket.AF_UNIX)
    if sys.platform == "linux":  # only there a name needs no file
        try:
            name.bind(f"\0loopdesk port {port}")
        except OSError:
            name.close()
            return False
    _given[port] = name
    return True


def is_free(port: int) -> bool:
    """Test whether a server may listen on the port."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
        return True


def tail(log: Path, lines: int = 25, without: str = "\0") -> str:
    """Return the last lines of a log for an error message, leaving out lines with the word `without`."""
    try:
        said = [line for line in log.read_text(errors="replace").splitlines() if without not in line]
    except FileNotFoundError:
        return "(no log was written)"
    return "\n".join(said[-lines:])


def write_whole(file: Path, text: str, mode: int = 0o644) -> None:
    """Write `file`; a reader finds the old text or the new one, even if we are killed or the disk is full."""
    half = file.with_suffix(".half")
    half.touch(mode)
    half.write_text(text)
    half.replace(file)


def remember_port(file: Path, port: int) -> None:
    """Write the port into `file`, unless it stands there: on a full disk even that fails."""
    if remembered_port(file) != port:
        write_whole(file, str(port))


def remembered_port(file: Path) -> int:
    """Return the port written in `file`, 0 if there is none."""
    return int(file.read_text()) if file.exists() else 0


def server_pid(file: Path, folder: Path) -> int | None:
    """Return the process id written in `file` if that process lives and works in `folder`.

    The file outlives a kill, and its number may by now be another process's; a server works in its own folder.
    """
    try:
        pid = int(file.read_text().split("\n", 1)[0])
        if not Path("/proc/self").exists():
            os.kill(pid, 0)
        elif Path(f"/proc/{pid}/cwd").readlink() != folder:
            return None
    except (OSError, ValueError):
        return None
    return pid


def freeze(child: "subprocess.Popen[bytes]") -> None:
    """Stop a process that we started where it stands; return when all its threads have stopped, or it has ended."""
    child.send_signal(signal.SIGSTOP)
    # The kernel stops one thread after the other, and the others still answer. It tells the parent when the last has stopped.
    if child.returncode is None:
        os.waitid(os.P_PID, child.pid, os.WSTOPPED | os.WEXITED | os.WNOWAIT)


class Unreachable(Exception):
    """The server's user may not enter a folder; the message says what to do."""


@dataclass(frozen=True)
class RunAs:
    """The user that a server runs as: ourselves, or a user without rights if we are root."""

    name: str
    uid: int
    gid: int

    @property
    def is_other(self) -> bool:
        return self.uid != os.geteuid()

    def options(self) -> dict[str, Any]:
        """Return the options with which subprocess becomes this user."""
        return {"user": self.uid, "group": self.gid, "extra_groups": []} if self.is_other else {}

    def own(self, path: Path) -> None:
        """Give `path` to this user."""
        if self.is_other:
            os.chown(path, self.uid, self.gid)

    def reaches(self, path: Path) -> bool:
        """Test whether this user may enter the folder, or run the file, `path`."""
        return subprocess.run(["test", "-x", str(path)], check=False, cwd="/", **self.options()).returncode == 0

    def require(self, folder: Path) -> None:
        """Raise if this user may not enter `folder`."""
        if not self.reaches(folder):
            raise Unreachable(
                f"PostgreSQL refuses to run as root, so it runs as {self.name!r}, who may not enter {folder}. Choose a "
                "folder whose parents others may enter (chmod o+x), or start as an ordinary user."
            )

    def programs(self, site: Path, parts: Sequence[str], copy: Path) -> Path:
        """Return `site`, or a copy of its `parts` in a place where this user may run programs (`site` may be below
        /root).

        The first part has the programs; the others are the libraries they look for beside it.
        """
        if self.reaches(site / parts[0] / "bin" / "postgres"):
            return site
        if not copy.exists():
            half = copy.with_suffix(".part")
            for part in parts:
                shutil.copytree(site / part, half / part, symlinks=True, dirs_exist_ok=True)
            half.rename(copy)
        return copy


def unprivileged(existing: Path) -> RunAs:
    """Return the user for a server: ourselves; if we are root, the owner of its data, or else a user without rights."""
    if os.geteuid() != 0:
        return _entry(os.geteuid())
    if existing.exists():
        return _entry(existing.stat().st_uid)
    known = {entry.pw_name: entry.pw_uid for entry in pwd.getpwall()}
    return _entry(next(known[name] for name in STRANGERS if name in known))


def _entry(uid: int) -> RunAs:
    entry = pwd.getpwuid(uid)
    return RunAs(entry.pw_name, entry.pw_uid, entry.pw_gid)
