"""What routing says: process standards, and a case's walk through the nodes of the one pinned to it."""

from dataclasses import field
from typing import Annotated, Any

from pydantic import Field

from libs.events.catalogue.standard import Roster, Standard
from libs.events.words.event import FREE, LATER, NUMBER_MAX, Number, Topic, Word, event

Reason = Annotated[str, Field(max_length=500), FREE]
LaterReason = Annotated[str, Field(max_length=500), FREE, LATER]
CaseId = Annotated[str, Field(max_length=200), LATER]


@event("process.drafted", topic=Topic.STANDARDS)
class ProcessDrafted:
    """A version of a process standard was written and found sound; `warnings` are what a reviewer should know.

    `page` is what its author wrote; drafts from before there was one have none.
    """

    standard: Standard
    warnings: tuple[str, ...] = ()
    page: dict[str, Any] = field(default_factory=dict)


@event("process.published", topic=Topic.STANDARDS)
class ProcessPublished:
    """Cases may be registered under this version, from the instant on that it names. Its content never changes."""

    standard: Standard


@event("process.retired", topic=Topic.STANDARDS)
class ProcessRetired:
    """From now on no case is registered under this version. Those that are go on by it."""

    version: Annotated[int, Field(ge=1, le=NUMBER_MAX)]
    reason: Annotated[str, Field(max_length=500)]


@event("roster.published", topic=Topic.STANDARDS)
class RosterPublished:
    """From now on these are the people of a team. A version's content never changes; the next one replaces it."""

    roster: Roster


@event("case.classified")
class CaseClassified:
    """The case got its class; `rule` is the id of the rule that chose, empty when done by hand.

    It is the first answer to every registration, even where no rule fits, and then names the version the case is
    pinned to, and the nodes at which that version has the need handled first. A word left empty changes nothing.
    """

    service_class: str = ""
    category: str = ""
    severity: str = ""
    rule: str = ""
    process_id: str = ""
    process_version: int = 0
    initial_handling: tuple[Word, ...] = ()


@event("case.graded")
class CaseGraded:
    """The case got its grade (impact); a later grade replaces it and recomputes what was promised."""

    grade: Word
    reason: Reason = ""
    rule: str = ""


@event("case.assigned")
class CaseAssigned:
    """The case has a team or an agent who answers for it; the first assignment or a later one."""

    team: str = ""
    agent: str = ""
    role: str = ""
    reason: Reason = ""
    rule: str = ""


@event("case.escalated")
class CaseEscalated:
    """More authority or more skill was called in; the owner stays."""

    kind: Annotated[str, Field(pattern="^(functional|hierarchical)$")]
    to_role: Word
    reason: Reason
    agent: Annotated[str, LATER] = ""


@event("case.escalation_acknowledged")
class EscalationAcknowledged:
    """Somebody else than who called for help has taken notice; `escalation` is which call of the case it is, from 1."""

    escalation: Annotated[int, Field(ge=1, le=NUMBER_MAX)]
    agent: str = ""


@event("node.entered")
class NodeEntered:
    """The case arrived at a node; `occurrence` is which visit of it began. Who tells a history need not count: tables do."""

    node: Word
    occurrence: Number = 1


@event("node.assigned")
class NodeAssigned:
    """The visit has a team or an agent who does its work, others than those who answer for the case, or others than before.

    `rule` says by which rule; by hand it is empty. `role` is for the team of the node's role; `roster` says that the team hands
    out its work, and changes nothing else. Otherwise it is how the roster's strategy chose, and why somebody no longer has it:
    `least_loaded`; `absent:deputy`, `left:team`, `shift_over:round_robin`.
    """

    node: Word
    team: str = ""
    agent: str = ""
    reason: Reason = ""
    rule: str = ""
    occurrence: Number = 1


@event("node.started")
class NodeStarted:
    """Work at the node began."""

    node: Word
    agent: str = ""
    occurrence: Number = 1


@event("node.completed")
class NodeCompleted:
    """The node's work is done and its outputs exist: `name`, or `name=value` where the value is declared or a reference."""

    node: Word
    agent: str = ""
    outputs: Annotated[tuple[Word, ...], FREE] = ()
    occurrence: Number = 1


@event("node.returned")
class NodeReturned:
    """The case went back to an earlier node; `occurrence` is which visit of `node` ended so."""

    node: Word
    to_node: Word
    reason: Reason
    occurrence: Number = 1


APPROVED, REJECTED = "approved", "rejected"


@event("gate.requested")
class GateRequested:
    """A decision was asked for, of whom has the role `approver`; the node waits for it."""

    node: Word
    gate: Word
    approver: Word
    agent: str = ""
    occurrence: Number = 1


@event("gate.decided")
class GateDecided:
    """The decision was made, by somebody else than who asked for it or did the work. A no sends the case back."""

    node: Word
    gate: Word
    decision: Annotated[str, Field(pattern=f"^({APPROVED}|{REJECTED})$")]
    agent: str = ""
    reason: Reason = ""
    occurrence: Number = 1


NOTES = PROGRESS, PROBLEM, HELP = "progress", "problem", "help"
"""What a note about work says: how far it is, what stands in its way, or that help is needed."""


@event("node.progressed")
class NodeProgressed:
    """Somebody noted how the work at a node goes, for all who serve the case."""

    node: Word
    kind: Annotated[str, Field(pattern=f"^({'|'.join(NOTES)})$")]
    note: Reason
    agent: str = ""
    occurrence: Number = 1


@event("node.skipped")
class NodeSkipped:
    """A node that is no key node was passed over, or left with its work not done; `occurrence` is which visit ended so."""

    node: Word
    reason: Reason = ""
    occurrence: Number = 1


@event("case.exception_raised")
class ExceptionRaised:
    """A listed abnormal situation began, for example `awaiting_customer`; clocks that list its code pause."""

    code: Word


@event("case.exception_cleared")
class ExceptionCleared:
    """The abnormal situation ended."""

    code: Word


@event("case.resolved")
class CaseResolved:
    """The need is met, or as far met as it can be; every other outcome has a reason. A duplicate names the case it `repeats`."""

    outcome: Word = "resolved"
    agent: str = ""
    team: str = ""
    reason: LaterReason = ""
    repeats: CaseId = ""


@event("case.reopened")
class CaseReopened:
    """A resolved or closed case is in work again."""

    reason: Reason = ""


@event("case.closed")
class CaseClosed:
    """Nothing more will happen to the case unless it is reopened. `reason` and `repeats` are as in CaseResolved.

    One that answers the customer's wish has its reason there.
    """

    outcome: Word = "resolved"
    reason: LaterReason = ""
    repeats: CaseId = ""
