"""A team's load: those on its roster with what they take on, those who help, and what waits."""

from services.routing.domain.teams.load import InHand, PersonLoad, load_of
from tests.services.routing.domain.teams.samples import NINE, at, away, person, roster

HAS = {"": InHand(3, at(10)), "ann": InHand(1, at(11)), "zoe": InHand(2)}


def test_a_team_with_a_roster():
    found = load_of("t", roster(person("ann"), person("ben", absences=away(0, 0), capacity=5)), HAS, NINE)
    assert (found.team, found.strategy, found.waiting, found.due_at) == ("t", "least_loaded", 3, at(10))
    assert found.people == (
        PersonLoad("ann", 1, at(11), 2, True),
        PersonLoad("ben", 0, None, 5, False),
        PersonLoad("zoe", 2, None),
    )


def test_a_team_without_one():
    found = load_of("t", None, HAS, NINE)
    assert (found.strategy, [one.agent for one in found.people]) == ("", ["ann", "zoe"])
    assert load_of("t", None, {}, NINE).people == ()
