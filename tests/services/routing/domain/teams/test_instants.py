"""When a team looks again: whenever the passing of time alone lets it give work, or take it from somebody."""

from datetime import timedelta

import pytest

from services.routing.domain.teams.instants import timers
from tests.services.routing.domain.teams.samples import NINE, at, away, given, person, roster, team, visit

STEP = timedelta(minutes=30)
NIGHTLY = person("eve", hours=())


def looks(of):
    return [one.due_at for one in timers("t", of)]


@pytest.mark.parametrize(
    ("why", "people", "more", "visits", "instants"),
    [
        ("nothing is open", (person("ann"),), {}, (), []),
        ("what waits on Friday evening", (person("ann"),), {}, (visit("c1", since=at(24 * 4 + 18)),), [24 * 7 + 8, 24 * 7 + 13]),
        ("for the skills", (NIGHTLY,), {"relax_after": "2h"}, (visit("c1", node="n2"),), [11]),
        ("not for skills that are asked for always", (NIGHTLY,), {}, (visit("c1", node="n2"),), []),
        ("as somebody is away", (person("eve", hours=(), absences=away(1, 2)),), {}, (visit("c1", "eve"),), [24]),
        ("as somebody comes back", (person("eve", hours=(), absences=away(0, 2)),), {}, (visit("c1"),), [24 * 3]),
        ("on the last day of their absence", (person("eve", hours=(), absences=away(0, 0)),), {}, (visit("c1"),), [24]),
        ("as somebody goes home", (person("ann"),), {"hand_on": True}, (visit("c1", "ann"),), [12, 17]),
        ("as nobody has to", (person("ann"),), {}, (visit("c1", "ann"),), []),
        ("a team without a strategy", (person("ann"),), {"strategy": ""}, (visit("c1"),), []),
    ],
)  # fmt: skip
def test_the_first_instants(why, people, more, visits, instants):
    found = looks(team(roster(*people, **more), visits=visits))
    assert found[: len(instants)] == [at(one) for one in instants] and bool(found) == bool(instants), why


@pytest.mark.parametrize("since", [at(9), at(16.9), at(24 * 4 + 18), at(24 * 6)])
@pytest.mark.parametrize("visits", [("",), ("ann",), ("ann", "")])
def test_whatever_time_brings_is_seen_at_one_of_them(since, visits):
    """Tried every half hour for three weeks: what is said first is said at an instant at which the team looks."""
    people = (
        person("ann", absences=away(9, 16)),
        person("ben", skills=("x",), capacity=1, absences=away(0, 10)),
        person("max", "lead"),
    )
    open_ = [visit(f"c{n}", agent, node="n2" if not agent else "n1", since=since) for n, agent in enumerate(visits)]
    of = team(roster(*people, relax_after="4h", hand_on=True), visits=open_)
    seen = looks(of)
    first = next((at_ for n in range(1, 48 * 21) if given(of, at_ := since + n * STEP)), None)
    assert first is not None and any(first - STEP < one <= first and given(of, one) for one in seen), (first, seen[:5])


def test_a_timer_is_called_by_its_instant_so_that_it_stays_as_work_goes_on():
    one, two = (team(roster(person("ann")), visits=(visit("c1", since=since),)) for since in (NINE, NINE + STEP))
    assert {*timers("t", one)} == {*timers("t", two)}
