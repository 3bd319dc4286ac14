"""What is pinned, what is said in clear, what is missing."""

from dataclasses import replace
from datetime import timedelta

import pytest

from libs.events.catalogue.routing import ProcessRetired
from libs.events.engine.known import Known
from libs.events.log.envelope import draft
from libs.events.testing.sample_standard import STANDARD
from libs.events.testing.spec import knowing
from libs.events.words.refusal import Refused
from services.intake.domain.customer import Customer
from services.intake.domain.need import CLEAR_MAX, Need, in_clear, missing, must_fit, open_processes, pin, pin_new

SECOND = replace(STANDARD, version=2)
SHELF = knowing(STANDARD, SECOND)
START = STANDARD.effective_from
LATER = START + timedelta(days=30)
THIRD = replace(STANDARD, version=3, effective_from=LATER)
BEFORE = timedelta(microseconds=-1)


def without(*versions, shelf=(STANDARD, SECOND, THIRD)):
    """A shelf with three versions, of which the third is for later, and some are retired."""
    known = knowing(*shelf)
    for version in versions:
        known.learn(draft(ProcessRetired(version=version, reason="better"), STANDARD.process_id, START))
    return known


NEED = Need(channel="phone", process_id=STANDARD.process_id)


@pytest.mark.parametrize(
    ("why", "version", "pinned"),
    [("the newest when none is named", None, SECOND), ("the named one", 1, STANDARD)],
)  # fmt: skip
def test_a_case_is_pinned_to(why, version, pinned):
    assert pin_new(SHELF, STANDARD.process_id, START, version) is pinned, why


@pytest.mark.parametrize(
    ("why", "retired", "at", "wanted", "pinned"),
    [
        ("the newest is for later", (), LATER + BEFORE, None, SECOND),
        ("the newest from its instant on", (), LATER, None, THIRD),
        ("an older one that was asked for", (), LATER, 1, STANDARD),
        ("the newest is retired: back to the one before", (3,), LATER, None, SECOND),
        ("only the oldest is left", (2, 3), LATER, None, STANDARD),
    ],
)  # fmt: skip
def test_a_new_case_comes_under(why, retired, at, wanted, pinned):
    assert pin_new(without(*retired), STANDARD.process_id, at, wanted) is pinned, why


@pytest.mark.parametrize(
    ("why", "retired", "at", "wanted", "code"),
    [
        ("retired", (2,), LATER, 2, "version-retired"),
        ("not yet", (), LATER + BEFORE, 3, "version-not-yet"),
        ("not yet, though it is the only one", (1, 2), LATER + BEFORE, None, "version-not-yet"),
        ("the newest of all that are retired", (1, 2, 3), LATER, None, "version-retired"),
        ("before the first", (), START + BEFORE, None, "version-not-yet"),
    ],
)  # fmt: skip
def test_no_new_case_comes_under(why, retired, at, wanted, code):
    with pytest.raises(Refused) as no:
        pin_new(without(*retired), STANDARD.process_id, at, wanted)
    assert (no.value.code, no.value.status) == (code, 422), why


def test_a_case_goes_on_by_a_version_that_is_retired():
    assert pin(without(1, 2, 3), STANDARD.process_id, 1) is STANDARD


def test_a_process_is_offered_while_a_version_of_it_takes_cases():
    other = replace(STANDARD, process_id="refund")
    assert open_processes(without(1, 2, 3, shelf=(STANDARD, SECOND, THIRD, other)), LATER) == [other]


@pytest.mark.parametrize(
    ("why", "process", "version", "shelf", "wanted", "says"),
    [
        ("unknown process", "refund", None, SHELF, "refund", "complaint-quality. Known here: complaint-quality."),
        ("misspelt", "complaint-qualty", None, SHELF, "complaint-qualty", "complaint-quality. Did you mean complaint-quality?"),
        ("unknown version", STANDARD.process_id, 3, SHELF, "complaint-quality version 3", "complaint-quality."),
        ("empty shelf", "refund", None, Known(), "refund", "none yet."),
    ],
)  # fmt: skip
def test_an_unknown_process_is_refused_with_what_there_is(why, process, version, shelf, wanted, says):
    with pytest.raises(Refused) as no:
        pin_new(shelf, process, START, version)
    assert (no.value.code, no.value.status) == ("unknown-process", 422)
    assert no.value.detail == f"No process {wanted} is published. Published processes: {says}", why


