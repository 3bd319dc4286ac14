"""Runs sla alone: `python -m services.sla`."""

import sys

from services.__main__ import main

sys.exit(main(["sla"]))
