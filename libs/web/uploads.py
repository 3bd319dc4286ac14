"""A file in a request: one part of a multipart/form-data body, beside short fields, as browsers and `curl -F` send it.

All of it stays in memory, because it is bounded (limits.py), and people's files belong in no folder for temporary ones.
"""

from collections.abc import AsyncGenerator, Mapping
from dataclasses import dataclass
from hashlib import sha256
from typing import Any

import msgspec
from fastapi import Request
from python_multipart.multipart import parse_options_header
from starlette.datastructures import UploadFile
from starlette.formparsers import MultiPartException, MultiPartParser

from libs.events.words.refusal import Refused
from libs.events.words.storable import is_storable
from libs.web.access import permitted
from libs.web.keys import Client
from libs.web.text import UNSTORABLE
from libs.web.writes import Write, Writes

MULTIPART = "multipart/form-data"
FILE = "file"
AROUND_BYTES_MAX = 64 << 10
"""What stands around the file: fields, boundaries, names."""
FIELDS_MAX, FIELD_MAX = 10, 200


@dataclass(frozen=True, slots=True)
class Parts:
    """What a body holds: the file, with the name that its sender gave it, and the fields beside it."""

    name: str
    content: bytes
    fields: Mapping[str, str]

    @property
    def asked(self) -> bytes:
        """What is asked for, whatever boundaries the sender chose."""
        return msgspec.json.encode([self.name, sha256(self.content).hexdigest(), sorted(self.fields.items())])


@dataclass(frozen=True, slots=True)
class Sent:
    """A write with a file."""

    write: Write
    parts: Parts


class Uploads(Writes):
    """A dependency that yields what was sent, if the scope was granted."""

    async def __call__(self, request: Request) -> Sent:  # type: ignore[override]
        client: Client = permitted(request, self.scope)
        parts = await parts_of(request)
        return Sent(self.write(request, client, parts.asked), parts)


def uploads(scope: str) -> Uploads:
    """Return the dependency of a route that takes a file."""
    return Uploads(scope, ("Idempotency-Key", "If-Match", "Position"))


async def _once(body: bytes) -> AsyncGenerator[bytes, None]:
    # The request keeps its body, so that whatever else looks at the request finds it.
    yield body


async def parts_of(request: Request) -> Parts:
    """Return the parts of a body; refuse one of another form."""
    if parse_options_header(request.headers.get("content-type"))[0] != MULTIPART.encode():
        raise Refused("unsupported-media-type", "Send the file as multipart/form-data, as `curl -F file=@letter.pdf` does.", 415)
    parser = MultiPartParser(
        request.headers, _once(await request.body()), max_files=1, max_fields=FIELDS_MAX, max_part_size=AROUND_BYTES_MAX
    )
    parser.spool_max_size = 1 << 30  # never to a disk
    try:
        form = await parser.parse()
    except (MultiPartException, UnicodeError, KeyError, ValueError):
        raise Refused("unreadable-body", "The body is no whole multipart/form-data. Send it again.", 400) from None
    fields = {name: value for name, value in form.multi_items() if isinstance(value, str)}
    file = form.get(FILE)
    if not isinstance(file, UploadFile):
        raise Refused("unreadable-body", f"The body has no file. Send one as the part `{FILE}`.", 400)
    content, name = await file.read(), file.filename or ""
    await form.close()
    if longer := [one for one, value in fields.items() if len(value) > FIELD_MAX]:
        raise Refused("unreadable-body", f"The field {longer[0][:40]} is longer than {FIELD_MAX} characters.", 400)
    if not all(map(is_storable, (name, *fields, *fields.values()))):
        raise Refused("unstorable", f"A text {UNSTORABLE}.", 422)
    return Parts(name, content, fields)


def described(fields: Mapping[str, str]) -> dict[str, Any]:
    """Return the description of a body with a file and these fields, each with what it means."""
    texts = {name: {"type": "string", "maxLength": FIELD_MAX, "description": says} for name, says in fields.items()}
    file = {"type": "string", "format": "binary", "description": "The file, with its name."}
    schema = {"type": "object", "required": [FILE], "properties": {FILE: file, **texts}, "additionalProperties": False}
    return {"requestBody": {"required": True, "content": {MULTIPART: {"schema": schema}}}}
