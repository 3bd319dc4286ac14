"""The customer's yes or no is kept with what shows it: a record of the case by its id, anything else as a reference to words."""

import pytest

from libs.events.catalogue.intake import CustomerConfirmed
from libs.events.log.schema import check
from libs.events.words.free import PREFIX, Spoken
from libs.events.words.now import derived_id
from services.intake.domain.case import cancel
from services.intake.domain.confirmation import confirm
from services.intake.domain.record import attach
from tests.services.intake.domain.test_case import LATER, NEW
from tests.services.intake.domain.test_record import CASE, ID, SHELF, TOLD, WHOLE

YES = {
    "subject": "result",
    "decision": "accepted",
    "agent": "ann",
    "id": derived_id("confirmation", "a"),
    "at": LATER,
    "actor": "d",
}
RECORDED = CASE.after(attach, "solution_report", WHOLE, SHELF, **TOLD)
LETTER = "Her letter of 3 March"


def said(case, **words):
    spoken = Spoken("c1", "p")
    return case.when(confirm, **YES | words, spoken=spoken), spoken.kept


def test_a_record_is_named_by_its_id():
    decided, kept = said(RECORDED, evidence=str(ID))
    decided.then(CustomerConfirmed(subject="result", decision="accepted", evidence=str(ID), agent="ann"))
    assert kept == {}


@pytest.mark.parametrize("case", [CASE, RECORDED])
@pytest.mark.parametrize("evidence", [LETTER, str(derived_id("record", "of another case"))])
def test_other_words_go_to_the_vault(case, evidence):
    decided, kept = said(case, evidence=evidence, comment="She is glad", decision="rejected")
    (fact,) = decided.facts
    check(fact)
    assert (fact.data.decision, fact.id, fact.time) == ("rejected", YES["id"], LATER)
    assert fact.data.evidence.startswith(PREFIX) and fact.data.comment.startswith(PREFIX)
    assert kept == {fact.data.evidence: evidence, fact.data.comment: "She is glad"}


def test_it_is_kept_also_when_the_case_is_over_and_of_no_other():
    over = CASE.after(cancel, "words:1", at=LATER, actor="a")
    assert len(said(over, evidence=LETTER)[0].facts) == 1
    said(NEW, evidence=LETTER)[0].refused("unknown-case")
