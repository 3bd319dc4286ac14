"""A service that others can reach has keys."""

from pathlib import Path

import pytest

from libs.web.environment import BadSetting, describe
from libs.web.settings import WebSettings


@pytest.mark.parametrize(
    ("why", "environ", "allowed"),
    [
        ("as shipped", {}, True),
        ("another loopback", {"LOOPDESK_HOST": "127.8.0.1"}, True),
        ("by name", {"LOOPDESK_HOST": "localhost"}, True),
        ("version 6", {"LOOPDESK_HOST": "::1"}, True),
        ("everybody", {"LOOPDESK_HOST": "0.0.0.0"}, False),
        ("everybody, version 6", {"LOOPDESK_HOST": "::"}, False),
        ("a name says nothing", {"LOOPDESK_HOST": "intake"}, False),
        ("everybody with a key", {"LOOPDESK_HOST": "0.0.0.0", "LOOPDESK_KEYS_FILE": "keys.yaml"}, True),
        ("a Unix socket has its own rights", {"LOOPDESK_HOST": "0.0.0.0", "LOOPDESK_UDS": "/run/x"}, True),
    ],
)
def test_an_open_door_needs_keys(why: str, environ: dict[str, str], allowed: bool) -> None:
    if allowed:
        WebSettings.from_env(environ)
    else:
        with pytest.raises(BadSetting, match="LOOPDESK_KEYS_FILE"):
            WebSettings.from_env(environ)


def test_a_service_has_its_port_and_the_operator_another() -> None:
    assert WebSettings.from_env({}, service="sla", port=8003).port == 8003
    assert WebSettings.from_env({"LOOPDESK_SLA_PORT": "9000"}, service="sla", port=8003).port == 9000


def test_every_variable_is_described() -> None:
    assert all(one.variable.startswith("LOOPDESK_") and one.meaning.endswith(".") for one in describe(WebSettings))
    assert WebSettings.from_env({"LOOPDESK_KEYS_FILE": "k"}).keys_file == Path("k")
