"""A filter that is taken has its effect: asked for a row's own value a list shows those rows, for anybody else's none."""

import csv
import io

import pytest

from services.__main__ import PORTS
from tests.safety.asking import Operation, operations
from tests.stack.running import until

PAGING = {"limit", "cursor"}
NOBODYS = {"since": ("2200-01-01T00:00:00Z", "2200-01-01"), "until": ("1900-01-01T00:00:00Z", "1900-01-01")}
ALIASES = {"process": "process_id", "version": "process_version"}
COLUMNS = {("routing.get_work", "team"): "visit_team", ("routing.get_work", "agent"): "visit_agent"}
"""What a filter of one list goes by, where its name is that of another column."""

OTHERWISE = {("analytics.get_figures", "as_of"): "an instant, not a part: tests/services/analytics/test_views.py asks for it"}


def filters(operation: Operation) -> list[dict]:
    return [one for one in operation.parameters() if one["in"] == "query" and one["name"] not in PAGING]


LISTS = [
    pytest.param(one, parameter, id=f"{one.name} {parameter['name']}")
    for one in operations()
    if one.method == "get" and "{" not in one.path
    for parameter in filters(one)
    if (one.name, parameter["name"]) not in OTHERWISE
]


GROWING = ("overrun_us", "overrun_hours")
"""What goes on between two questions."""


@pytest.fixture(scope="module")
def filled(calm):
    """A stack with cases of two processes, one of which is late."""
    for number, process in enumerate(("inbound-call", "complaint-quality")):
        body = {"channel": "phone", "process_id": process, "external_ref": f"T-{number}", "customer": {"id": f"F-{number}"}}
        assert calm.post("intake", "/cases", body | {"occurred_at": "2026-03-02T12:00:00Z"}).status_code == 201
    for owner in ("mei", "wei"):
        figure = "response_timeliness" if owner == "mei" else ""
        correction = {"owner": owner, "why": "late", "figure": figure, "process_id": "inbound-call"}
        risk = {"owner": owner, "kind": f"of {owner}", "level": "high", "what": "late"}
        assert calm.post("analytics", "/corrections", correction).status_code == 201
        assert calm.post("analytics", "/risks", risk).status_code == 201
    calm.come_to_rest()
    rule = {"id": "later", "then": {"clock": "response", "limit": "30m"}}
    policy = {"process": "inbound-call", "version": 1, "valid_from": "2999-01-01T00:00:00Z", "rules": [rule]}
    published = calm.post("sla", "/policies", {"policy": policy})
    assert published.status_code == 201, published.text
    calm.get("sla", "/policies", headers={"Position": published.headers["Position"]})
    told = calm.post("sla", "/reckonings", {}).json()
    calm.reckoning = told["reckoning_id"]
    calm.eventually("sla", f"/reckonings/{calm.reckoning}", lambda shown: shown["state"] == "done")
    return calm


def rows(running, operation, **asked):
    """Return the rows of every page."""
    found, cursor = [], None
    while True:
        paging = {"cursor": cursor} if cursor else {}
        response = running.get(operation.service, operation.path, params=asked | paging)
        assert response.status_code == 200, response.text
        told = response.json()
        found += [
            {name: value for name, value in row.items() if name not in GROWING} for row in told.get("items", told.get("rows", []))
        ]
        if not (cursor := told.get("next")):
            return found if found or "cases" not in told else [told] * told["cases"]


@pytest.mark.parametrize(("operation", "parameter"), LISTS)
def test_a_filter_has_its_effect(filled, operation, parameter):
    name = parameter["name"]
    everything = rows(filled, operation)
    column = COLUMNS.get((operation.name, name)) or ALIASES.get(name, name)
    for value in sorted({str(row[column]) for row in everything if row.get(column) not in (None, "")})[:3]:
        assert rows(filled, operation, **{name: value}) == [row for row in everything if str(row.get(column)) == value]
    if "enum" in str(parameter["schema"]):
        return
    is_day = "date-time" not in str(parameter["schema"])
    nobodys = 2**31 - 1 if "integer" in str(parameter["schema"]) else NOBODYS.get(name, ("nobody", "nobody"))[is_day]
    response = filled.get(operation.service, operation.path, params={name: nobodys})
    # What cannot be anywhere may also be refused, with the values that there are.
    assert response.status_code == 422 or rows(filled, operation, **{name: nobodys}) == [], response.text


def test_every_service_has_a_list_that_can_be_narrowed():
    assert {one.values[0].service for one in LISTS} == set(PORTS)


TABLES = [one for one in operations() if one.method == "get" and "text/csv" in one.told["responses"]["200"].get("content", {})]


@pytest.mark.parametrize("operation", TABLES, ids=lambda one: one.name)
def test_a_list_is_the_same_as_a_table(filled, operation):
    [case, *_] = filled.get("intake", "/cases", params={"external_ref": "T-0"}).json()["items"]  # sla has clocks of this one
    reckoning = {"reckoning_id": filled.reckoning, "other_id": filled.reckoning}  # of every case that came
    named = {"case_id": case["case_id"], "name": "closure", "clock": "response", "process": "inbound-call", "version": 1}
    path = operation.path.format(**named, **reckoning)

    def listed() -> list[dict]:
        told = filled.get(operation.service, path).json()
        return told.get("items", told.get("rows"))

    def standing_still():  # a service may still hear of what was done before, and show another row at the second question
        rows, answer = listed(), filled.get(operation.service, path, headers={"Accept": "text/csv"})
        return (rows, answer) if list(map(words, listed())) == list(map(words, rows)) else None

    rows, answer = until(standing_still, f"{path} stands still")
    table = list(csv.DictReader(io.StringIO(answer.text)))
    assert answer.headers["Content-Type"] == "text/csv; charset=utf-8" and len(table) == len(rows)
    for row, line in zip(rows, table, strict=True):
        assert set(row) <= line.keys()
        assert all(line[name] in (value, f"'{value}") for name, value in words(row).items())


def words(row: dict) -> dict:
    return {name: value for name, value in row.items() if isinstance(value, str)}


def test_lists_of_all_services_can_be_tables():
    assert {one.service for one in TABLES} == set(PORTS) and len(TABLES) > 12
