"""The commands' output: as wide as the terminal; in a pipe or a file each row of a table stays one line."""

import os
import sys

from rich.console import Console

UNBROKEN = 1_000
"""Columns. No row of ours is that wide, so `grep` and `awk` find each row on one line."""

console = Console(width=None if sys.stdout.isatty() or "COLUMNS" in os.environ else UNBROKEN)
