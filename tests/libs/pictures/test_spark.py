"""A spark has a line through the days that have a rate, from end to end, and nothing where there is none."""

import re
from xml.etree import ElementTree

import pytest

from libs.pictures.spark import EDGE, HEIGHT, WIDTH, spark

TOP, MIDDLE, BOTTOM, RIGHT = EDGE, HEIGHT / 2, HEIGHT - EDGE, WIDTH - EDGE


def places(days):
    """Return the points of the line, and the point of the dot at its end."""
    root = ElementTree.fromstring(spark(days))
    told = "".join(one.get("d", "") for one in root if one.tag == "path")
    line = [(float(x), float(y)) for x, y in re.findall(r"[ML] (\S+) (\S+)", told)]
    return line, [(float(one.get("cx")), float(one.get("cy"))) for one in root if one.tag == "circle"]


@pytest.mark.parametrize(
    ("why", "days", "line", "dot"),
    [
        ("no day", [], [], []),
        ("nothing counted", [(0, 0), (0, 0)], [], []),
        ("one day is a dot", [(1, 2)], [], [(EDGE, MIDDLE)]),
        ("what rises ends at the top", [(0, 2), (2, 2)], [(EDGE, BOTTOM), (RIGHT, TOP)], [(RIGHT, TOP)]),
        ("what falls ends at the bottom", [(2, 2), (1, 2)], [(EDGE, TOP), (RIGHT, BOTTOM)], [(RIGHT, BOTTOM)]),
        ("what stays is in the middle", [(1, 2), (2, 4)], [(EDGE, MIDDLE), (RIGHT, MIDDLE)], [(RIGHT, MIDDLE)]),
        ("a gap keeps its place", [(0, 2), (0, 0), (2, 2)], [(EDGE, BOTTOM), (RIGHT, TOP)], [(RIGHT, TOP)]),
        ("the last days have nothing", [(0, 2), (2, 2), (0, 0)], [(EDGE, BOTTOM), (WIDTH / 2, TOP)], [(WIDTH / 2, TOP)]),
        ("a denominator below nothing is a gap", [(0, 2), (1, -1), (2, 2)], [(EDGE, BOTTOM), (RIGHT, TOP)], [(RIGHT, TOP)]),
    ],
)  # fmt: skip
def test_the_line_goes_through_the_days_that_have_a_rate(why, days, line, dot):
    assert places(days) == (line, dot)


def test_it_says_nothing_because_the_number_beside_it_does():
    root = ElementTree.fromstring(spark([(1, 2), (2, 2)]))
    assert root.get("aria-hidden") == "true" and "".join(root.itertext()) == ""
