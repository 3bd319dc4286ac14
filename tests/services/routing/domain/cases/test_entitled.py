"""Whose work it is: by the role of the node in this case, however the standard says it, on the roster of the team that has it."""

from dataclasses import replace
from datetime import date

import pytest

from libs.events.catalogue.standard import Absence, Gate, Label, Node, Person, Role, Roster
from libs.events.words.refusal import Refused
from services.routing.domain.cases import decisions
from services.routing.domain.cases.case import RoutingCase
from services.routing.domain.cases.entitled import Ask, must_be_entitled
from services.routing.domain.cases.visit import NOBODY, Done
from tests.services.routing.samples import COMPLAINT, NINE

LABEL = Label(en="A name", zh="名称")


def roster(team, version=1, **people):
    persons = tuple(Person(id=id, roles=(role,), capacity=1) for id, role in people.items())
    return Roster(team=team, version=version, name=LABEL, timezone="UTC", people=persons)


ROSTERS = {"own": roster("own", ann="worker", cy="cleaner"), "far": roster("far", fay="expert", flo="boss")}
ROLES = {
    name: Role(en="R", zh="岗", team=team) for name, team in {"worker": "", "expert": "far", "cleaner": "", "boss": ""}.items()
}


def standard(role, *, approver="boss"):
    gate = Gate(id="go", name=LABEL, approver=approver)
    nodes = tuple(Node(id=id, name=LABEL, role=role, approver="boss", outputs=("who",), gates=(gate,)) for id in ("n1", "n2"))
    return replace(COMPLAINT, nodes=nodes, roles=ROLES)


def case(**said):
    return RoutingCase("c1", **({"node": "n2", "team": "own"} | said))


def may(decision, who, state, of, rosters=ROSTERS, **asked):
    """Return nothing if they may, else why not."""
    try:
        must_be_entitled(decision, state, of, rosters, Ask(**({"node": "n2"} | asked), agent=who, at=NINE))
    except Refused as no:
        return no.detail
    return ""


def leaving(value):
    return {"n1": Done((f"who={value}",), NOBODY)}


@pytest.mark.parametrize(
    ("why", "role", "said", "those"),
    [
        ("a role of the case's team", "worker", {}, "ann"),
        ("a role of another team", "expert", {"visit_team": "far"}, "fay"),
        ("the visit was given elsewhere", "worker", {"visit_team": "far"}, ""),
        ("the assignment said it", "$assigned", {"role": "worker"}, "ann"),
        ("the assignment said none", "$assigned", {}, "ann cy"),
        ("an earlier node said it", "$who", {"done": leaving("cleaner")}, "cy"),
        ("an earlier node said what no standard declares", "$who", {"done": leaving("words:x")}, "ann cy"),
        ("the team has no roster", "worker", {"team": "else"}, "ann cy fay flo zoe"),
        ("there is no team", "worker", {"team": ""}, "ann cy fay flo zoe"),
    ],
)
def test_whose_work_it_is(why, role, said, those):
    found = [who for who in ("ann", "cy", "fay", "flo", "zoe") if not may(decisions.start, who, case(**said), standard(role))]
    assert " ".join(found) == those, why


def test_a_node_that_the_case_has_not_reached_is_the_work_of_the_team_of_its_role():
    ahead = case(node="n1", visit_team="own")
    assert not may(decisions.start, "fay", ahead, standard("expert")) and may(decisions.start, "ann", ahead, standard("expert"))


@pytest.mark.parametrize(
    ("why", "decision", "asked", "said"),
    [
        ("there is no such node", decisions.start, {"node": "n9"}, {}),
        ("the case stands elsewhere", decisions.complete, {"node": "n1"}, {}),
        ("it is done", decisions.start, {"node": "n1"}, {"done": leaving("x")}),
        ("there is no such gate", decisions.decide, {"gate": "stop"}, {}),
        ("it needs no role", "note", {}, {}),
    ],
)
def test_what_the_decision_itself_refuses_or_anybody_may_is_left_to_it(why, decision, asked, said):
    assert not may(decision, "zoe", case(**said), standard("worker"), **asked), why


