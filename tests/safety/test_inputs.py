"""Every input of every route has a bound, which holds exactly: a value at the bound passes, one beyond it does not."""

from collections.abc import Iterator
from typing import Any

import pytest

from tests.safety.asking import (
    BODY_BYTES_MAX,
    IMPORT_BYTES_MAX,
    Operation,
    answer,
    app,
    asked,
    is_malformed,
    longest,
    operations,
    resolved,
    sample,
    text_of,
    words_of,
)

pytestmark = pytest.mark.slow

UNBOUNDED = {
    ("*", "X-Request-ID"): "one of another form is replaced, never refused (tests/libs/web/test_context.py)",
    ("*", "traceparent"): "one of another form is left out, never refused (tests/libs/web/test_context.py)",
    ("*", "If-None-Match"): "only compared with the tag there is",
    ("*", "Accept-Language"): "only compared with the languages there are",
    ("routing.post_process", "standard"): "a page, not fields: bounded by the body, judged by soundness.py",
    ("routing.post_roster", "roster"): "a page, not fields: bounded by the body, judged by people/reading.py",
    ("sla.post_calendar", "calendar"): "a page, not fields: bounded by the body, judged by calendars.py",
    ("sla.post_holidays", "holidays"): "a page, not fields: bounded by the body, judged by holiday_sets.py",
    ("sla.post_reckoning", "calendars/0"): "a page, not fields: bounded by the body, judged by calendars.py",
    ("sla.post_reckoning", "policies/0"): "a page, not fields: bounded by the body, judged by policies.py",
    ("sla.post_reckoning", "standards/0"): "a page, not fields: bounded by the body, judged by its class",
    ("sla.post_policy", "policy"): "a page, not fields: bounded by the body, judged by policies.py",
    ("intake.post_record", "data"): "bounded by the body, judged by the form (tests/libs/events/catalogue/test_forms.py)",
    ("intake.post_import", "facts/0/data"): "the event's own class judges it, after DATA_BYTES_MAX (test_importable.py)",
}
ELSEWHERE = {"cursor": "opaque: only what was given out is read (tests/libs/web/test_paging.py)"}
"""Bounded, but not so that a value at the bound could be made up here."""


def inputs(operation: Operation) -> Iterator[tuple[str, str, dict[str, Any]]]:
    """Return place, name and schema of everything a client may send."""
    for one in operation.parameters():
        yield one["in"], one["name"], resolved(operation.service, one["schema"])
    if (body := operation.body()) is not None:
        yield from fields(operation.service, "", body)


def fields(service: str, where: str, schema: dict[str, Any]) -> Iterator[tuple[str, str, dict[str, Any]]]:
    if where:
        yield "body", where, schema
    prefix = f"{where}/" if where else ""
    for name, inner in schema.get("properties", {}).items():
        yield from fields(service, f"{prefix}{name}", resolved(service, inner))
    if schema.get("type") == "array":
        yield from fields(service, f"{prefix}0", resolved(service, schema["items"]))
    if (entry := entry_of(schema)) is not None:
        yield from fields(service, f"{prefix}x", resolved(service, entry[1]))
        yield "body", f"{prefix}*", {"type": "string", **resolved(service, entry[0])}


def entry_of(schema: dict[str, Any]) -> tuple[dict[str, Any], dict[str, Any]] | None:
    """Return the schemas of a map's names and values; nothing when it is no map."""
    for pattern, inner in schema.get("patternProperties", {}).items():
        return {"pattern": pattern, **schema.get("propertyNames", {})}, inner
    inner = schema.get("additionalProperties")
    return (schema.get("propertyNames", {}), inner) if isinstance(inner, dict) and inner else None


def is_bounded(schema: dict[str, Any]) -> bool:
    match schema.get("type"):
        case "string":
            return bool(words_of(schema)) or schema.get("format") in ("date", "date-time") or longest(schema) is not None
        case "integer":
            return "minimum" in schema and "maximum" in schema
        case "array":
            return "maxItems" in schema
        case "object":
            # a pattern for names says nothing of those that do not match it
            is_closed = schema.get("additionalProperties") is False
            return is_closed or ("maxProperties" in schema and "patternProperties" not in schema)
    return schema.get("type") == "boolean"


ALL = [(operation, place, name, schema) for operation in operations() for place, name, schema in inputs(operation)]


def test_every_input_has_a_bound():
    faults = {
        (operation.name, name)
        for operation, _, name, schema in ALL
        if not is_bounded(schema) and not {(operation.name, name), ("*", name)} & UNBOUNDED.keys()
    }
    assert faults == set()
    assert all(any(key[1] == name and key[0] in ("*", one.name) for one, _, name, _ in ALL) for key in UNBOUNDED)


