"""The engine: turns the rows of a log, in file order, into facts. It is pure, and knows the language but no log."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

import msgspec

from deploy.importer import conditions, templates
from deploy.importer.conditions import Row
from deploy.importer.mapping import Mapping as LogMapping
from deploy.importer.moments import Times
from deploy.importer.rules import Rule
from deploy.importer.stamps import Reading, Stamps, Unsayable

FACTS_PER_ROW_MAX = 16
NO_RULE = "no rule fits"
BACK = "goes back in time within its case"
REGISTERED = "case.registered"
EARLY = "happened before its case was registered"
_EVER = datetime.min.replace(tzinfo=UTC)


class SourceFact(msgspec.Struct, frozen=True):
    """One fact as it is sent. (system, case, sequence, type) is its identity: sent again, it is the same fact."""

    system: str
    case: str
    sequence: int
    type: str
    time: datetime
    data: dict[str, Any]
    shared_with: str | msgspec.UnsetType = msgspec.UNSET


@dataclass(slots=True)
class Outcome:
    """The facts of one row, or the reason for none; `unsaid` are facts that a rule asked for and the row could not
    give.

    `odd` is what somebody should look at: the facts are made all the same.
    """

    facts: list[SourceFact] = field(default_factory=list)
    reason: str = ""
    unsaid: list[Unsayable] = field(default_factory=list)
    odd: list[str] = field(default_factory=list)


@dataclass(slots=True)
class _History:
    """The memory of a case while its rows are read. `said` has, by rule, the values that `change` and `once` compare.

    `latest` is, by column, the latest time of the rows before.
    """

    case: str
    row: int = 0
    before: Row | None = None
    said: dict[int, Row] = field(default_factory=dict)
    latest: dict[str, datetime] = field(default_factory=dict)
    registered_at: datetime | None = None


class _Ready:
    """A rule made of functions."""

    def __init__(self, number: int, rule: Rule, places: dict[str, int], times: Times) -> None:
        self.number, self.on, self.fact, self.reason = number, rule.on, rule.fact, rule.reason
        self.fits = conditions.compiled(rule.when, places)
        self.say = templates.compiled(rule.data, places, times)
        self._at = [(column, times.reader(column)) for column in rule.at]
        self._change_of = [places[column] for column in rule.change_of]

    def news(self, row: Row) -> Row:
        """Return the values that a `change` compares."""
        return tuple(row[at] for at in self._change_of)

    def time(self, row: Row) -> tuple[str, Reading]:
        """Return the first of the rule's `at` columns that has a time, and its reading."""
        for column, read in self._at:
            if found := read(row):
                return column, found
        raise Unsayable(f"{' and '.join(column for column, _ in self._at)}: no time")


class Engine:
    """Turns rows into facts. `rows_of` has the number of rows of each case, so that the last one is known when it
    comes."""

    def __init__(self, mapping: LogMapping, rows_of: Mapping[str, int]) -> None:
        self._times = Times(Stamps(mapping.clocks.formats, mapping.clocks.zone), mapping.clocks.moments, mapping.places)
        self._system, self._rows_of = mapping.system, rows_of
        self._shared_with = mapping.shared_with or msgspec.UNSET
        self._rules = [_Ready(number, rule, mapping.places, self._times) for number, rule in enumerate(mapping.rules)]
        self._open: dict[str, _History] = {}

    def row(self, case: str, row: Row) -> Outcome:
        """Return the facts of the next row of `case`."""
        history = self._open.setdefault(case, _History(case))
        history.row += 1
        is_last = history.row >= self._rows_of[case]
        outcome, times = Outcome(), dict[str, datetime]()
        for ready in self._rules:
            if not _fits(ready, history, row, is_last, bool(outcome.facts)):
                continue
            if ready.reason:
                outcome.reason = ready.reason
                break
            self._say(ready, history, row, outcome, times)
        for column, at in times.items():
            if at > history.latest.get(column, _EVER):
                history.latest[column] = at
        if not outcome.facts and not outcome.reason:
            outcome.reason = str(outcome.unsaid[0]) if outcome.unsaid else NO_RULE
        if self._times.odd:
            outcome.odd += self._times.odd
            self._times.odd.clear()
        history.before = row
        if is_last:
            del self._open[case]
        return outcome

    def _say(self, ready: _Ready, history: _History, row: Row, outcome: Outcome, times: dict[str, datetime]) -> None:
        index = len(outcome.facts)
        try:
            if index == FACTS_PER_ROW_MAX:
                raise Unsayable(f"more than {FACTS_PER_ROW_MAX} facts in one row")
            (column, read), data = ready.time(row), ready.say(row, history.before)
        except Unsayable as why:
            outcome.unsaid.append(why)
            return
        latest = history.latest.get(column)
        time, note, _ = read if read.second is None else read.behind(latest)
        times[column] = time
        if note:
            outcome.odd.append(f"{column} {note}")
        if latest is not None and time < latest:
            outcome.odd.append(f"{column} {BACK}")
        if ready.fact == REGISTERED:
            history.registered_at = history.registered_at or time
        elif history.registered_at is not None and time < history.registered_at:
            outcome.odd.append(f"{ready.fact} {EARLY}")
        sequence = history.row * FACTS_PER_ROW_MAX + index
        outcome.facts.append(SourceFact(self._system, history.case, sequence, ready.fact, time, data, self._shared_with))
        if ready.on in ("once", "change"):
            history.said[ready.number] = ready.news(row)


def _fits(ready: _Ready, history: _History, row: Row, is_last: bool, has_facts: bool) -> bool:
    """Test whether a rule gives a fact for this row."""
    match ready.on:
        case "first" if history.row > 1:
            return False
        case "last" if not is_last:
            return False
        case "once" if ready.number in history.said:
            return False
    if has_facts and (ready.reason or ready.on == "otherwise"):
        return False
    if not ready.fits(row, history.before):
        return False
    return ready.on != "change" or history.said.get(ready.number) != ready.news(row)
