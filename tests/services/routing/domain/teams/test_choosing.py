"""To whom each strategy gives a visit, between people who could all have it."""

from collections import Counter

import pytest

from services.routing.domain.people.strategies import STRATEGIES
from services.routing.domain.teams.choosing import STRATEGIES as RANKS
from tests.services.routing.domain.teams.samples import NINE, at, given, person, roster, team, visit

BIG, SMALL = person("big", capacity=10), person("small", capacity=3)


def has(agent, *since, due=()):
    return [visit(f"{agent} {n}", agent, since=one, due_at=dict(enumerate(due)).get(n)) for n, one in enumerate(since)]


@pytest.mark.parametrize(
    ("strategy", "why", "held", "to"),
    [
        ("round_robin", "who was given work longest ago", has("big", at(8.2), at(8.3)) + has("small", at(8.5)), "big"),
        ("round_robin", "however much they have", has("big", at(8.6)) + has("small", at(8.2), at(8.5)), "small"),
        ("round_robin", "who has none comes first", has("big", at(8)), "small"),
        ("least_loaded", "who has least", has("big", at(8), at(8)) + has("small", at(8.5)), "small"),
        ("weighted", "who has least of their capacity", has("big", at(8), at(8)) + has("small", at(8.5)), "big"),
        ("weighted", "up to the same share", has("big", *[at(8)] * 6) + has("small", at(8)), "small"),
        ("weighted", "who takes most begins", [], "big"),
        ("remaining_time", "who has least that falls due before", has("big", at(8), at(8), due=(at(12), at(13)))
         + has("small", at(8), due=(at(10),)), "big"),
        ("remaining_time", "and of those who has least", has("big", at(8), at(8)) + has("small", at(8)), "small"),
    ],
)  # fmt: skip
def test_a_strategy(strategy, why, held, to):
    of = team(roster(BIG, SMALL, strategy=strategy), visits=[*held, visit("new", due_at=at(11))])
    assert given(of, NINE) == {"new": (to, strategy)}, why


def test_every_strategy_is_known():
    assert set(RANKS) == set(STRATEGIES)


@pytest.mark.parametrize("strategy", STRATEGIES)
def test_between_equals_the_lot_decides_and_decides_the_same_again(strategy):
    people = [person(id) for id in ("ann", "ben", "cy", "dan")]

    def draw(order):
        return [given(team(roster(*order, strategy=strategy), visits=[visit(f"c{n}")]), NINE)[f"c{n}"][0] for n in range(200)]

    drawn = draw(people)
    assert draw(people[::-1]) == drawn
    assert min(Counter(drawn).values()) > 25 and len(set(drawn)) == 4


@pytest.mark.parametrize(("strategy", "shares"), [("round_robin", (4, 4)), ("least_loaded", (4, 4)), ("weighted", (6, 2)),
                                                  ("remaining_time", (4, 4))])  # fmt: skip
def test_eight_at_once(strategy, shares):
    people = person("big", capacity=12), person("small", capacity=4)
    found = given(team(roster(*people, strategy=strategy), visits=[visit(f"c{n}") for n in range(8)]), NINE)
    count = Counter(agent for agent, _ in found.values())
    assert (count["big"], count["small"]) == shares
