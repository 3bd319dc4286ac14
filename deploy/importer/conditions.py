"""When a rule fits: tests of a row's columns and of the row before it. There are no expressions, only this table of
words."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from deploy.importer.part import Part

Row = tuple[str, ...]
"""The cells that a mapping uses, in the order of `Mapping.columns`; a missing value is the empty word."""

Fits = Callable[[Row, Row | None], bool]
"""(this row, the row before it in its case) -> does the condition hold."""

WORDS = ("is", "in", "not_in", "starts_with", "ends_with", "contains", "not", "missing", "changed", "previous")


@dataclass(frozen=True, slots=True)
class Test:
    """Tests of one column. All that are given must hold; None means not given."""

    column: str
    is_in: frozenset[str] | None = None
    not_in: frozenset[str] | None = None
    starts_with: tuple[str, ...] | None = None
    ends_with: tuple[str, ...] | None = None
    contains: tuple[str, ...] | None = None
    inverse: "Test | None" = None
    missing: bool | None = None
    changed: bool | None = None
    previous: "Test | None" = None

    @property
    def present(self) -> bool:
        """Test whether the column certainly has a value if this holds."""
        words = (self.is_in, self.starts_with, self.ends_with, self.contains)
        return any(one is not None for one in words) or self.missing is False


Condition = tuple[tuple[Test, ...], ...]
"""The condition holds if all tests of one group hold. One empty group always holds."""

ALWAYS: Condition = ((),)


def read_condition(part: Part) -> Condition:
    """Return the condition under `when`: a mapping (all must hold) or a list of such mappings (any may)."""
    if part.value is None:
        return ALWAYS
    groups = part.items() if isinstance(part.value, list) else [part]
    if not groups:
        part.fault("is empty; write `column: word`, or leave out `when`")
    return tuple(tuple(_read_test(name, test) for name, test in group.entries().items()) for group in groups)


def _read_test(column: str, part: Part) -> Test:
    if isinstance(part.value, str | list):
        return Test(column, is_in=frozenset(part.words("Closed")))
    part.known(WORDS)
    if not part.entries():
        part.fault("says nothing; write `column: word` or `column: {missing: no}`")
    if part.has("is") and part.has("in"):
        part.fault("has both `is` and `in`; write one of them")
    said: dict[str, Any] = {field: part.part(key).words(example) for key, (field, example) in _OF_WORDS.items() if part.has(key)}
    for key in ("starts_with", "ends_with", "contains"):
        if "" in said.get(key, ()):
            part.part(key).fault("has an empty word, which every word passes; write a part of the word, or `{missing: no}`")
    said |= {field: frozenset(said[field]) for field in ("is_in", "not_in") if field in said}
    said |= {key: part.part(key).yes() for key in ("missing", "changed") if part.has(key)}
    if part.has("not"):
        said["inverse"] = _of_one_row(column, part.part("not"), "a `not` is about this row alone")
    if part.has("previous"):
        said["previous"] = _of_one_row(column, part.part("previous"), "looks two rows back; only the row before can be asked")
    return Test(column, **said)


_OF_WORDS = {
    "is": ("is_in", "Closed"),
    "in": ("is_in", "[Resolved, Closed]"),
    "not_in": ("not_in", "[Resolved, Closed]"),
    "starts_with": ("starts_with", "Awaiting"),
    "ends_with": ("ends_with", "(closed)"),
    "contains": ("contains", "refund"),
}
"""The tests that take words: the field that each fills, and an example."""


def _of_one_row(column: str, part: Part, fault: str) -> Test:
    inner = _read_test(column, part)
    if inner.changed is not None or inner.previous is not None:
        part.fault(f"{fault}: {', '.join(WORDS[:-2])}")
    return inner


def columns_of(condition: Condition) -> set[str]:
    """Return the columns that the condition looks at."""
    return {test.column for group in condition for test in group}


def looks_back(condition: Condition) -> bool:
    """Test whether the condition needs the row before."""
    return any(test.changed is not None or test.previous is not None for group in condition for test in group)


def surely_present(condition: Condition, column: str) -> bool:
    """Test whether `column` has a value in every row that fits."""
    return all(any(test.column == column and test.present for test in group) for group in condition)


def compiled(condition: Condition, places: dict[str, int]) -> Fits:
    """Return the condition as one function of two rows."""
    groups = [[fits for test in group for fits in _compiled_test(test, places[test.column])] for group in condition]
    if groups == [[]]:
        return lambda now, before: True
    if len(groups) == 1:
        return _all(groups[0])
    anyone = [_all(group) for group in groups]
    return lambda now, before: any(fits(now, before) for fits in anyone)


def _all(tests: list[Fits]) -> Fits:
    if len(tests) == 1:
        return tests[0]

    def every(now: Row, before: Row | None) -> bool:
        for fits in tests:  # noqa: SIM110  (called per row and rule: a generator would cost twice as much)
            if not fits(now, before):
                return False
        return True

    return every


def _compiled_test(test: Test, at: int) -> list[Fits]:
    found: list[Fits] = []
    if (words := test.is_in) is not None:
        found.append(lambda now, before: now[at] in words)
    if (others := test.not_in) is not None:
        found.append(lambda now, before: now[at] not in others)
    if (start := test.starts_with) is not None:
        found.append(lambda now, before: now[at].startswith(start))
    if (end := test.ends_with) is not None:
        found.append(lambda now, before: now[at].endswith(end))
    if (parts := test.contains) is not None:
        found.append(lambda now, before: any(one in now[at] for one in parts))
    if test.inverse is not None:
        other = _all(_compiled_test(test.inverse, at))
        found.append(lambda now, before: not other(now, before))
    if (missing := test.missing) is not None:
        found.append(lambda now, before: (not now[at]) is missing)
    if (changed := test.changed) is not None:
        found.append(lambda now, before: (before is None or before[at] != now[at]) is changed)
    if test.previous is not None:
        earlier = _all(_compiled_test(test.previous, at))
        found.append(lambda now, before: before is not None and earlier(before, None))
    return found
