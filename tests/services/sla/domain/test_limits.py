"""Every unit of a limit, at its borders."""

from datetime import UTC, datetime, timedelta

import pytest

from libs.events.catalogue.promise import Unit, limit_of
from services.routing.domain.standards.budget import length
from services.sla.domain.limits import NoCalendar, due, postponed, spent
from services.sla.domain.working_time import working_time
from tests.services.sla.domain.test_working_time import utc, weekly
from tests.services.sla.samples import OFFICE

WORKING = working_time(OFFICE)
MONDAY_9 = datetime(2025, 6, 2, 1, 0, tzinfo=UTC)
FRIDAY_17 = datetime(2025, 6, 6, 9, 0, tzinfo=UTC)
SATURDAY = datetime(2025, 6, 7, 4, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("why", "text", "start", "then"),
    [
        ("seconds",                              "90s", MONDAY_9, MONDAY_9 + timedelta(seconds=90)),
        ("minutes, also at night",               "30m", SATURDAY, SATURDAY + timedelta(minutes=30)),
        ("hours over the weekend",               "24h", FRIDAY_17, FRIDAY_17 + timedelta(hours=24)),
        ("days of 24 hours",                     "2d",  FRIDAY_17, FRIDAY_17 + timedelta(hours=48)),
        ("working hours to the closing instant", "9wh", MONDAY_9, MONDAY_9 + timedelta(hours=9)),
        ("working hours over the weekend",       "2wh", FRIDAY_17, FRIDAY_17 + timedelta(hours=65)),
        ("working days over the weekend",        "3wd", FRIDAY_17, FRIDAY_17 + timedelta(days=5)),
        ("working days from outside",            "1wd", SATURDAY, datetime(2025, 6, 10, 1, 0, tzinfo=UTC)),
    ],
)  # fmt: skip
def test_due(why: str, text: str, start: datetime, then: datetime) -> None:
    assert due(start, limit_of(text), WORKING) == then, why


@pytest.mark.parametrize("unit", Unit)
@pytest.mark.parametrize("amount", ["1", "20"])
def test_every_limit_is_counted_and_has_a_rough_length(amount: str, unit: Unit) -> None:
    assert due(MONDAY_9, limit_of(f"{amount}{unit}"), WORKING) > MONDAY_9
    assert length(f"{amount}{unit}") > timedelta()


@pytest.mark.parametrize("text", ["8wh", "3wd"])
def test_working_units_need_a_calendar(text: str) -> None:
    with pytest.raises(NoCalendar, match=r"`calendar`"):
        due(MONDAY_9, limit_of(text), None)
    assert due(MONDAY_9, limit_of("1h"), None) == MONDAY_9 + timedelta(hours=1)


@pytest.mark.parametrize(
    ("why", "text", "hours"),
    [("elapsed counts the night", "24h", 24), ("working hours do not", "8wh", 9), ("nor working days", "3wd", 9)],
)
def test_spent(why: str, text: str, hours: int) -> None:
    tuesday_9 = MONDAY_9 + timedelta(days=1)
    assert spent(MONDAY_9, tuesday_9, limit_of(text), WORKING) == timedelta(hours=hours), why
    assert spent(tuesday_9, MONDAY_9, limit_of(text), WORKING) == timedelta(), "never negative"


@pytest.mark.parametrize(
    ("why", "text", "since", "until", "then"),
    [
        ("elapsed moves by all of it",             "24h", 0, 120, 540 + 120),
        ("working time by what was worked",        "9wh", 530, 1440, 1440 + 10),
        ("a wait at night moves no working time, but nothing falls due in it", "9wh", 540, 900, 900),
    ],
)  # fmt: skip
def test_postponed(why: str, text: str, since: int, until: int, then: int) -> None:
    def moment(minutes: int) -> datetime:
        return MONDAY_9 + timedelta(minutes=minutes)

    assert postponed(moment(540), moment(since), moment(until), limit_of(text), WORKING) == moment(then), why


def test_a_wait_moves_a_promise_in_working_days_by_days_and_one_in_working_hours_by_hours() -> None:
    uneven = weekly({0: (9, 18), 1: (9, 17), 2: (18, 22), 3: (9, 17)})
    due_at, since, until = utc("2025-06-12T10:00"), utc("2025-06-09T10:00"), utc("2025-06-10T10:00")
    assert postponed(due_at, since, until, limit_of("3wd"), uneven) == utc("2025-06-16T10:00")
    assert postponed(due_at, since, until, limit_of("3wh"), uneven) == utc("2025-06-16T11:00")
