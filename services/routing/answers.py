"""What routing answers over HTTP: cases, what was said of them, and the versions of standards and rosters."""

from datetime import datetime
from typing import Any
from uuid import UUID

from pydantic import BaseModel, create_model

from libs.web.shapes import Shape
from services.routing.tables import CaseRow, DueFirst, ProcessRow, RosterRow


class Said(BaseModel):
    """An event that follows from a command."""

    id: UUID
    type: str
    time: datetime
    data: dict[str, Any]


_WORK = (
    *("case_id", "process_id", "process_version", "phase", "service_class", "category", "severity", "grade", "team", "agent"),
    *("role", "node", "started", "exceptions", "escalations", "waiting_since_at", "visit", "visit_team", "visit_agent"),
    *("asks_help", "undecided", "deciders", "called", "concerns"),
)
_MORE = ("nodes_done", "calls", "reopened", "outcome", "reason", "repeats", "since_at", "resolved_at", "closed_at")
WORK = Shape(CaseRow, "WorkLine", "An open case as the list of work shows it.", only=_WORK, beside=DueFirst)
SHEET = Shape(
    CaseRow, "CaseSheet", "A case as routing knows it; docs/projections.md says what its columns mean.", only=(*_WORK, *_MORE)
)
ROSTER = Shape(RosterRow, "RosterLine", "A version of a team's roster, as the list shows it.")
PROCESS = Shape(ProcessRow, "ProcessLine", "A version of a process standard, as the list shows it.")


CaseSaid = create_model(
    "CaseSaid",
    __doc__="The answer to a command about a case: the case as it is now, and what was said.",
    case=(SHEET.model, ...),
    said=(list[Said], ...),
)


class Note(BaseModel):
    """What somebody noted about the work at a node."""

    at: datetime
    node: str
    visit: int
    kind: str
    agent: str
    note: str


class Notes(BaseModel):
    """The notes about a case, the newest first."""

    items: list[Note]


class Words(BaseModel):
    """What was written with a case's steps, by the references that stand in its events."""

    words: dict[str, str]


class Erased(BaseModel):
    """The answer to an erasure: how many texts there were."""

    words: int


class Written(BaseModel):
    """A version of a process standard; `standard` is the page as its author wrote it, null where it was not kept yet."""

    process_id: str
    version: int
    state: str
    warnings: list[str]
    standard: dict[str, Any] | None


class Drafted(BaseModel):
    """The answer to POST /processes."""

    process_id: str
    version: int
    warnings: list[str]


class Published(BaseModel):
    """The answer to a publication or a retirement."""

    process_id: str
    version: int
    state: str


class PersonLoad(BaseModel):
    """What a person has in hand; who is not on the roster of the team has no `capacity`."""

    agent: str
    visits: int
    due_at: datetime | None
    capacity: int | None
    at_work: bool | None


class TeamLoad(BaseModel):
    """A team's load: how many open visits wait, when the first of them falls due, and what its people have."""

    team: str
    strategy: str
    waiting: int
    due_at: datetime | None
    people: list[PersonLoad]


class Rostered(BaseModel):
    """A version of a team's roster; `roster` is as POST /rosters takes it, the hours of the team with each person."""

    team: str
    version: int
    roster: dict[str, Any]


class RosterSaid(Rostered):
    """The answer to POST /rosters."""

    warnings: list[str]
