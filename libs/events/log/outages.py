"""What asyncpg raises, sorted once for everybody: the database is away, somebody was quicker, or a value is impossible."""

from collections.abc import Iterator

import asyncpg

QUICKER = (
    asyncpg.SerializationError,
    asyncpg.DeadlockDetectedError,
    asyncpg.UniqueViolationError,
    asyncpg.LockNotAvailableError,
)
"""Another transaction was in the way; trying again at once is right."""

IMPOSSIBLE = (asyncpg.DataError, asyncpg.IntegrityConstraintViolationError, asyncpg.ProgramLimitExceededError)
"""The database refuses a value; trying again is no use."""

UNWRITABLE = (asyncpg.UntranslatableCharacterError, asyncpg.CharacterNotInRepertoireError)
"""A text has a character that the database cannot keep."""

_AWAY = (
    OSError,  # a TimeoutError is one
    asyncpg.PostgresConnectionError,
    asyncpg.OperatorInterventionError,
    asyncpg.IdleInTransactionSessionTimeoutError,
    asyncpg.TransactionTimeoutError,
    asyncpg.ReadOnlySQLTransactionError,
    asyncpg.InsufficientResourcesError,
    asyncpg.PostgresSystemError,
    asyncpg.InterfaceError,  # a connection that was closed under a question
    asyncpg.InternalClientError,  # the same, when it was closed in the middle of the answer
)


def is_outage(error: BaseException) -> bool:
    """Test whether the database, or the way to it, is away; trying again later is right."""
    return isinstance(error, _AWAY) and not is_impossible(error) and not _is_misuse(error)


def is_impossible(error: BaseException) -> bool:
    """Test whether a value is to blame; asyncpg finds some itself, and calls that a misuse of its interface."""
    return isinstance(error, IMPOSSIBLE) or (isinstance(error, asyncpg.InterfaceError) and isinstance(error, ValueError))


def _is_misuse(error: BaseException) -> bool:
    # asyncpg has one class for a connection that was closed and for its own misuse; only the words tell them apart.
    return isinstance(error, asyncpg.InterfaceError) and "another operation is in progress" in str(error)


def is_full(error: BaseException) -> bool:
    """Test whether the database has no room on its disk."""
    return any(isinstance(one, asyncpg.DiskFullError) for one in _behind(error))


def reason(error: BaseException) -> str:
    """Return why the database is away, in the server's own words if there are any."""
    # Leaving a block that a closed connection was used in raises again; what was said first says more.
    first = [one for one in _behind(error) if is_outage(one)][-1:] or [error]
    said = str(first[0]) or type(first[0]).__name__
    if isinstance(first[0], OSError):
        return f"PostgreSQL cannot be reached: {said}"
    return f"PostgreSQL broke off: {said}"


def _behind(error: BaseException) -> Iterator[BaseException]:
    seen: set[int] = set()
    one: BaseException | None = error
    while one is not None and id(one) not in seen:
        seen.add(id(one))
        yield one
        one = one.__cause__ or (None if one.__suppress_context__ else one.__context__)
