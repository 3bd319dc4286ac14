"""Registering, contacts, cancelling: what is said, what is refused, what is said once only."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given as forall
from hypothesis import strategies as st

from libs.events.catalogue.intake import CaseCancelled, CaseRegistered, ContactLogged, InfoSupplied
from libs.events.catalogue.routing import CaseClosed, CaseReopened, CaseResolved
from libs.events.log.envelope import draft
from libs.events.log.schema import check
from libs.events.testing.sample_standard import STANDARD
from libs.events.testing.spec import given, knowing
from libs.events.testing.told import Teller
from libs.events.words.now import derived_id
from services.intake.books import CASES
from services.intake.domain.case import cancel, case_id_of, log_contact, register, supply
from services.intake.domain.customer import Customer
from services.intake.domain.instants import EARLIEST, FUTURE_MAX
from services.intake.domain.need import Need
from tests.histories import histories

AT = datetime(2025, 7, 15, 1, 30, tzinfo=UTC)
SHELF = knowing(STANDARD)
PERSON = Customer(id="C-17", name="Li Na", email="li.na@example.com", phone="+86 10 1234 5678")
NEED = Need(
    channel="phone",
    process_id=STANDARD.process_id,
    kind="complaint",
    subject="it smokes",
    description="smoke since Tuesday",
    fields={"impact": "batch", "serial": "SN-991"},
    customer=PERSON,
    external_ref="CRM-1",
)
CONTACT = ContactLogged(direction="outbound", channel="phone", purpose="response")
MICRO = timedelta(microseconds=1)
NEW = given(CASES, key="c1")
KNOWN = NEW.after(register, NEED, SHELF, at=AT, actor="crm")
CANCELLED = KNOWN.after(cancel, "changed their mind", at=AT, actor="crm")
LATER = AT + timedelta(hours=1)
ID = derived_id("contact", "crm", "k1")


def test_a_registration_says_what_may_be_said_and_names_what_is_missing():
    (fact,) = NEW.when(register, NEED, SHELF, at=AT, actor="crm").facts
    check(fact)
    said = fact.data
    assert (said.process_id, said.process_version, said.kind, said.channel) == ("complaint-quality", 1, "complaint", "phone")
    assert (said.fields, said.missing, said.external_ref) == ({"impact": "batch"}, ("product_model",), "CRM-1")
    assert (fact.key, fact.time, fact.actor, fact.origin) == ("c1", AT, "crm", "live")


@pytest.mark.parametrize("word", ["Li Na", "li.na", "1234 5678", "C-17", "smoke", "SN-991"])
def test_nothing_personal_is_said(word):
    (fact,) = NEW.when(register, NEED, SHELF, at=AT, actor="crm").facts
    assert word not in repr(fact)


@pytest.mark.parametrize(
    ("why", "occurred_at", "said_at"),
    [
        ("not told: now", None, AT),
        ("long ago", AT - timedelta(days=400), AT - timedelta(days=400)),
        ("the client's clock runs ahead", AT + FUTURE_MAX, AT + FUTURE_MAX),
        ("the earliest instant", EARLIEST, EARLIEST),
    ],
)  # fmt: skip
def test_a_case_is_registered_with_the_time_at_which_it_came_in(why, occurred_at, said_at):
    assert NEW.when(register, NEED, SHELF, at=AT, actor="", occurred_at=occurred_at).facts[0].time == said_at, why


@pytest.mark.parametrize(
    ("why", "since", "occurred_at", "said_at"),
    [
        ("not told: now", AT, None, LATER),
        ("as it was registered", AT, AT, AT),
        ("since then", AT, AT + MICRO, AT + MICRO),
        ("the client's clock runs ahead", AT, LATER + FUTURE_MAX, LATER + FUTURE_MAX),
        ("just before the case", AT, AT - MICRO, None),
        ("days before the case", AT, AT - timedelta(days=8), None),
        ("not told, and the case came in by a clock that runs ahead", LATER + FUTURE_MAX, None, LATER + FUTURE_MAX),
    ],
)  # fmt: skip
def test_nothing_happens_to_a_case_before_it_begins(why, since, occurred_at, said_at):
    known = NEW.after(register, NEED, SHELF, at=LATER, occurred_at=since, actor="crm")
    for decision, args, named in ((log_contact, (CONTACT,), {"id": ID}), (cancel, ("x",), {})):
        asked = known.when(decision, *args, **named, at=LATER, actor="", occurred_at=occurred_at)
        if said_at is None:
            assert asked.refused("before-the-case").status == 422, why
        else:
            assert asked.facts[0].time == said_at, why


@pytest.mark.parametrize(
    ("why", "occurred_at", "code"),
    [
        ("just beyond the tolerance", AT + FUTURE_MAX + MICRO, "future-time"),
        ("a placeholder", datetime(1, 1, 1, tzinfo=UTC), "placeholder-time"),
        ("just before the earliest", EARLIEST - MICRO, "placeholder-time"),
    ],
)  # fmt: skip
def test_an_impossible_time_is_refused(why, occurred_at, code):
    no = NEW.when(register, NEED, SHELF, at=AT, actor="", occurred_at=occurred_at).refused(code)
    assert no.status == 422, why
    KNOWN.when(log_contact, CONTACT, id=ID, at=AT, actor="", occurred_at=occurred_at).refused(code)
    KNOWN.when(cancel, "x", at=AT, actor="", occurred_at=occurred_at).refused(code)


@pytest.mark.parametrize(
    ("why", "need"),
    [
        ("the same words", NEED),
        ("another private word", replace(NEED, description="more smoke")),
        ("the same person, spelt differently", replace(NEED, customer=Customer(id="c-17"))),
    ],
)  # fmt: skip
def test_registering_twice_says_nothing(why, need):
    KNOWN.when(register, need, SHELF, at=LATER, actor="crm").nothing()


@pytest.mark.parametrize(
    ("why", "change"),
    [
        ("another channel", {"channel": "web"}),
        ("another customer", {"customer": Customer(id="C-18")}),
        ("another kind", {"kind": "request"}),
        ("another reference", {"external_ref": "CRM-2"}),
    ],
)  # fmt: skip
def test_a_registered_case_cannot_become_another(why, change):
    assert KNOWN.when(register, replace(NEED, **change), SHELF, at=LATER, actor="").refused("case-exists").status == 409


@pytest.mark.parametrize(
    ("why", "decision", "args", "named"),
    [
        ("a contact", log_contact, (CONTACT,), {"id": ID}),
        ("a cancellation", cancel, ("x",), {}),
    ],
)  # fmt: skip
def test_a_case_nobody_registered_is_not_known(why, decision, args, named):
    assert NEW.when(decision, *args, **named, at=AT, actor="").refused("unknown-case").status == 404


def test_a_contact_is_logged_under_the_id_it_was_given():
    (fact,) = KNOWN.when(log_contact, CONTACT, id=ID, at=LATER, actor="agent-1").facts
    assert (fact.id, fact.data, fact.actor) == (ID, CONTACT, "agent-1")


def test_a_cancelled_case_may_still_be_spoken_about():
    CANCELLED.when(log_contact, CONTACT, id=ID, at=LATER, actor="").then(CONTACT)


ENDS = {
    "asked": CaseCancelled(reason="x"),
    "withdrawn": CaseClosed(outcome="withdrawn"),
    "closed": CaseClosed(),
    "reopened": CaseReopened(reason="again"),
    "resolved": CaseResolved(),
}


@pytest.mark.parametrize(
    ("why", "story", "refused"),
    [
        ("open", "", ""),
        ("resolved, not closed", "resolved", ""),
        ("closed", "closed", "case-closed"),
        ("asked, not answered", "asked", "cancellation-asked"),
        ("asked, and closed for it", "asked withdrawn", "case-cancelled"),
        ("closed for it, as older logs say it", "withdrawn asked", "case-cancelled"),
        ("closed as withdrawn by hand", "withdrawn", "case-cancelled"),
        ("reopened", "closed reopened", ""),
        ("cancelled, reopened", "asked withdrawn reopened", ""),
        ("cancelled, reopened, asked", "asked withdrawn reopened asked", "cancellation-asked"),
        ("cancelled, reopened, cancelled", "asked withdrawn reopened asked withdrawn", "case-cancelled"),
        ("cancelled, reopened, closed", "asked withdrawn reopened closed", "case-closed"),
        ("asked, and closed otherwise", "asked closed", "case-closed"),
        ("asked too late", "closed asked", "case-closed"),
        ("asked too late, and reopened", "closed asked reopened", ""),
    ],
)  # fmt: skip
def test_a_case_is_cancelled_while_it_is_open(why, story, refused):
    facts = [draft(ENDS[word], "c1", AT + n * MICRO) for n, word in enumerate(story.split(), 1)]
    asked = given(CASES, *KNOWN.facts, *facts, key="c1").when(cancel, "x", at=LATER, actor="")
    if refused:
        assert asked.refused(refused).status == 409, why
    else:
        asked.then(CaseCancelled(reason="x"))


@pytest.mark.parametrize(
    ("story", "became"),
    [
        ("", ""),
        ("closed", ""),
        ("withdrawn", ""),
        ("asked", "asked"),
        ("asked resolved", "asked"),
        ("asked withdrawn", "granted"),
        ("withdrawn asked", "granted"),
        ("asked closed", "in_vain"),
        ("closed asked", "in_vain"),
        ("asked closed withdrawn", "in_vain"),
        ("asked closed reopened", ""),
        ("asked closed reopened withdrawn", ""),
        ("asked closed reopened asked", "asked"),
    ],
)  # fmt: skip
def test_of_a_wish_there_is_told_what_became_of_it(story, became):
    facts = [draft(ENDS[word], "c1", AT + n * MICRO) for n, word in enumerate(story.split(), 1)]
    assert given(CASES, *KNOWN.facts, *facts, key="c1").state.cancellation == became


def test_a_case_that_came_back_is_not_cancelled_before_that():
    back = draft(CaseReopened(reason="again"), "c1", LATER)
    reopened = given(CASES, *CANCELLED.facts, back, key="c1")
    reopened.when(cancel, "x", at=LATER, actor="", occurred_at=LATER - MICRO).refused("before-the-case")
    assert reopened.when(cancel, "x", at=LATER, actor="", occurred_at=LATER).facts[0].time == LATER


def test_a_case_id_belongs_to_a_client_and_its_key():
    ids = [case_id_of("crm", "k1", NEED), case_id_of("crm", "k2", NEED), case_id_of("web", "k1", NEED)]
    assert len(set(ids)) == 3 and ids[0] == case_id_of("crm", "k1", NEED)


UNIQUE = replace(NEED, unique=True)


@pytest.mark.parametrize(
    ("why", "client", "key", "need", "same"),
    [
        ("another key", "crm", "k2", UNIQUE, True),
        ("blanks around", "crm", "k2", replace(UNIQUE, external_ref=" CRM-1 "), True),
        ("the source by name", "web", "k1", replace(UNIQUE, source="crm"), True),
        ("another client", "web", "k1", UNIQUE, False),
        ("another source", "crm", "k1", replace(UNIQUE, source="erp"), False),
        ("another reference", "crm", "k1", replace(UNIQUE, external_ref="CRM-2"), False),
        ("another case of letters", "crm", "k1", replace(UNIQUE, external_ref="crm-1"), False),
        ("not said to be unique", "crm", "k1", NEED, False),
    ],
)  # fmt: skip
def test_a_case_whose_reference_is_unique_is_known_by_it(why, client, key, need, same):
    assert (case_id_of(client, key, need) == case_id_of("crm", "k1", UNIQUE)) is same, why


def test_a_unique_reference_is_taken_once_and_the_refusal_names_the_first():
    no = KNOWN.when(register, UNIQUE, SHELF, at=LATER, actor="").refused("external-ref-taken")
    assert (no.status, no.location) == (409, "/cases/c1") and "case c1" in no.detail
    NEW.when(register, replace(UNIQUE, external_ref=" "), SHELF, at=AT, actor="").refused("external-ref-missing")
    assert NEW.when(register, UNIQUE, SHELF, at=AT, actor="").facts[0].data.external_ref == "CRM-1"


_EVENTS = st.sampled_from(
    [
        CaseRegistered(channel="a", customer_ref="r", process_id="p", process_version=1),
        CaseRegistered(channel="b", customer_ref="r", process_id="p", process_version=2, missing=("x",)),
        CONTACT,
        CaseCancelled(reason="x"),
    ]
)
_FACTS = histories(Teller("c1", AT).fact, _EVENTS, st.integers(0, 3), max_size=7)


@pytest.mark.slow
@forall(_FACTS, st.randoms())
def test_arrival_order_and_repetition_change_nothing(facts, random):
    shuffled = [*facts, *facts[:2]]
    random.shuffle(shuffled)
    assert CASES.of("c1", shuffled) == CASES.of("c1", facts)


def test_of_two_registrations_the_first_to_occur_holds():
    early, late = (
        draft(CaseRegistered(channel=channel, customer_ref="r", process_id="p", process_version=1), "c1", at)
        for channel, at in (("a", AT), ("b", LATER))
    )
    assert CASES.of("c1", [late, early]).channel == "a"


@pytest.mark.parametrize(("end", "cancelled_at"), [("withdrawn", AT), ("closed", None)])
def test_of_two_ends_the_first_to_occur_holds(end, cancelled_at):
    case = CASES.of("c1", [draft(ENDS[end], "c1", at) for at in (LATER, AT)])
    assert (case.ended_at, case.cancelled_at) == (AT, cancelled_at)


def lacking(**fields: str) -> Any:
    """Return a case whose registration lacks the customer's name, the model and the problem, or what is not given."""
    need = Need(channel="phone", process_id=STANDARD.process_id, fields=fields)
    return NEW.after(register, need, SHELF, at=AT, actor="a")


