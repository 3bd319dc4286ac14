"""When a rule fits: tests on a row's columns and on the row before it. No expressions, only this table of words."""

from collections.abc import Callable
from dataclasses import dataclass, replace

from deploy.importer.part import Part

Row = tuple[str, ...]
"""The cells that a mapping uses, in the order of `Mapping.columns`; a missing value is the empty word."""

Fits = Callable[[Row, Row | None], bool]
"""(this row, the row before it in its case) -> does the condition hold."""

WORDS = ("is", "in", "not_in", "starts_with", "missing", "changed", "previous")


@dataclass(frozen=True, slots=True)
class Test:
    """What one column must be. Everything that is said must hold; what is None was not said."""

    column: str
    is_in: frozenset[str] | None = None
    not_in: frozenset[str] | None = None
    starts_with: tuple[str, ...] | None = None
    missing: bool | None = None
    changed: bool | None = None
    previous: "Test | None" = None

    @property
    def present(self) -> bool:
        """Test whether the column surely has a value where this holds."""
        return self.is_in is not None or self.starts_with is not None or self.missing is False


Condition = tuple[tuple[Test, ...], ...]
"""Any of these groups, all tests of which hold. One empty group always holds."""

ALWAYS: Condition = ((),)


def read_condition(part: Part) -> Condition:
    """Return the condition under `when`: a mapping (all must hold) or a list of such mappings (any may)."""
    if part.value is None:
        return ALWAYS
    groups = part.items() if isinstance(part.value, list) else [part]
    if not groups:
        part.fault("is empty; write `column: word`, or leave `when` away")
    return tuple(tuple(_read_test(name, test) for name, test in group.entries().items()) for group in groups)


def _read_test(column: str, part: Part) -> Test:
    if isinstance(part.value, str | list):
        return Test(column, is_in=frozenset(part.words("Closed")))
    part.known(WORDS)
    if not part.entries():
        part.fault("says nothing; write `column: word` or `column: {missing: no}`")
    test = Test(column)
    if part.has("is") and part.has("in"):
        part.fault("has both `is` and `in`; write one of them")
    for key in ("is", "in"):
        if part.has(key):
            test = replace(test, is_in=frozenset(part.part(key).words("[Resolved, Closed]")))
    if part.has("not_in"):
        test = replace(test, not_in=frozenset(part.part("not_in").words("[Resolved, Closed]")))
    if part.has("starts_with"):
        test = replace(test, starts_with=part.part("starts_with").words("Awaiting"))
    if part.has("missing"):
        test = replace(test, missing=part.part("missing").yes())
    if part.has("changed"):
        test = replace(test, changed=part.part("changed").yes())
    return _with_previous(test, part.part("previous")) if part.has("previous") else test


def _with_previous(test: Test, part: Part) -> Test:
    inner = _read_test(test.column, part)
    if inner.changed is not None or inner.previous is not None:
        part.fault("looks two rows back; only the row before can be asked: is, in, not_in, starts_with, missing")
    return replace(test, previous=inner)


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
    if (missing := test.missing) is not None:
        found.append(lambda now, before: (not now[at]) is missing)
    if (changed := test.changed) is not None:
        found.append(lambda now, before: (before is None or before[at] != now[at]) is changed)
    if test.previous is not None:
        earlier = _all(_compiled_test(test.previous, at))
        found.append(lambda now, before: before is not None and earlier(before, None))
    return found
