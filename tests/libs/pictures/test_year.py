"""A year says of every day what it is, and counts them by month."""

from collections import Counter
from datetime import date

from libs.pictures.picture import Sheet
from libs.pictures.words import EN
from libs.pictures.year import KINDS, Marked, year
from tests.libs.pictures.samples import _days
from tests.libs.pictures.seen import SVG, texts, titles, tree

PICTURE = year(Sheet("y", "2026", ""), 2026, _days())


def boxes(picture):
    """Return how many days of each kind are drawn, those of the legend too."""
    classes = (one.get("class", "") for one in tree(picture).iter(f"{SVG}rect"))
    return Counter(one.split()[1] for one in classes if one.startswith("day "))


def test_every_month_has_its_numbers_and_the_year_their_sum():
    header, rows = PICTURE.header, {row[0]: dict(zip(PICTURE.header, row, strict=True)) for row in PICTURE.rows}
    assert header == ("Month", *(EN.kinds_of_days[kind] for kind in KINDS), "Days worked", "Single days")
    assert rows["Jan"]["outside the calendar"] == "31" and rows["Jan"]["Days worked"] == "0"
    assert (rows["May"]["day off"], rows["May"]["make-up working day"], rows["May"]["Days worked"]) == ("5", "1", "19")
    assert rows["Jun"]["Single days"] == "Sat 27 Jun: hours of its own, 09:00-13:00"
    assert (rows["Jun"]["hours of its own"], rows["Jun"]["Days worked"]) == ("1", "23")
    for name in header[1:-1]:
        assert sum(int(row[name]) for month, row in rows.items() if month != "2026") == int(rows["2026"][name]), name


def test_every_day_is_drawn_once_as_what_it_is():
    counted = Counter(one.kind for one in _days().values()) + Counter({"outside": 31})
    drawn = boxes(PICTURE)
    drawn.subtract(dict.fromkeys(("work", "holiday", "made_up", "opened", "expected"), 1))  # the legend
    assert +drawn == counted - Counter({"off": counted["off"]})
    numbers = Counter(text for text, _ in texts(PICTURE) if text.isdecimal())
    assert (numbers["1"], numbers["29"], numbers["31"]) == (12, 11, 7)


def test_a_special_day_says_its_date_what_it_is_and_its_hours():
    said = titles(PICTURE)
    assert "Sat 27 Jun: hours of its own, 09:00-13:00" in said and "Sat 9 May: make-up working day, 09:00-18:00" in said
    assert "Fri 1 May: day off" in said and not any("30 Apr" in one for one in said)


def test_what_is_only_expected_has_a_broken_edge_and_a_word_in_the_legend():
    classes = [one.get("class", "") for one in tree(PICTURE).iter(f"{SVG}rect")]
    assert classes.count("day work expected") == sum(one.kind == "work" and one.is_expected for one in _days().values()) > 0
    assert EN.expected_day in [text for text, _ in texts(PICTURE)]
    announced = year(Sheet("y", "2026", ""), 2026, {date(2026, 1, 1): Marked("work")})
    assert EN.expected_day not in [text for text, _ in texts(announced)]


def test_a_month_that_begins_on_a_sunday_has_six_weeks():
    day = {date(2026, 3, 1): Marked("holiday"), date(2026, 3, 31): Marked("holiday")}
    drawn = tree(year(Sheet("y", "2026", ""), 2026, day)).iter(f"{SVG}rect")
    first, last, _ = [one for one in drawn if one.get("class") == "day holiday"]
    assert float(last.get("y")) - float(first.get("y")) == 5 * 24 and float(last.get("x")) < float(first.get("x"))
