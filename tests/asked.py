"""Everything that people ask of the services in made-up stories, each request a command of one service.

A story says who asks for what and when; how that is asked is written here only. `key` is the client's Idempotency-Key.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path
from random import Random

import msgspec
import yaml

from libs.events.catalogue.intake import ContactLogged
from libs.events.catalogue.references import PROCESS
from libs.events.catalogue.standard import SurveyPolicy
from libs.events.engine.known import Known
from libs.events.engine.writer import Command
from libs.events.store.values import Answer, Idempotency
from libs.events.words.event import Topic
from libs.events.words.now import derived_id
from libs.events.words.refusal import Refused
from services.intake.domain import case as intake
from services.intake.domain.customer import Customer
from services.intake.domain.history import Recorded, judge
from services.intake.domain.need import Need
from services.intake.domain.vault import note_row
from services.routing.commands import draft_command, publish_command
from services.routing.domain.cases import decisions as routing
from services.routing.domain.standards.standard import sound
from services.sla.commands import publish_command as calendar_command
from services.sla.domain.calendars import calendar_of
from services.survey.domain import survey

BEGIN = datetime(2025, 6, 30, 1, 0, tzinfo=UTC)
DEPLOY = Path(__file__).parents[1] / "deploy"
WORDS = ("grade", "service_class", "category", "severity")
"""Outputs that only a person can give; every other may be called anything."""


@dataclass(frozen=True)
class Asked:
    """One thing somebody asked of one service."""

    service: str
    make: Callable[[Known], Command]
    what: str


def ids_said(outcome):
    return Answer(200, " ".join(str(fact.id) for fact in outcome.said).encode())


def of_case(service, key, case, decide, what, *, answered=ids_said, private=()):
    """Ask for a decision about a case."""
    once = Idempotency("client", key, what.encode())

    def make(shelf):
        subject = Topic.CASES, case
        return Command(answered, subject, lambda state: decide(state, shelf), idempotency=once, private=lambda _: private)

    return Asked(service, make, f"{what} {case[:8]}")


# Standards and their calendar


@cache
def calendar():
    return calendar_of(yaml.safe_load((DEPLOY / "calendars" / "cn-business.yaml").read_text()))


@cache
def shipped(name):
    """Return the first version of a shipped standard; customers are asked at once, each time, and may change their minds."""
    written = sound(yaml.safe_load((DEPLOY / "standards" / f"{name}-1.yaml").read_text()))
    eager = SurveyPolicy(outcomes=("resolved", "unreachable", "rejected"), delay_seconds=0, cool_down_hours=0, changes=True)
    return replace(written, standard=replace(written.standard, survey=eager))


def publish_calendar(**changes):
    written = replace(calendar(), **changes)
    return Asked("sla", lambda _: calendar_command(written, at=BEGIN, actor="shipped"), f"calendar version {written.version}")


def publish_processes(names=("complaint-quality", "inbound-call")):
    for name in names:
        written = shipped(name)
        id, version = written.standard.process_id, written.standard.version
        yield Asked("routing", lambda _, w=written: draft_command(w, at=BEGIN, actor="shipped"), f"draft {name}")
        yield Asked("routing", lambda _, i=id, v=version: publish_command(i, v, at=BEGIN, actor="shipped"), f"publish {name}")


def standards():
    """Publish the calendar and the processes."""
    return [publish_calendar(), *publish_processes()]


# Cases


def register(key, case, process, affected, *, at, customer, channel="phone"):
    need = Need(
        channel=channel, process_id=process, kind="complaint", fields={"affected": affected}, customer=Customer(id=customer)
    )
    return of_case("intake", key, case, lambda state, shelf: intake.register(state, need, shelf, at=at, actor="it"), "register")


def contact(key, case, purpose, *, at, occurred_at):
    said, id = ContactLogged(direction="outbound", channel="phone", purpose=purpose, agent="anna"), derived_id("contact", key)

    def decide(state, shelf):
        return intake.log_contact(state, said, id=id, at=at, actor="anna", occurred_at=occurred_at)

    note = (note_row(case, id, "as agreed"),)
    return of_case("intake", key, case, decide, f"contact {purpose} of {occurred_at}", private=note)


def cancel(key, case, *, at):
    return of_case("intake", key, case, lambda state, shelf: intake.cancel(state, "found it", at=at, actor="it"), "cancel")


def of_routing(key, case, verb, *, at, **words):
    def decide(state, shelf):
        if not state.process_id:
            raise Refused("unknown-case", "not here yet", 404)
        standard = shelf.version(PROCESS, state.process_id, state.process_version)
        return getattr(routing, verb)(state, standard, **words, at=at, actor="bo")

    return of_case("routing", key, case, decide, f"{verb} {words}")


def complete(key, case, node, *, at, agent):
    """Complete a node of a standard with all its outputs."""
    outputs = tuple(f"{name}=quality" for name in node.outputs if name not in WORDS)
    return of_routing(key, case, "complete", at=at, node=node.id, outputs=outputs, agent=agent)


def answer(key, case, overall, *, at):
    """Answer the latest invitation that is open; the answer tells which it was."""

    def decide(state, shelf):
        welcome = [one for one in state.surveys.values() if one.expires_at and at < one.expires_at and not one.end_reason]
        if not welcome:
            raise Refused("unknown-survey", "nobody was asked, or no more", 404)
        latest = max(welcome, key=lambda one: one.sent_at)
        return survey.answer(state, latest.survey_id, overall, {"attitude": overall}, False, changes=True, at=at)

    def which(outcome):
        asked = [outcome.state.surveys[fact.data.survey_id].sent_at.isoformat() for fact in outcome.said]
        return Answer(200, ids_said(outcome).body, (("asked", "".join(asked)),))

    return of_case("survey", key, case, decide, f"answer {overall}", answered=which)


# Another system's history


def rows(seed, *, cases=4, begin=BEGIN):
    """Return rows of an import: another system's record of some cases from registration to the customer's answer."""
    random = Random(f"import {seed}")
    return [row for n in range(cases) for row in _history(random, f"T{seed}-{n}", begin)]


def _history(random, case, begin):
    at, nodes = begin + timedelta(days=random.randint(0, 30)), [node.id for node in shipped("complaint-quality").standard.nodes]
    survey_id = str(derived_id("survey", case))
    told = [
        ("case.registered", {"channel": "phone", "customer_ref": case, "process_id": "complaint-quality", "process_version": 1}),
        ("case.graded", {"grade": random.choice(("normal", "urgent"))}),
        ("case.assigned", {"team": "quality", "agent": "anna"}),
        *(
            (f"node.{verb}", {"node": node})
            for node in nodes[: random.randint(1, 7)]
            for verb in ("entered", "started", "completed")
        ),
        ("contact.logged", {"direction": "outbound", "channel": "phone", "purpose": "response"}),
        ("case.exception_raised", {"code": "awaiting_customer"}),
        ("case.exception_cleared", {"code": "awaiting_customer"}),
        ("case.resolved", {"agent": "anna", "team": "quality"}),
        ("case.reopened", {"reason": "again"}),
        ("case.resolved", {"agent": "bo", "team": "quality"}),
        ("survey.sent", {"survey_id": survey_id, "channel": "email", "expires_at": (BEGIN + timedelta(days=90)).isoformat()}),
        ("survey.answered", {"survey_id": survey_id, "overall": random.randint(1, 5)}),
        ("case.closed", {}),
        ("import.figures_stated", {"figures": {"reassignment_count": 1, "made_sla": True}}),
    ]
    for sequence, (type, data) in enumerate(told, 1):
        # Some instants are shared by several facts: then the source's sequence decides.
        at += timedelta(minutes=random.choice((0, 7, 90, 900)))
        yield {"system": "old", "case": case, "sequence": sequence, "type": type, "time": at.isoformat(), "data": data}


def importing(batch, at):
    """Return what imports these rows."""

    def make(shelf):
        verdicts = [judge(msgspec.Raw(msgspec.json.encode(row)), shelf, at=at) for row in batch]
        rejected = [verdict for verdict in verdicts if not isinstance(verdict, Recorded)]
        assert not rejected, rejected
        return Command(
            lambda _: Answer(200, b""),
            facts=[one.fact for one in verdicts],
            private=lambda _: [row for one in verdicts for row in one.private],
        )

    return Asked("intake", make, f"import {len(batch)}")
