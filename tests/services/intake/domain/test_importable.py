"""Which facts another system may tell, and how its data is read."""

import msgspec
import pytest

from libs.events.catalogue.intake import FiguresStated
from libs.events.catalogue.routing import CaseResolved
from libs.events.words.event import TYPES, Topic
from libs.events.words.refusal import Refused
from services.intake.domain.importable import DATA_BYTES_MAX, IMPORTABLE, importable, read

RESOLVED = TYPES[CaseResolved]


def test_every_fact_of_a_case_may_be_told_except_computed_ones_and_the_wrapping():
    told = {kind.name for kind in TYPES.values() if kind.topic is Topic.CASES and kind.owner != "sla"}
    assert set(IMPORTABLE) == told - {
        "import.fact_recorded",
        "case.info_supplied",
        "record.attached",
        "attachment.added",
        "customer.confirmed",
    }
    assert {"case.registered", "case.resolved", "survey.answered", "import.figures_stated"} <= set(IMPORTABLE)


@pytest.mark.parametrize(
    ("why", "name", "code", "says"),
    [
        ("a slip of the pen", "case.resolvd", "unknown-type", "Did you mean case.resolved"),
        ("nothing like it", "zzz", "unknown-type", "Known are: case."),
        ("a clock", "clock.breached", "computed-not-imported", "Import those facts"),
        ("a standard", "process.published", "unknown-type", "no fact that can be imported"),
        ("the wrapping itself", "import.fact_recorded", "unknown-type", "import.figures_stated"),
        ("the wire's name", "case.resolved.v1", "unknown-type", "Did you mean case.resolved"),
    ],
)  # fmt: skip
def test_refused(why, name, code, says):
    with pytest.raises(Refused) as no:
        importable(name)
    assert (no.value.code, no.value.status) == (code, 422)
    assert says in no.value.detail, why


def test_data_is_read_as_the_owners_event():
    assert read(b'{"agent": "a"}', RESOLVED, "crm") == CaseResolved(agent="a")


def test_figures_are_claimed_by_the_system_that_tells_them():
    said = read(b'{"system": "somebody else", "figures": {"reopened": 2}}', TYPES[FiguresStated], "crm")
    assert said == FiguresStated(system="crm", figures={"reopened": 2})


def test_a_misspelt_name_is_refused_with_those_there_are():
    with pytest.raises(
        Refused, match=r"case\.resolved has no field agnet; it has: agent, outcome, reason, repeats, team\. Did you mean agent\?"
    ):
        read(b'{"agnet": "a"}', RESOLVED, "crm")


def test_data_has_a_limit():
    fits = b'{"agent":"%s"}' % (b"x" * (DATA_BYTES_MAX - 12))
    assert read(fits, RESOLVED, "crm")
    with pytest.raises(Refused, match="more than 8192"):
        read(fits + b" ", RESOLVED, "crm")


def test_data_is_an_object():
    with pytest.raises(msgspec.ValidationError):
        read(b"[1]", RESOLVED, "crm")
