"""Why a clock stands as it does, in sentences: when it began, what counted, what it waited for, and what came of it."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from libs.events.catalogue.promise import PolicyRule, limit_of
from libs.events.catalogue.standard import Label
from libs.events.words.event import Occurrence
from libs.pictures import numbers
from libs.pictures.words import WORDS
from services.sla.domain.clock import ClockLife
from services.sla.domain.pauses import Reason
from services.sla.domain.terms import Terms, cure
from services.sla.domain.told import Status

_OF_WORK = ("returned", "skipped", "cleared", "resolved")
"""Why a promise may have lapsed though the case goes on."""


@dataclass(frozen=True, slots=True)
class Voice:
    """Who tells it: the words of one language, and the zone by which instants are told."""

    lang: str
    words: Mapping[str, str]
    zone: ZoneInfo

    def say(self, key: str, **values: str | int) -> str:
        """Return a sentence with its values."""
        return self.words[key].format(**values)

    def when(self, at: datetime | None) -> str:
        return "" if at is None else numbers.instant(at, self.zone, WORDS[self.lang])

    def length(self, length: timedelta, *, in_days: bool = True) -> str:
        return numbers.duration(length, WORDS[self.lang], in_days=in_days)

    def limit(self, text: str) -> str:
        return limit_words(text, self.words)

    def named(self, label: Label) -> str:
        return label.zh if self.lang == "zh" else label.en


@dataclass(frozen=True, slots=True)
class Sums:
    """Until when a clock is explained, and what it had used and waited by then."""

    until: datetime
    used: timedelta
    paused: timedelta


def limit_words(text: str, words: Mapping[str, str]) -> str:
    """Return a limit in words: `8wh` is eight working hours."""
    limit = limit_of(text)
    if limit.until is not None:
        return words[f"limit {limit.until}"]
    return words[f"limit {limit.unit}" + (" one" if limit.amount == 1 else "")].format(n=limit.amount)


def sentences(life: ClockLife, status: Status, sums: Sums, terms: Terms, voice: Voice) -> tuple[str, ...]:
    """Return the sentences of a clock whose verdict is `status`, in the order in which it happened."""
    pauses = (told for pause in life.pauses for reason in pause.reasons for told in _pause(reason, terms, voice))
    provisional = (voice.say("why provisional"),) if life.is_provisional else ()
    outcome = _outcome(life, status, sums.until, voice)
    return (*_begun(life, terms, voice), *pauses, outcome, *provisional, _summed(life, sums, voice))


def _begun(life: ClockLife, terms: Terms, voice: Voice) -> Iterator[str]:
    standard, target = terms.standard, life.target
    since, limit = voice.when(life.started_at), voice.limit(target.limit)
    rule, process = _rule(life, terms), voice.named(standard.name)
    if rule:
        told = {"since": since, "process": process, "limit": limit, "rule": rule.id}
        yield voice.say("why began ruled", n=standard.version, version=life.policy_version, **told)
    else:
        yield voice.say("why began", since=since, process=process, n=standard.version, limit=limit)
    if when := rule.when if rule else target.when:
        yield voice.say("why when", condition=", ".join(f"{name}={word}" for name, word in when.items()))
    if life.goes_on:
        yield voice.say("why goes on", before=str(Occurrence(target.clock, life.occurrence - 1)))
    calendar = life.counted_by
    if not life.limit.works:
        if life.lack is None:
            yield voice.say("why elapsed")
        return
    if calendar is None:
        return
    yield voice.say("why working", calendar=calendar.id, n=calendar.version)
    under = terms.counted_by(rule.then.calendar) if rule else terms
    if under.named and under.named != calendar:
        yield voice.say("why other version ruled" if under.instead else "why other version", n=under.named.version)


def _rule(life: ClockLife, terms: Terms) -> PolicyRule | None:
    """Return the rule of the policy that decided about the promise."""
    rules = terms.policy.rules if terms.policy else ()
    return next((one for one in rules if one.id == life.rule), None)


def _pause(wait: Reason, terms: Terms, voice: Voice) -> Iterator[str]:
    listed = {one.code: one for one in terms.standard.exceptions}
    named = voice.named(listed[wait.code].name) if wait.code in listed else wait.code
    told = {"since": voice.when(wait.since), "reason": named}
    if wait.until is None:
        yield voice.say("why pauses", **told)
        if wait.capped_at is not None:
            yield voice.say(
                "why pauses at most", at=voice.when(wait.capped_at), cap=voice.limit(listed[wait.code].pauses_at_most)
            )
        return
    yield voice.say("why waited", until=voice.when(wait.until), length=voice.length(wait.until - wait.since), **told)
    if wait.is_capped:
        yield voice.say("why capped", at=voice.when(wait.until), cap=voice.limit(listed[wait.code].pauses_at_most))


def _outcome(life: ClockLife, status: Status, until: datetime, voice: Voice) -> str:
    """Return when it was due and what came of it."""
    if life.lack is not None:
        return cure(life.lack.reason, life.lack.calendar, voice.lang)
    if status is Status.CANCELLED:
        return _said(f"why lapsed {life.lapse}", life, voice, at=voice.when(life.ended_at))
    if life.due_at is None:
        return voice.say("why held")
    told = {"due": voice.when(life.due_at), "ended": voice.when(life.ended_at)}
    far = voice.length(abs(life.due_at - (life.ended_at or until)))
    left = (" " + (life.lapse if life.lapse in _OF_WORK else "over")) if status is Status.BREACHED and life.ended_at else ""
    return _said(f"why {status}{left}", life, voice, length=far, **told)


def _said(key: str, life: ClockLife, voice: Voice, **values: str) -> str:
    """Return a sentence; that of the kind of promise, where there is one."""
    own = f"{key} {life.target.kind}"
    return voice.say(own if own in voice.words else key, **values)


def _summed(life: ClockLife, sums: Sums, voice: Voice) -> str:
    # A day of working time has no 24 hours.
    told = {"until": voice.when(sums.until), "used": voice.length(sums.used, in_days=not life.limit.works)}
    return voice.say("why sums paused" if sums.paused else "why sums", paused=voice.length(sums.paused), **told)
