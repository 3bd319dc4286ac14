"""A line by day or week: with the band of its interval, what is provisional, the goal, and where a version changed."""

from collections.abc import Callable, Sequence
from dataclasses import replace

from libs.pictures.axis import steps_of
from libs.pictures.legend import Key, legend
from libs.pictures.line_marks import (
    COUNTS,
    Plot,
    band,
    counts,
    days,
    goal_mark,
    lanes,
    line_marks,
    names,
    provisional,
    scale,
    version_marks,
)
from libs.pictures.measure import SMALL, width
from libs.pictures.picture import Picture, Sheet
from libs.pictures.series import Series, Version, cells, header
from libs.pictures.svg import label

SERIES_MAX, POINTS_MAX, VERSIONS_MAX = 4, 106, 8


def line(
    sheet: Sheet,
    series: Sequence[Series],
    say: Callable[[float], str],
    *,
    versions: Sequence[Version] = (),
    goal: float | None = None,
    seconds: bool = False,
    span: Sequence[float] = (),
) -> Picture:
    """Draw the series; `say` writes a value, and `seconds` tells that values are lengths of time.

    The scale covers the values of `span`, too, so that pictures beside each other may share one.
    """
    shown = [Series(one.label, one.points[-POINTS_MAX:]) for one in series[:SERIES_MAX]]
    values = [
        value for one in shown for point in one.points for value in (point.value, point.low, point.high) if value is not None
    ]
    if not values:
        return sheet.drawn(20, [label(0, 16, sheet.words.no_data, sheet.width, class_="soft")], header(sheet), ())
    marked = versions[-VERSIONS_MAX:]
    plot, steps = _plot(sheet, shown, say, [*values, *span, *([] if goal is None else [goal])], seconds, marked)
    single = len(shown) == 1
    marks = [*provisional(plot), *scale(plot, steps)]
    marks += band(plot, shown[0]) if single else ()
    marks += [*goal_mark(plot, goal), *version_marks(plot, marked)]
    for place, one in enumerate(shown):
        marks += line_marks(plot, one, place)
    marks += names(plot) if not single and not sheet.narrow else ()
    bottom = plot.bottom
    if single:
        marks += counts(plot, shown[0])
        bottom += COUNTS
    marks += days(plot, bottom)
    keys, end = legend(sheet, _keys(plot, goal), bottom + 38)
    rows = [cells(sheet, say, one, point) for one in shown for point in one.points]
    left_out = _left_out(sheet, series, shown, len(versions) - len(marked))
    return sheet.drawn(end, [*marks, *keys], header(sheet), rows, patterns=["provisional"], left_out=left_out)


def _plot(
    sheet: Sheet,
    series: Sequence[Series],
    say: Callable[[float], str],
    values: Sequence[float],
    seconds: bool,
    versions: Sequence[Version],
) -> tuple[Plot, list[float]]:
    """Return the plot, which begins and ends at a step, and its steps."""
    low, high = min(values), max(values)
    low, high = (low - 1, high + 1) if low == high else (low, high)
    steps = list(steps_of(low, high, 5, seconds=seconds))
    apart = steps[1] - steps[0] if len(steps) > 1 else high - low
    steps = [*([steps[0] - apart] if steps[0] > low else []), *steps, *([steps[-1] + apart] if steps[-1] < high else [])]
    days = [point.since for one in series for point in one.points]
    left = max(width(say(step), SMALL) for step in steps) + 14
    right = sheet.width - (20 if sheet.narrow or len(series) == 1 else 170)
    plot = Plot(sheet, series, say, min(days), max(days), steps[0], steps[-1], left, right, 10)
    lines = max((lane for lane, _, _ in lanes(plot, versions)), default=-1) + 1
    return replace(plot, top=10 + 16.0 * lines), steps


def _keys(plot: Plot, goal: float | None) -> list[Key]:
    words = plot.sheet.words
    names = [Key(one.label, f"line series{place}", line=True) for place, one in enumerate(plot.series)]
    keys = names if len(names) > 1 and plot.sheet.narrow else []
    points = [point for one in plot.series for point in one.points]
    if len(plot.series) == 1 and any(point.low is not None for point in points):
        keys.append(Key(words.interval, "band"))
    if any(point.provisional for point in points):
        keys.append(Key(words.provisional, pattern="provisional"))
    return [*keys, Key(words.goal.format(value=plot.say(goal)), "goal", line=True)] if goal is not None else keys


def _left_out(sheet: Sheet, series: Sequence[Series], shown: Sequence[Series], versions: int) -> str:
    words, said = sheet.words, []
    if len(series) > len(shown):
        said.append(words.series_left_out.format(left=len(series) - len(shown), all=len(series)))
    points = sum(len(one.points) for one in series[:SERIES_MAX]) - sum(len(one.points) for one in shown)
    if points:
        said.append(words.points_left_out.format(left=points))
    if versions:
        said.append(words.versions_left_out.format(left=versions))
    return " ".join(said)
