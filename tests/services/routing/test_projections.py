"""Rows fit their tables, column by column."""

from msgspec import Raw

from libs.events.catalogue.routing import CaseGraded
from libs.events.testing.spec import given, happened
from libs.events.words.row import Row
from services.routing.books import CASES, STANDARDS
from services.routing.domain.standards.process import draft_version
from services.routing.domain.standards.standard import Sound
from services.routing.tables import TABLES
from tests.services.routing.samples import COMPLAINT, LATER, NINE, new_case, pass_nodes


def named(row: Row) -> dict[str, object]:
    table = TABLES[row.table]
    return dict(zip([one.name for one in table.stored], [*row.key, *row.values], strict=True))


def row_of(case: object) -> dict[str, object]:
    (row,) = CASES.rows("c1", case.state)  # type: ignore[attr-defined]
    return named(row)


def test_a_case_s_row_says_where_it_stands() -> None:
    row = row_of(pass_nodes(new_case(affected="batch"), COMPLAINT, "n1", "n2"))
    assert row == {
        "case_id": "c1",
        "process_id": "complaint-quality",
        "process_version": 1,
        "phase": "in_work",
        "service_class": "",
        "category": "product_quality",
        "severity": "",
        "grade": "urgent",
        "team": "customer_service",
        "agent": "",
        "role": "cs_agent",
        "node": "n3",
        "started": False,
        "nodes_done": Raw(b'["n1","n2"]'),
        "exceptions": Raw(b"[]"),
        "escalations": 0,
        "reopened": 0,
        "outcome": "",
        "since_at": NINE,
        "waiting_since_at": LATER,
        "resolved_at": None,
        "closed_at": None,
        "visit": 1,
        "visit_team": "customer_service",
        "visit_agent": "",
        "undecided": Raw(b"[]"),
        "deciders": Raw(b"[]"),
        "asks_help": False,
        "called": Raw(b"[]"),
        "calls": Raw(b"[]"),
        "reason": "",
        "repeats": "",
        "concerns": Raw(b"[]"),
    }


def test_a_closed_case_s_row_says_how_it_ended() -> None:
    row = row_of(pass_nodes(new_case(), COMPLAINT, "n1", "n2", "n3", "n4", "n5", "n6", "n7"))
    assert (row["phase"], row["outcome"], row["node"]) == ("closed", "resolved", "")
    assert row["resolved_at"] == row["closed_at"] == LATER


def test_a_case_at_no_node_waits_since_we_know_it() -> None:
    assert row_of(given(CASES, *happened("c1", NINE, CaseGraded(grade="P2"))))["waiting_since_at"] == NINE


def test_a_version_s_row_says_what_it_is() -> None:
    drafted = given(STANDARDS, key="complaint-quality").after(draft_version, Sound(COMPLAINT, ("w",)), at=NINE)
    (row,) = STANDARDS.rows("complaint-quality", drafted.state)
    assert named(row) | {"change": ""} == {
        "process_id": "complaint-quality",
        "version": 1,
        "state": "drafted",
        "name_en": "Customer product-quality complaint",
        "name_zh": "客户产品质量投诉处理流程",
        "nodes": 7,
        "change": "",
        "reviewer": "steering_lead",
        "warnings": Raw(b'["w"]'),
        "drafted_at": NINE,
        "published_at": None,
        "effective_at": None,
        "retired_at": None,
        "retired_because": "",
    }
