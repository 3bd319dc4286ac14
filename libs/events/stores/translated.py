"""PostgreSQL's errors in the port's words."""

from collections.abc import Iterator
from contextlib import contextmanager

import asyncpg

from libs.events.store import (
    Conflict,
    StoreUnavailable,
    Unstorable,
)


@contextmanager
def translated() -> Iterator[None]:
    """Say in the port's words what PostgreSQL said in its own."""
    try:
        yield
    except (
        asyncpg.SerializationError,
        asyncpg.DeadlockDetectedError,
        asyncpg.UniqueViolationError,
        asyncpg.LockNotAvailableError,
    ) as error:
        raise Conflict(str(error)) from error
    except (asyncpg.DataError, asyncpg.IntegrityConstraintViolationError, asyncpg.ProgramLimitExceededError) as error:
        raise Unstorable(str(error)) from error
    except (
        TimeoutError,
        OSError,
        asyncpg.PostgresConnectionError,
        asyncpg.OperatorInterventionError,
        asyncpg.IdleInTransactionSessionTimeoutError,
        asyncpg.InsufficientResourcesError,
        asyncpg.InterfaceError,
    ) as error:
        raise StoreUnavailable(f"PostgreSQL cannot be reached: {error}") from error
