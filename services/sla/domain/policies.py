"""A policy written down by a person → the policy that is published.

process: complaint-quality   version: 2
valid_from: 2027-01-01T00:00:00+08:00    for cases that come from then on; from the publication on, if it is left out
rules:                                   in order; of those that name one clock the first that fits decides
  - id: gold
    when: {tier: gold}                   channel, kind, a declared attribute, service_class, grade, severity, or team
    then: {clock: response, limit: 4wh, calendar: {id: gold-desk, version: 1}}     a promise of the standard, changed
  - id: back-office
    when: {team: back-office}
    then: {clock: judged-by-us, limit: 8wh, node: n4}     a promise of its own, from the words of promised_words.py

A rule without `when` fits every case. The process must be published, and so must the calendars that it names.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any

from libs.events.catalogue.promise import CalendarRef, Change, Deadline, Policy, PolicyRule, Reopening, read_limit
from libs.events.catalogue.references import CALENDAR, POLICY, PROCESS
from libs.events.catalogue.standard import Standard
from libs.events.engine.known import Known
from libs.events.words.refusal import suggestion
from services.sla.domain.calendar_checks import BadCalendar, as_json
from services.sla.domain.calendar_entries import id_of, once, typed, version_of
from services.sla.domain.promised_words import WORDS, added, word

RULES_MAX, CONDITIONS_MAX = 500, 10
SCALES = ("service_class", "grade", "severity")
ALWAYS = ("channel", "kind", "team", *SCALES)
"""What rules may ask of every case; beside these, the attributes that the standard declares."""
_ENTRIES, _OF_RULES = {"process", "version", "valid_from", "rules"}, {"id", "when", "then"}
_CHANGES = {"clock", "limit", "calendar"}


@dataclass(frozen=True, slots=True)
class Written:
    """A policy as its author means it; without `is_dated` it is to hold from its publication on."""

    policy: Policy
    is_dated: bool


def policy_of(written: Mapping[str, Any], known: Known, now: datetime) -> Written:
    """Return the policy that `written` describes, judged by the standards and calendars that are published."""
    must_have(written, _ENTRIES, "a policy")
    process = word(written.get("process"), "process")
    at = _instant(written["valid_from"]) if "valid_from" in written else now
    listed = typed(written.get("rules"), list, "rules")
    if len(listed) > RULES_MAX:
        raise BadCalendar(f"rules: there are {len(listed)}; write at most {RULES_MAX}")
    rules = tuple(_rule(one, f"rules[{number}]") for number, one in enumerate(listed))
    policy = Policy(process_id=process, version=version_of(written.get("version")), valid_from=at, rules=rules)
    check(policy, known)
    return Written(policy, "valid_from" in written)


def must_have(written: Any, entries: Iterable[str], what: str) -> None:
    """Refuse what is no group of entries, and entries that mean nothing."""
    typed(written, dict, what)
    if unknown := sorted(map(as_json, written.keys() - {*entries})):
        raise BadCalendar(f"{what} has no {', '.join(unknown[:3])}; it may have {', '.join(sorted(entries))}")


def _instant(value: Any) -> datetime:
    # JSON brings instants as text, YAML as instants.
    try:
        at = value if isinstance(value, datetime) else datetime.fromisoformat(value)
        if at.tzinfo is not None:
            return at.astimezone(UTC)
    except (TypeError, ValueError, OverflowError):
        pass
    raise BadCalendar(f"valid_from must be an instant with its zone, like 2027-01-01T00:00:00+08:00, but is {as_json(value)}")


def _rule(written: Any, place: str) -> PolicyRule:
    must_have(written, _OF_RULES, place)
    id = word(written.get("id"), f"{place}.id")
    when = typed(written["when"], dict, f"{id}: when") if "when" in written else {}
    if len(when) > CONDITIONS_MAX:
        raise BadCalendar(f"{id}: when has {len(when)} conditions; write at most {CONDITIONS_MAX}")
    conditions = {word(name, f"{id}: when"): word(asked, f"{id}: when.{as_json(name)}") for name, asked in when.items()}
    return PolicyRule(id=id, when=conditions, then=_change(written.get("then"), f"{id}: then"))


def _change(written: Any, place: str) -> Change:
    must_have(written, _CHANGES | WORDS, place)
    clock = word(written.get("clock"), f"{place}.clock")
    limit, calendar = _limit(written, place), _calendar(written, place)
    if not limit and calendar is None:
        raise BadCalendar(f"{place} changes nothing of {clock}; write a limit, a calendar, or both")
    if limit and calendar and not limit_works(limit):
        raise BadCalendar(
            f"{place}: {limit} is elapsed time, which no calendar counts; write it in wh or wd, or leave calendar out"
        )
    if limit in list(Deadline) and ("pauses" in written or written.get("reopened") == Reopening.CONTINUE):
        raise BadCalendar(f"{place}: {limit} is a date, which no wait moves and no cycle goes on with; leave that out")
    own = WORDS & written.keys()
    if own and not limit:
        raise BadCalendar(f"{place} adds a promise ({', '.join(sorted(own))}) and has no limit; write one")
    return Change(clock=clock, limit=limit, calendar=calendar, adds=added(written, clock, limit, place) if own else None)


def _limit(written: Mapping[str, Any], place: str) -> str:
    if "limit" not in written:
        return ""
    limit = word(written["limit"], f"{place}.limit")
    if read_limit(limit, dated=True) is None:
        raise BadCalendar(
            f"{place}.limit: {as_json(limit)} is no limit; write 20s, 30m, 24h, 2d (elapsed), 8wh, 3wd (working time), "
            f"or {' or '.join(Deadline)}"
        )
    return limit


def limit_works(limit: str) -> bool:
    """Test whether a limit counts working time."""
    found = read_limit(limit)
    return found is not None and found.works


def _calendar(written: Mapping[str, Any], place: str) -> CalendarRef | None:
    match written.get("calendar"):
        case None:
            return None
        case {"id": id, "version": version, **others} if not others:
            return CalendarRef(id=id_of(id), version=version_of(version))
        case other:
            raise BadCalendar(f"{place}.calendar must be like {{id: gold-desk, version: 1}}, but is {as_json(other)}")


def check(policy: Policy, known: Known) -> None:
    """Refuse a policy whose rules would not mean what their author thinks."""
    standards = known.versions(PROCESS, policy.process_id)
    if not standards:
        near = suggestion(policy.process_id, known.ids(PROCESS))
        raise BadCalendar(f"process: {policy.process_id} is not published here; publish it first. {near}")
    once([rule.id for rule in policy.rules], "rules")
    _check_clocks(policy.rules, standards, known.versions(POLICY, policy.process_id))
    _check_conditions(policy.rules, standards)
    _check_reached(policy.rules)
    for rule in policy.rules:
        _check_calendar(rule, standards, known)


def _check_clocks(rules: Sequence[PolicyRule], standards: Sequence[Standard], others: Sequence[Policy]) -> None:
    promised = {target.clock for standard in standards for target in standard.targets}
    # Of an older version, too: a case that is restated has promises by both.
    shapes = {rule.then.clock: replace(own, limit="") for one in others for rule in one.rules if (own := rule.then.adds)}
    for rule in rules:
        clock, own = rule.then.clock, rule.then.adds
        if own and clock in promised:
            raise BadCalendar(
                f"{rule.id}: the standard promises {clock} itself; write limit or calendar only, or take another name"
            )
        if own and shapes.setdefault(clock, shape := replace(own, limit="")) != shape:
            raise BadCalendar(f"{rule.id}: another rule adds {clock} as something else; only limit and calendar may differ")
    added = {rule.then.clock for rule in rules if rule.then.adds}
    for rule in rules:
        if rule.then.clock not in promised | added:
            raise BadCalendar(f"{rule.id}: nothing promises {rule.then.clock}. {suggestion(rule.then.clock, promised | added)}")


def _check_conditions(rules: Sequence[PolicyRule], standards: Sequence[Standard]) -> None:
    names = {*ALWAYS, *(name for standard in standards for name in standard.attributes)}
    words = {name: found for name in names if (found := _words(standards, name))}
    for rule in rules:
        for name, asked in rule.when.items():
            if name not in names:
                raise BadCalendar(f"{rule.id}: no case has a {name}. {suggestion(name, names)}")
            if name in words and asked not in words[name]:
                raise BadCalendar(f"{rule.id}: no case has the {name} {asked}. {suggestion(asked, words[name])}")


def _words(standards: Sequence[Standard], name: str) -> set[str]:
    """Return the words that a condition may ask for; none where any may come."""
    if name in SCALES:
        said = [[*(rule.then for rule in one.classify), *(target.when for target in one.targets)] for one in standards]
        return {words[name] for each in said for words in each if name in words}
    closed = [one.channels if name == "channel" else one.values.get(name, ()) for one in standards]
    return {word for each in closed for word in each} if all(closed) else set()


def _check_reached(rules: Sequence[PolicyRule]) -> None:
    for number, rule in enumerate(rules):
        for earlier in rules[:number]:
            if earlier.then.clock == rule.then.clock and earlier.when.items() <= rule.when.items():
                raise BadCalendar(f"{rule.id} is never asked: {earlier.id} stands before it and fits all that it fits; swap them")


def _check_calendar(rule: PolicyRule, standards: Sequence[Standard], known: Known) -> None:
    calendar, limit = rule.then.calendar, rule.then.limit
    if calendar and not known.knows(name := CALENDAR.one_version(calendar.id, calendar.version)):
        raise BadCalendar(f"{rule.id}: {name} is not published; publish it first with POST /calendars")
    if calendar is None and limit_works(limit) and not any(one.calendar for one in standards):
        raise BadCalendar(f"{rule.id}: {limit} counts working time and the standard names no calendar; name one here")
