"""Routing's read model (disposable: change it, raise the version, replay) and the words that people gave with a step (kept)."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Annotated

from pydantic import Field

from libs.events.store.reads import ReadRow
from libs.events.store.tables import tables_of
from libs.events.words.column import column, json, key
from libs.events.words.free import WordsRow
from libs.events.words.row import Index, TableRow, columns
from services.routing.domain.cases.case import RoutingCase
from services.routing.domain.cases.lifecycle import Phase
from services.routing.domain.cases.visit import Escalation
from services.routing.domain.standards.process import State


@columns("cases", indexes=(Index("cases_open", ("waiting_since_at", "case_id"), where="phase in ('in_work', 'resolved')"),))
class CaseRow(TableRow):
    """One row per case: where it stands in its process, and who answers for it."""

    case_id: str = key("The case.")
    process_id: str = column("The process standard the case is pinned to.")
    process_version: int = column("The pinned version.")
    phase: Phase = column("unknown, in_work, resolved, closed or cancelled.")
    service_class: str = column("routine, urgent, complex, …; empty while not classified.")
    category: str = column("What the case is about, in the standard's words.")
    severity: str = column("minor, major, …; empty where the standard has no such scale.")
    grade: str = column("normal, urgent, …; empty while not graded.")
    team: str = column("The team that answers for the case.")
    agent: str = column("The agent who answers for the case; empty while it waits in the team's queue.")
    role: str = column("The role it was assigned to.")
    node: str = column("Where the case stands; empty at no node.")
    started: bool = column("Whether work at the node has begun.")
    nodes_done: list[str] = json("The completed nodes of the present walk, in order.")
    exceptions: list[str] = json("The abnormal situations that are open.")
    escalations: int = column("How often more authority or skill was called in, before a reopening too.")
    reopened: int = column("How often the case came back after it was resolved or closed.")
    outcome: str = column("resolved, rejected, unreachable, withdrawn or duplicate; empty while in work.")
    since_at: datetime | None = column("When routing first said something about the case.")
    waiting_since_at: datetime | None = column("When the case arrived where it stands.")
    resolved_at: datetime | None = column("When the need was met; empty again after a reopening.")
    closed_at: datetime | None = column("When the case ended; empty again after a reopening.")
    visit: int = column("Which visit of the node this is, from 1: n4/2 is the second; 0 at no node.")
    visit_team: str = column("The team that does the work here: that of the node's role, else the one that answers for the case.")
    visit_agent: str = column("The agent of that team who does the work; empty while it waits in the team's queue.")
    undecided: list[str] = json("The decisions that were asked for in this visit and not made yet.")
    deciders: list[str] = json("The roles whose decision it waits for.")
    asks_help: bool = column("Whether somebody noted in this visit that help is needed.")
    reason: str = column("Why it ended so, as a reference to the words in the vault; empty while in work.")
    called: list[str] = json("The roles that were called in since the case was last taken up, and have not acknowledged it.")
    calls: list[Escalation] = json("Those calls, also the acknowledged ones: which, to whom, why, by whom.")
    repeats: str = column("Of a duplicate, the case in which the need is served; else empty.")
    concerns: list[str] = json("Those roles, and of a broken promise who answered for the case and who did the work.")


@columns("dues")
class DueRow(TableRow):
    """One row per case with a promise that runs, or that was broken and is not made good: the one that falls due first.

    Also for a case of which all promises wait, once it is time to remind the customer.
    """

    case_id: str = key("The case.")
    due_at: datetime | None = column("When it falls due, or fell; null while all promises wait.")
    due_kind: str = column("What is promised: node, response, resolution, cycle, …; empty while all promises wait.")
    warns: list[str] = json("Whom warnings are for that a promise will break soon: agent, owner, supervisor; else empty.")
    reminders: int = column("Which reminder of the customer was due last, in what the case waits for now; 0 if none was.")


@columns("processes")
class ProcessRow(TableRow):
    """One row per version of a process standard."""

    process_id: str = key("The process standard.")
    version: int = key("The version.")
    state: State = column("drafted, published or retired.")
    name_en: str = column("Its English name.")
    name_zh: str = column("Its Chinese name.")
    nodes: int = column("How many nodes it has.")
    change: str = column("What this version changes.")
    reviewer: str = column("Who reviewed it.")
    warnings: list[str] = json("What its reviewer should know.")
    drafted_at: datetime | None = column("When its latest draft was written.")
    published_at: datetime | None = column("When it was published.")
    effective_at: datetime | None = column("From when on cases come under it; empty: since it was published.")
    retired_at: datetime | None = column("Since when no case is registered under it any more.")
    retired_because: str = column("Why it was retired.")


@columns("rosters")
class RosterRow(TableRow):
    """One row per version of a team's roster; the highest version holds."""

    team: str = key("The team.")
    version: int = key("The version.")
    name_en: str = column("The team's English name.")
    name_zh: str = column("The team's Chinese name.")
    people: int = column("How many people are on it.")
    capacity: int = column("How much open work they take on at once, all together.")
    published_at: datetime = column("Since when it holds, or held.")


@dataclass(frozen=True, slots=True)
class DueFirst:
    """What of a case falls due first, as the list of work shows it beside the case; nothing while no promise runs."""

    due_at: Annotated[
        datetime | None,
        Field(
            description="When the promise that is due first falls due, or fell: one that is broken and not made good, else the "
            "strictest of those that are open, whatever moment keeps them."
        ),
    ] = None
    due_kind: Annotated[str | None, Field(description="What is promised: node, response, resolution, …")] = None
    warns: Annotated[list[str], Field(description="Whom warnings are for that a promise will break soon.")] = field(
        default_factory=list
    )
    reminders: Annotated[
        int, Field(description="Which reminder of the customer was due last, in what the case waits for now; 0 if none was.")
    ] = 0


TABLES = tables_of(CaseRow, DueRow, ProcessRow, RosterRow)
VAULT = tables_of(WordsRow, ReadRow)


def case_row(case: RoutingCase) -> CaseRow:
    """Return a case as it is shown, also before its row is written."""
    unanswered = [one for one in case.escalations if one.acknowledged_by is None]
    return CaseRow(
        case_id=case.case_id,
        process_id=case.process_id,
        process_version=case.process_version,
        phase=case.phase,
        service_class=case.service_class,
        category=case.category,
        severity=case.severity,
        grade=case.grade,
        team=case.team,
        agent=case.agent,
        role=case.role,
        node=case.node,
        started=case.started,
        nodes_done=list(case.done),
        exceptions=case.exceptions,
        escalations=case.escalated,
        reopened=case.reopened,
        outcome=case.outcome,
        since_at=case.since,
        waiting_since_at=case.waiting_since or case.since,
        resolved_at=case.resolved_at,
        closed_at=case.closed_at,
        visit=case.visit,
        visit_team=case.working_team,
        visit_agent=case.working_agent,
        undecided=[gate for gate, asked in case.gates.items() if not asked.decision],
        deciders=sorted({asked.approver for asked in case.gates.values() if asked.approver and not asked.decision}),
        asks_help=case.asks_help,
        reason=case.reason,
        called=[one.to_role for one in unanswered],
        calls=case.escalations,
        repeats=case.repeats,
        concerns=list(dict.fromkeys(name for one in unanswered for name in (one.to_role, *one.concerns))),
    )
