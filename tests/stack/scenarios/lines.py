"""The lines of a conversation: each is one request by somebody, the status of its answer, and what is then true of the case."""

from dataclasses import dataclass, field
from typing import Any

CUSTOMER = "customer"
ANOTHER = "another case of hers"
"""In a body, this stands for the id of a second case of the same customer."""


@dataclass(frozen=True, kw_only=True)
class Line:
    """One request about the case. `then` are columns of the case at routing; `told` is what a refusal has to name."""

    who: str
    says: str
    service: str
    path: str
    body: dict[str, Any]
    status: int
    told: tuple[str, ...] = ()
    then: dict[str, Any] = field(default_factory=dict)


def _line(
    who: str, says: str, where: str, body: dict[str, Any], told: tuple[str, ...], status: int, then: dict[str, Any]
) -> Line:
    service, path = where.split(" ", 1)
    refused = 409 if status < 400 and told else status
    return Line(who=who, says=says, service=service, path=path, body=body, status=refused, told=told, then=then)


def begins(who: str, node: str, /, *, status: int = 200, told: tuple[str, ...] = (), **then: Any) -> Line:
    return _line(who, f"begins {node}", f"routing /nodes/{node}/start", {"agent": who}, told, status, then)


def completes(who: str, node: str, /, *outputs: str, told: tuple[str, ...] = (), status: int = 200, **then: Any) -> Line:
    body = {"agent": who, "outputs": outputs}
    return _line(who, f"completes {node}", f"routing /nodes/{node}/complete", body, told, status, then)


def fills_in(who: str, form: str, **data: Any) -> Line:
    return _line(who, f"fills in {form}", "intake /records", {"form": form, "data": data, "agent": who}, (), 201, {})


def asks(who: str, node: str, gate: str) -> Line:
    return _line(who, f"asks for {gate}", f"routing /nodes/{node}/gates/{gate}/request", {"agent": who}, (), 200, {})


def decides(who: str, node: str, gate: str, decision: str, reason: str = "", /, *, status: int = 200, **then: Any) -> Line:
    body = {"agent": who, "decision": decision, "reason": reason}
    return _line(who, f"{decision} {gate}", f"routing /nodes/{node}/gates/{gate}/decide", body, (), status, then)


def calls(who: str, purpose: str, *, reached: bool = True, at: str = "", **then: Any) -> Line:
    body = {"direction": "outbound", "channel": "phone", "purpose": purpose, "agent": who, "reached": reached}
    body |= {"occurred_at": at} if at else {}
    return _line(who, f"calls: {purpose}", "intake /contacts", body, (), 201, then)


def tells(who: str, *, meets: bool, reached: bool = True, status: int = 201, told: tuple[str, ...] = ()) -> Line:
    """The customer is told the result, and says whether it meets her expectation."""
    body = {"direction": "outbound", "channel": "phone", "purpose": "result", "agent": who, "reached": reached}
    return _line(who, f"asks: {meets}", "intake /contacts", body | {"meets_expectation": meets}, told, status, {})


def answers(subject: str, decision: str, **then: Any) -> Line:
    body = {"subject": subject, "decision": decision, "evidence": "her letter"}
    return _line(CUSTOMER, f"{decision} the {subject}", "intake /confirmations", body, (), 201, then)


def withdraws(reason: str, **then: Any) -> Line:
    return _line(CUSTOMER, "withdraws", "intake /cancel", {"reason": reason}, (), 200, then)


def supplies(**fields: str) -> Line:
    return _line(CUSTOMER, "says what was missing", "intake /fields", {"fields": fields}, (), 200, {"exceptions": []})


def does(
    who: str, path: str, *, told: tuple[str, ...] = (), status: int = 200, then: dict[str, Any] | None = None, **body: Any
) -> Line:
    return _line(who, path.strip("/"), f"routing {path}", body, told, status, then or {})


def works(who: str, node: str, /, *outputs: str, before: tuple[Line, ...] = (), **then: Any) -> tuple[Line, ...]:
    """The work at a node without a hitch: begun, what it owes `before` its end, completed."""
    return begins(who, node), *before, completes(who, node, *outputs, **then)
