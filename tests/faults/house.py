"""The house that is set on fire: five services, second instances of some, and the process that the load walks through."""

import time
from random import Random
from typing import Any

from deploy.stack import StackFailed
from services.__main__ import PORTS
from tests.faults.desk import Wired
from tests.faults.standard import PEPPER, PROCESS, standard
from tests.stack.running import START_SECONDS_MAX

LEASE_SECONDS = 1.0
HEAL_SECONDS_MAX = 180.0
TWINS = 1
SETTINGS = {
    "LOOPDESK_LEASE_SECONDS": str(LEASE_SECONDS),
    "LOOPDESK_LOG_LEVEL": "info",
    "LOOPDESK_PEPPER": PEPPER,
    "LOOPDESK_STOP_SECONDS": "2",
}


def some_twins(random: Random) -> list[str]:
    """Return which services get a second instance."""
    return random.sample(sorted(PORTS), TWINS)


class House(Wired):
    """A stack to be harmed, kept over several runs. Where wires are not needed, `module` runs the services as they are."""

    def __init__(self, folder: Any, twins: list[str], **options: Any) -> None:
        super().__init__(folder, twins=twins, **SETTINGS, **options)

    def start(self) -> None:
        """Start everything and publish the process."""
        self.stack.start(START_SECONDS_MAX)
        for path, body in (("/processes", {"standard": standard(1)}), (f"/processes/{PROCESS}/versions/1/publish", {})):
            self.post("routing", path, body).raise_for_status()
        self.eventually_known(PROCESS)  # before that, intake rightly rejects an import's rows for good

    def urls(self) -> dict[str, list[str]]:
        """Return the addresses of every service's instances."""
        return {name: [self.stack.url(one) for one in self.instances(name)] for name in PORTS}

    def heal(self) -> None:
        """Start stopped processes, until all is ready."""
        end = time.monotonic() + HEAL_SECONDS_MAX
        while True:
            self.stack.watch()
            try:
                return self.stack.wait_until_ready(max(1.0, end - time.monotonic()))
            except StackFailed:
                if time.monotonic() > end:
                    raise
                time.sleep(0.5)
