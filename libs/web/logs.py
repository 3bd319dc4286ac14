"""The log of the process: JSON lines for machines, colours for a person; no secret and no person's data in either."""

import json
import logging
import re
import sys
import types
from collections.abc import Callable, MutableMapping
from contextlib import suppress
from functools import lru_cache
from typing import Any

import msgspec
import structlog
from structlog.typing import EventDict, Processor, WrappedLogger

from libs.events.words.now import real_now
from libs.web.environment import setting, settings

HIDDEN = "[hidden]"
DEPTH_MAX = 5
_SECRET = re.compile(
    r"(^|[^a-z])(authorization|cookie|api-?key|key|pass(word|wd|phrase)?|secret|token|credentials?)$", re.IGNORECASE
)


_ROW = re.compile(r"(DETAIL|Detail): .*")


@settings
class LogSettings:
    """What a process tells of itself."""

    log_level: str = setting(
        "LOOPDESK_LOG_LEVEL",
        default="info",
        meaning="How much goes to the log; debug adds a line for every event heard.",
        one_of=("debug", "info", "warning"),
    )

    @property
    def level(self) -> int:
        return logging.getLevelNamesMapping()[self.log_level.upper()]


def configure(*, as_json: bool | None = None, level: int = logging.INFO) -> None:
    """Set up logging for the process; `as_json` is decided by whether stderr is a terminal, unless given."""
    machine = not sys.stderr.isatty() if as_json is None else as_json
    shared: list[Processor] = [
        structlog.contextvars.merge_contextvars, structlog.stdlib.add_log_level, stamp, hide_secrets,
    ]  # fmt: skip
    structlog.configure(
        processors=[*shared, *_last(machine=machine)],
        logger_factory=lambda *_: _Stderr(),
        wrapper_class=structlog.make_filtering_bound_logger(level),
        cache_logger_on_first_use=True,
    )
    handler = logging.StreamHandler(sys.stderr)
    others = [structlog.stdlib.ProcessorFormatter.remove_processors_meta, *_last(machine=machine)]
    handler.setFormatter(structlog.stdlib.ProcessorFormatter(foreign_pre_chain=shared, processors=others))
    # At debug, libraries tell what they carry: rows, records, headers. Only we are asked for more.
    logging.basicConfig(handlers=[handler], level=max(level, logging.INFO), force=True)
    logging.getLogger("libs").setLevel(level)


def stamp(_: WrappedLogger, __: str, said: EventDict) -> EventDict:
    """Add the instant."""
    said["at"] = real_now().isoformat(timespec="milliseconds")
    return said


def hide_secrets(_: WrappedLogger, __: str, said: EventDict) -> EventDict:
    """Drop the values of names like `authorization`, `api_key`, `token`; so log a case's key as `case`."""
    return _hidden(said, 0)


def hide_rows(_: WrappedLogger, __: str, said: EventDict) -> EventDict:
    """Drop what PostgreSQL quotes of a row when it refuses one."""
    for name, value in said.items():
        if isinstance(value, str) and ("DETAIL" in value or "Detail" in value):
            said[name] = _ROW.sub(rf"\1: {HIDDEN}", value)
    return said


@lru_cache(maxsize=1024)
def is_secret(name: str) -> bool:
    """Test by its last word whether a name is that of a secret."""
    return bool(_SECRET.search(name))


def _hidden(members: MutableMapping[str, Any], depth: int) -> dict[str, Any]:
    return {name: HIDDEN if is_secret(str(name)) else _clean(value, depth) for name, value in members.items()}


def _clean(value: Any, depth: int) -> Any:
    if depth >= DEPTH_MAX:
        return value if isinstance(value, str | int | float | None) else type(value).__name__
    if isinstance(value, dict):
        return _hidden(value, depth + 1)
    if type(value) in (list, tuple) and not any(isinstance(part, types.TracebackType) for part in value):
        return [_clean(part, depth + 1) for part in value]
    return value


def _last(*, machine: bool) -> list[Processor]:
    if machine:
        return [structlog.processors.format_exc_info, hide_rows, structlog.processors.JSONRenderer(_json)]
    # The pretty traceback would print local variables, secrets among them.
    return [structlog.dev.ConsoleRenderer(exception_formatter=structlog.dev.plain_traceback)]


def _json(said: EventDict, default: Callable[[Any], Any], **_: Any) -> str:
    try:
        return msgspec.json.encode(said, enc_hook=default).decode()
    except (TypeError, ValueError, RecursionError):  # such as half a surrogate pair: it is logged all the same
        return json.dumps(said, default=default, skipkeys=True)


class _Stderr:
    """Writes lines directly, because the standard library's loggers cost a request a tenth of its time."""

    def info(self, line: str) -> None:
        with suppress(OSError, ValueError):  # a full disk or a closed stream fails no request
            sys.stderr.write(line + "\n")
            sys.stderr.flush()

    debug = warning = error = critical = info
