"""A value of another type is refused, not made fit: `true`, `"1"` and `1.0` are not the number 1, and 1 is not true."""

from typing import Any

import pytest

from tests.safety.asking import Operation, answer, app, asked, is_malformed
from tests.safety.test_inputs import ALL, UNBOUNDED, body_with

pytestmark = pytest.mark.slow

OTHERS: dict[str, list[Any]] = {
    "integer": [True, False, "1", 1.0, "1.0", [1], {"1": 1}],
    "boolean": [0, 1, "true", "yes", 1.0, [True]],
    "string": [1, True, 1.5, ["a"], {"a": "b"}],
    "array": ["a", {"0": "a"}, 1, True],
    "object": [[], [["a", "b"]], "a", 1, True],
}
IN_A_BODY = [
    pytest.param(operation, name, schema["type"], id=f"{operation.name} {name}")
    for operation, place, name, schema in ALL
    if place == "body" and not name.endswith("*") and schema.get("type") in OTHERS
    if operation.name != "intake.post_import" and not {(operation.name, name), ("*", name)} & UNBOUNDED.keys()
]
NUMBERS = [
    pytest.param(operation, name, id=f"{operation.name} {name}")
    for operation, place, name, schema in ALL
    if place in ("query", "path") and schema.get("type") == "integer"
]


@pytest.mark.parametrize(("operation", "name", "kind"), IN_A_BODY)
async def test_a_field_takes_its_own_type_alone(operation: Operation, name: str, kind: str) -> None:
    target = app(operation.service)
    for value in OTHERS[kind]:
        response = await answer(target, asked(target, operation, body=body_with(operation, name, value)))
        assert (response.status_code, is_malformed(response)) == (422, True), (value, response.text)


@pytest.mark.parametrize(("operation", "name"), NUMBERS)
async def test_a_number_in_an_address_has_one_spelling(operation: Operation, name: str) -> None:
    target = app(operation.service)
    for value in ("1.0", "1e0", "+1", " 1", "1_0", "0x1", "true", "١"):
        response = await answer(target, asked(target, operation, **{name: value}))
        assert (response.status_code, is_malformed(response)) == (422, True), (value, response.text)


def test_there_are_fields_of_every_type() -> None:
    assert {one.values[2] for one in IN_A_BODY} == OTHERS.keys() and NUMBERS
