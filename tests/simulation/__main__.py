"""`python -m tests.simulation --seeds 1000`: live every seed's days on all cores, print the rate, stop at one that is wrong.

Seeds are lived in processes whose hashes are fixed, so that one seed is one story on every machine.
"""

import argparse
import os
import sys
import time
from collections import Counter
from concurrent.futures import ProcessPoolExecutor, as_completed
from multiprocessing import get_context

from tests.simulation.seeds import MOMENTS, attempted

EVERY_SECONDS = 5.0


def simulate(first, seeds, workers, say=print):
    """Live the seeds; return how many were wrong: none or one."""
    days, counts, begun = 0.0, Counter(), time.monotonic()
    said = begun
    with ProcessPoolExecutor(workers, mp_context=get_context("spawn")) as pool:
        lives = [pool.submit(attempted, seed) for seed in range(first, first + seeds)]
        for done, life in enumerate(as_completed(lives), 1):
            seed, (of_seed, struck), wrong = life.result()
            if wrong:
                pool.shutdown(wait=True, cancel_futures=True)
                say(f"{wrong}\nseed {seed} is wrong. To live it again: make simulate SEEDS=1 FIRST={seed}")
                return 1
            days += of_seed
            counts.update(struck)
            if time.monotonic() > said + EVERY_SECONDS or done == seeds:
                said = time.monotonic()
                say(rate(done, seeds, days, counts, said - begun))
    for what, count in counts.most_common():
        say(f"{count:>9,}  {what}")
    return 0


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
