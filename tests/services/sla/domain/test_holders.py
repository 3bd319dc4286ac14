"""Who held a promise when it broke: the one who did the work of its node, or else the one who held the case."""

from typing import Any

import pytest

from libs.events.catalogue.routing import CaseAssigned, NodeAssigned, NodeEntered, NodeReturned, NodeStarted
from services.sla.alarms import settle
from services.sla.projections import promises
from tests.services.sla.samples import KEY, RESPONSE, at, facts, shelf, state_of, target

ENTERED = NodeEntered(node="n1")
NORTH, LI = (CaseAssigned(team="north"), 1), (CaseAssigned(team="north", agent="li"), 1)
ENTERS, WU_BEGINS = (ENTERED, 2), (NodeStarted(node="n1", agent="wu"), 3)


def held(story: Any, node: str = "n1", until: float = 61) -> tuple[str, str]:
    """Return the team and the agent of a promise that was due after an hour."""
    known, told = shelf(target("60m", node=node)), facts(*story)
    told += settle(KEY, state_of(told), known, at(until))
    (row,) = promises(KEY, state_of(told))
    return row.team, row.agent


@pytest.mark.parametrize(
    ("why", "story", "whole", "node"),
    [
        ("nobody is known", [], ("", ""), ("", "")),
        ("a team", [NORTH], ("north", ""), ("north", "")),
        ("an agent of it", [LI], ("north", "li"), ("north", "li")),
        ("another team has no agent yet", [LI, (CaseAssigned(team="south"), 2)],
         ("south", ""), ("south", "")),
        ("the node is another team's", [LI, ENTERS, (NodeAssigned(node="n1", team="lab"), 3)],
         ("north", "li"), ("lab", "")),
        ("somebody there", [LI, ENTERS, (NodeAssigned(node="n1", team="lab", agent="wu"), 3)],
         ("north", "li"), ("lab", "wu")),
        ("who began the work does it", [LI, ENTERS, WU_BEGINS],
         ("north", "li"), ("north", "wu")),
        ("work that nobody in particular began", [LI, ENTERS, (NodeStarted(node="n1"), 3)],
         ("north", "li"), ("north", "li")),
        ("nobody in particular begins what somebody was given",
         [LI, ENTERS, (NodeAssigned(node="n1", team="lab", agent="wu"), 3), (NodeStarted(node="n1"), 4)],
         ("north", "li"), ("lab", "wu")),
        ("of another node", [NORTH, (NodeEntered(node="n2"), 2), (NodeStarted(node="n2", agent="wu"), 3)],
         ("north", ""), ("north", "")),
        ("an earlier visit", [NORTH, ENTERS, WU_BEGINS,
         (NodeReturned(node="n1", to_node="n0", reason="x"), 4), (ENTERED, 5)], ("north", ""), ("north", "")),
        ("handed over after it broke", [LI, (CaseAssigned(team="north", agent="wu"), 60.5)],
         ("north", "li"), ("north", "li")),
        ("handed over at the instant itself", [LI, (CaseAssigned(agent="wu"), 60)],
         ("north", "wu"), ("north", "wu")),
    ],
)  # fmt: skip
def test_it_was_held_by(why: str, story: Any, whole: Any, node: Any) -> None:
    assert (held(story, ""), held(story, "n1")) == (whole, node), why


def test_a_promise_that_was_kept_was_nobodys_breach_and_stays_with_the_team_that_kept_it() -> None:
    kept = [LI, (RESPONSE, 30)]
    assert held(kept) == held([*kept, (CaseAssigned(team="south", agent="wu"), 31)]) == ("north", "")


@pytest.mark.parametrize(
    ("why", "story", "whole", "node"),
    [
        ("nobody has it", [], "", ""),
        ("a team has the case", [NORTH], "north", "north"),
        ("another one, in a minute", [NORTH, (CaseAssigned(team="south"), 31)], "south", "south"),
        ("the node is another team's", [LI, ENTERS, (NodeAssigned(node="n1", team="lab"), 3)], "north", "lab"),
        ("it was in the visit before", [NORTH, ENTERS, (NodeAssigned(node="n1", team="lab"), 3),
         (NodeReturned(node="n1", to_node="n0", reason="x"), 4), (ENTERED, 5)], "north", "north"),
    ],
)  # fmt: skip
def test_a_promise_that_runs_is_with(why: str, story: Any, whole: str, node: str) -> None:
    assert (held(story, "", until=32), held(story, "n1", until=32)) == ((whole, ""), (node, "")), why
