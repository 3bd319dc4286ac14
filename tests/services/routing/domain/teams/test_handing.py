"""What a team hands out and on: to whom, in which order, never too much, and nothing of those who keep what they have."""

from dataclasses import replace
from datetime import timedelta

import pytest

from libs.events.catalogue.routing import CaseAssigned, NodeAssigned
from libs.events.engine.known import Known
from services.routing.domain.teams.handing import settle
from tests.services.routing.domain.teams.samples import NINE, SHELF, at, away, given, person, roster, team, visit

ANN, BEN, AWAY = person("ann"), person("ben", "worker", skills=("x",)), person("ann", absences=away(1, 2))
LUNCH, NIGHT, SATURDAY = at(12.5), at(3), at(24 * 5 + 9)
WAITS = (visit("c1"),)


@pytest.mark.parametrize(
    ("why", "people", "visits", "instant", "to"),
    [
        ("who is there", (ANN,), WAITS, NINE, {"c1": "ann"}),
        ("as their day begins", (ANN,), (visit("c1", since=NIGHT),), at(8), {"c1": "ann"}),
        ("before their day begins", (ANN,), (visit("c1", since=NIGHT),), at(8) - timedelta(microseconds=1), {}),
        ("at lunch", (ANN,), WAITS, LUNCH, {}),
        ("on Saturday", (ANN,), WAITS, SATURDAY, {}),
        ("on Saturday, to who has no hours", (ANN, person("eve", hours=())), WAITS, SATURDAY, {"c1": "eve"}),
        ("who is away", (person("ann", absences=away(0, 0)),), WAITS, NINE, {}),
        ("who is back", (person("ann", absences=away(0, 0)),), WAITS, at(24 + 8), {"c1": "ann"}),
        ("another role", (person("max", "lead"),), WAITS, NINE, {}),
        ("one more than they take", (ANN,), (*(visit(f"c{n}", "ann") for n in (1, 2)), visit("c3")), NINE, {}),
        ("the last that they take", (ANN,), (visit("c1", "ann"), visit("c3")), NINE, {"c3": "ann"}),
        ("three for two", (ANN,), (visit("c1"), visit("c2"), visit("c3")), NINE, {"c1": "ann", "c2": "ann"}),
        ("who takes none", (person("ann", capacity=0),), WAITS, NINE, {}),
        ("who gave it away by hand", (ANN,), (visit("c1", handed_back=("ann",)),), NINE, {}),
        ("another than who gave it away", (ANN, BEN), (visit("c1", handed_back=("ann",)),), NINE, {"c1": "ben"}),
        ("who has the skill", (ANN, BEN), (visit("c1", node="n2"),), NINE, {"c1": "ben"}),
        ("nobody has the skill", (ANN,), (visit("c1", node="n2"),), NINE, {}),
        ("the skill is asked for until then", (ANN,), (visit("c1", node="n2"),), at(9.5) - timedelta(microseconds=1), {}),
        ("and from then on no more", (ANN,), (visit("c1", node="n2"),), at(9.5), {"c1": "ann"}),
        ("though who has it is preferred", (ANN, BEN), (visit("c1", node="n2"),), at(9.5), {"c1": "ben"}),
        ("the role that was assigned", (ANN, person("max", "lead")), (visit("c1", node="n3", role="lead"),), NINE, {"c1": "max"}),
        ("the role that an output names", (ANN, person("max", "lead")), (visit("c1", node="n4", named=(("who", "lead"),)),), NINE,
         {"c1": "max"}),
        ("a role that nobody declares", (ANN,), (visit("c1", node="n4", named=(("who", "lab"),)),), NINE, {"c1": "ann"}),
        ("a node that is gone", (ANN,), (visit("c1", node="n9"),), NINE, {}),
    ],
)  # fmt: skip
def test_to_whom_work_is_handed_out(why, people, visits, instant, to):
    found = given(team(roster(*people, relax_after="30m"), visits=visits), instant)
    assert found == {case: (agent, "least_loaded") for case, agent in to.items()}, why


def test_what_falls_due_first_is_given_first_then_what_waits_longest():
    visits = (
        visit("old", since=at(8)), visit("new"), visit("due", due_at=at(11)), visit("later", due_at=at(12)),
    )  # fmt: skip
    assert list(given(team(roster(person("ann", capacity=3)), visits=visits), NINE)) == ["due", "later", "old"]


@pytest.mark.parametrize("strategy", ["", "least_loaded"])
def test_without_a_strategy_or_an_instant_nothing_is_given(strategy):
    of = team(roster(ANN, strategy=strategy), visits=WAITS)
    assert given(of, NINE) == ({"c1": ("ann", strategy)} if strategy else {})
    assert given(of, None) == given(team(visits=WAITS), NINE) == {}


def test_a_standard_that_is_not_here_yet_is_waited_for():
    assert given(team(roster(ANN), visits=WAITS), NINE, Known()) == {}