def borders(operation: Operation, name: str, schema: dict[str, Any]) -> Iterator[tuple[str, Any, bool]]:
    """Return why, a value, and whether it is welcome."""
    service, kind = operation.service, schema.get("type")
    if kind == "string" and words_of(schema):
        yield "a listed word", words_of(schema)[-1], True
        yield "a word that is not listed", "no-such-word", False
    elif kind == "string" and "format" not in schema and (most := longest(schema)) is not None:
        yield "as long as it may be", text_of(schema, most), True
        yield "one character longer", text_of({}, most + 1), False
    elif kind == "integer":
        least, most = int(schema["minimum"]), int(schema["maximum"])
        yield from (("the least", least, True), ("one less", least - 1, False))
        yield from (("the most", most, True), ("one more", most + 1, False))
    elif kind == "array" and "maxItems" in schema:
        one = sample(service, schema["items"])
        yield from (
            ("as many as may be", [one] * schema["maxItems"], True),
            ("one more", [one] * (schema["maxItems"] + 1), False),
        )
    elif kind == "object" and "maxProperties" in schema:
        keys = [chr(97 + n % 26) * (n // 26 + 1) for n in range(schema["maxProperties"] + 1)]
        entry = entry_of(schema)
        assert entry is not None
        one = sample(service, entry[1])
        yield "as many as may be", dict.fromkeys(keys[:-1], one), True
        yield "one more", dict.fromkeys(keys, one), False


BORDERS = [
    pytest.param(operation, place, name, value, welcome, id=f"{operation.name} {place} {name}: {why}")
    for operation, place, name, schema in ALL
    if name not in ELSEWHERE
    and not {(operation.name, name), ("*", name)} & UNBOUNDED.keys()
    # A row of an import has a verdict of its own: tests/services/intake/domain/test_history.py.
    and not (operation.name == "intake.post_import" and name.startswith("facts/"))
    for why, value, welcome in borders(operation, name, schema)
]


def body_with(operation: Operation, name: str, value: Any) -> Any:
    """Return a well formed body with one value put in its place."""
    schema = operation.body()
    assert schema is not None
    body = node = sample(operation.service, schema)
    *way, last = name.split("/")
    for number, part in enumerate(way):
        following = [*way, last][number + 1]
        empty: Any = [None] if following == "0" else {}
        if isinstance(node, list):
            node[0] = node = empty if node[0] is None else node[0]
        else:
            if not node.get(part):
                node[part] = empty
            node = node[part]
    if last == "*":
        node[value] = sample(operation.service, {"type": "integer"}) if "scores" in name else "v"
    else:
        node[0 if isinstance(node, list) else last] = value
    return body


@pytest.mark.parametrize(("operation", "place", "name", "value", "welcome"), BORDERS)
async def test_a_bound_holds_exactly(operation: Operation, place: str, name: str, value: Any, welcome: bool):
    target = app(operation.service)
    changed = {"body": body_with(operation, name, value)} if place == "body" else {name: value}
    response = await answer(target, asked(target, operation, **changed))
    assert is_malformed(response) is not welcome, response.text
    assert response.status_code < 500 or response.status_code == 503, response.text


WITH_BODY = [one for one in operations() if one.method == "post"]


@pytest.mark.parametrize("operation", WITH_BODY, ids=lambda one: one.name)
async def test_a_body_has_a_bound(operation: Operation):
    target = app(operation.service)
    limit = IMPORT_BYTES_MAX if operation.name in ("intake.post_import", "intake.post_attachment") else BODY_BYTES_MAX
    for size, refused in ((limit, False), (limit + 1, True)):
        response = await answer(target, asked(target, operation, content=b" " * size))
        assert (response.status_code == 413) is refused, response.text


async def test_a_bound_that_is_too_wide_would_be_seen():
    """The judge can fail: a text without a bound, a number without one, a list without one, a map without one."""
    for schema in ({"type": "string"}, {"type": "integer", "minimum": 1}, {"type": "array"}, {"type": "object"}, {}):
        assert not is_bounded(schema)
    assert is_bounded({"type": "string", "pattern": "^[a-z]{1,3}$"}) and not is_bounded({"type": "string", "pattern": "^[a-z]+$"})


INSTANTS = {"intake.post_case", "intake.post_contact", "intake.post_fields", "intake.post_cancel", "intake.post_due"}
"""Live routes that take an instant; `when` (services/intake/domain/instants.py) is their one rule about it."""

ABOUT_THE_PAST = {"sla.post_reckoning"}
"""Instants of a question: tests/services/sla/reckonings/test_reckonings.py asks about the future."""


def test_every_live_route_that_takes_an_instant_is_known():
    """Another one asks the same rule: not before the case began, not in the future."""
    found = set()
    for one in operations():
        body = one.body()
        if one.method == "post" and body is not None:
            places = {name: resolved(one.service, inner) for name, inner in body.get("properties", {}).items()}
            found |= {one.name for inner in places.values() if inner.get("format") == "date-time"}
    assert found == INSTANTS | ABOUT_THE_PAST
