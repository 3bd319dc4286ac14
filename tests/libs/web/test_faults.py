"""A fault is told in the words of the request; none of the library's words are left."""

from typing import Any, get_args

import pytest
from pydantic_core import core_schema

from libs.web.faults import told
from tests.libs.web.tiny import calling, usual_app

PHRASES = (
    "Input",
    "should",
    "valid ",
    "Field required",
    "Extra inputs",
    "nable to",
    "Value error",
    "pattern '",
    "Unexpected",
    "Keys ",
)
"""The library's own words have one of these in common."""

EVERYTHING = {
    "min_length": 2, "max_length": 3, "actual_length": 4, "pattern": "^x$", "gt": 1, "ge": 1, "lt": 1, "le": 1,
    "expected": "'a', 'b' or 'c'", "error": "is wrong", "field_type": "List", "class_name": "X", "multiple_of": 2,
}  # fmt: skip


@pytest.mark.parametrize("kind", get_args(core_schema.ErrorType))
def test_every_kind_of_fault_has_words_of_ours(kind: str) -> None:
    said = told(
        {"type": kind, "loc": ("body", "x"), "input": 7, "ctx": EVERYTHING, "msg": "Input should be a valid tuple"}, ["y"]
    )
    assert said[0].isupper() and said.endswith((".", "?")) and not any(phrase in said for phrase in PHRASES), said


@pytest.mark.parametrize(
    ("why", "kind", "ctx", "given", "said"),
    [
        ("an unknown field", "extra_forbidden", {}, 1, "There is no such field here. Did you mean lines?"),
        ("one of some words", "literal_error", {"expected": "'open' or 'shut'"}, "opne", "Did you mean open?"),
        ("words listed as a pattern", "string_pattern_mismatch", {"pattern": "^(open|shut)$"}, "shutt", "Did you mean shut?"),
        ("no text at all", "literal_error", {"expected": "'open' or 'shut'"}, 7, "It must be one of open, shut."),
        ("a pattern with words", "string_pattern_mismatch", {"pattern": r"\S"}, " ", "It must be more than blanks."),
        ("a pattern without", "string_pattern_mismatch", {"pattern": "^y$"}, " ", "/openapi.json gives"),
        ("a length asked for last", "too_long", {"max_length": 3}, "abcd", "It may have 3 characters."),
        ("a list too long", "too_long", {"max_length": 3}, [1, 2, 3, 4], "It may hold 3."),
        ("empty", "string_too_short", {"min_length": 1}, "", "It must not be empty."),
        ("a rule of ours", "value_error", {"error": ValueError("contains a NUL")}, "", "It contains a NUL."),
    ],
)  # fmt: skip
def test_a_fault_says_what_to_do(why: str, kind: str, ctx: dict[str, Any], given: Any, said: str) -> None:
    assert said in told({"type": kind, "loc": ("body", "line"), "ctx": ctx, "input": given}, ["lines", "name"])


async def test_an_unknown_field_names_the_nearest_known_one() -> None:
    headers = {"Idempotency-Key": "k"}
    body = {"nam": "a", "name": "a", "lines": [{"amount": 1, "nots": "x"}]}
    async with calling(usual_app()) as client:
        errors = (await client.post("/things", json=body, headers=headers)).json()["errors"]
    assert {error["pointer"]: error["detail"] for error in errors} == {
        "#/nam": "There is no such field here. Did you mean name?",
        "#/lines/0/nots": "There is no such field here. Did you mean note?",
    }


@pytest.mark.parametrize(
    ("body", "why"),
    [
        ("  ", "The body is empty; send JSON."),
        ('{"a"', "The body ends too early; send all of it."),
        ('{"a": 1, \n', "The body ends too early; send all of it."),
        ('{"a": tru}', "at character 6: a value is missing, or is none that JSON has."),
        ('{"a": [1 2]}', "at character 9: a comma or a closing bracket is missing."),
        ('{"a" 1}', "at character 5: a colon is missing behind a name."),
        ("{a: 1}", "at character 1: a name in double quotes is missing."),
        ('{"a": 1,}', "at character 8: a name in double quotes is missing."),
        ('{"a": "x}', "at character 6: the text that begins there does not end."),
        ('{"a": "\n"}', "at character 7: a text has a control character; a line end is written as \\n."),
        ('{"a": "\\q"}', "at character 7: a backslash in a text is written twice."),
        ('{"a": "\\u12"}', "at character 8: four hexadecimal digits must follow \\u."),
        ("{} {}", "at character 3: something stands behind its end."),
    ],
)
async def test_what_is_no_json_is_told_in_words_of_ours(body: str, why: str) -> None:
    headers = {"Idempotency-Key": "k", "Content-Type": "application/json"}
    async with calling(usual_app()) as client:
        answer = await client.post("/things", content=body, headers=headers)
    assert (answer.status_code, why in answer.json()["detail"]) == (400, True), answer.text
