"""What arrives can be stored, and says when in UTC."""

from datetime import UTC, datetime

import pytest
from pydantic import TypeAdapter, ValidationError

from libs.web.text import Body, Instant

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


def test_a_body_nested_beyond_recursion_is_looked_through() -> None:
    class Deep(Body):
        inside: object

    nested: object = "\x00"
    for _ in range(100_000):
        nested = [nested]
    with pytest.raises(ValidationError, match="NUL"):
        Deep.model_validate({"inside": nested})
