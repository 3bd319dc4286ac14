"""What may be asked about a case now, found out by asking: the decisions themselves say no, and nothing is written twice."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime, tzinfo
from functools import partial
from typing import Any

from libs.events.catalogue.phases import OUTCOMES
from libs.events.catalogue.routing import APPROVED
from libs.events.catalogue.standard import Standard
from libs.events.log.envelope import Fact
from libs.events.words.refusal import Refused
from services.routing.domain.cases import decisions
from services.routing.domain.cases.case import RoutingCase
from services.routing.domain.cases.entitled import Ask, Decide, Rosters, must_be_entitled
from services.routing.domain.cases.pinned import words_of

WORDS_WRONG = 422
"""How a decision refuses words that can be written otherwise; every other no is about the case as it is."""


@dataclass(frozen=True, slots=True)
class Offer:
    """Something that may be asked. `choices` are the values of its field `of` that would not be refused now."""

    verb: str
    of: str = ""
    choices: tuple[str, ...] = ()


def offers(case: RoutingCase, standard: Standard, *, at: datetime, zone: tzinfo = UTC) -> dict[str, Offer]:
    """Return verb → what may be asked, those that go on with the work first."""
    found = {}
    for verb, (decide, of, candidates) in _asked(case, standard, zone).items():
        here = {"node": case.node}
        fixed = {"return": here, "request": here, "decide": here, "start": {"agent": case.worker.agent}}.get(verb, {})
        choices = tuple(one for one in candidates if _may(decide, case, standard, at, {**fixed, of: one}))
        if choices:
            found[verb] = Offer(verb, of, choices)
    for verb, decide in {"skip": _skipped, "note": _noted}.items():
        if case.node and _may(decide, case, standard, at, {}):
            found[verb] = Offer(verb)
    whole = {"assign": decisions.assign, "handover": _handed_over, "classify": _classified, "reopen": decisions.reopen}
    for verb, decide in whole.items():
        if _may(decide, case, standard, at, {}):
            found[verb] = Offer(verb)
    return found


def _asked(case: RoutingCase, standard: Standard, zone: tzinfo) -> Mapping[str, tuple[Decide, str, Iterable[str]]]:
    """Return verb → its decision, the field that must be chosen, and everything that one could choose."""
    nodes = [node.id for node in standard.nodes]
    earlier = nodes[: nodes.index(case.node)] if case.node in nodes else []
    codes = [one.code for one in standard.exceptions]
    gates = [gate.id for node in standard.nodes if node.id == case.node for gate in node.gates]
    return {
        "complete": (decisions.complete, "node", [case.node] if case.node in nodes else []),
        "start": (decisions.start, "node", nodes),
        "request": (decisions.request, "gate", gates),
        "decide": (_decided, "gate", gates),
        "return": (_returned, "to_node", earlier[::-1]),
        "acknowledge": (_acknowledged, "number", [str(one.number) for one in case.escalations]),
        "escalate": (_escalated, "to_role", standard.roles),
        "raise": (decisions.raise_exception, "code", codes),
        "clear": (decisions.clear_exception, "code", case.exceptions),
        "grade": (decisions.grade, "grade", words_of(standard, "grade")),
        "resolve": (partial(decisions.resolve, zone=zone), "outcome", OUTCOMES),
        "close": (partial(decisions.close, zone=zone), "outcome", OUTCOMES),
    }


def _may(decide: Decide, case: RoutingCase, standard: Standard, at: datetime, words: Mapping[str, Any]) -> bool:
    """Test whether a decision says something, or would if more were written. Saying nothing means that it is so already."""
    try:
        return bool(list(decide(case, standard, **words, at=at)))
    except Refused as no:
        return no.status == WORDS_WRONG


def _decided(case: RoutingCase, standard: Standard, **words: Any) -> list[Fact]:
    # Who decides is told in the form; here it is asked whether anybody may.
    return decisions.decide(case, standard, decision=APPROVED, agent="somebody else", **words)


def _returned(case: RoutingCase, standard: Standard, **words: Any) -> list[Fact]:
    return decisions.send_back(case, standard, reason="", **words)


def _escalated(case: RoutingCase, standard: Standard, **words: Any) -> list[Fact]:
    return decisions.escalate(case, standard, reason="", **words)


def _acknowledged(case: RoutingCase, standard: Standard, **words: Any) -> list[Fact]:
    # Who takes notice is told in the form; here it is asked whether anybody may.
    return decisions.acknowledge(case, standard, agent="somebody else", **words)


def _skipped(case: RoutingCase, standard: Standard, *, at: datetime) -> list[Fact]:
    return decisions.skip(case, standard, node=case.node, reason="r", at=at)


def _noted(case: RoutingCase, standard: Standard, *, at: datetime) -> list[Fact]:
    return decisions.note(case, standard, node=case.node, note="n", at=at)


def _handed_over(case: RoutingCase, standard: Standard, *, at: datetime) -> list[Fact]:
    if not case.node:
        return []
    return decisions.hand_over(case, standard, node=case.node, agent=f"not {case.worker.name}", at=at)


def _classified(case: RoutingCase, standard: Standard, *, at: datetime) -> list[Fact]:
    # A word that no case has: whether it may be set is asked, not to which.
    return decisions.classify(case, standard, category=f"not {case.category}", at=at)


_JUDGED: Mapping[str, Decide] = {
    "start": decisions.start,
    "complete": decisions.complete,
    "request": decisions.request,
    "skip": decisions.skip,
    "return": decisions.send_back,
    "handover": decisions.hand_over,
    "decide": decisions.decide,
    "classify": decisions.classify,
    "grade": decisions.grade,
    "assign": decisions.assign,
    "escalate": decisions.escalate,
    "raise": decisions.raise_exception,
    "clear": decisions.clear_exception,
    "resolve": decisions.resolve,
    "close": decisions.close,
    "reopen": decisions.reopen,
}
"""The verbs about which a roster says who may ask."""


def offered_to(
    person: str, offers: Mapping[str, Offer], case: RoutingCase, standard: Standard, rosters: Rosters, at: datetime
) -> dict[str, Offer]:
    """Return what of these a person may ask for; a key that is nobody's may ask for all."""

    def may(verb: str, offer: Offer, choice: str) -> bool:
        chosen = {"node": case.node} | ({offer.of: choice} if offer.of in ("node", "gate") else {})
        ask = Ask(**chosen, actor=person, person=person, at=at)
        try:
            must_be_entitled(_JUDGED[verb], case, standard, rosters, ask)
        except Refused:
            return False
        return True

    found = {}
    for verb, offer in offers.items():
        choices = [one for one in offer.choices or ("",) if not person or verb not in _JUDGED or may(verb, offer, one)]
        if choices:
            found[verb] = replace(offer, choices=tuple(choices) if offer.choices else ())
    return found
