"""What comes with a write beside its body: the client, its Idempotency-Key, the version it saw, the Position to wait for.

The same client, key and request get the first answer again; the kernel keeps the answers.
"""

from collections.abc import Mapping
from functools import cache
from hashlib import sha256
from typing import NamedTuple

import msgspec
from fastapi import Request

from libs.events.store.values import Idempotency, Position
from libs.events.words.refusal import Refused
from libs.web.access import Scoped, permitted
from libs.web.conditional import version_of
from libs.web.keys import Client
from libs.web.position import parsed

KEY_LENGTH_MAX = 255


class Write(NamedTuple):
    """What a route knows of a write: `expected` is the version of If-Match, `position` is what to wait for."""

    client: Client
    once: Idempotency
    expected: int | None
    position: Position | None


class Writes(Scoped):
    """A dependency that yields the Write, if the scope was granted."""

    # It reads all headers itself, because FastAPI takes 10 to 20 microseconds over each parameter and each dependency.

    async def __call__(self, request: Request) -> Write:
        return self.write(request, permitted(request, self.scope), await request.body())

    def write(self, request: Request, client: Client, asked: bytes) -> Write:
        """Return the Write, where `asked` is what the body asks for."""
        headers = request.headers
        once = Idempotency(client.name, checked(headers.get("idempotency-key")), fingerprint(request, asked))
        seen = headers.get("if-match") if "If-Match" in self.headers else None
        position = headers.get("position")
        expected = None if seen is None else version_of(seen)
        return Write(client, once, expected, None if position is None else parsed(position))


@cache
def creates(scope: str) -> Writes:
    """Return the dependency of a route that creates something; nobody can have seen a version of it."""
    return Writes(scope, ("Idempotency-Key", "Position"))


@cache
def changes(scope: str) -> Writes:
    """Return the dependency of a route that changes something; If-Match names the version that its client saw."""
    return Writes(scope, ("Idempotency-Key", "If-Match", "Position"))


async def asked_by_form(request: Request, client: Client, form: Mapping[str, str]) -> Write:
    """Return what comes with a form of a page; its key is a field, so that a form that is sent twice is asked once."""
    return Write(
        client, Idempotency(client.name, checked(form.get("key")), fingerprint(request, await request.body())), None, None
    )


def checked(key: str | None) -> str:
    """Return the key; refuse one of another form."""
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
