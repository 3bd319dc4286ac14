"""The readers: each has read all, kept what it hears, and tells a case's life in the one order that the facts have."""

from collections.abc import Iterable

from tests.faults.evidence import Record
from tests.faults.view import Complaints, View


def no_work_is_left(view: View) -> Complaints:
    """Yield the work that the services still had to do when the patience was over."""
    view.looked_at["settlements"] += 1
    if view.evidence.left:
        yield f"work is left that nobody does: {view.evidence.left}"


def everything_was_read(view: View) -> Complaints:
    """Yield readers whose checkpoint knows another last number than the log, and keys that were set aside."""
    last: dict[str, dict[str, tuple[int, int]]] = {}
    for one in view.firsts:
        numbers = last.setdefault(one.part, {})
        numbers[one.source] = max(numbers.get(one.source, (0, -1)), (one.epoch, one.seq))
    for service, places in view.evidence.seen.items():
        for part, seen in places.items():
            view.looked_at["checkpoints"] += 1
            if {source: tuple(at) for source, at in seen.items()} != last.get(part, {}):
                yield f"{service} has read {part} up to {seen}, and the log goes to {last.get(part, {})}"
    for service, keys in view.evidence.parked.items():
        yield from (f"{service} has set {key} aside" for key in keys)


def one_order_for_every_reader(view: View) -> Complaints:
    """Yield services that keep other facts of a case than the log has, or in another order."""
    for service, kept in view.evidence.heard.items():
        hears = view.evidence.hears[service]
        for case in {*kept, *view.registered()}:
            view.looked_at["orders"] += 1
            known = kept.get(case, [])
            wanted = in_order(one for one in view.by_key.get(case, ()) if one.type in hears)
            if known == wanted:
                continue
            if missing := [view.by_id[id].type for id in wanted if id not in known]:
                yield f"{service} never heard {', '.join(missing)} of case {case}"
            elif len(known) > len(wanted):
                yield f"{service} keeps {len(known)} facts of case {case}, and the log has {len(wanted)}"
            else:
                yield f"{service} has the facts of case {case} in another order than the log's"


def in_order(records: Iterable[Record]) -> list[str]:
    """Return the ids of a case's facts in the order of the facts: when they occurred, their place in that instant, the id."""
    return [one.id for one in sorted(records, key=lambda one: (one.at, one.place, one.id))]


def what_was_acknowledged_can_be_read(view: View) -> Complaints:
    """Yield acknowledged cases that intake does not show, or whose life analytics tells otherwise than the log."""
    hears = view.evidence.hears.get("analytics", frozenset())
    for name, one in view.history.acknowledged().items():
        if one.kind != "register":
            continue
        case = one.about
        pages = view.evidence.pages.get(case, {})
        view.looked_at["pages"] += 1
        if pages.get("case", {}).get("external_ref") != one.value:
            yield f"case {case} ({name}) was acknowledged, and intake does not show it: it is lost"
        told = [moment["id"] for moment in pages.get("timeline", {}).get("items", [])]
        if told != in_order(record for record in view.by_key.get(case, ()) if record.type in hears):
            yield f"analytics tells the life of case {case} otherwise than the log"


READERS = (no_work_is_left, everything_was_read, one_order_for_every_reader, what_was_acknowledged_can_be_read)
