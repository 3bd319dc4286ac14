"""Rows as PostgreSQL's unnest wants them: one statement writes any number."""

from collections.abc import Sequence
from typing import Any


def columns(rows: Sequence[Sequence[Any]], width: int) -> list[list[Any]]:
    """Turn rows into columns."""
    return [list(column) for column in zip(*rows, strict=True)] or [[] for _ in range(width)]
