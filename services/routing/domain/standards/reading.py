"""A standard as a process owner writes it → the catalogue's Standard. soundness.py judges its meaning."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import NamedTuple

from libs.events.catalogue.promise import CalendarRef, Target
from libs.events.catalogue.standard import ExceptionRule, Role, Rule, Standard, SurveyPolicy
from services.routing.domain.standards.forms import forms_of
from services.routing.domain.standards.nodes import closed_label, label_of, nodes_of
from services.routing.domain.standards.notices import scripts_of
from services.routing.domain.standards.page import SENTENCE_MAX, Fault, Page
from services.routing.domain.standards.promises import (
    SCALES,
    cap_of,
    exception_target,
    limit_of,
    marks_of,
    promised,
    reminders_of,
)

SCHEMAS = FIRST, SECOND = "process-standard/v1", "process-standard/v2"
"""The forms of a standard. By the second one, each visit of a node has its limit, and an ended case still owes an answer."""


@dataclass(frozen=True, slots=True)
class Written:
    """The result of reading: the standard, entries that only the author's page has, and faults of form.

    `sources` are the inputs that come from outside the process; `scales` the declared words of each scale.
    """

    standard: Standard
    sources: frozenset[str]
    scales: dict[str, tuple[str, ...]]
    faults: tuple[Fault, ...]


class _Exception(NamedTuple):
    rule: ExceptionRule
    pauses: tuple[str, ...]


def read(document: object) -> Written:
    """Return the document's standard, with every fault of its form."""
    faults: list[Fault] = []
    page = Page(document, "", faults)
    if (schema := page.text("schema", FIRST)) not in SCHEMAS:
        page.fault("schema", f"is {schema}", f"write {FIRST} or {SECOND}")
    standard = _standard(page, is_second=schema == SECOND)
    _about(page, standard)
    sources = frozenset(page.words("sources"))
    scales = {scale: tuple(page.page(heading)) for heading, scale in SCALES.items()}
    page.close()
    return Written(standard, sources, scales, tuple(dict.fromkeys(faults)))


def _standard(page: Page, *, is_second: bool) -> Standard:
    warn = marks_of(page)
    steps = nodes_of(page.pages("nodes"), per_visit=is_second, warn=warn)
    targets = [*_promises(page, owing=is_second, warn=warn), *(target for step in steps for target in step.targets)]
    exceptions = [_exception(one, {target.clock for target in targets}) for one in page.pages("exceptions")]
    targets += [exception_target(one.rule.code, one.rule.limit) for one in exceptions if one.rule.limit]
    roles = page.page("roles")
    attributes, values = _attributes(page)
    return Standard(
        process_id=page.text("id"),
        version=page.number("version"),
        name=closed_label(page.page("name")),
        calendar=_calendar(page.page("calendar")) if page.has("calendar") else None,
        nodes=tuple(step.node for step in steps),
        targets=tuple(_paused(target, exceptions) for target in targets),
        classify=tuple(_rule(one) for one in page.pages("classify")),
        assign=tuple(_rule(one) for one in page.pages("assign")),
        exceptions=tuple(one.rule for one in exceptions),
        roles={role: _role(roles.page(role)) for role in roles},
        attributes=attributes,
        values=values,
        channels=page.words("channels"),
        forms=forms_of(page.page("forms")),
        scripts=scripts_of(page.page("scripts")),
        required=page.words("required"),
        escalate_to=page.text("escalate_to", "cs_supervisor"),
        survey_days=page.number("survey_days", 14),
        reopen_days=page.number("reopen_days", 0, least=0),
        change=page.text("change", longest=SENTENCE_MAX),
        reviewer=page.text("reviewer"),
        survey=_survey(page.page("survey")),
        effective_from=page.instant("effective_from"),
    )


def _survey(page: Page) -> SurveyPolicy:
    unsaid = SurveyPolicy()
    policy = SurveyPolicy(
        outcomes=page.words("outcomes") if page.has("outcomes") else unsaid.outcomes,
        delay_seconds=page.number("delay_seconds", unsaid.delay_seconds, least=0),
        cool_down_hours=page.number("cool_down_hours", unsaid.cool_down_hours, least=0),
        changes=page.flag("changes"),
    )
    page.close()
    return policy


def _about(page: Page, standard: Standard) -> None:
    """Look at what only people read: it stays on the page, and nothing follows from it."""
    for name in ("purpose", "scope"):
        if page.has(name):
            closed_label(page.page(name))
    duties = page.page("duties")
    for role in duties:
        closed_label(duties.page(role))
        if role not in standard.roles:
            duties.fault(
                role, "is the duty of a role that is not declared", f"name one of {', '.join(standard.roles) or 'none yet'}"
            )


OPEN = "open"
"""How an author says that an attribute may have any words."""


def _attributes(page: Page) -> tuple[tuple[str, ...], dict[str, tuple[str, ...]]]:
    """Return the attributes, and the words of those that are not open. A plain list of attributes leaves all open."""
    if not page.is_page("attributes"):
        return page.words("attributes"), {}
    by_name = page.page("attributes")
    return tuple(by_name), {name: by_name.words(name) for name in by_name if not by_name.says(name, OPEN)}


def _role(page: Page) -> Role:
    label = label_of(page)
    role = Role(en=label.en, zh=label.zh, team=page.text("team", ""))
    page.close()
    return role


def _calendar(page: Page) -> CalendarRef:
    calendar = CalendarRef(id=page.text("id"), version=page.number("version"))
    page.close()
    return calendar


def _promises(page: Page, *, owing: bool, warn: Mapping[str, str]) -> Iterable[Target]:
    """Yield the promises for words of the scales first, then those for every case: the first that fits holds."""
    for heading, scale in SCALES.items():
        words = page.page(heading)
        for word in words:
            entry = words.page(word)
            label_of(entry)
            entry.text("means", "", longest=SENTENCE_MAX)
            yield from promised(entry.page("promises"), {scale: word}, owing=owing, warn=warn)
            entry.close()
    yield from promised(page.page("promises"), {}, owing=owing, warn=warn)


def _rule(page: Page) -> Rule:
    rule = Rule(id=page.text("id"), when=page.mapped("when"), then=page.mapped("then"))
    page.close()
    return rule


def _exception(page: Page, clocks: set[str]) -> _Exception:
    every, most = reminders_of(page)
    rule = ExceptionRule(
        code=page.text("code"),
        name=label_of(page),
        action=page.text("action", longest=SENTENCE_MAX),
        at=page.words("at"),
        escalate_to=page.text("escalate_to", ""),
        raised_by=page.text("raised_by", ""),
        limit=limit_of(page) if page.has("limit") else "",
        then=page.text("then", ""),
        attempts=page.number("attempts", 0, least=0),
        pauses_at_most=cap_of(page),
        remind_every=every,
        reminders_at_most=most,
    )
    pauses = page.words("pauses")
    for key in ("pauses_at_most", "remind_every"):
        if getattr(rule, key) and not pauses:
            page.fault(key, "changes nothing, because it pauses no promise", "name some under `pauses`, or leave it out")
    page.close()
    for clock in sorted(set(pauses) - clocks):
        instead = f"name one of {', '.join(sorted(clocks))}" if clocks else "give the standard a promise under `promises` first"
        page.fault("pauses", f"there is no clock `{clock}`", instead)
    return _Exception(rule, pauses)


def _paused(target: Target, exceptions: Sequence[_Exception]) -> Target:
    return replace(target, pauses=tuple(one.rule.code for one in exceptions if target.clock in one.pauses))
