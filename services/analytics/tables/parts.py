"""One row per part of a case: assignment, stretch, node visit, clock, contact, survey, verdict."""

from collections.abc import Mapping
from datetime import date, datetime

from libs.events.words.column import big, column, deprecated, instant, json, key, microseconds, number, shown, word
from libs.events.words.row import Index, TableRow, columns


@columns()
class PartRow(TableRow):
    """A part of a case."""

    case_id: str = key("The case")


@columns("assignments")
class AssignmentRow(PartRow):
    """One row per assignment of a case to a team or agent."""

    n: int = number("assignment")
    assigned_at: datetime | None = instant("When it took effect")
    until_at: datetime | None = instant("When the next assignment took effect")
    team: str = word("The team answering from then on")
    agent: str = word("The agent answering from then on")
    role: str = word("In which role")
    rule: str = word("The id of the rule that chose, empty when done by hand")
    reason: str = word("Why, as a reference to the words in a vault; older facts have the words")
    team_changed: bool = column("Another team than the last known")
    agent_changed: bool = column("Another agent than the last known")
    reassigned: bool = column("A hand-over to another team, or within a team to another agent")


@columns(
    "stretches",
    # A backlog looks for the stretches that an instant lies in and in which something was left to do.
    indexes=(Index("stretches_by_time", ("tstzrange(since_at, until_at)",), "gist", "phase in ('open', 'resolved')"),),
)
class StretchRow(PartRow):
    """What each case was from when to when, from its registration on: the past as it was then."""

    n: int = number("stretch")
    since_at: datetime | None = instant("From when it was so")
    until_at: datetime | None = instant("When it was no longer so")
    phase: str = word("open, resolved, closed or cancelled")
    team: str = word("The team that held the case")
    agent: str = word("The agent who held the case")
    category: str = word("The category as it was then")
    outcome: str = word("How the case had ended")
    process_id: str = word("The case's process standard")
    process_version: int = column("The version pinned to the case")
    grade: str = word("The grade as it was then")
    service_class: str = word("The service class as it was then")


@columns(
    "node_visits",
    # A map looks for the median of each step among all cases that took it.
    indexes=(
        Index(
            "node_visits_by_step",
            ("process_id", "node", "next_node", "took_us", "received_at", "process_version"),
            where="took_us is not null",
        ),
    ),
)
class VisitRow(PartRow):
    """One row per stay of a case at a node."""

    n: int = number("visit")
    node: str = word("The node of the process standard")
    team: str = word("The team that held the case when the visit ended, or holds it")
    agent: str = word("The agent who did the work")
    entered_at: datetime | None = instant("The case arrived at the node")
    started_at: datetime | None = instant("Work began")
    completed_at: datetime | None = instant("Work was done")
    returned_at: datetime | None = instant("The case was sent back from here")
    returned_to: str = word("The earlier node it was sent back to")
    returned: bool = column("Whether the visit ended with a return")
    wait_us: int | None = microseconds("From arrival to the start of work, elapsed")
    touch_us = deprecated("work_elapsed_us")
    odd: bool = column("Whether work began before the arrival, or was done before it began")
    work_elapsed_us: int | None = microseconds(
        "From the start of work to its completion, elapsed: nights, days off and waits count"
    )
    occurrence: int = column("Which visit of the node it is, from 1: n4/2 is the second")
    return_reason: str = word("Why it was sent back, as a reference to the words in a vault; older facts have the words")
    process_id: str = word("The case's process standard")
    process_version: int = column("The version pinned to the case")
    received_at: datetime = column("When the case was registered")
    next_node: str = column("The node of the next visit; after the last one :end where the case is over, else :here")
    took_us: int | None = microseconds(
        "From arrival to completion: the time that the node's own clock counted where it has one, else elapsed"
    )


