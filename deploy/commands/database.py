"""Which database a command works in."""

from deploy.arguments import OPTION
from deploy.failing import NoDatabase
from deploy.home import Home
from deploy.stack import Stack


def database(given: str, kafka: str = "") -> str:
    """Return the given database, or our own by default; there is another one of our own for a log on Kafka."""
    home = Home.default()
    try:
        return given or Stack(home, kafka=bool(kafka)).database_url
    except FileNotFoundError:
        raise NoDatabase(f"There is no database in {home.folder} yet. Run `loopdesk up` first, or give {OPTION}.") from None
