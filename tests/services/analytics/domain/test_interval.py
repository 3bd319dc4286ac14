"""Wilson's interval has the values that others have published."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.analytics.domain.interval import Z, wilson


@pytest.mark.parametrize(
    ("why", "part", "whole", "low", "high"),
    [
        ("Newcombe 1998, table I, case 1", 81, 263, 0.2553, 0.3662),
        ("Newcombe 1998, table I, case 2", 15, 148, 0.0624, 0.1605),
        ("Newcombe 1998, table I, case 3: none", 0, 20, 0.0, 0.1611),
        ("Newcombe 1998, table I, case 4: one", 1, 29, 0.0061, 0.1718),
        ("all of one", 1, 1, 0.2065, 1.0),
        ("all of ten", 10, 10, 0.7225, 1.0),
        ("half of ten", 5, 10, 0.2366, 0.7634),
    ],
)
def test_it_is_what_is_published(why: str, part: int, whole: int, low: float, high: float) -> None:
    assert wilson(part, whole) == pytest.approx((low, high), abs=5e-5), why


@pytest.mark.parametrize(("part", "whole"), [(0, 0), (2, 1), (-1, 3)])
def test_what_is_no_share_has_none(part: int, whole: int) -> None:
    assert wilson(part, whole) is None


@given(st.integers(1, 10_000).flatmap(lambda whole: st.tuples(st.integers(0, whole), st.just(whole))))
def test_its_bounds_are_the_shares_of_which_this_one_is_as_far_as_is_likely(drawn: tuple[int, int]) -> None:
    part, whole = drawn
    found = wilson(part, whole)
    assert found is not None
    for bound in found:
        assert 0 <= bound <= 1
        if 0 < bound < 1:  # the definition: the square of the distance is z² times the variance at the bound
            assert (part / whole - bound) ** 2 == pytest.approx(Z * Z * bound * (1 - bound) / whole, rel=1e-6, abs=1e-12)


@given(st.integers(1, 500).flatmap(lambda whole: st.tuples(st.integers(0, whole), st.just(whole))))
def test_more_of_the_same_is_surer(drawn: tuple[int, int]) -> None:
    part, whole = drawn
    few, many = wilson(part, whole), wilson(4 * part, 4 * whole)
    assert few is not None and many is not None
    assert many[1] - many[0] < few[1] - few[0]
