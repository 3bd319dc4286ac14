"""An answer sorts after its cause, between any two services and with any numbers that another system gave its facts."""

from dataclasses import replace
from datetime import timedelta
from functools import cache
from random import Random

import msgspec
import pytest

from libs.events.catalogue import references
from libs.events.catalogue.intake import CaseCancelled, ContactLogged, CustomerConfirmed, InfoSupplied
from libs.events.catalogue.sla import ClockBreached
from libs.events.catalogue.standard import MISSING, Confirmation
from libs.events.log.envelope import SEQUENCE_MAX, draft
from libs.events.testing.spec import knowing
from libs.events.words.event import TYPES
from services.intake.domain.case import IntakeCase, register
from services.intake.domain.customer import Customer
from services.intake.domain.history import Recorded, judge
from services.intake.domain.need import Need
from tests.asked import BEGIN, calendar, rows, shipped
from tests.laws.story import SERVICES

SHIPPED = shipped("complaint-quality").standard
ASKING = {"info_incomplete": {"raised_by": MISSING, "limit": "2h", "then": "awaiting_customer"}}
FIRST = replace(SHIPPED.nodes[0], confirmation=Confirmation(subject="scope"))
STANDARD = replace(
    SHIPPED,
    nodes=(FIRST, *SHIPPED.nodes[1:]),
    exceptions=tuple(replace(one, **ASKING.get(one.code, {})) for one in SHIPPED.exceptions),
)
CALL = ContactLogged(direction="outbound", channel="phone", purpose="info")
NO = CustomerConfirmed(subject="scope", decision="rejected", evidence="words:1")
SHELF = knowing(STANDARD)
SHELF.put(references.CALENDAR, calendar())
BOOKS = {service.name: service.book["cases"] for service in SERVICES}
LATE = BEGIN + timedelta(days=400)


def history(sequences, *, at_one_instant, cancelled=False):
    """Return intake's facts of another system's case whose rows bear these numbers."""
    told = list(rows(1, cases=1))[: len(sequences) - cancelled]
    told += [told[-1] | {"type": "case.cancelled", "data": {"reason": "solved itself"}}] * cancelled
    if at_one_instant:
        told = [row | {"time": told[0]["time"]} for row in told]
    told = [row | {"sequence": sequence} for row, sequence in zip(told, sequences, strict=True)]
    verdicts = [judge(msgspec.Raw(msgspec.json.encode(row)), SHELF, at=LATE) for row in told]
    assert all(isinstance(verdict, Recorded) for verdict in verdicts), verdicts
    return [verdict.fact for verdict in verdicts]


def live(*, cancelled):
    """Return intake's facts of a case that is registered and, on request, withdrawn in the same instant."""
    need = Need(channel="phone", process_id=STANDARD.process_id, kind="complaint", customer=Customer(id="li"))
    said = register(IntakeCase("c1"), need, SHELF, at=BEGIN, actor="ann")
    said += [draft(CALL, "c1", BEGIN, sequence=2), draft(InfoSupplied(), "c1", BEGIN, sequence=3)]
    said += [draft(NO, "c1", BEGIN + timedelta(minutes=5))] * (not cancelled)
    return said + [draft(CaseCancelled(reason="solved itself"), "c1", BEGIN)] * cancelled


def state_of(name, facts):
    """Return a service's state of the case."""
    fold, facts = BOOKS[name], list(facts)
    return fold.of(facts[0].key, [one for one in facts if type(one.data) in fold.keeps])


def conversation(told):
    """Let all services answer the facts and each other; return all facts by id, and who answered what."""
    known, answers, waiting = {}, [], list(told)
    while waiting:
        heard = waiting.pop(0)
        known.setdefault(heard.id, heard)
        for service in SERVICES:
            said = [(fact, heard) for fact in reacted(service, heard, known.values())]
            said += [(fact, None) for fact in settled(service, heard, [*known.values(), *(fact for fact, _ in said)])]
            answers += said
            new = {fact.id: fact for fact, _ in said if fact.id not in known}
            known |= new
            waiting += new.values()
    return known, answers


def reacted(service, heard, facts):
    reaction = BOOKS[service.name].reactions.get(type(heard.data)) if heard.source != service.name else None
    return list(reaction(state_of(service.name, facts), heard, SHELF)) if reaction else []


