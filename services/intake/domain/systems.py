"""The names of other systems, for imported cases and for their customers."""

from typing import Annotated

import msgspec

from libs.events.catalogue.intake import ANONYMOUS
from libs.events.words.refusal import Refused

FORM = "^[A-Za-z0-9][A-Za-z0-9._-]*$"
NAME_MAX = 80
System = Annotated[str, msgspec.Meta(min_length=1, max_length=NAME_MAX, pattern=FORM)]

LIVE = "intake"
"""An import's word for the customers of live cases, who are named over HTTP."""

SERVICES = (LIVE, "routing", "sla", "survey", "analytics")


def fault_of_source(system: str) -> str:
    """Return why no other system can have this name, or nothing."""
    if system.lower() in SERVICES:
        # As a source, `intake` would have the customers of live cases.
        return f"{system!r} is a service of Loopdesk; write the name of the system that the facts come from, for example crm"
    return _no_name(system)


def fault_of_sharing(system: str) -> str:
    """Return why nobody has customers under this name, or nothing."""
    if system.lower() in SERVICES and system.lower() != LIVE:
        return f"{system!r} has no customers of its own; write {LIVE} for those of live cases, or the other system's name"
    return _no_name(system)


def _no_name(system: str) -> str:
    if system.endswith("\n"):  # `$` in a pattern lets it pass
        return f"{system!r} has a line end behind it; leave that out"
    if system.lower() != ANONYMOUS:
        return ""
    return f"{system!r} is no system; of a customer who is not known write {ANONYMOUS} as customer_ref"


def refuse_reserved(system: str, shared_with: str | None) -> None:
    """Refuse a name that means something else here."""
    for place, fault in (("system", fault_of_source(system)), ("shared_with", shared_with and fault_of_sharing(shared_with))):
        if fault:
            raise Refused("reserved-system", f"`{place}`: {fault}.", 422)


def customers_of(system: str, shared_with: str | None) -> str:
    """Return the system whose ids the customers have, in one spelling; empty for live cases."""
    whose = (shared_with or system).lower()
    return "" if whose == LIVE else whose
