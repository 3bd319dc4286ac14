"""The checker can fail: a sound run, tampered with in every way it is there to notice, is complained of in a sentence."""

from copy import deepcopy
from dataclasses import replace
from datetime import timedelta
from functools import cache, reduce

import pytest

from tests.faults.checks import CHECKS, judge
from tests.faults.sound import sound
from tests.faults.view import View

pytestmark = pytest.mark.fast


def without(type_, case):
    """Take the last such event off the log and renumber, as if it had never been said."""

    def tamper(run):
        log = run.evidence.log
        lost = [one for one in log if (one.type, one.key) == (f"{type_}.v1", case)][-1]
        log.remove(lost)
        log[:] = [replace(one, seq=one.seq - 1) if one.source == lost.source and one.seq > lost.seq else one for one in log]

    return tamper


def said(*words, **data):
    return lambda run: run.says(*words, **data)


def asked(*words, **options):
    return lambda run: run.asks(*words, **options)


def echo(of, **changes):
    """Append a record once more, with these changes."""

    def tamper(run):
        run.evidence.log.append(replace(run.evidence.log[of], offset=99, **changes))

    return tamper


def last(**changes):
    """Change the last record."""

    def tamper(run):
        run.evidence.log[-1] = replace(run.evidence.log[-1], **changes)

    return tamper


def same_event_again(run):
    echo(-1, seq=run.evidence.log[-1].seq + 1)(run)


def swapped(run):
    known = run.evidence.heard["sla"]["c1"]
    known[0], known[1] = known[1], known[0]


def later(type_, case):
    def tamper(run):
        log = run.evidence.log
        place = max(n for n, one in enumerate(log) if (one.type, one.key) == (f"{type_}.v1", case))
        log[place] = replace(log[place], at=log[place].at + timedelta(microseconds=1))

    return tamper


def evidence(*path, **value):
    """Change something deep in the evidence: set it `to` a value, or take it away."""

    def tamper(run):
        place = reduce(lambda place, step: place[step], path[1:-1], getattr(run.evidence, path[0]))
        if value:
            place[path[-1]] = value["to"]
        else:
            place.pop(path[-1])

    return tamper


ANSWER, RECORDED = {"case_id": "c1"}, {"status": "recorded"}
REGISTERED = {"location": "/cases/c1", "position": "intake:cases-0:1:0", "status": 201}
IMPORTED = {"origin": "import", "external_ref": "i1", "customer_ref": "", "process_id": ""}
FRESH = {"direction": "inbound", "purpose": "info"}

