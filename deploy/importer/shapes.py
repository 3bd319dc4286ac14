"""Which facts may be imported and the form of their data, read from the catalogue."""

import types
from collections.abc import Mapping
from dataclasses import MISSING, dataclass, fields
from datetime import datetime
from typing import Annotated, Any, Union, get_args, get_origin, get_type_hints

from pydantic import TypeAdapter

from libs.events.catalogue import intake, routing, survey
from libs.events.words.event import TYPES, EventType, Topic

KINDS: Mapping[type, str] = {str: "text", int: "integer", bool: "flag", datetime: "time"}


@dataclass(frozen=True)
class Shape:
    """The form of one place in a fact's data: single values of `kinds`, or a list or table of `inner`."""

    kinds: tuple[str, ...] = ()
    inner: "Shape | None" = None
    many: str = ""
    required: bool = False
    adapter: TypeAdapter[Any] | None = None


def importable() -> dict[str, EventType]:
    """Return the events of a case that another system can have recorded, by name without version."""
    speakers = {module.__name__ for module in (intake, routing, survey)}
    found: dict[str, EventType] = {}
    for cls, kind in sorted(TYPES.items(), key=lambda item: item[1].version):
        if cls.__module__ in speakers and kind.topic is Topic.CASES and cls is not intake.FactRecorded:
            found[kind.name] = kind
    return found


def shapes_of(cls: type[Any]) -> dict[str, Shape]:
    """Return the shape of every field of an event class."""
    hints = get_type_hints(cls, include_extras=True)
    required = {f.name for f in fields(cls) if f.default is MISSING and f.default_factory is MISSING}
    return {f.name: _shape(hints[f.name], f.name in required) for f in fields(cls)}


def _shape(hint: Any, required: bool = False) -> Shape:
    bare = get_args(hint)[0] if get_origin(hint) is Annotated else hint
    origin, args = get_origin(bare), get_args(bare)
    if origin is dict:
        return Shape(inner=_shape(args[1]), many="table", required=required)
    if origin is tuple:
        return Shape(inner=_shape(args[0]), many="list", required=required)
    plain = [one for one in args if one is not types.NoneType] if origin in (Union, types.UnionType) else [bare]
    return Shape(kinds=tuple(KINDS[arg] for arg in plain), required=required, adapter=TypeAdapter(hint))
