"""One row for what happened to a case beside its stays at nodes: class, grade, milestones, hand-overs, skips, outputs, …"""

from datetime import datetime

from libs.events.words.column import column, instant, json, key, microseconds, number, word
from libs.events.words.row import columns
from services.analytics.tables.parts import PartRow


@columns("classifications")
class ClassificationRow(PartRow):
    """One row each time a case got a class or a grade, with all four words as they were from then on."""

    n: int = number("classification")
    since_at: datetime = column("From when it was so")
    until_at: datetime | None = instant("When the next one took effect")
    said: str = word("class or grade: which of the two was said")
    service_class: str = word("The service class from then on")
    category: str = word("The category from then on")
    severity: str = word("The severity from then on")
    grade: str = word("The grade (impact) from then on")
    rule: str = word("The id of the rule that chose, empty when done by hand")
    reason: str = word("Why the grade, as a reference to the words in a vault; older facts have the words")


@columns("milestones")
class MilestoneRow(PartRow):
    """One row each time a case was resolved, closed, cancelled or reopened, or somebody asked for its cancellation."""

    milestone: str = key(
        "resolved, closed, cancelled, reopened, terms_restated, due_changed, or cancel_asked, which comes to nothing when "
        "the case has ended"
    )
    n: int = number("milestone of this kind")
    reached_at: datetime = column("When")
    outcome: str = word("How the case ended, of a resolution, closing or cancellation")
    reason: str = word(
        "Why, as a reference to the words in a vault; of a cancellation at cancel_asked; older facts have the words"
    )
    team: str = word("The team it counts for: of a resolution as it was said, else the team that held the case")
    agent: str = word("The agent it counts for, likewise")
    repeats: str = word("The case in which the need is served, of one that ended as a duplicate")


@columns("handovers")
class HandoverRow(PartRow):
    """One row each time the work of a visit was given to a team or agent apart from those who answer for the case."""

    n: int = number("hand-over")
    visit: int = column("Which of the case's stays at nodes: n in node_visits")
    node: str = word("The node")
    handed_at: datetime = column("When")
    team: str = word("The team that does the work from then on")
    agent: str = word("The agent who does it from then on; empty while it waits in the team's queue")
    rule: str = word("role: the team of the node's role; empty when done by hand")
    reason: str = word("Why, as a reference to the words in a vault")
    reassigned: bool = column("By hand, from another team, or within a team from another agent")


@columns("notes")
class NoteRow(PartRow):
    """One row per note about the work at a node."""

    n: int = number("note")
    visit: int = column("Which of the case's stays at nodes it is about: n in node_visits; 0 if the case did not stand there")
    node: str = word("The node")
    occurrence: int = column("Which visit of the node it is, from 1")
    kind: str = word("progress, problem or help")
    noted_at: datetime = column("When")
    note: str = word("What was written, as a reference to the words in a vault")
    team: str = word("The team that did the work")
    agent: str = word("Who wrote it")


@columns("decisions")
class DecisionRow(PartRow):
    """One row per decision that was asked for at a node."""

    n: int = number("decision")
    gate: str = word("The gate: which decision")
    node: str = word("The node")
    occurrence: int = column("Which visit of the node it is, from 1")
    approver: str = word("The role that decides")
    asked_at: datetime = column("When it was asked for")
    asked_by: str = word("Who asked")
    team: str = word("The team that did the work")
    decided_at: datetime | None = instant("When it was made")
    decision: str = word("approved or rejected")
    decided_by: str = word("Who decided")
    grounds: str = word("Why it was decided so, as a reference to the words in a vault")
    decided_in_us: int | None = microseconds("From asking to deciding, elapsed")


@columns("supplies")
class SupplyRow(PartRow):
    """One row each time information came in that a case lacked."""

    n: int = number("supply")
    supplied_at: datetime = column("When")
    attributes: dict[str, str] = json("What was said in clear")
    missing: list[str] = json("What the case lacked then")


