"""A funnel: how many came from stage to stage, and where the others stayed."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from libs.pictures.measure import SMALL
from libs.pictures.numbers import count, share
from libs.pictures.picture import Picture, Sheet
from libs.pictures.svg import Markup, label, linked, path, tag

BAR, LOSS, GAP = 22, 16, 12


@dataclass(frozen=True, slots=True)
class Loss:
    """How many did not come further than a stage, for one reason."""

    label: str
    count: int
    href: str = ""


@dataclass(frozen=True, slots=True)
class Stage:
    """How many came to a stage."""

    label: str
    count: int
    href: str = ""
    losses: tuple[Loss, ...] = ()


@dataclass(frozen=True, slots=True)
class _Columns:
    """Where the bars start and how wide they may be, and where the shares start."""

    left: float
    room: float
    right: float


def funnel(sheet: Sheet, stages: Sequence[Stage]) -> Picture:
    """Draw the stages from first to last."""
    columns = _Columns(0, sheet.width, 0) if sheet.narrow else _Columns(200, 440, 656)
    most = max((stage.count for stage in stages), default=0)
    marks: list[Markup] = []
    y = 4.0
    for place, stage in enumerate(stages):
        y += 18 if sheet.narrow else 0
        size = columns.room * stage.count / most if most else 0
        if place:
            before = columns.room * stages[place - 1].count / most if most else 0
            top = y - (18 if sheet.narrow else 0) - _below(stages[place - 1])
            marks.append(_slope(columns.left, before, size, top, y))
        marks += _stage(sheet, stage, place, stages, columns, y, size)
        marks += _losses(stage, columns, y + BAR)
        y += BAR + _below(stage)
    if not stages:
        marks, y = [label(0, 16, sheet.words.no_data, sheet.width, class_="soft")], 20
    return sheet.drawn(y, marks, _header(sheet), list(_rows(sheet, stages)))


def _below(stage: Stage) -> float:
    return GAP + LOSS * len(stage.losses)


def _slope(left: float, before: float, size: float, top: float, y: float) -> Markup:
    outline = path("M", left, top, "L", left + before, top, "L", left + size, y, "L", left, y, "Z")
    return tag("path", d=outline, class_="slope")


def _shares(sheet: Sheet, stages: Sequence[Stage], place: int) -> tuple[str, str]:
    """Return a stage's share of the first stage and of the one before it."""
    of = stages[place].count
    return share(of, stages[0].count), share(of, stages[place - 1].count) if place else "–"


def _stage(
    sheet: Sheet, stage: Stage, place: int, stages: Sequence[Stage], columns: _Columns, y: float, size: float
) -> Iterator[Markup]:
    first, previous = _shares(sheet, stages, place)
    said = sheet.words.stage_share.format(first=first, previous=previous) if place else ""
    bar = [tag("rect", x=columns.left, y=y, width=max(size, 1), height=BAR, class_="accent")]
    if sheet.narrow:
        bar.append(label(0, y - 5, stage.label, 230, class_="strong"))
        bar.append(label(sheet.width, y - 5, f"{count(stage.count)} · {first}", 120, anchor="end"))
    else:
        bar.append(label(columns.left - 12, y + 16, stage.label, columns.left - 12, anchor="end"))
        bar.append(label(columns.right, y + 10, count(stage.count), 90, class_="strong"))
        bar.append(label(columns.right, y + 24, said, sheet.width - columns.right, size=SMALL, class_="soft"))
    yield linked(stage.href, f"{stage.label}: {count(stage.count)}{', ' * bool(said)}{said}", *bar)


def _losses(stage: Stage, columns: _Columns, y: float) -> Iterator[Markup]:
    for place, loss in enumerate(stage.losses):
        said = f"−{count(loss.count)}  {loss.label}"
        text = label(columns.left + 8, y + LOSS * (place + 1), said, columns.room - 8, size=SMALL, class_="soft")
        yield linked(loss.href, f"{loss.label}: {count(loss.count)}", text)


def _header(sheet: Sheet) -> list[str]:
    return [sheet.words.stage, sheet.words.count, sheet.words.of_first, sheet.words.of_previous]


def _rows(sheet: Sheet, stages: Sequence[Stage]) -> Iterator[list[str]]:
    for place, stage in enumerate(stages):
        yield [stage.label, count(stage.count), *_shares(sheet, stages, place)]
        for loss in stage.losses:
            yield [f"{stage.label}, {sheet.words.not_further}: {loss.label}", count(loss.count), "", ""]