@pytest.mark.parametrize(
    ("why", "need", "lacks"),
    [
        ("nothing given", {}, ("customer_name", "product_model", "problem_description")),
        ("the form has them all", {"fields": dict.fromkeys(STANDARD.required, "x")}, ()),
        ("blank is missing", {"fields": dict.fromkeys(STANDARD.required, " ")}, STANDARD.required),
        ("the customer's name counts", {"customer": Customer(name="Li Na")}, ("product_model", "problem_description")),
        ("a description describes the problem", {"description": "it smokes"}, ("customer_name", "product_model")),
        (
            "a blank field does not hide the customer's name",
            {"customer": Customer(name="Li Na"), "fields": {"customer_name": ""}},
            ("product_model", "problem_description"),
        ),
    ],
)  # fmt: skip
def test_missing(why, need, lacks):
    assert missing(replace(NEED, **need), STANDARD) == lacks, why


def test_only_attributes_are_said_in_clear():
    said = in_clear({"impact": "batch", "customer_name": "Li Na", "product_model": "KX"}, STANDARD)
    assert said == {"product_model": "KX", "impact": "batch"}


def test_an_attribute_is_a_word_not_a_text():
    assert in_clear({"impact": "x" * CLEAR_MAX}, STANDARD)
    with pytest.raises(Refused, match=r"fields\.impact"):
        in_clear({"impact": "x" * (CLEAR_MAX + 1)}, STANDARD)


DECLARED = replace(
    STANDARD,
    attributes=("affected", "safety_risk", "product_model"),
    values={"affected": ("one", "batch"), "safety_risk": ("yes", "no")},
    channels=("phone", "email"),
)


@pytest.mark.parametrize(
    ("why", "need", "code", "says"),
    [
        ("another spelling", {"fields": {"affected": "Batch"}}, "unknown-value",
         "fields.affected may be one of one, batch. Did you mean batch?"),
        ("another word", {"fields": {"safety_risk": "true"}}, "unknown-value", "fields.safety_risk may be one of yes, no."),
        ("a name misspelt", {"fields": {"safty_risk": "yes"}}, "unknown-field",
         "fields.safty_risk is none of this process. Did you mean safety_risk? If not, give it a name less like that one."),
        ("another channel", {"channel": "phon"}, "unknown-channel",
         "There is no channel phon; use one of phone, email. Did you mean phone?"),
        ("a declared word", {"fields": {"affected": "batch", "safety_risk": "no"}}, "", ""),
        ("nothing said", {"fields": {"affected": ""}}, "", ""),
        ("an attribute that is open", {"fields": {"product_model": "any"}}, "", ""),
        ("a field of nobody's", {"fields": {"order_number": "7"}}, "", ""),
        ("nearly the name of what is open", {"fields": {"product_modell": "any"}}, "", ""),
    ],
)  # fmt: skip
def test_only_declared_words_are_taken(why, need, code, says):
    asked = replace(NEED, **need)
    try:
        must_fit(asked, DECLARED)
        in_clear(asked.fields, DECLARED)
    except Refused as no:
        assert (no.code, no.status, no.detail) == (code, 422, says), why
    else:
        assert not code, why


@pytest.mark.parametrize("fields", [{"affected": "Batch"}, {"safty_risk": "true"}])
def test_where_nothing_is_declared_everything_is_open(fields):
    must_fit(replace(NEED, channel="carrier pigeon", fields=fields), STANDARD)
    in_clear(fields, replace(STANDARD, attributes=("affected",)))
