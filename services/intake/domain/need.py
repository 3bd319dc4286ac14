"""A customer's need: its process standard, the fields said in clear, and the missing fields."""

from collections.abc import Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime

from libs.events.catalogue.references import PROCESS
from libs.events.catalogue.standard import Standard
from libs.events.engine.known import Known, NotYetKnown
from libs.events.words.refusal import Refused, nearest, none_such, suggestion
from services.intake.domain.customer import Customer

MISSPELT = 0.85
"""How like a declared attribute a name must be to be taken for a slip of the pen."""

CLEAR_MAX = 500
"""Characters of a field that is said in clear; an attribute is a word, not a text."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Need:
    """A customer's need as a channel took it in; `process_version` None means the one in use.

    `unique`: no other case is registered under this `external_ref` of this `source`, the system that gave it.
    `follows`: the earlier case that it goes on with. `agreed_due_at` and `legal_due_at`: the dates by which it is due.
    """

    channel: str
    process_id: str
    process_version: int | None = None
    kind: str = "request"
    subject: str = ""
    description: str = ""
    fields: Mapping[str, str] = field(default_factory=dict)
    customer: Customer = field(default_factory=Customer)
    external_ref: str = ""
    source: str = ""
    unique: bool = False
    follows: str = ""
    agreed_due_at: datetime | None = None
    legal_due_at: datetime | None = None


def pin(known: Known, process_id: str, version: int) -> Standard:
    """Return the published standard that a case has, or has in its history, or refuse and name the published ones."""
    try:
        return known.version(PROCESS, process_id, version)
    except NotYetKnown:
        raise _unpublished(known, process_id, f"process {process_id} version {version}") from None


def pin_new(known: Known, process_id: str, at: datetime, version: int | None = None) -> Standard:
    """Return the standard under which a new case comes: the newest that takes any now, or the version asked for if it does."""
    if version is not None:
        return _taking(known, pin(known, process_id, version), at)
    versions = known.versions(PROCESS, process_id)
    if not versions:
        raise _unpublished(known, process_id, f"process {process_id}")
    return next((one for one in reversed(versions) if _refusal(known, one, at) is None), None) or _taking(known, versions[-1], at)


def open_processes(known: Known, at: datetime) -> list[Standard]:
    """Return the standard of every process that takes new cases now."""
    found: list[Standard] = []
    for process_id in known.ids(PROCESS):
        with suppress(Refused):
            found.append(pin_new(known, process_id, at))
    return found


def _taking(known: Known, standard: Standard, at: datetime) -> Standard:
    if (refusal := _refusal(known, standard, at)) is not None:
        raise refusal
    return standard


def _refusal(known: Known, standard: Standard, at: datetime) -> Refused | None:
    """Return why no case comes under a version now."""
    named = f"{standard.process_id} version {standard.version}"
    if known.is_retired(PROCESS, standard):
        instead = "Leave the version out to get the one in use."
        return Refused("version-retired", f"{named} is retired: it takes no new cases. {instead}", 422)
    if standard.effective_from is not None and at < standard.effective_from:
        return Refused("version-not-yet", f"{named} takes cases from {standard.effective_from.isoformat()} on.", 422)
    return None


def _unpublished(known: Known, process_id: str, wanted: str) -> Refused:
    names = known.ids(PROCESS)
    near = f" {suggestion(process_id, names)}" if names and process_id not in names else ""
    detail = f"No {wanted} is published. Published processes: {', '.join(names) or 'none yet'}.{near}"
    return Refused("unknown-process", detail, 422)


def in_clear(fields: Mapping[str, str], standard: Standard) -> dict[str, str]:
    """Return the fields the standard allows to be said in clear; all others stay in the vault."""
    clear = {name: fields[name] for name in standard.attributes if name in fields}
    for name, value in clear.items():
        if len(value) > CLEAR_MAX:
            raise Refused("field-too-long", f"fields.{name} is said in clear and may have {CLEAR_MAX} characters.", 422)
        known = standard.values.get(name, ())
        if value and known and value not in known:
            meant = "".join(f" Did you mean {one}?" for one in nearest(value, known))
            raise Refused("unknown-value", f"fields.{name} may be one of {', '.join(known)}.{meant}", 422)
    return clear


def must_fit(need: Need, standard: Standard) -> None:
    """Refuse a channel that the process does not take, and the name of a field that is misspelt."""
    if standard.channels and need.channel not in standard.channels:
        raise Refused("unknown-channel", none_such("channel", need.channel, standard.channels), 422)
    must_name(need.fields, standard)


def must_name(fields: Iterable[str], standard: Standard) -> None:
    """Refuse the name of a field that is nearly a declared attribute's."""
    named = {*standard.attributes, *standard.required}
    for name in fields:
        # A misspelt attribute would be kept out of sight, and no rule would ever see it.
        if name not in named and (meant := nearest(name, standard.values, cutoff=MISSPELT)):
            detail = f"fields.{name} is none of this process. Did you mean {meant[0]}? If not, give it a name less like that one."
            raise Refused("unknown-field", detail, 422)


def missing(need: Need, standard: Standard) -> tuple[str, ...]:
    """Return the required fields that are empty; a value may stand anywhere in the request."""
    customer = need.customer
    given = {
        "subject": need.subject,
        "description": need.description,
        "problem_description": need.description,
        "customer_id": customer.id,
        "customer_name": customer.name,
        "customer_email": customer.email,
        "customer_phone": customer.phone,
        **{name: value for name, value in need.fields.items() if value.strip()},
    }
    return tuple(name for name in standard.required if not given.get(name, "").strip())
