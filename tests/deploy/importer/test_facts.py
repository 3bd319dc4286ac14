"""The engine: the rows that a rule looks at, the facts it makes of them, and the reason given for a row without a fact."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from deploy.importer.facts import Engine
from deploy.importer.mapping import read_mapping
from deploy.importer.source import measure, read_rows
from tests.deploy.importer.samples import HEAD, REGISTERED, at, facts, outcomes, row, write_log, write_mapping

REOPENED = "fact: case.reopened, at: at"


def said(found, fact: str = "case.reopened") -> list[int]:
    """Return the row numbers, from 1, in which a fact was said."""
    return [one.sequence // 16 for one in found if one.type == fact]


@pytest.mark.parametrize(
    ("why", "rule", "states", "rows"),
    [
        ("first",                    "on: first",                          ["A", "B", "B"], [1]),
        ("first and fitting",        "on: first, when: {state: B}",        ["A", "B", "B"], []),
        ("last",                     "on: last",                           ["A", "B", "B"], [3]),
        ("last and fitting",         "on: last, when: {state: A}",         ["A", "B", "B"], []),
        ("first and last at once",   "on: last",                           ["A"],           [1]),
        ("every",                    "on: every, when: {state: B}",        ["A", "B", "B"], [2, 3]),
        ("once",                     "on: once, when: {state: B}",         ["A", "B", "B"], [2]),
        ("change",                   "on: {change: [state]}",              ["A", "A", "B", "B", "A"], [1, 3, 5]),
        ("change among those that fit", "on: {change: [state]}, when: {state: {not_in: X}}", ["A", "X", "A", "B"], [1, 4]),
        ("otherwise, after a fact",  "on: otherwise",                      ["A", "B", "B"], [2, 3]),
        ("otherwise and fitting",    "on: otherwise, when: {state: B}",    ["A", "B", "A"], [2]),
        ("leaving a state",          "on: every, when: {state: {changed: yes, previous: A}}", ["A", "A", "B", "A", "C"], [3, 5]),
    ],
)  # fmt: skip
def test_a_rule_speaks_on(tmp_path, why, rule, states, rows):
    log = [row(state, minute=minute) for minute, state in enumerate(states)]
    assert said(facts(tmp_path, f"  - {{{rule}, {REOPENED}}}\n", log)) == rows


def test_change_of_two_columns_sees_either_and_a_loss(tmp_path):
    pairs = [("T", "x"), ("T", "x"), ("T", "?"), ("?", "?"), ("T", "?"), ("T", "y"), ("U", "y")]
    log = [row(minute=minute, team=team, agent=agent) for minute, (team, agent) in enumerate(pairs)]
    rule = """\
  - on: {change: [team, agent]}
    when: [{team: {missing: no}}, {agent: {missing: no}}]
    fact: case.assigned
    at: at
    data: {team: {column: team}, agent: {column: agent}}
