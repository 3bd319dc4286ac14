"""The files that pages load. An address names the version of its file, so browsers keep the file for ever."""

import mimetypes
from functools import cache
from hashlib import sha256
from pathlib import Path

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response

import libs.pictures
from libs.events.words.refusal import Refused

FOLDER = Path(__file__).parent / "static"
FOLDERS = (FOLDER, Path(libs.pictures.__file__).parent)
FILES = {one.name: one for folder in FOLDERS for one in folder.iterdir() if one.suffix in {".css", ".js", ".svg"}}

for kind, suffix in (("text/css", ".css"), ("text/javascript", ".js"), ("image/svg+xml", ".svg")):
    mimetypes.add_type(kind, suffix)  # what the machine says of a suffix is its own affair


@cache
def version(name: str) -> str:
    """Return what names the bytes of a file."""
    return sha256(FILES[name].read_bytes()).hexdigest()[:12]


def static_router() -> APIRouter:
    """Return the route."""
    router = APIRouter(include_in_schema=False)

    @router.get("/static/{name}", response_class=Response)
    async def get_static(request: Request, name: str, v: str = "") -> Response:
        """Return a file; for ever if its version is asked for."""
        if name not in FILES:
            raise Refused("no-such-path", f"There is no file {name[:60]} here.", 404)
        kept = "public, max-age=31536000, immutable" if v == version(name) else "no-cache"
        headers = {"Cache-Control": kept, "ETag": f'W/"{version(name)}"'}
        return Response(_bytes(name), headers=headers, media_type=mimetypes.guess_type(name)[0])

    return router


@cache
def _bytes(name: str) -> bytes:
    return FILES[name].read_bytes()
