"""The house that is set on fire: five services, second instances of some, a key, and the process that the load walks through."""

import time
from collections.abc import Sequence
from pathlib import Path
from random import Random

import httpx
import yaml

from deploy.home import Home
from deploy.process import free_port
from deploy.stack import Stack, StackFailed
from libs.web.keys import new_key
from services.__main__ import PORTS
from tests.faults.standard import PEPPER, PROCESS, standard

LEASE_SECONDS = 1.0
HEAL_SECONDS_MAX = 180.0
TWINS = 1
NO_VERSION = 2**31 - 1
"""A version that is never published: asking for it is refused with the names of what is."""


def some_twins(random: Random) -> list[str]:
    """Return which services get a second instance."""
    return random.sample(sorted(PORTS), TWINS)


class House:
    """A stack to be harmed, kept over several runs; the services named as `twins` have a second instance."""

    def __init__(
        self, folder: Path, twins: Sequence[str], *, kafka: bool = False, module: str = "services", **environment: str
    ) -> None:
        home = Home(folder)
        home.make()
        self.folder = folder
        self.key, entry = new_key("faults", ["*"])
        keys = folder / "keys.yaml"
        keys.write_text(yaml.safe_dump([entry]))
        names = [*PORTS, *(f"{name}-2" for name in twins)]
        settings = {
            "LOOPDESK_KEYS_FILE": str(keys),
            "LOOPDESK_LEASE_SECONDS": str(LEASE_SECONDS),
            "LOOPDESK_STOP_SECONDS": "2",
            "LOOPDESK_PEPPER": PEPPER,
            **environment,
        }
        self.stack = Stack(home, kafka=kafka, ports={name: free_port() for name in names}, settings=settings, module=module)

    def start(self) -> None:
        """Start everything and publish the process."""
        try:
            self.stack.start()
        except StackFailed:
            self.heal()  # a machine that is busy otherwise gets more time
        with httpx.Client(headers={"Authorization": f"Bearer {self.key}"}, timeout=30.0) as http:
            url = self.stack.url("routing")
            for path, body in (("/processes", {"standard": standard(1)}), (f"/processes/{PROCESS}/versions/1/publish", {})):
                answer = http.post(f"{url}{path}", json=body, headers={"Idempotency-Key": path})
                answer.raise_for_status()
            for intake in self.urls()["intake"]:
                while not _knows(http, intake):
                    time.sleep(0.1)

    def stop(self) -> None:
        """Stop everything."""
        self.stack.stop()

    @property
    def services(self) -> list[str]:
        """The names of all instances."""
        return list(self.stack.ports)

    def urls(self) -> dict[str, list[str]]:
        """Return the addresses of every service's instances."""
        return {name: [self.stack.url(one) for one in self.services if one.partition("-")[0] == name] for name in PORTS}

    def heal(self) -> None:
        """Start what does not run, until all is ready."""
        end = time.monotonic() + HEAL_SECONDS_MAX
        while True:
            self.stack.watch()
            try:
                return self.stack.wait_until_ready(max(1.0, end - time.monotonic()))
            except StackFailed:
                if time.monotonic() > end:
                    raise
                time.sleep(0.5)


def _knows(http: httpx.Client, intake: str) -> bool:
    """Test whether an intake has heard of the process; before that it rightly rejects an import's rows for good."""
    probe = {"channel": "phone", "process_id": PROCESS, "process_version": NO_VERSION}
    answer = http.post(f"{intake}/cases", json=probe, headers={"Idempotency-Key": "probe"})
    return answer.status_code == 422 and PROCESS in answer.json()["detail"].partition("Published")[2]
