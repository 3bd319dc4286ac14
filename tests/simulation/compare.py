"""The model's expectations and the tables' rows, in the same words."""

from datetime import timedelta

from libs.events.words.event import Occurrence
from tests.simulation.promises import promises

OPEN_FOR = timedelta(days=14)
UNDATED = ("paused", "cancelled")
"""A promise that waits has no due instant yet, and one that lapsed has none any more."""

UNHEARD = {"node": "", "phase": ""}
"""Of a case that routing never heard of."""

WORK = {
    "completions": ("node_durations", "visits"),
    "resolutions": ("workload", "resolved"),
    "closings": ("workload", "closed"),
    "reopenings": ("workload", "reopened"),
    "contacts": ("workload", "contacts"),
}
"""Counts over all cases: the model's word, and the rollup and column with the count."""


def expected(cases, now, days):
    """Return the values that the tables must show at an instant."""
    found = {}
    for id, case in cases.items():
        found[id, "case"] = (case.contacts, case.cancelled_at, case.phase, case.node if not case.is_imported else "")
        for clock, (status, due_at) in promises(case, now, days).items():
            found[id, clock] = (status, None if status in UNDATED else due_at)
        found[id, "surveys"] = sorted(
            (sent_at, overall or 0, _status(case, sent_at, overall, now)) for sent_at, overall in case.invitations.items()
        )
    counted = [case.is_resolved_by_one() for case in cases.values()]
    found["first contact"] = (counted.count(True), counted.count(True) + counted.count(False))
    for what in WORK:
        found[what] = sum(getattr(case, what) for case in cases.values())
    return found


def _status(case, sent_at, overall, now):
    if overall:
        return "answered"
    if case.is_imported:
        return "open"
    return "expired" if sent_at in case.ended_by_reopening or now > sent_at + OPEN_FOR else "open"


def _withdrawn(row):
    """Return when the client asked for the cancellation that was granted: the model knows no other instant.

    routing answers at that instant, or right after what it has said meanwhile, such as an escalation.
    """
    if row["cancelled_at"] is None:
        return None
    assert row["cancelled_at"] >= row["cancel_asked_at"], "a case was cancelled before anybody asked"
    return row["cancel_asked_at"]


def observed(world):
    """Return the values that the tables show."""
    found = {}
    asked = table(world, "survey", "surveys")
    routed = table(world, "routing", "cases")
    for (id,), row in table(world, "intake", "cases").items():
        walked = routed.get((id,), UNHEARD)
        node = walked["node"] if row["origin"] == "live" else ""
        found[id, "case"] = (row["contacts"], _withdrawn(row), walked["phase"], node)
        found[id, "surveys"] = sorted(
            (one["sent_at"], one["overall"] or 0, one["status"]) for (case, _), one in asked.items() if case == id
        )
    for (id, name, number), row in table(world, "sla", "clocks").items():
        clock = str(Occurrence(name, number))
        found[id, clock] = (row["status"], None if row["status"] in UNDATED else row["due_at"])
        assert (row["breached_at"] or row["due_at"]) == row["due_at"], f"{clock} of {id} broke at another instant than it was due"
    rates = [row for key, row in table(world, "analytics", "first_contact_resolution").items() if key[-1] == "one_agent"]
    found["first contact"] = (sum(row["num"] for row in rates), sum(row["den"] for row in rates))
    for what, (of, column) in WORK.items():
        found[what] = sum(row[column] for row in table(world, "analytics", of).values())
    return found


def table(world, service, name):
    """Return a service's table: key → row by column."""
    columns = [column.name for column in world.services[service].tables[name].stored if not column.is_key]
    return {key: dict(zip(columns, row, strict=True)) for key, row in world.tables(service)[name].items()}
