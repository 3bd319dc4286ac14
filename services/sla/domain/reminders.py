"""When it is time to remind the customer of what a promise waits for: after each interval since that was raised."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime

from libs.events.catalogue.promise import Limit, limit_of
from services.sla.domain.limits import NoCalendar, due
from services.sla.domain.pauses import Reason
from services.sla.domain.terms import Terms
from services.sla.domain.working_time import OutsideCalendar, WorkingTime


@dataclass(frozen=True, slots=True)
class Reminders:
    """When it is time, each with its number, if the reason lasts. `lacks` is the calendar that cannot say all of them yet."""

    times: tuple[tuple[int, datetime], ...] = ()
    lacks: str = ""

    @property
    def instants(self) -> tuple[datetime, ...]:
        """When it is time."""
        return tuple(at for _, at in self.times)


NEVER = Reminders()


def reminders(holder: Reason, terms: Terms) -> Reminders:
    """Return when it is time while this reason holds a clock, as was known when it began to.

    The intervals count from the raising, by the calendar of the standard, so that all promises which wait for it agree. What
    its cap ends is waited for no longer.
    """
    rule = next((one for one in terms.standard.exceptions if one.code == holder.code and one.remind_every), None)
    if rule is None or holder.raised_at is None:
        return NEVER
    found, every = list[tuple[int, datetime]](), limit_of(rule.remind_every)
    for number in range(1, rule.reminders_at_most + 1):
        at = _after(holder.raised_at, replace(every, amount=every.amount * number), terms)
        if at is None:
            return Reminders(tuple(found), terms.standard.calendar.id if terms.standard.calendar else "")
        if holder.capped_at is not None and at >= holder.capped_at:
            break
        if at > holder.since:
            found.append((number, at))
    return Reminders(tuple(found))


def _after(raised_at: datetime, length: Limit, terms: Terms) -> datetime | None:
    """Return the instant by the first version of the calendar that can say it."""
    for working in _counting(length, terms):
        try:
            return due(raised_at, length, working)
        except (OutsideCalendar, NoCalendar):
            continue
    return None


def _counting(length: Limit, terms: Terms) -> Iterator[WorkingTime | None]:
    yield from terms.versions if length.works else (None,)
