"""CSV on disk: headers, gzip, encodings, missing words, and rows that are left out with a reason."""

import gzip
from dataclasses import replace

import pytest

from deploy.importer import BadSource, text
from deploy.importer.cells import named
from deploy.importer.head import Csv
from deploy.importer.mapping import read_mapping
from deploy.importer.source import measure, read_rows, read_within
from tests.deploy.importer.samples import HEADER, row, write_log, write_mapping


@pytest.fixture
def mapping(tmp_path):
    return read_mapping(write_mapping(tmp_path))


@pytest.mark.parametrize(
    ("why", "header", "names"),
    [
        ("as they are", ["a", "b"], ["a", "b"]),
        ("twice and thrice", ["V", "V index", "V", "V"], ["V", "V index", "V#2", "V#3"]),
        ("spaces around", [" a ", "a"], ["a", "a#2"]),
    ],
)
def test_columns_have_names(why, header, names):
    assert named(header) == names


@pytest.mark.parametrize(
    ("why", "content", "csv"),
    [
        ("plain", b"at,id\n2024,c1\n", Csv()),
        ("another order, more columns", b"x,id,at\n9,c1,2024\n", Csv()),
        ("a byte order mark", b"\xef\xbb\xbfat,id\n2024,c1\n", Csv()),
        ("gzipped", gzip.compress(b"at,id\n2024,c1\n", mtime=0), Csv()),
        ("semicolons", b"at;id\n2024;c1\n", Csv(delimiter=";")),
        ("Windows", "at,id,ä\r\n2024,c1,ö\r\n".encode("cp1252"), Csv(encoding="cp1252")),
        ("carriage returns alone", b"at,id\r2024,c1\r", Csv()),
        ("a byte order mark before a spreadsheet's first line", b"\xef\xbb\xbfsep=;\r\nat;id\r\n2024;c1\r\n", Csv()),
        ("a line separator inside a cell", "at,id,x\n2024,c1,a\u2028b\x0bc\n".encode(), Csv()),
        ("quotes, spaces", b'at,id\n" 2024 ", c1 \n', Csv()),
        ("a line break inside a cell", b'at,id,x\n2024,c1,"a\nb"\n', Csv()),
        ("no last line end", b"at,id\n2024,c1", Csv()),
        ("a spreadsheet's first line", b"sep=;\r\nat;id\r\n2024;c1\r\n", Csv()),
        ("quoted, in capitals", b'"SEP=;"\nat;id\n2024;c1\n', Csv()),
        ("lines before the header", b'Report "of May\n\nat,id\n2024,c1\n', Csv(skip=2)),
    ],
)
def test_a_file_is_read(tmp_path, mapping, why, content, csv):
    file = tmp_path / "log"
    file.write_bytes(content)
    (found,) = read_rows(file, replace(mapping, csv=csv))
    assert (found.case, found.cells, found.reason) == ("c1", ("2024", "c1"), "")


@pytest.mark.parametrize(
    ("why", "content", "says"),
    [
        ("no such column", b"id\nc1\n", "the header has no column at; it has id"),
        ("another delimiter", b"at;id\n2024;c1\n", "the header has no column at, id; it has at;id. Is csv.delimiter right"),
        ("a line before the header", b"\nat,id\n2024,c1\n", "it has nothing.*csv.skip passes lines before it"),
        ("empty", b"", "the header has no column at, id; it has nothing"),
        ("another encoding", "at,id\n2024,c1\n2024,ö\n".encode("cp1252"), "line 3, is not utf-8.*set csv.encoding"),
        ("an unclosed quote in the header", b'at,"id\n2024,c1\n', "line 1, the header: a quote is not closed"),
        ("a broken archive", gzip.compress(b"at,id\n2024,c1\n" * 99, mtime=0)[:-9], "cannot be read"),
    ],
)
def test_a_file_that_is_not_the_log_is_refused(tmp_path, mapping, why, content, says):
    file = tmp_path / "log"
    file.write_bytes(content)
    with pytest.raises(BadSource, match=says):
        list(read_rows(file, mapping))


def test_a_file_that_is_not_there_is_refused(tmp_path, mapping):
    with pytest.raises(BadSource, match="cannot be read"):
        list(read_rows(tmp_path / "none", mapping))


def test_rows_that_are_left_out_have_a_reason_and_their_line(tmp_path, mapping):
    rows = ["", "c1,only,three", row(case="?"), row(), row(case="c\0"), row().replace("Open", '"Open')]
    found = [(one.line, one.reason, one.malformed) for one in read_rows(write_log(tmp_path, rows), mapping)]
    assert found == [
        (2, "blank line", False),
        (3, "not as many cells as the header", True),
        (4, "no case id", True),
        (5, "", False),
        (6, "a NUL character", True),
        (7, "a quote is not closed", True),
    ]


def test_files_put_one_behind_the_other_are_one_log(tmp_path, mapping):
    found = [(one.line, one.reason, one.malformed) for one in read_rows(write_log(tmp_path, [row(), HEADER, row()]), mapping)]
    assert found == [(2, "", False), (3, "the header again", False), (4, "", False)]


@pytest.mark.parametrize(("characters", "fits"), [(51, True), (52, False)])
def test_a_line_does_not_fill_the_memory(tmp_path, mapping, monkeypatch, characters, fits):
    monkeypatch.setattr(text, "RECORD_CHARACTERS_MAX", 52)
    file = tmp_path / "log"
    file.write_bytes(b"at,id\n2024,c1\n2024," + b"x" * (characters - 5) + b"\n2024,c2\n")
    if fits:
        assert [one.case[:2] for one in read_rows(file, mapping)] == ["c1", "xx", "c2"]
    else:
        with pytest.raises(BadSource, match="log, line 3 has more than 52 characters; is it a CSV file"):
            list(read_rows(file, mapping))


def test_missing_words_and_empty_cells_are_missing(tmp_path):
    rule = "  - {on: every, when: {team: x, agent: x}, fact: case.reopened, at: at}\n"
    mapping = read_mapping(write_mapping(tmp_path, rule))
    (found,) = read_rows(write_log(tmp_path, [f"c1,{row()[3:22]},Open,?,,0,true"]), mapping)
    cells = dict(zip(mapping.columns, found.cells, strict=True))
    assert (cells["team"], cells["agent"]) == ("", "")


def test_the_extent_counts_rows_and_cases(tmp_path, mapping):
    file = write_log(tmp_path, [row(case=case) for case in "abacb"] + [""])
    extent = measure(file, mapping)
    assert (extent.rows, dict(extent.rows_of)) == (6, {"a": 2, "b": 2, "c": 1})


def test_a_limit_takes_the_first_cases_whole_and_gives_the_others_a_reason(tmp_path, mapping):
    file = write_log(tmp_path, [row(case=case) for case in "abacb"])
    extent = measure(file, mapping, 2)
    assert dict(extent.rows_of) == {"a": 2, "b": 2}
    reasons = [one.reason for one in read_within(file, mapping, extent)]
    assert reasons == ["", "", "", "beyond the first 2 cases asked for", ""]
    assert HEADER.startswith("id,at")
