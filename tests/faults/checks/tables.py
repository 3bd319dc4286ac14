"""Tables: live ones equal those of a replay, and sums equal a count of the facts."""

from tests.faults.standard import PROCESS
from tests.faults.view import Complaints, View


def live_is_rebuilt(view: View) -> Complaints:
    """Yield tables that differ from those rebuilt from offset 0, counters that differ from the log, states from their facts."""
    for name, live, rebuilt in view.evidence.compared:
        view.looked_at["tables and counters"] += 1
        if live != rebuilt:
            yield f"{name}: live is {live}, and the log gives {rebuilt}"


COUNTED = {
    "workload.assigned": "case.assigned.v1",
    "workload.resolved": "case.resolved.v1",
    "workload.closed": "case.closed.v1",
}


def sums_are_what_counting_gives(view: View) -> Complaints:
    """Yield sums of the rollups that differ from a count of the log's facts."""
    for name, wanted in counted(view).items():
        view.looked_at["sums"] += 1
        found = view.evidence.sums.get(name)
        if found != wanted:
            yield f"{name} is {found}, and counting the facts gives {wanted}"


def counted(view: View) -> dict[str, int]:
    """Return the right sums, counted on the log."""
    ours = {one.key for one in view.firsts if one.type == "case.registered.v1" and one.data["process_id"] == PROCESS}
    facts = [one for one in view.firsts if one.key in ours]
    withdrawn = {one.data["withdrawn_id"] for one in facts if one.type == "clock.withdrawn.v1"}
    standing = [one for one in facts if one.id not in withdrawn]
    found = {name: sum(one.type == type_ for one in facts) for name, type_ in COUNTED.items()}
    # Machines speak with nobody.
    found["workload.contacts"] = sum(one.type == "contact.logged.v1" and not one.data.get("automated") for one in facts)
    found |= dict.fromkeys(("workload.registered", "intake.cases", "routing.cases", "analytics.cases"), len(ours))
    found["timeliness.met"] = sum(one.type == "clock.met.v1" for one in standing)
    found["timeliness.breached"] = sum(one.type == "clock.breached.v1" for one in standing)
    found["satisfaction.answers"] = len({(one.key, one.at.date()) for one in standing if one.type == "survey.answered.v1"})
    return found


TABLES = (live_is_rebuilt, sums_are_what_counting_gives)
