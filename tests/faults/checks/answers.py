"""The clients' answers: one answer for one request, and every acknowledged write is on the log, once."""

import json
from collections import Counter

from libs.events.words.event import Topic
from libs.events.words.free import Spoken
from libs.web.position import parsed
from tests.faults.client import asks_again, code_of
from tests.faults.history import Attempt
from tests.faults.standard import PEPPER, PROCESS
from tests.faults.view import Complaints, View

WITHOUT_KEY = ("answer", "import")
"""Requests that have no Idempotency-Key; the product knows their content by itself."""


def every_request_ends(view: View) -> Complaints:
    """Yield requests that a patient client never got an answer to, and orderly ones that were refused."""
    for name, attempts in view.history.requests().items():
        view.looked_at["requests"] += 1
        last = attempts[-1]
        if all(asks_again(one) for one in attempts):
            yield f"{last.kind} {name} was never answered in {len(attempts)} attempts; last {last.status} {last.error}"
        for one in attempts:
            if not one.is_acknowledged and not asks_again(one):
                yield f"{one.kind} {name} was refused though nothing speaks against it: {one.status} {code_of(one)}"


def same_key_same_answer(view: View) -> Complaints:
    """Yield requests whose repetitions were answered differently."""
    for name, attempts in view.history.requests().items():
        told = {_told(one) for one in attempts if one.is_acknowledged and one.kind not in WITHOUT_KEY}
        view.looked_at["repeated answers"] += sum(one.is_acknowledged for one in attempts) > 1
        if len(told) > 1:
            yield f"{attempts[0].kind} {name} was answered in {len(told)} ways under one Idempotency-Key: {sorted(told)}"


def _told(one: Attempt) -> tuple[int, str, tuple[tuple[str, str], ...]]:
    return one.status, one.answer, tuple(sorted(one.headers.items()))


def acknowledged_is_on_the_log(view: View) -> Complaints:
    """Yield acknowledgements whose event does not stand where the answer says, or nowhere at all."""
    numbered = {(one.source, one.part, one.epoch, one.seq): one for one in view.firsts}
    for name, one in view.history.acknowledged().items():
        view.looked_at["acknowledged"] += 1
        if position := one.headers.get("position"):
            source, (topic, number), epoch, seq = parsed(position)
            found = numbered.get((source, f"{topic}/{number:02}", epoch, seq))
            about = PROCESS if topic == Topic.STANDARDS else one.about
            if found is None:
                yield f"{one.kind} {name} was acknowledged at {position}, and the log has nothing there: it is lost"
            elif found.key != about:
                yield f"{one.kind} {name} about {about} was acknowledged at {position}, where {found.key} stands"
        for said in _said(one):
            if said not in view.by_id:
                yield f"{one.kind} {name} was answered with event {said}, which is not on the log: it is lost"


def _said(one: Attempt) -> list[str]:
    try:
        return [said["id"] for said in json.loads(one.answer).get("said", [])]
    except (ValueError, AttributeError, TypeError, KeyError):
        return []


SAID_ONCE = {
    "register": ("case.registered.v1", ("external_ref",)),
    "contact": ("contact.logged.v1", ("agent",)),
    "start": ("node.started.v1", ("agent",)),
    "complete": ("node.completed.v1", ("agent",)),
    "assign": ("case.assigned.v1", ("agent",)),
    "cancel": ("case.cancelled.v1", ("reason",)),
}
"""Where the unique value of a request stands: in events of this type, under these names."""


def unique_values_occur_once(view: View) -> Complaints:
    """Yield requests whose value is missing on the log although acknowledged, or there more than once."""
    counts: Counter[tuple[str, str]] = Counter()
    for record in view.firsts:
        for type_, names in SAID_ONCE.values():
            if record.type == type_:
                counts.update((type_, str(record.data.get(name))) for name in names)
    acknowledged = view.history.acknowledged()
    for name, attempts in view.history.requests().items():
        one = attempts[0]
        if one.kind not in SAID_ONCE:
            continue
        view.looked_at["unique values"] += 1
        # Free text stands on the log as a reference.
        value = Spoken(one.case, PEPPER).text(one.value) if one.kind == "cancel" else one.value
        count = counts[SAID_ONCE[one.kind][0], value]
        if count > 1:
            yield f"{one.kind} {name} is on the log {count} times"
        if not count and name in acknowledged:
            yield f"{one.kind} {name} was acknowledged and its value {one.value} is not on the log: it is lost"


def imported_once(view: View) -> Complaints:
    """Yield imported rows that were recorded twice, refused, or are not on the log as many times as they were told."""
    imports = {name: tried for name, tried in view.history.requests().items() if tried[0].kind == "import"}
    for name, attempts in imports.items():
        answers = [[one["status"] for one in json.loads(a.answer)["verdicts"]] for a in attempts if a.is_acknowledged]
        for row, told in enumerate(zip(*answers, strict=True)):
            view.looked_at["imported rows"] += 1
            if told.count("recorded") > 1 or set(told) - {"recorded", "duplicate"}:
                yield f"row {row} of import {name} was answered {', '.join(told)}"
    recorded = Counter(
        one.data.get("external_ref") for one in view.firsts if one.type == "case.registered.v1" and one.origin == "import"
    )
    yield from (f"import {name} registered its case {n} times" for name, n in recorded.items() if n > 1)
    for name in imports.keys() & view.history.acknowledged().keys():
        if not recorded[name]:
            yield f"import {name} was acknowledged and its case is not on the log: it is lost"


def answered_surveys_stand(view: View) -> Complaints:
    """Yield customers' answers that are lost, doubled, or kept with other words."""
    acknowledged = view.history.acknowledged()
    answers = {name: tried for name, tried in view.history.requests().items() if tried[0].kind == "answer"}
    for name, attempts in answers.items():
        one = attempts[0]
        said = view.of_type(one.case, "survey.answered.v1")
        view.looked_at["survey answers"] += 1
        if len(said) > 1:
            yield f"answer {name} of case {one.case} is on the log {len(said)} times"
        if name in acknowledged:
            if not said or said[0].data["overall"] != int(one.body["overall"]):
                yield f"answer {name} of case {one.case} was thanked for and is not on the log: it is lost"
            comment = view.evidence.pages.get(one.case, {}).get("comment")
            if comment != one.value:
                yield f"answer {name} of case {one.case} said {one.value!r}, and survey shows {comment!r}"


ANSWERS = (
    every_request_ends,
    same_key_same_answer,
    acknowledged_is_on_the_log,
    unique_values_occur_once,
    imported_once,
    answered_surveys_stand,
)