def settled(service, heard, facts):
    if not BOOKS[service.name].settle or type(heard.data) not in BOOKS[service.name].keeps:
        return []
    state = state_of(service.name, facts)
    return [fact for until in (None, LATE) for fact in BOOKS[service.name].settle(heard.key, state, SHELF, until)]


DENSE, SPARSE, TOP = range(1, 25), range(16, 16 * 25, 16), range(SEQUENCE_MAX - 7, SEQUENCE_MAX + 1)
HISTORIES = {
    "a case of today": lambda: live(cancelled=False),
    "withdrawn as soon as it came": lambda: live(cancelled=True),
    "history, numbered 1, 2, 3": lambda: history(DENSE, at_one_instant=False),
    "history of one instant": lambda: history(DENSE, at_one_instant=True),
    "history of one instant with room between": lambda: history(SPARSE, at_one_instant=True),
    "the greatest numbers there are": lambda: history(TOP, at_one_instant=True),
    "cancelled history": lambda: history(range(1, 9), at_one_instant=True, cancelled=True),
    "cancelled under the greatest number": lambda: history(TOP, at_one_instant=True, cancelled=True),
}


@cache
def talked(why):
    return conversation(HISTORIES[why]())


@pytest.mark.parametrize("why", HISTORIES)
def test_every_answer_sorts_after_what_it_answers(why):
    known, answers = talked(why)
    by_name = {str(id): fact for id, fact in known.items()}
    causes = [(said, heard or by_name.get(said.causation)) for said, heard in answers]
    assert [(said.kind.wire, heard.kind.wire) for said, heard in causes if heard and said.order <= heard.order] == []
    for one in (fact for fact in known.values() if fact.kind.concludes):
        assert all(one.order > other.order for other in known.values() if other.time == one.time and not other.kind.concludes)


def test_every_event_of_clocks_concludes():
    assert {kind.name for kind in TYPES.values() if kind.name.startswith("clock.") and not kind.concludes} == set()


def test_every_reaction_is_tried():
    answers = [answer for why in HISTORIES for answer in talked(why)[1]]
    tried = {(heard.kind.wire, said.source) for said, heard in answers if heard is not None}
    assert tried == {(TYPES[cls].wire, service.name) for service in SERVICES for cls in BOOKS[service.name].reactions}


@pytest.mark.parametrize("why", [why for why in HISTORIES if "history" in why])
def test_and_where_it_stands_does_not_depend_on_what_came_first(why):
    told = HISTORIES[why]()
    mixed, _ = conversation(Random(why).sample(told, len(told)))
    orders = [{fact.id: fact.order for fact in known.values() if fact.causation} for known in (talked(why)[0], mixed)]
    assert orders[0] == orders[1] != {}


@pytest.mark.parametrize("why", [why for why in HISTORIES if "cancelled" in why or "withdrawn" in why])
def test_a_cancelled_case_is_cancelled_for_everybody(why):
    known, _ = talked(why)
    intake, routing, analytics = (state_of(name, known.values()) for name in ("intake", "routing", "analytics"))
    assert (routing.phase, analytics.phase) == ("cancelled", "cancelled")
    assert analytics.cancelled_at == analytics.ended_at == intake.cancelled_at
    assert intake.cancellation == "granted"
    assert intake.cancelled_at is not None


@pytest.mark.parametrize(("time", "sequence"), [(0, None), (0, 0), (0, 7), (-60, 9), (60, 0)])
@pytest.mark.parametrize("cause", [0, 6, SEQUENCE_MAX])
@pytest.mark.parametrize("of", [CaseCancelled(reason="r"), ClockBreached(clock="c", due_at=BEGIN)])
def test_an_answer_comes_after_its_cause_for_any_time_and_number_it_asks_for(of, cause, time, sequence):
    chain = [draft(of, "c1", BEGIN, sequence=cause)]
    for _ in range(4):
        at = BEGIN + timedelta(seconds=time)
        chain.append(draft(CaseCancelled(reason="r"), "c1", at, sequence=sequence, because=chain[-1]))
    assert chain == sorted(chain, key=lambda fact: fact.order)
    assert len({fact.order[:2] for fact in chain}) == 5, "no id decides"
    assert all(fact.sequence <= SEQUENCE_MAX for fact in chain)
