"""Sensible steps of an axis of numbers: 1, 2, 5 and their like, or whole minutes, hours and days for lengths of time."""

from collections.abc import Iterator
from math import ceil, floor, log10

_SECONDS = (1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 10_800, 21_600, 43_200, 86_400)
_DAY = 86_400


def nice_step(least: float, *, seconds: bool = False) -> float:
    """Return the smallest round step that is no less than what is given."""
    if seconds and least > 0.5:
        for step in _SECONDS:
            if step >= least:
                return step
        return _round(least / _DAY) * _DAY
    return _round(least)


def _round(least: float) -> float:
    power = 10.0 ** floor(log10(least))
    return next(factor * power for factor in (1, 2, 5, 10) if factor * power >= least * (1 - 1e-9))


def steps_of(low: float, high: float, most: int, *, seconds: bool = False) -> Iterator[float]:
    """Yield round numbers from low to high, about as many as there is room for."""
    if high <= low:
        yield low
        return
    step = nice_step((high - low) / most, seconds=seconds)
    for place in range(ceil(low / step - 1e-9), floor(high / step + 1e-9) + 1):
        yield place * step
