"""What the operator may set about the HTTP side of a service."""

import ipaddress
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Self

from libs.web.environment import BadSetting, from_environment, setting, settings
from libs.web.rates import Rate

MEBIBYTE = 1 << 20


@settings
class WebSettings:
    """Where a service listens, what it accepts, who may call it."""

    host: str = setting(
        "LOOPDESK_HOST",
        default="127.0.0.1",
        meaning="Address to listen on; one that others can reach needs a keys file.",
    )
    port: int = setting("LOOPDESK_PORT", default=8000, meaning="TCP port; 0 takes a free one.", at_least=0, at_most=65535)
    uds: Path | None = setting("LOOPDESK_UDS", default=None, meaning="Unix socket to listen on instead of host and port.")
    body_bytes_max: int = setting(
        "LOOPDESK_BODY_BYTES_MAX", default=MEBIBYTE, meaning="Largest request body.", unit="bytes", at_least=1024
    )
    import_bytes_max: int = setting(
        "LOOPDESK_IMPORT_BYTES_MAX",
        default=8 * MEBIBYTE,
        meaning="Largest body of an import.",
        unit="bytes",
        at_least=1024,
    )
    connections_max: int = setting(
        "LOOPDESK_CONNECTIONS_MAX",
        default=16_384,
        meaning="Connections at once; above it the one that has waited longest for its client is closed.",
        at_least=1,
    )
    request_seconds: float = setting(
        "LOOPDESK_REQUEST_SECONDS",
        default=30.0,
        meaning="How long a client may take to send a request, or to go on reading an answer.",
        unit="seconds",
        at_least=0.01,
    )
    answer_seconds: float = setting(
        "LOOPDESK_ANSWER_SECONDS",
        default=60.0,
        meaning="How long a client waits for the log or the database; then it is asked to come again (503).",
        unit="seconds",
        at_least=0.01,
    )
    idle_seconds: int = setting(
        "LOOPDESK_IDLE_SECONDS",
        default=75,
        meaning="How long a connection may be silent between two requests; a proxy in front must close it sooner.",
        unit="seconds",
        at_least=0,
    )
    keys_file: Path | None = setting(
        "LOOPDESK_KEYS_FILE", default=None, meaning="API keys (YAML or JSON); read again when it changes."
    )
    rate_limit: Rate | None = setting(
        "LOOPDESK_RATE_LIMIT",
        default=None,
        meaning="How often each caller may ask, such as 600/minute; as often as they like without.",
    )
    proxies: str = setting(
        "LOOPDESK_PROXIES",
        default="",
        meaning="Addresses and networks of the proxies in front, with commas between; they say in X-Forwarded-For who calls.",
    )
    stop_seconds: int = setting(
        "LOOPDESK_STOP_SECONDS",
        default=10,
        meaning="How long running requests may go on after a stop.",
        unit="seconds",
        at_least=0,
    )
    check_seconds: float = setting(
        "LOOPDESK_CHECK_SECONDS",
        default=2.0,
        meaning="How long one readiness check or metrics refresh may take.",
        unit="seconds",
        at_least=0.01,
    )
    docs_language: str = setting(
        "LOOPDESK_DOCS_LANGUAGE",
        default="en",
        meaning="Language of the texts that all services' /openapi.json share.",
        one_of=("en", "zh"),
    )

    def __post_init__(self) -> None:
        if self.keys_file is None and not self.is_local:
            raise BadSetting(
                f"LOOPDESK_HOST is {self.host}, which others can reach, and LOOPDESK_KEYS_FILE is not set. "
                "Set it (make a key with `loopdesk key NAME --scope cases:write`), or listen on 127.0.0.1."
            )
        for one in self.proxies_known:
            if not _is_network(one):
                raise BadSetting(
                    f"LOOPDESK_PROXIES must be IP addresses or networks, such as 10.0.0.5,10.1.0.0/16; {one!r} is none."
                )

    @property
    def is_local(self) -> bool:
        """Test whether only programs of this machine can connect."""
        return self.uds is not None or _is_loopback(self.host)

    @property
    def proxies_known(self) -> list[str]:
        """The proxies, one by one."""
        return [one.strip() for one in self.proxies.split(",")] if self.proxies else []

    @classmethod
    def from_env(cls, environ: Mapping[str, str] | None = None, *, service: str = "", **defaults: Any) -> Self:
        """Return the settings of `service`: LOOPDESK_SLA_PORT beats LOOPDESK_PORT for the service sla."""
        return from_environment(cls, environ, service=service, **defaults)


def _is_network(text: str) -> bool:
    try:
        ipaddress.ip_network(text)
    except ValueError:
        return False
    return True


def _is_loopback(host: str) -> bool:
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False
