"""The write side. Its rows are being made."""

from benchmarks.measure import Row


def rows() -> list[Row]:
    return []
