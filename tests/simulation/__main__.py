"""`python -m tests.simulation --seeds 1000`: live every seed's days on all cores, print the rate, stop at one that is wrong.

Seeds are lived in processes whose hashes are fixed, so that one seed is one story on every machine.
"""

import argparse
import os
import signal
import sys
import time
from collections import Counter
from concurrent.futures import ProcessPoolExecutor, as_completed
from multiprocessing import get_context

from tests.simulation.seeds import MOMENTS, attempted

EVERY_SECONDS = 5.0
INTERRUPTED = 130


def simulate(first, seeds, workers, say=print):
    """Live the seeds; return 0 if all were right, 1 at the first that was wrong, 130 when somebody had enough."""
    done, days, counts, begun, verdict = 0, 0.0, Counter(), time.monotonic(), 0
    said = begun
    pool = ProcessPoolExecutor(workers, mp_context=get_context("spawn"))
    try:
        for done, life in enumerate(as_completed(submitted(pool, range(first, first + seeds))), 1):
            seed, (of_seed, struck), wrong = life.result()
            if wrong:
                say(f"{wrong}\nseed {seed} is wrong. To live it again: make simulate SEEDS=1 FIRST={seed}")
                return 1
            days += of_seed
            counts.update(struck)
            if time.monotonic() > said + EVERY_SECONDS or done == seeds:
                said = time.monotonic()
                say(rate(done, seeds, days, counts, said - begun))
    except KeyboardInterrupt:
        say(f"stopped after {done:,} of {seeds:,} seeds")
        verdict = INTERRUPTED
    finally:
        pool.shutdown(wait=True, cancel_futures=True)
    for what, count in counts.most_common():
        say(f"{count:>9,}  {what}")
    return verdict


def submitted(pool, seeds):
    """Hand out the seeds to processes that leave Ctrl-C to this one."""
    handler = signal.signal(signal.SIGINT, signal.SIG_IGN)  # which they inherit
    try:
        return [pool.submit(attempted, seed) for seed in seeds]
    finally:
        signal.signal(signal.SIGINT, handler)


def rate(done, seeds, days, counts, seconds):
    """Return one line of progress."""
    return (
        f"{done:>6,} of {seeds:,} seeds, {done / seconds:.1f} a second; {days:,.0f} simulated days, "
        f"{60 * days / seconds:,.0f} a minute; {counts['accepted']:,} commands accepted"
    )


def main():
    parser = argparse.ArgumentParser(prog="make simulate", description=__doc__)
    parser.add_argument("--seeds", type=int, default=100, help=f"how many lives of {MOMENTS} moments each")
    parser.add_argument("--first", type=int, default=0, help="the first seed")
    parser.add_argument("--workers", type=int, default=os.cpu_count() or 1)
    asked = parser.parse_args()
    os.environ["PYTHONHASHSEED"] = "0"  # read by the processes that are started
    sys.exit(simulate(asked.first, asked.seeds, min(asked.workers, asked.seeds)))


if __name__ == "__main__":
    main()
