"""What a seed decides: the same again for the same seed, and over many seeds everything that can happen to everybody."""

from random import Random

import pytest

from tests.faults.mischief import BROKER, DATABASE, plans

pytestmark = pytest.mark.fast

SERVICES = ("intake", "sla", "sla-2")


def planned(seed, *, has_broker=True):
    return plans(Random(seed), SERVICES, seconds=4.0, lease=1.0, has_broker=has_broker)


def test_a_seed_decides_everything():
    assert planned("7/3") == planned("7/3") != planned("7/4")


def test_everything_happens_to_everybody():
    found = {(plan.kind, plan.target) for seed in range(300) for plan in planned(seed)}
    services = {(kind, service) for kind in ("kill", "pause", "restart") for service in SERVICES}
    assert found == services | {("kill", BROKER), ("pause", BROKER), ("kill", DATABASE), ("stop", DATABASE)}


def test_two_are_struck_at_once_now_and_then():
    assert any(
        one.after == other.after for seed in range(30) for one, other in zip(planned(seed), planned(seed)[1:], strict=False)
    )


def test_a_pause_outlasts_every_lease():
    assert all(
        plan.lasts > 1.0 for seed in range(100) for plan in planned(seed) if plan.kind == "pause" and plan.target != BROKER
    )


def test_without_a_broker_nothing_happens_to_it():
    assert not [plan for seed in range(100) for plan in planned(seed, has_broker=False) if plan.target == BROKER]
