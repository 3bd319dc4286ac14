"""How much working time lies between two instants, and which instant comes after an amount of it.

A calendar is compiled once into sorted stretches with running totals, so a question is two binary searches however
long it reaches. Stretches are half-open: at its closing instant nobody works any more. What is due exactly when a
window closes is due at that closing, not at the next opening.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from itertools import accumulate
from zoneinfo import ZoneInfo

from libs.events.catalogue.promise import Cutoff
from libs.events.catalogue.sla import Calendar
from services.sla.domain.windows import instant, micros, span, stretches


class OutsideCalendar(Exception):
    """The question reaches beyond the days of the calendar."""

    def __init__(self, calendar: Calendar, what: str) -> None:
        super().__init__(
            f"{what} lies outside calendar {calendar.id} version {calendar.version} "
            f"({calendar.first_day} to {calendar.last_day}). Publish a version of the calendar that covers it, "
            "and name that version in the next version of the process standard."
        )


class WorkingTime:
    """The working time of one calendar version."""

    def __init__(self, calendar: Calendar) -> None:
        self.calendar = calendar
        self._zone = ZoneInfo(calendar.timezone)
        self._first, self._end = span(calendar)
        compiled, days = stretches(calendar)
        self._days = sorted(days)
        self._shifts = [days[day] for day in self._days]
        self._opens = [opens for opens, _ in compiled]
        self._closes = [closes for _, closes in compiled]
        self._before = [0, *accumulate(closes - opens for opens, closes in compiled)]

    def between(self, a: datetime, b: datetime) -> timedelta:
        """Return the working time from `a` to `b`; negative when `b` comes first."""
        return timedelta(microseconds=self._worked(self._within(b)) - self._worked(self._within(a)))

    def after(self, at: datetime, amount: timedelta) -> datetime:
        """Return the earliest instant by which `amount` of working time has passed since `at`; `at` itself for none."""
        start = self._within(at)
        if amount <= timedelta():
            return at
        wanted = self._worked(start) + amount // timedelta(microseconds=1)
        if wanted > self._before[-1]:
            raise OutsideCalendar(self.calendar, f"{amount} of working time after {at.isoformat()}")
        place = bisect_left(self._before, wanted) - 1
        return instant(self._opens[place] + wanted - self._before[place])

    def open_at(self, at: datetime) -> bool:
        """Test whether `at` is working time; the closing instant is not."""
        moment = self._within(at)
        place = bisect_right(self._opens, moment) - 1
        return place >= 0 and moment < self._closes[place]

    def next_opening(self, at: datetime) -> datetime:
        """Return `at` if it is working time, otherwise the next instant that is."""
        if self.open_at(at):
            return at
        place = bisect_right(self._opens, micros(at))
        if place == len(self._opens):
            raise OutsideCalendar(self.calendar, f"the next opening after {at.isoformat()}")
        return instant(self._opens[place])

    def days_after(self, at: datetime, days: int) -> datetime:
        """Return the same wall time on the `days`-th following working day; a start outside moves to the next opening.

        A working day is a shift, that of the date on which it begins. Where nobody works at that time, the work before it ends
        the promise. A wall time that the clock skips is read with the offset before the skip; a doubled one is the first.
        """
        if self.calendar.cutoff is not None:
            return self._dates_after(at, days, self.calendar.cutoff)
        start = self.next_opening(at)
        if days <= 0:
            return start
        today = bisect_right(self._shifts, (micros(start), self._end)) - 1
        local, then = start.astimezone(self._zone), today + days
        moment = micros(self._on(then, local.time(), at, local.toordinal() - self._days[today]))
        return instant(self._worked_last(moment, then))

    def counted_again(self, since: datetime, until: datetime, due_at: datetime) -> datetime:
        """Return when a promise in working days is due that had waited from `since` to `until` and was due at `due_at`.

        What was left at `since`, whole working days and then working time, is counted again from `until`.
        """
        days = self._days_left(since, due_at)
        base, again = (self.days_after(since, days), self.days_after(until, days)) if days else (since, until)
        return self.after(again, max(self.between(base, due_at), timedelta()))

    def _days_left(self, since: datetime, due_at: datetime) -> int:
        """Return how many whole working days lie from `since` to `due_at`, the fewest that reach as far."""
        first, last = (at.astimezone(self._zone).toordinal() for at in (since, due_at))
        days = bisect_right(self._days, last) - bisect_left(self._days, first - 1)
        while days > 0 and self._is_later(since, days, due_at):
            days -= 1
        while days > 1 and self.days_after(since, days - 1) == due_at:
            days -= 1
        return days

    def _is_later(self, since: datetime, days: int, due_at: datetime) -> bool:
        try:
            return self.days_after(since, days) > due_at
        except OutsideCalendar:
            return True

    def _worked_last(self, moment: int, place: int) -> int:
        """Return `moment` if it is work of the working day at `place`, else the end of the work before."""
        opens, closes = self._shifts[place]
        if moment < opens:
            return self._shifts[place - 1][1]
        moment = min(moment, closes)
        return min(moment, self._closes[bisect_right(self._opens, moment) - 1])

    def _dates_after(self, at: datetime, days: int, cutoff: Cutoff) -> datetime:
        """Return the same for a calendar that goes by dates: a start on a day off keeps its wall time."""
        local = instant(self._within(at)).astimezone(self._zone)
        today, wall = local.toordinal(), local.time()
        place = bisect_left(self._days, today)
        if wall >= cutoff.at:
            return self._on(place + 1 + days, cutoff.resumes, at)
        # Of a doubled hour the wall time alone would give the first; no days after the second is the second.
        is_now = days <= 0 and self._days[place : place + 1] == [today]
        return at if is_now else self._on(place + days, wall, at)

    def _on(self, place: int, wall: time, at: datetime, later: int = 0) -> datetime:
        """Return `wall` on the working day at `place`, or so many dates later; asked for by a start at `at`."""
        if place >= len(self._days):
            raise OutsideCalendar(self.calendar, f"a due day for what starts at {at.isoformat()}")
        day = date.fromordinal(self._days[place] + later)
        return datetime.combine(day, wall.replace(fold=0), self._zone).astimezone(UTC)

    def stretches(self, a: datetime, b: datetime) -> Iterator[tuple[datetime, datetime]]:
        """Yield the working stretches from `a` to `b`; their lengths sum to `between(a, b)`."""
        since, until = self._within(a), self._within(b)
        if since >= until:
            return
        for place in range(bisect_right(self._closes, since), bisect_left(self._opens, until)):
            yield instant(max(self._opens[place], since)), instant(min(self._closes[place], until))

    def _worked(self, moment: int) -> int:
        """Return the working time from the calendar's first instant to `moment`."""
        place = bisect_right(self._opens, moment) - 1
        if place < 0:
            return 0
        closes = self._closes[place]
        return self._before[place] + (moment if moment < closes else closes) - self._opens[place]

    def _within(self, at: datetime) -> int:
        moment = micros(at)
        if not self._first <= moment <= self._end:
            raise OutsideCalendar(self.calendar, at.isoformat())
        return moment


_COMPILED_MAX = 64
_CONTENTS_MAX = 4
"""One version has one content. Reckonings ask what if it had another, many at the same time as live cases are counted."""
_compiled: dict[tuple[str, int], list[WorkingTime]] = {}


def working_time(calendar: Calendar) -> WorkingTime:
    """Return the calendar's working time, compiled once for each content."""
    name = calendar.id, calendar.version
    for known in _compiled.get(name, ()):
        if known.calendar is calendar or known.calendar == calendar:
            return known
    if len(_compiled) >= _COMPILED_MAX:
        _compiled.clear()
    made = WorkingTime(calendar)
    _compiled[name] = [*_compiled.get(name, ())[-_CONTENTS_MAX + 1 :], made]
    return made
