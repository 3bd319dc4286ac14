"""How many questions a second `businesstimedelta` and `workalendar` answer about working time between two instants."""

import datetime
import json
import sys
import time
from collections.abc import Callable
from typing import Any

import holidays
import pytz
from businesstimedelta import HolidayRule, LunchTimeRule, Rules, WorkDayRule
from workalendar.asia import China

ZONE = pytz.timezone("Asia/Shanghai")


def business() -> Callable[[Any, Any], Any]:
    """Return the hours between two instants by the documentation's own recipe: working days, lunch and holidays."""
    week = {"working_days": [0, 1, 2, 3, 4], "tz": ZONE}
    hours = WorkDayRule(start_time=datetime.time(9), end_time=datetime.time(18), **week)
    lunch = LunchTimeRule(start_time=datetime.time(12), end_time=datetime.time(13, 30), **week)
    return Rules([hours, lunch, HolidayRule(holidays.CountryHoliday("CN"), tz=ZONE)]).difference


def days() -> Callable[[Any, Any], Any]:
    """Return the working days between two instants; workalendar knows no hours."""
    return China().get_working_days_delta


def main(peer: str, pairs: list[list[str]]) -> float:
    """Return questions a second."""
    ask = {"businesstimedelta": business, "workalendar": days}[peer]()
    instants = [tuple(datetime.datetime.fromisoformat(one) for one in pair) for pair in pairs]
    ask(*instants[0])  # let it read first the files that it reads only once
    begun = time.perf_counter()
    for since, until in instants:
        ask(since, until)
    return len(instants) / (time.perf_counter() - begun)


if __name__ == "__main__":
    print(json.dumps(main(**json.load(sys.stdin))))
