"""Settings come from the environment, or not at all."""

from pathlib import Path
from typing import Any

import pytest

from libs.web.environment import BadSetting, describe, from_environment, setting, settings


@settings
class Some:
    text: str = setting("LOOPDESK_TEXT", default="a", meaning="A text.")
    count: int = setting("LOOPDESK_COUNT", default=3, meaning="A count.", unit="pieces", at_least=1, at_most=9)
    ratio: float = setting("LOOPDESK_RATIO", default=0.5, meaning="A ratio.")
    loud: bool = setting("LOOPDESK_LOUD", default=False, meaning="Whether.")
    file: Path | None = setting("LOOPDESK_FILE", default=None, meaning="A file.")
    word: str = setting("LOOPDESK_WORD", default="", meaning="A secret.", secret=True)
    mode: str = setting("LOOPDESK_MODE", default="x", meaning="One of two.", one_of=("x", "y"))


@pytest.mark.parametrize(
    ("why", "environ", "field", "value"),
    [
        ("nothing set", {}, "count", 3),
        ("set", {"LOOPDESK_COUNT": "4"}, "count", 4),
        ("set to nothing", {"LOOPDESK_COUNT": ""}, "count", 3),
        ("the service's own", {"LOOPDESK_COUNT": "4", "LOOPDESK_SLA_COUNT": "5"}, "count", 5),
        ("another service's", {"LOOPDESK_COUNT": "4", "LOOPDESK_INTAKE_COUNT": "5"}, "count", 4),
        ("its own set to nothing", {"LOOPDESK_COUNT": "4", "LOOPDESK_SLA_COUNT": ""}, "count", 4),
        ("at the limit", {"LOOPDESK_COUNT": "9"}, "count", 9),
        ("yes", {"LOOPDESK_LOUD": "Yes"}, "loud", True),
        ("no", {"LOOPDESK_LOUD": "0"}, "loud", False),
        ("a path that may be missing", {"LOOPDESK_FILE": "/a/b"}, "file", Path("/a/b")),
        ("a default that the service gives", {}, "ratio", 0.25),
        ("beaten by the environment", {"LOOPDESK_RATIO": "0.75"}, "ratio", 0.75),
    ],
)
def test_a_setting_is_read(why: str, environ: dict[str, str], field: str, value: Any) -> None:
    assert getattr(from_environment(Some, environ, service="sla", ratio=0.25), field) == value


@pytest.mark.parametrize(
    ("why", "environ", "says"),
    [
        ("no number", {"LOOPDESK_COUNT": "many"}, "LOOPDESK_COUNT must be a whole number."),
        ("a fraction", {"LOOPDESK_COUNT": "1.5"}, "LOOPDESK_COUNT must be a whole number."),
        ("too small", {"LOOPDESK_COUNT": "0"}, "LOOPDESK_COUNT must be at least 1 pieces."),
        ("too large", {"LOOPDESK_SLA_COUNT": "10"}, "LOOPDESK_SLA_COUNT must be at most 9 pieces."),
        ("not finite", {"LOOPDESK_RATIO": "inf"}, "LOOPDESK_RATIO must be a number."),
        ("no number at all", {"LOOPDESK_RATIO": "nan"}, "LOOPDESK_RATIO must be a number."),
        ("neither yes nor no", {"LOOPDESK_LOUD": "maybe"}, "LOOPDESK_LOUD must be true or false."),
        ("not one of those", {"LOOPDESK_MODE": "z"}, "LOOPDESK_MODE must be one of x, y."),
    ],
)
def test_a_bad_setting_is_refused_by_name(why: str, environ: dict[str, str], says: str) -> None:
    with pytest.raises(BadSetting) as refused:
        from_environment(Some, environ, service="sla")
    assert str(refused.value) == says


def test_a_secret_is_not_shown() -> None:
    assert "hunter2" not in repr(from_environment(Some, {"LOOPDESK_WORD": "hunter2"}))


def test_the_manual_lists_every_variable() -> None:
    found = {one.variable: (one.default, one.unit) for one in describe(Some)}
    assert found["LOOPDESK_COUNT"] == ("3", "pieces")
    assert len(found) == 7


def test_a_variable_has_our_prefix() -> None:
    with pytest.raises(ValueError, match="LOOPDESK_"):
        setting("PORT", default=1, meaning="")
