"""Lookups in the standard pinned to a case: its nodes, the words of its scales, the rule that fits."""

from collections.abc import Mapping, Sequence

from libs.events.catalogue.standard import Node, Rule, Standard
from libs.events.words.refusal import Refused, none_such

WORDS = ("service_class", "category", "severity", "grade")
"""The scales of a standard."""


def node_of(standard: Standard, id: str) -> Node | None:
    """Return a node of the standard."""
    return next((node for node in standard.nodes if node.id == id), None)


def known_node(standard: Standard, node: str) -> Node:
    """Return a node of the standard; refuse one that it does not have."""
    found = node_of(standard, node)
    if found is None:
        raise Refused("unknown-node", none_such("node", node, [one.id for one in standard.nodes]), 404)
    return found


def words_of(standard: Standard, scale: str) -> list[str]:
    """Return the words of a scale: `grade`, `service_class`, `severity`, `category`."""
    # A sound standard uses every word that it declares, so its rules and limits name all of them.
    said = [
        *(rule.then for rule in standard.classify),
        *(target.when for target in standard.targets),
        *(rule.when for rule in standard.assign),
    ]
    return list(dict.fromkeys(words[scale] for words in said if scale in words))


def first_fit(rules: Sequence[Rule], known: Mapping[str, str]) -> Rule | None:
    """Return the first rule whose conditions all hold for what is known of the case."""
    return next((rule for rule in rules if rule.when.items() <= known.items()), None)