@pytest.mark.parametrize(
    ("why", "fields", "clear", "lacks"),
    [
        ("one of them", {"product_model": "X"}, {"product_model": "X"}, ("customer_name", "problem_description")),
        ("a blank is nothing", {"product_model": " "}, {"product_model": " "},
         ("customer_name", "product_model", "problem_description")),
        ("all of them", dict.fromkeys(STANDARD.required, "x"), {"product_model": "x"}, ()),
        ("something else", {"order": "7"}, {}, STANDARD.required),
    ],
)  # fmt: skip
def test_what_was_lacking_comes_in(why: str, fields: dict[str, str], clear: dict[str, str], lacks: tuple[str, ...]) -> None:
    case = lacking()
    case.when(supply, fields, SHELF, at=AT, actor="a").then(InfoSupplied(fields=clear, missing=lacks))
    assert case.after(supply, fields, SHELF, at=AT, actor="a").state.missing == list(lacks), why


def test_nothing_is_supplied_to_a_case_that_is_not_there_or_over() -> None:
    NEW.when(supply, {"a": "b"}, SHELF, at=AT, actor="a").refused("unknown-case")
    ended = given(CASES, *lacking().facts, draft(ENDS["withdrawn"], "c1", LATER), key="c1")
    ended.when(supply, {"a": "b"}, SHELF, at=LATER, actor="a").refused("case-cancelled")


