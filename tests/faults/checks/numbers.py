"""The log by itself: numbers without gaps, echoes that say the same, one place for one event, one effect of one cause."""

from collections import Counter, defaultdict

from tests.faults.evidence import Record
from tests.faults.view import Complaints, View


def numbers_have_no_gap(view: View) -> Complaints:
    """Yield sources whose first occurrences do not stand in order and without holes in a partition."""
    last: dict[tuple[str, str], tuple[int, int]] = {}
    for one in view.firsts:
        view.looked_at["events"] += 1
        at = one.part, one.source
        epoch, seq = last.get(at, (one.epoch, -1))
        expected = (epoch, seq + 1) if one.epoch == epoch else (epoch + 1, 0)
        if (one.epoch, one.seq) != expected:
            yield f"{one.source} on {one.part}: number {one.epoch}:{one.seq} follows {epoch}:{seq} at offset {one.offset}"
        last[at] = one.epoch, one.seq


def echoes_say_the_same(view: View) -> Complaints:
    """Yield numbers that stand on the log with different events."""
    known: dict[tuple[str, str, int, int], Record] = {}
    for one in view.evidence.log:
        first = known.setdefault((one.part, one.source, one.epoch, one.seq), one)
        view.looked_at["echoes"] += first is not one
        if (first.id, first.type, first.data) != (one.id, one.type, one.data):
            yield f"{one.source} {one.epoch}:{one.seq} on {one.part} is {first.id} at {first.offset} and {one.id} at {one.offset}"


def one_number_for_one_event(view: View) -> Complaints:
    """Yield events that were numbered twice: they count twice wherever numbers tell repetitions apart."""
    for id, times in Counter(one.id for one in view.firsts).items():
        if times > 1:
            one = view.by_id[id]
            yield f"{one.type} {id} of {one.key} was said {times} times, under different numbers"


def one_case_in_one_partition(view: View) -> Complaints:
    """Yield subjects that stand in several partitions, where nobody can tell their order."""
    places: dict[tuple[str, str], set[str]] = defaultdict(set)
    for one in view.firsts:
        places[one.part.split("/")[0], one.key].add(one.part)
    yield from (f"{key} stands in {', '.join(sorted(parts))}" for (_, key), parts in places.items() if len(parts) > 1)


def one_effect_of_one_cause(view: View) -> Complaints:
    """Yield cases that were not classified once, and resolutions about which the customer was not asked once."""
    for case in view.registered():
        view.looked_at["cases"] += 1
        [registered, *_] = view.of_type(case, "case.registered.v1")
        pinned = [one for one in view.of_type(case, "case.classified.v1") if one.data.get("process_id")]
        if len(pinned) != 1:
            yield f"case {case} was registered and classified {len(pinned)} times"
        resolved = [one for one in view.of_type(case, "case.resolved.v1") if one.origin != "import"]
        asked = len(view.of_type(case, "survey.sent.v1"))
        wanted = len(resolved) if registered.data["customer_ref"] not in ("", "anonymous") else 0
        if asked != wanted:
            yield f"case {case} was resolved {len(resolved)} times and its customer asked {asked} times, not {wanted}"


NUMBERS = (
    numbers_have_no_gap,
    echoes_say_the_same,
    one_number_for_one_event,
    one_case_in_one_partition,
    one_effect_of_one_cause,
)
