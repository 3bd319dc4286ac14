"""CSV, read strictly: a malformed row costs itself and no other, and every line of a file is answered for."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from deploy.importer import records
from deploy.importer.head import Csv
from deploy.importer.records import BLANK, LINES_MAX, Records

OPEN = "a quote is not closed"
BEHIND = "there is text after a closing quote"
COUNT = "not as many cells as the header"


def read(text: str, written: Csv | None = None) -> list[tuple[int, list[str], str]]:
    return list(Records(text.splitlines(keepends=True), written or Csv()))[1:]


@pytest.mark.parametrize(
    ("why", "text", "found"),
    [
        ("rows", "a,b\n1,2\n3,4\n", [(2, "12", ""), (3, "34", "")]),
        ("a cell of two lines", 'a,b\n1,"x\ny"\n3,4\n', [(2, ["1", "x\ny"], ""), (4, "34", "")]),
        ("a quote never closed", 'a,b\n1,"2\n3,4\n5,6\n', [(2, "", OPEN), (3, "34", ""), (4, "56", "")]),
        ("in the last row", 'a,b\n1,2\n3,"4\n', [(2, "12", ""), (3, "", OPEN)]),
        ("closed by another row's quote", 'a,b\n1,"2\n3,"4"\n5,6\n', [(2, "", BEHIND), (3, "34", ""), (4, "56", "")]),
        ("closed where a cell may end", 'a,b,c\n1,"2,3\n4,5",6,7\n8,9,0\n', [(2, "", OPEN), (3, "", COUNT), (4, "890", "")]),
        ("two of them", 'a,b\n1,"2\n3,"4\n5,6\n', [(2, "", BEHIND), (3, "", OPEN), (4, "56", "")]),
        ("a quote inside a word is a character", 'a,b\n1,2"x"\n', [(2, ["1", '2"x"'], "")]),
        ("a doubled quote is one", 'a,b\n1,"x""y"\n', [(2, ["1", 'x"y'], "")]),
        ("too few, too many", "a,b\n1\n1,2,3\n", [(2, "", COUNT), (3, "", COUNT)]),
        ("a blank line is no fault", "a,b\n\n1,2\n", [(2, "", BLANK), (3, "12", "")]),
    ],
)  # fmt: skip
def test_what_is_malformed_costs_the_line_it_begins_on(why, text, found):
    assert read(text) == [(line, list(cells), fault) for line, cells, fault in found]


def test_quotes_may_be_characters_like_others_and_may_be_escaped():
    assert read('a,b\n1,"2\n3,4\n', Csv(quote="")) == [(2, ["1", '"2'], ""), (3, ["3", "4"], "")]
    assert read('a,b\n1,"x\\"y"\n', Csv(escape="\\")) == [(2, ["1", 'x"y'], "")]


@pytest.mark.parametrize(("lines", "fault"), [(LINES_MAX, ""), (LINES_MAX + 1, OPEN)])
def test_a_cell_has_so_many_lines_at_most(lines, fault):
    begun, _, found = read('a,b\n1,"' + "x\n" * (lines - 1) + '"\n')[0]
    assert (begun, found) == (2, fault)


def test_a_record_has_so_many_characters_at_most(monkeypatch):
    monkeypatch.setattr(records, "RECORD_CHARACTERS_MAX", 20)
    found = read('a,b\n1,"' + "xxxxx\n" * 3 + '"\n3,4\n')
    assert found[0] == (2, [], OPEN) and found[-1] == (6, ["3", "4"], "")


SPOILED = st.lists(st.sampled_from(['"', ",", "\n", "x", '""', '","', "\r\n"]), max_size=40).map("".join)


@pytest.mark.slow
@given(SPOILED)
def test_every_line_belongs_to_one_record(text):
    """In any text, even a broken one, records begin one behind the other, and no line is passed over."""
    lines = f"a,b\n{text}".splitlines(keepends=True)
    found = list(Records(lines, Csv()))
    begun = [line for line, _, _ in found]
    spans = [after - line for line, after in zip(begun, [*begun[1:], len(lines) + 1], strict=True)]
    assert begun[0] == 1 and min(spans) >= 1
    assert all(span == 1 for span, (_, _, fault) in zip(spans, found, strict=True) if fault)
