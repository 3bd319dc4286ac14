"""Rows and facts of a case → what its pictures draw."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal
from urllib.parse import quote

from libs.pictures.clock_bars import Clock, Stretch
from libs.pictures.lanes import Happening
from services.analytics.queries.timeline import Moment

Row = Mapping[str, Any]

_PAUSES = {"clock.paused": True, "clock.resumed": False}


@dataclass(frozen=True, slots=True)
class Named:
    """What clocks are called: the words of the page, the names of nodes and exceptions, and where sla explains them."""

    words: Mapping[str, str]
    nodes: Mapping[str, str]
    explained: str
    exception: Callable[[str], str] = str


def clocks_of(rows: Sequence[Row], facts: Sequence[Moment], now: datetime, named: Named) -> list[Clock]:
    """Return the clocks with what counted and what was paused between their facts. sla explains which of it was working time."""
    return [_clock(row, facts, now, named) for row in rows if row["started_at"] is not None]


def _clock(row: Row, facts: Sequence[Moment], now: datetime, named: Named) -> Clock:
    since = row["started_at"]
    until = max(since, row["ended_at"] or now)
    status = "late" if row["status"] == "breached" and row["ended_at"] else row["status"]
    return Clock(
        label=called(row, named),
        since=since,
        until=until,
        due_at=row["due_at"],
        stretches=tuple(_stretches(since, until, [one for one in facts if _is_of(one, row)], named.exception)),
        outcome=named.words[f"status {status}"],
        href=f"{named.explained}/clocks/{quote(row['case_id'], safe='')}/{quote(row['clock'] + again(row), safe='/')}/explain",
    )


def called(clock: Row, named: Named) -> str:
    """Return what a clock is called: its node, or what is promised; authors of standards may have words of their own."""
    code = clock["clock"]
    name = named.nodes.get(clock["node"], code) if clock["kind"] == "node" else named.words.get(f"kind {code}", code)
    return name + again(clock)


def again(clock: Row) -> str:
    """Return what tells a clock from the first one of its name."""
    return "" if clock["occurrence"] == 1 else f"/{clock['occurrence']}"


def _is_of(fact: Moment, row: Row) -> bool:
    told = fact.data
    return (told.get("clock"), told.get("occurrence", 1)) == (row["clock"], row["occurrence"]) and _kind(fact) in _PAUSES


def _kind(fact: Moment) -> str:
    return fact.type.rpartition(".v")[0]


def _stretches(since: datetime, until: datetime, facts: Sequence[Moment], called: Callable[[str], str]) -> Iterator[Stretch]:
    """Yield the stretches from start to end; each pause ends the one before it."""
    what: Literal["counted", "paused"] = "counted"
    reason = ""
    for fact in facts:
        at = min(max(fact.at, since), until)
        if at > since:
            yield Stretch(what, since, at, reason)
        paused = _PAUSES[_kind(fact)]
        since, what, reason = at, "paused" if paused else "counted", called(str(fact.data.get("reason", ""))) if paused else ""
    if until > since:
        yield Stretch(what, since, until, reason)


_OF = {
    "registered": "intake", "graded": "routing", "classified": "routing", "assigned": "routing", "handed_over": "routing",
    "exception": "routing", "node": "routing", "survey_sent": "survey", "survey_answered": "survey",
}  # fmt: skip
"""Kind of event → the service that says it; contacts are intake's, everything else is routing's."""


def happenings_of(events: Sequence[Row], lang: str, words: Mapping[str, str]) -> list[Happening]:
    """Return what happened to the case, for the lanes."""
    return [_happening(one, lang, words) for one in events]


def _happening(one: Row, lang: str, words: Mapping[str, str]) -> Happening:
    kind: str = one["kind"]
    service = "intake" if kind.startswith("contact") else _OF.get(kind, "routing")
    until = one["until"] if one["until"] and one["until"] > one["at"] else None
    ended: Literal["good", "done"] = "good" if kind in ("resolved", "closed") else "done"
    return Happening(
        words[f"service {service}"], one["agent"] or one["team"], one[f"activity_{lang}"], one["at"], until, kind=ended
    )


@dataclass(frozen=True, slots=True)
class Step:
    """A node of the standard and what was made of it."""

    name: str
    node: str
    key_node: bool
    state: Literal["done", "here", "skipped", "ahead"]
    visits: int
    returns: int
    done_at: datetime | None


def way(nodes: Sequence[Row], visits: Sequence[Row], here: str, lang: str) -> list[Step]:
    """Return the standard's nodes in their order; one that was passed without a visit was skipped."""
    entered = {row["node"] for row in visits}
    furthest = max((n for n, one in enumerate(nodes) if one["node"] in entered), default=-1)
    return [
        _step(one, [row for row in visits if row["node"] == one["node"]], n < furthest, here, lang) for n, one in enumerate(nodes)
    ]


def _step(node: Row, visits: Sequence[Row], is_passed: bool, here: str, lang: str) -> Step:
    done = [row["completed_at"] for row in visits if row["completed_at"]]
    state: Literal["done", "here", "skipped", "ahead"]
    if node["node"] == here:
        state = "here"
    elif done:
        state = "done"
    else:
        state = "skipped" if is_passed and not visits else "ahead"
    returns = sum(row["returned"] for row in visits)
    return Step(node[f"name_{lang}"], node["node"], node["key_node"], state, len(visits), returns, max(done, default=None))
