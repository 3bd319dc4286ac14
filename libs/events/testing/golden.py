"""Frozen bytes of every event version: `python -m libs.events.testing.golden` adds missing files, and changes none.

A golden file is yesterday's log. It is never rewritten; when its test fails, the reader is wrong, not the file.
A schema that grew by an optional field is frozen once more beside the older one (`<wire>+1.json`), so that what was
written in between stays protected too.
"""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from libs.events.log.envelope import Fact, record_of, stamped
from libs.events.log.port import partition_of
from libs.events.log.schema import schemas
from libs.events.testing.samples import LEARNED_AFTER, samples

GOLDEN = Path(__file__).parents[3] / "tests" / "golden"
ANNOTATIONS = ("title", "description")
PARTITIONS = 12


def golden_bytes(fact: Fact, seq: int = 1) -> bytes:
    """Return the fact as the relay puts it on the log."""
    return stamped(record_of(fact, fact.time + LEARNED_AFTER), partition_of(fact.key, PARTITIONS), 1, seq).body


def bare(schema: Any) -> Any:
    """Return a schema without its prose: a better sentence is no new shape."""
    if isinstance(schema, list):
        return [bare(item) for item in schema]
    if not isinstance(schema, dict):
        return schema
    # under `properties` the keys are field names, and a field may be called `title`
    named = {"properties", "$defs"} & schema.keys()
    return {
        key: {name: bare(inner) for name, inner in value.items()} if key in named else bare(value)
        for key, value in schema.items()
        if key not in ANNOTATIONS
    }


def frozen_schemas(wire: str, folder: Path = GOLDEN) -> dict[str, Any]:
    """Return file name → schema of every shape this wire type has had."""
    paths = [*folder.glob(f"schemas/{wire}.json"), *sorted(folder.glob(f"schemas/{wire}+*.json"))]
    return {path.name: json.loads(path.read_text("utf-8")) for path in paths}


def missing(folder: Path = GOLDEN) -> Iterator[tuple[Path, bytes]]:
    """Yield the files that are not there yet, with what belongs into them."""
    for fact in samples():
        path = folder / f"{fact.kind.wire}.json"
        if not path.exists():
            yield path, golden_bytes(fact)
    for wire, schema in schemas().items():
        shapes = frozen_schemas(wire, folder)
        if bare(schema) not in shapes.values():
            name = f"{wire}+{len(shapes)}.json" if shapes else f"{wire}.json"
            yield folder / "schemas" / name, _text(bare(schema))


def write(folder: Path = GOLDEN) -> list[Path]:
    """Write the missing files and return them; refuse to touch one that exists."""
    (folder / "schemas").mkdir(parents=True, exist_ok=True)
    written = []
    for path, content in missing(folder):
        with path.open("xb") as file:
            file.write(content)
        written.append(path)
    return written


def _text(schema: Any) -> bytes:
    return json.dumps(schema, indent=2, sort_keys=True, ensure_ascii=False).encode() + b"\n"


if __name__ == "__main__":
    for new in write():
        print(f"frozen: {new.relative_to(GOLDEN.parent.parent)}")  # noqa: T201 - the command's answer
