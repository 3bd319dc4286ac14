"""`python -m tests.stack.skewed SECONDS SERVICE …`: services on a machine whose clock is so many seconds ahead."""

import sys
from datetime import timedelta

from libs.events.words import now

AHEAD = timedelta(seconds=float(sys.argv[1]))
right_now = now.real_now
now.real_now = lambda: right_now() + AHEAD

from services.__main__ import main  # noqa: E402  whoever imports real_now must find the wrong one

if __name__ == "__main__":
    sys.exit(main(sys.argv[2:]))
