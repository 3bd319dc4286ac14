"""The read model of sla; disposable: change it and replay."""

from datetime import datetime

from libs.events.store.tables import tables_of
from libs.events.words.column import big, column, json, key
from libs.events.words.row import Index, TableRow, columns

DUE = "coalesce(due_at, 'infinity')"
"""The due instant for the order of the list; a waiting promise has none and comes last. The driver says LAST as infinity."""


@columns(
    "clocks",
    indexes=(
        Index("clocks_by_calendar", ("waits_for",), where="waits_because <> ''"),
        Index("clocks_by_status", ("status", "due_at")),
        Index("clocks_by_breach", ("breached_at",)),
        Index("clocks_by_done", ("process_id", "clock", "ended_at"), where="used_us is not null"),
        Index("clocks_by_due", (DUE, "case_id", "clock", "occurrence")),
    ),
)
class ClockRow(TableRow):
    """One row per promise about time of a case, a correction or a risk, as sla said it; withdrawn events left out."""

    case_id: str = key("The case, the correction or the risk that was promised something.")
    clock: str = key("The promise's name in the process standard.")
    kind: str = column("What is promised: response, resolution, node, cycle; correction, check.")
    node: str = column("The node it concerns; empty for the whole case.")
    status: str = column("running, paused, waiting, met, breached, ended_late or cancelled.")
    paused_by: str = column("The exception code that holds it now; empty when none does.")
    time_limit: str = column("The limit as written: 30m, 24h, 8wh, 3wd.")
    process_id: str = column("The process standard pinned to the case; else correction or risk.")
    process_version: int = column("The version that promised it.")
    service_class: str = column("The case's class; empty when not classified.")
    grade: str = column("The case's grade; empty when not graded.")
    severity: str = column("The case's severity; empty when not stated.")
    imported: bool = column("Whether the case came from another system's history.")
    started_at: datetime = column("When the promise began.")
    due_at: datetime | None = column("The last instant that keeps it, pauses included; null while it waits.")
    breached_at: datetime | None = column("When it broke; null when it did not.")
    ended_at: datetime | None = column("When its work was done or it lapsed, waiting or not; null before.")
    used_us: int | None = big("Microseconds of its own time used; null until met or ended late.")
    paused_us: int | None = big("Elapsed microseconds it waited; null until met or ended late.")
    waits_for: str = column("The calendar without which it cannot be computed; empty when it can.")
    waits_version: int = column("The version of it that the process standard names; else 0.")
    waits_because: str = column("not_published, too_early, too_late or none_named; else empty.")
    counted_by: int = column("The calendar version it is counted by, if not the one that the standard names; else 0.")
    lapse: str = column("Why unkept: closed, resolved, cancelled, returned, skipped, cleared, before_start, assessed; or empty.")
    occurrence: int = key("Which clock of that name it is, from 1: cycle/2 is the second.")
    team: str = column("The team that held its node, or else the case: when it broke, else when it ended, else now.")
    agent: str = column("Who did its node's work when it broke, else held the case, or owned the correction or risk; else empty.")
    policy_version: int = column("The version of the policy by which a rule decided about it; 0 when none did.")
    rule: str = column("The rule of that policy; empty when the process standard alone decided.")
    warned_at: datetime | None = column("When it last warned that it will break soon; null when it did not.")
    warns: list[str] = json("Whom its warnings are for: agent, owner, supervisor; else empty.")


@columns("cases", indexes=(Index("cases_by_process", ("process_id", "registered_at")),))
class CaseRow(TableRow):
    """One row per case, correction and risk; a policy may not hold for those that came before it was published."""

    case_id: str = key("The case, the correction or the risk.")
    process_id: str = column("The process standard pinned to it; else correction or risk.")
    registered_at: datetime = column("When it came.")


@columns("pauses", indexes=(Index("pauses_by_reason", ("reason", "since_at")),))
class PauseRow(TableRow):
    """One row per stretch for which something held a promise. Those of a promise that is over sum to its `paused_us`.

    Where several reasons lasted at once, one of them has the stretch, so nothing is counted twice.
    """

    case_id: str = key("The case, the correction or the risk that was promised something.")
    clock: str = key("The promise's name in the process standard.")
    since_at: datetime = key("From when on it was held.")
    until_at: datetime | None = column("Until when; null while it lasts.")
    reason: str = column("The exception that held it, by its code.")
    held_us: int | None = big("For how many microseconds; null while it lasts.")
    capped_at: datetime | None = column("When the process standard lets that reason hold it no longer; null where it has no cap.")
    kind: str = column("What is promised: response, resolution, node, cycle; correction, check.")
    node: str = column("The node it concerns; empty for the whole case.")
    process_id: str = column("The process standard pinned to the case.")
    process_version: int = column("The version of it that counts.")
    grade: str = column("The case's grade; empty when not graded.")
    occurrence: int = key("Which clock of that name it is, from 1.")


TABLES = tables_of(ClockRow, CaseRow, PauseRow)
