"""Where the commands write: as wide as the terminal is; into a pipe or a file each row of a table stays one line."""

import os
import sys

from rich.console import Console

UNBROKEN = 1_000
"""Columns. No row of ours needs as many, so `grep` and `awk` find each row whole."""

console = Console(width=None if sys.stdout.isatty() or "COLUMNS" in os.environ else UNBROKEN)
