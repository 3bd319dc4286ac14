"""What HTTP clients ask of reckonings: bounded and closed bodies, read and judged before anything is kept."""

from datetime import datetime
from typing import Annotated, Any

import msgspec
from pydantic import Field, StringConstraints

from libs.events.catalogue.promise import Policy
from libs.events.catalogue.sla import Calendar
from libs.events.catalogue.standard import Standard
from libs.events.engine.known import Known
from libs.events.words.now import EPOCH
from libs.events.words.refusal import Refused
from libs.web.bodies import Body
from libs.web.text import Flag, Instant, Name, described_by_names
from services.sla.domain.calendar_checks import BadCalendar
from services.sla.domain.calendars import calendar_of
from services.sla.domain.changed_terms import Asked, BadTerms, Scope, refuse_bad_terms
from services.sla.domain.policies import policy_of

CASES_MAX, CALENDARS_MAX, STANDARDS_MAX, POLICIES_MAX, LIMITS_MAX = 10_000, 20, 20, 20, 200

Short = Annotated[str, StringConstraints(max_length=200)]
CaseId = Annotated[str, StringConstraints(min_length=1, max_length=64)]
Limit = Annotated[str, StringConstraints(min_length=1, max_length=10)]


class ScopeBody(Body):
    """Which cases: those that fit all that is given."""

    process: Short = Field("", description="Only cases of this process standard.")
    grade: Short = Field("", description="Only cases of this grade.")
    registered_since: Instant | None = Field(None, description="Registered at this instant or later.")
    registered_until: Instant | None = Field(None, description="Registered before this instant.")
    case_ids: tuple[CaseId, ...] = Field((), max_length=CASES_MAX, description="Only these cases.")


class ReckoningBody(Body):
    """POST /reckonings: which cases, as of when, and by which other terms. Without any of them it reckons live again."""

    name: Short = Field("", description="What you call it. Do not name customers.")
    scope: ScopeBody = Field(default_factory=ScopeBody)
    as_of: Instant | None = Field(None, description="What had happened by this instant, judged at it. Now when left out.")
    known_at: Instant | None = Field(None, description="What was known by this instant. Now when left out.")
    calendars: tuple[dict[str, Any], ...] = Field(
        (), max_length=CALENDARS_MAX, description="Whole calendars, as POST /calendars takes them, in place of their version."
    )
    standards: tuple[dict[str, Any], ...] = Field(
        (), max_length=STANDARDS_MAX, description="Whole standards, as routing shows a version, in place of that version."
    )
    policies: tuple[dict[str, Any], ...] = Field(
        (), max_length=POLICIES_MAX, description="Whole policies, as POST /policies takes them; for all cases without valid_from."
    )
    limits: dict[Name, Limit] = Field(
        default_factory=dict,
        max_length=LIMITS_MAX,
        description="Clock to limit (8wh): every promise of that clock has this limit.",
        json_schema_extra=described_by_names,
    )
    dry: Flag = Field(False, description="Only count the cases and promises in scope, and reckon nothing.")

    def asked(self, known: Known, now: datetime) -> Asked:
        """Return it in the domain's words; refuse what nothing can be reckoned by."""
        if any(at is not None and at > now for at in (self.as_of, self.known_at)):
            raise Refused("future-time", "as_of and known_at are instants of the past. Leave them out to ask about now.", 422)
        asked = Asked(
            scope=Scope(**self.scope.model_dump()),
            as_of=self.as_of,
            known_at=self.known_at,
            calendars=tuple(_calendar(one, known) for one in self.calendars),
            standards=tuple(_standard(one, place) for place, one in enumerate(self.standards)),
            policies=tuple(_policy(one, known) for one in self.policies),
            limits=dict(self.limits),
        )
        try:
            refuse_bad_terms(known, asked)
        except BadTerms as error:
            raise Refused("bad-terms", str(error), 422) from error
        return asked


def _calendar(written: dict[str, Any], known: Known) -> Calendar:
    try:
        return calendar_of(written, known)
    except BadCalendar as error:
        raise Refused("bad-calendar", str(error), 422) from error


def _policy(written: dict[str, Any], known: Known) -> Policy:
    try:
        return policy_of(written, known, EPOCH).policy
    except BadCalendar as error:
        raise Refused("bad-policy", str(error), 422) from error


def _standard(shown: dict[str, Any], place: int) -> Standard:
    try:
        return msgspec.convert(shown, Standard)
    except msgspec.ValidationError as error:
        raise Refused("bad-terms", f"standards, number {place + 1}: {error}. Send it as GET shows a version.", 422) from error


def read_asked(kept: Any) -> Asked:
    """Return what a reckoning was asked for, as its row keeps it."""
    return msgspec.convert(kept, Asked)
