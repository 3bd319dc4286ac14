"""Hostile names change no picture's structure: no element more, no link less, nothing outside, nothing over others."""

from collections import Counter
from datetime import date, timedelta

import pytest

from libs.pictures.clock_bars import Clock, Stretch, clock_bars
from libs.pictures.clock_life import Moment, Part, clock_life
from libs.pictures.funnel import Loss, Stage, funnel
from libs.pictures.heat_map import Cell, Lines, heat_map
from libs.pictures.histogram import Bar, Mark, histogram
from libs.pictures.lanes import Happening, lanes
from libs.pictures.line import line
from libs.pictures.picture import Sheet
from libs.pictures.process import Arc, Node
from libs.pictures.process_map import process_map
from libs.pictures.series import Point, Series, Version
from tests.libs.pictures.samples import SHANGHAI, at
from tests.libs.pictures.seen import drawn, outside, overlapping, tree

HOSTILE = [
    "]]>",
    "<script>alert(1)</script>",
    "\"' onload=x &amp; <!-- </title></svg>",
    "a\x00b\x0bc\ud800\ufffe",
    "\u202eright\u2067to left\u200f",
    "שלום עולם",
    "👩‍👩‍👧‍👦" * 50,
    "客户投诉处理" * 200,
    "x" * 10_000,
    "",
    " \n\t ",
    "e\u0301" * 400,
    "$& \\1 {words} %s {0}",
    "W" * 40,
    "a b " * 60,
]
DAY = date(2026, 11, 2)


def said(value):
    return f"{value:g}"


def marks(picture):
    return Counter(one.tag for one in drawn(tree(picture), "rect", "path", "circle", "line", "a"))


def elements(picture):
    return {one.tag for one in tree(picture).iter()}


def pictures(text, narrow):
    """Return one picture of each kind in which every name is this text."""
    sheet = Sheet(text, text, text, narrow=narrow)
    stretches = (Stretch("counted", at(1, 9), at(1, 12)), Stretch("paused", at(1, 12), at(2, 9), text))
    yield funnel(sheet, [Stage(text, 9, "/a", (Loss(text, 2, "/b"),)), Stage(text, 7)])
    yield histogram(
        sheet, [Bar(0, 1, 4, "/a"), Bar(1, 2, 9)], lambda value: f"{value:g}", marks=[Mark(0.5, text), Mark(1.5, text)]
    )
    yield clock_bars(sheet, [Clock(text, at(1, 9), at(2, 9), at(1, 11), stretches, text, "/a")] * 2, SHANGHAI, at(2, 9))
    parts = [Part("counted", at(1, 9), at(1, 12)), Part("paused", at(1, 12), at(2, 9), text)]
    yield clock_life(sheet, parts, [Moment(text, at(1, 9)), Moment(text, at(1, 11), "due")], SHANGHAI, str, at(2, 9))
    yield lanes(
        sheet, [Happening(text, text, text, at(1, 9), href="/a"), Happening(text, "", text, at(1, 9), at(2, 9), "/b")], SHANGHAI
    )
    yield heat_map(sheet, Lines(text, [text, text]), Lines(text, [text] * 3), {(0, 0): Cell(3, 4, "/a"), (1, 2): Cell(1, 9)})
    points = [Point(DAY + timedelta(weeks=week), week / 2, 9, 0.1, 0.9, week == 2, f"/{week}") for week in range(3)]
    yield line(
        sheet, [Series(text, points)] * 3, lambda value: f"{value:g}", versions=[Version(DAY, text, "/v"), Version(DAY, text)]
    )
    yield process_map(
        sheet,
        [Node("a", text, 3, text, "/a"), Node("b", text, 2), Node("c", text, 1)],
        [Arc("a", "c", 3, href="/x"), Arc("c", "a", 2)],
    )


@pytest.mark.parametrize("narrow", [False, True])
@pytest.mark.parametrize("text", HOSTILE, ids=range(len(HOSTILE)))
def test_hostile_names_change_no_picture(text, narrow):
    for picture, plain in zip(pictures(text, narrow), pictures("plain", narrow), strict=True):
        assert outside(picture) == [] and overlapping(picture) == []
        assert elements(picture) <= elements(plain)
        assert marks(picture) == marks(plain) or not text.strip(), "a name that is empty needs no mark"
        assert len(picture.svg) < 60_000
