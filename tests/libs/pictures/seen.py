"""A picture as a test sees it: a tree of elements, with what each of them covers."""

import re
from xml.etree import ElementTree

from libs.pictures.measure import SIZE, width

SVG = "{http://www.w3.org/2000/svg}"
_NUMBER = re.compile(r"-?\d+(?:\.\d+)?")
_ANCHORED = {None: 0.0, "middle": 0.5, "end": 1.0}


def tree(picture):
    return ElementTree.fromstring(picture.svg)


def drawn(root, *names):
    """Return the elements of these names that are drawn, so not those of a pattern."""
    patterns = {inner for pattern in root.iter(f"{SVG}pattern") for inner in pattern.iter()}
    return [one for one in root.iter() if one.tag.removeprefix(SVG) in names and one not in patterns]


def texts(picture):
    """Return the words that are to be seen, each with the box around them."""
    return [("".join(one.itertext()), box(one)) for one in drawn(tree(picture), "text")]


def titles(picture):
    return [one.text or "" for one in tree(picture).iter(f"{SVG}title")]


def box(one):
    """Return left, top, right and bottom of an element."""
    at = {key: float(value) for key, value in one.attrib.items() if _NUMBER.fullmatch(value)}
    match one.tag.removeprefix(SVG):
        case "text":
            size = at.get("font-size", SIZE)
            wide = width((one[-1].tail if len(one) else one.text) or "", size)
            left = at["x"] - wide * _ANCHORED[one.get("text-anchor")]
            return left, at["y"] - 0.75 * size, left + wide, at["y"] + 0.2 * size
        case "rect":
            return at["x"], at["y"], at["x"] + at["width"], at["y"] + at["height"]
        case "circle":
            return at["cx"] - at["r"], at["cy"] - at["r"], at["cx"] + at["r"], at["cy"] + at["r"]
        case "line":
            return min(at["x1"], at["x2"]), min(at["y1"], at["y2"]), max(at["x1"], at["x2"]), max(at["y1"], at["y2"])
        case "path":
            numbers = [float(number) for number in _NUMBER.findall(one.get("d"))]
            return min(numbers[::2]), min(numbers[1::2]), max(numbers[::2]), max(numbers[1::2])
    raise AssertionError(one.tag)


def outside(picture):
    """Return the marks and words that are not wholly within the view box."""
    root = tree(picture)
    _, _, right, bottom = map(float, root.get("viewBox").split())
    boxes = [(box(one), one.tag, "".join(one.itertext())) for one in drawn(root, "text", "rect", "circle", "line", "path")]
    return [
        one for one in boxes if one[0][0] < -0.01 or one[0][1] < -0.01 or one[0][2] > right + 0.01 or one[0][3] > bottom + 0.01
    ]


def overlapping(picture):
    """Return pairs of words that cover each other."""
    found = texts(picture)
    return [
        (one, other)
        for place, (one, a) in enumerate(found)
        for other, b in found[place + 1 :]
        if min(a[2], b[2]) - max(a[0], b[0]) > 0.5 and min(a[3], b[3]) - max(a[1], b[1]) > 0.5
    ]
