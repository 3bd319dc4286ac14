"""What changed between two versions: each part by its own name, and nothing where nothing did."""

from dataclasses import replace

import pytest

from libs.events.catalogue.standard import ExceptionRule, Form, Label, Role, SurveyPolicy
from services.routing.domain.standards.changes import changes
from tests.services.routing.samples import COMPLAINT, STANDARDS

N1, N2, N3, N4, *REST = COMPLAINT.nodes
NEW = replace(N4, id="n9", name=Label(en="Ask again", zh="再次询问"))
FORM = Form(en="Report", zh="报告", schema={"type": "object", "properties": {"a": {"type": "string"}}})
FORMER = COMPLAINT.targets[0]
RULE = ExceptionRule(code="strike", name=Label(en="Strike", zh="罢工"), action="Wait.")


def told(after, before=COMPLAINT):
    return [(one.part, one.what, one.field, one.before, one.after) for one in changes(before, after)]


@pytest.mark.parametrize(
    ("why", "changed", "expected"),
    [
        ("its number and its reasons are no change", {"version": 2, "change": "x", "reviewer": "y"}, []),
        ("a name", {"name": Label(en="C", zh="投")}, [("process", "changed", "name", COMPLAINT.name, Label(en="C", zh="投"))]),
        ("a calendar less", {"calendar": None}, [("process", "changed", "calendar", COMPLAINT.calendar, None)]),
        ("the survey", {"survey": SurveyPolicy(changes=True)}, [("survey", "changed", "changes", False, True)]),
        ("a node more", {"nodes": (N1, N2, N3, N4, NEW, *REST)}, [("node", "added", "", None, None)]),
        ("a node less", {"nodes": (N1, N2, N4, *REST)}, [("node", "removed", "", None, None)]),
        ("a node moved back", {"nodes": (N1, N3, N4, N2, *REST)}, [("node", "moved", "", None, None)]),
        ("a role", {"nodes": (replace(N1, role="sales_rep"), *COMPLAINT.nodes[1:])},
         [("node", "changed", "role", "cs_agent", "sales_rep")]),
        ("a key node less", {"nodes": (N1, replace(N2, key=False), *COMPLAINT.nodes[2:])},
         [("node", "changed", "key", True, False)]),
        ("a limit", {"targets": (replace(FORMER, limit="23h"), *COMPLAINT.targets[1:])},
         [("promise", "changed", "limit", FORMER.limit, "23h")]),
        ("a limit for other cases", {"targets": (replace(FORMER, when={"grade": "urgent", "kind": "x"}), *COMPLAINT.targets[1:])},
         [("promise", "added", "", None, None), ("promise", "removed", "", None, None)]),
        ("an exception more", {"exceptions": (*COMPLAINT.exceptions, RULE)}, [("exception", "added", "", None, None)]),
        ("a form more", {"forms": {"report": FORM}}, [("form", "added", "", None, None)]),
        ("rules in another order", {"classify": COMPLAINT.classify[::-1]},
         [("classify", "moved", "", None, None)] * 2),
        ("a role's team", {"roles": {**COMPLAINT.roles, "cs_agent": replace(COMPLAINT.roles["cs_agent"], team="front")}},
         [("role", "changed", "team", "", "front")]),
        ("a role's name", {"roles": {**COMPLAINT.roles, "cs_agent": Role(en="Agent", zh="坐席")}},
         [("role", "changed", "name", COMPLAINT.roles["cs_agent"], Role(en="Agent", zh="坐席"))]),
    ],
)  # fmt: skip
def test_a_change_is_told(why, changed, expected):
    assert told(replace(COMPLAINT, **changed)) == expected, why


@pytest.mark.parametrize("standard", STANDARDS.values(), ids=STANDARDS.keys())
def test_nothing_differs_from_itself(standard):
    assert changes(standard, replace(standard, version=9)) == []


def test_the_other_way_round_what_came_goes_and_what_was_is():
    there, back = told(STANDARDS["inbound-call"]), told(COMPLAINT, STANDARDS["inbound-call"])
    swapped = {"added": "removed", "removed": "added", "changed": "changed", "moved": "moved"}
    assert len(there) > 20
    assert sorted(map(repr, there)) == sorted(repr((part, swapped[what], field, b, a)) for part, what, field, a, b in back)


def test_what_is_gone_is_told_as_it_was():
    (one,) = changes(COMPLAINT, replace(COMPLAINT, nodes=(N1, N2, N4, *REST)))
    assert one.subject is N3


def test_of_a_form_its_name_and_its_fields_are_told():
    after = replace(FORM, en="The report", schema={"type": "object", "properties": {}}, brief=("urgent",))
    found = told(replace(COMPLAINT, forms={"r": after}), replace(COMPLAINT, forms={"r": FORM}))
    assert found == [
        ("form", "changed", "name", FORM, after),
        ("form", "changed", "schema", FORM.schema, after.schema),
        ("form", "changed", "brief", (), ("urgent",)),
    ]
