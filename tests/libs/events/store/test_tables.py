"""From the class of a row to SQL: the table, the view, and the row that is read back."""

from datetime import UTC, date, datetime

import asyncpg

from libs.events.store.asked import names_of, read
from libs.events.store.projection import Projection
from libs.events.store.tables import table_in, tables_of, views_of
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
    colours: list[str] = json("Its colours, 100 % of them: all")
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


def test_the_table_is_what_the_class_says() -> None:
    assert [" ".join(one.split()) for one in table_in("shop_v1", Toy.__table__).split(";\n")] == [
        "CREATE TABLE shop_v1.toys ( toy_id text NOT NULL, maker text NOT NULL, wait_us bigint, colours jsonb NOT NULL, "
        "sold_at timestamptz, PRIMARY KEY (toy_id) )",
        "CREATE INDEX toys_by_maker ON shop_v1.toys (maker, coalesce(wait_us, 0)) WHERE maker <> ''",
        "COMMENT ON TABLE shop_v1.toys IS 'One row per toy; it''s new.'",
        "COMMENT ON COLUMN shop_v1.toys.toy_id IS 'The toy'",
        "COMMENT ON COLUMN shop_v1.toys.maker IS 'The maker''s name; empty when unknown'",
        "COMMENT ON COLUMN shop_v1.toys.wait_us IS 'How long it stood on the shelf, in microseconds; null when an end is missing "
        "or lies before its start'",
        "COMMENT ON COLUMN shop_v1.toys.colours IS 'Its colours, 100 % of them: all'",
        "COMMENT ON COLUMN shop_v1.toys.sold_at IS 'When it was sold'",
    ]


def test_sums_are_marked() -> None:
    assert {name: table.additive for name, table in tables_of(Toy, Sold).items()} == {"toys": False, "sold": True}


async def test_what_is_written_is_shown_and_read_back(database_url: str) -> None:
    connection = await asyncpg.connect(database_url)
    await connection.execute("create schema shop; create schema shop_v1")
    for row in (Toy, Sold):
        await connection.execute(table_in("shop_v1", row.__table__))
    sums = [Sold(day=AT.date(), toys=2, pieces=0).row, Sold(day=date(2026, 3, 3), toys=0, pieces=0).row]
    for statement, rows in Projection("shop_v1", tables_of(Toy, Sold)).statements([*(toy.row for toy in TOYS), *sums], [], {}):
        await connection.execute(statement, rows)
    await connection.execute(views_of("shop", tables_of(Toy, Sold).values()).replace("{data}", "shop_v1"))
    shown = await connection.fetch("select * from shop.toys order by toy_id")
    assert [*shown[0].keys()] == ["toy_id", "maker", "wait_us", "old_hours", "wait_hours", "colours", "sold_at"]
    assert [(row["wait_hours"], row["old_hours"]) for row in shown] == [(1.5, 1.5), (None, None)]
    assert [read(Toy, row) for row in await connection.fetch(f"select {names_of(Toy)} from shop.toys order by toy_id")] == TOYS
    # What adds up to nothing is not shown.
    assert [row["day"] for row in await connection.fetch("select * from shop.sold")] == [AT.date()]
    says = "select col_description('shop.toys'::regclass, 2), obj_description('shop.toys'::regclass, 'pg_class')"
    assert tuple(await connection.fetchrow(says)) == ("The maker's name; empty when unknown", "One row per toy; it's new.")
    await connection.close()
