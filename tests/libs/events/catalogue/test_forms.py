"""A form has bounds and refers to nothing; of a record every field that does not fit is named, and what is missing."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from jsonschema import Draft202012Validator

from libs.events.catalogue.forms import BYTES_MAX, DEPTH_MAX, FIELDS_MAX, bounded, filled, judged, mandatory, unsound

TEXT = {"type": "string"}
PARTS = {"type": "array", "maxItems": 2, "items": {"type": "object", "required": ["number"], "properties": {"number": TEXT}}}
REPORT = {
    "type": "object",
    "required": ["cause", "remedy", "parts"],
    "properties": {
        "cause": TEXT | {"minLength": 2, "title": "Cause", "x-zh": "原因"},
        "remedy": TEXT | {"enum": ["repair", "replace"]},
        "parts": PARTS,
        "cost": {"type": "number", "minimum": 0},
        "count": {"type": "integer", "maximum": 9},
        "safe": {"type": "boolean"},
        "on": TEXT | {"format": "date"},
        "at": TEXT | {"format": "date-time"},
        "mail": TEXT | {"format": "email"},
    },
}
FORM = bounded(REPORT)
WHOLE = {"cause": "heat", "remedy": "repair", "parts": [{"number": "7"}]}


def of(**fields: Any) -> dict[str, Any]:
    return {"type": "object", "properties": fields}


def nested(levels: int) -> dict[str, Any]:
    return of(a=nested(levels - 1)) if levels > 1 else of(a=TEXT)


def listed(levels: int) -> dict[str, Any]:
    return {"type": "array", "items": listed(levels - 1)} if levels > 1 else {"type": "array", "items": TEXT}


@pytest.mark.parametrize(
    ("why", "schema", "path", "says"),
    [
        ("no schema", "x", "", "is no schema of an object"),
        ("of a text", TEXT, "", "is no schema of an object"),
        ("no fields", {"type": "object"}, "properties", "is empty"),
        ("a field without a type", of(a={}), "properties/a", "has no type"),
        ("of two types", of(a={"type": ["string", "null"]}), "properties/a", "has no type"),
        ("a reference", of(a={"$ref": "http://x"}), "properties/a", "has no type"),
        ("a reference beside a type", of(a=TEXT | {"$ref": "http://x"}), "properties/a/$ref", "may not be said"),
        ("a pattern", of(a=TEXT | {"pattern": "(a+)+$"}), "properties/a/pattern", "may not be said"),
        ("an open form", of(a=TEXT) | {"additionalProperties": True}, "additionalProperties", "lets anything in"),
        ("a mandatory field that is none", of(a=TEXT) | {"required": ["b"]}, "required", "names `b`, which is no field"),
        ("a mandatory field without a name", of(a=TEXT) | {"required": [["a"]]}, "required", "names `['a']`, which is no field"),
        ("a name with a blank", of(**{"a b": TEXT}), "properties", "names `a b`"),
        ("a list of nothing", of(a={"type": "array"}), "properties/a/items", "has no type"),
        ("a format that is none", of(a=TEXT | {"format": ["date"]}), "properties/a/format", "is a format that nobody checks"),
        ("a format that nobody checks", of(a=TEXT | {"format": "uri"}), "properties/a/format", "is a format that nobody checks"),
        ("no words to choose from", of(a=TEXT | {"enum": []}), "properties/a/enum", "must list 1 to 100 values"),
        ("a name in Chinese that is no text", of(a=TEXT | {"x-zh": 1}), "properties/a/x-zh", "is no text"),
        ("a bound that JSON Schema does not have", of(a=TEXT | {"minLength": -1}), "properties/a/minLength", "`minimum: 0`"),
        ("nothing where a list belongs", of(a=TEXT) | {"required": None}, "required", '`type: "array"`; write'),
        ("too many fields", of(**{f"f{n}": TEXT for n in range(FIELDS_MAX + 1)}), "", f"has {FIELDS_MAX + 1} fields"),
        ("too deep", nested(DEPTH_MAX + 1), "properties/a" + "/properties/a" * DEPTH_MAX, "is nested too deeply"),
        ("lists of lists of lists", of(a=listed(9)), "properties/a" + "/items" * 7, "is nested too deeply"),
        ("too large", of(a=TEXT | {"title": "x" * BYTES_MAX}), "", "bytes; write at most"),
        ("what JSON does not have", of(a=TEXT | {"enum": [object()]}), "", "holds something that JSON does not have"),
    ],
)  # fmt: skip
def test_what_is_no_form(why: str, schema: object, path: str, says: str) -> None:
    (wrong, *_) = unsound(schema)
    assert "/".join(map(str, wrong.path)) == path and says in wrong.says, why


@pytest.mark.parametrize("schema", [REPORT, FORM, nested(DEPTH_MAX), of(**{f"f{n}": TEXT for n in range(FIELDS_MAX)})])
def test_what_is_one(schema: dict[str, Any]) -> None:
    assert unsound(schema) == []
    assert bounded(bounded(schema)) == bounded(schema)


def test_everything_in_it_has_a_bound() -> None:
    assert FORM["additionalProperties"] is False and FORM["properties"]["parts"]["items"]["additionalProperties"] is False
    assert FORM["properties"]["cause"]["maxLength"] == 5_000 and FORM["properties"]["parts"]["maxItems"] == 2
    assert FORM["properties"]["cost"]["maximum"] == 2**53 - 1 and FORM["properties"]["cost"]["minimum"] == 0


@pytest.mark.parametrize(
    ("why", "said", "wrong", "lacks"),
    [
        ("all is well", {}, [], ()),
        ("a mandatory field is missing", {"cause": None}, [], ("cause",)),
        ("blanks are nothing", {"cause": " \n", "cost": ""}, [], ("cause",)),
        ("one inside another", {"parts": [{"number": "1"}, {"number": " "}]}, [], ("parts/1/number",)),
        ("two things at once", {"cause": None, "remedy": "burn"}, ["/remedy: It must be one of repair, replace."], ("cause",)),
        ("no such field", {"colour": "red", "a": 1}, ["/a: There is no such field.", "/colour: There is no such field."], ()),
        ("a text for a number", {"cost": "7"}, ["/cost: It must be a number."], ()),
        ("true is no number", {"count": True}, ["/count: It must be a whole number."], ()),
        ("at the border", {"cost": 0, "count": 9, "cause": "xy"}, [], ()),
        ("beyond it", {"cost": -0.1, "count": 10, "cause": "x"},
         ["/cause: It must have 2 characters or more.", "/cost: It must be 0 or more.", "/count: It must be 9 or less."], ()),
        ("too many", {"parts": [{"number": "1"}] * 3}, ["/parts: It must hold 2 at most."], ()),
        ("a list for an object", {"parts": [[]]}, ["/parts/0: It must be an object."], ()),
        ("a whole number for yes", {"safe": 1}, ["/safe: It must be true or false."], ()),
        ("a day", {"on": "2026-02-28", "at": "2026-02-28T10:00:00Z", "mail": "a@b"}, [], ()),
        ("a day that is none", {"on": "2026-02-29", "at": "2026-02-28T10:00:00", "mail": "a b@c"},
         ["/at: It must be an instant with its offset.", "/mail: It must be an e-mail address.",
          "/on: It must be a date, written as 2026-03-02."], ()),
        ("a day written otherwise", {"on": "20260228"}, ["/on: It must be a date, written as 2026-03-02."], ()),
        ("a large number", {"cost": 2**53}, ["/cost: It must be 9007199254740991 or less."], ()),
    ],
)  # fmt: skip
def test_a_record_is_judged(why: str, said: dict[str, Any], wrong: list[str], lacks: tuple[str, ...]) -> None:
    found, missing = judged(FORM, filled(WHOLE | said))
    told = [f"/{'/'.join(map(str, one.path))}: {one.says.partition(' Known')[0]}" for one in found]
    assert (told, missing) == (wrong, lacks), why


def test_nobody_gets_anything_past_a_form_by_nesting_it_deep() -> None:
    deep: Any = "x"
    for _ in range(900):
        deep = [deep]
    (wrong,), _ = judged(FORM, filled(WHOLE | {"cause": deep}))
    assert wrong.path == ("cause",) and wrong.code == "type"


VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=3), lambda one: st.lists(one, max_size=3) | st.dictionaries(
        st.sampled_from(["cause", "remedy", "parts", "number", "x"]), one, max_size=3
    ), max_leaves=8,
)  # fmt: skip


@given(st.dictionaries(st.sampled_from([*REPORT["properties"], "x"]), VALUES, max_size=5))
def test_what_is_taken_is_what_the_schema_allows_but_for_what_is_missing(data: dict[str, Any]) -> None:
    said = filled(data)
    wrong, lacks = judged(FORM, said)
    errors = list(Draft202012Validator(FORM).iter_errors(said))
    assert bool(errors) <= bool(wrong or lacks)
    assert bool(lacks) == any(error.validator == "required" for error in errors)
    assert filled(said) == said


def test_what_is_mandatory_is_a_form_too() -> None:
    assert list(mandatory(FORM)["properties"]) == ["cause", "remedy", "parts"] and unsound(mandatory(REPORT)) == []
