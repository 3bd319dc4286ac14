"""A seed decides a run's mishaps: the same for the same seed, and over many seeds everything happens to every process."""

from random import Random

from pytest import mark

from tests.faults.mischief import BROKER, DATABASE, plans

pytestmark = mark.fast

SERVICES = ("intake", "sla", "sla-2")
LEASE = 1.0


def planned(seed, *, has_broker=True):
    return plans(Random(seed), SERVICES, seconds=4.0, lease=LEASE, has_broker=has_broker)


def test_a_seed_decides_everything():
    assert planned("7/3") == planned("7/3") != planned("7/4")


def test_everything_happens_to_every_process_and_at_times_to_two_at_once():
    runs = [planned(seed) for seed in range(300)]
    services = {(kind, service) for kind in ("kill", "pause", "restart") for service in SERVICES}
    servers = {("kill", BROKER), ("pause", BROKER), ("kill", DATABASE), ("stop", DATABASE)}
    assert {(plan.kind, plan.target) for run in runs for plan in run} == services | servers
    assert any(len({plan.after for plan in run}) < len(run) for run in runs)
    pauses = [plan.lasts for run in runs for plan in run if plan.kind == "pause" and plan.target in SERVICES]
    assert min(pauses) > LEASE, "a shorter pause proves nothing about takeovers"


def test_without_a_broker_nothing_happens_to_it():
    assert not [plan for seed in range(100) for plan in planned(seed, has_broker=False) if plan.target == BROKER]
