"""ETag and If-Match: the version a client has seen is the version its command expects."""

import re
from typing import Annotated

from fastapi import Depends, Header

from libs.events.refusal import Refused

_STRONG = re.compile(r'"([0-9]{1,18})"')


def etag(version: int) -> str:
    """Return the strong entity tag of a version."""
    return f'"{version}"'


def version_of(tag: str) -> int | None:
    """Return the version an If-Match header expects; `*` expects any."""
    tag = tag.strip()
    if tag == "*":
        return None
    found = _STRONG.fullmatch(tag)
    if not found:
        raise Refused("if-match-invalid", 'Send If-Match as one strong tag from an ETag header, for example "7".', 400)
    return int(found[1])


async def if_match(header: Annotated[str | None, Header(alias="If-Match")] = None) -> int | None:
    """Return the expected version, if the client named one."""
    return version_of(header) if header is not None else None


ExpectedVersion = Annotated[int | None, Depends(if_match)]
