"""What changed from one version of a standard to another, part by part."""

from collections.abc import Hashable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, fields
from difflib import SequenceMatcher
from typing import Any, Literal

from libs.events.catalogue.standard import Standard

Part = Literal["process", "survey", "role", "node", "promise", "exception", "form", "script", "classify", "assign"]

ORDERED: tuple[Part, ...] = ("node", "promise", "classify", "assign")
"""The parts whose order means something: a case walks nodes in it, and of promises and rules the first that fits holds."""

_LISTS = ("nodes", "targets", "classify", "assign", "exceptions", "roles", "survey", "forms", "scripts")
NAMES = ("en", "zh")
"""The fields that make up a name, which is compared as one."""

APART = ("process_id", "version", "change", "reviewer", *_LISTS)
"""The fields of a standard that no change of the process as a whole names: its version's own, and its parts."""


@dataclass(frozen=True, slots=True)
class Change:
    """One difference. `subject` is the node, promise, rule … as it is now, or as it was when it is gone."""

    part: Part
    subject: Any
    what: Literal["added", "removed", "changed", "moved"]
    field: str = ""
    before: Any = None
    after: Any = None


def changes(before: Standard, after: Standard) -> list[Change]:
    """Return what changed: the process as a whole first, then its parts in the order of the standard."""
    found: list[Change] = []
    for part, was in _parts(before).items():
        found += _of_part(part, was, _parts(after)[part])
    return found


def _parts(standard: Standard) -> dict[Part, dict[Hashable, Any]]:
    """Return part → what names one of its members → that member."""
    return {
        "process": {"": standard},
        "survey": {"": standard.survey},
        "role": {id: (id, label) for id, label in standard.roles.items()},
        "node": {one.id: one for one in standard.nodes},
        "promise": {(one.clock, tuple(sorted(one.when.items()))): one for one in standard.targets},
        "exception": {one.code: one for one in standard.exceptions},
        "script": {id: (id, script) for id, script in standard.scripts.items()},
        "form": {id: (id, form) for id, form in standard.forms.items()},
        "classify": {one.id: one for one in standard.classify},
        "assign": {one.id: one for one in standard.assign},
    }


def _of_part(part: Part, was: Mapping[Hashable, Any], now: Mapping[Hashable, Any]) -> Iterator[Change]:
    both = [key for key in now if key in was]
    moved = _moved([key for key in was if key in now], both) if part in ORDERED else ()
    for key, one in now.items():
        if key not in was:
            yield Change(part, one, "added")
            continue
        if key in moved:
            yield Change(part, one, "moved")
        for field, old, new in _differences(was[key], one):
            yield Change(part, one, "changed", field, old, new)
    for key, one in was.items():
        if key not in now:
            yield Change(part, one, "removed")


def _moved(was: Sequence[Hashable], now: Sequence[Hashable]) -> Iterable[Hashable]:
    """Return what changed its place: the fewest that, put elsewhere, make one order out of the other."""
    matcher = SequenceMatcher(None, was, now, autojunk=False)
    stayed = {was[block.a + place] for block in matcher.get_matching_blocks() for place in range(block.size)}
    return [key for key in now if key not in stayed]


def _differences(was: Any, now: Any) -> Iterator[tuple[str, Any, Any]]:
    """Yield the fields that differ, with both values."""
    if isinstance(now, tuple):
        was, now = was[1], now[1]
        if (was.en, was.zh) != (now.en, now.zh):
            yield "name", was, now
    for one in fields(now):
        old, new = getattr(was, one.name), getattr(now, one.name)
        if old != new and not (isinstance(now, Standard) and one.name in APART) and one.name not in NAMES:
            yield one.name, old, new
