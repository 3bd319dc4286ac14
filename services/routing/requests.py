"""The bodies that HTTP clients send to routing: bounded, closed, checked before any rule."""

from typing import Annotated, Any

from pydantic import Field, StringConstraints

from libs.events.catalogue.routing import APPROVED, NOTES, PROGRESS, REJECTED
from libs.web.bodies import Body
from libs.web.text import Name

OptionalName = Annotated[str, StringConstraints(max_length=200, strip_whitespace=True)]
Reason = Annotated[str, StringConstraints(max_length=500, strip_whitespace=True)]


class ClassifyBody(Body):
    """POST /cases/{id}/classify."""

    service_class: OptionalName = ""
    category: OptionalName = ""
    severity: OptionalName = ""


class GradeBody(Body):
    """POST /cases/{id}/grade; changing a grade needs a reason."""

    grade: Name
    reason: Reason = ""


class AssignBody(Body):
    """POST /cases/{id}/assign."""

    team: OptionalName = ""
    agent: OptionalName = ""
    role: OptionalName = ""
    reason: Reason = ""


class StartBody(Body):
    """POST /cases/{id}/nodes/{node}/start."""

    agent: OptionalName = ""


class HandOverBody(Body):
    """POST /cases/{id}/nodes/{node}/handover; taking work from somebody needs a reason."""

    team: OptionalName = ""
    agent: OptionalName = ""
    reason: Reason = ""


class CompleteBody(Body):
    """POST /cases/{id}/nodes/{node}/complete; `outputs` are the names of the forms that exist now, or name=value.

    A value that the standard does not declare (a role, a word of a scale) is kept in the vault, never said in clear.
    """

    agent: OptionalName = ""
    outputs: Annotated[tuple[Name, ...], Field(max_length=50)] = ()


class RequestBody(Body):
    """POST /cases/{id}/nodes/{node}/gates/{gate}/request."""

    agent: OptionalName = ""


class DecideBody(Body):
    """POST /cases/{id}/nodes/{node}/gates/{gate}/decide; a rejection needs a reason."""

    decision: Annotated[str, StringConstraints(pattern=f"^({APPROVED}|{REJECTED})$")]
    reason: Reason = ""
    agent: OptionalName = ""


class NoteBody(Body):
    """POST /cases/{id}/nodes/{node}/note. The note is kept in the vault, never said in clear."""

    kind: Annotated[str, StringConstraints(pattern=f"^({'|'.join(NOTES)})$")] = PROGRESS
    note: Annotated[str, StringConstraints(min_length=1, max_length=500, strip_whitespace=True)]
    agent: OptionalName = ""


class SkipBody(Body):
    """POST /cases/{id}/nodes/{node}/skip."""

    reason: Reason = ""


class ReturnBody(Body):
    """POST /cases/{id}/nodes/{node}/return."""

    to_node: Name
    reason: Annotated[str, StringConstraints(min_length=1, max_length=500)]


class EscalateBody(Body):
    """POST /cases/{id}/escalate."""

    to_role: Name
    reason: Annotated[str, StringConstraints(min_length=1, max_length=500)]
    kind: Annotated[str, StringConstraints(pattern="^(functional|hierarchical)$")] = "hierarchical"
    agent: OptionalName = ""


class AcknowledgeBody(Body):
    """POST /cases/{id}/escalations/{number}/acknowledge."""

    agent: OptionalName = ""


class ResolveBody(Body):
    """POST /cases/{id}/resolve; every other outcome than resolved needs a reason, and a duplicate the case that it repeats."""

    outcome: Name = "resolved"
    reason: Reason = ""
    repeats: OptionalName = ""
    agent: OptionalName = ""
    team: OptionalName = ""


class ReopenBody(Body):
    """POST /cases/{id}/reopen."""

    reason: Reason = ""


class CloseBody(Body):
    """POST /cases/{id}/close; it needs what resolve needs, unless the case was resolved so."""

    outcome: OptionalName = ""
    reason: Reason = ""
    repeats: OptionalName = ""


class EmptyBody(Body):
    """A command that needs no words."""


class ProcessBody(Body):
    """POST /processes: a process standard as its author writes it (deploy/standards/*.yaml are examples)."""

    standard: dict[str, Any]


class RetireBody(Body):
    """POST /processes/{id}/versions/{version}/retire."""

    reason: Annotated[str, StringConstraints(min_length=1, max_length=500, strip_whitespace=True)]


class RosterBody(Body):
    """POST /rosters: a roster as its author writes it (deploy/rosters/*.yaml are examples)."""

    roster: dict[str, Any]
