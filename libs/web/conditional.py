"""ETag, If-Match, If-None-Match: a command expects the version its client saw; what the client has is not sent again."""

import re

from libs.events.words.refusal import Refused

_TAG = re.compile(r'(W/)?"([0-9]{1,18})"')
_ANY_TAG = re.compile(r'(?:W/)?("[^"]*")')


def etag(version: int) -> str:
    """Return the strong entity tag of a version."""
    return f'"{version}"'


def version_of(tag: str) -> int | None:
    """Return the version an If-Match header expects; `*` expects any."""
    tag = tag.strip()
    if tag == "*":
        return None
    found = _TAG.fullmatch(tag)
    if not found:
        raise Refused("if-match-invalid", 'Send If-Match as one tag from an ETag header, for example "7".', 400)
    if found[1]:
        # A write compares strongly (RFC 9110, 13.1.1): a weak tag, which a proxy makes when it compresses, never matches.
        detail = (
            f'A weak tag is no proof for a write. Send If-Match: "{found[2]}", as this service gives it, if that is what you saw.'
        )
        raise Refused("if-match-weak", detail, 412)
    return int(found[2])


def is_known(if_none_match: str | None, tag: str | None) -> bool:
    """Test whether a client that asks again has this answer already; a question compares weakly."""
    if if_none_match is None or tag is None:
        return False
    return if_none_match.strip() == "*" or tag.removeprefix("W/") in _ANY_TAG.findall(if_none_match)