@columns("records")
class RecordRow(PartRow):
    """One row per form that was filled in for a case."""

    n: int = number("record")
    form: str = word("The form, as process_forms calls it")
    record: str = word("The record's id at intake, which has what it says; outputs.value names it where it counted")
    hash: str = word("What proves its words to who has them and intake's pepper")
    missing: list[str] = json("The mandatory fields that it lacked")
    attached_at: datetime = column("When")
    team: str = word("The team that held the case")
    agent: str = word("Who filled it in")


@columns("attachments")
class AttachmentRow(PartRow):
    """One row per file that was attached to a case, without its name and content."""

    n: int = number("attachment")
    hash: str = word("What proves its content to who has it and intake's pepper")
    size: int = column("Its bytes")
    media_type: str = word("What its content showed it to be")
    node: str = word("The node of the visit that it is about; empty where it is about the whole case")
    occurrence: int = column("Which visit of the node it is about, from 1; 0 where it is about none")
    attached_at: datetime = column("When")
    team: str = word("The team that held the case")
    agent: str = word("Who attached it")


@columns("confirmations")
class ConfirmationRow(PartRow):
    """One row each time the customer accepted or rejected something."""

    n: int = number("confirmation")
    subject: str = word("scope, solution or result")
    decision: str = word("accepted or rejected")
    evidence: str = word("What shows it: the id of a record, or a reference to the words in a vault")
    comment: str = word("The customer's words, as a reference to the words in a vault")
    confirmed_at: datetime = column("When")
    team: str = word("The team that held the case")
    agent: str = word("Who recorded it")


@columns("skips")
class SkipRow(PartRow):
    """One row each time a node that is no key node was passed over, or left with its work not done."""

    n: int = number("skipped node")
    node: str = word("The node")
    occurrence: int = column("Which visit of the node it is, from 1")
    visit: int = column("Which of the case's stays at nodes ended so: n in node_visits; 0 if the case never stood there")
    skipped_at: datetime = column("When")
    reason: str = word("Why, as a reference to the words in a vault")
    team: str = word("The team that held the case")
    agent: str = word("The agent who held the case")


@columns("escalations")
class EscalationRow(PartRow):
    """One row per escalation: more authority or more skill was called in."""

    n: int = number("escalation")
    escalated_at: datetime = column("When")
    kind: str = word("functional (more skill) or hierarchical (more authority)")
    to_role: str = word("The role that was called in")
    reason: str = word("`breached: CLOCK`, or why, as a reference to the words in a vault; older facts have the words")
    team: str = word("The team that held the case, and goes on holding it")
    agent: str = word("The agent who held the case")
    raised_by: str = word("Who called; empty where a broken promise did")
    acknowledged_at: datetime | None = instant("When somebody took notice")
    acknowledged_by: str = word("Who did")


@columns("exceptions")
class ExceptionRow(PartRow):
    """One row per abnormal situation of a case, from when to when."""

    n: int = number("exception")
    code: str = word("What it is, for example awaiting_customer; process_exceptions has its name")
    raised_at: datetime = column("When it began")
    cleared_at: datetime | None = instant("When it ended")
    cleared_by: str = column("cleared: somebody said that it was over; case_ended: the case ended with it; empty while it lasts")
    team: str = word("The team that held the case when it began")
    agent: str = word("The agent who held the case when it began")


@columns("outputs")
class OutputRow(PartRow):
    """One row per output that a completed node left behind."""

    n: int = number("output")
    visit: int = column("The number of the node visit in node_visits")
    node: str = word("The node of the process standard")
    name: str = word("The output, or a reference to the words in a vault where something else was written")
    value: str = word("Its value where it is a declared one, else a reference to the words in a vault")
    completed_at: datetime = column("When the node was completed")
    team: str = word("The team that held the case")
    agent: str = word("The agent who did the work")
