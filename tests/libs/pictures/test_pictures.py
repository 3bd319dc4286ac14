"""What holds for every picture: its golden file, its frame, its links, its borders, its numbers as a table."""

import re
from dataclasses import fields

import pytest

from libs.pictures.words import EN, ZH
from tests.libs.pictures.samples import GOLDEN, pictures
from tests.libs.pictures.seen import SVG, drawn, outside, overlapping, titles, tree

PICTURES = pictures()
every = pytest.mark.parametrize("picture", PICTURES.values(), ids=PICTURES.keys())


@pytest.mark.parametrize("name", PICTURES)
def test_a_picture_is_as_it_was(name):
    golden = (GOLDEN / f"{name}.svg").read_text("utf-8")
    assert PICTURES[name].svg + "\n" == golden, "if it is better now: python -m tests.libs.pictures.samples"


def test_no_golden_file_is_left_over():
    assert {path.stem for path in GOLDEN.glob("*.svg")} == PICTURES.keys()


def test_the_same_values_are_the_same_bytes():
    assert pictures() == PICTURES


@every
def test_it_has_a_name_and_a_description(picture):
    root = tree(picture)
    named = {one.get("id"): one.text for one in root if one.tag in (f"{SVG}title", f"{SVG}desc")}
    title, description = root.get("aria-labelledby").split()
    assert root.get("role") == "group" and root.get("width") == "100%"
    assert named[title] == picture.title
    assert picture.left_out in named[description]


@every
def test_nothing_is_outside_its_borders(picture):
    assert outside(picture) == []


@every
def test_no_words_cover_others(picture):
    assert overlapping(picture) == []


@every
def test_it_keeps_the_policy_of_the_pages(picture):
    assert re.search(r"\sstyle=|<script|<style|\son\w+=|<image|<foreignObject", picture.svg) is None
    assert re.findall(r"#[0-9a-f]{3,6}\b", picture.svg.replace("url(#", "")) == [], "colours are classes"


@every
def test_no_letter_is_small(picture):
    sizes = [float(one.get("font-size", 12)) for one in drawn(tree(picture), "text")]
    assert all(size >= 11 for size in sizes)


@every
def test_every_link_has_a_name_of_its_own(picture):
    links = list(tree(picture).iter(f"{SVG}a"))
    names = [link[0].text for link in links if link[0].tag == f"{SVG}title"]
    assert all(names) and len(set(names)) == len(names) == len(links)


@every
def test_every_pattern_is_its_own_and_every_fill_is_there(picture):
    root = tree(picture)
    ids = [one.get("id") for one in root.iter() if one.get("id")]
    assert len(ids) == len(set(ids))
    assert set(re.findall(r"url\(#([^)]+)\)", picture.svg)) <= set(ids)


def test_no_two_pictures_of_a_page_share_an_id():
    ids = [one.get("id") for picture in PICTURES.values() for one in tree(picture).iter() if one.get("id")]
    assert len(ids) == len(set(ids))


@every
def test_its_table_is_a_table(picture):
    assert all(picture.header) and {len(row) for row in picture.rows} <= {len(picture.header)}


@every
def test_every_name_of_a_mark_says_what_the_table_says(picture):
    """Numbers that a name tells are in the table, too."""
    table = " ".join([picture.left_out, *(cell for row in (picture.header, *picture.rows) for cell in row)])
    told = {number for title in titles(picture)[1:] for number in re.findall(r"\d[\d,.]*%?", title)}
    assert {number for number in told if number.rstrip(".,") not in table} == set()


@pytest.mark.parametrize("field", [field.name for field in fields(EN)])
def test_every_word_is_there_in_both_languages(field):
    ours, theirs = getattr(EN, field), getattr(ZH, field)
    assert (
        ours and theirs and len([ours] if isinstance(ours, str) else ours) == len([theirs] if isinstance(theirs, str) else theirs)
    )
    assert set(re.findall(r"\{\w+\}", str(ours))) == set(re.findall(r"\{\w+\}", str(theirs)))
