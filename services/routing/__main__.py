"""Runs routing alone: `python -m services.routing`."""

import sys

from services.__main__ import main

sys.exit(main(["routing"]))
