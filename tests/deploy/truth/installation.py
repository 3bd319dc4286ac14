"""An installation of sla over a real PostgreSQL with a real log in it."""

from datetime import timedelta

from tests.services.sla.reckonings.desk import opened
from tests.services.sla.samples import START


def installed(database_url, known, lives, recorded, now):
    """Open an installation in which cases stand as in these lives, after what was recorded of each; its clock stands at `now`."""
    states = {key: life.state for key, life in lives.items()}
    return opened(database_url, known, states, recorded, clock=lambda: (now - START) / timedelta(minutes=1))
