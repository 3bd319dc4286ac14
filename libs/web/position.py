"""The `Position` header: how far a source had spoken when it answered, so that another service can wait for it."""

import re
from typing import Annotated

from fastapi import Depends, Header, Request
from msgspec import to_builtins

from libs.events.log.port import Partition
from libs.events.store.values import Position
from libs.events.words.refusal import Refused
from libs.web.context import add_headers

FORM = "([a-z]{1,32}):([a-z]{1,32})-([0-9]{1,4}):([0-9]{1,6}):([0-9]{1,16})"


def written(position: Position) -> str:
    """Return the header's text: `intake:cases-7:1:4711` is source, partition, epoch and number."""
    source, (topic, number), epoch, seq = position
    return f"{source}:{topic}-{number}:{epoch}:{seq}"


def parsed(text: str) -> Position:
    """Return the position that a client passes on; refuse one that no service has given out."""
    found = re.fullmatch(FORM, text.strip(), re.ASCII)
    if not found:
        detail = "Pass the Position header of the earlier answer on unchanged, or leave it out."
        raise Refused("position-invalid", detail, 400)
    source, topic, number, epoch, seq = found.groups()
    return Position(source, Partition(topic, int(number)), int(epoch), int(seq))


async def position(request: Request, header: Annotated[str | None, Header(alias="Position")] = None) -> Position | None:
    """Return the position to wait for, if the client passed one on; to a question, say until when its answer is complete.

    The instant is read before the question is answered. What arrives in between may be in the answer, or not.
    """
    if request.method == "GET" and (at := request.app.state.as_of()) is not None:
        add_headers(request, {"data-as-of": to_builtins(at)})
    return parsed(header) if header is not None else None


WaitFor = Annotated[Position | None, Depends(position)]
