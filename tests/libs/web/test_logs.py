"""No secret reaches the log."""

import json
import logging
import subprocess
import sys

import pytest

from libs.web.logs import HIDDEN, hide_secrets, is_secret

pytestmark = pytest.mark.slow


@pytest.mark.parametrize(
    ("name", "secret"),
    [
        ("authorization", True), ("Authorization", True), ("x-api-key", True), ("api_key", True), ("apikey", True),
        ("key", True), ("token", True), ("survey_token", True), ("password", True), ("db_password", True), ("passwd", True),
        ("client_secret", True), ("Set-Cookie", True), ("credentials", True),
        ("case", False), ("monkey", False), ("keys", False), ("tokens_used", False), ("key_count", False), ("at", False),
    ],
)  # fmt: skip
def test_a_secret_is_known_by_its_name(name: str, secret: bool) -> None:
    assert is_secret(name) is secret


def test_secrets_are_hidden_wherever_they_stand() -> None:
    said = {"event": "e", "token": "s", "headers": {"Authorization": "s", "Accept": "a"}, "all": [{"key": "s"}, ("b",)]}
    assert hide_secrets(None, "info", said) == {
        "event": "e",
        "token": HIDDEN,
        "headers": {"Authorization": HIDDEN, "Accept": "a"},
        "all": [{"key": HIDDEN}, ["b"]],
    }


def test_nothing_below_the_deepest_level_is_told() -> None:
    said = {"event": "e", "a": {"b": {"c": {"d": {"e": {"token": "s3cret"}}}}}}
    assert "s3cret" not in str(hide_secrets(None, "info", said))


def test_what_contains_itself_is_told_to_some_depth() -> None:
    around: dict[str, object] = {"token": "s3cret"}
    around["again"] = around
    assert "s3cret" not in str(hide_secrets(None, "info", {"event": "e", "around": around}))


def test_the_arguments_are_left_as_they_were() -> None:
    headers = {"Authorization": "s"}
    hide_secrets(None, "info", {"headers": headers})
    assert headers == {"Authorization": "s"}


SCRIPT = """
import logging, structlog
from libs.web.logs import configure
configure(as_json={as_json})
with structlog.contextvars.bound_contextvars(request_id="r1"):
    structlog.get_logger("web").info("said", token="s3cret", case="7", text="你好")
logging.getLogger("uvicorn.error").warning("from %s", "elsewhere")
def fail(password):
    raise ValueError("broken")
try:
    fail("s3cret")
except ValueError:
    structlog.get_logger("web").exception("failed")
"""


@pytest.mark.parametrize("as_json", [None, True, False])
def test_the_process_logs_to_stderr(as_json: bool | None) -> None:
    ended = subprocess.run([sys.executable, "-c", SCRIPT.format(as_json=as_json)], capture_output=True, text=True, check=True)
    assert ended.stdout == ""
    assert "s3cret" not in ended.stderr and "broken" in ended.stderr and "from elsewhere" in ended.stderr
    if as_json is not False:
        said, elsewhere, failed = map(json.loads, ended.stderr.splitlines())
        assert (said["event"], said["case"], said["request_id"], said["level"]) == ("said", "7", "r1", "info")
        assert "你好" in ended.stderr and said["at"].endswith("+00:00")
        assert (elsewhere["level"], failed["level"]) == ("warning", "error")
        assert logging.getLevelName(logging.INFO).lower() == said["level"]


ODD = """
import structlog
from libs.web.logs import configure
configure(as_json=True)
around = {}
around["again"] = around
_output = structlog.get_logger("web")
for odd in (float("nan"), "\\ud800", object(), ValueError("x"), b"1", 2**70, {("a", 1): 2}, {1: 2}, around):
    _output.info("said", odd=odd)
"""


def test_every_output_is_a_line_and_nothing_raises() -> None:
    ended = subprocess.run([sys.executable, "-c", ODD], capture_output=True, text=True, check=True)
    assert [json.loads(line)["event"] for line in ended.stderr.splitlines()] == ["said"] * 9


CLOSED = """
import sys, structlog
from libs.web.logs import configure
configure()
sys.stderr.close()
structlog.get_logger().info("said")
"""


def test_a_closed_stream_fails_nobody() -> None:
    assert subprocess.run([sys.executable, "-c", CLOSED], check=False).returncode == 0
