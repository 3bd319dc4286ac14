"""Who may read a case: a table with a row for each border of the rule."""

from dataclasses import replace

import pytest

from libs.events.catalogue.routing import CaseAssigned, CaseEscalated, CaseGraded, NodeAssigned
from libs.events.catalogue.serving import Serving, tell, why_may_read
from libs.events.catalogue.standard import ExceptionRule, Gate, Label, Node, Person, Role, Roster, Standard

NAME = Label(en="a name", zh="名称")
ROLES = ("worker", "approver", "gate", "helper", "asked", "told", "boss", "chief", "cleaner")
STANDARD = Standard(
    process_id="p",
    version=1,
    name=NAME,
    calendar=None,
    nodes=(
        Node(
            id="n1",
            name=NAME,
            role="worker",
            approver="approver",
            gates=(Gate(id="go", name=NAME, approver="gate"),),
            support=("helper",),
            consulted=("asked",),
            informed=("told",),
        ),
    ),
    exceptions=(ExceptionRule(code="stuck", name=NAME, action="call", escalate_to="chief"),),
    roles={role: Role(en=role, zh="岗") for role in ROLES},
    escalate_to="boss",
)


def roster(team, *people):
    return Roster(team=team, version=1, name=NAME, timezone="UTC", people=people)


def person(id, *roles, deputy=""):
    return Person(id=id, roles=roles, capacity=1, deputy=deputy)


ROSTERS = {
    "own": roster("own", person("ann", "cleaner"), person("ben", "worker")),
    "other": roster(
        "other",
        *(person(role, role) for role in ROLES),
        person("head", "approver", deputy="stand-in"),
        person("stand-in", "cleaner"),
        person("hand", "cleaner", deputy="stranger's deputy"),
        person("stranger's deputy", "cleaner"),
    ),
}
OWN = Serving(["own"])


@pytest.mark.parametrize(
    ("why", "who", "serving", "may"),
    [
        ("a system",                                   "",                  OWN,                             "scope"),
        ("nobody has it yet",                          "cleaner",           Serving(),                       "scope"),
        ("its team has no roster",                     "cleaner",           Serving(["unlisted"]),           "scope"),
        ("on the roster of its team",                  "ann",               OWN,                             "serves"),
        ("of the team, whatever their role",           "ben",               OWN,                             "serves"),
        ("of a team that it was with",                 "ann",               Serving(["own", "other"]),       "serves"),
        ("of a team that has it for a visit",          "cleaner",           Serving(["own", "other"]),       "serves"),
        ("of another team",                            "cleaner",           OWN,                             None),
        ("the role that does the work, elsewhere",     "worker",            OWN,                             None),
        ("on no roster",                               "nobody",            OWN,                             None),
        ("one team of several has a roster",           "cleaner",           Serving(["unlisted", "own"]),    None),
        ("approver of a node",                         "approver",          OWN,                             "serves"),
        ("approver of a gate",                         "gate",              OWN,                             "serves"),
        ("supports a node",                            "helper",            OWN,                             "serves"),
        ("is consulted",                               "asked",             OWN,                             "serves"),
        ("is informed",                                "told",              OWN,                             "serves"),
        ("is called in where nothing else is said",    "boss",              OWN,                             "serves"),
        ("is called in for an exception",              "chief",             OWN,                             "serves"),
        ("was called in by hand",                      "cleaner",           Serving(["own"], ["cleaner"]),   "serves"),
        ("somebody else was called in",                "cleaner",           Serving(["own"], ["worker"]),    None),
        ("deputy of an approver",                      "stand-in",          OWN,                             "serves"),
        ("deputy of somebody with another role",       "stranger's deputy", OWN,                             None),
    ],
)  # fmt: skip
def test_who_may_read(why, who, serving, may):
    assert why_may_read(who, serving, STANDARD, ROSTERS) == may, why


@pytest.mark.parametrize(("who", "may"), [("ann", "serves"), ("approver", None), ("", "scope")])
def test_while_the_standard_is_not_known_only_the_team_serves(who, may):
    assert why_may_read(who, OWN, None, ROSTERS) == may


def test_nobody_is_the_deputy_of_who_has_none():
    """A deputy that is not named is no person whose key has no name."""
    called = replace(OWN, called=["cleaner"])
    assert why_may_read("", called, STANDARD, ROSTERS) == "scope"


def test_a_case_remembers_every_team_and_call_once():
    serving = Serving()
    said = (
        CaseAssigned(team="own"),
        NodeAssigned(node="n1", team="other"),
        NodeAssigned(node="n1", agent="ben"),
        CaseEscalated(kind="hierarchical", to_role="boss", reason="words:1"),
        CaseGraded(grade="urgent"),
        CaseAssigned(team="third"),
        CaseAssigned(team="own"),
        CaseEscalated(kind="hierarchical", to_role="boss", reason="words:2"),
    )
    for one in said:
        serving = tell(serving, one)
    assert serving == Serving(["own", "other", "third"], ["boss"])
