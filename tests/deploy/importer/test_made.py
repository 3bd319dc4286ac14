"""A mapping can join columns, read second files, move times or make them constant, and read times as numbers."""

from datetime import timedelta

import pytest

from deploy.importer import BadSource
from deploy.importer.mapping import read_mapping
from deploy.importer.moments import duration
from deploy.importer.run import rehearse
from deploy.importer.stamps import Stamps, Unsayable
from tests.deploy.importer.samples import HEAD, facts, row, write_log, write_mapping
from tests.deploy.importer.test_mapping import ASSIGNED, faults


@pytest.mark.parametrize(
    ("why", "form", "text", "instant"),
    [
        ("seconds", "epoch", "1722556800", "2024-08-02T00:00:00+00:00"),
        ("seconds with a fraction", "epoch", "1722556800.25", "2024-08-02T00:00:00.250000+00:00"),
        ("milliseconds", "epoch_ms", "1722556800250", "2024-08-02T00:00:00.250000+00:00"),
        ("a spreadsheet's day, on the clock of the zone", "excel", "45505", "2024-07-31T22:00:00+00:00"),
        ("the day of a spreadsheet that counts from 1904", "excel_1904", "44043.5", "2024-08-01T10:00:00+00:00"),
        ("a spreadsheet's noon", "excel", "45505.5", "2024-08-01T10:00:00+00:00"),
        ("the end of the day", "%d.%m.%Y %H:%M", "31.07.2024 24:00", "2024-07-31T22:00:00+00:00"),
        ("with seconds", "iso", "2024-07-31T24:00:00", "2024-07-31T22:00:00+00:00"),
        ("a day alone begins on the clock of the zone", "%d.%m.%Y", "01.08.2024", "2024-07-31T22:00:00+00:00"),
    ],
)
def test_a_number_or_the_end_of_a_day_is_an_instant(why, form, text, instant):
    assert Stamps({"at": (form,)}, "Europe/Berlin").instant("at", text).isoformat() == instant


@pytest.mark.parametrize(
    ("form", "text"),
    [
        ("epoch", "1722556800250"), ("epoch_ms", "1722556800"), ("excel", "1722556800"), ("excel", "60"), ("epoch", "soon"),
        ("epoch", "NaN"), ("iso", "2024-07-31T24:01:00"), ("%d.%m.%Y %H:%M", "31.07.2024 25:00"),
    ],
)  # fmt: skip
def test_a_number_in_another_unit_is_no_time(form, text):
    with pytest.raises(Unsayable):
        Stamps({"at": (form,)}).instant("at", text)


def test_a_day_that_reads_only_as_a_month_says_so():
    with pytest.raises(Unsayable, match="day and month the other way round"):
        Stamps({"at": ("%m/%d/%Y",)}).instant("at", "13/02/2024")


@pytest.mark.parametrize(
    ("text", "unit", "length"),
    [
        ("90", "s", timedelta(seconds=90)), ("1.5", "h", timedelta(minutes=90)), ("1,5", "h", timedelta(minutes=90)),
        ("1:30", "h", timedelta(minutes=90)), ("1:30", "m", timedelta(seconds=90)), ("2", "d", timedelta(days=2)),
        ("0", "m", timedelta()), ("36500", "d", timedelta(days=36_500)),
    ],
)  # fmt: skip
def test_a_length_is_a_number_of_units(text, unit, length):
    assert duration("took", text, unit) == length


@pytest.mark.parametrize(("text", "unit"), [("-1", "s"), ("soon", "m"), ("1:2:3", "m"), ("inf", "h"), ("36501", "d"), ("", "s")])
def test_what_is_no_length_is_said(text, unit):
    with pytest.raises(Unsayable, match="took is"):
        duration("took", text, unit)


MOVED = HEAD.replace(
    "columns: {at: iso}",
    "columns: {at: iso, later: {column: at, plus: {column: count, unit: m}}, sooner: {column: at, minus: 1h}, "
    'then: {time: "2024-01-01"}}',
)


@pytest.mark.parametrize(
    ("column", "count", "instants"),
    [
        ("later", "5", ["2024-01-01T01:05:00"]),
        ("later", "?", []),
        ("sooner", "5", ["2024-01-01T00:00:00"]),
        ("then", "5", ["2024-01-01T00:00:00"]),
    ],
)
def test_a_time_is_made_of_another(tmp_path, column, count, instants):
    rule = f"  - {{on: every, fact: case.reopened, at: {column}}}\n"
    made = facts(tmp_path, rule, [row(minute=60, count=count)], head=MOVED)
    assert [one.time.isoformat()[:19] for one in made if one.type == "case.reopened"] == instants


JOINED = HEAD.replace(
    "case: id", 'case: id\ncolumns: {both: {join: [team, agent], with: "/"}, one: {join: [team, agent], needs: any}}'
)