"""
    found = [one for one in facts(tmp_path, rule, log) if one.type == "case.assigned"]
    assert said(found, "case.assigned") == [1, 3, 6, 7]
    assert [one.data for one in found] == [
        {"team": "T", "agent": "x"},
        {"team": "T"},
        {"team": "T", "agent": "y"},
        {"team": "U", "agent": "y"},
    ]


def test_a_fact_carries_system_case_sequence_time_and_pinned_process(tmp_path):
    first, second = facts(tmp_path, f"  - {{on: last, {REOPENED}}}\n", [row(minute=5)])
    assert (first.system, first.case, first.sequence, first.type) == ("desk", "c1", 16, "case.registered")
    assert first.data == {"channel": "phone", "customer_ref": "anna", "process_id": "ticket", "process_version": 3}
    assert first.time.isoformat() == "2024-01-01T00:05:00+00:00"
    assert (second.sequence, second.type, second.data) == (17, "case.reopened", {})


DATA = [
    ("a constant", "grade: p1", {"grade": "p1"}),
    ("a column", "grade: {column: state}", {"grade": "Hold"}),
    ("a map", "grade: {column: state, map: waits}", {"grade": "awaiting_customer"}),
    ("the row before", "grade: {previous: state, map: waits}", {"grade": "awaiting_supplier"}),
    ("otherwise", "grade: {column: count, map: waits, otherwise: p9}", {"grade": "p9"}),
    ("a map by beginnings: the longest", "grade: {column: state, map: begun}", {"grade": "held"}),
    ("a whole word before them", "grade: {previous: state, map: begun}", {"grade": "vendor"}),
    ("no such beginning", "grade: {column: count, map: begun, otherwise: p9}", {"grade": "p9"}),
    ("missing, with a word", "grade: {column: team, missing: none}", {"grade": "none"}),
    ("missing, left out", "grade: p1, reason: {column: team}", {"grade": "p1"}),
]


@pytest.mark.parametrize(("why", "data", "expected"), DATA)
def test_data(tmp_path, why, data, expected):
    when = "when: {state: {is: Hold, previous: Vendor}, count: {missing: no}}"
    rule = f"  - {{on: every, {when}, fact: case.graded, at: at, data: {{{data}}}}}\n"
    found = facts(tmp_path, rule, [row("Vendor"), row("Hold", minute=1, count="7")])
    assert [one.data for one in found if one.type == "case.graded"] == [expected]


def test_data_of_other_kinds(tmp_path):
    rules = """\
  - {on: first, fact: import.figures_stated, at: at, data: {figures: {n: {column: count, as: integer},
      ok: {column: flag, as: flag}, who: {column: team}, word: three}}}
  - {on: first, when: {at: {missing: no}}, fact: survey.sent, at: at, 
      data: {survey_id: s, channel: mail, expires_at: {column: at}}}
  - {on: first, fact: survey.answered, at: at, data: {survey_id: s, overall: '4', scores: {speed: {column: count}}}}
  - {on: first, fact: node.completed, at: at, data: {node: n, outputs: [a, {column: team}, {column: id}]}}
"""
    found = {one.type: one.data for one in facts(tmp_path, rules, [row(count="-5")])}
    assert found["import.figures_stated"] == {"system": "desk", "figures": {"n": -5, "ok": True, "word": "three"}}
    assert found["survey.sent"]["expires_at"].isoformat() == "2024-01-01T00:00:00+00:00"
    assert found["survey.answered"] == {"survey_id": "s", "overall": 4, "scores": {"speed": -5}}
    assert found["node.completed"] == {"node": "n", "outputs": ["a", "c1"]}


@pytest.mark.parametrize(
    ("why", "grade", "line", "reason"),
    [
        ("no such word", "{column: state, map: waits}", row("Lost"), "state has a word that its map does not list"),
        ("a time nobody can read", "p1", row().replace(at(0), "soon"), "at is not a time of the form iso"),
        ("no time at all", "p1", row().replace(at(0), "?"), "at: no time"),
    ],
)
def test_a_fact_that_cannot_be_said_is_the_rows_reason(tmp_path, why, grade, line, reason):
    quiet = REGISTERED.replace("on: first", "on: first\n    when: {state: Never}")
    rule = f"  - {{on: every, when: {{state: {{missing: no}}}}, fact: case.graded, at: at, data: {{grade: {grade}}}}}\n"
    mapping = read_mapping(write_mapping(tmp_path, rule, registered=quiet))
    (outcome,) = outcomes(mapping, write_log(tmp_path, [line]))
    assert (outcome.facts, outcome.reason, [str(why) for why in outcome.unsaid]) == ([], reason, [reason])


def test_the_first_time_column_that_has_a_value_counts(tmp_path):
    head = HEAD.replace("{at: iso}", "{state: iso, at: iso}")
    registered = REGISTERED.replace("at: at", "at: [state, at]")
    log = [row("2020-05-05", case="a"), row("?", case="b", minute=1)]
    assert [one.time.year for one in facts(tmp_path, "", log, head=head, registered=registered)] == [2020, 2024]


def test_a_fact_that_could_not_be_said_is_tried_again_by_once_and_change(tmp_path):
    rules = """\
  - {on: once, when: {state: {missing: no}}, fact: case.graded, at: at, data: {grade: {column: state, map: waits}}}
  - {on: {change: [team]}, when: {state: {missing: no}}, fact: case.exception_raised, at: at,
      data: {code: {column: state, map: waits}}}
