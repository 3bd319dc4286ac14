"""One row per rule: changes that old events forbid, and changes that they allow."""

# ruff: noqa: E501 - a row of the table is a line

import pytest

from libs.events.log.schema import schemas
from libs.events.testing.compatibility import incompatibilities

pytestmark = pytest.mark.slow

TEXT, WHOLE, NUMBER = {"type": "string"}, {"type": "integer"}, {"type": "number"}


def thing(required=(), **properties):
    return {"type": "object", "properties": properties, "required": list(required)}


def referring(inner):
    return {**thing(part={"$ref": "#/$defs/Part"}), "$defs": {"Part": inner}}


def words(*words):
    return {"enum": list(words), "type": "string"}


def either(*variants):
    return {"anyOf": list(variants)}


@pytest.mark.parametrize(
    ("why", "old", "new", "complaint"),
    [
        ("required added",              thing(a=TEXT), thing(["b"], a=TEXT, b=TEXT), "$.b: is required now"),
        ("optional became required",    thing(a=TEXT), thing(["a"], a=TEXT), "$.a: is required now"),
        ("property removed",            thing(a=TEXT, b=TEXT), thing(a=TEXT), "$.b: was removed"),
        ("property renamed",            thing(a=TEXT), thing(b=TEXT), "$.a: was removed"),
        ("property re-typed",           thing(a=TEXT), thing(a=WHOLE), "$.a: was string, is integer now"),
        ("number narrowed to integer",  thing(a=NUMBER), thing(a=WHOLE), "$.a: was number, is integer now"),
        ("any became a text",           thing(a={}), thing(a=TEXT), "$.a: was anything, is string now"),
        ("enum value removed",          thing(a=words("x", "y")), thing(a=words("x")), "$.a: no longer knows 'y'"),
        ("open text became an enum",    thing(a=TEXT), thing(a=words("x")), "$.a: was open, is one of ['x'] now"),
        ("constant changed",            thing(a={"const": 1}), thing(a={"const": 2}), "$.a: no longer knows 1"),
        ("minimum raised",              thing(a=WHOLE | {"minimum": 0}), thing(a=WHOLE | {"minimum": 1}), "$.a: minimum was 0, is 1 now"),
        ("minimum added",               thing(a=WHOLE), thing(a=WHOLE | {"minimum": 0}), "$.a: minimum was open, is 0 now"),
        ("maximum lowered",             thing(a=WHOLE | {"maximum": 5}), thing(a=WHOLE | {"maximum": 4}), "$.a: maximum was 5, is 4 now"),
        ("maximum length added",        thing(a=TEXT), thing(a=TEXT | {"maxLength": 9}), "$.a: maxLength was open, is 9 now"),
        ("pattern changed",             thing(a=TEXT | {"pattern": "a"}), thing(a=TEXT | {"pattern": "b"}), "$.a: pattern was a, is b now"),
        ("format added",                thing(a=TEXT), thing(a=TEXT | {"format": "date"}), "$.a: format was open, is date now"),
        ("items narrowed",              thing(a={"type": "array", "items": NUMBER}), thing(a={"type": "array", "items": WHOLE}), "$.a[]: was number, is integer now"),
        ("values narrowed",             thing(a={"additionalProperties": True}), thing(a={"additionalProperties": TEXT}), "$.a{}: was open, is limited now"),
        ("content closed",              thing(a=TEXT), thing(a=TEXT) | {"additionalProperties": False}, "${}: was open, is limited now"),
        ("names limited",               {"type": "object"}, {"type": "object", "propertyNames": {"format": "date"}}, "${name}: was open, is limited now"),
        ("a variant removed",           either(TEXT, WHOLE), either(TEXT), "$: no longer accepts integer"),
        ("a union became one type",     thing(a=either(TEXT, {"type": "null"})), thing(a=TEXT), "$.a: no longer accepts null"),
        ("a default changed its sense", thing(a=TEXT | {"default": "x"}), thing(a=TEXT | {"default": "y"}), "$.a: absent meant 'x', means 'y' now"),
        ("deep inside a definition",    referring(thing(a=TEXT)), referring(thing(a=WHOLE)), "$.part.a: was string, is integer now"),
        ("required in a definition",    referring(thing(a=TEXT)), referring(thing(["a"], a=TEXT)), "$.part.a: is required now"),
    ],
)  # fmt: skip
def test_history_forbids(why, old, new, complaint):
    assert incompatibilities(old, new) == [complaint]


@pytest.mark.parametrize(
    ("why", "old", "new"),
    [
        ("nothing changed", thing(["a"], a=TEXT), thing(["a"], a=TEXT)),
        ("optional added to open content", thing(a=TEXT), thing(a=TEXT, b=TEXT)),
        ("required became optional", thing(["a"], a=TEXT), thing(a=TEXT)),
        ("integer widened to number", thing(a=WHOLE), thing(a=NUMBER)),
        ("a text became anything", thing(a=TEXT), thing(a={})),
        ("enum value added", thing(a=words("x")), thing(a=words("x", "y"))),
        ("an enum became open", thing(a=words("x")), thing(a=TEXT)),
        ("minimum lowered", thing(a=WHOLE | {"minimum": 1}), thing(a=WHOLE | {"minimum": 0})),
        ("maximum dropped", thing(a=WHOLE | {"maximum": 5}), thing(a=WHOLE)),
        ("one type became a union", thing(a=TEXT), thing(a=either(TEXT, WHOLE))),
        ("a variant added", either(TEXT), either(TEXT, WHOLE)),
        ("values opened", thing(a={"additionalProperties": TEXT}), thing(a={"additionalProperties": True})),
        ("content opened", thing(a=TEXT) | {"additionalProperties": False}, thing(a=TEXT)),
        ("a definition was renamed", referring(thing(a=TEXT)), {**thing(part={"$ref": "#/$defs/New"}), "$defs": {"New": thing(a=TEXT)}}),
        ("a default appeared", thing(a=TEXT), thing(a=TEXT | {"default": ""})),
        ("another sentence", thing(a=TEXT | {"description": "old"}), thing(a=TEXT | {"description": "new"})),
    ],
)  # fmt: skip
def test_history_does_not_mind(why, old, new):
    assert incompatibilities(old, new) == []


@pytest.mark.parametrize("wire", sorted(schemas()))
def test_every_schema_reads_itself(wire):
    assert incompatibilities(schemas()[wire], schemas()[wire]) == []


def test_a_schema_that_contains_itself_is_refused_not_followed_for_ever():
    endless = {"$ref": "#/$defs/A", "$defs": {"A": thing(a={"$ref": "#/$defs/A"})}}
    with pytest.raises(ValueError, match="contains itself"):
        incompatibilities(endless, endless)
