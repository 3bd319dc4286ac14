"""How a command that cannot go on ends: a line or two on stderr say what is wrong and what to do, never a password."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from urllib.parse import urlsplit

import asyncpg
import httpx
import typer
from rich.console import Console
from rich.markup import escape

from deploy.arguments import FORM, OPTION
from deploy.importer.cells import BadSource
from deploy.importer.client import ImportStopped
from deploy.importer.part import BadMapping
from deploy.kafka import KafkaFailed
from deploy.postgres import PostgresFailed
from deploy.process import Unreachable
from deploy.publishing import NotPublished
from deploy.reckoning import NotReckoned
from deploy.settled import Unsettled
from deploy.stack import StackFailed
from deploy.tenant import Occupied
from libs.events.log.envelope import Undecodable
from libs.events.log.port import LogUnavailable, LostTail, OffsetOutOfRange, UnfitTopic
from libs.events.log.sequence import Gap, Impostor
from libs.events.store.port import Conflict, Fenced, StoreUnavailable
from libs.events.upkeep.alone import UnderWay
from libs.events.upkeep.rebuild import NotDrained, OtherRelease


class NoDatabase(Exception):
    """There is no database to work in; the message says what to do."""


SENTENCES = (
    NoDatabase, StackFailed, Occupied, PostgresFailed, KafkaFailed, Unreachable, ImportStopped, BadMapping, BadSource,
    NotPublished, NotReckoned, NotDrained, OtherRelease, UnderWay, Unsettled,
)  # fmt: skip
"""Their own message says what is wrong and what to do."""

REMEDIES: Sequence[tuple[tuple[type[Exception], ...], str]] = (
    (
        (asyncpg.InvalidAuthorizationSpecificationError, asyncpg.InvalidCatalogNameError),
        "{where} does not let us in: {error}. Give the services' user, password and database in " + OPTION + ".",
    ),
    (
        (asyncpg.ClientConfigurationError,),
        "The database's address cannot be used: {error}. Write " + FORM + " in " + OPTION + ".",
    ),
    (
        (asyncpg.InsufficientPrivilegeError,),
        "{where} refuses: {error}. Give the user of the services in " + OPTION + ".",
    ),
    (
        (asyncpg.UndefinedTableError, asyncpg.UndefinedColumnError, asyncpg.InvalidSchemaNameError, UnfitTopic),
        "Something is missing: {error}. Services make their tables when they start: start them all once, or give "
        "the addresses that they have.",
    ),
    (
        (asyncpg.DeadlockDetectedError, asyncpg.SerializationError, asyncpg.LockNotAvailableError, Conflict, Fenced),
        "Another command was quicker: {error}. Run the same command again.",
    ),
    (
        (Gap, LostTail, OffsetOutOfRange),
        "Events that were sent are not on the log: {error}. See EventMissing in docs/operating.md.",
    ),
    (
        (Impostor, Undecodable),
        "The log has events that no service of ours wrote: {error}. See PartitionStopped in docs/operating.md.",
    ),
    (
        (LogUnavailable,),
        "The log cannot be read: {error}. Is it running, and is its address right? Then run the same command again.",
    ),
    (
        (
            StoreUnavailable, OSError, asyncpg.PostgresConnectionError, asyncpg.OperatorInterventionError,
            asyncpg.InsufficientResourcesError, asyncpg.InterfaceError, asyncpg.InternalClientError,
        ),
        "{where} cannot be reached: {error}. Is it running (ours with `loopdesk up`)? Or give its address in " + OPTION + ".",
    ),
    (
        (asyncpg.PostgresError,),
        "{where} refuses: {error}. Run the same command again; if it stays, PostgreSQL's log says more.",
    ),
)  # fmt: skip
"""The error and what to do about it; the first entry that fits counts."""

errors = Console(stderr=True)


@contextmanager
def told(database: str | None = None) -> Iterator[None]:
    """End the command with exit code 1 and a word on stderr where it cannot go on; what is our own fault passes, unabridged.

    `database` is the address of the one that the command works in, empty for our own.
    """
    try:
        yield
    except Exception as error:
        said = _said(error, database)
        if said is None:
            raise
        errors.print(f"[red]stopped:[/] {escape(said)}", soft_wrap=True, highlight=False)
        raise typer.Exit(1) from None


def _said(error: BaseException, database: str | None) -> str | None:
    if isinstance(error, SENTENCES):
        return str(error)
    if isinstance(error, httpx.TransportError):
        return f"{error.request.url} cannot be reached: {_first_line(error)}. Is the service running there?"
    if database is None:
        return str(error) if isinstance(error, OSError) else None
    remedy = next((text for kinds, text in REMEDIES if isinstance(error, kinds)), None)
    return remedy and remedy.format(where=_where(database), error=_first_line(error))


def _first_line(error: BaseException) -> str:
    """Return an error's message, without the details below it and the full stop."""
    return (str(error).strip() or type(error).__name__).splitlines()[0].rstrip(".")


def _where(database: str) -> str:
    """Name the server by the address after the password."""
    return f"PostgreSQL at {urlsplit(database).netloc.rpartition('@')[2]}".removesuffix(" at ")
