"""Everything on one machine: our own PostgreSQL, on request a broker, and one process for each service, watched."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Mapping
from types import TracebackType
from typing import Self

import httpx

from deploy.guardian import Turn, guard
from deploy.home import SHIPPED, Home
from deploy.kafka import KafkaBroker
from deploy.listeners import ports_of
from deploy.ports import must_be_free
from deploy.postgres import PostgresServer
from deploy.process import freeze
from deploy.tenant import Tenant
from services.__main__ import PORTS

DATABASE = "loopdesk"
START_SECONDS_MAX = 180.0
TELL_SECONDS = 5.0
BEHIND_INTAKE = 10

Tell = Callable[[str], None]
"""Shows a person what we wait for."""


class StackFailed(Exception):
    """A process did not start; the message quotes its last output."""


class Stack:
    """Five services on loopback. `kafka` puts the log on a broker of our own; `ports` and `settings` override the defaults.

    A port of `sla-2` is that of a second instance of sla. `module` is what runs a service, as `python -m <module> sla`.
    """

    def __init__(
        self,
        home: Home,
        *,
        kafka: bool = False,
        ports: Mapping[str, int] = PORTS,
        settings: Mapping[str, str] | None = None,
        module: str = "services",
    ) -> None:
        self.home, self.ports = home, dict(ports)
        self.postgres = PostgresServer(home.folder / "postgres")
        self.broker = KafkaBroker(home.folder / "kafka") if kafka else None
        self.settings, self._module = dict(settings or {}), module
        self._children: dict[str, subprocess.Popen[bytes]] = {}
        self._tenant = Tenant(home.folder)

    def __enter__(self) -> Self:
        try:
            self.start()
        except BaseException:
            self.stop()  # nobody else will, because `__exit__` is not called after an error here
            raise
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self.stop()

    @property
    def database_url(self) -> str:
        return self.postgres.url(DATABASE if self.broker is None else f"{DATABASE}_kafka")

    @property
    def log_url(self) -> str:
        return self.database_url if self.broker is None else self.broker.url

    def url(self, service: str) -> str:
        """Return a service's address."""
        return f"http://127.0.0.1:{self.ports[service]}"

    def start(self, seconds: float = START_SECONDS_MAX, tell: Tell = lambda said: None) -> None:
        """Start the servers, then the services, and wait until all are ready; refuse if another run has the folder."""
        self.home.make()
        self._tenant.enter()
        must_be_free(self.ports)
        self.postgres.start()
        self.postgres.create_database(self.database_url.rsplit("/", 1)[-1])
        if self.broker is not None:
            self.broker.start()
        for name in self.ports:
            self.start_service(name)
        self.wait_until_ready(seconds, tell)

    def start_service(self, name: str) -> None:
        """Start one process."""
        with self.home.log(name).open("ab") as output:
            self._children[name] = subprocess.Popen(
                [sys.executable, "-m", self._module, _service(name)], env=self.environment(name), stdout=output, stderr=output
            )
        guard(self._children[name].pid, Turn.SERVICE)
        self._tenant.started(name, self._children[name].pid)
        # Services that take customers' requests have priority; computing figures may take a little longer.
        if name != "intake":
            os.setpriority(os.PRIO_PROCESS, self._children[name].pid, BEHIND_INTAKE)

    def environment(self, name: str) -> dict[str, str]:
        """Return a service's environment variables."""
        return {
            "LOOPDESK_ATTACHMENTS": str(self.home.folder / "attachments"),
            **os.environ,
            "LOOPDESK_DATABASE_URL": self.database_url,
            "LOOPDESK_KAFKA": "" if self.broker is None else self.broker.bootstrap,
            f"LOOPDESK_{_service(name).upper()}_PORT": str(self.ports[name]),
            "LOOPDESK_STANDARDS": os.pathsep.join(str(SHIPPED / folder) for folder in ("standards", "imports/standards")),
            "LOOPDESK_CALENDARS": str(SHIPPED / "calendars"),
            "LOOPDESK_PEPPER": self.home.secret("pepper"),
            "LOOPDESK_SURVEY_SECRET": self.home.secret("survey"),
            "LOOPDESK_TRACKING_SECRET": self.home.secret("tracking"),
            "LOOPDESK_SESSION_SECRET": self.home.secret("session"),
            **{f"LOOPDESK_SITE_{one.upper()}": self.url(one) for one in PORTS if one in self.ports},
            **({"LOOPDESK_SURVEY_URL": self.url("survey")} if "survey" in self.ports else {}),
            **self.settings,
        }

    def wait_until_ready(self, seconds: float = START_SECONDS_MAX, tell: Tell = lambda said: None) -> None:
        """Return when every service says that it is ready; now and then tell which we wait for."""
        waiting, begun = list(self.ports), time.monotonic()
        tell_at = begun + TELL_SECONDS
        while waiting:
            waiting = [name for name in waiting if not self._is_ready(name)]
            now = time.monotonic()
            for name in waiting:
                if self._children[name].poll() is not None or now > begun + seconds:
                    raise StackFailed(f"{name} did not get ready: {self._why(name, seconds)}\n{self._last_words(name)}")
            if waiting and now > tell_at:
                tell_at = now + TELL_SECONDS
                tell(f"waiting for {', '.join(waiting)}; /readyz of {waiting[0]} says {self._told(waiting[0])}")
            time.sleep(0.1)

    def _is_ready(self, name: str) -> bool:
        # If our own child does not listen on the port, another program would answer, and that says nothing about our child.
        if self.ports[name] not in ports_of(self._children[name].pid):
            return False
        try:
            return httpx.get(f"{self.url(name)}/readyz", timeout=2.0).status_code == 200
        except httpx.TransportError:
            return False

    def _why(self, name: str, seconds: float) -> str:
        """Return the reason why a service is not ready, as far as we know it."""
        if (code := self._children[name].poll()) is not None:
            return f"its process ended with code {code}. Its last output:"
        return f"after {seconds:.0f} s it lives, and /readyz says {self._told(name)}. Its last output:"

    def _told(self, name: str) -> str:
        try:
            return str(httpx.get(f"{self.url(name)}/readyz", timeout=2.0).json().get("checks", "nothing"))
        except (httpx.TransportError, ValueError):
            return "no answer yet: it is still starting; a busy machine takes longer, and so do tables that are made again"

    def _last_words(self, name: str) -> str:
        return "\n".join(self.home.log(name).read_text(errors="replace").splitlines()[-25:])

    def watch(self) -> list[str]:
        """Start again all processes that have died, the servers first, and return the names of the services."""
        dead = [name for name, child in self._children.items() if child.poll() is not None]
        self.postgres.start()
        if self.broker is not None:
            self.broker.start()
        for name in dead:
            self.start_service(name)
        return dead

    def kill(self, name: str) -> None:
        """End a service as a power failure would."""
        self._children[name].send_signal(signal.SIGKILL)
        self._children[name].wait()

    def pause(self, name: str) -> None:
        """Freeze a service: its connections stay open, nothing is answered."""
        freeze(self._children[name])

    def resume(self, name: str) -> None:
        """Let a paused service go on."""
        self._children[name].send_signal(signal.SIGCONT)

    def pid(self, name: str) -> int | None:
        """Return a service's process id while it lives, also while it is paused."""
        child = self._children[name]
        return child.pid if child.poll() is None else None

    def stop(self) -> None:
        """Stop the services, then the servers, in order; if another run has the folder, stop nothing."""
        if not self._tenant.is_in:
            return
        for child in self._children.values():
            child.send_signal(signal.SIGTERM)
            child.send_signal(signal.SIGCONT)  # a paused process would not get the first signal
        for child in self._children.values():
            try:
                child.wait(timeout=20)
            except subprocess.TimeoutExpired:
                child.kill()
                child.wait()
        self._children.clear()
        if self.broker is not None:
            self.broker.stop()
        self.postgres.stop()
        self._tenant.leave()


def _service(name: str) -> str:
    return name.partition("-")[0]
