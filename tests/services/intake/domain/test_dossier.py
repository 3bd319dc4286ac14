"""What a dossier lacks: a row for each thing that a standard asks for, before and after the case was closed."""

from dataclasses import replace

import pytest

from libs.events.catalogue.intake import ContactLogged, CustomerConfirmed, RecordAttached
from libs.events.catalogue.routing import CaseClosed, CaseReopened
from libs.events.testing.sample_standard import STANDARD
from libs.events.testing.spec import happened
from services.intake.domain.dossier import closing, missing, wordless
from tests.services.intake.pages.desk import AT

CLOSED, REOPENED = CaseClosed(outcome="rejected"), CaseReopened(reason="x")
RECORD = RecordAttached(form="solution_report", record="r", hash="h")
POOR = RecordAttached(form="solution_report", record="p", hash="h", missing=("cause",))
TOLD = ContactLogged(direction="outbound", channel="phone", purpose="result", agent="mei")
YES, NO = (CustomerConfirmed(subject="result", decision=one, evidence="r") for one in ("accepted", "rejected"))
FORM, CONFIRMATION = ("record-missing", "solution_report"), ("confirmation-missing", "result")
ASKED, UNASKED = replace(TOLD, meets_expectation=False), {("expectation-missing", "result-notice")}
NOTICES = {("notice-missing", node.notice) for node in STANDARD.nodes if node.notice}
ALL = {FORM, CONFIRMATION} | NOTICES


@pytest.mark.parametrize(
    ("why", "told", "lacking"),
    [
        ("nothing was done", [CLOSED], ALL),
        ("it is still open", [], ALL),
        ("the form is there", [RECORD, CLOSED], ALL - {FORM}),
        ("the form came too late", [CLOSED, RECORD], ALL),
        ("it was taken up again, and the form came", [CLOSED, REOPENED, RECORD], ALL - {FORM}),
        ("it lacks something mandatory", [POOR, CLOSED], ALL - {FORM} | {("record-incomplete", "solution_report")}),
        ("a better one came", [POOR, RECORD, CLOSED], ALL - {FORM}),
        ("she said yes", [YES, CLOSED], ALL - {CONFIRMATION}),
        ("she said no", [NO, CLOSED], ALL - {CONFIRMATION} | {("confirmation-rejected", "result")}),
        ("no, then yes", [NO, YES, CLOSED], ALL - {CONFIRMATION}),
        ("she was told and asked", [ASKED, CLOSED], ALL - NOTICES),
        ("she was told and not asked", [TOLD, CLOSED], ALL - NOTICES | UNASKED),
        ("she said it when she called", [TOLD, replace(ASKED, direction="inbound"), CLOSED], ALL - NOTICES),
        ("she said it after the end", [TOLD, CLOSED, ASKED], ALL - NOTICES | UNASKED),
        ("she said it before she was told", [replace(ASKED, purpose="progress"), TOLD, CLOSED], ALL - NOTICES | UNASKED),
        ("she was told after the end", [CLOSED, ASKED], ALL),
        ("everything", [RECORD, YES, ASKED, CLOSED], set()),
    ],
)
def test_what_is_missing_is_listed_however_the_case_ended(why, told, lacking):
    assert NOTICES and {(one.code, one.name) for one in missing(STANDARD, happened("c", AT, *told))} == lacking, why


def test_a_case_is_closed_by_the_first_end_since_it_was_last_taken_up():
    first, second, again, last = happened("c", AT, CLOSED, CLOSED, REOPENED, CLOSED)
    assert (closing([first, second]), closing([first, again]), closing([first, again, last])) == (first, None, last)


def test_a_contact_without_words_is_named():
    one, other = happened("c", AT, TOLD, TOLD)
    assert [(each.code, each.name) for each in wordless([one, other], {one.id})] == [("contact-without-words", str(other.id))]
