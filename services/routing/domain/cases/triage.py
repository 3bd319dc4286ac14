"""What kind of case is it, and who answers for it: by the standard's rules at first, by hand later."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any

from libs.events.catalogue.routing import CaseAssigned, CaseClassified, CaseGraded
from libs.events.catalogue.standard import Standard
from libs.events.log.envelope import Fact
from libs.events.words.refusal import Refused, none_such
from services.routing.domain.cases.case import RoutingCase
from services.routing.domain.cases.lifecycle import must_allow
from services.routing.domain.cases.pinned import WORDS, first_fit, words_of
from services.routing.domain.cases.saying import say


def pinned(standard: Standard) -> CaseClassified:
    """Return what pins a case to a version, and says of that version what others measure the case by."""
    handled = tuple(node.id for node in standard.nodes if node.initial_handling)
    return CaseClassified(process_id=standard.process_id, process_version=standard.version, initial_handling=handled)


def by_rules(standard: Standard, told: Mapping[str, str]) -> list[Any]:
    """Return what the rules make of a new case; its class is always said, because it pins the version."""
    rule = first_fit(standard.classify, told)
    then = rule.then if rule else {}
    classified = replace(
        pinned(standard),
        service_class=then.get("service_class", ""),
        category=then.get("category", ""),
        severity=then.get("severity", ""),
        rule=rule.id if rule else "",
    )
    said: list[Any] = [classified]
    if rule and "grade" in then:
        said.append(CaseGraded(grade=then["grade"], rule=rule.id))
    return said + _assigned(standard, {**told, **then})


def classify(
    case: RoutingCase,
    standard: Standard,
    *,
    service_class: str = "",
    category: str = "",
    severity: str = "",
    at: datetime,
    actor: str = "",
) -> list[Fact]:
    """Set the class, category or severity by hand; those left empty stay."""
    must_allow(case.phase, CaseClassified)
    given = {"service_class": service_class, "category": category, "severity": severity}
    for scale in ("service_class", "severity"):
        _must_be_word(standard, scale, given[scale])
    changed = {scale: word for scale, word in given.items() if word and word != getattr(case, scale)}
    if not changed:
        return []
    classified = CaseClassified(
        service_class=changed.get("service_class", ""),
        category=changed.get("category", ""),
        severity=changed.get("severity", ""),
    )
    return say(case, [classified, *_reassigned(case, standard, changed)], at=at, actor=actor)


def grade(case: RoutingCase, standard: Standard, *, grade: str, reason: str = "", at: datetime, actor: str = "") -> list[Fact]:
    """Set the grade by hand; a grade that replaces another needs a reason."""
    must_allow(case.phase, CaseGraded)
    _must_be_word(standard, "grade", grade)
    if not grade:
        grades = words_of(standard, "grade")
        instead = (
            f"Name one of {', '.join(grades)}." if grades else f"{standard.process_id} has no grades; leave the case as it is."
        )
        raise Refused("grade-missing", instead, 422)
    if grade == case.grade:
        return []
    if case.grade and not reason:
        detail = f"The case is graded {case.grade}. Give the reason for {grade}: it changes what was promised."
        raise Refused("reason-missing", detail, 422)
    changed = {"grade": grade}
    return say(case, [CaseGraded(grade=grade, reason=reason), *_reassigned(case, standard, changed)], at=at, actor=actor)


def assign(
    case: RoutingCase,
    standard: Standard,
    *,
    team: str = "",
    agent: str = "",
    role: str = "",
    reason: str = "",
    at: datetime,
    actor: str = "",
) -> list[Fact]:
    """Give the case to a team, or to an agent of it; a new team begins without an agent."""
    must_allow(case.phase, CaseAssigned)
    if not (team or agent):
        raise Refused("owner-missing", "Name a team, an agent, or both: a case is never without an owner.", 422)
    if role and role not in standard.roles:
        raise Refused("unknown-role", none_such("role", role, standard.roles), 422)
    owner = (team or case.team, agent or (case.agent if team == case.team else ""), role or case.role)
    if owner == (case.team, case.agent, case.role):
        return []
    assigned = CaseAssigned(team=owner[0], agent=owner[1], role=owner[2], reason=reason)
    return say(case, [assigned], at=at, actor=actor)


def _assigned(standard: Standard, known: Mapping[str, str]) -> list[CaseAssigned]:
    rule = first_fit(standard.assign, known)
    return [CaseAssigned(**rule.then, rule=rule.id)] if rule else []


def _reassigned(case: RoutingCase, standard: Standard, changed: Mapping[str, str]) -> list[CaseAssigned]:
    """Return the new owner where the changed words lead to another rule; whom a person named stays."""
    if case.team and not case.assigned_by:
        return []
    words = {**case.told, **{scale: getattr(case, scale) for scale in WORDS}}
    before, now = first_fit(standard.assign, words), first_fit(standard.assign, {**words, **changed})
    return [CaseAssigned(**now.then, rule=now.id)] if now and now != before else []


def _must_be_word(standard: Standard, scale: str, word: str) -> None:
    known = words_of(standard, scale)
    if word and word not in known:
        none = none_such(scale, word, known) if known else f"There is no {scale} {word}: {standard.process_id} has no such scale."
        raise Refused(f"unknown-{scale}", none, 422)
