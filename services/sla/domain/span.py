"""When a promise holds, and how the end of a case ends it."""

from datetime import datetime

from msgspec import Struct

from libs.events.catalogue.phases import DUPLICATE, WITHDRAWN
from services.sla.domain.case import SlaCase
from services.sla.domain.remembered import Stay


class Span(Struct, frozen=True):
    """From when to when a promise holds, and which of its name it is. It ends by its stop, or lapses for a reason.

    With `goes_on` it has no allowance of its own but what the cycle before it left. `due_at` is the date by which it is due, if
    it is due by a date.
    """

    start: datetime
    stop: datetime | None = None
    lapsed: datetime | None = None
    lapse: str = ""
    occurrence: int = 1
    goes_on: bool = False
    due_at: datetime | None = None

    @property
    def end(self) -> datetime | None:
        return self.lapsed or self.stop


def lapse_of(state: SlaCase, start: datetime, stop: datetime | None, *, owed: bool = False) -> tuple[datetime | None, str]:
    """Return when and why the case ended with a promise still open that had begun at `start`."""
    for at, why, stay in _releases(state) if owed else _ends(state):
        # Work after the end still counts, until the case is reopened.
        if not is_over(stay, start) and (stop is None or is_over(stay, stop)):
            return at, why
    return None, ""


RELEASES = {WITHDRAWN: "cancelled", DUPLICATE: "closed"}
"""The outcomes after which we owe the customer nothing in this case, and why a promise to her then lapses."""

End = tuple[datetime, str, Stay]


def _ends(state: SlaCase) -> list[End]:
    return sorted((end_of(stay) for stay in state.closed), key=lambda end: end[0])


def end_of(stay: Stay) -> End:
    """Return when a closing ended what was open, why, and the closing itself."""
    # A wish that routing granted says why, and since when.
    if stay.wished_at is not None and stay.outcome == WITHDRAWN:
        return stay.wished_at, "cancelled", stay
    return stay.last, "closed", stay


def _releases(state: SlaCase) -> list[End]:
    # routing decides how a case ends; a wish to withdraw may come too late.
    return [(stay.first, RELEASES[stay.outcome], stay) for stay in state.closed if stay.outcome in RELEASES]


def is_over(stay: Stay, at: datetime) -> bool:
    """Test whether the case had been taken up again by then."""
    return stay.until is not None and stay.until <= at
