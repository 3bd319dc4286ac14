"""Runs analytics alone: `python -m services.analytics`."""

import sys

from services.__main__ import main

sys.exit(main(["analytics"]))
