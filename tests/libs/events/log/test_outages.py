"""Every error of asyncpg is an outage, a conflict, an impossible value, or our own fault; and says why."""

import asyncpg
import pytest
from asyncpg.exceptions import _base

from libs.events.log.outages import QUICKER, is_full, is_impossible, is_outage, reason
from libs.events.store.asked import translated
from libs.events.store.port import Conflict, NoRoom, StoreUnavailable, Unstorable

IDLE = "terminating connection due to idle-in-transaction timeout"
ERRORS = [
    ("nobody listens", ConnectionRefusedError(111, "refused"), StoreUnavailable),
    ("the network broke", ConnectionResetError(104, "reset"), StoreUnavailable),
    ("nobody answers", TimeoutError(), StoreUnavailable),
    ("the server starts or stops", asyncpg.CannotConnectNowError("starting up"), StoreUnavailable),
    ("an operator ends it", asyncpg.AdminShutdownError("terminating"), StoreUnavailable),
    ("a neighbour crashed", asyncpg.CrashShutdownError("crash of another process"), StoreUnavailable),
    ("a question was cancelled", asyncpg.QueryCanceledError("statement timeout"), StoreUnavailable),
    ("closed in the middle", asyncpg.ConnectionDoesNotExistError("closed in the middle of operation"), StoreUnavailable),
    ("closed in the middle of an answer", asyncpg.InternalClientError("cannot switch to state 15"), StoreUnavailable),
    ("the protocol broke", _base.ProtocolError("unexpected message"), StoreUnavailable),
    ("closed before", asyncpg.InterfaceError("connection is closed"), StoreUnavailable),
    ("given back", asyncpg.InterfaceError("connection has been released back to the pool"), StoreUnavailable),
    ("rested too long", asyncpg.IdleInTransactionSessionTimeoutError(IDLE), StoreUnavailable),
    ("took too long", asyncpg.TransactionTimeoutError("transaction timeout"), StoreUnavailable),
    ("too many come", asyncpg.TooManyConnectionsError("sorry, too many clients already"), StoreUnavailable),
    ("no memory", asyncpg.OutOfMemoryError("out of memory"), StoreUnavailable),
    ("no room", asyncpg.DiskFullError("could not extend file"), NoRoom),
    ("a broken disk", asyncpg.PostgresIOError("could not read block"), StoreUnavailable),
    ("a standby", asyncpg.ReadOnlySQLTransactionError("cannot execute INSERT"), StoreUnavailable),
    ("a quarrel", asyncpg.DeadlockDetectedError("deadlock"), Conflict),
    ("another was quicker", asyncpg.UniqueViolationError("duplicate key"), Conflict),
    ("a NUL", asyncpg.CharacterNotInRepertoireError("0x00"), Unstorable),
    ("asyncpg refuses a value", _base.DataError("invalid input for query argument $1"), Unstorable),
    ("two at once on one connection", asyncpg.InterfaceError("another operation is in progress"), asyncpg.InterfaceError),
    ("our SQL is wrong", asyncpg.PostgresSyntaxError("syntax error"), asyncpg.PostgresSyntaxError),
    ("our code is wrong", KeyError("x"), KeyError),
]


@pytest.mark.parametrize(("why", "error", "becomes"), ERRORS, ids=[why for why, _, _ in ERRORS])
def test_what_asyncpg_raises_becomes(why, error, becomes):
    with pytest.raises(Exception) as raised, translated():
        raise error
    assert raised.type is becomes
    assert is_outage(error) is issubclass(becomes, StoreUnavailable)
    assert (is_impossible(error), is_full(error)) == (becomes is Unstorable or isinstance(error, QUICKER[2]), becomes is NoRoom)
    if issubclass(becomes, StoreUnavailable):
        assert str(error) in str(raised.value)
        assert str(raised.value).startswith(
            "PostgreSQL cannot be reached" if isinstance(error, OSError) else "PostgreSQL broke off"
        )


def test_every_way_in_which_a_server_ends_a_connection_is_an_outage():
    """Classes 08, 53, 57 and 58 of SQLSTATE are about the server, not about the question."""
    classes = [
        one for one in vars(asyncpg.exceptions).values() if isinstance(one, type) and issubclass(one, asyncpg.PostgresError)
    ]
    of_server = [one for one in classes if (one.sqlstate or "")[:2] in ("08", "53", "57", "58")]
    assert len(of_server) > 15
    assert [one.__name__ for one in of_server if not is_outage(one("x"))] == []


def test_what_was_said_first_is_the_reason():
    with pytest.raises(StoreUnavailable, match=IDLE), translated():
        try:
            raise asyncpg.ConnectionDoesNotExistError(f"connection was closed in the middle of operation: {IDLE}")
        finally:
            raise asyncpg.InterfaceError("cannot call Transaction.__aexit__(): the underlying connection is closed")


def test_a_reason_without_words_is_named():
    assert reason(TimeoutError()) == "PostgreSQL cannot be reached: TimeoutError"
