"""A heat map: how many promises were kept, for every row and column, such as weekday and hour or node and week."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from libs.pictures.legend import Key, legend
from libs.pictures.measure import SMALL, width
from libs.pictures.numbers import count, share, short
from libs.pictures.picture import Picture, Sheet
from libs.pictures.svg import Markup, label, linked, tag

ROWS_MAX = 40
CELL, HEIGHT, HEAD = 34, 32, 20
"""How narrow a cell may be, how high it is, and how high the line with the names of the columns."""
BELOW_GOAL = (0.05, 0.15, 0.30)
"""How far below the goal a cell becomes darker."""


@dataclass(frozen=True, slots=True)
class Cell:
    """How many of those that were decided were kept."""

    kept: int
    decided: int
    href: str = ""


@dataclass(frozen=True, slots=True)
class Lines:
    """The rows or the columns: what they are called together, and each of them in order."""

    name: str
    labels: Sequence[str]


_Cells = Mapping[tuple[int, int], Cell]


def heat_map(sheet: Sheet, rows: Lines, columns: Lines, cells: _Cells, goal: float = 0.9) -> Picture:
    """Draw the cells, found by the places of their row and column. A cell where nothing was decided stays empty.

    On a narrow sheet rows become columns if their names are short and there are fewer of them.
    """
    if sheet.narrow and len(rows.labels) < len(columns.labels) and max(map(width, rows.labels), default=0) < CELL + 8:
        rows, columns, cells = columns, rows, {(column, row): cell for (row, column), cell in cells.items()}
    grid = _grid(sheet, rows, columns, cells, goal)
    if not any(cell.decided for cell in cells.values()):
        empty = [label(0, 16, sheet.words.no_data, sheet.width, class_="soft")]
        return sheet.drawn(20, empty, [grid.rows.name, sheet.words.share], ())
    bottom = HEAD + HEIGHT * len(grid.kept_rows)
    keys, end = legend(sheet, _keys(sheet, goal), bottom + 10)
    marks = [*_heads(grid), *(one for row in range(len(grid.kept_rows)) for one in _row(grid, row)), *keys]
    return sheet.drawn(
        end,
        marks,
        [rows.name, *(columns.labels[place] for place in grid.kept_columns)],
        [_said_row(grid, row) for row in range(len(grid.kept_rows))],
        how_to_read=sheet.words.heat_how_to_read.format(rows=rows.name, columns=columns.name),
        left_out=_left_out(grid),
    )


@dataclass(frozen=True, slots=True)
class _Grid:
    """What of the rows and columns there is room for."""

    sheet: Sheet
    rows: Lines
    columns: Lines
    cells: _Cells
    goal: float
    kept_rows: Sequence[int]
    kept_columns: Sequence[int]
    left: float

    @property
    def step(self) -> float:
        return min(64.0, (self.sheet.width - self.left) / max(1, len(self.kept_columns)))

    def cell(self, row: int, column: int) -> Cell:
        return self.cells.get((self.kept_rows[row], self.kept_columns[column]), Cell(0, 0))


def _grid(sheet: Sheet, rows: Lines, columns: Lines, cells: _Cells, goal: float) -> _Grid:
    """Keep the last columns, for which there is room, and the rows in which most was decided."""
    longest = max((width(one) for one in rows.labels), default=0.0)
    left = min(110.0 if sheet.narrow else 180.0, longest + 12)
    fit = int((sheet.width - left) / CELL)
    decided = [0] * len(rows.labels)
    for (row, _), cell in cells.items():
        decided[row] += cell.decided
    common = sorted(sorted(range(len(decided)), key=lambda row: -decided[row])[:ROWS_MAX])
    return _Grid(sheet, rows, columns, cells, goal, common, range(len(columns.labels))[-fit:], left)


def _heads(grid: _Grid) -> Iterator[Markup]:
    """Yield the names of the columns, as many as stand side by side."""
    names = [grid.columns.labels[place] for place in grid.kept_columns]
    apart = next((n for n in range(1, len(names)) if max(map(_small, names)) + 6 <= n * grid.step), max(1, len(names)))
    for place in range((len(names) - 1) % apart, len(names), apart):
        x = grid.left + grid.step * (place + 0.5)
        room = min(apart * grid.step, 2 * x, 2 * (grid.sheet.width - x))
        yield label(x, 13, names[place], room, size=SMALL, anchor="middle", class_="soft")


def _small(text: str) -> float:
    return width(text, SMALL)


def _row(grid: _Grid, row: int) -> Iterator[Markup]:
    y = HEAD + HEIGHT * row
    yield label(grid.left - 8, y + 20, grid.rows.labels[grid.kept_rows[row]], grid.left - 8, anchor="end")
    for column in range(len(grid.kept_columns)):
        yield _cell(grid, row, column, grid.left + grid.step * column, y)


def _cell(grid: _Grid, row: int, column: int, x: float, y: float) -> Markup:
    cell, middle = grid.cell(row, column), x + grid.step / 2
    box = {"x": x + 0.75, "y": y + 0.75, "width": grid.step - 1.5, "height": HEIGHT - 1.5}
    if not cell.decided:
        return tag("rect", **box, class_="nothing")
    class_ = shade(cell.kept / cell.decided, grid.goal)
    names = grid.rows.labels[grid.kept_rows[row]], grid.columns.labels[grid.kept_columns[column]]
    return linked(
        cell.href,
        f"{', '.join(names)}: {_said(grid.sheet, cell)}",
        tag("rect", **box, class_=class_),
        label(
            middle,
            y + 14,
            share(cell.kept, cell.decided, digits=0),
            grid.step,
            size=SMALL,
            anchor="middle",
            class_=f"on {class_}",
        ),
        label(middle, y + 27, short(cell.decided), grid.step, size=SMALL, anchor="middle", class_=f"on {class_}"),
    )


def shade(part: float, goal: float) -> str:
    """Return the class of a cell: `heat0` if the goal is met, up to `heat4` far below it."""
    return f"heat{sum(part < goal - below - 1e-9 for below in (0.0, *BELOW_GOAL))}"


def _keys(sheet: Sheet, goal: float) -> list[Key]:
    edges = [goal] + [max(0.0, goal - below) for below in BELOW_GOAL]
    percent = [f"{100 * edge:.4g}%" for edge in edges]
    keys = [Key(sheet.words.or_more.format(value=percent[0]), "heat0")]
    keys += [Key(sheet.words.under.format(value=value), f"heat{place}") for place, value in enumerate(percent, 1)]
    return [*keys, Key(sheet.words.nothing_decided, "nothing")]


def _said(sheet: Sheet, cell: Cell) -> str:
    return sheet.words.part_of.format(share=share(cell.kept, cell.decided), part=count(cell.kept), whole=count(cell.decided))


def _said_row(grid: _Grid, row: int) -> list[str]:
    cells = [grid.cell(row, column) for column in range(len(grid.kept_columns))]
    return [grid.rows.labels[grid.kept_rows[row]], *(_said(grid.sheet, cell) if cell.decided else "" for cell in cells)]


def _left_out(grid: _Grid) -> str:
    words, said = grid.sheet.words, []
    if len(grid.kept_rows) < len(grid.rows.labels):
        left = len(grid.rows.labels) - len(grid.kept_rows)
        said.append(words.rows_left_out.format(left=left, all=len(grid.rows.labels)))
    if len(grid.kept_columns) < len(grid.columns.labels):
        left = len(grid.columns.labels) - len(grid.kept_columns)
        said.append(words.columns_left_out.format(left=left, all=len(grid.columns.labels)))
    return " ".join(said)
