"""Abnormal situations, and the waits that follow from them."""

from collections.abc import Collection
from datetime import datetime

from libs.events.catalogue.routing import ExceptionCleared, ExceptionRaised
from libs.events.catalogue.standard import MISSING, Standard
from libs.events.log.envelope import Fact
from libs.events.words.refusal import Refused, none_such
from services.routing.domain.cases.case import RoutingCase
from services.routing.domain.cases.lifecycle import must_allow
from services.routing.domain.cases.saying import say


def raise_exception(case: RoutingCase, standard: Standard, *, code: str, at: datetime, actor: str = "") -> list[Fact]:
    """Say that a listed abnormal situation began."""
    must_allow(case.phase, ExceptionRaised)
    if code in case.exceptions:
        return []
    listed = {one.code: one for one in standard.exceptions}
    if code not in listed:
        none = none_such("exception", code, listed) if listed else f"There is no exception {code}: the standard lists none."
        raise Refused("unknown-exception", none, 422)
    if listed[code].at and case.node not in listed[code].at:
        places = ", ".join(listed[code].at)
        raise Refused("exception-elsewhere", f"{code} may occur at {places}; the case is at {case.node or 'no node'}.")
    return say(case, [ExceptionRaised(code=code)], at=at, actor=actor)


def clear_exception(case: RoutingCase, standard: Standard, *, code: str, at: datetime, actor: str = "") -> list[Fact]:
    """Say that the abnormal situation ended."""
    if code not in case.exceptions:
        return []
    must_allow(case.phase, ExceptionCleared)
    return say(case, [ExceptionCleared(code=code)], at=at, actor=actor)


def gaps_raised(standard: Standard, missing: Collection[str]) -> list[ExceptionRaised]:
    """Return the exceptions that missing fields raise when a case comes."""
    first = standard.nodes[0].id
    by_gaps = [one for one in standard.exceptions if one.raised_by == MISSING and (not one.at or first in one.at)]
    return [ExceptionRaised(code=one.code) for one in by_gaps] if missing else []


def clear_gaps(case: RoutingCase, standard: Standard, because: Fact) -> list[Fact]:
    """End what missing fields have raised, and the waits that followed from it."""
    raised = [one for one in standard.exceptions if one.raised_by == MISSING and one.code in case.exceptions]
    over = dict.fromkeys(code for one in raised for code in (one.code, one.then) if code in case.exceptions)
    return say(case, [ExceptionCleared(code=code) for code in over], at=because.time, because=because)


def await_answer(case: RoutingCase, standard: Standard, because: Fact) -> list[Fact]:
    """Begin the waits that follow once somebody has turned to the customer."""
    opened = [one for one in standard.exceptions if one.code in case.exceptions]
    waits = dict.fromkeys(one.then for one in opened if one.then and one.then not in case.exceptions)
    return say(case, [ExceptionRaised(code=code) for code in waits], at=because.time, because=because)
