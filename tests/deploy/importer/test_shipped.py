"""The mappings we ship: sound, pinned to standards that know their words, and nothing about them in Python."""

import json
import re
from pathlib import Path

import pytest
import yaml

from deploy.importer.mapping import SHIPPED, read_mapping
from deploy.importer.templates import Cell
from services.routing.domain.standards.standard import sound
from tests.real_logs import DATA

NAMES = sorted(path.stem for path in SHIPPED.glob("*.yaml"))
IMPORTER = SHIPPED.parent / "importer"


def standard_of(mapping):
    return sound(yaml.safe_load(mapping.standard.read_text(encoding="utf-8"))).standard


def words(rule, field: str, mapping) -> set[str]:
    """Return every word that a rule may say in a field."""
    said = rule.data.get(field)
    return set(said.words.values()) if isinstance(said, Cell) and said.words else {said} if isinstance(said, str) else set()


@pytest.mark.parametrize("name", NAMES)
def test_it_pins_the_standard_it_names(name):
    mapping = read_mapping(name)
    standard = standard_of(mapping)
    assert mapping.system == name
    assert (standard.process_id, standard.version) == (mapping.process.id, mapping.process.version)


@pytest.mark.parametrize("name", NAMES)
def test_every_word_it_says_is_one_of_its_standard(name):
    mapping = read_mapping(name)
    standard = standard_of(mapping)
    known = {
        "node": {node.id for node in standard.nodes},
        "code": {one.code for one in standard.exceptions},
        "grade": {target.when["grade"] for target in standard.targets if "grade" in target.when},
    }
    resolving = {node.id for node in standard.nodes if node.resolves}
    for rule in mapping.rules:
        if rule.fact == "case.registered":
            assert set(rule.data["fields"]) == set(standard.attributes)
        for field, allowed in known.items():
            if rule.data and field in rule.data:
                assert words(rule, field, mapping) <= allowed, (rule.fact, field)
        if rule.fact.startswith("node."):
            assert not words(rule, "node", mapping) & resolving, "only case.resolved resolves an imported case"


def clocks(name: str) -> dict[tuple[str, str], tuple[str, str, str, tuple[str, ...]]]:
    return {
        (target.clock, *target.when.values()): (target.limit, target.start, target.stop, target.pauses)
        for target in standard_of(read_mapping(name)).targets
        if not target.node
    }


def test_the_promises_of_the_stated_policies():
    assert clocks("uci498") == {
        ("resolution", "p1"): ("4h", "registered", "resolved", ()),
        ("resolution", "p2"): ("24h", "registered", "resolved", ()),
        ("resolution", "p3"): ("72h", "registered", "resolved", ()),
        ("resolution", "p4"): ("120h", "registered", "resolved", ()),
    }
    assert clocks("helpdesk") == {
        ("resolution",): ("168h", "registered", "resolved", ()),
        ("resolution_net",): ("168h", "registered", "resolved", ("awaiting_customer",)),
    }


@pytest.mark.truth
def test_the_promises_of_boston_are_the_citys_policy_table():
    truth = json.loads((DATA / "truth" / "boston311_2011q3.json").read_text("utf-8"))["figures"]["deadline_policy"]
    units = {"bd": "wd", "cal": "d"}
    assert clocks("boston311") == {
        ("resolution", one["type"]): (f"{one['n']}{units[one['rule']]}", "registered", "resolved", ()) for one in truth
    }


def test_no_python_knows_a_log():
    words = {"uci498", "ServiceNow", "incident_state", "Awaiting User", "Take in charge", "Case ID", "boston", "ontime"}
    found = [
        (path.name, word)
        for path in IMPORTER.glob("*.py")
        for word in words
        if re.search(re.escape(word), path.read_text(encoding="utf-8"))
    ]
    assert found == []
    assert Path(IMPORTER / "facts.py").is_file()
