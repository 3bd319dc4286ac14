"""Who may do what: where the team that has the work has a roster, only its people with the node's role, and so for the case."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from libs.events.catalogue.standard import Node, Roster, Standard
from libs.events.log.envelope import Fact
from libs.events.words.refusal import Refused
from services.routing.domain.cases.calls import escalate
from services.routing.domain.cases.case import RoutingCase
from services.routing.domain.cases.ending import close, reopen, resolve
from services.routing.domain.cases.gates import decide, request
from services.routing.domain.cases.pinned import node_of
from services.routing.domain.cases.saying import role_at, team_of
from services.routing.domain.cases.skipping import skip
from services.routing.domain.cases.taking import hand_over
from services.routing.domain.cases.triage import assign, classify, grade
from services.routing.domain.cases.trouble import clear_exception, raise_exception
from services.routing.domain.cases.walk import complete, send_back, start
from services.routing.domain.people.presence import present

LISTED_MAX = 10
"""How many of those who may are named in a refusal."""

Decide = Callable[..., Iterable[Fact]]
"""One of the decisions that a person may ask for (decisions.py)."""

Rosters = Mapping[str, Roster]
"""The rosters that hold, by team."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Ask:
    """What is asked for: `agent` is who does it, or to whom work is given; `person` whose key it is, if it is a person's."""

    node: str = ""
    gate: str = ""
    team: str = ""
    agent: str = ""
    reason: str = ""
    actor: str = ""
    person: str = ""
    at: datetime


def must_be_entitled(decision: Decide, case: RoutingCase, standard: Standard, rosters: Rosters, ask: Ask) -> None:
    """Refuse who may not ask for this one of the decisions, which itself says no to what is not possible now."""
    if not rosters:
        return
    if decision in _OF_CASES:
        _answers_for(decision, case, standard, rosters, ask)
        return
    node = node_of(standard, ask.node)
    if node is None or decision not in _RULES or (node.id != case.node and decision is not start):
        return
    if node.id not in case.done:  # what is done already is only said again
        _RULES[decision](case, standard, rosters, node, ask)


def _answers_for(decision: Decide, case: RoutingCase, standard: Standard, rosters: Rosters, ask: Ask) -> None:
    who = ask.person or ("" if decision is assign else ask.agent)  # a system that names nobody is trusted
    node = node_of(standard, case.node) if decision in _CONCERNED else None
    teams = {case.team, case.working_team} if node else {case.team}
    if who and teams <= rosters.keys():
        own = [one.id for one in rosters[case.team].people]
        here = (_workers(case, standard, rosters, node) or []) if node else []
        above = [standard.escalate_to, *(one.escalate_to for one in standard.exceptions), node.approver if node else ""]
        called = [id for role in dict.fromkeys(above) for id in _having(role, rosters, ask.at)]
        _must_be_among([*own, *here, *called], who, f"{_OF_CASES[decision]} this case")
    if decision is assign:
        _must_be_on(rosters, ask.team or case.team, ask.agent)


def _must_be_on(rosters: Rosters, team: str, agent: str) -> None:
    people = [one.id for one in rosters[team].people] if team in rosters else []
    if agent and team in rosters and agent not in people:
        raise Refused("agent-not-entitled", f"{agent} is not on the roster of {team}. {_listed(people)}", 422)


def _begins(case: RoutingCase, standard: Standard, rosters: Rosters, node: Node, ask: Ask) -> None:
    _must_be_among(_workers(case, standard, rosters, node), ask.agent or ask.actor, f"begin {node.id}")


def _works(case: RoutingCase, standard: Standard, rosters: Rosters, node: Node, ask: Ask) -> None:
    # Who names nobody does it for the one who has the work.
    who = ask.agent or ask.person or case.worker.name or ask.actor
    _must_be_among(_workers(case, standard, rosters, node), who, f"work at {node.id}")


def _moves(case: RoutingCase, standard: Standard, rosters: Rosters, node: Node, ask: Ask) -> None:
    if ask.person:  # a system says nobody's name here, and its word is taken as it is for the names that it says elsewhere
        _must_be_among(_workers(case, standard, rosters, node), ask.person, f"move the work at {node.id}")


