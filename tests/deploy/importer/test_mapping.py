"""A mapping file read strictly: one change to a good file, the fault it must give, and where."""

import pytest

from deploy.importer import BadMapping
from deploy.importer.mapping import read_mapping
from tests.deploy.importer.samples import HEAD, REGISTERED, write_mapping

ASSIGNED = "  - {on: every, fact: case.assigned, at: at, data: {team: {column: team}}}\n"


def faults(path) -> list[str]:
    try:
        read_mapping(path)
    except BadMapping as bad:
        return bad.faults
    return []


def test_a_good_mapping_has_no_fault(tmp_path):
    mapping = read_mapping(write_mapping(tmp_path, ASSIGNED))
    assert mapping.system == "desk"
    assert mapping.columns == ("at", "id", "team")
    assert mapping.csv.missing == {"?"}
    assert [rule.fact for rule in mapping.rules] == ["case.registered", "case.assigned"]


@pytest.mark.parametrize(
    ("why", "old", "new", "fault"),
    [
        ("no system", "system: desk\n", "", "system: must be one word"),
        ("a system intake refuses", "system: desk", "system: my desk", "system: 'my desk' is not a system's name"),
        ("a line end in it", "system: desk", 'system: "desk\\n"', "system: 'desk\\n' is not a system's name"),
        ("a service of ours", "system: desk", "system: Intake", "system: 'Intake' is a service of Loopdesk; write the name"),
        ("nobody", "system: desk", "system: anonymous", "system: 'anonymous' is no system; of a customer who is not known"),
        ("customers of a service", "case: id", "case: id\ncustomers: {shared_with: sla}", "customers.shared_with: 'sla' has no"),
        (
            "customers of nobody",
            "case: id",
            "case: id\ncustomers: {shared_with: anonymous}",
            "customers.shared_with: 'anonymous'",
        ),
        ("no case", "case: id\n", "", "case: must be one word"),
        ("a key at the top", "case: id", "case: id\ncsw: x", "the file: 'csw' means nothing here; did you mean 'csv'?"),
        ("another order", "case: id", "case: id\norder: time", "order: 'time' is not possible; write one of file"),
        ("a wide delimiter", "{missing", "{delimiter: ';;', missing", "csv.delimiter: must be one character"),
        (
            "a line end for a delimiter",
            "{missing",
            '{delimiter: "\\n", missing',
            "csv.delimiter: must be one character, and no line end",
        ),
        ("a quote for a delimiter", "{missing", "{delimiter: '\"', missing", "csv: says two of delimiter, quote and escape"),
        ("an escape that is the quote", "{missing", "{escape: '\"', missing", "csv: says two of delimiter, quote and escape"),
        ("no such encoding", "{missing", "{encoding: utf-9, missing", "csv.encoding: there is no encoding 'utf-9'"),
        ("no such key of csv", "{missing", "{quotes: x, missing", "csv: 'quotes' means nothing here"),
        ("no zone", "  zone: UTC\n", "", "times.zone: must be one word"),
        ("no such zone", "zone: UTC", "zone: Rome", "times.zone: there is no time zone 'Rome'"),
        ("the zone of a machine", "zone: UTC", "zone: localtime", "times.zone: there is no time zone 'localtime'"),
        ("a format without date", "at: iso", "at: '%H:%M'", "times.columns.at: does not give year, month and day"),
        ("no time columns", "columns: {at: iso}", "columns: {}", "times.columns: names no column"),
        ("no version", "version: 3", "version: three", "process.version: must be a whole number from 1"),
        ("no process", "process: {id: ticket, version: 3}\n", "", "process.id: must be one word"),
        ("no standard there", "version: 3", "version: 3, standard: x.yaml", "process.standard: there is no file x.yaml"),
        ("an empty map", "maps:\n", "maps:\n  empty: {}\n", "maps.empty: is empty"),
        ("a map to nothing", "Hold: awaiting_customer", "Hold: []", "maps.waits.Hold: must be one word"),
        ("ignoring all", "case: id", "case: id\nignore: [{reason: x}]", "ignore[1]: would ignore every row"),
        ("ignoring without reason", "case: id", "case: id\nignore: [{when: {state: T}}]", "ignore[1].reason: must be one word"),
        (
            "ignoring by the row before",
            "case: id",
            "case: id\nignore: [{when: {state: {changed: yes}}, reason: x}]",
            "ignore[1].when: looks at the row before",
        ),
    ],
)
def test_a_fault_in_the_head(tmp_path, why, old, new, fault):
    assert old in HEAD
    found = faults(write_mapping(tmp_path, ASSIGNED, head=HEAD.replace(old, new, 1)))
    assert [one[: len(fault)] for one in found][:1] == [fault], found


