"""The kinds of columns. Every one carries a comment, which is kept in the database."""

from typing import Any

from sqlalchemy import BigInteger, Boolean, Column, DateTime, Integer, MetaData, Text
from sqlalchemy.types import TypeEngine

METADATA = MetaData()


def column(kind: TypeEngine[Any], name: str, comment: str, null: bool = False) -> Column[Any]:
    """Return a column that says what it is."""
    return Column(name, kind, comment=comment, nullable=null)


def word(name: str, comment: str) -> Column[Any]:
    """Return a text that is empty when unknown."""
    return column(Text(), name, f"{comment}; empty when unknown")


def at(name: str, comment: str) -> Column[Any]:
    """Return an instant."""
    return column(DateTime(timezone=True), name, f"{comment}; null when it has not happened or is not known", null=True)


def us(name: str, comment: str) -> Column[Any]:
    """Return a duration."""
    unknown = "null when an end is missing or lies before its start"
    return column(BigInteger(), name, f"{comment}, in microseconds; {unknown}", null=True)


def count(name: str, comment: str) -> Column[Any]:
    """Return a whole number."""
    return column(Integer(), name, comment)


def flag(name: str, comment: str) -> Column[Any]:
    """Return a yes or no."""
    return column(Boolean(), name, comment)


def case_id() -> Column[Any]:
    """Return the case that a row belongs to."""
    return Column("case_id", Text(), primary_key=True, comment="The case")


def part(name: str, comment: str) -> Column[Any]:
    """Return a word of the primary key."""
    return Column(name, Text(), primary_key=True, comment=comment)


def number(of: str) -> Column[Any]:
    """Return the number of a case's part."""
    return Column("n", Integer(), primary_key=True, comment=f"The {of}'s number within the case, from 1")