TAMPERED = [
    ("an acknowledged write is lost", without("contact.logged", "c2"), "it is lost"),
    ("an acknowledged case is lost", without("case.registered", "c2"), "it is lost"),
    ("an event named in an answer is lost", without("node.started", "c1"), "is not on the log: it is lost"),
    ("an import is lost", without("case.registered", "c3"), "import i1 was acknowledged and its case is not on the log"),
    ("a customer's answer is lost", without("survey.answered", "c1"), "was thanked for and is not on the log"),
    ("a customer's words are lost", evidence("pages", "c1", "comment", to=""), "said 'v5', and survey shows ''"),
    ("a position that is another's", asked("contact", "v9", "c2", {}, position="intake:cases-0:1:0"), "where c1 stands"),
    ("a published standard is lost", asked("publish", "v9", "", {}, position="routing:standards-0:1:9"), "nothing there"),
    ("a write is doubled", said("intake", "contact.logged", "c1", 90, agent="v2", **FRESH), "contact v2 is on the log 2 times"),
    ("an import is doubled", said("intake", "case.registered", "c9", **IMPORTED), "import i1 registered its case 2 times"),
    ("a survey is answered twice", said("survey", "survey.answered", "c1", 106, overall=4), "is on the log 2 times"),
    ("one event has two numbers", same_event_again, "was said 2 times, under different numbers"),
    ("another body under one key", asked("register", "v1", "", {"case_id": "c8"}, **REGISTERED), "answered in 2 ways"),
    ("another header under one key", asked("register", "v1", "", ANSWER, **REGISTERED, etag='"7"'), "in 2 ways"),
    ("another status under one key", asked("register", "v1", "", ANSWER, **{**REGISTERED, "status": 200}), "answered in 2 ways"),
    ("a row is imported twice", asked("import", "i1", "", {"verdicts": [RECORDED]}), "recorded, duplicate, recorded"),
    ("a row is imported otherwise", asked("import", "i1", "", {"verdicts": [{"status": "conflict"}]}), "duplicate, conflict"),
    ("nobody answers", asked("start", "v9", "c1", {}, status=503), "was never answered in 1 attempts"),
    ("an orderly request is refused", asked("start", "v9", "c1", {"type": "/problems/x"}, status=422), "refused though"),
    ("a number is missing", last(seq=99), "number 1:99 follows"),
    ("an echo says something else", echo(0, id="another"), "and another at 99"),
    ("a case in two partitions", last(part="cases/05", seq=0), "stands in cases/00, cases/05"),
    ("a case is classified twice", said("routing", "case.classified", "c1", process_id="x"), "and classified 2 times"),
    ("a customer is asked twice", said("survey", "survey.sent", "c1"), "its customer asked 2 times, not 1"),
    ("a customer is not asked", without("survey.sent", "c1"), "its customer asked 0 times, not 1"),
    ("work is left undone", lambda run: setattr(run.evidence, "left", "sla: 3 unread"), "work is left that nobody does: sla"),
    ("a reader has not read all", evidence("seen", "sla", "cases/00", to={"intake": (1, 2)}), "sla has read cases/00 up to"),
    ("a reader set a key aside", evidence("parked", "sla", to=["c1"]), "sla has set c1 aside"),
    ("a reader missed a fact", evidence("heard", "sla", "c1", 1), "sla never heard"),
    ("a reader missed a case", evidence("heard", "sla", "c1"), "sla never heard"),
    ("a reader counts twice", lambda run: run.evidence.heard["sla"]["c1"].append("intake-0"), "sla keeps 5 facts of case c1"),
    ("a reader has another order", swapped, "sla has the facts of case c1 in another order"),
    ("a case cannot be read", evidence("pages", "c1", "case"), "intake does not show it: it is lost"),
    ("a life is told otherwise", evidence("pages", "c1", "timeline", "items", 0), "tells the life of case c1 otherwise"),
    ("a breach is missing", without("clock.breached", "c3"), "broke at 2026-03-02 09:02:00+00:00, and no breach was said"),
    ("a breach too many", said("sla", "clock.breached", "c1", 120, clock="resolution"), "the promise was not broken then"),
    ("a breach at another instant", later("clock.breached", "c3"), "the promise was not broken then"),
    ("a breach twice", said("sla", "clock.breached", "c3", 120, clock="resolution"), "resolution of case c3 was said 2 times"),
    ("a breach is not withdrawn", without("clock.withdrawn", "c2"), "a breach of response of case c2"),
    ("nothing is withdrawn", said("sla", "clock.withdrawn", "c1", withdrawn_id="?", what="clock.met"), "and it did not stand"),
    ("a clock shows another status", evidence("pages", "c1", "clocks", "items", 0, "status", to="met"), "and sla shows met"),
    ("a clock nobody promised", evidence("pages", "c1", "clocks", "items", 0, "clock", to="tea"), "tea of case c1 never began"),
    ("a row is changed", evidence("compared", 0, to=("sla.clocks", 9, 8)), "sla.clocks: live is 9, and the log gives 8"),
    ("a sum is wrong", evidence("sums", "timeliness.met", to=3), "timeliness.met is 3, and counting the facts gives 2"),
]  # fmt: skip


def test_a_sound_run_is_not_complained_of():
    run = sound()
    complaints, looked_at = judge(run.history, run.evidence)
    assert (complaints, looked_at["acknowledged"]) == ([], 8)


@pytest.mark.parametrize(("tamper", "says"), [row[1:] for row in TAMPERED], ids=[row[0] for row in TAMPERED])
def test_tampering_is_noticed(tamper, says):
    run = sound()
    tamper(run)
    complaints, _ = judge(run.history, run.evidence)
    assert any(says in complaint for complaint in complaints), complaints


@cache
def tampered():
    """Return the view after each tampering; no check changes it."""
    sound_one, views = sound(), []
    for _, tamper, _ in TAMPERED:
        run = deepcopy(sound_one)
        tamper(run)
        views.append(View.of(run.history, run.evidence))
    return views


@pytest.mark.parametrize("check", CHECKS, ids=lambda check: check.__name__)
def test_every_check_can_fail(check):
    run = sound()
    assert not list(check(View.of(run.history, run.evidence)))
    assert any(list(check(view)) for view in tampered())


def test_an_honest_echo_is_no_fault():
    run = sound()
    run.evidence.log += [replace(one, offset=100 + one.offset) for one in run.evidence.log[:5]]
    complaints, looked_at = judge(run.history, run.evidence)
    assert (complaints, looked_at["echoes"]) == ([], 5)
