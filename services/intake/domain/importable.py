"""The facts that another system may send, and their data read as the owner's event class."""

from collections.abc import Iterable, Mapping
from dataclasses import fields
from functools import lru_cache
from types import MappingProxyType
from typing import Any

import msgspec

from libs.events.catalogue.intake import AttachmentAdded, CustomerConfirmed, FactRecorded, InfoSupplied, RecordAttached
from libs.events.words.event import TYPES, EventType, Topic
from libs.events.words.refusal import Refused, nearest

DATA_BYTES_MAX = 8 * 1024


_NEVER = (FactRecorded, InfoSupplied, RecordAttached, AttachmentAdded, CustomerConfirmed)
"""What is said of an import itself; fields that came later, of which nobody could tell which may be said in clear; and what our
vault has the words of."""


def _importable() -> Iterable[tuple[str, EventType]]:
    # In the catalogue's order a newer version comes later and takes the name.
    for kind in TYPES.values():
        if kind.topic is Topic.CASES and kind.owner in ("intake", "routing", "survey") and kind.cls not in _NEVER:
            yield kind.name, kind


IMPORTABLE: Mapping[str, EventType] = MappingProxyType(dict(_importable()))
"""The facts that another system may send, by name."""

_COMPUTED = frozenset(kind.name for kind in TYPES.values() if kind.owner == "sla" and kind.topic is Topic.CASES)
_ALLOWED = {kind.cls: frozenset(one.name for one in fields(kind.cls)) for kind in IMPORTABLE.values()}
_decoders = {kind.cls: msgspec.json.Decoder(kind.cls) for kind in IMPORTABLE.values()}
_names = msgspec.json.Decoder(dict[str, msgspec.Raw])


def importable(name: str) -> EventType:
    """Return the event type of that name, or refuse it and say what was probably meant."""
    try:
        return IMPORTABLE[name]
    except KeyError:
        raise _refusal(name) from None


def read(raw: bytes | msgspec.Raw, kind: EventType, system: str) -> Any:
    """Return a row's data as the event class of its type; a name the class does not know is refused, not dropped."""
    raw = bytes(raw)
    if len(raw) > DATA_BYTES_MAX:
        raise Refused("too-large", f"data has {len(raw)} bytes, more than {DATA_BYTES_MAX}.", 422)
    names = _names.decode(raw)
    if "system" in _ALLOWED[kind.cls]:
        raw = msgspec.json.encode({**names, "system": system})
    unknown = names.keys() - _ALLOWED[kind.cls]
    if unknown:
        allowed, names_told = sorted(_ALLOWED[kind.cls]), sorted(unknown)
        near = nearest(names_told[0], allowed)
        hint = f" Did you mean {near[0]}?" if near else ""
        detail = f"{kind.name} has no field {', '.join(names_told)}; it has: {', '.join(allowed)}.{hint}"
        raise Refused("unknown-field", detail, 422)
    return _decoders[kind.cls].decode(raw)


@lru_cache(maxsize=256)
def _close(name: str) -> tuple[str, ...]:
    return tuple(nearest(name, IMPORTABLE, many=3, cutoff=0.5))


def _refusal(name: str) -> Refused:
    if name in _COMPUTED:
        detail = f"{name} is computed from the case's other facts and cannot be imported. Import those facts."
        return Refused("computed-not-imported", detail, 422)
    hint = f"Did you mean {' or '.join(_close(name))}?" if _close(name) else f"Known are: {', '.join(sorted(IMPORTABLE))}."
    return Refused("unknown-type", f"{name!r} is no fact that can be imported. {hint}", 422)
