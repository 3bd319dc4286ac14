"""A line of a word's size: how a rate went, without axis and numbers. The number stands beside it."""

from collections.abc import Iterator, Sequence

from libs.pictures.svg import Markup, path, tag

WIDTH, HEIGHT, EDGE = 120, 28, 3


def spark(days: Sequence[tuple[int, int]]) -> Markup:
    """Return the line of numerators over denominators; a day without a denominator is a gap."""
    shares = [num / den if den > 0 else None for num, den in days]
    known = [one for one in shares if one is not None]
    low, high = (min(known), max(known)) if known else (0.0, 1.0)
    places = [
        (EDGE + n * (WIDTH - 2 * EDGE) / max(1, len(shares) - 1), _height(one, low, high))
        for n, one in enumerate(shares)
        if one is not None
    ]
    marks = [tag("path", d=path(*_steps(places)), class_="spark")] if len(places) > 1 else []
    marks += [tag("circle", cx=x, cy=y, r=2.5, class_="spark end") for x, y in places[-1:]]
    return tag("svg", *marks, viewBox=f"0 0 {WIDTH} {HEIGHT}", width=WIDTH, height=HEIGHT, aria_hidden="true", class_="spark")


def _height(share: float, low: float, high: float) -> float:
    spread = high - low
    return HEIGHT / 2 if spread == 0 else EDGE + (high - share) / spread * (HEIGHT - 2 * EDGE)


def _steps(places: Sequence[tuple[float, float]]) -> Iterator[str | float]:
    for n, (x, y) in enumerate(places):
        yield from ("L" if n else "M", x, y)
