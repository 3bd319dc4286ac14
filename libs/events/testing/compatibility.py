"""May today's schema read data of an older one? The log is kept for ever, so the answer must stay yes.

Content is open: unknown fields are ignored, a new optional field is welcome. These changes break history: a field newly
required, removed, or of another type; a limit narrowed; a listed word no longer known; a default that means another thing.
"""

from collections.abc import Iterator
from typing import Any

Schema = dict[str, Any]

_LOWER = ("minimum", "exclusiveMinimum", "minLength", "minItems", "minProperties")
_UPPER = ("maximum", "exclusiveMaximum", "maxLength", "maxItems", "maxProperties")
_EXACT = ("pattern", "format", "multipleOf", "uniqueItems")
_WIDER = {("integer", "number")}
_DEPTH_MAX = 40


def incompatibilities(old: Schema, new: Schema) -> list[str]:
    """Return why data that fits `old` might not be read under `new`; nothing when it always can."""
    return list(_Comparison(old, new).compare(old, new, "$", 0))


class _Comparison:
    """Two schemas side by side, each with its own `$defs`."""

    def __init__(self, old: Schema, new: Schema) -> None:
        self.old_defs: Schema = old.get("$defs", {})
        self.new_defs: Schema = new.get("$defs", {})

    def compare(self, old: Schema, new: Schema, at: str, depth: int) -> Iterator[str]:
        if depth > _DEPTH_MAX:
            raise ValueError(f"{at}: nested deeper than {_DEPTH_MAX}; a schema that contains itself is not compared")
        old, new = _followed(old, self.old_defs), _followed(new, self.new_defs)
        if "anyOf" in old or "anyOf" in new:
            yield from self._variants(old, new, at, depth)
            return
        yield from _retyped(old, new, at)
        yield from _narrowed(old, new, at)
        yield from _words_removed(old, new, at)
        yield from self._properties(old, new, at, depth)
        yield from self._contents(old, new, at, depth)

    def _variants(self, old: Schema, new: Schema, at: str, depth: int) -> Iterator[str]:
        for variant in old.get("anyOf", [old]):
            accepted = (not list(self.compare(variant, to, at, depth + 1)) for to in new.get("anyOf", [new]))
            if not any(accepted):
                yield f"{at}: no longer accepts {_name(variant)}"

    def _properties(self, old: Schema, new: Schema, at: str, depth: int) -> Iterator[str]:
        before, after = old.get("properties", {}), new.get("properties", {})
        for name in sorted(set(new.get("required", ())) - set(old.get("required", ()))):
            yield f"{at}.{name}: is required now"
        for name, schema in before.items():
            if name not in after:
                yield f"{at}.{name}: was removed"
                continue
            yield from _default_changed(schema, after[name], f"{at}.{name}")
            yield from self.compare(schema, after[name], f"{at}.{name}", depth + 1)

    def _contents(self, old: Schema, new: Schema, at: str, depth: int) -> Iterator[str]:
        for keyword, mark in (("items", "[]"), ("additionalProperties", "{}"), ("propertyNames", "{name}")):
            after = new.get(keyword, True)
            if after is True:
                continue
            before = old.get(keyword, True)
            if before is True or (after is False and before is not False):
                yield f"{at}{mark}: was open, is limited now"
            elif before is not False:
                yield from self.compare(before, after, at + mark, depth + 1)


def _followed(schema: Schema, defs: Schema) -> Schema:
    if "$ref" in schema:
        return _followed(defs[schema["$ref"].rsplit("/", 1)[-1]], defs)
    return schema


def _types(schema: Schema) -> set[str]:
    kind = schema.get("type", [])
    return {kind} if isinstance(kind, str) else set(kind)


def _retyped(old: Schema, new: Schema, at: str) -> Iterator[str]:
    before, after = _types(old), _types(new)
    if not after:
        return
    lost = {kind for kind in before if kind not in after and not any((kind, to) in _WIDER for to in after)}
    if lost or not before:
        yield f"{at}: was {_name(old)}, is {_name(new)} now"


def _narrowed(old: Schema, new: Schema, at: str) -> Iterator[str]:
    for key in _LOWER:
        if key in new and (key not in old or new[key] > old[key]):
            yield f"{at}: {key} was {old.get(key, 'open')}, is {new[key]} now"
    for key in _UPPER:
        if key in new and (key not in old or new[key] < old[key]):
            yield f"{at}: {key} was {old.get(key, 'open')}, is {new[key]} now"
    for key in _EXACT:
        if key in new and new[key] != old.get(key):
            yield f"{at}: {key} was {old.get(key, 'open')}, is {new[key]} now"


def _words_removed(old: Schema, new: Schema, at: str) -> Iterator[str]:
    after = new.get("enum", [new["const"]] if "const" in new else None)
    if after is None:
        return
    before = old.get("enum", [old["const"]] if "const" in old else None)
    if before is None:
        yield f"{at}: was open, is one of {after} now"
        return
    for word in before:
        if word not in after:
            yield f"{at}: no longer knows {word!r}"


def _default_changed(old: Schema, new: Schema, at: str) -> Iterator[str]:
    if "default" in old and old["default"] != new.get("default", old["default"]):
        yield f"{at}: absent meant {old['default']!r}, means {new['default']!r} now"


def _name(schema: Schema) -> str:
    return " or ".join(sorted(_types(schema))) or "anything"
