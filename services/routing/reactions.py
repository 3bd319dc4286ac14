"""routing's answers to events that it hears. The table is at the end."""

from collections.abc import Iterable, Mapping

import msgspec

from libs.events.catalogue.intake import (
    CaseCancelled,
    CaseRegistered,
    ContactLogged,
    CustomerConfirmed,
    FactRecorded,
    InfoSupplied,
    reaches_out,
)
from libs.events.catalogue.phases import WITHDRAWN
from libs.events.catalogue.references import PROCESS
from libs.events.catalogue.routing import CaseAssigned, CaseClosed
from libs.events.catalogue.sla import ClockBreached
from libs.events.engine.book import Reaction
from libs.events.engine.known import Known
from libs.events.log.envelope import Fact, draft
from libs.events.words.event import TYPES, EventType, Occurrence, Topic
from services.routing.domain.cases.answering import follow
from services.routing.domain.cases.calls import escalate_breach
from services.routing.domain.cases.case import RoutingCase
from services.routing.domain.cases.lifecycle import ENDED
from services.routing.domain.cases.saying import arrival, say, say_as_recorded
from services.routing.domain.cases.triage import by_rules, pinned
from services.routing.domain.cases.trouble import await_answer, clear_gaps, gaps_raised


def receive(case: RoutingCase, heard: Fact, known: Known) -> Iterable[Fact]:
    """Pin the version, classify, grade and assign by its rules, and let the case arrive at the first node."""
    told: CaseRegistered = heard.data
    if case.process_id:
        return []
    standard = known.version(PROCESS, told.process_id, told.process_version)
    if heard.imported:
        # What became of it is history that is told apart; only the version it is measured by is ours to say.
        return [draft(pinned(standard), heard.key, heard.time, because=heard)]
    attributes = {**told.fields, "channel": told.channel, "kind": told.kind}
    said = by_rules(standard, attributes)
    owner = next((one for one in said if isinstance(one, CaseAssigned)), None)
    said += arrival(case, standard, standard.nodes[0], owner=owner)
    said += gaps_raised(standard, told.missing)
    return say(case, said, at=heard.time, because=heard)


def take_over(case: RoutingCase, heard: Fact, known: Known) -> Iterable[Fact]:
    """Say another system's fact about a stage of ours as our own event."""
    kind = OWNED.get(heard.data.fact)
    if kind is None:
        return []
    try:
        event = msgspec.convert(heard.data.data, kind.cls)
    except msgspec.ValidationError:
        return []  # intake refuses such data; if some gets through, it must not park the case
    return [say_as_recorded(heard, event)]


def escalate_broken(case: RoutingCase, heard: Fact, known: Known) -> Iterable[Fact]:
    """Call in the supervisor when a promise broke; history calls nobody."""
    if heard.imported or not case.process_id:
        return []
    standard = known.version(PROCESS, case.process_id, case.process_version)
    return escalate_breach(case, standard, Occurrence(heard.data.clock, heard.data.occurrence), heard)


def supplied(case: RoutingCase, heard: Fact, known: Known) -> Iterable[Fact]:
    """End what was raised because fields were missing, once none is; history is told apart."""
    if heard.imported or not case.process_id or heard.data.missing:
        return []
    return clear_gaps(case, known.version(PROCESS, case.process_id, case.process_version), heard)


def turned_to(case: RoutingCase, heard: Fact, known: Known) -> Iterable[Fact]:
    """Begin to wait for the customer's answer, where an open exception says so and somebody has turned to her."""
    if heard.imported or not case.process_id or not reaches_out(heard.data):
        return []
    return await_answer(case, known.version(PROCESS, case.process_id, case.process_version), heard)


def answered(case: RoutingCase, heard: Fact, known: Known) -> Iterable[Fact]:
    """Send the case back where the customer rejects what its node asks her about; history is told apart."""
    if heard.imported or not case.process_id:
        return []
    return follow(case, known.version(PROCESS, case.process_id, case.process_version), heard)


def withdraw(case: RoutingCase, heard: Fact, known: Known) -> Iterable[Fact]:
    """End the case whose customer withdrew, unless it has ended."""
    if heard.imported:
        # The order of hearing makes no difference: the answer's place in the case's history tells whether it ends the case.
        return [say_as_recorded(heard, CaseClosed(outcome=WITHDRAWN))]
    if case.phase in ENDED:
        return []
    return say(case, [CaseClosed(outcome=WITHDRAWN)], at=heard.time, because=heard)


OWNED: Mapping[str, EventType] = {
    kind.name: kind for kind in TYPES.values() if kind.owner == "routing" and kind.topic is Topic.CASES
}
"""The facts of other systems that routing takes over, by name."""

REACTIONS: Mapping[type, Reaction] = {
    CaseRegistered: receive,
    FactRecorded: take_over,
    InfoSupplied: supplied,
    ContactLogged: turned_to,
    CustomerConfirmed: answered,
    ClockBreached: escalate_broken,
    CaseCancelled: withdraw,
}
