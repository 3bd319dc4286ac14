"""What arrives can be stored, and says when in UTC."""

from datetime import UTC, datetime
from typing import Annotated, Any

import pytest
from pydantic import Field, TypeAdapter, ValidationError

from libs.web.bodies import Body
from libs.web.text import Instant

INSTANT: TypeAdapter[datetime] = TypeAdapter(Instant)


def test_an_instant_arrives_in_utc() -> None:
    assert INSTANT.validate_python("2026-03-02T12:00:00+08:00") == datetime(2026, 3, 2, 4, tzinfo=UTC)
    assert INSTANT.validate_python("2026-03-02T12:00:00+08:00").tzinfo is UTC


@pytest.mark.parametrize(
    "text", ["2026-03-02T12:00:00", "0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-01:00", "soon", "0", 0, 1.5, True]
)
def test_an_instant_without_place_in_time_is_refused(text: object) -> None:
    with pytest.raises(ValidationError):
        INSTANT.validate_python(text)


@pytest.mark.slow
def test_a_body_nested_beyond_recursion_is_looked_through() -> None:
    class Deep(Body):
        inside: object

    nested: object = "\x00"
    for _ in range(100_000):
        nested = [nested]
    with pytest.raises(ValidationError, match="NUL"):
        Deep.model_validate({"inside": nested})


OURS = "Value error, holds"


class Bounded(Body):
    fields: Annotated[dict[str, str], Field(max_length=3, default_factory=dict)]
    words: Annotated[list[str], Field(max_length=2, default_factory=list)]
    inner: "Bounded | None" = None


@pytest.mark.parametrize(
    ("why", "body", "said"),
    [
        ("too many names in a map", {"fields": {str(n): 1 for n in range(4)}}, [f"{OURS} 4 in `fields`, which may hold 3"]),
        ("too many words in a list", {"words": [1] * 9}, [f"{OURS} 9 in `words`, which may hold 2"]),
        ("deep inside", {"inner": {"words": [1] * 9}}, [f"{OURS} 9 in `words`, which may hold 2"]),
        ("unknown names without end", {str(n): 1 for n in range(24)}, None),
        ("some unknown names", {str(n): 1 for n in range(23)}, ["Extra inputs are not permitted"] * 23),
        ("as many as may be", {"fields": {"a": "b", "c": "d", "e": "f"}, "words": ["a", "b"]}, []),
    ],
)  # fmt: skip
def test_what_is_too_many_is_one_fault_and_not_one_for_each(why: str, body: dict[str, Any], said: list[str] | None) -> None:
    try:
        Bounded.model_validate(body)
        found = []
    except ValidationError as error:
        found = [one["msg"] for one in error.errors()]
    assert found == said or (said is None and len(found) == 1 and "24 fields" in found[0]), found