@pytest.mark.parametrize(
    ("why", "team", "approver", "those"),
    [
        ("the visit's team has a roster", "own", "boss", "flo"),
        ("only the approver's team has one", "else", "expert", "fay"),
        ("neither has one", "else", "boss", "ann flo zoe fay"),
        ("nobody has the role", "own", "nobody", ""),
    ],
)
def test_who_decides(why, team, approver, those):
    state, of = case(team=team), standard("worker", approver=approver)
    assert {who for who in ("ann", "flo", "zoe", "fay") if not may(decisions.decide, who, state, of, gate="go")} == set(
        those.split()
    ), why


def test_a_refusal_names_who_may_and_not_all_of_many():
    many = {"own": roster("own", **{f"p{n}": "worker" for n in range(12)})}
    told = may(decisions.start, "zoe", case(), standard("worker"), many)
    assert told.startswith("zoe may not begin n2. Who may: p0, p1,") and told.endswith("p9 and 2 others.")
    assert may(decisions.start, "zoe", case(), standard("expert"), {"own": roster("own", ann="worker")}).endswith(
        "publish one that does."
    )


def test_work_is_given_within_the_team_that_has_it_unless_another_team_is_named():
    def given(who, team=""):
        return may(decisions.hand_over, who, case(), standard("worker"), team=team)

    assert given("zoe").startswith("zoe may not work at n2.")
    assert [given("ann"), given("ann", "own")] == ["", ""]
    assert given("ann", "far").startswith("ann may not work at n2.")


def test_who_is_not_there_is_given_work_for_a_reason_only():
    gone = Absence(first_day=NINE.date(), last_day=NINE.date())
    there, away = (Person(id=id, roles=("worker",), capacity=1, absences=days) for id, days in (("ann", ()), ("bo", (gone,))))
    rosters = {"own": replace(ROSTERS["own"], people=(there, away))}

    def given(who, reason=""):
        return may(decisions.hand_over, who, case(), standard("worker"), rosters, reason=reason)

    assert given("bo") == "bo is not there now. Give the reason for which they have n2 all the same."
    assert [given("bo", "knows it"), given("ann"), given("ann", "knows it")] == ["", "", ""]


AWAY = (Absence(first_day=date(2000, 1, 1), last_day=date(2199, 12, 31)),)
CHIEFS = Roster(team="far", version=1, name=LABEL, timezone="UTC", people=(
    Person(id="fay", roles=("expert",), capacity=1),
    Person(id="chi", roles=("chief",), capacity=1, absences=AWAY, deputy="dep"),
    Person(id="dep", roles=("expert",), capacity=1),
    Person(id="flo", roles=("boss",), capacity=1),
))  # fmt: skip
CALLED = {"far": CHIEFS}


@pytest.mark.parametrize(
    ("why", "decision", "said", "rosters", "those"),
    [
        ("the case is its team's, and of who is called in", decisions.close, {}, CALLED, "ann cy chi dep"),
        ("also where another team works at it", decisions.grade, {"visit_team": "far"}, CALLED, "ann cy chi dep"),
        (
            "trouble is of all who are concerned",
            decisions.escalate,
            {"visit_team": "far"},
            CALLED,
            "ann cy fay dep chi flo",
        ),
        ("an ended case stands at no node", decisions.reopen, {"node": ""}, CALLED, "ann cy chi dep"),
        ("of the visit's team no roster is known", decisions.escalate, {"visit_team": "else"}, {}, "ann cy fay dep chi flo zoe"),
        ("the case's team has no roster", decisions.close, {"team": "else"}, {}, "ann cy fay dep chi flo zoe"),
        ("the case has no team", decisions.close, {"team": ""}, {}, "ann cy fay dep chi flo zoe"),
    ],
)
def test_whose_case_it_is(why, decision, said, rosters, those):
    of = replace(standard("expert"), escalate_to="chief", exceptions=())
    asked = {
        who: may(decision, who, case(**said), of, ROSTERS | rosters) for who in ("ann", "cy", "fay", "dep", "chi", "flo", "zoe")
    }
    assert {who for who, no in asked.items() if not no} == set(those.split()), why
