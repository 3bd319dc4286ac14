"""Whether a process lives, its command and its ports: to tell a person which process is in the way."""

from collections.abc import Iterable
from typing import Any

import psutil


def lives(pid: int, begun: float) -> bool:
    """Test whether the process that began then still lives; another process may have its id by now."""
    try:
        process = psutil.Process(pid)
        return bool(process.create_time() == begun and process.status() != psutil.STATUS_ZOMBIE)
    except psutil.NoSuchProcess:
        return False


def ports_of(pid: int) -> list[int]:
    """Return the TCP ports that the process listens on; none if it is gone or belongs to another user."""
    try:
        return _listening(psutil.Process(pid).net_connections("tcp"))
    except psutil.Error:
        return []


def named(pid: int) -> str:
    """Return a process's id and command, for a person."""
    try:
        command = " ".join(psutil.Process(pid).cmdline())
    except psutil.Error:
        command = ""
    return f"process {pid}" + (f" ({command[:100]})" if command else "")


def taken(port: int, whose: str) -> str:
    """Say who listens on a port that we need, and what to do."""
    pid = _listener(port)
    if pid is None:
        return f"Port {port} ({whose}) is taken by a program of another user. End that program first."
    return f"Port {port} ({whose}) is taken by {named(pid)}. End it first: kill {pid}"


def _listener(port: int) -> int | None:
    try:
        held: list[int | None] = [one.pid for one in psutil.net_connections("tcp") if port in _listening([one])]
    except psutil.Error:
        return None
    return held[0] if held else None


def _listening(connections: Iterable[Any]) -> list[int]:
    return [one.laddr.port for one in connections if one.status == psutil.CONN_LISTEN]
