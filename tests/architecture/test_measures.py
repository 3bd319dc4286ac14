"""How far one has to walk through the house: from a service down to its deepest rule, and from a rule to the row it becomes."""

from functools import cache

import grimp
import pytest

pytestmark = pytest.mark.slow

SERVICES = ("intake", "routing", "sla", "survey", "analytics")
DEPTH_MAX = 9
"""Imports one after another, from service.py down, in a service's own folder."""

ROW_MODULES_MAX = 42
"""Modules of ours on the way from the facts of sla to a written row. It may not grow. test_walk.py counts those entered.

It was 41 until the words of promises left the words of standards, because policies write promises, too.
"""

WAY_TO_A_ROW = ("services.sla.projections", "libs.events.engine.reader", "libs.events.store.transaction")
"""Where the result of a rule becomes a row, what calls it, and what writes the row."""


@cache
def imports():
    graph = grimp.build_graph("services", "libs", cache_dir=None, exclude_type_checking_imports=True)
    return {module: graph.find_modules_directly_imported_by(module) for module in graph.modules}


def depth(module, inside, graph):
    """Return how many imports follow one another below a module, as far as they lead to modules inside a package."""
    below = [one for one in graph[module] if one.startswith(inside)]
    return max((1 + depth(one, inside, graph) for one in below), default=0)


def reached(module, graph):
    found, waiting = {module}, [module]
    while waiting:
        new = graph[waiting.pop()] - found
        found |= new
        waiting += new
    return found


@pytest.mark.parametrize("service", SERVICES)
def test_a_service_is_not_deep(service):
    assert depth(f"services.{service}.service", f"services.{service}.", imports()) <= DEPTH_MAX


def test_a_rule_is_no_further_from_its_row_than_it_was():
    met = set().union(*(reached(one, imports()) for one in WAY_TO_A_ROW))
    assert len(met) <= ROW_MODULES_MAX, sorted(met)


def test_depth_counts_the_longest_way():
    graph = {"a.x": {"a.y", "a.z", "b"}, "a.y": {"a.z"}, "a.z": {"b"}, "b": {"a.w"}, "a.w": set()}
    assert (depth("a.x", "a.", graph), depth("a.z", "a.", graph)) == (2, 0), "what is outside does not count"
    assert reached("a.x", graph) == {"a.x", "a.y", "a.z", "b", "a.w"}
