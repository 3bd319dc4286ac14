"""Pages: a list goes on after the sort key of the last row seen, so that rows added meanwhile shift nothing."""

import base64
import binascii
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import cache
from typing import Annotated, Any, Generic, TypeVar, cast, get_args
from urllib.parse import quote
from uuid import UUID

import msgspec
from fastapi import Query, Request
from starlette.responses import Response

from libs.events.words.refusal import Refused
from libs.events.words.storable import is_storable
from libs.web.answers import shown
from libs.web.text import IN_DIGITS, in_utc

LIMIT_MAX = 200
LIMIT_DEFAULT = 50
CURSOR_LENGTH_MAX = 2000
CURSOR_FORM: dict[str, Any] = {"maxLength": CURSOR_LENGTH_MAX, "pattern": "^[A-Za-z0-9_-]*$"}
"""For /openapi.json only. A cursor of another form is refused like one that this list has not given out."""

T = TypeVar("T")
Key = TypeVar("Key", bound=tuple[Any, ...])
"""The sort key of a list, which names one row: the values of the columns in its order."""

_KINDS: dict[type, Any] = {
    int: Annotated[int, msgspec.Meta(ge=-(1 << 63), le=(1 << 63) - 1)],
    datetime: Annotated[datetime, msgspec.Meta(tz=True)],
    str: str,
    UUID: UUID,
    date: date,
    bool: bool,
}


@dataclass(frozen=True, slots=True)
class Page(Generic[Key]):
    """The page that the client asked for: how many rows, after which sort key."""

    limit: int
    after: Key | None

    @property
    def fetch(self) -> int:
        """How many rows to read: one more than shown tells whether there is a next page."""
        return self.limit + 1


def pages(key: type[Key]) -> Callable[..., Awaitable[Page[Key]]]:
    """Return a dependency that reads `limit` and `cursor`; `key` is the type of the list's sort key."""

    async def page(
        limit: Annotated[int, Query(ge=1, le=LIMIT_MAX, description="Rows of one page."), IN_DIGITS] = LIMIT_DEFAULT,
        cursor: Annotated[str | None, Query(description="`next` of the page before.", json_schema_extra=CURSOR_FORM)] = None,
    ) -> Page[Key]:
        return Page(limit, opened(cursor, key) if cursor else None)

    return page


def paged(
    request: Request,
    page: Page[Key],
    rows: Sequence[T],
    key: Callable[[T], Key],
    show: Callable[[T], Any] = lambda row: row,
) -> Response:
    """Return the page: `items`, and `next` (also as a Link header) if there is more."""
    following = sealed(key(rows[page.limit - 1])) if len(rows) > page.limit else None
    headers = linked(request, following) if following else {}
    return shown({"items": [show(row) for row in rows[: page.limit]], "next": following}, headers=headers)


def linked(request: Request, cursor: str) -> dict[str, str]:
    """Return the header that leads to the page behind a cursor."""
    return {"Link": f'<{_address(request, cursor)}>; rel="next"'}


def sealed(key: tuple[Any, ...]) -> str:
    """Return the cursor that goes on after a sort key."""
    return base64.urlsafe_b64encode(msgspec.json.encode(key)).rstrip(b"=").decode()


def opened(cursor: str, key: type[Key]) -> Key:
    """Return the sort key in a cursor; refuse what this list has not given out."""
    try:
        if len(cursor) > CURSOR_LENGTH_MAX:
            raise ValueError(len(cursor))
        raw = base64.b64decode(cursor + "=" * (-len(cursor) % 4), altchars=b"-_", validate=True)
        return cast(Key, tuple(map(_sound, msgspec.json.decode(raw, type=_shape(key)))))
    except (ValueError, binascii.Error, msgspec.MsgspecError, RecursionError):
        detail = "This cursor is not from this list; use `next` of the page before unchanged, or start without one."
        raise Refused("cursor-invalid", detail, 400) from None


@cache
def _shape(key: type[Key]) -> Any:
    return tuple[tuple(_KINDS[kind] for kind in get_args(key))]  # type: ignore[misc]


def _sound(part: Any) -> Any:
    if isinstance(part, datetime):
        return in_utc(part)
    if isinstance(part, str) and not is_storable(part):
        raise ValueError(part)
    return part


def _address(request: Request, cursor: str) -> str:
    url = request.url.include_query_params(cursor=cursor)
    return f"{quote(url.path)}?{url.query}"
