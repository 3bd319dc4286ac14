"""Write the generated documents, or say which are stale."""

import argparse
import sys
from pathlib import Path

from deploy.docs import asyncapi, dashboards, events, projections, written

ROOT = Path(__file__).parents[2]
GRAFANA = "deploy/monitoring/grafana"


def documents() -> dict[str, str]:
    """Return file → text of every generated document."""
    return {
        "docs/events.md": events.document(),
        "docs/asyncapi.json": asyncapi.text(),
        "docs/projections.md": projections.document(),
        "docs/standards.md": written.document(),
        **{f"{GRAFANA}/{name}": text for name, text in dashboards.documents().items()},
    }


def stale(folder: Path = ROOT) -> list[str]:
    """Return the names of the documents that differ from the code."""
    return [name for name, text in documents().items() if _read(folder / name) != text]


def write(folder: Path = ROOT) -> list[str]:
    """Write the stale documents and return their names."""
    names = stale(folder)
    for name, text in documents().items():
        if name in names:
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            (folder / name).write_text(text, "utf-8")
    return names


def main() -> int:
    """Run the command; the exit code is 1 when `--check` finds a stale document."""
    parser = argparse.ArgumentParser(prog="python -m deploy.docs", description=__doc__)
    parser.add_argument("--check", action="store_true", help="write nothing; fail when a document is stale")
    if parser.parse_args().check:
        names = stale()
        for name in names:
            print(f"stale: {name}; run: python -m deploy.docs", file=sys.stderr)  # noqa: T201 - the answer
        return 1 if names else 0
    for name in write():
        print(f"written: {name}")  # noqa: T201 - the answer
    return 0


def _read(path: Path) -> str:
    return path.read_text("utf-8") if path.exists() else ""


if __name__ == "__main__":
    sys.exit(main())
