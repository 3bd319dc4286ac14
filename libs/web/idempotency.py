"""Idempotency-Key: the same client, key and request get the first answer again; the kernel keeps the answers."""

from hashlib import sha256
from typing import Annotated

import msgspec
from fastapi import Depends, Header, Request

from libs.events.store.port import Idempotency
from libs.events.words.refusal import Refused
from libs.web.access import identify

KEY_LENGTH_MAX = 255


async def idempotency(request: Request, key: Annotated[str | None, Header(alias="Idempotency-Key")] = None) -> Idempotency:
    """Return what makes this write unique; refuse a write that could not be repeated safely."""
    return Idempotency(identify(request).name, checked(key), fingerprint(request, await request.body()))


Once = Annotated[Idempotency, Depends(idempotency)]


def checked(key: str | None) -> str:
    """Return the key if it can be one."""
    if not key:
        raise Refused("idempotency-key-missing", "Send an Idempotency-Key header, one new value for every write.", 400)
    if len(key) > KEY_LENGTH_MAX or not (key.isascii() and key.isprintable()):
        detail = f"An Idempotency-Key has 1 to {KEY_LENGTH_MAX} printable ASCII characters; a UUID is a good one."
        raise Refused("idempotency-key-invalid", detail, 400)
    return key


def fingerprint(request: Request, body: bytes) -> bytes:
    """Return the digest of what was asked: method, path, query, and the body however its JSON was laid out."""
    digest = sha256()
    for part in (
        request.method.encode(),
        request.scope["path"].encode("utf-8", "surrogateescape"),
        request.scope["query_string"],
    ):
        digest.update(part + b"\x00")
    digest.update(canonical(body))
    return digest.digest()


def canonical(body: bytes) -> bytes:
    """Return the JSON with sorted names and no spaces; what is no JSON stays as it is."""
    try:
        return msgspec.json.encode(msgspec.json.decode(body), order="sorted")
    except (msgspec.MsgspecError, RecursionError, UnicodeError):
        return body
