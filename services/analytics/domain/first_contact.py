"""First contact resolution: several rules side by side, because nobody agrees on one. Denominator: resolved cases."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import NamedTuple

from libs.events.catalogue.standard import Label
from services.analytics.domain.case import Case
from services.analytics.domain.durations import CUSTOMER_WAIT, received_at, resolved_at
from services.analytics.domain.measures import Measure

FINAL_AFTER = timedelta(days=7)
"""A figure is provisional this long after the resolution: a reopening or a repeated need may still come."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FcrRule:
    """A resolved case counts as resolved at first contact when nothing exceeds these limits; None asks for nothing.

    `first_contact`: the first contact is flagged as resolving the case, or the customer spoke at most once.
    `repeat_days`: no other case of the same customer and category within these days; the view compares.
    """

    name: str
    definition: Label
    reassignments_max: int | None = None
    reopens_max: int | None = None
    waits_max: int | None = None
    customer_waits_max: int | None = None
    agents_max: int | None = None
    escalations_max: int | None = None
    returns_max: int | None = None
    first_contact: bool = False
    within: timedelta | None = None
    repeat_days: int = 0


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
    limits = (
        (rule.reassignments_max, handling.reassignments),
        (rule.reopens_max, handling.reopens),
        (rule.waits_max, handling.waits),
        (rule.customer_waits_max, handling.customer_waits),
        (rule.agents_max, handling.agents),
        (rule.escalations_max, handling.escalations),
        (rule.returns_max, handling.returns),
    )
    if any(limit is not None and count > limit for limit, count in limits):
        return False
    if rule.first_contact and not handling.first_contact:
        return False
    return rule.within is None or (handling.took is not None and handling.took <= rule.within)


def counts_for_first_contact(case: Case) -> bool:
    """Test whether the case is in the denominator: resolved at least once, and not cancelled."""
    return bool(case.resolutions) and case.cancelled_at is None


def final_at(case: Case) -> datetime | None:
    """Return when the case's figures stop being provisional."""
    resolved = resolved_at(case)
    return resolved + FINAL_AFTER if resolved else None


def _is_one_contact(case: Case) -> bool:
    if case.contacts and case.contacts[0].resolves_case:
        return True
    return sum(contact.direction == "inbound" for contact in case.contacts) <= 1


def _rule(name: str, en: str, zh: str, **limits: int | bool | timedelta) -> FcrRule:
    return FcrRule(name=name, definition=Label(en=en, zh=zh), **limits)  # type: ignore[arg-type]


FCR_RULES: tuple[FcrRule, ...] = (
    _rule(
        "no_reassignment",
        "Never reassigned (the source's own counter where it states one) and never reopened.",
        "从未转派（来源系统有自身计数时以其为准）且从未重开。",
        reassignments_max=0,
        reopens_max=0,
    ),
    _rule(
        "no_wait",
        "As no_reassignment, and never waiting for anybody (no exception whose code begins with awaiting_).",
        "同 no_reassignment，且从未等待任何一方（无 awaiting_ 开头的异常）。",
        reassignments_max=0,
        reopens_max=0,
        waits_max=0,
    ),
    _rule(
        "within_a_day",
        "As no_wait, and resolved within 24 hours of registration.",
        "同 no_wait，且在登记后 24 小时内解决。",
        reassignments_max=0,
        reopens_max=0,
        waits_max=0,
        within=timedelta(hours=24),
    ),
    _rule(
        "one_agent",
        "Never reopened, never waiting for the customer, and at most one agent was ever assigned.",
        "从未重开，从未等待客户，且至多分派过一名客服。",
        reopens_max=0,
        customer_waits_max=0,
        agents_max=1,
    ),
    _rule(
        "gross",
        "First contact flagged as resolving the case, or at most one inbound contact; "
        "no reassignment, escalation, return or reopening.",
        "首次联系标记为已解决，或至多一次呼入联系；且无转派、升级、退回或重开。",
        reassignments_max=0,
        reopens_max=0,
        escalations_max=0,
        returns_max=0,
        first_contact=True,
    ),
)
"""Rules a case answers alone."""

NO_REPEAT = _rule(
    "no_repeat",
    "As gross, and no other case of the same customer and category is received within 7 days of the resolution.",
    "同 gross，且解决后 7 天内同一客户同一类别没有新的个案。",
    reassignments_max=0,
    reopens_max=0,
    escalations_max=0,
    returns_max=0,
    first_contact=True,
    repeat_days=7,
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
