"""`python -m tests.backups NAME`: live a small desk's month with this release and keep a backup of it for the next ones."""

import sys
import tempfile
import time
from datetime import timedelta
from pathlib import Path
from typing import Any

from libs import VERSION
from libs.events.words.now import real_now
from tests.backups.life import Desk, first_day, last_day, second_day, stated
from tests.backups.stack import PastStack, addresses, answers, keep, parked, views

DAMAGE = """
update log.record set value = convert_to(replace(convert_from(value, 'UTF8'), '"figures":{', '"figures":7,"were":{'), 'UTF8')
where type like 'import.figures_stated%' returning key
"""


def main(name: str) -> None:
    with tempfile.TemporaryDirectory(prefix="loopdesk-backup-") as folder:
        Path(folder).chmod(0o711)
        past = PastStack(Path(folder))
        try:
            past.open_database()
            told = live(past)
            keep(name, past.dump(), told)
        finally:
            past.stop()


def live(past: PastStack) -> dict[str, Any]:
    """Live three days of a month, and return the services' answers at the end."""
    desk, running = Desk(past), past.running
    past.live_at(real_now() - timedelta(days=27))
    first_day(desk)
    running.come_to_rest()
    past.live_at(real_now() - timedelta(days=10))
    running.come_to_rest()
    second_day(desk)
    running.come_to_rest()
    key = damage(desk)
    past.live_at(real_now())
    running.come_to_rest()
    aside = parked(running)
    assert aside["analytics"] == [key], aside
    again = last_day(desk)
    running.come_to_rest()
    asked = list(addresses(running, list(desk.cases.values())))
    told = {"views": views(running), "http": answers(running, asked), "at": past.now.isoformat()}
    return {"release": VERSION, "cases": desk.cases, "parked": aside} | again | told


def damage(desk: Desk) -> str:
    """Make a record of the log unreadable before anybody but its speaker has read it; return its key, which is set aside."""
    for name in desk.running.stack.ports.keys() - {"intake"}:
        desk.running.stack.kill(name)
    desk.send([stated(desk)])
    while not (damaged := desk.running.query(DAMAGE)):
        time.sleep(0.05)
    return str(damaged[0]["key"])


if __name__ == "__main__":
    main(sys.argv[1])
