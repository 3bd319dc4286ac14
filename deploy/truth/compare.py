"""Sets what analysts read beside the truth: counts exactly, durations to a millionth of an hour, cases word by word."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

HOURS_OFF_MAX = 1e-6


@dataclass(frozen=True, slots=True)
class Line:
    """One number of one figure; `ours` says what our own figure of that name is, where it is defined otherwise."""

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
    """One word of one case that is not as the truth has it."""

    case: str
    column: str
    read: str | None
    truth: str | None


def lines(path: str, read: Mapping[str, Any], truth: Mapping[str, Any], ours: str = "") -> Iterator[Line]:
    """Set one figure's numbers beside the truth's at `path` (dots part names)."""
    expected: Any = truth
    # The names in a path may have spaces, never dots.
    for name in path.split("."):
        expected = expected[int(name)] if isinstance(expected, list) else expected[name]
    if "figure" in read:
        yield Line(path, read["figure"], expected, ours)
        return
    for name, value in read.items():
        yield Line(f"{path} {name}", value, expected[name], ours)


def differences(read: Mapping[str, Mapping[str, str | None]], truth: Mapping[str, Mapping[str, str]]) -> Iterator[Difference]:
    """Set cases side by side; one that only one side has differs too."""
    for case in sorted(read.keys() | truth.keys()):
        if case not in read or case not in truth:
            yield Difference(case, "(the case)", _there(case in read), _there(case in truth))
            continue
        for column in read[case].keys() - {"request"}:
            # A float's minus zero is no other figure.
            value, expected = read[case][column], truth[case][column].replace("-0.000000", "0.000000")
            if value != expected:
                yield Difference(case, column, value, expected)


def _there(is_there: bool) -> str:
    return "there" if is_there else "missing"
