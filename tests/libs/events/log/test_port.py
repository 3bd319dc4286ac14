"""Kafka's own vectors, so that our partition is the one every Kafka client computes."""

from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from libs.events.log.port import murmur2, partition_of


def signed(value: int) -> int:
    return value - 2**32 if value >= 2**31 else value


@pytest.mark.parametrize(
    ("text", "java"),
    [
        ("21", -973932308),
        ("foobar", -790332482),
        ("a-little-bit-long-string", -985981536),
        ("a-little-bit-longer-string", -1486304829),
        ("lkjh234lh9fiuh90y23oiuhsafujhadof229phr9h19h89h8", -58897971),
        ("abc", 479470107),
    ],
)
def test_murmur2_is_the_java_clients(text, java):
    """From org.apache.kafka.common.utils.UtilsTest."""
    assert signed(murmur2(text.encode())) == java


@pytest.mark.parametrize(
    ("why", "key", "partition"),
    [
        ("the sign bit is masked, not negated", "21", (-973932308 & 0x7FFFFFFF) % 12),
        ("a positive hash is taken as it is", "abc", 479470107 % 12),
    ],
)
def test_partition_is_the_default_partitioners(why, key, partition):
    assert partition_of(key, 12) == partition


@pytest.mark.slow
@given(st.text(), st.integers(1, 1000))
def test_every_key_has_one_partition_within_the_count(key, count):
    assert 0 <= partition_of(key, count) < count
    assert partition_of(key, count) == partition_of(key, count)


@pytest.mark.slow
def test_case_ids_spread_over_all_partitions():
    sizes = Counter(partition_of(f"01980c5e-7a00-7c3e-8d41-{n:012x}", 12) for n in range(12_000))
    assert len(sizes) == 12
    assert min(sizes.values()) > 800
