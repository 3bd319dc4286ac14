"""First contact resolution: several rules side by side, because nobody agrees on one. Denominator: resolved cases."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from libs.events.catalogue.standard import Label
from libs.events.instants import moved
from services.analytics.domain.case import Case
from services.analytics.domain.durations import CUSTOMER_WAIT, received_at, resolved_at
from services.analytics.domain.measures import Measure

FINAL_AFTER = timedelta(days=7)
"""A figure is provisional this long after the resolution: a reopening or a repeated need may still come."""


class Handling(NamedTuple):
    """What the rules look at."""

    reassignments: int
    reopens: int
    waits: int
    customer_waits: int
    agents: int
    escalations: int
    returns: int
    first_contact: bool
    took: timedelta | None


@dataclass(frozen=True, slots=True, kw_only=True)
class FcrRule:
    """A resolved case counts as resolved at first contact when nothing exceeds these limits.

    `limits`: places in Handling, and the most that may stand there.
    `first_contact`: the first contact is flagged as resolving the case, or the customer spoke at most once.
    `repeat_days`: no other case of the same customer and category within these days; the view compares.
    """

    name: str
    definition: Label
    limits: tuple[tuple[int, int], ...]
    first_contact: bool = False
    within: timedelta | None = None
    repeat_days: int = 0


def reassignments_stated(case: Case) -> int | None:
    """Return the source system's own count of reassignments, if it stated one."""
    stated = case.figures.get("reassignments")
    return stated if isinstance(stated, int) and not isinstance(stated, bool) else None


def handling_of(case: Case) -> Handling:
    """Count how the case was handled. The source's own counter of reassignments wins over what can be observed."""
    stated = reassignments_stated(case)
    received, resolved = received_at(case), resolved_at(case)
    return Handling(
        reassignments=sum(one.reassigned for one in case.assignments) if stated is None else stated,
        reopens=len(case.reopenings),
        waits=sum(wait.code.startswith("awaiting_") for wait in case.waits),
        customer_waits=sum(wait.code == CUSTOMER_WAIT for wait in case.waits),
        agents=len({one.agent for one in case.assignments if one.agent}),
        escalations=case.escalations,
        returns=case.returns,
        first_contact=_is_one_contact(case),
        took=resolved - received if resolved and received else None,
    )


def is_first_contact(rule: FcrRule, handling: Handling) -> bool:
    """Test whether the rule calls this handling a resolution at first contact."""
    counts: tuple[Any, ...] = handling
    if any(counts[place] > most for place, most in rule.limits):
        return False
    if rule.first_contact and not handling.first_contact:
        return False
    return rule.within is None or (handling.took is not None and handling.took <= rule.within)


def verdicts_of(case: Case, handling: Handling) -> dict[str, bool]:
    """Return what each rule says of a case in the denominator, resolved and not cancelled; nothing of any other."""
    if not case.resolutions or case.cancelled_at is not None:
        return {}
    return {rule.name: is_first_contact(rule, handling) for rule in FCR_RULES}


def final_at(case: Case) -> datetime | None:
    """Return when the case's figures stop being provisional."""
    resolved = resolved_at(case)
    return moved(resolved, FINAL_AFTER) if resolved else None


def _is_one_contact(case: Case) -> bool:
    if case.contacts and case.contacts[0].resolves_case:
        return True
    return sum(contact.direction == "inbound" for contact in case.contacts) <= 1


def _rule(
    name: str, en: str, zh: str, *, first_contact: bool = False, within: timedelta | None = None, days: int = 0, **most: int
) -> FcrRule:
    limits = tuple((Handling._fields.index(what), count) for what, count in most.items())
    words = Label(en=en, zh=zh)
    return FcrRule(name=name, definition=words, limits=limits, first_contact=first_contact, within=within, repeat_days=days)


FCR_RULES: tuple[FcrRule, ...] = (
    _rule(
        "no_reassignment",
        "Never reassigned (the source's own counter where it states one) and never reopened.",
        "从未转派（来源系统有自身计数时以其为准）且从未重开。",
        reassignments=0,
        reopens=0,
    ),
    _rule(
        "no_wait",
        "As no_reassignment, and never waiting for anybody (no exception whose code begins with awaiting_).",
        "同 no_reassignment，且从未等待任何一方（无 awaiting_ 开头的异常）。",
        reassignments=0,
        reopens=0,
        waits=0,
    ),
    _rule(
        "within_a_day",
        "As no_wait, and resolved within 24 hours of registration.",
        "同 no_wait，且在登记后 24 小时内解决。",
        reassignments=0,
        reopens=0,
        waits=0,
        within=timedelta(hours=24),
    ),
    _rule(
        "one_agent",
        "Never reopened, never waiting for the customer, and at most one agent was ever assigned.",
        "从未重开，从未等待客户，且至多分派过一名客服。",
        reopens=0,
        customer_waits=0,
        agents=1,
    ),
    _rule(
        "gross",
        "First contact flagged as resolving the case, or at most one inbound contact; "
        "no reassignment, escalation, return or reopening.",
        "首次联系标记为已解决，或至多一次呼入联系；且无转派、升级、退回或重开。",
        reassignments=0,
        reopens=0,
        escalations=0,
        returns=0,
        first_contact=True,
    ),
)
"""Rules a case answers alone."""

NO_REPEAT = _rule(
    "no_repeat",
    "As gross, and no other case of the same customer and category is received within 7 days of the resolution.",
    "同 gross，且解决后 7 天内同一客户同一类别没有新的个案。",
    reassignments=0,
    reopens=0,
    escalations=0,
    returns=0,
    first_contact=True,
    days=7,
)
"""Needs the customer's other cases; views.sql computes it from `gross`."""


def fcr_measures() -> tuple[Measure, ...]:
    """Return every rule as a measure."""
    return tuple(
        Measure(
            name=f"first_contact_resolution.{rule.name}",
            view="first_contact_resolution",
            unit="rate",
            definition=rule.definition,
            numerator="num",
            denominator="den",
            kpi="K17",
        )
        for rule in (*FCR_RULES, NO_REPEAT)
    )
