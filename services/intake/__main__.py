"""Runs intake alone: `python -m services.intake`."""

import sys

from services.__main__ import main

sys.exit(main(["intake"]))
