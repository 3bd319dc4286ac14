"""PostgreSQL's errors in the port's words."""

from collections.abc import Iterator
from contextlib import contextmanager

from libs.events.log.outages import QUICKER, is_full, is_impossible, is_outage, reason
from libs.events.store.port import Conflict, NoRoom, StoreUnavailable, Unstorable


@contextmanager
def translated() -> Iterator[None]:
    """Say in the port's words what PostgreSQL said in its own."""
    try:
        yield
    except QUICKER as error:
        raise Conflict(str(error)) from error
    except Exception as error:
        if is_impossible(error):
            raise Unstorable(str(error)) from error
        if is_outage(error):
            raise (NoRoom if is_full(error) else StoreUnavailable)(reason(error)) from error
        raise
