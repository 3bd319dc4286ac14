"""A file's lines: gunzipped, decoded, bounded."""

import gzip
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from io import TextIOWrapper
from itertools import count
from pathlib import Path

from deploy.importer.cells import BadSource
from deploy.importer.head import Csv
from deploy.importer.records import RECORD_CHARACTERS_MAX

_GZIP = b"\x1f\x8b"


@contextmanager
def reading(file: Path, written: Csv) -> Iterator[Iterator[str]]:
    """Open a file and yield its lines; an error names the file and the line."""
    try:
        with _open(file, written.encoding) as text:
            yield _lines(text, file.name)
    except UnicodeDecodeError as error:
        where = _undecodable(file, written.encoding)
        raise BadSource(f"{file.name}{where} is not {written.encoding}: {error.reason}; set csv.encoding") from error
    except (OSError, EOFError, zlib.error) as error:
        raise BadSource(f"{file.name} cannot be read: {error}") from error


def _lines(text: TextIOWrapper, file: str) -> Iterator[str]:
    """Yield the lines. Their length is bounded, because a file without line ends would be one line in memory."""
    for number in count(1):
        line = text.readline(RECORD_CHARACTERS_MAX)
        if len(line) == RECORD_CHARACTERS_MAX and line[-1] not in "\r\n":
            raise BadSource(f"{file}, line {number} has more than {RECORD_CHARACTERS_MAX:,} characters; is it a CSV file?")
        if not line:
            return
        yield line


def _open(file: Path, encoding: str) -> TextIOWrapper:
    # A byte order mark is no part of the first column's name.
    encoding = "utf-8-sig" if encoding.lower() in ("utf-8", "utf8") else encoding
    with file.open("rb") as raw:
        is_zipped = raw.read(2) == _GZIP
    if is_zipped:
        return gzip.open(file, "rt", encoding=encoding, newline="")
    return file.open(encoding=encoding, newline="")


def _undecodable(file: Path, encoding: str) -> str:
    """Return in words which line cannot be decoded, if lines can be counted without decoding."""
    with _open(file, "latin-1") as text:
        for number, line in enumerate(_lines(text, file.name), 1):
            try:
                line.encode("latin-1").decode(encoding)
            except UnicodeDecodeError:
                return f", line {number}," if "16" not in encoding and "32" not in encoding else ""
    return ""