@pytest.mark.parametrize(
    ("column", "team", "agent", "word"),
    [
        ("both", "a", "b", "a/b"), ("both", "a", "?", None), ("both", "?", "?", None),
        ("one", "a", "b", "a b"), ("one", "?", "b", "b"), ("one", "?", "?", None),
    ],
)  # fmt: skip
def test_columns_are_joined(tmp_path, column, team, agent, word):
    rule = f"  - {{on: every, fact: case.assigned, at: at, data: {{team: {{column: {column}}}}}}}\n"
    made = facts(tmp_path, rule, [row(team=team, agent=agent)], head=JOINED)
    assert made[-1].data.get("team") == word


@pytest.mark.parametrize(
    ("why", "head", "fault"),
    [
        ("joined of itself", "columns: {a: {join: [a, team]}}", "columns: a is made of a"),
        ("joined of one", "columns: {a: {join: team}}", "columns.a.join: joins one column"),
        ("another key", "columns: {a: {joins: [team, agent]}}", "columns.a: 'joins' means nothing here; did you mean 'join'?"),
        ("a dot", "files: {a.b: {file: f, key: k, by: team}}", "files.a.b: has a dot in its name"),
        ("no key", "files: {a: {file: f, by: team}}", "files.a.key: must be one word"),
    ],
)
def test_a_fault_of_what_is_made(tmp_path, why, head, fault):
    rule = "  - {on: every, fact: case.assigned, at: at, data: {team: {column: a}}}\n"
    assert fault in "\n".join(faults(write_mapping(tmp_path, rule, head=f"{HEAD}{head}\n"))), why


@pytest.mark.parametrize(
    ("made", "fault"),
    [
        ("{column: at}", "needs `plus` or `minus`"),
        ("{column: nowhere, plus: 1h}", "'nowhere' has no format here"),
        ("{column: at, plus: soon}", "'soon' is not a duration"),
        ("{column: at, plus: 36501d}", "is not a duration"),
        ("{time: noon}", "'noon' is not a time"),
        ("{time: 2024-01-01, plus: 1h}", "is a constant"),
    ],
)
def test_a_fault_of_a_time_that_is_made(tmp_path, made, fault):
    head = HEAD.replace("columns: {at: iso}", f"columns: {{at: iso, due: {made}}}")
    assert fault in "\n".join(faults(write_mapping(tmp_path, ASSIGNED, head=head)))


BESIDE = f"{HEAD}files: {{who: {{file: who.csv, key: Id, by: agent}}}}\n"
TEAM = "  - {on: every, fact: case.assigned, at: at, data: {team: {column: who.Team}}}\n"


def beside(folder, content):
    (folder / "who.csv").write_text(content, "utf-8")
    return write_mapping(folder, TEAM, head=BESIDE), write_log(
        folder, [row(agent="a1"), row(agent="a2", minute=1), row(minute=2)]
    )


def test_a_second_file_is_looked_up_and_what_it_lacks_is_noted(tmp_path):
    account = rehearse(*beside(tmp_path, "Id,Team\na1,north\n"))
    assert (account.odd, account.is_sound) == ({"who has no such entry": 1}, True)


@pytest.mark.parametrize(
    ("why", "content", "says"),
    [
        ("a key twice", "Id,Team\na1,x\na1,y\n", "who.csv, line 3: Id 'a1' is on line 2 already"),
        ("malformed", 'Id,Team\na1,"x\n', "who.csv, line 2: a quote is not closed"),
        ("another column", "Id,Teams\na1,x\n", r"no column Team \(did you mean Teams\?\)"),
        ("a name twice", "Id,Team,Team\na1,x,y\n", "has 'Team' more than once; write Team#1"),
    ],
)
def test_a_second_file_that_cannot_be_right_stops_the_import(tmp_path, why, content, says):
    with pytest.raises(BadSource, match=says):
        rehearse(*beside(tmp_path, content))


def test_two_stray_quotes_that_meet_swallow_no_row(tmp_path):
    """Each opens a cell at the end of a row: together they are one cell of several lines, with the right number of cells."""
    rows = [row(minute=n) for n in range(6)]
    rows[1] = rows[1].removesuffix("true") + '"true'
    rows[4] = rows[4].removesuffix("true") + 'true"'
    account = rehearse(write_mapping(tmp_path, ASSIGNED), write_log(tmp_path, rows))
    assert (account.rows_read, account.rows_malformed) == (6, 1)


def test_the_columns_made_stand_behind_those_of_the_file(tmp_path):
    rule = "  - {on: every, fact: case.assigned, at: at, data: {team: {column: both}}}\n"
    assert read_mapping(write_mapping(tmp_path, rule, head=JOINED)).columns == ("agent", "at", "id", "team", "both")
