"""What a case reads in its standard: a node, the words of a scale, the rule that fits."""

from services.routing.domain.cases.pinned import node_of, words_of
from tests.services.routing.samples import COMPLAINT


def test_a_node_is_found_by_its_name_or_not_at_all() -> None:
    found = node_of(COMPLAINT, "n6")
    assert found and found.resolves and found.role == "$responsible_department"
    assert node_of(COMPLAINT, "n9") is None


def test_the_words_of_a_scale_are_those_that_rules_and_limits_use() -> None:
    assert words_of(COMPLAINT, "grade") == ["urgent", "normal"]
    assert words_of(COMPLAINT, "severity") == []
