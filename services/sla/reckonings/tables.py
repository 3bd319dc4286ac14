"""The tables of reckonings. A replay leaves them as they are: they hold what somebody asked for, and no fact tells it."""

from datetime import datetime
from typing import Any
from uuid import UUID

from libs.events.words.column import big, column, instant, json, key
from libs.events.words.row import Index, TableRow, columns

SCHEMA = "sla_core"


@columns("reckonings", indexes=(Index("reckonings_at", ("asked_at", "reckoning_id")),))
class ReckoningRow(TableRow):
    """One row per reckoning: what was asked for, by whom, and how far it is."""

    reckoning_id: UUID = key("The reckoning.")
    name: str = column("What its author calls it; may be empty.")
    asked_at: datetime = column("When it was asked for.")
    asked_by: str = column("Who asked for it.")
    asked: Any = json("Which cases, as of when, and by which other terms.")
    state: str = column("queued, running, paused, cancelled, done or failed.")
    why: str = column("Why it failed; else empty.")
    cases: int | None = column("How many cases are in its scope; null until they are counted.")
    cases_done: int = column("How many of them are reckoned.")
    left_out: int = column("How many of them could not be reckoned, because their standard has not arrived here.")
    promises: int = column("How many promises were reckoned.")
    flips: int = column("How many of them are broken either as contracted or as asked, and not both.")
    reached: str = column("The case behind which it goes on.")
    busy_us: int = big("For how many microseconds it has been worked on.")
    begun_at: datetime | None = instant("When the work began")
    ended_at: datetime | None = instant("When it was done, cancelled or failed")


@columns("reckoned", indexes=(Index("reckoned_flips", ("reckoning_id", "case_id"), where="flips"),))
class ReckonedRow(TableRow):
    """One row per reckoning, case and promise: as it is contracted, and as it was asked for."""

    reckoning_id: UUID = key("The reckoning.")
    case_id: str = key("The case that was promised something.")
    clock: str = key("The promise's name in the process standard.")
    occurrence: int = key("Which clock of that name it is, from 1.")
    kind: str = column("What is promised: response, resolution, node, cycle; correction, check.")
    node: str = column("The node it concerns; empty for the whole case.")
    process_id: str = column("The process standard pinned to the case.")
    process_version: int = column("The version of it.")
    grade: str = column("The case's grade; empty when not graded.")
    team: str = column("The team that the case was with last; empty when it was with none.")
    registered_at: datetime = column("When the case was registered.")
    contracted_status: str = column("How it stands by the terms in force; empty where there is no such promise.")
    contracted_verdict: str = column("What that makes of it: open, kept, broken or lapsed; empty as above.")
    contracted_due_at: datetime | None = column("When it is due by them; null while it waits.")
    contracted_used_us: int | None = big("Microseconds of its own time used by them; null until it was kept or ended late.")
    asked_status: str = column("How it stands as asked for; empty where there is no such promise.")
    asked_verdict: str = column("What that makes of it: open, kept, broken or lapsed; empty as above.")
    asked_due_at: datetime | None = column("When it is due as asked for; null while it waits.")
    asked_used_us: int | None = big("Microseconds of its own time used as asked for; null until it was kept or ended late.")
    difference: str = column("The first that differs: added, removed, status, due, used; none when nothing does.")
    due_moved_us: int | None = big("By how many microseconds it falls due later as asked for; null where it is not due in both.")
    flips: bool = column("Whether it is broken in one of the two and not in the other.")
