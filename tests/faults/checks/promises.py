"""Promises: sla agrees with the model, said each breach once, and withdrew only events that it had said."""

from collections import Counter
from datetime import datetime

from tests.faults.evidence import Record
from tests.faults.model import Happened, fates
from tests.faults.view import Complaints, View

Breach = tuple[str, datetime]

SHOWN = {
    "kept": "met",
    "late": "ended_late",
    "broken": "breached",
    "lapsed": "cancelled",
    "paused": "paused",
    "running": "running",
}
"""The model's word for a fate, and sla's."""


def diary_of(view: View, case: str) -> list[Happened]:
    """Return the facts of a case without those of sla."""
    facts = (one for one in view.by_key.get(case, ()) if one.source != "sla")
    return [Happened(one.at, one.type.removesuffix(".v1"), one.data) for one in facts]


def breaches_are_the_models(view: View) -> Complaints:
    """Yield breaches that were not said though the model's promise broke, and those said without reason."""
    fired_until, read_at = view.evidence.fired_until, view.evidence.read_at
    assert fired_until is not None and read_at is not None
    for case in view.registered():
        said = Counter(standing(view, case))
        must, may = (broken(view, case, at) for at in (fired_until, read_at))
        view.looked_at["breaches"] += len(must)
        for clock, at in sorted(must - said.keys()):
            yield f"{clock} of case {case} broke at {at}, and no breach was said"
        for clock, at in sorted(said.keys() - may):
            yield f"a breach of {clock} of case {case} at {at} stands, and the promise was not broken then"
        yield from (f"the breach of {clock} of case {case} was said {n} times" for (clock, _), n in said.items() if n > 1)


def broken(view: View, case: str, now: datetime) -> set[Breach]:
    """Return the breaches of a case as the model has them at `now`."""
    return {(one.clock, one.broken_at) for one in fates(diary_of(view, case), now).values() if one.broken_at}


def standing(view: View, case: str) -> list[Breach]:
    """Return the breaches that were said of a case and not withdrawn."""
    withdrawn = {one.data["withdrawn_id"] for one in view.of_type(case, "clock.withdrawn.v1")}
    return [(one.data["clock"], one.at) for one in view.of_type(case, "clock.breached.v1") if one.id not in withdrawn]


def withdrawals_are_of_something(view: View) -> Complaints:
    """Yield withdrawals of events that did not stand: never said, or withdrawn before."""
    said: dict[str, Record] = {}
    for one in view.firsts:
        if one.type == "clock.withdrawn.v1":
            view.looked_at["withdrawals"] += 1
            what = said.pop(one.data["withdrawn_id"], None)
            if what is None or what.key != one.key:
                yield f"case {one.key}: {one.data['what']} {one.data['withdrawn_id']} was withdrawn, and it did not stand"
        elif one.type.startswith("clock."):
            said[one.id] = one


def clocks_show_their_fate(view: View) -> Complaints:
    """Yield clocks that sla shows otherwise than the model, except those that fall due in these seconds."""
    fired_until, read_at = view.evidence.fired_until, view.evidence.read_at
    assert fired_until is not None and read_at is not None
    for case, pages in view.evidence.pages.items():
        shown = {one["clock"]: one["status"] for one in pages.get("clocks", {}).get("items", [])}
        diary = diary_of(view, case)
        before, after = fates(diary, fired_until), fates(diary, read_at)
        for clock, fate in after.items():
            view.looked_at["clocks"] += 1
            if shown.get(clock) not in {SHOWN[fate.status], SHOWN[before[clock].status]}:
                yield f"{clock} of case {case} is {fate.status}, and sla shows {shown.get(clock)}"
        for clock in shown.keys() - after.keys():
            yield f"{clock} of case {case} never began, and sla shows {shown[clock]}"


PROMISES = (breaches_are_the_models, withdrawals_are_of_something, clocks_show_their_fate)
