"""Which database a command works in."""

from deploy.arguments import OPTION
from deploy.failing import NoDatabase
from deploy.home import Home
from deploy.stack import Stack


def database(given: str, kafka: str = "") -> str:
    """Return the database to work in: the one given, else our own, which is another one when the log is in Kafka."""
    home = Home.default()
    try:
        return given or Stack(home, kafka=bool(kafka)).database_url
    except FileNotFoundError:
        raise NoDatabase(f"No database was ever made in {home.folder}. Run `loopdesk up` first, or give {OPTION}.") from None
