"""Messages about faults of an import, in the sender's words: the field, and the values that it may have."""

import re
from collections.abc import Callable, Mapping
from typing import Any, get_type_hints

import msgspec

from libs.events.log.schema import Malformed, schema
from libs.events.words.event import EventType
from libs.events.words.refusal import suggestion
from services.intake.domain.systems import FORM, NAME_MAX

_UNREADABLE = (msgspec.MsgspecError, UnicodeDecodeError, RecursionError)
_names = msgspec.json.Decoder(dict[str, msgspec.Raw])
_LISTED = re.compile(r"\^\(([a-z_|]+)\)\$")
_BYTE = re.compile(r"byte (\d+)")

Schema = Mapping[str, Any]


def fault_of_body(body: bytes, error: Exception) -> str:
    """Return why a body is no batch of rows."""
    if isinstance(error, msgspec.ValidationError):
        return _misshapen(body)
    if isinstance(error, UnicodeDecodeError):
        return "the body is not UTF-8"
    if at := _BYTE.search(str(error)):
        return f"the body is not JSON at byte {at[1]}"
    if isinstance(error, RecursionError):
        return "the body is nested too deeply"
    return "the body ends too early" if body.strip() else "the body is empty"


def _misshapen(body: bytes) -> str:
    try:
        told = _names.decode(body)
    except msgspec.ValidationError:
        return "the body must be a JSON object"
    if others := sorted(told.keys() - {"facts"}):
        return f"there is no field `{others[0]}` beside `facts`" if "facts" in told else f"write `facts`, not `{others[0]}`"
    return "`facts` must be a list" if told else "`facts` is missing"


def fault_of_row(row: bytes, cls: type[Any]) -> str:
    """Return why a row cannot be read as `cls`."""
    forms = {name: msgspec.json.schema(hint) for name, hint in _hints(cls).items()} | {"data": {"type": "object"}}
    return _fault(row, cls, forms, "") or "The row cannot be read; write it as /openapi.json says."


def fault_of_data(data: bytes, kind: EventType, error: Exception, said_by_us: Mapping[str, str]) -> str:
    """Return why a row's data does not fit its type. `said_by_us` are fields that a row need not have."""
    forms: dict[str, Schema] = schema(kind.cls)["properties"]
    if found := _fault(data, kind.cls, forms, "data.", said_by_us):
        return found
    if isinstance(error, Malformed):
        place = error.field.split(".")[0]
        return f"`data.{place}` must be {_asked(forms[place])}." if place in forms else f"`{place}` {error.why}."
    return f"`data` is no {kind.name}; write it as docs/events.md says."


def _hints(cls: type[Any]) -> dict[str, Any]:
    return get_type_hints(cls, include_extras=True)


def _fault(raw: bytes, cls: type[Any], forms: Mapping[str, Schema], within: str, given: Mapping[str, str] | None = None) -> str:
    """Return the fault of the first bad field; nothing if each field is good by itself."""
    try:
        told = _names.decode(raw)
    except RecursionError:
        return f"{_whole(within)} is nested too deeply."
    except _UNREADABLE:
        return f"{_whole(within)} must be a JSON object in UTF-8."
    for name in told.keys() - forms.keys():
        return f"There is no field `{within}{name[:60]}`. {suggestion(name, forms)}"
    for one in msgspec.inspect.type_info(cls).fields:  # type: ignore[attr-defined]
        if one.required and one.name not in told.keys() | (given or {}).keys():
            return f"`{within}{one.name}` is missing; add it."
    for name, value in told.items():
        if not _reads(value, _hints(cls)[name]):
            form = _asked(forms[name]) if _reads(value, Any) else "JSON in UTF-8, without half of a surrogate pair"
            return f"`{within}{name}` must be {form}."
    return ""


def _whole(within: str) -> str:
    return f"`{within[:-1]}`" if within else "The row"


def _reads(value: msgspec.Raw, kind: Any) -> bool:
    try:
        msgspec.json.decode(value, type=kind)
    except _UNREADABLE:
        return False
    return True


def _asked(form: Schema) -> str:
    """Return a schema in words."""
    if "anyOf" in form:
        return " or ".join(_asked(one) for one in form["anyOf"] if one != {"type": "null"})
    if "items" in form:
        return f"a list, and each entry {_asked(form['items'])}"
    if isinstance(form.get("additionalProperties"), dict):
        return f"a JSON object, and each value {_asked(form['additionalProperties'])}"
    return _SINGLE[form["type"]](form)


def _text(form: Schema) -> str:
    if form.get("format") == "date-time":
        return "an instant with its offset, written as 2016-05-01T10:00:00Z"
    if form.get("pattern") == FORM:
        return f"the name of a system: 1 to {NAME_MAX} letters, digits, points, underscores and hyphens"
    if listed := _LISTED.fullmatch(form.get("pattern", "")):
        return f"one of {', '.join(listed[1].split('|'))}"
    return "a text" + (f" of {form.get('minLength', 0)} to {form['maxLength']} characters" if "maxLength" in form else "")


def _between(least: int | None, most: int | None) -> str:
    if least is not None and most is not None:
        return f" from {least} to {most}"
    return f" from {least}" if least is not None else ""


_SINGLE: Mapping[str, Callable[[Schema], str]] = {
    "string": _text,
    "integer": lambda form: "a whole number" + _between(form.get("minimum"), form.get("maximum")),
    "boolean": lambda form: "true or false",
    "object": lambda form: "a JSON object",
}
