"""Nodes stay where they are, labels do not touch, arcs share no stretch of a lane, and what is not drawn is counted."""

from collections import Counter
from datetime import timedelta
from itertools import combinations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from libs.pictures.picture import Sheet
from libs.pictures.process import ARCS_MAX, NODES_MAX, Arc, Node
from libs.pictures.process_layout import NARROW, ROWS, WIDE, Way, fitting, lanes, most_lanes, routes
from libs.pictures.process_map import process_map
from tests.libs.pictures.samples import arcs, nodes
from tests.libs.pictures.seen import SVG, box, outside, overlapping, tree

SHEET = Sheet("m", "Map")
NODES = list(nodes())
NOW = list(arcs("reg cls 100 5 0; cls asg 90 5 10; asg clo 70 5 0; cls reg 9 5 0; reg fst 8 5 8; asg asg 3 5 0"))


def boxes(picture):
    return [box(one) for one in tree(picture).iter(f"{SVG}rect") if "node" in one.get("class", "")]


def steps(picture):
    """Return the rows of the table that are no nodes."""
    return [row for row in picture.rows if row[1]]


def ends(picture):
    return [row[:2] for row in steps(picture)]


def test_a_node_has_a_row_too():
    assert process_map(SHEET, NODES, NOW).rows[1] == ("Classified", "", "node · limit 1 h", "9,518", "", "", "")


@pytest.mark.parametrize("narrow", [False, True])
def test_a_node_stays_where_it_was(narrow):
    sheet = Sheet("m", "Map", narrow=narrow)
    maps = [process_map(sheet, NODES, NOW, part=part) for part in (0, 0.5, 1)]
    maps += [process_map(sheet, NODES, []), process_map(sheet, NODES, NOW[:2], before=NOW)]
    assert [boxes(one) for one in maps] == [boxes(maps[0])] * len(maps)
    assert len(boxes(maps[0])) == len(NODES)


@pytest.mark.parametrize(
    ("part", "drawn", "left_out"),
    [
        (0, 3, "3 of 6 paths are left out; they carry 7.1% of the steps."),
        (0.92, 3, "3 of 6 paths are left out; they carry 7.1% of the steps."),
        (0.93, 4, "2 of 6 paths are left out; they carry 3.9% of the steps."),
        (0.97, 5, "1 of 6 paths are left out; they carry 1.1% of the steps."),
        (1, 6, ""),
    ],
)
def test_the_part_says_how_much_is_drawn(part, drawn, left_out):
    picture = process_map(SHEET, NODES, NOW, part=part)
    assert (len(steps(picture)), picture.left_out) == (drawn, left_out)


def test_the_commonest_path_goes_on_from_node_to_node():
    detour = [Arc("reg", "fst", 60), Arc("reg", "cls", 50), Arc("cls", "asg", 50), Arc("fst", "clo", 30), Arc("fst", "reg", 40)]
    assert ends(process_map(SHEET, NODES, detour, part=0)) == [("Registered", "First response"), ("First response", "Closed")]


def test_a_row_says_how_often_how_long_and_how_late():
    rows = steps(process_map(SHEET, NODES, NOW))
    assert rows[1] == ("Classified", "Assigned", "next", "90", "32.1%", "5 min", "11.1% (10 of 90)")
    assert [row[2] for row in rows[3:]] == ["return", "skip", "again"]


@pytest.mark.parametrize(
    ("source", "target", "planned", "dashed", "kind"),
    [
        ("reg", "cls", None, False, "next"),
        ("reg", "asg", None, True, "skip"),
        ("asg", "reg", None, True, "return"),
        ("reg", "asg", True, False, "skip, in the standard"),
        ("reg", "cls", False, True, "next, not in the standard"),
    ],
)
def test_what_is_not_in_the_standard_is_dashed(source, target, planned, dashed, kind):
    picture = process_map(SHEET, NODES, [Arc(source, target, 5, planned=planned)])
    arc = next(one for one in tree(picture).iter(f"{SVG}path") if one.get("class") == "arc kept")
    assert (arc.get("stroke-dasharray") is not None, steps(picture)[0][2]) == (dashed, kind)


@pytest.mark.parametrize(("late", "class_"), [(0, "kept"), (4, "kept"), (5, "slow"), (19, "slow"), (20, "late"), (100, "late")])
def test_a_late_arc_has_a_mark_beside_its_colour(late, class_):
    root = tree(process_map(SHEET, NODES, [Arc("reg", "cls", 100, None, late, 100)]))
    link = next(one for one in root.iter(f"{SVG}g") if one.find(f"{SVG}path") is not None)
    assert link.find(f"{SVG}path").get("class") == f"arc {class_}"
    assert (link.find(f"{SVG}circle") is not None) == (class_ != "kept")


