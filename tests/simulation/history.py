"""Another system's rows, told to the model: history happens as it was recorded, in order of time."""

from datetime import datetime


def tell(case, rows):
    """Tell the model a case's rows."""
    case.is_imported = True
    for row in sorted(rows, key=lambda row: (datetime.fromisoformat(row["time"]), row["sequence"])):
        at, data = datetime.fromisoformat(row["time"]), row["data"]
        if mean := MEANS.get(row["type"]):
            mean(case, at, data)
    return case


def _answered(case, at, data):
    case.answer(at, max(case.invitations), data["overall"])


MEANS = {
    "case.registered": lambda case, at, data: case.registered(at),
    "case.graded": lambda case, at, data: case.grade(at, data["grade"]),
    "case.assigned": lambda case, at, data: case.assign(at, data["agent"]),
    "node.entered": lambda case, at, data: case.entered(at, data["node"]),
    "node.started": lambda case, at, data: case.started(at, data["node"]),
    "node.completed": lambda case, at, data: case.completed(at, data["node"]),
    "contact.logged": lambda case, at, data: case.contact(at, data["purpose"]),
    "case.exception_raised": lambda case, at, data: case.raised(at),
    "case.exception_cleared": lambda case, at, data: case.cleared(at),
    "case.resolved": lambda case, at, data: case.resolved(at, data.get("outcome", "resolved")),
    "case.reopened": lambda case, at, data: case.reopened(at),
    "case.closed": lambda case, at, data: case.closed(at),
    "survey.sent": lambda case, at, data: case.invited(at),
    "survey.answered": _answered,
}
