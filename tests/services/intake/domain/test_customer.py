"""One customer, one reference, however their identity is spelt; and nothing of the identity in it."""

import pytest
from hypothesis import example
from hypothesis import given as forall
from hypothesis import strategies as st

from libs.events.catalogue.intake import ANONYMOUS
from services.intake.domain.customer import Customer, customer_ref, normalised


@pytest.mark.parametrize(
    ("why", "one", "other", "same"),
    [
        ("case of an e-mail address", "Li.Na@Example.com", "li.na@example.com", True),
        ("stray spaces", "  C-17 ", "c-17", True),
        ("full-width letters", "Ｃ-17", "c-17", True),
        ("separators of an international number", "+86 (10) 1234-5678", "+861012345678", True),
        ("two ids that differ in their hyphens only", "12-345678", "123-45678", False),
        ("a leading zero", "0017", "17", False),
        ("two people", "li.na@example.com", "li.na@example.org", False),
    ],
)  # fmt: skip
def test_a_reference_tells_customers_apart(why, one, other, same):
    assert (customer_ref(one) == customer_ref(other)) is same, why


@pytest.mark.parametrize("nobody", ["", "  ", "anonymous", "Anonymous"])
def test_nobody_has_one_name(nobody):
    assert customer_ref(nobody, pepper="secret") == ANONYMOUS


@pytest.mark.parametrize(
    ("why", "customer", "identity"),
    [
        ("the client's own id first", Customer(id=" C-1 ", email="a@b.c", phone="1"), "C-1"),
        ("then the e-mail address", Customer(email="a@b.c", phone="1"), "a@b.c"),
        ("then the number", Customer(phone="010-1234 5678"), "01012345678"),
        ("an international prefix", Customer(phone="0086 10 1234"), "+86101234"),
        ("a name alone names nobody", Customer(name="Li Na"), ""),
    ],
)  # fmt: skip
def test_an_identity_is_the_strongest_word_known(why, customer, identity):
    assert customer.identity == identity, why


def test_another_installation_gives_another_reference():
    assert customer_ref("a@b.c", pepper="one") != customer_ref("a@b.c", pepper="other")


@pytest.mark.parametrize(
    ("of", "ref"), [("", "79bcf85f-b2f7-5267-904b-6ea3a685b1cb"), ("crm", "ba0c6b56-4aaa-5d31-90f1-4151c56a063f")]
)
def test_a_reference_stays_because_the_log_is_full_of_it(of, ref):
    assert customer_ref("Li.Na@Example.com", pepper="p", of=of) == ref


def test_an_identity_is_one_of_its_system_and_no_other_word_forges_it():
    refs = {
        customer_ref("a", pepper="p"),
        customer_ref("a", pepper="p", of="crm"),
        customer_ref("a", pepper="p", of="erp"),
        customer_ref("crm|p|a", pepper="p"),
        customer_ref("p|a", pepper="", of="crm"),
    }
    assert len(refs) == 5


@forall(st.text(max_size=60))
@example("ß\u0301")  # folded once, its accent finds a letter to join that was not there before
def test_normalising_twice_is_normalising_once(identity):
    assert normalised(normalised(identity)) == normalised(identity)


@pytest.mark.slow
@forall(st.emails())
def test_an_identity_cannot_be_read_from_its_reference(address):
    assert address.casefold() not in customer_ref(address, pepper="p")
