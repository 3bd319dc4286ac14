"""By when a case is due: said at the registration, changed later, never a date that had passed."""

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest

from libs.events.catalogue.intake import CaseRegistered, DueChanged
from libs.events.catalogue.promise import Deadline
from libs.events.log.envelope import draft, words_of
from services.intake.domain.case import register
from services.intake.domain.due import change_due
from tests.services.intake.domain.test_case import AT, KNOWN, LATER, MICRO, NEED, NEW, SHELF

DATED = replace(NEED, agreed_due_at=AT + timedelta(days=3), legal_due_at=AT + timedelta(days=30))
FRIDAY, MONDAY = AT + timedelta(days=4), AT + timedelta(days=7)


def asked(agreed: datetime | None = None, legal: datetime | None = None) -> DueChanged:
    return DueChanged(agreed_due_at=agreed, legal_due_at=legal, reason="words:1")


def dates(case: Any) -> tuple[datetime | None, datetime | None]:
    return case.state.agreed_due_at, case.state.legal_due_at


def test_a_registration_says_the_dates() -> None:
    case = NEW.after(register, DATED, SHELF, at=AT, actor="a")
    assert dates(case) == (DATED.agreed_due_at, DATED.legal_due_at)
    assert dates(KNOWN) == (None, None)


def test_a_registration_without_dates_keeps_its_id() -> None:
    """What was said before there were dates is said under the same id again."""
    (before,) = KNOWN.facts
    assert not {*Deadline} & {name for name in Deadline if f'"{name}"' in words_of(before.data)}
    assert draft(before.data, "c1", AT).id == before.id


@pytest.mark.parametrize(
    ("why", "due", "refused"),
    [
        ("a microsecond before it came", AT - MICRO, True),
        ("as it came", AT, True),
        ("a microsecond after it came", AT + MICRO, False),
    ],
)
@pytest.mark.parametrize("name", [*Deadline])
def test_a_date_that_had_passed_is_refused(why: str, due: datetime, refused: bool, name: str) -> None:
    registering = NEW.when(register, replace(NEED, **{name: due}), SHELF, at=AT, actor="a")
    changing = KNOWN.when(change_due, replace(asked(), **{name: due}), at=AT, actor="a")
    for decision in (registering, changing):
        if refused:
            decision.refused("due-in-the-past")
        else:
            assert len(decision.facts) == 1, why


def test_a_case_of_last_week_may_have_a_date_that_has_passed_since() -> None:
    week = timedelta(days=7)
    need = replace(NEED, agreed_due_at=AT - week + MICRO)
    assert NEW.when(register, need, SHELF, at=AT, actor="a", occurred_at=AT - week).facts


@pytest.mark.parametrize(
    ("why", "first", "then", "said"),
    [
        ("both", asked(FRIDAY, MONDAY), None, (FRIDAY, MONDAY)),
        ("one leaves the other", asked(FRIDAY, MONDAY), asked(MONDAY), (MONDAY, MONDAY)),
        ("and back again", asked(MONDAY), asked(FRIDAY), (FRIDAY, None)),
        ("the first one that there is", asked(None, FRIDAY), None, (None, FRIDAY)),
    ],
)
def test_dates_are_changed(why: str, first: DueChanged, then: DueChanged | None, said: Any) -> None:
    case = KNOWN.after(change_due, first, at=AT, actor="a")
    if then is not None:
        case = case.after(change_due, then, at=LATER, actor="a")
    assert dates(case) == said, why


def test_what_is_so_already_is_not_said_again() -> None:
    case = KNOWN.after(change_due, asked(FRIDAY, MONDAY), at=AT, actor="a")
    case.when(change_due, asked(FRIDAY, MONDAY), at=LATER, actor="a").nothing()
    case.when(change_due, asked(FRIDAY, FRIDAY), at=LATER, actor="a").then(asked(None, FRIDAY))


@pytest.mark.parametrize(
    ("why", "case", "said", "code"),
    [
        ("no date", KNOWN, asked(), "due-missing"),
        ("a case that is not there", NEW, asked(FRIDAY), "unknown-case"),
    ],
)
def test_refused(why: str, case: Any, said: DueChanged, code: str) -> None:
    case.when(change_due, said, at=AT, actor="a").refused(code)


def test_every_deadline_is_a_field_of_what_says_it() -> None:
    for one in Deadline:
        assert {one} <= set(CaseRegistered.__dataclass_fields__) & set(DueChanged.__dataclass_fields__)
