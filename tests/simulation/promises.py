"""The promises to a case of the model, and their fates; with working time the slow way, day by day.

Written from the handbook, without a look at the service's own arithmetic.
"""

from datetime import UTC, datetime, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

from tests.simulation.model import WAITING

DAY, NOTHING = timedelta(days=1), timedelta()
UNITS = {"m": timedelta(minutes=1), "h": timedelta(hours=1), "d": DAY, "wh": timedelta(hours=1)}


def promises(case, now, days):
    """Return name → (status, due instant) of each promise."""
    found = {}
    for target in case.standard.targets:
        fits = all(case.words.get(scale, "") == word for scale, word in target.when.items())
        start = case.moments.get(target.start)
        if fits and start and target.clock not in found:
            found[target.clock] = _promise(case, target, start, now, days)
    return found


def _promise(case, target, start, now, days):
    if not days.is_published and target.limit.endswith(("wh", "wd")):
        return "waiting", None
    stop = min(case.responses, default=None) if target.stop == "first_response" else case.moments.get(target.stop)
    lapse = start if stop and stop < start else _lapse(case, start, stop)
    end = max(lapse, start) if lapse else stop
    due = _due(case, target, start, end, days)
    if end is None:
        status = "paused" if due is None else "breached" if now > due else "running"
    elif not lapse:
        status = "met" if end <= due else "ended_late"
    else:
        status = "cancelled" if end <= due else "breached"
    return status, due


def _lapse(case, start, stop):
    """Return the first end of the case that found the promise open; a reopening does not undo it."""
    found_open = (at for at, again in case.ends if not (again and again <= start) and not (stop and (not again or stop < again)))
    return next(found_open, None)


def _due(case, target, start, end, days):
    unit = target.limit.lstrip("0123456789")
    amount, works = int(target.limit.removesuffix(unit)), unit.startswith("w")
    due = days.days_after(start, amount) if unit == "wd" else start + amount * UNITS[unit]
    for raised, cleared in case.waits if WAITING in target.pauses else ():
        since, until = max(raised, start), min((at for at in (cleared, end) if at), default=None)
        if since > due or (until and until <= since):
            continue
        if until is None:
            return None
        if unit == "wd":
            due = max(_counted_again(due, since, until, days), until, due)
        else:
            due = max(days.after(due, days.between(since, until)) if works else due + (until - since), until)
    return due


def _counted_again(due, since, until, days):
    """Count the rest that was left when the wait began, whole working days and then working time, from its end."""
    left = 0
    while days.days_after(since, left + 1) <= due:
        left += 1
    base, again = (days.days_after(since, left), days.days_after(until, left)) if left else (since, until)
    return days.after(again, days.between(base, due))


class WorkingDays:
    """A calendar's days, with their working hours."""

    def __init__(self, calendar):
        self.calendar, self.zone, self.is_published = calendar, ZoneInfo(calendar.timezone), True
        self.windows = lru_cache(maxsize=None)(self._windows)

    def _windows(self, day):
        """Return the day's working hours as instants, in order."""
        weekday = self.calendar.extra_days.get(day, day.weekday())
        if day in self.calendar.holidays:
            return []
        ordinary = [w for w in self.calendar.windows if w.weekday == weekday]
        hours = sorted((w.opens, w.closes) for w in self.calendar.openings.get(day) or ordinary)
        return [tuple(datetime.combine(day, wall, self.zone).astimezone(UTC) for wall in window) for window in hours]

    def day_of(self, at):
        return at.astimezone(self.zone).date()

    def between(self, a, b):
        """Return how much of the time from `a` to `b` is worked."""
        worked, day = NOTHING, self.day_of(a)
        while day <= self.day_of(b):
            worked += sum((max(min(b, closes) - max(a, opens), NOTHING) for opens, closes in self.windows(day)), NOTHING)
            day += DAY
        return worked

    def after(self, at, amount):
        """Return the instant by which `amount` more was worked."""
        day = self.day_of(at)
        while amount > NOTHING:
            for opens, closes in self.windows(day):
                length = max(closes - max(at, opens), NOTHING)
                if amount <= length:
                    return max(at, opens) + amount
                amount -= length
            day += DAY
        return at

    def days_after(self, at, days):
        """Return the same wall time so many working days later; what begins outside working time begins at the opening."""
        start, day = None, self.day_of(at)
        while start is None:
            start = next((max(at, opens) for opens, closes in self.windows(day) if at < closes), None)
            day += DAY
        local = start.astimezone(self.zone)
        day = local.date()
        while days:
            day += DAY
            days -= bool(self.windows(day))
        return datetime.combine(day, local.time(), self.zone).astimezone(UTC)
