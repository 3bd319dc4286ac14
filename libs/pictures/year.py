"""A year of a calendar: twelve months, every day as what it is, and how many there are of each in a month."""

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from libs.pictures.legend import Key, legend
from libs.pictures.measure import SMALL
from libs.pictures.picture import Picture, Sheet
from libs.pictures.svg import Markup, label, linked, tag

KINDS = ("work", "off", "holiday", "made_up", "opened", "outside")
"""What a day may be: a working day, a weekday off, a single day off, one that is worked instead, one with hours of its own."""
WORKED = ("work", "made_up", "opened")
ORDINARY = ("work", "off", "outside")
PATTERNS = {"holiday": "paused", "opened": "provisional"}
"""Which kinds have a pattern, so that they are told apart without colours."""
HEAD, ROW, GAP = 40, 24, 16
"""How high a month's names are, how high a week, and what is between two months."""


@dataclass(frozen=True, slots=True)
class Marked:
    """What a day is, what to say of it beside its date, and whether it is only expected."""

    kind: str
    note: str = ""
    is_expected: bool = False


def year(sheet: Sheet, number: int, days: Mapping[date, Marked]) -> Picture:
    """Draw the year. A day that is not among them is outside the calendar."""
    columns = 2 if sheet.narrow else 4
    step = (sheet.width + GAP) / columns
    marks: list[Markup] = []
    for place in range(12):
        left, top = step * (place % columns), (HEAD + 6 * ROW + GAP) * (place // columns)
        marks += _month(sheet, date(number, place + 1, 1), days, (left, top, (step - GAP) / 7))
    keys, end = legend(sheet, _keys(sheet, days), (HEAD + 6 * ROW + GAP) * (12 // columns))
    words = sheet.words
    return sheet.drawn(
        end,
        [*marks, *keys],
        [words.month, *(words.kinds_of_days[kind] for kind in KINDS), words.worked, words.single_days],
        _rows(sheet, number, days),
        patterns=PATTERNS.values(),
        how_to_read=words.year_how_to_read,
    )


def _month(sheet: Sheet, first: date, days: Mapping[date, Marked], at: tuple[float, float, float]) -> Iterator[Markup]:
    left, top, cell = at
    yield label(left, top + 13, sheet.words.month_of(first), 7 * cell, class_="strong")
    for weekday, name in enumerate(sheet.words.weekdays):
        yield label(left + cell * (weekday + 0.5), top + 31, name, cell, size=SMALL, anchor="middle", class_="soft")
    for day in _of_month(first):
        week = (day.day - 1 + first.weekday()) // 7
        yield _day(sheet, day, days.get(day, Marked("outside")), (left + cell * day.weekday(), top + HEAD + ROW * week, cell))


def _of_month(first: date) -> Iterator[date]:
    day = first
    while day.month == first.month:
        yield day
        day += timedelta(days=1)


def _day(sheet: Sheet, day: date, what: Marked, at: tuple[float, float, float]) -> Markup:
    x, y, cell = at
    said = {"off": "soft", "outside": "soft"}.get(what.kind, "on")
    number = label(x + cell / 2, y + 15, str(day.day), cell, size=SMALL, anchor="middle", class_=said)
    pattern = PATTERNS.get(what.kind)
    box = tag(
        "rect",
        x=x + 1,
        y=y + 1,
        width=cell - 2,
        height=ROW - 2,
        fill=sheet.fill(pattern) if pattern else None,
        class_=_class(what),
    )
    # On a pattern a number would be hard to read.
    ground = [tag("rect", x=x + cell / 2 - 8, y=y + 5, width=16, height=14, class_="ground")] if pattern else []
    if what.kind in ORDINARY:
        return Markup("".join([*([] if what.kind == "off" else [box]), number]))
    return linked("", _named(sheet, day, what), box, *ground, number)


def _named(sheet: Sheet, day: date, what: Marked) -> str:
    name = f"{sheet.words.day_of(day)}: {sheet.words.kinds_of_days[what.kind]}"
    return f"{name}, {what.note}" if what.note else name


def _class(what: Marked) -> str:
    return f"day {what.kind}{' expected' if what.is_expected else ''}"


def _keys(sheet: Sheet, days: Mapping[date, Marked]) -> list[Key]:
    words = sheet.words
    found = {one.kind for one in days.values()}
    keys = [Key(words.kinds_of_days[kind], f"day {kind}", PATTERNS.get(kind, "")) for kind in KINDS if kind in found]
    expected = [Key(words.expected_day, "day expected")] if any(one.is_expected for one in days.values()) else []
    return [one for one in keys if one.class_ != "day off"] + expected


def _rows(sheet: Sheet, number: int, days: Mapping[date, Marked]) -> Iterator[list[str]]:
    total: Counter[str] = Counter()
    for month in range(1, 13):
        first = date(number, month, 1)
        counts = Counter(days.get(day, Marked("outside")).kind for day in _of_month(first))
        total += counts
        single = [_named(sheet, day, days[day]) for day in _of_month(first) if day in days and days[day].kind not in ORDINARY]
        yield [sheet.words.month_of(first), *_said(counts), "; ".join(single)]
    yield [sheet.words.year_of(date(number, 1, 1)), *_said(total), ""]


def _said(counts: Mapping[str, int]) -> list[str]:
    return [str(counts.get(kind, 0)) for kind in KINDS] + [str(sum(counts.get(kind, 0) for kind in WORKED))]
