"""Whatever a text holds, the document around it stays whole."""

from xml.etree import ElementTree

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from libs.pictures.funnel import Loss, Stage, funnel
from libs.pictures.measure import fitted, width
from libs.pictures.picture import Sheet
from libs.pictures.svg import LONGEST, clean, label, linked, num, tag, words
from tests.libs.pictures.seen import outside, overlapping, tree

HOSTILE = [
    "]]>", "<script>alert(1)</script>", "\"' onload=x &amp; <!--", "a\x00b\x0bc\ud800\ufffe", "\u202eright\u2067to left\u200f",
    "שלום עולם", "👩‍👩‍👧‍👦" * 50, "客户投诉处理" * 200, "x" * 10_000, "", " \n\t ", "e\u0301" * 400, "$& \\1 {words} %s",
]  # fmt: skip


@pytest.mark.parametrize("text", HOSTILE)
def test_hostile_text_stays_text(text):
    root = ElementTree.fromstring(tag("g", label(0, 10, text, 120), linked("/cases", text), words(text), class_=text))
    assert [one.tag for one in root.iter() if one.tag not in ("g", "text", "title", "a")] == []
    assert set(root.attrib) == {"class"}


@pytest.mark.parametrize("text", HOSTILE)
def test_hostile_names_change_no_picture(text):
    stages = [Stage(text, 9, "/a", (Loss(text, 2),)), Stage(text, 7)]
    picture = funnel(Sheet(text, text, text), stages)
    plain = funnel(Sheet("k", "title", "words"), [Stage("a", 9, "/a", (Loss("b", 2),)), Stage("c", 7)])
    shape = [one.tag for one in tree(plain).iter() if not one.tag.endswith("title")]
    assert [one.tag for one in tree(picture).iter() if not one.tag.endswith("title")] == shape
    assert outside(picture) == [] and overlapping(picture) == []


@given(st.text(max_size=60))
@settings(max_examples=60)
def test_any_text_is_well_formed_and_kept(text):
    assert ElementTree.fromstring(tag("text", words(text))).text in (clean(text), None)


@given(st.text(max_size=60), st.floats(20, 400))
@settings(max_examples=60)
def test_a_fitted_text_fits_and_begins_as_the_whole(text, room):
    shown = fitted(text, room)
    assert width(shown) <= room
    assert shown == text or (shown.endswith("…") and text.startswith(shown[:-1]))


@pytest.mark.parametrize(("text", "least"), [("处理", 24), ("👩👩", 30), ("WW", 23), ("ii", 8), ("e\u0301", 7), ("", 0)])
def test_a_width_is_estimated_on_the_wide_side(text, least):
    assert least <= width(text, 12) <= least * 1.3


def test_what_does_not_fit_is_whole_in_the_tooltip():
    long = ElementTree.fromstring(label(0, 0, "Customer product-quality complaint", 90))
    assert long[0].text == "Customer product-quality complaint" and long[0].tail == "Customer pr…"
    assert len(ElementTree.fromstring(label(0, 0, "short", 90))) == 0


def test_a_text_is_bounded():
    assert len(clean("x" * LONGEST)) == len(clean("x" * (LONGEST + 1))) == LONGEST
    assert clean("x" * (LONGEST + 1)).endswith("…")


@pytest.mark.parametrize(
    ("value", "written"),
    [(1, "1"), (1.0, "1"), (0.125, "0.12"), (-0.001, "0"), (10, "10"), (2.50, "2.5"), (-3.1, "-3.1"), (1e6, "1000000")],
)
def test_a_number_is_written_in_one_way(value, written):
    assert num(value) == written


@pytest.mark.parametrize("href", ["javascript:alert(1)", "data:text/html,x", "//elsewhere", "/\\elsewhere", " /x", "x"])
def test_a_mark_leads_nowhere_strange(href):
    with pytest.raises(ValueError, match="may lead to a path"):
        linked(href, "name")


@pytest.mark.parametrize("href", ["/", "/cases?x=1&y=<", "?page=2", "#top", "https://desk.example/x", "/x//y"])
def test_a_mark_leads_to_a_path(href):
    assert ElementTree.fromstring(linked(href, "name")).get("href") == href


def test_a_mark_without_an_address_is_no_link():
    assert ElementTree.fromstring(linked("", "name")).tag == "g"
