"""Which rule of a policy decides about a promise of a case."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime

from libs.events.catalogue.promise import CalendarRef, Policy, PolicyRule, Target
from libs.events.catalogue.standard import Standard
from services.sla.domain.case import SlaCase
from services.sla.domain.remembered import holder
from services.sla.domain.targets import promises


@dataclass(frozen=True, slots=True)
class Decided:
    """A promise with the limit that holds for it, and the rule that decided so; without a rule the standard did.

    `calendar` is the one that the rule names.
    """

    target: Target
    rule: str = ""
    calendar: CalendarRef | None = None


def promised(state: SlaCase, standard: Standard, policies: Iterable[Policy | None]) -> Iterator[Target]:
    """Yield what the standard promises to the case, and then what one of the policies adds to it."""
    taken: set[str] = set()
    for target in promises(state, standard):
        taken.add(target.clock)
        yield target
    for rule in (rule for policy in policies if policy for rule in policy.rules):
        if rule.then.adds and rule.then.clock not in taken:
            taken.add(rule.then.clock)
            yield rule.then.adds


def decided(state: SlaCase, target: Target, begun_at: datetime, standard: Standard, policy: Policy | None) -> Decided | None:
    """Return a promise that began then with the limit that holds; None for one that the policy adds to other cases only."""
    rule = _rule(state, target, begun_at, policy) if policy else None
    if rule is None:
        is_the_standards = any(one is target for one in standard.targets)
        return Decided(target) if is_the_standards else None
    own = rule.then.limit or target.limit
    return Decided(replace(target, limit=own), rule.id, rule.then.calendar)


def _rule(state: SlaCase, target: Target, begun_at: datetime, policy: Policy) -> PolicyRule | None:
    rules = [rule for rule in policy.rules if rule.then.clock == target.clock]
    if not rules:
        return None
    # The team may change later, and what was promised to it does not.
    team = holder(state.holds, target.node, begun_at, begun_at).team
    scales = {"grade": state.grade, "service_class": state.service_class, "severity": state.severity}
    known = {**state.words, **scales, "team": team}
    return next((rule for rule in rules if rule.when.items() <= known.items()), None)
