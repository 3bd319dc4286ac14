"""Runs survey alone: `python -m services.survey`."""

import sys

from services.__main__ import main

sys.exit(main(["survey"]))