@columns("clocks", indexes=(Index("clocks_open", ("case_id", "due_at"), where="ended_at is null"),))
class ClockRow(PartRow):
    """One row per promise about time, withdrawn events left out."""

    clock: str = key("The name of the promise in the process standard")
    kind: str = word("The kind of promise: response, resolution, node, ...")
    node: str = word("The node it belongs to")
    allowance: str = word("The limit as the standard states it: 30m, 24h, 8wh, 3wd")
    process_version: int = column("The version of the process standard the promise was made under")
    status: str = word("running, paused, waiting, met, breached or cancelled; breached stays, however the work ended")
    paused_by: str = word("The exception that holds it")
    started_at: datetime | None = instant("When it began to run")
    due_at: datetime | None = instant("When it breaks, or would have broken")
    breached_at: datetime | None = instant("When it broke")
    ended_at: datetime | None = instant("When it was met, finished late or lapsed")
    used_us: int | None = microseconds("The promise's own time that was used, as sla counted it")
    paused_us: int | None = microseconds("Elapsed time during which it waited")
    on_time: bool | None = column("Whether it was kept; null while that is open and when it lapsed")
    team: str = word("The team that held the case when it was decided")
    agent: str = word("The agent who held the case when it was decided")
    waits_for: str = column("The calendar without which it cannot be computed; empty when it can")
    waits_version: int = column("The version of that calendar that the process standard names; else 0")
    waits_because: str = column("not_published, too_early, too_late or none_named; empty when it waits for no calendar")
    counted_by: int = column("The calendar version it is counted by, where that is not the one the standard names; else 0")
    lapse: str = column(
        "Why it ended with its work not done: closed, resolved, cancelled, returned, skipped, cleared; before_start: done early"
    )
    occurrence: int = key("Which clock of that name it is, from 1: cycle/2 is the second")
    last: bool = column("Whether it is the last of that name: how the promise stands now")
    warned_at: datetime | None = instant("When it last warned that it would break soon")
    reminders: int = column("How often it was time to remind the customer of what it waited for; of several promises one says it")


@columns("contacts")
class ContactRow(PartRow):
    """One row per contact with the customer."""

    n: int = number("contact")
    contacted_at: datetime | None = instant("When")
    direction: str = word("inbound or outbound")
    channel: str = word("By which means")
    purpose: str = word("response, info, progress, result or followup")
    team: str = word("The team that held the case")
    agent: str = word("Who spoke")
    automated: bool = column("Nobody spoke; it does not count as an answer")
    resolves_case: bool = column("The contact resolved the need")
    response: bool = column("A person answered the customer: it stops the response clock")
    reached: bool = column("The customer was spoken with; not after an attempt that did not reach her")
    meets_expectation: bool | None = column(
        "Whether the result meets her expectation, as the customer said; null when she said nothing of it"
    )


@columns("surveys")
class SurveyRow(PartRow):
    """One row per invitation, with its latest answer."""

    survey_id: str = key("The invitation")
    channel: str = word("How the customer was asked")
    team: str = word("The team the answer is about")
    agent: str = word("The agent the answer is about")
    sent_at: datetime | None = instant("When the customer was asked")
    expires_at: datetime | None = instant("Until when an answer is welcome")
    expired_at: datetime | None = instant("When the invitation ended unanswered")
    answered_at: datetime | None = instant("The latest answer")
    overall: int | None = column("Overall score of the latest answer, 1 to 5; null when unanswered")
    satisfied: bool | None = column("Whether overall is 4 or 5; null when unanswered")
    scores: Mapping[str, int] = json("Scores by dimension, 1 to 5")
    commented: bool = column("Whether the customer wrote something")
    end_reason: str = word("reopened, when that ended the invitation unanswered")


@columns("case_rules")
class VerdictRow(PartRow):
    """One row per resolved case and rule of first contact resolution, no_repeat included."""

    rule: str = key("The rule of first contact resolution")
    counted: bool = column("Whether the case is in the rule's numerator")
    final_at = shown(datetime, "resolved_at + interval '168 hours'", "The instant from which the verdict is final")
    provisional = shown(bool, "resolved_at + interval '168 hours' > now()", "Whether that instant lies ahead")
    resolved_at: datetime = column("The resolution that is judged, the first")
    team: str = word("The team of that resolution")
    agent: str = word("The agent of that resolution")
    process_id: str = word("The case's process standard")
    process_version: int = column("The version pinned to the case")
    customer_ref: str = word("The customer")
    category: str = word("The category on the seventh day after that resolution")
    grade: str = word("The grade at that resolution")
    service_class: str = word("The service class at that resolution")


@columns("figure_values", indexes=(Index("figure_values_by_day", ("figure", "day")),))
class FigureValueRow(PartRow):
    """One row per value of which a figure says the mean, the median and the 90th percentile."""

    figure: str = key("The figure, see GET /measures")
    n: int = number("value")
    day: date = column("Date, in the desk's zone, on which it counts")
    process_id: str = word("The process standard")
    process_version: int = column("The version pinned to the case")
    grade: str = word("The grade that the case had then")
    service_class: str = word("The service class that the case had then")
    team: str = word("The team it counts for")
    agent: str = word("The agent it counts for")
    part: str = word("The word of the figure's own dimension, such as a node")
    value: int = big("The value, in the figure's unit")
