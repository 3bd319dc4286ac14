"""What a file is, by its content; what its name or its sender says of it is never asked."""

import zipfile
from io import BytesIO

import puremagic

OFFICE = "application/vnd.openxmlformats-officedocument."
_OFFICE = {
    "word/": f"{OFFICE}wordprocessingml.document",
    "xl/": f"{OFFICE}spreadsheetml.sheet",
    "ppt/": f"{OFFICE}presentationml.presentation",
}
ZIP, TEXT = "application/zip", "text/plain"
SURE = 0.4
"""Fewer than four bytes that stand in a text by chance, as in `BM`, do not make it something else."""


def media_type_of(content: bytes) -> str:
    """Return the media type that the content shows; nothing where it shows none."""
    if content.startswith(b"PK\x03\x04"):
        return _zipped(content)
    kind, sure = _magic(content)
    if sure < SURE and _is_text(content):
        return TEXT
    return kind


def _magic(content: bytes) -> tuple[str, float]:
    try:
        found = puremagic.magic_string(content)
    except (puremagic.PureError, ValueError):
        return "", 0.0
    return next(((str(one.mime_type), float(one.confidence)) for one in found if one.mime_type), ("", 0.0))


def _zipped(content: bytes) -> str:
    """Tell an office document from any other archive, by the folders in it; no part of it is unpacked."""
    try:
        with zipfile.ZipFile(BytesIO(content)) as archive:
            names = archive.namelist()
    except (zipfile.BadZipFile, ValueError, OSError, NotImplementedError):
        return ""
    if "[Content_Types].xml" not in names:
        return ZIP
    return next((kind for folder, kind in _OFFICE.items() if any(name.startswith(folder) for name in names)), ZIP)


def _is_text(content: bytes) -> bool:
    try:
        text = content.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return all(one.isprintable() or one in "\t\n\r\f\ufeff" or one.isspace() for one in text)
