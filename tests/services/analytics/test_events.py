"""The event log on a real PostgreSQL: its rows, their names, and their order."""

from collections.abc import AsyncIterator
from dataclasses import replace
from typing import Any

import asyncpg
import msgspec
import pytest

from libs.events.catalogue import intake, routing, sla, survey
from libs.events.catalogue.routing import ProcessPublished
from libs.events.catalogue.standard import Label, Standard
from libs.events.engine.book import Book
from libs.events.log.envelope import Fact, draft
from libs.events.store.projection import Projection
from libs.events.testing.sample_standard import STANDARD
from libs.events.upkeep.bootstrap import bootstrap
from services.analytics.books import CASES, PROCESSES
from services.analytics.domain.activities import ACTIVITIES
from services.analytics.service import SERVICE
from services.analytics.tables import TABLES
from tests.services.analytics.story import CLEARED, RAISED, REOPENED, START, answer, assigned, at, facts, inbound, resolved

CAME = intake.CaseRegistered(channel="web", customer_ref="c", process_id=STANDARD.process_id, process_version=STANDARD.version)
SCHEMA = "analytics_v1"


@pytest.fixture
async def db(database_url: str) -> AsyncIterator[Any]:
    """A database that knows one published process."""
    await bootstrap(database_url, SERVICE)
    connection = await asyncpg.connect(database_url)
    await show(connection, PROCESSES, [draft(ProcessPublished(standard=STANDARD), STANDARD.process_id, START)])
    yield connection
    await connection.close()


async def show(db: Any, book: Book[Any], told: list[Fact]) -> None:
    """Write the rows that are no sums, as the shell does."""
    of_key = [row for row in book.rows(told[0].key, book.of(told[0].key, told)) if row.table not in SERVICE.additive]
    for sql, rows in Projection(SCHEMA, TABLES).statements(of_key, [], {}):
        await db.execute(sql, rows)


async def events(db: Any, *story: Any, columns: str = "kind, about") -> list[tuple[Any, ...]]:
    """Return a case's rows of the event log, without its registration."""
    await show(db, CASES, facts([(0, CAME), *story]))
    found = await db.fetch(f"select n, {columns} from analytics.events order by n")
    assert [row["n"] for row in found] == [*range(1, len(found) + 1)]
    return [tuple(row)[1:] for row in found[1:]]


NODE = [(1, routing.NodeEntered(node="n4"))]
BEGUN = [*NODE, (5, routing.NodeStarted(node="n4", agent="eve"))]


@pytest.mark.parametrize(
    ("why", "story", "told"),
    [
        ("a visit nobody began is none", NODE, []),
        ("work began", BEGUN, [("Analyse, judge, plan", 5, None, "eve", "a")]),
        ("work is done", [*BEGUN, (9, routing.NodeCompleted(node="n4"))], [("Analyse, judge, plan", 5, 9, "eve", "a")]),
        ("sent back", [*BEGUN, (7, routing.NodeReturned(node="n4", to_node="n1", reason=""))],
         [("Analyse, judge, plan", 5, 7, "eve", "a")]),
        ("only its end is known", [(9, routing.NodeCompleted(node="n4"))], [("Analyse, judge, plan", 9, 9, "ann", "a")]),
        ("a node that the standard does not have", [(9, routing.NodeCompleted(node="x"))], [("x", 9, 9, "ann", "a")]),
        ("an exception lasts", [(2, RAISED)], [("Awaiting the customer", 2, None, "ann", "a")]),
        ("an exception is over", [(2, RAISED), (8, CLEARED)], [("Awaiting the customer", 2, 8, "ann", "a")]),
        ("an exception that the standard does not have", [(2, routing.ExceptionRaised(code="flood"))],
         [("Exception: flood", 2, None, "ann", "a")]),
        ("a machine is nobody", [(2, answer(automated=True))], [("Automatic message", 2, 2, "", "a")]),
        ("who resolved it, as it was said", [(3, resolved("zoe", "z"))], [("Resolved", 3, 3, "zoe", "z")]),
        ("unreachable is not resolved", [(3, resolved(outcome="unreachable"))],
         [("Ended without being resolved", 3, 3, "ann", "a")]),
        ("what a rule classified is no work", [(3, routing.CaseGraded(grade="high", rule="r"))], []),
    ],
)  # fmt: skip
async def test_what_stands_in_the_log(db: Any, why: str, story: list[Any], told: list[Any]) -> None:
    columns = "activity_en, at, until, agent, team"
    found = await events(db, (0, assigned("a", "ann")), *story, columns=columns)
    expected = [(name, at(begun), None if over is None else at(over), *who) for name, begun, over, *who in told]
    assert found[1:] == expected, why


