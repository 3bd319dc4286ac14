"""What people write with a step is not said; what the standard declares is."""

import pytest

from libs.events.words.free import PREFIX, Spoken
from services.routing.domain.cases.vault import hidden
from tests.services.routing.samples import COMPLAINT

WORDS = "Ottilie, +49 30 5550199"
ROLE = next(iter(COMPLAINT.roles))


def said(**words):
    spoken = Spoken("c1", "pepper")
    return hidden(words, COMPLAINT, spoken), list(spoken.kept.values())


def test_a_reason_is_not_said():
    found, kept = said(node="n1", to_node="n1", reason=WORDS)
    assert found["reason"].startswith(PREFIX) and kept == [WORDS] and (found["node"], found["to_node"]) == ("n1", "n1")
    assert said(reason="") == ({"reason": ""}, [])


@pytest.mark.parametrize(
    ("why", "output", "is_said"),
    [
        ("a declared output", "solution_report", True),
        ("a declared output and a role", f"responsible_department={ROLE}", True),
        ("a declared output and a word of its scale", "grade=urgent", True),
        ("a declared output and a word of no scale", "grade=Ottilie", False),
        ("a declared output and words", f"responsible_department={WORDS}", False),
        ("an output nobody declared", "ottilie_quastenflosser", False),
        ("words", WORDS, False),
    ],
)
def test_an_output_is_said_as_far_as_it_is_declared(why, output, is_said):
    found, kept = said(node="n1", outputs=(output,), agent="bo")
    assert (found["outputs"] == (output,)) is is_said and (kept == []) is is_said, why
    assert found["outputs"][0].partition("=")[0] == output.partition("=")[0] or PREFIX in found["outputs"][0]
