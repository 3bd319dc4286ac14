"""An installation of sla over a real PostgreSQL with a real log in it, and what its reckonings find."""

from datetime import datetime, timedelta

from services.sla.projections import promises
from tests.services.sla.reckonings.desk import opened
from tests.services.sla.samples import START

FOUND = """
select case_id, clock, occurrence, asked_status, asked_due_at, asked_used_us from sla.reckoned
where reckoning_id = $1 and asked_status <> ''
"""


def installed(database_url, known, lives, recorded, now):
    """Open an installation in which cases stand as in these lives, after what was recorded of each; its clock stands at `now`."""
    states = {key: life.state for key, life in lives.items()}
    return opened(database_url, known, states, recorded, clock=lambda: (now - START) / timedelta(minutes=1))


def stands(life):
    """Return each promise of a case as its row tells it: status, due instant, and the time it has used."""
    return {(life.key, row.clock, row.occurrence): _told(row) for row in promises(life.key, life.state)}


def _told(row):
    return row.status, row.due_at, row.used_us


async def found(desk, id):
    """Return each promise that a reckoning has found, told in the same way."""
    rows = await desk.pool.fetch(FOUND, id)
    return {(row["case_id"], row["clock"], row["occurrence"]): tuple(row.values())[3:] for row in rows}


def apart(one, other):
    """Return the promises that are not the same in both."""
    return {name: (one.get(name), other.get(name)) for name in one.keys() | other.keys() if one.get(name) != other.get(name)}


async def shown_alone(desk, key, instants):
    """Return the promises that a question about one case shows as of these instants: clock, status and due instant."""
    answer = await desk.get(f"/clocks/{key}", params={name: at.isoformat() for name, at in instants.items()})
    assert answer.status_code == 200, answer.text
    items = answer.json()["items"]
    return sorted((one["clock"], one["status"], one["due_at"] and datetime.fromisoformat(one["due_at"])) for one in items)
