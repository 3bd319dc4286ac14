"""How a case ends, and how it comes back."""

from datetime import UTC, datetime, timedelta, tzinfo

from libs.events.catalogue.phases import DUPLICATE, MET, OUTCOMES, UNREACHABLE, WITHDRAWN
from libs.events.catalogue.routing import CaseClosed, CaseReopened, CaseResolved
from libs.events.catalogue.standard import Node, Standard
from libs.events.log.envelope import Fact
from libs.events.words.now import moved
from libs.events.words.refusal import Refused, none_such
from services.routing.domain.cases.case import RoutingCase
from services.routing.domain.cases.conditions import must_not_skip_keys
from services.routing.domain.cases.lifecycle import ENDED, Phase, must_allow
from services.routing.domain.cases.saying import arrival, say


def resolve(
    case: RoutingCase,
    standard: Standard,
    *,
    outcome: str = MET,
    reason: str = "",
    repeats: str = "",
    agent: str = "",
    team: str = "",
    zone: tzinfo = UTC,
    at: datetime,
    actor: str = "",
) -> list[Fact]:
    """Say that the need is met as far as it can be. That it is met is said by completing the node that resolves.

    Every other outcome needs a reason. A duplicate names the case that it `repeats`.
    """
    _must_be_outcome(outcome, repeats)
    if case.phase in (Phase.RESOLVED, *ENDED):
        return []
    must_allow(case.phase, CaseResolved)
    if outcome == MET:
        must_not_skip_keys([node for node in _to_resolution(standard) if node.id not in case.done])
    _must_explain(case, standard, outcome, reason, repeats, zone)
    who = {"agent": agent or case.working_agent, "team": team or case.working_team}
    return say(case, [CaseResolved(outcome=outcome, reason=reason, repeats=repeats, **who)], at=at, actor=actor)


def reopen(case: RoutingCase, standard: Standard, *, reason: str = "", at: datetime, actor: str = "") -> list[Fact]:
    """Take a resolved or ended case into work again, at the first node that its resolution had not completed."""
    if case.phase is Phase.IN_WORK:
        return []
    must_allow(case.phase, CaseReopened)
    _must_be_recent(case, standard, at)
    if not reason:
        raise Refused("reason-missing", "Give the reason for which the case is reopened.", 422)
    before = _to_resolution(standard)
    node = next((node for node in before if node.id not in case.done), before[-1])
    return say(case, [CaseReopened(reason=reason), *arrival(case, standard, node)], at=at, actor=actor)


def close(
    case: RoutingCase,
    standard: Standard,
    *,
    outcome: str = "",
    reason: str = "",
    repeats: str = "",
    zone: tzinfo = UTC,
    at: datetime,
    actor: str = "",
) -> list[Fact]:
    """Close the case; a case whose need is met can be closed only after its key nodes.

    Every other outcome needs a reason, here or when it was resolved so.
    """
    outcome = outcome or case.outcome or MET
    _must_be_outcome(outcome, repeats)
    if case.phase in ENDED:
        return []
    must_allow(case.phase, CaseClosed)
    if case.phase is Phase.RESOLVED and outcome not in (case.outcome, WITHDRAWN):
        raise Refused(
            "ended-otherwise",
            f"The case was resolved with outcome {case.outcome}. Close it with that, or reopen it first and say how it ends.",
        )
    if outcome == MET:
        if case.phase is not Phase.RESOLVED:
            raise Refused("not-resolved", "The case is in work. Resolve it first, or close it with another outcome.")
        must_not_skip_keys([node for node in standard.nodes if node.key and node.id not in case.done])
    if case.phase is not Phase.RESOLVED or outcome != case.outcome:
        _must_explain(case, standard, outcome, reason, repeats, zone)
    return say(case, [CaseClosed(outcome=outcome, reason=reason, repeats=repeats)], at=at, actor=actor)


def _must_be_recent(case: RoutingCase, standard: Standard, at: datetime) -> None:
    if case.closed_at is None or not standard.reopen_days:
        return
    until = moved(case.closed_at, timedelta(days=standard.reopen_days))
    if at > until:
        detail = f"The case could be reopened until {until.isoformat()}. Register a new one, with follows: {case.case_id}."
        raise Refused("reopen-window-over", detail)


def _to_resolution(standard: Standard) -> tuple[Node, ...]:
    """Return the nodes up to the one that resolves."""
    place = next(place for place, node in enumerate(standard.nodes, 1) if node.resolves)
    return standard.nodes[:place]


def _must_be_outcome(outcome: str, repeats: str) -> None:
    if outcome not in OUTCOMES:
        raise Refused("unknown-outcome", none_such("outcome", outcome, OUTCOMES), 422)
    if repeats and outcome != DUPLICATE:
        raise Refused("not-a-duplicate", f"Only a {DUPLICATE} repeats another case. Leave repeats out, or say {DUPLICATE}.", 422)


def _must_explain(case: RoutingCase, standard: Standard, outcome: str, reason: str, repeats: str, zone: tzinfo) -> None:
    """Refuse an outcome without what it needs: a reason, the case that a duplicate repeats, attempts to reach the customer."""
    if outcome == MET:
        return
    if outcome == DUPLICATE and repeats in ("", case.case_id):
        raise Refused("repeated-case-missing", "Name as repeats the other case, in which the need is served.", 422)
    if outcome == UNREACHABLE:
        _must_have_tried(case, standard, zone)
    if not reason:
        raise Refused("reason-missing", f"Give the reason for which the case ends as {outcome}.", 422)


def _must_have_tried(case: RoutingCase, standard: Standard, zone: tzinfo) -> None:
    """Refuse to call a customer unreachable before the attempts that the standard asks for, each on another day."""
    needed = max((one.attempts for one in standard.exceptions), default=0)
    days = {one.astimezone(zone).date() for one in case.attempts}
    if len(days) < needed:
        told = f"The standard asks for attempts on {needed} different days to reach the customer; there were {len(days)}."
        raise Refused("attempts-missing", f"{told} Log each as an outbound contact that did not reach her.")