def _hands_over(case: RoutingCase, standard: Standard, rosters: Rosters, node: Node, ask: Ask) -> None:
    workers = _workers(case, standard, rosters, node)
    if ask.person and workers is not None:
        _must_be_among([*workers, *_with_role(node.approver, rosters.values())], ask.person, f"hand over {node.id}")
    _must_suit(case, standard, rosters, node, ask)


def _decides(case: RoutingCase, standard: Standard, rosters: Rosters, node: Node, ask: Ask) -> None:
    gate = next((one for one in node.gates if one.id == ask.gate), None)
    if gate is None or not rosters.keys() & {case.working_team, team_of(standard, gate.approver) or case.team}:
        return
    allowed = _having(gate.approver, rosters, ask.at)
    _must_be_among(allowed, ask.agent or ask.actor, f"decide {gate.id}, as {gate.approver}")


_RULES: Mapping[Decide, Callable[[RoutingCase, Standard, Rosters, Node, Ask], None]] = {
    start: _begins,
    complete: _works,
    request: _works,
    skip: _moves,
    send_back: _moves,
    hand_over: _hands_over,
    decide: _decides,
}


_OF_CASES: Mapping[Decide, str] = {
    classify: "classify",
    grade: "grade",
    assign: "assign",
    resolve: "resolve",
    close: "close",
    reopen: "reopen",
    escalate: "call for help in",
    raise_exception: "raise an exception in",
    clear_exception: "clear an exception of",
}
"""What the people of the case's team do, and those who are called in for it."""

_CONCERNED = (escalate, raise_exception, clear_exception)
"""Of these, what those who work where the case stands may do too, and who answers for the node."""


def _workers(case: RoutingCase, standard: Standard, rosters: Rosters, node: Node, team: str = "") -> list[str] | None:
    """Return who may work at a node: of its team who has its role, and who supports it; None where the team has no roster."""
    role = role_at(case, node)
    if not team:
        team = case.working_team if node.id == case.node else team_of(standard, role) or case.team
    if team not in rosters:
        return None
    # A role that an earlier node named and that no standard declares is had by nobody: then the team is enough.
    own = _with_role(role, [rosters[team]]) if role in standard.roles else [one.id for one in rosters[team].people]
    homes = {helper: team_of(standard, helper) or case.team for helper in node.support}
    return [*own, *(id for helper, home in homes.items() if home in rosters for id in _with_role(helper, [rosters[home]]))]


def _having(role: str, rosters: Rosters, at: datetime) -> list[str]:
    """Return who has a role on any roster, and the deputies of those who are not at work."""
    having = [(roster, one) for roster in rosters.values() for one in roster.people if role in one.roles]
    deputies = [one.deputy for roster, one in having if one.deputy and not present(one, at, roster)]
    return [*(one.id for _, one in having), *deputies]


def _with_role(role: str, rosters: Iterable[Roster]) -> list[str]:
    return [one.id for roster in rosters for one in roster.people if role in one.roles]


def _must_be_among(allowed: list[str] | None, who: str, what: str) -> None:
    if allowed is None or who in allowed:
        return
    raise Refused("not-entitled", f"{who} may not {what}. {_listed(allowed)}", 403)


def _listed(allowed: Iterable[str]) -> str:
    names = list(dict.fromkeys(allowed))
    more = f" and {len(names) - LISTED_MAX} others" if len(names) > LISTED_MAX else ""
    return (
        f"Who may: {', '.join(names[:LISTED_MAX])}{more}." if names else "No roster names anybody who may; publish one that does."
    )


def _must_suit(case: RoutingCase, standard: Standard, rosters: Rosters, node: Node, ask: Ask) -> None:
    """Refuse to hand work to who may not do it, and without a reason to who is not there."""
    team = ask.team or case.working_team
    allowed = _workers(case, standard, rosters, node, team)
    if allowed is None or not (ask.team or ask.agent):
        return
    fits = ask.agent in allowed if ask.agent else bool(allowed)
    if not fits:
        whom = ask.agent or f"Anybody in {team}"
        raise Refused("agent-not-entitled", f"{whom} may not work at {node.id}. {_listed(allowed)}", 422)
    people = [(roster, one) for roster in rosters.values() for one in roster.people if one.id == ask.agent]
    absent = not all(present(one, ask.at, roster) for roster, one in people)
    if absent and not ask.reason:
        detail = f"{ask.agent} is not there now. Give the reason for which they have {node.id} all the same."
        raise Refused("reason-missing", detail, 422)
