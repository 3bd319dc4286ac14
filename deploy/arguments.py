"""Options that several commands take, and the checks of their values before anything is tried."""

import re
from typing import Annotated
from urllib.parse import urlsplit

import typer

from services.__main__ import PORTS

OPTION = "--database-url or LOOPDESK_DATABASE_URL"
FORM = "postgresql://user:password@host:port/database"


_HOST = re.compile(r"(\[[0-9A-Fa-f:.]+\]|[^\[\]:/\s]*)(?::(\d{1,5}))?")


def database_address(given: str) -> str:
    """Return the address if it can be one. Errors do not quote it, because it has a password, perhaps with a / in
    it."""
    try:
        parts = urlsplit(given)
    except ValueError:
        parts = urlsplit("")
    is_one = parts.scheme in ("postgresql", "postgres") and "@" not in parts.path + parts.fragment
    if given and not (is_one and _are_hosts(parts.netloc.rpartition("@")[2])):
        raise typer.BadParameter(f"This is not a database address. Write {FORM}, and %40, %2F, %3A, %23 for @ / : # in them.")
    return given


def kafka_address(given: str) -> str:
    """Return the address of the brokers if it can be one."""
    if given and not _are_hosts(given):
        raise typer.BadParameter(f"{given!r} is not a broker address. Write host:port, and several with commas.")
    return given


def _are_hosts(text: str) -> bool:
    found = [_HOST.fullmatch(one.strip()) for one in text.split(",")]
    return all(one is not None and int(one[2] or 1) <= 65_535 for one in found)


def known_service(name: str) -> str:
    """Return the name if there is such a service."""
    if name not in PORTS:
        raise typer.BadParameter(f"There is no service {name!r}; there are {', '.join(PORTS)}.")
    return name


def known_services(names: list[str] | None) -> list[str] | None:
    """Return the names if there are such services."""
    return names and [known_service(name) for name in names]


def services_beginning(begun: str) -> list[str]:
    """Return the services that begin with a word, for completion in a shell."""
    return [name for name in PORTS if name.startswith(begun)]


DatabaseUrl = Annotated[
    str,
    typer.Option(envvar="LOOPDESK_DATABASE_URL", callback=database_address, help="PostgreSQL; ours under .loopdesk by default."),
]
Kafka = Annotated[
    str, typer.Option(envvar="LOOPDESK_KAFKA", callback=kafka_address, help="Kafka's address, if the log is there.")
]
Services = Annotated[
    list[str] | None,
    typer.Argument(callback=known_services, autocompletion=services_beginning, help="Which services; all by default."),
]
Service = Annotated[str, typer.Argument(callback=known_service, autocompletion=services_beginning, help="Whose keys.")]