@pytest.mark.parametrize(
    ("why", "people", "has", "instant", "to"),
    [
        ("who is there keeps it", (ANN, BEN), visit("c1", "ann"), NINE, None),
        ("on a break", (ANN, BEN), visit("c1", "ann"), LUNCH, None),
        ("as their day ends", (ANN, person("eve", hours=())), visit("c1", "ann"), at(17), ("eve", "shift_over:least_loaded")),
        ("a moment before", (ANN, person("eve", hours=())), visit("c1", "ann"), at(17) - timedelta(microseconds=1), None),
        ("where nobody is left", (ANN, BEN), visit("c1", "ann"), at(17), ("", "shift_over:team")),
        ("begun at night, it stays", (ANN, person("eve", hours=())), visit("c1", "ann", since=NIGHT), at(18), None),
        ("as they are away", (AWAY, BEN), visit("c1", "ann"), at(24 + 9), ("ben", "absent:least_loaded")),
        ("from midnight on", (person("ann", absences=away(1, 2), hours=()), person("eve", hours=())), visit("c1", "ann"), at(24),
         ("eve", "absent:least_loaded")),
        ("to the deputy", (replace(AWAY, deputy="dan"), BEN, person("dan", capacity=9)), visit("c1", "ann"),
         at(24 + 9), ("dan", "absent:deputy")),
        ("not to a deputy who is away", (replace(AWAY, deputy="dan"), BEN, person("dan", absences=away(1, 1))),
         visit("c1", "ann"), at(24 + 9), ("ben", "absent:least_loaded")),
        ("not to a deputy of another role", (replace(AWAY, deputy="dan"), person("dan", "lead")),
         visit("c1", "ann"), at(24 + 9), ("", "absent:team")),
        ("not to a deputy who gave it away", (replace(AWAY, deputy="ben"), BEN),
         visit("c1", "ann", handed_back=("ben",)), at(24 + 9), ("", "absent:team")),
        ("given by hand to who is away", (person("ann", absences=away(0, 2)), BEN), visit("c1", "ann"), at(24 + 9), None),
        ("helped by somebody of another team", (ANN, BEN), visit("c1", "zoe"), NINE, None),
    ],
)  # fmt: skip
def test_who_is_no_longer_there_hands_on(why, people, has, instant, to):
    found = given(team(roster(*people, hand_on=True), visits=(has,)), instant)
    assert found == ({"c1": to} if to else {}), why


def test_who_goes_home_keeps_it_unless_the_roster_says_otherwise():
    assert given(team(roster(ANN, person("eve", hours=())), visits=(visit("c1", "ann"),)), at(18)) == {}


def test_who_is_on_the_roster_no_more_hands_on_what_they_had():
    of = team(roster(ANN, BEN), roster(BEN, version=2), visits=(visit("c1", "ann", since=at(8)), visit("c2", "ann")))
    assert given(of, NINE) == {"c1": ("ben", "left:least_loaded")}, "c2 was given to ann since, by hand"
    when = team(roster(ANN, BEN), roster(BEN, version=2), visits=(visit("c1", "ann", since=at(8) + timedelta(minutes=1)),))
    assert given(when, NINE) == {"c1": ("ben", "left:least_loaded")}, "at the instant at which she left she is there no more"
    back = team(roster(ANN, BEN), roster(BEN, version=2), roster(ANN, BEN, version=3), visits=(visit("c1", "ann", since=at(8)),))
    assert given(back, NINE) == {}
    again = team(roster(BEN, version=2), roster(ANN, BEN), visits=(visit("c1", "ann", since=at(8)),))
    assert given(again, NINE) == {}, "an older version that comes late is none"


def test_what_is_handed_on_counts_for_what_is_handed_out_then():
    people = AWAY, person("ben", capacity=1)
    of = team(roster(*people), visits=(visit("c1", "ann"), visit("c2", due_at=NINE)))
    assert given(of, at(24 + 9)) == {"c1": ("ben", "absent:least_loaded")}


def test_who_answers_for_the_case_hands_the_case_on():
    for owns, said in {
        True: CaseAssigned(team="t", agent="ben", role="worker", rule="absent:least_loaded"),
        False: NodeAssigned(node="n1", team="t", agent="ben", rule="absent:least_loaded", occurrence=3),
    }.items():
        of = team(roster(AWAY, BEN), visits=(visit("c1", "ann", owns=owns, role="worker", number=3),))
        (fact,) = settle("t", of, SHELF, at(24 + 9))
        assert (fact.data, fact.time, fact.sequence) == (said, at(24 + 9), 1)


def test_it_comes_after_what_it_goes_by_though_the_clock_is_behind():
    (fact,) = settle("t", team(roster(ANN), visits=(visit("c1", since=at(10)),)), SHELF, at(9.9))
    assert (fact.time, fact.sequence) == (at(10), 5)
