"""Every decision that a person may ask for on a case, in one place: `decide(case, standard, …, at=, actor=) ->
events`."""

from services.routing.domain.cases.calls import acknowledge, escalate
from services.routing.domain.cases.ending import close, reopen, resolve
from services.routing.domain.cases.gates import decide, request
from services.routing.domain.cases.noting import note
from services.routing.domain.cases.skipping import skip
from services.routing.domain.cases.taking import hand_over
from services.routing.domain.cases.triage import assign, classify, grade
from services.routing.domain.cases.trouble import clear_exception, raise_exception
from services.routing.domain.cases.walk import complete, send_back, start

COUNT_DAYS = (resolve, close)
"""Those that count days: they take the desk's `zone`."""

__all__ = [
    "COUNT_DAYS",
    "acknowledge",
    "assign",
    "classify",
    "clear_exception",
    "close",
    "complete",
    "decide",
    "escalate",
    "grade",
    "hand_over",
    "note",
    "raise_exception",
    "reopen",
    "request",
    "resolve",
    "send_back",
    "skip",
    "start",
]
