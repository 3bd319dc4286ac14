"""The real logs lie beside the repository, not in it. What needs them is tier truth, which `make test` runs where they are."""

from pathlib import Path

DATA = Path(__file__).resolve().parents[2] / "shared" / "data"