"""
    found = facts(tmp_path, rules, [row("Lost"), row("Hold", minute=1), row("Vendor", minute=2)])
    assert (said(found, "case.graded"), said(found, "case.exception_raised")) == ([2], [2])


def test_reasons(tmp_path):
    rules = f"""\
  - {{on: every, when: {{state: Noise}}, reason: noise}}
  - {{on: every, when: {{state: [Noise, Again]}}, {REOPENED}}}
  - {{on: otherwise, when: {{state: {{is: Hold, previous: Hold}}}}, reason: still waiting}}
"""
    mapping = read_mapping(write_mapping(tmp_path, rules))
    log = [row(state, minute=m) for m, state in enumerate(["Noise", "Noise", "Again", "Hold", "Hold"])]
    found = [(outcome.reason, [one.type for one in outcome.facts]) for outcome in outcomes(mapping, write_log(tmp_path, log))]
    assert found == [
        ("", ["case.registered", "case.reopened"]),
        ("noise", []),
        ("", ["case.reopened"]),
        ("no rule fits", []),
        ("still waiting", []),
    ]


def test_ignored_rows_are_as_if_not_in_the_file(tmp_path):
    head = HEAD.replace("case: id", "case: id\nignore: [{when: {state: Test}, reason: a test}]")
    rules = f"  - {{on: last, {REOPENED}}}\n  - {{on: every, when: {{state: {{previous: A}}}}, fact: case.closed, at: at}}\n"
    mapping = read_mapping(write_mapping(tmp_path, rules, head=head))
    log = [row(state, minute=m) for m, state in enumerate(["Test", "A", "Test", "B", "Test"])]
    found = outcomes(mapping, write_log(tmp_path, log))
    assert [(outcome.reason, [(one.sequence, one.type) for one in outcome.facts]) for outcome in found] == [
        ("a test", []),
        ("", [(16, "case.registered")]),
        ("a test", []),
        ("", [(32, "case.reopened"), (33, "case.closed")]),
        ("a test", []),
    ]


def test_a_row_gives_at_most_sixteen_facts(tmp_path):
    mapping = read_mapping(write_mapping(tmp_path, f"  - {{on: every, {REOPENED}}}\n" * 16))
    (outcome,) = outcomes(mapping, write_log(tmp_path, [row()]))
    assert [one.sequence for one in outcome.facts] == list(range(16, 32))
    assert [str(why) for why in outcome.unsaid] == ["more than 16 facts in one row"]


def test_a_case_is_forgotten_with_its_last_row(tmp_path):
    mapping = read_mapping(write_mapping(tmp_path))
    file = write_log(tmp_path, [row(case=case) for case in "abab"])
    engine = Engine(mapping, measure(file, mapping).rows_of)
    underway = []
    for one in read_rows(file, mapping):
        engine.row(one.case, one.cells)
        underway.append(sorted(engine._open))
    assert underway == [["a"], ["a", "b"], ["b"], []]


RULES = """\
  - {on: every, when: {state: {changed: yes, previous: A}}, fact: case.reopened, at: at}
  - {on: once, when: {state: B}, fact: case.escalated, at: at, data: {kind: functional, to_role: r, reason: x}}
  - {on: {change: [state]}, fact: case.assigned, at: at, data: {team: {column: state}}}
  - {on: last, fact: case.closed, at: at}
"""


@pytest.mark.slow
@settings(max_examples=60)
@given(st.lists(st.tuples(st.sampled_from("xyz"), st.sampled_from("ABC?")), max_size=25))
def test_interleaved_cases_give_what_grouped_cases_give(tmp_path_factory, rows):
    folder = tmp_path_factory.mktemp("law")
    mapping = read_mapping(write_mapping(folder, RULES))
    log = [row(state, case=case, minute=minute) for minute, (case, state) in enumerate(rows)]
    mixed = [one for outcome in outcomes(mapping, write_log(folder, log)) for one in outcome.facts]
    file = write_log(folder, sorted(log, key=lambda line: line[0]))
    grouped = [one for outcome in outcomes(mapping, file) for one in outcome.facts]
    assert sorted(map(repr, mixed)) == sorted(map(repr, grouped))
    assert len({(one.case, one.sequence, one.type) for one in mixed}) == len(mixed)
    assert sum(one.type == "case.closed" for one in mixed) == len(measure(file, mapping).rows_of)
