"""Conditions: a table of every word of the language at its borders."""

import pytest

from deploy.importer.conditions import compiled, looks_back, read_condition, surely_present
from deploy.importer.part import Part

PLACES = {"state": 0, "team": 1}


@pytest.mark.parametrize(
    ("why", "when", "now", "before", "fits"),
    [
        ("nothing asked",           None,                                   ("", ""),        None,          True),
        ("a word",                  {"state": "New"},                       ("New", ""),     None,          True),
        ("case matters",            {"state": "New"},                       ("new", ""),     None,          False),
        ("a list",                  {"state": ["A", "B"]},                  ("B", ""),       None,          True),
        ("is",                      {"state": {"is": "A"}},                 ("A", ""),       None,          True),
        ("in",                      {"state": {"in": ["A", "B"]}},          ("C", ""),       None,          False),
        ("not_in, another",         {"state": {"not_in": ["A"]}},           ("B", ""),       None,          True),
        ("not_in, one of them",     {"state": {"not_in": "A"}},             ("A", ""),       None,          False),
        ("not_in, missing",         {"state": {"not_in": ["A"]}},           ("", ""),        None,          True),
        ("starts_with",             {"state": {"starts_with": "Aw"}},       ("Await", ""),   None,          True),
        ("starts_with, shorter",    {"state": {"starts_with": "Await"}},    ("Aw", ""),      None,          False),
        ("starts_with, any",        {"state": {"starts_with": ["X", "A"]}}, ("Aw", ""),      None,          True),
        ("ends_with",               {"state": {"ends_with": "ed"}},         ("Closed", ""),  None,          True),
        ("ends_with, shorter",      {"state": {"ends_with": "Closed"}},     ("ed", ""),      None,          False),
        ("ends_with, any",          {"state": {"ends_with": ["x", "d"]}},   ("Closed", ""),  None,          True),
        ("contains, the whole",     {"state": {"contains": "A"}},           ("A", ""),       None,          True),
        ("contains, inside",        {"state": {"contains": ["x", "los"]}},  ("Closed", ""),  None,          True),
        ("contains, case matters",  {"state": {"contains": "LOS"}},         ("Closed", ""),  None,          False),
        ("not",                     {"state": {"not": {"contains": "A"}}},  ("B", ""),       None,          True),
        ("not, it does",            {"state": {"not": {"contains": "A"}}},  ("xA", ""),      None,          False),
        ("not, missing",            {"state": {"not": "A"}},                ("", ""),        None,          True),
        ("both must hold",          {"state": {"starts_with": "A", "not": "A"}}, ("A", ""),  None,          False),
        ("missing: yes",            {"state": {"missing": "yes"}},          ("", ""),        None,          True),
        ("missing: yes, present",   {"state": {"missing": "yes"}},          ("A", ""),       None,          False),
        ("missing: no",             {"state": {"missing": "no"}},           ("A", ""),       None,          True),
        ("missing: no, missing",    {"state": {"missing": "no"}},           ("", ""),        None,          False),
        ("changed, first row",      {"state": {"changed": "yes"}},          ("A", ""),       None,          True),
        ("changed, the same",       {"state": {"changed": "yes"}},          ("A", ""),       ("A", "x"),    False),
        ("changed, another",        {"state": {"changed": "yes"}},          ("A", ""),       ("B", ""),     True),
        ("changed to missing",      {"state": {"changed": "yes"}},          ("", ""),        ("B", ""),     True),
        ("changed: no",             {"state": {"changed": "no"}},           ("A", ""),       ("A", ""),     True),
        ("changed: no, first row",  {"state": {"changed": "no"}},           ("A", ""),       None,          False),
        ("previous",                {"state": {"previous": "A"}},           ("B", ""),       ("A", ""),     True),
        ("previous, now",           {"state": {"previous": "A"}},           ("A", ""),       ("B", ""),     False),
        ("previous, first row",     {"state": {"previous": {"not_in": "A"}}}, ("B", ""),     None,          False),
        ("previous missing",        {"state": {"previous": {"missing": "yes"}}}, ("B", ""),  ("", ""),      True),
        ("both of one column",      {"state": {"is": "B", "previous": "A"}}, ("B", ""),      ("A", ""),     True),
        ("one of both",             {"state": {"is": "B", "previous": "A"}}, ("C", ""),      ("A", ""),     False),
        ("two columns",             {"state": "A", "team": "T"},            ("A", "T"),      None,          True),
        ("two columns, one",        {"state": "A", "team": "T"},            ("A", "U"),      None,          False),
        ("any, the second",         [{"state": "A"}, {"team": "T"}],        ("B", "T"),      None,          True),
        ("any, none",               [{"state": "A"}, {"team": "T"}],        ("B", "U"),      None,          False),
    ],
)  # fmt: skip
def test_a_rule_fits(why, when, now, before, fits):
    part = Part(when, "when")
    assert compiled(read_condition(part), PLACES)(now, before) is fits
    assert part.faults == []


@pytest.mark.parametrize(
    ("why", "when", "fault"),
    [
        ("no such test", {"state": {"equals": "A"}}, "when.state: 'equals' means nothing here"),
        ("nothing said", {"state": {}}, "when.state: says nothing"),
        ("is and in", {"state": {"is": "A", "in": ["B"]}}, "when.state: has both `is` and `in`"),
        ("no list of words", {"state": {"in": []}}, "when.state.in: must be a word or a list"),
        ("neither yes nor no", {"state": {"missing": "maybe"}}, "when.state.missing: 'maybe' is not possible"),
        ("two rows back", {"state": {"previous": {"previous": "A"}}}, "when.state.previous: looks two rows back"),
        ("change of the row before", {"state": {"previous": {"changed": "yes"}}}, "when.state.previous: looks two rows"),
        ("no alternatives", [], "when: is empty"),
        ("a word alone", "New", "when: must be a mapping"),
        ("a fault in an alternative", [{"state": "A"}, {"team": {"x": "y"}}], "when[2].team: 'x' means nothing here"),
    ],
)
def test_a_fault_in_a_condition(why, when, fault):
    part = Part(when, "when")
    read_condition(part)
    assert part.faults[0].startswith(fault)


@pytest.mark.parametrize(
    ("when", "back", "present"),
    [
        ({"state": "A"}, False, True),
        ({"state": {"not_in": "A"}}, False, False),
        ({"state": {"starts_with": "A"}}, False, True),
        ({"state": {"missing": "no", "changed": "yes"}}, True, True),
        ({"state": {"previous": "A"}}, True, False),
        ([{"state": "A"}, {"team": "T"}], False, False),
        ([{"state": "A"}, {"state": {"missing": "no"}}], False, True),
    ],
)
def test_what_a_condition_makes_sure_of(when, back, present):
    condition = read_condition(Part(when, "when"))
    assert (looks_back(condition), surely_present(condition, "state")) == (back, present)
