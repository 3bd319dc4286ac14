"""The link in an invitation: names case and survey, signed, and nothing about the person. It lasts as long as the survey."""

import hashlib
from base64 import urlsafe_b64decode, urlsafe_b64encode
from typing import NamedTuple
from uuid import UUID

from itsdangerous import BadSignature, Signer


class Link(NamedTuple):
    """The content of a valid token."""

    case_id: str
    survey_id: str


def token(link: Link, *, secret: str) -> str:
    """Return the URL-safe token of a link, short enough for a text message."""
    return _made(link, secret)


def opened(token: str, *, secret: str) -> Link | None:
    """Return the token's content, or nothing if it was not made here."""
    if not token.isascii():
        return None
    try:
        raw = urlsafe_b64decode(_signer(secret).unsign(token) + b"=")
    except BadSignature:
        return None
    link = Link(str(UUID(bytes=raw[:16])), str(UUID(bytes=raw[16:])))
    # base64 is read leniently: a signature with `=` behind it, or with other spare bits, would be the same one.
    return link if _made(link, secret) == token else None


def _made(link: Link, secret: str) -> str:
    raw = UUID(link.case_id).bytes + UUID(link.survey_id).bytes
    return _signer(secret).sign(urlsafe_b64encode(raw).rstrip(b"=")).decode()


def _signer(secret: str) -> Signer:
    if not secret:
        raise ValueError("an empty secret would let anybody sign links; set one")
    return Signer(secret, salt="survey-link", key_derivation="hmac", digest_method=hashlib.sha256)
