"""`python -m tests.stack.skewed SERVICE …`: services on a machine whose clock is LOOPDESK_TEST_AHEAD_SECONDS ahead."""

import os
import sys
from datetime import timedelta

from libs.events.words import now

AHEAD = timedelta(seconds=float(os.environ["LOOPDESK_TEST_AHEAD_SECONDS"]))
right_now = now.real_now
now.real_now = lambda: right_now() + AHEAD

from services.__main__ import main  # noqa: E402  every module that imports real_now must find the wrong one

if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
