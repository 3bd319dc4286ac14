"""The words of a promise about time: how much it allows, when work is done, and the moments at which it starts and stops."""

import re
from dataclasses import dataclass, field
from datetime import datetime, time
from enum import StrEnum
from functools import lru_cache


class Unit(StrEnum):
    """How a limit counts."""

    SECONDS = "s"
    MINUTES = "m"
    HOURS = "h"
    DAYS = "d"
    WORKING_HOURS = "wh"
    WORKING_DAYS = "wd"


class Each(StrEnum):
    """What a promise is made for again and again.

    For each `message`: from what the customer says after the first answer to the next time that somebody speaks with her. As an
    `update`: from the start to the first conversation with her, from each to the next. Both end when the case is resolved.
    """

    MESSAGE = "message"
    UPDATE = "update"


class Reopening(StrEnum):
    """What becomes of a promise that is over when the case is reopened.

    `ignore`: nothing, it stays as it was decided. `new`: a new cycle begins. `continue`: a cycle begins with the time that the
    one before left; one that broke has left none, and stays broken.
    """

    IGNORE = "ignore"
    NEW = "new"
    CONTINUE = "continue"


class Deadline(StrEnum):
    """A date of a case by which something is promised, whatever time that leaves: agreed with the customer, or set by law."""

    AGREED = "agreed_due_at"
    LEGAL = "legal_due_at"


@dataclass(frozen=True, slots=True, kw_only=True)
class CalendarRef:
    """One version of one calendar."""

    id: str
    version: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Window:
    """One stretch of working time on a weekday (0 = Monday); `closes` is the first instant outside it."""

    weekday: int
    opens: time
    closes: time


@dataclass(frozen=True, slots=True, kw_only=True)
class Opening:
    """One stretch of working time of a single date; `closes` is the first instant outside it."""

    opens: time
    closes: time


@dataclass(frozen=True, slots=True, kw_only=True)
class Cutoff:
    """What begins at or after `at` on a working day counts as begun at `resumes` on the next one."""

    at: time
    resumes: time


@dataclass(frozen=True, slots=True, kw_only=True)
class Target:
    """A promise about time, from a moment to a moment such as `registered` or `completed:n4`.

    `limit` is `30m`, `24h`, `8wh`, `3wd`, or a date that the case has (Deadline). `when` narrows it to cases whose `grade`,
    `service_class`, `severity` equal the given words; of several targets with one `clock` name the first that fits holds.
    `pauses` lists the exception codes that stop it; no wait moves a date. With `per_visit` it is
    promised for each visit of `node`, from arrival to completion; without it, for the first one only. With a `gate` it is
    promised each time that a decision is asked for, from then until it is made. With an `exception`, each time that this one
    is raised, from then until somebody turns to the customer. `each` is Each.
    With `owed` it is to be kept however the case ends, unless the customer withdrew it or another case goes on with it.
    `reopened` is what a reopening makes of it (Reopening). `warn` says when it warns (Mark) and whom (Warned).
    """

    clock: str
    kind: str
    limit: str
    start: str
    stop: str
    when: dict[str, str] = field(default_factory=dict)
    pauses: tuple[str, ...] = ()
    node: str = ""
    per_visit: bool = False
    exception: str = ""
    gate: str = ""
    owed: bool = False
    each: str = ""
    reopened: str = "ignore"
    warn: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """What a rule of a policy makes of the promise `clock`. What it leaves empty stays as it is.

    `calendar` is the one that counts its limit. With `adds` the promise is the policy's own; the standard has none of its name.
    """

    clock: str
    limit: str = ""
    calendar: CalendarRef | None = None
    adds: Target | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class PolicyRule:
    """One ordered condition of a policy; of those that change one promise the first that fits decides, and its id is recorded.

    `when` maps `channel`, `kind`, a declared attribute, `service_class`, `grade`, `severity` to the word that the case has, and
    `team` to the team that held the case, or the node, when the promise began.
    """

    id: str
    when: dict[str, str] = field(default_factory=dict)
    then: Change


@dataclass(frozen=True, slots=True, kw_only=True)
class Policy:
    """A version of the rules that change the promises of one process, for the cases that come from `valid_from` on."""

    process_id: str
    version: int
    valid_from: datetime
    rules: tuple[PolicyRule, ...]


CORRECTION, RISK = APART = "correction", "risk"
"""The process ids under which something is promised about a correction and about a risk. No process standard has one of these."""

NAMED = ("registered", "first_response", "resolved", "closed")
OF_NODES = ("entered", "started", "completed")

AT_RISK_SHARE = 0.2
"""A promise that runs is at risk once less than this share of the time from its start to its due instant is left."""

LIMIT = rf"([1-9][0-9]{{0,4}})({'|'.join(Unit)})"
DATES = "|".join(Deadline)
MOMENT = rf"({'|'.join(NAMED)})|({'|'.join(OF_NODES)}):([\s\S]+)"
"""The grammars, also of the JSON Schema of standards."""

_LIMIT, _MOMENT = re.compile(LIMIT, re.ASCII), re.compile(MOMENT)


@dataclass(frozen=True, slots=True)
class Limit:
    """An amount of the promise's own time: `20s`, `30m`, `24h`, `2d`, `8wh`, `3wd`; or until a date of the case."""

    amount: int
    unit: Unit
    until: Deadline | None = None

    @property
    def works(self) -> bool:
        """Test whether only working time counts."""
        return self.unit in (Unit.WORKING_HOURS, Unit.WORKING_DAYS)

    def __str__(self) -> str:
        return self.until or f"{self.amount}{self.unit}"


@dataclass(frozen=True, slots=True)
class Moment:
    """What happens, and at which node: `registered`, `completed:n4`. The node is empty where it concerns the whole case."""

    what: str
    node: str = ""

    def __str__(self) -> str:
        return f"{self.what}:{self.node}" if self.node else self.what


@lru_cache(maxsize=1024)
def read_limit(text: str, *, dated: bool = False) -> Limit | None:
    """Return the limit that `text` says; None when it is none. What is `dated` may be due by a date of the case, too."""
    if dated and text in list(Deadline):
        return Limit(0, Unit.SECONDS, Deadline(text))  # the time until a date is elapsed time
    form = _LIMIT.fullmatch(text)
    return Limit(int(form[1]), Unit(form[2])) if form else None


@lru_cache(maxsize=1024)
def read_moment(text: str) -> Moment | None:
    """Return the moment that `text` names; None when it names none."""
    form = _MOMENT.fullmatch(text)
    return Moment(form[1] or form[2], form[3] or "") if form else None


def limit_of(text: str) -> Limit:
    """Return the limit that `text` says, be it an amount or a date, or raise ValueError."""
    if limit := read_limit(text, dated=True):
        return limit
    units = "a whole number from 1 to 99999 and s, m, h, d, wh or wd"
    raise ValueError(f"{text!r} is no limit; write {units}, for example 30m or 3wd, or {' or '.join(Deadline)}.")


def moment_of(text: str) -> Moment:
    """Return the moment that `text` names, or raise ValueError."""
    if moment := read_moment(text):
        return moment
    of_nodes = ", ".join(f"{what}:" for what in OF_NODES)
    raise ValueError(f"{text!r} is no moment; write {', '.join(NAMED)}, or {of_nodes} and a node id.")
