"""A row is a class: declared once, it becomes the kernel's row, and nonsense is refused where it is written."""

from collections.abc import Callable
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import msgspec
import pytest

from libs.events.words.column import big, column, deprecated, hours, instant, json, key, microseconds, shown, word
from libs.events.words.row import Index, Row, TableRow, columns

AT = datetime(2026, 3, 2, tzinfo=UTC)


@columns("toys", indexes=[Index("toys_by_maker", ("maker",))])
class Toy(TableRow):
    """One row per toy."""

    toy_id: str = key("The toy")
    maker: str = word("The maker")
    sold_at: datetime | None = instant("When it was sold")
    wait_us: int | None = microseconds("How long it stood on the shelf")
    old_us = deprecated("wait_us")
    is_sold = shown(bool, "sold_at is not null", "Whether it was sold")
    wait_hours = hours("wait_us")
    old_hours = deprecated("wait_hours")
    colours: list[str] = json("Its colours")
    pieces: int = column("How many pieces it has")


@columns()
class Day(TableRow):
    day: date = key("The day")


@columns("sold", additive=True)
class Sold(Day):
    """Toys sold."""

    maker: str = key("The maker")
    toys: int = big("Toys sold")


TOY = Toy(toy_id="t", maker="m", sold_at=None, wait_us=7, colours=["red"], pieces=2)


def test_an_instance_is_the_kernel_s_row() -> None:
    assert TOY.row == Row("toys", ("t",), ("m", None, 7, msgspec.Raw(b'["red"]'), 2))
    assert Sold(day=AT.date(), maker="m", toys=2).row == Row("sold", (AT.date(), "m"), (2,))


def test_a_row_is_frozen_and_every_value_is_named() -> None:
    with pytest.raises(AttributeError):
        TOY.pieces = 3  # type: ignore[misc]
    with pytest.raises(TypeError, match="pieces"):
        Toy(toy_id="t", maker="m", sold_at=None, wait_us=7, colours=[])  # type: ignore[call-arg]
    with pytest.raises(TypeError):
        Toy("t", "m", None, 7, [], 2)  # type: ignore[misc]


def test_columns_say_what_they_are_in_the_view_s_order() -> None:
    assert [(one.name, one.type, one.is_null, one.sql) for one in Toy.__table__.columns] == [
        ("toy_id", "text", False, ""),
        ("maker", "text", False, ""),
        ("sold_at", "timestamptz", True, ""),
        ("wait_us", "bigint", True, ""),
        ("old_us", "bigint", True, '"wait_us"'),
        ("is_sold", "boolean", True, "sold_at is not null"),
        ("wait_hours", "numeric", True, "round(wait_us / 3600000000::numeric, 6)"),
        ("old_hours", "numeric", True, "round(wait_us / 3600000000::numeric, 6)"),
        ("colours", "jsonb", False, ""),
        ("pieces", "integer", False, ""),
    ]
    assert Toy.__table__.comment == "One row per toy."
    assert [one.comment for one in Toy.__table__.columns][1:5] == [
        "The maker; empty when unknown",
        "When it was sold; null when it has not happened or is not known",
        "How long it stood on the shelf, in microseconds; null when an end is missing or lies before its start",
        "Deprecated: read wait_us, which it is",
    ]
    assert [one.name for one in Toy.__table__.stored if one.is_key] == ["toy_id"]
    assert (Toy.__table__.additive, Sold.__table__.additive) == (False, True)


def test_columns_are_inherited_in_front() -> None:
    assert [one.name for one in Sold.__table__.stored] == ["day", "maker", "toys"]


def test_what_is_read_back_is_the_row() -> None:
    assert msgspec.convert(msgspec.to_builtins(TOY), Toy) == TOY


def without_a_kind() -> None:
    @columns("bad")
    class Bad(TableRow):
        """Bad."""

        a: str = key("The key")
        team: str


def without_a_type() -> None:
    @columns("bad")
    class Bad(TableRow):
        """Bad."""

        team = word("The team")


def of_a_type_that_no_column_has() -> None:
    @columns("bad")
    class Bad(TableRow):
        """Bad."""

        a: str = key("The key")
        scores: list[int] = column("The scores")


def test_a_key_that_grew_stands_behind_in_the_view_and_in_front_in_the_table() -> None:
    @columns("grown")
    class Grown(TableRow):
        """A table that had a shorter key."""

        a: str = key("The key")
        team: str = word("The team")
        b: int = key("More of the key")

    assert [one.name for one in Grown.__table__.columns] == ["a", "team", "b"]
    assert Grown(a="x", team="t", b=2).row == ("grown", ("x", 2), ("t",))


def without_a_key() -> None:
    @columns("bad")
    class Bad(TableRow):
        """Bad."""

        team: str = word("The team")


def adding_up_words() -> None:
    @columns("bad", additive=True)
    class Bad(TableRow):
        """Bad."""

        a: str = key("The key")
        team: str = word("The team")


def silent() -> None:
    @columns("bad")
    class Bad(TableRow):
        a: str = key("The key")


def with_a_silent_column() -> None:
    @columns("bad")
    class Bad(TableRow):
        """Bad."""

        a: str = key("The key")
        b: int = column("")


@pytest.mark.parametrize(
    ("declare", "because"),
    [
        (without_a_kind, "what is team"),
        (without_a_type, "team needs a type"),
        (of_a_type_that_no_column_has, "scores: no column keeps"),
        (without_a_key, "a table has a key"),
        (adding_up_words, "whole numbers"),
        (silent, "docstring"),
        (with_a_silent_column, "docstring"),
    ],
    ids=lambda one: getattr(one, "__name__", None),
)
def test_a_class_is_refused(declare: Callable[[], Any], because: str) -> None:
    with pytest.raises(TypeError, match=because):
        declare()


def test_hours_are_exact_numbers() -> None:
    assert shown(Decimal, "a / b", "A share").type == "numeric"
