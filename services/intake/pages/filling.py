"""A form as a page asks for it: one place to write for each field, and what was written read as the form's types."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from libs.web.problems import Language

LONG = 200
"""A text that may be longer than this gets more than one line."""


@dataclass(frozen=True, slots=True)
class Place:
    """A field of a page: its name, `parts.number` for one inside another, and what may be written there."""

    name: str
    label: str
    kind: str
    required: bool
    choices: tuple[str, ...] = ()
    longest: int = LONG
    hint: str = ""

    @property
    def is_long(self) -> bool:
        """Whether it gets more than one line."""
        return self.kind == "array" or (self.kind == "string" and not self.choices and self.longest > LONG)


def places(schema: Mapping[str, Any], lang: Language, within: str = "") -> Iterator[Place]:
    """Yield the places of a form. A list of objects has none: it comes by the API."""
    for name, one in schema["properties"].items():
        label = one.get("x-zh" if lang == "zh" else "title") or one.get("title") or name.replace("_", " ")
        kind = one["type"]
        if kind == "object":
            yield from places(one, lang, f"{within}{name}.")
        elif kind != "array" or one["items"]["type"] not in ("object", "array"):
            words = ("true", "false") if kind == "boolean" else tuple(map(str, one.get("enum", ())))
            longest = LONG * 100 if kind == "array" else one.get("maxLength", LONG)
            hint = one.get("description", "")
            yield Place(f"{within}{name}", label, kind, name in schema.get("required", ()), words, longest, hint)


def written(schema: Mapping[str, Any], given: Mapping[str, str], within: str = "") -> dict[str, Any]:
    """Return the record that a page was filled in with. What is no number stays as it is, to be refused in the form's words."""
    found: dict[str, Any] = {}
    for name, one in schema["properties"].items():
        if one["type"] == "object":
            if inner := written(one, given, f"{within}{name}."):
                found[name] = inner
        # A browser ends lines in two characters, and nobody wrote the first of them.
        elif text := given.get(f"{within}{name}", "").replace("\r\n", "\n").strip():
            found[name] = _read(one, text)
    return found


def _read(schema: Mapping[str, Any], text: str) -> Any:
    match schema["type"]:
        case "array":
            return [_read(schema["items"], line.strip()) for line in text.split("\n") if line.strip()]
        case "boolean":
            return {"true": True, "false": False}.get(text, text)
        case "integer" | "number":
            return _number(text)
    return text


def _number(text: str) -> int | float | str:
    for kind in (int, float):
        try:
            read: int | float = kind(text)
        except ValueError:
            continue
        return read if abs(read) < float("inf") and len(text) <= LONG else text
    return text
