"""A piece of a mapping file under inspection: its value, its path, and the list in which faults are noted."""

from collections.abc import Collection
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

from libs.events.words.refusal import nearest

PIECES_MAX = 50_000
DEPTH_MAX = 50


class BadMapping(Exception):
    """The mapping file cannot be used; `faults` names each place and says what to write there."""

    def __init__(self, name: str, faults: list[str]) -> None:
        super().__init__("\n".join([f"{name}: {len(faults)} fault{'s' * (len(faults) > 1)}", *faults]))
        self.faults = faults


class _Words(yaml.BaseLoader):
    """YAML in which every value is text: `on`, `no` and `007` stay as they are written. A key given twice is
    refused."""

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Any, Any]:
        seen: set[str] = set()
        for key, _ in node.value:
            if not isinstance(key, yaml.ScalarNode):
                raise yaml.MarkedYAMLError(None, None, "a key must be a word", key.start_mark)
            if key.value in seen:
                raise yaml.MarkedYAMLError(None, None, f"the key {key.value!r} is given twice", key.start_mark)
            seen.add(key.value)
        return super().construct_mapping(node, deep)


@dataclass(frozen=True)
class Part:
    """The value at `path`. Reading it never raises: a fault is noted and a harmless value returned."""

    value: Any
    path: str = ""
    faults: list[str] = field(default_factory=list)

    def fault(self, what: str) -> None:
        self.faults.append(f"{self.path or 'the file'}: {what}")

    def part(self, key: str) -> "Part":
        """Return the piece under `key`; its value is None if it is not there."""
        value = self.value.get(key) if isinstance(self.value, dict) else None
        return Part(value, f"{self.path}.{key}" if self.path else key, self.faults)

    def has(self, key: str) -> bool:
        return isinstance(self.value, dict) and key in self.value

    def known(self, keys: Collection[str]) -> None:
        """Note every key that has no meaning here."""
        for key in self.entries():
            if key not in keys:
                near = nearest(key, keys)
                hint = f"did you mean {near[0]!r}?" if near else f"write one of {', '.join(sorted(keys))}"
                self.fault(f"{key!r} means nothing here; {hint}")

    def word(self, example: str) -> str:
        """Return the one word that must stand here."""
        if isinstance(self.value, str) and self.value:
            return self.value
        self.fault(f"must be one word; write for example {example}")
        return ""

    def choice(self, words: Collection[str], default: str = "") -> str:
        """Return the word, which must be one of `words`."""
        if self.value is None and default:
            return default
        if isinstance(self.value, str) and self.value in words:
            return str(self.value)
        self.fault(f"{self.value!r} is not possible; write one of {', '.join(words)}")
        return default

    def yes(self) -> bool:
        """Return `yes` or `no` as a truth value."""
        return self.choice(("yes", "no")) == "yes"

    def number(self, example: str) -> int:
        """Return the whole number of at least 1 that must stand here."""
        if isinstance(self.value, str) and self.value.isascii() and self.value.isdigit() and int(self.value):
            return int(self.value)
        self.fault(f"must be a whole number from 1; write for example {example}")
        return 1

    def words(self, example: str) -> tuple[str, ...]:
        """Return the words of a list; one word alone is a list of one."""
        found = [self.value] if isinstance(self.value, str) else self.value
        if isinstance(found, list) and found and all(isinstance(word, str) for word in found):
            return tuple(found)
        self.fault(f"must be a word or a list of words; write for example {example}")
        return ()

    def names(self, example: str) -> tuple[str, ...]:
        """Return the names of a list, none of which is empty."""
        found = self.words(example)
        if "" in found:
            self.fault(f"has an empty name; write for example {example}")
        return found

    def items(self) -> list["Part"]:
        """Return the pieces of a list."""
        if isinstance(self.value, list):
            return [Part(value, f"{self.path}[{n}]", self.faults) for n, value in enumerate(self.value, 1)]
        if self.value is not None:
            self.fault("must be a list; begin each entry with a dash")
        return []

    def entries(self) -> dict[str, "Part"]:
        """Return the pieces of a mapping."""
        if isinstance(self.value, dict):
            return {str(key): self.part(key) for key in self.value}
        if self.value is not None:
            self.fault("must be a mapping; write `name: value` lines, indented")
        return {}


def read_part(path: Path) -> Part:
    """Return the whole file as a piece to inspect."""
    try:
        value = yaml.load(path.read_text(encoding="utf-8"), _Words)  # noqa: S506  (a loader that makes only words)
    except (OSError, UnicodeDecodeError) as error:
        raise BadMapping(path.name, [f"the file: cannot be read: {error}"]) from error
    except yaml.YAMLError as error:
        raise BadMapping(path.name, [f"the file: is not YAML: {error}"]) from error
    except RecursionError:
        raise BadMapping(path.name, ["the file: is nested too deeply"]) from None
    if not _is_surveyable(value):
        raise BadMapping(
            path.name, [f"the file: is deeper than {DEPTH_MAX} or has more than {PIECES_MAX} pieces, aliases unfolded"]
        )
    part = Part(value)
    if not isinstance(value, dict):
        raise BadMapping(path.name, ["the file: must be a mapping; begin with `system: name-of-the-source`"])
    return part


def _is_surveyable(value: Any) -> bool:
    """Test whether a file is small with its aliases unfolded: a page of them may stand for billions of words."""
    pieces, rest = 0, [(value, 0)]
    while rest and pieces <= PIECES_MAX:
        piece, depth = rest.pop()
        pieces += 1
        inner = piece.values() if isinstance(piece, dict) else piece if isinstance(piece, list) else ()
        if depth == DEPTH_MAX and inner:
            return False
        rest += [(one, depth + 1) for one in inner]
    return not rest