EVERYTHING: list[tuple[float, Any]] = [
    (0, routing.CaseClassified(category="billing")),
    (0, routing.CaseGraded(grade="high")),
    (0, intake.InfoSupplied(fields={"lot": "7"})),
    (0, intake.RecordAttached(form="report", record="r1", hash="h")),
    (0, intake.AttachmentAdded(hash="h", size=1, media_type="text/plain", node="n1")),
    (0, intake.CustomerConfirmed(subject="result", decision="accepted", evidence="r1")),
    (0, intake.CustomerConfirmed(subject="result", decision="rejected", evidence="r1")),
    (0, assigned("a", "ann")),
    (0, assigned("b")),
    (0, routing.NodeAssigned(node="n1", team="c")),
    *((0, routing.NodeProgressed(node="n1", kind=kind, note="words:1")) for kind in routing.NOTES),
    (0, routing.GateRequested(node="n1", gate="one", approver="r")),
    (0, routing.GateDecided(node="n1", gate="one", decision="approved")),
    (0, routing.GateDecided(node="n1", gate="two", decision="rejected")),
    (0, routing.NodeSkipped(node="n3")),
    (0, routing.CaseEscalated(kind="functional", to_role="expert", reason="")),
    (0, routing.CaseEscalated(kind="hierarchical", to_role="lead", reason="")),
    (0, routing.EscalationAcknowledged(escalation=2, agent="eve")),
    (0, RAISED),
    (0, routing.NodeCompleted(node="n1")),
    (0, inbound()),
    *((0, answer(purpose=purpose)) for purpose in ("response", "info", "progress", "result", "followup")),
    (0, answer(automated=True)),
    (0, resolved()),
    (0, resolved(outcome="rejected")),
    (0, routing.CaseClosed()),
    (0, survey.SurveySent(survey_id="s", channel="email", expires_at=at(99))),
    (0, survey.SurveyAnswered(survey_id="s", overall=5)),
    (0, REOPENED),
    (0, intake.CaseCancelled(reason="words:1")),
    (0, sla.TermsRestated(policy_version=2)),
    (0, intake.DueChanged(agreed_due_at=at(99), reason="words:1")),
]


async def test_every_event_has_a_name_and_its_place_in_an_instant(db: Any) -> None:
    found = await events(db, *reversed(EVERYTHING), columns="kind, activity_en, activity_zh, at")
    assert [kind for kind, *_ in found] == [*ACTIVITIES][1:], "reversed or not, one instant has one order"
    named = {kind: Label(en=en, zh=zh) for kind, en, zh, _ in found}
    of_standard = {"node": STANDARD.nodes[0].name, "exception": STANDARD.exceptions[0].name}
    assert named == {kind: name for kind, name in ACTIVITIES.items() if kind != "registered"} | of_standard


async def test_the_log_has_the_names_that_tools_take_as_they_are(db: Any) -> None:
    await events(db, (0, assigned("a", "ann")), *BEGUN, (9, resolved()))
    found = await db.fetch('select * from analytics.event_log order by "case:concept:name", n')
    [began] = [row for row in found if row["kind"] == "node"]
    assert (began["case:concept:name"], began["concept:name"]) == ("case-1", "Analyse, judge, plan")
    assert (began["start_timestamp"], began["time:timestamp"], began["lifecycle:transition"]) == (at(5), at(5), "start")
    assert (began["org:resource"], began["org:group"], began["concept:name:zh"]) == ("eve", "a", STANDARD.nodes[2].name.zh)
    assert (found[0]["concept:name"], found[0]["org:resource"]) == ("Registered", None)
    assert found[-1]["time:timestamp"] == at(9)


def renamed(version: int) -> Standard:
    nodes = tuple(replace(node, name=Label(en=f"{node.name.en} {version}", zh="新")) for node in STANDARD.nodes)
    return replace(STANDARD, version=version, nodes=nodes)


async def test_every_version_of_a_process_names_its_nodes(db: Any) -> None:
    told = [draft(ProcessPublished(standard=one), one.process_id, START) for one in (STANDARD, renamed(2))]
    await show(db, PROCESSES, told)
    found = await db.fetch("select * from analytics.process_nodes where node = 'n4' order by process_version")
    assert [(row["process_version"], row["name_en"]) for row in found] == [
        (1, "Analyse, judge, plan"),
        (2, "Analyse, judge, plan 2"),
    ]
    assert (found[0]["n"], found[0]["role"], found[0]["role_zh"], found[0]["key_node"]) == (
        3,
        "quality_engineer",
        "质量工程师",
        True,
    )
    [limit] = msgspec.json.decode(found[0]["limits"])
    assert (limit["clock"], limit["limit"], limit["when"]) == ("n4", "24h", {})
    assert await events(db, *BEGUN, columns="activity_en") == [("Analyse, judge, plan",)], "the case is pinned to version 1"
