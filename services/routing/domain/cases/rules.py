"""Ordered rules: the first whose conditions all hold decides."""

from collections.abc import Mapping, Sequence

from libs.events.catalogue.standard import Rule


def first_fit(rules: Sequence[Rule], known: Mapping[str, str]) -> Rule | None:
    """Return the first rule that fits what is known of the case."""
    return next((rule for rule in rules if rule.when.items() <= known.items()), None)
