"""One answer in the form that was asked for: compressed, as CSV, as JSON."""

import csv
import io
import json

import httpx
import pytest

from libs.web.accept import is_welcome, preferred
from libs.web.tables import Table, as_csv
from tests.libs.web.tiny import calling, usual_app

APP = usual_app()
CSV = {"Accept": "text/csv"}
GZIP = {"Accept-Encoding": "gzip, deflate, br"}


async def get(path: str, headers: dict[str, str]) -> httpx.Response:
    async with calling(APP) as client:
        return await client.get(path, headers={"Accept-Encoding": "identity", **headers})


@pytest.mark.parametrize(
    ("why", "accept", "best"),
    [
        ("nothing is asked for", None, "application/json"),
        ("anything will do", "*/*", "application/json"),
        ("a browser", "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8", "application/json"),
        ("a table", "text/csv", "text/csv"),
        ("any text", "text/*", "text/csv"),
        ("rather a table", "application/json;q=0.5, text/csv", "text/csv"),
        ("rather no table", "text/csv;q=0.5, application/json", "application/json"),
        ("equally gladly", "text/csv, application/json", "application/json"),
        ("no table", "text/csv;q=0, */*", "application/json"),
        ("neither is here", "image/png", "application/json"),
        ("in other letters", "TEXT/CSV; Q=1", "text/csv"),
        ("a quality that is none", "text/csv;q=x, application/json;q=0.9", "text/csv"),
        ("rubbish", ";;,q=,,", "application/json"),
    ],
)
def test_the_best_that_is_asked_for_is_given(why: str, accept: str | None, best: str) -> None:
    assert preferred(accept, ("application/json", "text/csv")) == best


@pytest.mark.parametrize(
    ("header", "welcome"),
    [("gzip", True), ("br, gzip;q=0.1", True), ("gzip;q=0", False), ("gzipped", False), ("", False), (None, False)],
)
def test_a_coding_is_welcome_when_it_is_named(header: str | None, welcome: bool) -> None:
    assert is_welcome(header, "gzip") is welcome


@pytest.mark.parametrize("path", ["/openapi.json", "/metrics"])
async def test_long_answers_are_compressed_when_asked(path: str) -> None:
    plain, packed = await get(path, {}), await get(path, GZIP)
    assert "content-encoding" not in plain.headers and packed.headers["content-encoding"] == "gzip"
    assert int(packed.headers["content-length"]) < int(plain.headers["content-length"]) / 2
    assert "Accept-Encoding" in plain.headers["vary"] and "Accept-Encoding" in packed.headers["vary"]
    assert path == "/metrics" or packed.content == plain.content


@pytest.mark.parametrize(
    ("why", "path"),
    [("short", "/names"), ("its tag says that nothing differs", "/things/" + "a" * 2000), ("sent in parts", "/healthz")],
)
async def test_what_is_short_or_tagged_is_not_compressed(why: str, path: str) -> None:
    assert "content-encoding" not in (await get(path, GZIP)).headers


async def test_a_list_comes_as_a_table_when_asked() -> None:
    listed, table = await get("/lines?limit=3", {}), await get("/lines?limit=3", CSV)
    assert table.headers["content-type"] == "text/csv; charset=utf-8" and table.headers["link"] == listed.headers["link"]
    assert table.headers["content-length"] == str(len(table.content))
    assert table.text.splitlines() == ["amount,note", *(f"{one['amount']},{one['note']}" for one in listed.json()["items"])]


@pytest.mark.parametrize(
    ("why", "path", "status"),
    [("one thing", "/things/a", 200), ("a list of bare words", "/things", 200), ("a no", "/things?limit=0", 422)],
)
async def test_what_is_no_list_stays_as_it_is(why: str, path: str, status: int) -> None:
    got = await get(path, CSV)
    assert got.status_code == status and "json" in got.headers["content-type"]


def cells(table: Table, rows: list[dict[str, object]]) -> list[list[str]]:
    return list(csv.reader(io.StringIO(as_csv(table, json.dumps({table.rows: rows}).encode()).decode(), newline="")))


@pytest.mark.parametrize(
    ("why", "value", "cell"),
    [
        ("a text", "mei", "mei"),
        ("with all that separates", 'a,"b"\r\nc', 'a,"b"\r\nc'),
        ("Chinese", "客服", "客服"),
        ("nothing", None, ""),
        ("a number", -1.5, "-1.5"),
        ("yes", True, "true"),
        ("a list", ["a", 1], '["a",1]'),
        ("a formula", "=1+1", "'=1+1"),
        ("a command", "@SUM(A1)", "'@SUM(A1)"),
        ("a text that looks like a number below nothing", "-7", "'-7"),
    ],
)
def test_a_cell_holds_what_was_answered(why: str, value: object, cell: str) -> None:
    assert cells(Table("items", ("x",)), [{"x": value}]) == [["x"], [cell]]


def test_an_empty_list_still_names_its_columns() -> None:
    assert cells(Table("rows", ("day", "num")), []) == [["day", "num"]]


def test_a_column_that_nobody_described_is_shown_too() -> None:
    assert cells(Table("rows", ("day",)), [{"day": "d"}, {"day": "e", "new": 1}]) == [["day", "new"], ["d", ""], ["e", "1"]]


async def test_what_is_compressed_can_be_a_table() -> None:
    got = await get("/lines?limit=200", {**CSV, **GZIP})
    assert got.headers["content-type"].startswith("text/csv") and got.headers["content-encoding"] == "gzip"
    assert len(got.text.splitlines()) == 201