MISSED = replace(CONTACT, reached=False)


def test_an_attempt_that_did_not_reach_the_customer_is_kept():
    KNOWN.when(log_contact, MISSED, id=ID, at=LATER, actor="").then(MISSED)


@pytest.mark.parametrize("changed", [{"direction": "inbound"}, {"automated": True}, {"resolves_case": True}], ids=str)
def test_who_was_not_reached_was_not_spoken_with(changed):
    KNOWN.when(log_contact, replace(MISSED, **changed), id=ID, at=LATER, actor="").refused("contact-contradicts")


def test_the_customer_says_thank_you_and_nobody_else():
    KNOWN.when(log_contact, replace(CONTACT, direction="inbound", thanks=True), id=ID, at=LATER, actor="").then(
        replace(CONTACT, direction="inbound", thanks=True)
    )
    KNOWN.when(log_contact, replace(CONTACT, direction="outbound", thanks=True), id=ID, at=LATER, actor="").refused(
        "contact-contradicts"
    )


@pytest.mark.parametrize("meets", [True, False])
@pytest.mark.parametrize("told", [{"purpose": "result"}, {"purpose": "result", "direction": "inbound"}, {"purpose": "followup"}])
def test_what_she_says_of_the_result_is_kept(told, meets):
    said = replace(CONTACT, meets_expectation=meets, **told)
    KNOWN.when(log_contact, said, id=ID, at=LATER, actor="").then(said)


@pytest.mark.parametrize("meets", [True, False])
@pytest.mark.parametrize("changed", [{"reached": False}, {"automated": True}], ids=str)
def test_who_spoke_with_nobody_said_nothing_of_the_result(changed, meets):
    said = replace(CONTACT, purpose="result", meets_expectation=meets, **changed)
    no = KNOWN.when(log_contact, said, id=ID, at=LATER, actor="").refused("contact-contradicts")
    assert (no.status, "meets_expectation" in no.detail) == (422, True)