@pytest.mark.parametrize(
    ("why", "rule", "fault"),
    [
        ("no on", "{fact: case.reopened, at: at}", "facts[2].on: None is not possible; write one of first, last"),
        ("another on", "{on: always, fact: case.reopened, at: at}", "facts[2].on: 'always' is not possible"),
        ("change of nothing", "{on: {change: []}, fact: case.reopened, at: at}", "facts[2].on.change: must be a word"),
        ("change of no name", "{on: {change: ['']}, fact: case.reopened, at: at}", "facts[2].on.change: has an empty name"),
        (
            "every word begins so",
            "{on: every, when: {a: {starts_with: ''}}, fact: case.reopened, at: at}",
            "facts[2].when.a.starts_with: has an empty word, which every word passes",
        ),
        (
            "one of them is everywhere",
            "{on: every, when: {a: {contains: [x, '']}}, fact: case.reopened, at: at}",
            "facts[2].when.a.contains: has an empty word, which every word passes",
        ),
        ("changes", "{on: {changes: [a]}, fact: case.reopened, at: at}", "facts[2].on: 'changes' means nothing here"),
        ("no fact", "{on: every, at: at}", "facts[2].fact: must be one word"),
        ("no such fact", "{on: every, fact: case.opened, at: at}", "facts[2].fact: 'case.opened' cannot be imported"),
        ("a clock's fact", "{on: every, fact: clock.met, at: at}", "facts[2].fact: 'clock.met' cannot be imported"),
        ("a standard's fact", "{on: every, fact: process.published, at: at}", "facts[2].fact: 'process.published'"),
        ("a versioned fact", "{on: every, fact: case.reopened.v1, at: at}", "facts[2].fact: 'case.reopened.v1'"),
        ("another's record", "{on: every, fact: import.fact_recorded, at: at}", "facts[2].fact: 'import.fact_recorded'"),
        ("a key of a rule", "{on: every, fact: case.reopened, at: at, then: x}", "facts[2]: 'then' means nothing here"),
        ("no time", "{on: every, fact: case.reopened}", "facts[2].at: must be a word"),
        ("no time column", "{on: every, fact: case.reopened, at: state}", "facts[2].at: 'state' is no time column"),
        ("fact and reason", "{on: every, fact: case.reopened, at: at, reason: x}", "facts[2]: has both `fact` and `reason`"),
    ],
)
def test_a_fault_in_a_rule(tmp_path, why, rule, fault):
    found = faults(write_mapping(tmp_path, f"  - {rule}\n"))
    assert [one[: len(fault)] for one in found][:1] == [fault], found


CONTACT = "contact.logged direction: inbound, channel: x, purpose: info"
SENT = "survey.sent survey_id: s, channel: mail"


