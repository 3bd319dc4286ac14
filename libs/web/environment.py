"""Settings from the environment: a frozen dataclass whose fields know their variable, unit and meaning."""

import os
import types
from collections.abc import Callable, Iterator, Mapping
from dataclasses import Field, dataclass, field, fields
from pathlib import Path
from typing import Any, TypeVar, Union, dataclass_transform, get_args, get_origin, get_type_hints

from libs.web.rates import Rate

PREFIX = "LOOPDESK_"
T = TypeVar("T")


class BadSetting(Exception):
    """An environment variable that cannot be used; the message names it and says what to give."""


@dataclass(frozen=True, slots=True)
class Described:
    """One variable as the operator's manual lists it."""

    variable: str
    default: str
    unit: str
    meaning: str


def setting(
    variable: str,
    *,
    default: Any,
    meaning: str,
    unit: str = "",
    at_least: float | None = None,
    at_most: float | None = None,
    one_of: tuple[str, ...] = (),
    secret: bool = False,
) -> Any:
    """Declare a field of a settings class; a secret is kept out of its repr."""
    if not variable.startswith(PREFIX):
        raise ValueError(f"{variable} must start with {PREFIX}")
    known = {"variable": variable, "unit": unit, "meaning": meaning, "limits": (at_least, at_most), "one_of": one_of}
    return field(default=default, repr=not secret, metadata=known)


@dataclass_transform(frozen_default=True, kw_only_default=True, field_specifiers=(setting,))
def settings(cls: type[T]) -> type[T]:
    """Make a class a settings class: frozen, keyword-only, every field declared by `setting`."""
    return dataclass(frozen=True, slots=True, kw_only=True)(cls)


def from_environment(cls: type[T], environ: Mapping[str, str] | None = None, *, service: str = "", **defaults: Any) -> T:
    """Return the settings: LOOPDESK_<SERVICE>_X beats LOOPDESK_X, which beats `defaults`, which beat the declared value."""
    given = os.environ if environ is None else environ
    kinds = get_type_hints(cls)
    found = {f.name: _parse(f, kinds[f.name], text, name) for f, name, text in _given(cls, given, service)}
    return cls(**{**defaults, **found})


def describe(cls: type[Any]) -> list[Described]:
    """Return every variable of a settings dataclass, for the manual and for `--help`."""
    return [
        Described(f.metadata["variable"], _shown(f), f.metadata["unit"], f.metadata["meaning"])
        for f in fields(cls)
        if "variable" in f.metadata
    ]


def _given(cls: type[Any], environ: Mapping[str, str], service: str) -> Iterator[tuple[Field[Any], str, str]]:
    for f in fields(cls):
        variable = f.metadata.get("variable", "")
        own = variable.replace(PREFIX, f"{PREFIX}{service.upper()}_", 1) if service else variable
        for name in (own, variable):
            # An empty variable means "not set": compose files write X= for a variable that they leave alone.
            if environ.get(name):
                yield f, name, environ[name]
                break


def _parse(f: Field[Any], kind: Any, text: str, name: str) -> Any:
    if get_origin(kind) in (Union, types.UnionType):
        kind = next(part for part in get_args(kind) if part is not types.NoneType)
    parser, expected = _PARSERS[kind]
    try:
        value = parser(text.strip())
    except (ValueError, KeyError):
        raise BadSetting(f"{name} must be {expected}.") from None
    _within(f, value, name)
    return value


def _within(f: Field[Any], value: Any, name: str) -> None:
    low, high = f.metadata["limits"]
    unit = f" {f.metadata['unit']}" if f.metadata["unit"] else ""
    if low is not None and value < low:
        raise BadSetting(f"{name} must be at least {low}{unit}.")
    if high is not None and value > high:
        raise BadSetting(f"{name} must be at most {high}{unit}.")
    if f.metadata["one_of"] and value not in f.metadata["one_of"]:
        raise BadSetting(f"{name} must be one of {', '.join(f.metadata['one_of'])}.")


def _shown(f: Field[Any]) -> str:
    if not f.repr or f.default in (None, ""):
        return ""
    return str(f.default)


def _finite(text: str) -> float:
    value = float(text)
    if value - value != 0:
        raise ValueError(text)
    return value


_YES_NO = {"1": True, "true": True, "yes": True, "on": True, "0": False, "false": False, "no": False, "off": False}

_PARSERS: dict[Any, tuple[Callable[[str], Any], str]] = {
    str: (str, "text"),
    int: (int, "a whole number"),
    float: (_finite, "a number"),
    bool: (lambda text: _YES_NO[text.lower()], "true or false"),
    Rate: (Rate.of, "so many requests in a second, a minute or an hour, such as 600/minute"),
    Path: (lambda text: Path(text).expanduser(), "a path"),
}
