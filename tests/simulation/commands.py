"""What clients ask of the services: each command under a key of its own, answered with the ids of what was said."""

from libs.events.catalogue.intake import ContactLogged
from libs.events.catalogue.references import PROCESS
from libs.events.engine.writer import Command
from libs.events.log.partition import partition_of
from libs.events.store.values import Answer, Idempotency
from libs.events.words.event import Topic
from libs.events.words.now import derived_id
from libs.events.words.refusal import Refused
from services.intake.domain import case as intake
from services.intake.domain.customer import Customer
from services.intake.domain.need import Need
from services.routing.domain.cases import decisions as routing
from services.survey.domain import survey
from tests.laws.story import WORDS, Asked

CUSTOMERS = 2
"""So few have so many cases, which lie in any partition, that they meet."""


def ids_said(outcome):
    return Answer(200, " ".join(str(fact.id) for fact in outcome.said).encode())


def _asked(service, key, case, decide, what, answered=ids_said):
    once = Idempotency("client", key, what.encode())

    def make(shelf):
        return Command(answered, (Topic.CASES, case), lambda state: decide(state, shelf), idempotency=once)

    return Asked(service, make, f"{what} {case[:8]}")


def register(key, case, process, affected, *, at):
    need = Need(
        channel="phone",
        process_id=process,
        kind="complaint",
        fields={"affected": affected},
        customer=Customer(id=f"customer {partition_of(case, CUSTOMERS)}"),
    )
    return _asked("intake", key, case, lambda state, shelf: intake.register(state, need, shelf, at=at, actor="it"), "register")


def contact(key, case, purpose, *, at, occurred_at):
    said, id = ContactLogged(direction="outbound", channel="phone", purpose=purpose, agent="anna"), derived_id("contact", key)

    def decide(state, shelf):
        return intake.log_contact(state, said, id=id, at=at, actor="anna", occurred_at=occurred_at)

    return _asked("intake", key, case, decide, f"contact {purpose} of {occurred_at}")


def cancel(key, case, *, at):
    return _asked("intake", key, case, lambda state, shelf: intake.cancel(state, "found it", at=at, actor="it"), "cancel")


def of_routing(key, case, verb, *, at, **words):
    def decide(state, shelf):
        if not state.process_id:
            raise Refused("unknown-case", "not here yet", 404)
        standard = shelf.version(PROCESS, state.process_id, state.process_version)
        return getattr(routing, verb)(state, standard, **words, at=at, actor="bo")

    return _asked("routing", key, case, decide, f"{verb} {words}")


def complete(key, case, node, *, at, agent):
    """Complete a node of a standard with all it owes."""
    outputs = tuple(f"{name}=quality" for name in node.outputs if name not in WORDS)
    return of_routing(key, case, "complete", at=at, node=node.id, outputs=outputs, agent=agent)


def answer(key, case, overall, *, at):
    """Answer the latest invitation that is open; the answer tells which it was."""

    def decide(state, shelf):
        welcome = [one for one in state.surveys.values() if one.expires_at and at < one.expires_at and not one.end_reason]
        if not welcome:
            raise Refused("unknown-survey", "nobody was asked, or no more", 404)
        latest = max(welcome, key=lambda one: one.sent_at)
        return survey.answer(state, latest.survey_id, overall, {}, False, changes=True, at=at)

    return _asked("survey", key, case, decide, f"answer {overall}", _which)


def _which(outcome):
    asked = [outcome.state.surveys[fact.data.survey_id].sent_at.isoformat() for fact in outcome.said]
    return Answer(200, " ".join(str(fact.id) for fact in outcome.said).encode(), (("asked", "".join(asked)),))
