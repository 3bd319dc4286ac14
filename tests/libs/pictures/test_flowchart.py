"""A flowchart has its nodes in their order, each in its role's column, and counts what it leaves out."""

import pytest

from libs.pictures.flowchart import LANES_MAX, STEPS_MAX, Step, flowchart
from libs.pictures.picture import Sheet
from tests.libs.pictures.seen import SVG, box, outside, overlapping, texts, tree

SHEET = Sheet("f", "Flow")


def boxes(picture):
    return [box(one) for one in tree(picture).iter(f"{SVG}rect") if "node" in one.get("class") and one.get("rx")]


def steps(*roles):
    return [Step(f"Node {place}", role, "2 h") for place, role in enumerate(roles, 1)]


def test_nodes_go_down_and_a_role_has_one_column():
    found = boxes(flowchart(SHEET, steps("agent", "engineer", "agent", "agent")))
    assert [top for _, top, _, _ in found] == sorted({top for _, top, _, _ in found})
    assert [left == found[0][0] for left, *_ in found] == [True, False, True, True]


@pytest.mark.parametrize(("many", "others"), [(1, False), (LANES_MAX, False), (LANES_MAX + 1, True), (40, True)])
def test_rare_roles_share_the_last_column(many, others):
    picture = flowchart(SHEET, steps(*(f"role {place}" for place in range(many)), "role 0"))
    assert ("Other roles" in [text for text, _ in texts(picture)]) == others
    assert len({left for left, *_ in boxes(picture)}) == min(many, LANES_MAX)


@pytest.mark.parametrize(("many", "left_out"), [(STEPS_MAX, ""), (STEPS_MAX + 3, "The last 3 of 203 nodes are left out here")])
@pytest.mark.parametrize("narrow", [False, True])
def test_two_hundred_nodes_are_legible(many, left_out, narrow):
    picture = flowchart(Sheet("f", "Flow", narrow=narrow), steps(*(f"role {place % 9}" for place in range(many))))
    assert picture.left_out.startswith(left_out) and bool(picture.left_out) == bool(left_out)
    assert len(picture.rows) == many and len(boxes(picture)) == STEPS_MAX
    assert outside(picture) == [] and overlapping(picture) == []


def test_a_narrow_one_says_the_role_in_the_box():
    assert "agent · 2 h" in [text for text, _ in texts(flowchart(Sheet("f", "Flow", narrow=True), steps("agent")))]


def test_a_key_node_says_so_by_its_border_and_in_words():
    picture = flowchart(SHEET, [Step("Grade", "supervisor", key=True), Step("Go on", "agent")])
    assert [one.get("class") for one in tree(picture).iter(f"{SVG}rect") if one.get("rx")] == ["node key", "node"]
    assert [row[2] for row in picture.rows] == ["Key", ""]


def test_hostile_words_change_no_structure():
    name = '</text><script>alert(1)</script>"\u202e' + "x" * 10_000
    hostile = flowchart(SHEET, [Step(name, name, name)])
    assert "<script" not in hostile.svg and "\u202e" not in hostile.svg
    assert outside(hostile) == [] and overlapping(hostile) == []


def test_no_nodes_say_so():
    assert "No data" in [text for text, _ in texts(flowchart(SHEET, []))]
