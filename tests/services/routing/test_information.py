"""Missing information, from its raising to its end: the contact is due, the wait for the answer begins, the answer ends both."""

from dataclasses import replace
from datetime import timedelta

import pytest

from libs.events.catalogue.intake import CaseRegistered, ContactLogged, InfoSupplied
from libs.events.catalogue.routing import CaseEscalated, ExceptionCleared, ExceptionRaised
from libs.events.catalogue.sla import ClockBreached
from libs.events.catalogue.standard import MISSING
from libs.events.log.envelope import draft
from libs.events.testing.spec import given, knowing
from services.routing.books import CASES
from services.routing.domain.cases.decisions import close
from services.routing.reactions import escalate_broken, receive, supplied, turned_to
from tests.services.routing.samples import COMPLAINT, LATER, NINE, new_case

GAP, WAIT = "info_incomplete", "awaiting_customer"
CHANGED = {GAP: {"raised_by": MISSING, "limit": "2h", "then": WAIT}}
STANDARD = replace(COMPLAINT, exceptions=tuple(replace(one, **CHANGED.get(one.code, {})) for one in COMPLAINT.exceptions))
SHELF = knowing(STANDARD)


def told(data, minutes=60, *, origin="live", sequence=1):
    return draft(data, "c1", NINE + timedelta(minutes=minutes), sequence=sequence, origin=origin)


def came(*missing, origin="live"):
    said = CaseRegistered(channel="phone", customer_ref="k", process_id="complaint-quality", process_version=1, missing=missing)
    return told(said, 0, origin=origin)


def call(direction="outbound", *, automated=False, origin="live"):
    said = ContactLogged(direction=direction, channel="phone", purpose="info", automated=automated)
    return told(said, origin=origin)


def info(*missing, **fields):
    return told(InfoSupplied(fields=fields, missing=missing), 90)


NEW = given(CASES).after(receive, came("product_model"), SHELF)
ASKED = NEW.after(turned_to, call(), SHELF)


@pytest.mark.parametrize(
    ("why", "registration", "raised"),
    [
        ("something is missing", came("product_model"), [GAP]),
        ("nothing is missing", came(), []),
        ("history is told apart", came("product_model", origin="import"), []),
    ],
)
def test_a_gap_is_raised_when_the_case_comes(why, registration, raised):
    assert given(CASES).after(receive, registration, SHELF).state.exceptions == raised, why


@pytest.mark.parametrize("at", [("n1",), ("n2",)])
def test_it_is_raised_only_where_it_may_occur(at):
    one = replace(next(one for one in STANDARD.exceptions if one.code == GAP), at=at)
    shelf = knowing(replace(STANDARD, exceptions=(one,)))
    assert given(CASES).after(receive, came("x"), shelf).state.exceptions == ([GAP] if at == ("n1",) else [])


def test_by_the_first_form_nothing_is_raised_by_itself():
    assert given(CASES).after(receive, came("product_model"), knowing(COMPLAINT)).state.exceptions == []


@pytest.mark.parametrize(
    ("why", "case", "contact", "said"),
    [
        ("somebody turned to the customer", NEW, call(), [ExceptionRaised(code=WAIT)]),
        ("the customer called", NEW, call("inbound"), []),
        ("a machine wrote", NEW, call(automated=True), []),
        ("history", NEW, call(origin="import"), []),
        ("again", ASKED, told(call().data, 70), []),
        ("nothing is open", new_case(), call(), []),
    ],
)
def test_the_wait_for_the_answer_begins_once(why, case, contact, said):
    case.when(turned_to, contact, SHELF).then(*said)


@pytest.mark.parametrize(
    ("why", "case", "supply", "said"),
    [
        ("all is there", ASKED, info(product_model="X"), [ExceptionCleared(code=GAP), ExceptionCleared(code=WAIT)]),
        ("all is there before anybody asked", NEW, info(), [ExceptionCleared(code=GAP)]),
        ("something still lacks", ASKED, info("product_model"), []),
        ("nothing was open", new_case(), info(), []),
    ],
)
def test_the_answer_ends_both(why, case, supply, said):
    case.when(supplied, supply, SHELF).then(*said)


def test_of_an_ended_case_nothing_is_said():
    ended = ASKED.after(close, STANDARD, outcome="withdrawn", reason="r", at=LATER)
    ended.when(supplied, info(), SHELF).nothing()
    ended.when(turned_to, told(call().data, 80), SHELF).nothing()


def test_rules_see_what_was_supplied():
    heard = given(CASES, came("affected"), info(affected="batch"))
    assert heard.state.told == {"channel": "phone", "kind": "request", "affected": "batch"}


def test_who_was_not_asked_in_time_is_escalated_to_whom_the_exception_names():
    broken = told(ClockBreached(clock=f"exception:{GAP}", due_at=NINE + timedelta(hours=2)), 120, sequence=9)
    NEW.when(escalate_broken, broken, SHELF).then(
        CaseEscalated(kind="hierarchical", to_role="cs_supervisor", reason=f"breached: exception:{GAP}")
    )