def test_two_versions_are_compared_by_their_parts():
    picture = process_map(
        SHEET, NODES, [Arc("reg", "cls", 30), Arc("cls", "asg", 10)], before=[Arc("reg", "cls", 1), Arc("reg", "asg", 3)]
    )
    assert [(row[0], row[1], row[4], row[8]) for row in steps(picture)] == [
        ("Registered", "Classified", "75.0%", "25.0%"),
        ("Classified", "Assigned", "25.0%", "0%"),
        ("Registered", "Assigned", "0%", "75.0%"),
    ]


def test_200_nodes_and_all_paths_between_them_are_bounded_and_said():
    many = [Node(f"n{n}", f"Node {n} 处理", 1000 - n, href=f"/n{n}") for n in range(200)]
    between = [
        Arc(f"n{a}", f"n{b}", 1 + (a * b) % 97, timedelta(hours=a), 1, 9, "/x")
        for a in range(0, 200, 3)
        for b in range(0, 200, 3)
    ]
    picture = process_map(SHEET, many, between)
    assert len(picture.svg) < 120_000
    assert len(boxes(picture)) == NODES_MAX and len(steps(picture)) <= ARCS_MAX
    assert "140 of 200 nodes are left out" in picture.left_out and f"of {len(between)} paths are left out" in picture.left_out
    assert outside(picture) == [] and overlapping(picture) == []


def test_the_least_visited_nodes_are_left_out_and_the_others_keep_their_order():
    many = [Node(f"n{n}", f"Node {n}", n) for n in range(NODES_MAX + 1)]
    picture = process_map(SHEET, many, [])
    assert "Node 0:" not in picture.svg and picture.svg.index("Node 1:") < picture.svg.index("Node 2:")


ways = st.lists(st.tuples(st.integers(0, 9), st.integers(0, 9), st.integers(1, 999)), unique_by=lambda way: way[:2], max_size=40)


@given(ways, st.booleans(), st.floats(0, 1))
@settings(max_examples=40)
def test_it_is_whole_whatever_happened(drawn, narrow, part):
    some = [Arc(f"{a}", f"{b}", n, timedelta(minutes=n), n // 2, n, f"/{a}/{b}") for a, b, n in drawn]
    places = [Node(f"{n}", f"Node with a long name {n}", n) for n in range(10)]
    picture = process_map(Sheet("m", "Map", narrow=narrow), places, some, part=part)
    assert outside(picture) == [] and overlapping(picture) == []
    linked = [one[0].text.split(":")[0] for one in tree(picture).iter(f"{SVG}a")]
    assert Counter(linked) == Counter(f"{row[0]} → {row[1]}" for row in steps(picture))


@given(ways, st.sampled_from(["right", "left"]))
@settings(max_examples=60)
def test_no_two_arcs_share_a_stretch_of_a_lane(drawn, side):
    ours = fitting([way for way in (Way(*one) for one in drawn) if way.side == side], WIDE)
    placed = routes(ours, WIDE, 0)
    stretches = [(lanes(ours)[way], *sorted((route.y0, route.y1))) for way, route in placed.items()]
    for (lane, top, bottom), (other, from_, to) in combinations(stretches, 2):
        assert lane != other or bottom <= from_ or to <= top
    rows = Counter((way.source, route.y0) for way, route in placed.items() if route.labelled)
    assert all(number == 1 for number in rows.values()), "every label has a row of its own"


def test_the_rarest_give_way_where_lanes_are_few():
    long = [Way(0, 9 + n, 100 - n) for n in range(40)]
    kept = fitting(long, NARROW)
    assert len(kept) <= most_lanes(NARROW, "right") and kept == long[: len(kept)]


def test_only_the_commonest_arcs_of_a_node_have_a_label():
    picture = process_map(SHEET, NODES, [Arc("reg", node.id, 10 - n) for n, node in enumerate(NODES[2:9])])
    assert picture.left_out == f"{7 - len(ROWS)} paths have no label here; the table has their numbers."


def test_arcs_need_nodes():
    assert "No data" in process_map(SHEET, [], []).svg
    with pytest.raises(ValueError, match="needs both"):
        process_map(SHEET, NODES, [Arc("reg", "gone", 1)])
