"""Questions to a service's tables, whose errors come in the port's words: conditions, rows as they are read back, words."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any, TypeAlias, TypeVar

import asyncpg
import msgspec

from libs.events.log.outages import QUICKER, is_full, is_impossible, is_outage, reason
from libs.events.store.port import Conflict, NoRoom, StoreUnavailable, Unstorable
from libs.events.store.projection import touched
from libs.events.words.row import TableRow

Database: TypeAlias = "asyncpg.Pool[Any] | asyncpg.Connection[Any]"
"""What a question is put to."""

R = TypeVar("R", bound=TableRow)


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


class Questions:
    """Single statements, each on a connection of its own."""

    def __init__(self, pool: "asyncpg.Pool[Any]") -> None:
        self.pool = pool

    async def fetch(self, sql: str, *values: Any) -> list[Any]:
        with translated():
            return await self.pool.fetch(sql, *values)

    async def fetchrow(self, sql: str, *values: Any) -> Any:
        with translated():
            return await self.pool.fetchrow(sql, *values)

    async def fetchval(self, sql: str, *values: Any) -> Any:
        with translated():
            return await self.pool.fetchval(sql, *values)

    async def execute(self, sql: str, *values: Any) -> int:
        """Return how many rows it touched."""
        with translated():
            return touched(await self.pool.execute(sql, *values))


def asked(
    filters: Mapping[str, Any],
    *,
    order: str = "",
    after: tuple[Any, ...] | None = None,
    first: int = 1,
    descending: bool = False,
) -> tuple[str, list[Any]]:
    """Return the condition and its values: `team =` → `mei`; what is None was not asked for, and takes all.

    The values are numbered from `first`. `order` are the columns of the list's order, `after` those of the row behind which it
    goes on.
    """
    given = [(words, value) for words, value in filters.items() if value is not None]
    conditions = [f"{words} ${number}" for number, (words, _) in enumerate(given, first)]
    values = [value for _, value in given]
    if after is not None:
        places = ", ".join(f"${number}" for number in range(first + len(values), first + len(values) + len(after)))
        conditions.append(f"({order}) {'<' if descending else '>'} ({places})")
        values += after
    return " and ".join(conditions) or "true", values


def names_of(row: type[TableRow]) -> str:
    """Return the columns to select."""
    return ", ".join(one.name for one in row.__table__.stored)


def read(row: type[R], record: Mapping[str, Any]) -> R:
    """Return a row that the database holds; what is kept as JSON comes as text."""
    stored = row.__table__.stored
    values = {one.name: _value(record[one.name]) if one.type == "jsonb" else record[one.name] for one in stored}
    return msgspec.convert(values, row)


def _value(text: str | None) -> Any:
    return None if text is None else msgspec.json.decode(text)


async def words_of(db: Database, service: str, case_id: str) -> dict[str, str]:
    """Return what people wrote freely about a case (libs/events/words/free.py), by reference."""
    rows = await db.fetch(f"select reference, words from {service}_core.words where case_id = $1 order by reference", case_id)
    return {row["reference"]: row["words"] for row in rows}


async def forget_words(db: Database, service: str, case_id: str) -> int:
    """Forget what was written about a case, and return how many texts that were."""
    return touched(await db.execute(f"delete from {service}_core.words where case_id = $1", case_id))
