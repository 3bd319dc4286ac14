"""Every counted figure again, the long way: from the rows of a case and the facts, without its declaration."""

from collections import Counter
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, timedelta
from typing import Any

from libs.events.catalogue import routing
from libs.events.log.envelope import Fact

Rows = dict[str, list[dict[str, Any]]]
Added = tuple[date, date, int, int]
"""The day it counts on, the day on which that was known, numerator, denominator."""

HOUR, MICROSECOND = timedelta(hours=1), timedelta(microseconds=1)


def day(at: datetime, rows: Rows) -> date:
    """Return the day, in Greenwich, on which an instant counts."""
    return max(at, rows["cases"][0]["received_at"]).astimezone(UTC).date()


def was(rows: Rows, at: datetime) -> dict[str, Any]:
    """Return the case's class and grade at an instant, or when it came."""
    mine = rows["stretches"]
    return next((row for row in reversed(mine) if row["since_at"] <= at), mine[0])


def on(at: datetime, rows: Rows, num: int, den: int = 1) -> Iterator[Added]:
    """Yield what counts at an instant, unless the case was cancelled then."""
    if was(rows, at)["phase"] != "cancelled":
        yield day(at, rows), day(at, rows), num, den


def first_answer(rows: Rows, facts: list[Fact]) -> Iterator[Added]:
    answers = [row["contacted_at"] for row in rows["contacts"] if row["response"]]
    came = rows["cases"][0]["received_at"]
    if answers and answers[0] >= came:
        waits = [row for row in rows.get("exceptions", []) if row["code"] == "awaiting_customer"]
        spans = [(max(row["raised_at"], came), min(row["cleared_at"] or answers[0], answers[0])) for row in waits]
        waited = sum((max(until - since, 0 * HOUR) for since, until in spans), 0 * HOUR)
        yield from on(answers[0], rows, (answers[0] - came - waited) // MICROSECOND)


def _finished(kind: str, rows: Rows, facts: list[Fact], num: Callable[[dict[str, Any]], int], unit: str = "") -> Iterator[Added]:
    for row in rows["clocks"]:
        is_meant = row["kind"] == kind and row["allowance"].endswith(unit)
        if is_meant and row["ended_at"] and row["used_us"] is not None and not row["lapse"]:
            yield from on(row["ended_at"], rows, num(row))


def handling_cycle(rows: Rows, facts: list[Fact]) -> Iterator[Added]:
    yield from _finished("cycle", rows, facts, lambda row: row["used_us"], "wd")


def handling_cycle_in_time(rows: Rows, facts: list[Fact]) -> Iterator[Added]:
    yield from _finished("cycle", rows, facts, lambda row: int(row["status"] == "met"), "wd")


def _late(rows: Rows, until: datetime, ends: list[datetime]) -> Iterator[Added]:
    came = rows["cases"][0]["received_at"]
    if was(rows, until)["phase"] != "cancelled":
        yield day(came, rows), day(came, rows), int(not ends or ends[0] > until), 1


def unhandled_after_24h(rows: Rows, facts: list[Fact]) -> Iterator[Added]:
    ends = [fact.time for fact in facts if isinstance(fact.data, routing.CaseResolved)]
    yield from _late(rows, rows["cases"][0]["received_at"] + 24 * HOUR, ends)


def open_after_72h(rows: Rows, facts: list[Fact]) -> Iterator[Added]:
    ends = [fact.time for fact in facts if _closes(fact)]
    yield from _late(rows, rows["cases"][0]["received_at"] + 72 * HOUR, ends)


def _closes(fact: Fact) -> bool:
    return isinstance(fact.data, routing.CaseClosed) and fact.data.outcome != "withdrawn"


def answered_within_24h(rows: Rows, facts: list[Fact]) -> Iterator[Added]:
    came = rows["cases"][0]["received_at"]
    answers = [row["contacted_at"] for row in rows["contacts"] if row["response"]]
    yield from on(came + 48 * HOUR, rows, int(bool(answers) and answers[0] <= came + 24 * HOUR))


def handled_within_48h(rows: Rows, facts: list[Fact]) -> Iterator[Added]:
    until = rows["cases"][0]["received_at"] + 48 * HOUR
    said = [one for one in facts if isinstance(one.data, routing.CaseClassified) and one.data.initial_handling][:1]
    for nodes in [one.data.initial_handling for one in said if one.time <= until]:
        done = [row["completed_at"] for row in rows.get("node_visits", []) if row["node"] in nodes and row["completed_at"]]
        yield from on(until, rows, int(bool(done) and min(done) <= until))


def _as_of_each_day(rows: Rows, is_num: Callable[[datetime], bool]) -> Iterator[Added]:
    """Yield the difference that each day made to a case: its values at the end of the day, less those before."""
    came, before = rows["cases"][0]["received_at"], (0, 0)
    begin = came.replace(hour=0, minute=0, second=0, microsecond=0)
    for n in range(30):
        end = begin + (n + 1) * 24 * HOUR - MICROSECOND
        den = int(was(rows, end)["phase"] != "cancelled")
        now = (int(bool(den) and is_num(end)), den)
        yield day(came, rows), end.date(), now[0] - before[0], now[1] - before[1]
        before = now


def closure(rows: Rows, facts: list[Fact]) -> Iterator[Added]:
    calls = [row["contacted_at"] for row in rows["contacts"] if row["purpose"] == "followup" and not row["automated"]]
    yield from _as_of_each_day(rows, lambda at: was(rows, at)["phase"] == "closed" and any(call <= at for call in calls))


def resolution(rows: Rows, facts: list[Fact]) -> Iterator[Added]:
    met = [one.time for one in facts if isinstance(one.data, routing.CaseResolved) and one.data.outcome == "resolved"]
    back = [one.time for one in facts if isinstance(one.data, routing.CaseReopened)]

    def is_num(at: datetime) -> bool:
        return any(a <= at and not any(a < b <= min(at, a + 168 * HOUR) for b in back) for a in met)

    yield from _as_of_each_day(rows, is_num)


def _came(rows: Rows, num: int, den: int) -> Iterator[Added]:
    came = rows["cases"][0]["received_at"]
    if was(rows, came.replace(hour=23, minute=59, second=59, microsecond=999_999))["phase"] != "cancelled":
        yield day(came, rows), day(came, rows), num, den


def complaints(rows: Rows, facts: list[Fact]) -> Iterator[Added]:
    yield from _came(rows, int(rows["cases"][0]["kind"] == "complaint"), 0)
    for fact in [fact for fact in facts if _closes(fact)][:1]:
        yield from on(fact.time, rows, 0)


def approval(rows: Rows, facts: list[Fact]) -> Iterator[Added]:
    for row in rows.get("decisions", []):
        if row["decided_in_us"] is not None:
            yield from on(row["decided_at"], rows, row["decided_in_us"])


def waiting(rows: Rows, facts: list[Fact]) -> Iterator[Added]:
    for row in rows.get("exceptions", []):
        if row["cleared_at"] and row["cleared_at"] >= row["raised_at"]:
            yield from on(row["cleared_at"], rows, (row["cleared_at"] - row["raised_at"]) // MICROSECOND)


def node_duration(rows: Rows, facts: list[Fact]) -> Iterator[Added]:
    yield from _finished("node", rows, facts, lambda row: row["used_us"])


def _further(rows: Rows) -> list[dict[str, Any]]:
    found = [row for row in rows["contacts"] if row["direction"] == "inbound" and not row["automated"]]
    if rows["cases"][0]["channel"] == "phone":
        call = next((row for row in found if row["channel"] == "phone"), None)
        found = [row for row in found if row is not call]
    return found


def contacts_per_case(rows: Rows, facts: list[Fact]) -> Iterator[Added]:
    yield from _came(rows, 1, 1)
    for row in _further(rows):
        yield from on(row["contacted_at"], rows, 1, 0)


def transfers_per_case(rows: Rows, facts: list[Fact]) -> Iterator[Added]:
    yield from _came(rows, 0, 1)
    for row in rows.get("assignments", []):
        yield from on(row["assigned_at"], rows, int(row["reassigned"]), 0)


def reopening(rows: Rows, facts: list[Fact]) -> Iterator[Added]:
    for fact in facts:
        if isinstance(fact.data, routing.CaseReopened):
            yield from on(fact.time, rows, 1, 0)
        elif _closes(fact):
            yield from on(fact.time, rows, 0, 1)


def automated_answers(rows: Rows, facts: list[Fact]) -> Iterator[Added]:
    machine = ("outbound", "response", True)
    sent = [row for row in rows["contacts"] if row["response"] or (row["direction"], row["purpose"], row["automated"]) == machine]
    for row in sent[:1]:
        yield from on(row["contacted_at"], rows, int(row["automated"]))


def class_mix(rows: Rows, facts: list[Fact]) -> Iterator[Added]:
    yield from _came(rows, 1, 0)


def channel_mix(rows: Rows, facts: list[Fact]) -> Iterator[Added]:
    yield from _came(rows, 1, 0)
    for row in _further(rows):
        yield from on(row["contacted_at"], rows, 1, 0)


def online_share(rows: Rows, facts: list[Fact]) -> Iterator[Added]:
    online = ("web", "email", "chat", "app", "wechat", "video", "portal", "form", "sms")
    yield from _came(rows, int(rows["cases"][0]["channel"] in online), 1)
    for row in _further(rows):
        yield from on(row["contacted_at"], rows, int(row["channel"] in online))


RECOUNTS: dict[str, Callable[[Rows, list[Fact]], Iterator[Added]]] = {
    function.__name__: function
    for function in (
        first_answer,
        handling_cycle,
        handling_cycle_in_time,
        unhandled_after_24h,
        open_after_72h,
        answered_within_24h,
        handled_within_48h,
        closure,
        resolution,
        complaints,
        approval,
        waiting,
        node_duration,
        contacts_per_case,
        transfers_per_case,
        reopening,
        automated_answers,
        class_mix,
        channel_mix,
        online_share,
    )
}


def recounted(name: str, rows: Rows, facts: list[Fact]) -> Counter[Any]:
    """Return a case's part in a figure, by day, day of knowledge, and which of the two sums."""
    sums: Counter[Any] = Counter()
    for at, known, num, den in RECOUNTS[name](rows, facts):
        sums[at, known, "num"] += num
        sums[at, known, "den"] += den
    return Counter({key: value for key, value in sums.items() if value})
