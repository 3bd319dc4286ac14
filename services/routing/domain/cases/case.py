"""A case as routing knows it: the state that its decisions use."""

from dataclasses import dataclass, field
from datetime import datetime

from libs.events.catalogue.serving import Serving
from libs.events.words.event import Visits
from services.routing.domain.cases.lifecycle import Phase
from services.routing.domain.cases.visit import NOBODY, Asked, Done, Escalation, Held, Note, Worker, values_of


@dataclass
class RoutingCase:
    """The state that routing's decisions use. `done` has the nodes that are completed in the present walk.

    `visit_team` is the team that the present visit waits for, if it is another than that of the case; `worker` is who has the
    visit, by beginning it or because it was given to them. Nobody else may work at it. `authors` are all who have had it since
    work began.

    Of `records` there are, for each form, the last one that lacks nothing and the last that does. `gone_over` has the nodes that
    the case last went back over, with the number of its last record then: for their forms those up to it no longer count.

    `confirmed` is what the customer said of each subject during the present visit, `told_result` whether she was told the result
    in it, and `heard_expectation` whether she then said if it meets her expectation.
    `escalated` counts the calls for more authority or skill; `escalations` are those since the case was last taken up.
    `attempts` are those to reach the customer since somebody last spoke with her.
    `handed_out_by` are the teams whose rosters hand out the work of the case. The visit is as it is, with who has it, since
    `held_at`, as told by the fact with `held_sequence`; `handed_back` are those who had it and gave it away by hand, and
    `is_history` says that another system told of it.
    `serving` is who serves the case, and so may read what was written about it.
    `answered` are the ids of heard facts that routing has answered: a database that was restored hears them again.
    """

    case_id: str
    process_id: str = ""
    process_version: int = 0
    phase: Phase = Phase.UNKNOWN
    told: dict[str, str] = field(default_factory=dict)
    service_class: str = ""
    category: str = ""
    severity: str = ""
    grade: str = ""
    team: str = ""
    agent: str = ""
    role: str = ""
    assigned_by: str = ""
    node: str = ""
    started: bool = False
    visit_team: str = ""
    worker: Worker = NOBODY
    authors: list[str] = field(default_factory=list)
    done: dict[str, Done] = field(default_factory=dict)
    exceptions: list[str] = field(default_factory=list)
    escalated: int = 0
    escalations: list[Escalation] = field(default_factory=list)
    gates: dict[str, Asked] = field(default_factory=dict)
    records: list[Held] = field(default_factory=list)
    gone_over: dict[str, int] = field(default_factory=dict)
    confirmed: dict[str, str] = field(default_factory=dict)
    told_result: bool = False
    heard_expectation: bool = False
    notes: list[Note] = field(default_factory=list)
    asks_help: bool = False
    reopened: int = 0
    outcome: str = ""
    reason: str = ""
    repeats: str = ""
    attempts: list[datetime] = field(default_factory=list)
    answered: list[str] = field(default_factory=list)
    since: datetime | None = None
    waiting_since: datetime | None = None
    resolved_at: datetime | None = None
    closed_at: datetime | None = None
    last_at: datetime | None = None
    last_sequence: int = 0
    handed_out_by: list[str] = field(default_factory=list)
    held_at: datetime | None = None
    held_sequence: int = 0
    handed_back: list[str] = field(default_factory=list)
    is_history: bool = False
    serving: Serving = field(default_factory=Serving)
    visits: Visits = field(default_factory=Visits)

    @property
    def visit(self) -> int:
        """The number of the present visit to the node; 0 if the case stands at no node."""
        return (self.visits.now(self.node) or self.visits.next(self.node)).number if self.node else 0

    @property
    def working_team(self) -> str:
        """The team that does the work where the case stands."""
        return self.visit_team or self.team

    @property
    def working_agent(self) -> str:
        """Who does the work where the case stands: who has the visit, else the case's agent, if it is the work of their team."""
        return self.worker.agent or (self.agent if self.working_team == self.team else "")

    @property
    def outputs(self) -> dict[str, str]:
        """The outputs of the completed nodes: name → value, empty if only the name was said."""
        return values_of(output for done in self.done.values() for output in done.outputs)
