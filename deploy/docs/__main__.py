"""Write the generated documents, or say which are stale."""

import argparse
import sys
from pathlib import Path

from deploy.docs import asyncapi, events, projections

DOCS = Path(__file__).parents[2] / "docs"


def documents() -> dict[str, str]:
    """Return file name → text of every generated document."""
    return {
        "events.md": events.document(),
        "asyncapi.json": asyncapi.text(),
        "projections.md": projections.document(),
    }


def stale(folder: Path = DOCS) -> list[str]:
    """Return the names of the documents that differ from the code."""
    return [name for name, text in documents().items() if _read(folder / name) != text]


def write(folder: Path = DOCS) -> list[str]:
    """Write what is stale and return its names."""
    folder.mkdir(parents=True, exist_ok=True)
    names = stale(folder)
    for name, text in documents().items():
        if name in names:
            (folder / name).write_text(text, "utf-8")
    return names


def main() -> int:
    """Run the command; the exit code is 1 when `--check` finds a stale document."""
    parser = argparse.ArgumentParser(prog="python -m deploy.docs", description=__doc__)
    parser.add_argument("--check", action="store_true", help="write nothing; fail when a document is stale")
    if parser.parse_args().check:
        names = stale()
        for name in names:
            print(f"stale: docs/{name}; run: python -m deploy.docs", file=sys.stderr)  # noqa: T201 - the answer
        return 1 if names else 0
    for name in write():
        print(f"written: docs/{name}")  # noqa: T201 - the answer
    return 0


def _read(path: Path) -> str:
    return path.read_text("utf-8") if path.exists() else ""


if __name__ == "__main__":
    sys.exit(main())
