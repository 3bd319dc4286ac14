"""Compares the analysts' views with the truth: counts exactly, durations to a millionth of an hour, cases word by
word."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

HOURS_OFF_MAX = 1e-6


@dataclass(frozen=True, slots=True)
class Checked:
    """One number of one figure; `ours` has our own figure of that name, if its definition differs."""

    figure: str
    read: Any
    truth: Any
    ours: str = ""

    @property
    def is_equal(self) -> bool:
        if self.read is None:
            return False
        if isinstance(self.truth, float):
            return abs(float(self.read) - self.truth) <= HOURS_OFF_MAX
        return bool(self.read == self.truth)


@dataclass(frozen=True, slots=True)
class Difference:
    """One word of one case that differs from the truth."""

    case: str
    column: str
    read: str | None
    truth: str | None


def checked(path: str, read: Mapping[str, Any], truth: Mapping[str, Any], ours: str = "") -> Iterator[Checked]:
    """Compare one figure's numbers with the truth's at `path` (names with dots between)."""
    expected: Any = truth
    # The names in a path may have spaces, never dots.
    for name in path.split("."):
        expected = expected[int(name)] if isinstance(expected, list) else expected[name]
    if "figure" in read:
        yield Checked(path, read["figure"], expected, ours)
        return
    for name, value in read.items():
        yield Checked(f"{path} {name}", value, expected[name], ours)


def differences(read: Mapping[str, Mapping[str, str | None]], truth: Mapping[str, Mapping[str, str]]) -> Iterator[Difference]:
    """Compare cases; a case that only one side has differs, too."""
    for case in sorted(read.keys() | truth.keys()):
        if case not in read or case not in truth:
            yield Difference(case, "(the case)", _there(case in read), _there(case in truth))
            continue
        for column in read[case].keys() - {"request"}:
            # Minus zero is the same figure.
            value, expected = read[case][column], truth[case][column].replace("-0.000000", "0.000000")
            if value != expected:
                yield Difference(case, column, value, expected)


def _there(is_there: bool) -> str:
    return "there" if is_there else "missing"
