"""From the class of a row to SQL: the table, the view, and the row that is read back."""

from datetime import UTC, date, datetime

import asyncpg
from sqlalchemy import MetaData
from sqlalchemy.dialects import postgresql
from sqlalchemy.schema import CreateIndex, CreateTable

from libs.events.store.asked import names_of, read
from libs.events.store.projection import Projection
from libs.events.store.tables import tables_of, views_of
from libs.events.words.column import big, column, deprecated, hours, json, key, microseconds, word
from libs.events.words.row import Index, TableRow, columns

AT = datetime(2026, 3, 2, 9, tzinfo=UTC)


@columns("toys", indexes=(Index("toys_by_maker", ("maker", "coalesce(wait_us, 0)"), where="maker <> ''"),))
class Toy(TableRow):
    """One row per toy; it's new."""

    toy_id: str = key("The toy")
    maker: str = word("The maker's name")
    wait_us: int | None = microseconds("How long it stood on the shelf")
    old_hours = deprecated("wait_hours")
    wait_hours = hours("wait_us")
    colours: list[str] = json("Its colours")
    sold_at: datetime | None = column("When it was sold")


@columns("sold", additive=True)
class Sold(TableRow):
    """Toys sold."""

    day: date = key("The day")
    toys: int = big("How many")
    pieces: int = big("How many pieces they had")


TOYS = [
    Toy(toy_id="a", maker="m", wait_us=5_400_000_000, colours=["red", "绿"], sold_at=AT),
    Toy(toy_id="b", maker="", wait_us=None, colours=[], sold_at=None),
]


def sql(statement: object) -> str:
    dialect = postgresql.dialect()
    return " ".join(str(statement.compile(dialect=dialect)).split())  # type: ignore[attr-defined]


def test_the_table_is_what_the_class_says() -> None:
    table = tables_of(Toy, Sold).tables["toys"]
    assert sql(CreateTable(table)) == (
        "CREATE TABLE toys ( toy_id TEXT NOT NULL, maker TEXT NOT NULL, wait_us BIGINT, colours JSONB NOT NULL, "
        "sold_at TIMESTAMP WITH TIME ZONE, PRIMARY KEY (toy_id) )"
    )
    [index] = table.indexes
    assert sql(CreateIndex(index)) == "CREATE INDEX toys_by_maker ON toys (maker, coalesce(wait_us, 0)) WHERE maker <> ''"
    assert (table.comment, table.columns["maker"].comment) == (
        "One row per toy; it's new.",
        "The maker's name; empty when unknown",
    )


def test_sums_are_marked() -> None:
    assert {name: table.info["additive"] for name, table in tables_of(Toy, Sold).tables.items()} == {"toys": False, "sold": True}


async def test_what_is_written_is_shown_and_read_back(database_url: str) -> None:
    connection = await asyncpg.connect(database_url)
    await connection.execute("create schema shop; create schema shop_v1")
    tables = MetaData(schema="shop_v1")
    for table in tables_of(Toy, Sold).sorted_tables:
        await connection.execute(sql(CreateTable(table.to_metadata(tables, schema="shop_v1"))))
    sums = [Sold(day=AT.date(), toys=2, pieces=0).row, Sold(day=date(2026, 3, 3), toys=0, pieces=0).row]
    for statement, arrays in Projection("shop_v1", tables_of(Toy, Sold)).statements([*(toy.row for toy in TOYS), *sums], [], {}):
        await connection.execute(statement, *arrays)
    await connection.execute(views_of("shop", Toy, Sold).replace("{data}", "shop_v1"))
    shown = await connection.fetch("select * from shop.toys order by toy_id")
    assert [*shown[0].keys()] == ["toy_id", "maker", "wait_us", "old_hours", "wait_hours", "colours", "sold_at"]
    assert [(row["wait_hours"], row["old_hours"]) for row in shown] == [(1.5, 1.5), (None, None)]
    assert [read(Toy, row) for row in await connection.fetch(f"select {names_of(Toy)} from shop.toys order by toy_id")] == TOYS
    # What adds up to nothing is not shown.
    assert [row["day"] for row in await connection.fetch("select * from shop.sold")] == [AT.date()]
    says = "select col_description('shop.toys'::regclass, 2), obj_description('shop.toys'::regclass, 'pg_class')"
    assert tuple(await connection.fetchrow(says)) == ("The maker's name; empty when unknown", "One row per toy; it's new.")
    await connection.close()
