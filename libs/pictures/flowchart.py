"""A flowchart of a process standard: its nodes in their order, each in the column of the role that does the work."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

from libs.pictures.legend import Key, legend
from libs.pictures.measure import SIZE, SMALL, wrapped
from libs.pictures.picture import Picture, Sheet
from libs.pictures.svg import Markup, label, linked, path, tag

STEPS_MAX, LANES_MAX = 200, 6
"""How many nodes are drawn, and in how many columns; the roles of the rarest work share the last one."""

_HEAD, _PITCH, _BOX, _EDGE, _ARROW = 44, 84, 56, 8, 7


@dataclass(frozen=True, slots=True)
class Step:
    """A node: its name, the role that does the work, and a note such as its limit."""

    label: str
    role: str
    note: str = ""
    key: bool = False
    href: str = ""


@dataclass(frozen=True, slots=True)
class _Lanes:
    """The columns, one for each role; `others` says that the last one is for all roles that have none."""

    roles: Sequence[str]
    others: bool
    wide: float

    def place(self, role: str) -> int:
        """Return the column of a role."""
        return self.roles.index(role) if role in self.roles else len(self.roles)

    def middle(self, role: str) -> float:
        """Return where the nodes of a role stand."""
        return self.wide * (self.place(role) + 0.5)


def flowchart(sheet: Sheet, steps: Sequence[Step]) -> Picture:
    """Draw the nodes from the first to the last. A narrow picture has one column, and the roles in the boxes."""
    words = sheet.words
    header = [words.step, words.role, words.key, words.note]
    rows = [[one.label, one.role, words.key if one.key else "", one.note] for one in steps]
    if not steps:
        return sheet.drawn(20, [label(0, 16, words.no_data, sheet.width, class_="soft")], header, rows)
    shown = steps[:STEPS_MAX]
    lanes = _lanes(sheet, shown)
    top = 0.0 if sheet.narrow else _HEAD
    bottom = top + _PITCH * (len(shown) + 1) - 4
    marks = [*_columns(sheet, lanes, bottom), *_flow(lanes, shown, top), *_ends(sheet, lanes, shown, top)]
    marks += [_box(sheet, lanes, step, top + _PITCH * place + 36) for place, step in enumerate(shown)]
    keys, end = legend(sheet, [Key(words.key_node, "node key")], bottom + 8)
    left = len(steps) - len(shown)
    left_out = words.steps_left_out.format(left=left, all=len(steps)) if left else ""
    return sheet.drawn(end, [*marks, *keys], header, rows, how_to_read=words.flow_how_to_read, left_out=left_out)


def _lanes(sheet: Sheet, steps: Sequence[Step]) -> _Lanes:
    """Return the columns in the order in which their roles are first at work."""
    said = [step.role for step in steps]
    roles = [] if sheet.narrow else list(dict.fromkeys(said))
    common = sorted(roles, key=said.count, reverse=True)
    kept = set(roles if len(roles) <= LANES_MAX else common[: LANES_MAX - 1])
    others = len(kept) < len(roles)
    shown = [role for role in roles if role in kept]
    return _Lanes(shown, others, sheet.width / (len(shown) + others or 1))


def _columns(sheet: Sheet, lanes: _Lanes, bottom: float) -> Iterator[Markup]:
    if sheet.narrow:
        return
    heads = [*lanes.roles, *([sheet.words.other_roles] if lanes.others else [])]
    for place, head in enumerate(heads):
        x = lanes.wide * place
        if place % 2 == 0:
            yield tag("rect", x=x, y=0, width=lanes.wide, height=bottom, class_="lane")
        lines = wrapped(head, lanes.wide - 12, SIZE, lines=2)
        for line, text in enumerate(lines):
            yield label(x + lanes.wide / 2, 17 + 15 * line, text, lanes.wide - 12, anchor="middle", class_="strong")


def _flow(lanes: _Lanes, steps: Sequence[Step], top: float) -> Iterator[Markup]:
    """Yield the line from each node to the next; it changes columns halfway."""
    for place, (step, following) in enumerate(pairwise(steps)):
        x, beyond = lanes.middle(step.role), lanes.middle(following.role)
        y = top + _PITCH * place + 36 + _BOX
        yield from _arrow(x, y, beyond, y + _PITCH - _BOX)


def _arrow(x: float, y: float, beyond: float, end: float) -> Iterator[Markup]:
    half = y + (end - y) / 2 - 3
    turns = ("L", x, half, "L", beyond, half) if x != beyond else ()
    yield tag("path", d=path("M", x, y, *turns, "L", beyond, end - _ARROW), class_="arc flow")
    yield tag(
        "path", d=path("M", beyond - 5, end - _ARROW, "L", beyond + 5, end - _ARROW, "L", beyond, end, "Z"), class_="soft ink"
    )


def _ends(sheet: Sheet, lanes: _Lanes, steps: Sequence[Step], top: float) -> Iterator[Markup]:
    first, last = lanes.middle(steps[0].role), lanes.middle(steps[-1].role)
    for x, y, name in ((first, top + 10, sheet.words.begin), (last, top + _PITCH * len(steps) + 36, sheet.words.end)):
        yield tag("circle", cx=x, cy=y, r=6, class_="soft ink")
        yield label(x + 12, y + 4, name, lanes.wide / 2 - 16, size=SMALL, class_="soft")
    yield from _arrow(first, top + 16, first, top + 36)
    yield from _arrow(last, top + _PITCH * (len(steps) - 1) + 36 + _BOX, last, top + _PITCH * len(steps) + 30)


def _box(sheet: Sheet, lanes: _Lanes, step: Step, y: float) -> Markup:
    wide = min(lanes.wide - 2 * _EDGE, 260)
    x, middle, room = lanes.middle(step.role) - wide / 2, lanes.middle(step.role), wide - 12
    is_told = step.role not in lanes.roles
    note = " · ".join(part for part in (step.role if is_told else "", step.note) if part)
    names = wrapped(step.label, room - 10, SIZE, lines=2)  # what is strong is a little wider
    marks = [tag("rect", x=x, y=y, width=wide, height=_BOX, rx=6, class_="node key" if step.key else "node")]
    base = y + (_BOX - 15 * (len(names) + bool(note))) / 2 + 12
    for line, text in enumerate(names):
        marks.append(label(middle, base + 15 * line, text, room, anchor="middle", class_="strong"))
    if note:
        marks.append(label(middle, base + 15 * len(names), note, room, size=SMALL, anchor="middle", class_="soft"))
    said = "; ".join(part for part in (step.role, step.note, sheet.words.key if step.key else "") if part)
    return linked(step.href, f"{step.label}: {said}", *marks)
