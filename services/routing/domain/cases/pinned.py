"""What a case reads in the standard that is pinned to it: its nodes, the words of its scales, the rule that fits."""

from collections.abc import Mapping, Sequence

from libs.events.catalogue.standard import Node, Rule, Standard

WORDS = ("service_class", "category", "severity", "grade")
"""The words that a standard puts a case in."""


def node_of(standard: Standard, id: str) -> Node | None:
    """Return a node of the standard."""
    return next((node for node in standard.nodes if node.id == id), None)


def words_of(standard: Standard, scale: str) -> list[str]:
    """Return the words of a scale: `grade`, `service_class`, `severity`, `category`."""
    # A sound standard uses every word it declares, so what its rules and limits name are all of them.
    said = [
        *(rule.then for rule in standard.classify),
        *(target.when for target in standard.targets),
        *(rule.when for rule in standard.assign),
    ]
    return list(dict.fromkeys(words[scale] for words in said if scale in words))


def first_fit(rules: Sequence[Rule], known: Mapping[str, str]) -> Rule | None:
    """Return the first rule whose conditions all hold for what is known of the case."""
    return next((rule for rule in rules if rule.when.items() <= known.items()), None)