@pytest.mark.parametrize(
    ("why", "fact", "data", "fault"),
    [
        ("must be said", "case.graded", "", ": case.graded must say 'grade'"),
        ("no such field", "case.graded grade: p1", "level: x", ": 'level' means nothing"),
        ("may be missing", "case.graded", "grade: {column: flag}", ".grade: must be said, and flag may be missing"),
        ("the row before may", "case.graded", "grade: {previous: state}", ".grade: must be said, and state may be missing"),
        ("an empty word", "case.graded", "grade: ''", ".grade: '' does not fit the event"),
        ("another pattern", "case.escalated to_role: r, reason: x", "kind: up", ".kind: 'up' does not fit the event"),
        ("a list for a word", "case.graded", "grade: [p1]", ".grade: must be a word or a column"),
        ("a word for a list", "node.completed node: n", "outputs: x", ".outputs: must be a list"),
        ("a word for a table", "import.figures_stated", "figures: x", ".figures: must be a mapping"),
        ("the system said again", "import.figures_stated figures: {a: b}", "system: x", ": 'system' means nothing here"),
        ("a flag that is none", CONTACT, "automated: perhaps", ".automated: 'perhaps': the word is neither true nor false"),
        ("no answer", CONTACT, "meets_expectation: x", ".meets_expectation: 'x': the word is neither true nor false"),
        ("no such kind", "import.figures_stated", "figures: {n: {column: count, as: number}}", ".figures.n.as: 'number' is not"),
        ("a kind the field is not", "case.assigned", "team: {column: team, as: integer}", ".team.as: 'integer' is not possible"),
        ("column and previous", "case.assigned", "team: {column: team, previous: team}", ".team: has both"),
        ("no such map", "case.assigned", "team: {column: team, map: teams}", ".team.map: there is no map 'teams'"),
        ("otherwise, no map", "case.assigned", "team: {column: team, otherwise: x}", ".team: `otherwise` belongs to a map"),
        ("a time that is none", SENT, "expires_at: {column: at, missing: x}", ".expires_at: 'x': a time comes from a column"),
        ("from no time column", SENT, "expires_at: {column: state}", ".expires_at: 'state' is no time column"),
        ("a score out of bounds", "survey.answered survey_id: s", "overall: '6'", ".overall: '6' does not fit the event"),
        ("a map of bad words", "survey.answered survey_id: s", "overall: {column: state, map: waits}", ".overall: 'awaiting_"),
    ],
)
def test_a_fault_in_the_data(tmp_path, why, fact, data, fault):
    name, _, rest = fact.partition(" ")
    said = ", ".join(filter(None, (rest, data)))
    rule = f"  - {{on: every, when: {{state: A}}, fact: {name}, at: at, data: {{{said}}}}}\n"
    found = faults(write_mapping(tmp_path, rule))
    assert found, "no fault at all"
    assert found[0].startswith(f"facts[2].data{fault}"), found


def test_a_condition_may_not_ask_for_a_missing_word(tmp_path):
    rule = "  - {on: every, when: {state: '?'}, fact: case.reopened, at: at}\n"
    (fault,) = faults(write_mapping(tmp_path, rule))
    assert fault.startswith("the file: a condition on state asks for '?', a missing value; write `{missing: yes}`")


@pytest.mark.parametrize(
    ("why", "old", "new", "fault"),
    [
        ("nothing registers", "case.registered", "case.reopened", "facts: no rule says case.registered"),
        (
            "the process said again",
            "channel: phone",
            "channel: phone, process_id: x",
            "facts[1].data: 'process_id' means nothing",
        ),
    ],
)
def test_a_fault_in_the_registration(tmp_path, why, old, new, fault):
    found = faults(write_mapping(tmp_path, registered=REGISTERED.replace(old, new)))
    assert any(one.startswith(fault) for one in found), found


def test_every_fault_is_reported_at_once(tmp_path):
    rules = "  - {on: never, fact: case.graded, at: at}\n  - {on: every, fact: case.nothing, at: at}\n"
    with pytest.raises(BadMapping) as bad:
        read_mapping(write_mapping(tmp_path, rules, head=HEAD.replace("UTC", "Rome")))
    assert [fault.split(":")[0] for fault in bad.value.faults] == ["times.zone", "facts[2].on", "facts[2].data", "facts[3].fact"]
    assert str(bad.value).startswith("desk.yaml: 4 faults\n")


def test_a_name_means_the_shipped_mapping(tmp_path):
    assert read_mapping("helpdesk").system == "helpdesk"
    with pytest.raises(BadMapping, match="cannot be read"):
        read_mapping("no-such-log")
