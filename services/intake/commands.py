"""What a client and a page ask in the same way: that a case be registered, and what is written down about it later."""

from collections.abc import Callable
from dataclasses import fields
from functools import partial
from typing import Any

from starlette.requests import HTTPConnection

from libs.events.catalogue.intake import DueChanged
from libs.events.engine.writer import Command, Outcome
from libs.events.log.envelope import Fact
from libs.events.store.values import Answer
from libs.events.words.event import Topic
from libs.events.words.free import Spoken
from libs.events.words.now import derived_id
from libs.events.words.row import Row
from libs.service.running import RunningService
from libs.web.answers import answer
from libs.web.pages.shell import link_to
from libs.web.writes import Write
from services.intake.domain.case import IntakeCase, cancel, case_id_of, log_contact, register, supply
from services.intake.domain.confirmation import confirm
from services.intake.domain.due import change_due
from services.intake.domain.link import Links
from services.intake.domain.need import pin
from services.intake.domain.record import attach
from services.intake.domain.vault import note_row, record_row, supplied_rows, vault_row
from services.intake.requests import CancelBody, CaseBody, ConfirmationBody, ContactBody, DueBody, FieldsBody, RecordBody

Linked = Callable[[str], str]
"""Returns the address where a customer follows a case; nothing where there are no such links."""


def linked(at: HTTPConnection, links: Links) -> Linked:
    """Return what gives the links of cases to who asks here."""
    return lambda case_id: link_to(at, "intake", links.path(case_id))


async def register_case(running: RunningService, pepper: str, body: CaseBody, write: Write, linked: Linked) -> Answer:
    """Accept a customer need; asking again with the same key gives the same case."""
    await running.wait_for(write.position)
    at, need, actor = running.now(), body.need(), write.client.actor
    case_id = case_id_of(write.client.name, write.once.key, need)
    earlier = await _earlier(running, need.follows)

    def decide(case: IntakeCase) -> list[Fact]:
        asked: dict[str, Any] = {"occurred_at": body.occurred_at, "pepper": pepper, "earlier": earlier}
        return register(case, need, running.known, at=at, actor=actor, **asked)

    def kept(outcome: Outcome) -> list[Row]:
        case: IntakeCase = outcome.state
        standard = pin(running.known, case.process_id, case.process_version)
        return [vault_row(case_id, need, standard)] if outcome.said else []

    command = Command(
        case_answer(201, {"tracking": linked(case_id)}),
        (Topic.CASES, case_id),
        decide,
        idempotency=write.once,
        private=kept,
    )
    return await running.execute(command)


async def _earlier(running: RunningService, case_id: str) -> IntakeCase | None:
    kept = await running.store.state((Topic.CASES, case_id)) if case_id else None
    return None if kept is None else running.service.book[Topic.CASES].decode(kept.state)


async def log_contact_of(running: RunningService, case_id: str, body: ContactBody, write: Write) -> Answer:
    """Write down that somebody spoke with the customer, or tried to."""
    await running.wait_for(write.position)
    write.client.agent(body.agent)
    at, id, actor = running.now(), derived_id("contact", write.client.name, write.once.key), write.client.actor

    def decide(case: IntakeCase) -> list[Fact]:
        return log_contact(case, body.contact(), id=id, at=at, actor=actor, occurred_at=body.occurred_at)

    notes = [note_row(case_id, id, body.note)] if body.note else []
    command = Command(
        case_answer(201),
        (Topic.CASES, case_id),
        decide,
        idempotency=write.once,
        expected_version=write.expected,
        private=lambda outcome: [] if id in outcome.appended.said_before else notes,
    )
    return await running.execute(command)


async def supply_fields(running: RunningService, case_id: str, body: FieldsBody, write: Write) -> Answer:
    """Take in fields that a case lacked, from a client or from the customer herself."""
    await running.wait_for(write.position)
    at, actor = running.now(), write.client.actor

    def decide(case: IntakeCase) -> list[Fact]:
        return supply(case, body.fields, running.known, at=at, actor=actor, occurred_at=body.occurred_at)

    def kept(outcome: Outcome) -> list[Row]:
        case: IntakeCase = outcome.state
        standard = pin(running.known, case.process_id, case.process_version)
        return supplied_rows(case_id, body.fields, standard) if outcome.said else []

    command = Command(
        case_answer(200),
        (Topic.CASES, case_id),
        decide,
        idempotency=write.once,
        expected_version=write.expected,
        private=kept,
    )
    return await running.execute(command)


async def change_due_of(running: RunningService, pepper: str, case_id: str, body: DueBody, write: Write) -> Answer:
    """Write down that a case is due by other dates."""
    spoken = Spoken(case_id, pepper)
    said = DueChanged(agreed_due_at=body.agreed_due_at, legal_due_at=body.legal_due_at, reason=spoken.text(body.reason))
    return await _changed(running, spoken, write, partial(change_due, asked=said, occurred_at=body.occurred_at))


async def cancel_case(running: RunningService, pepper: str, case_id: str, body: CancelBody, write: Write) -> Answer:
    """Write down that somebody wants a case to end."""
    spoken = Spoken(case_id, pepper)
    return await _changed(running, spoken, write, partial(cancel, reason=spoken.text(body.reason), occurred_at=body.occurred_at))


async def _changed(running: RunningService, spoken: Spoken, write: Write, rule: Callable[..., list[Fact]]) -> Answer:
    """Let a rule decide about a case, and keep the words that came with it if it says something."""
    await running.wait_for(write.position)
    command = Command(
        case_answer(200),
        (Topic.CASES, spoken.case_id),
        partial(rule, at=running.now(), actor=write.client.actor),
        idempotency=write.once,
        expected_version=write.expected,
        private=lambda outcome: spoken.rows() if outcome.said else (),
    )
    return await running.execute(command)


async def attach_record(running: RunningService, pepper: str, case_id: str, body: RecordBody, write: Write) -> Answer:
    """Take in a filled form of a case."""
    await running.wait_for(write.position)
    agent = write.client.agent(body.agent)
    id, at, actor = derived_id("record", write.client.name, write.once.key), running.now(), write.client.actor

    def decide(case: IntakeCase) -> list[Fact]:
        return attach(case, body.form, body.data, running.known, id=id, at=at, actor=actor, agent=agent, pepper=pepper)

    def answered(outcome: Outcome) -> Answer:
        told: Answer = case_answer(201, {"record": str(id), "lacks": outcome.said[0].data.missing})(outcome)
        return told

    row = record_row(case_id, str(id), body.data)
    command = Command(
        answered,
        (Topic.CASES, case_id),
        decide,
        idempotency=write.once,
        expected_version=write.expected,
        private=lambda outcome: [] if id in outcome.appended.said_before else [row],
    )
    return await running.execute(command)


async def confirm_for(running: RunningService, pepper: str, case_id: str, body: ConfirmationBody, write: Write) -> Answer:
    """Write down what the customer accepted or rejected."""
    await running.wait_for(write.position)
    agent = write.client.agent(body.agent)
    id, at, actor = derived_id("confirmation", write.client.name, write.once.key), running.now(), write.client.actor
    spoken = Spoken(case_id, pepper)

    def decide(case: IntakeCase) -> list[Fact]:
        return confirm(case, **{**body.model_dump(), "agent": agent}, spoken=spoken, id=id, at=at, actor=actor)

    command = Command(
        case_answer(201),
        (Topic.CASES, case_id),
        decide,
        idempotency=write.once,
        expected_version=write.expected,
        private=lambda outcome: [] if id in outcome.appended.said_before else spoken.rows(),
    )
    return await running.execute(command)


def case_answer(status: int, beside: dict[str, Any] | None = None, made: str = "") -> Any:
    """Return what answers a command with the case as it is then, and something beside; `made` is where below it that stands."""

    def answered(outcome: Outcome) -> Answer:
        case: IntakeCase = outcome.state
        location = f"/cases/{case.case_id}{made}" if status == 201 else None
        told = {one.name: getattr(case, one.name) for one in fields(case)} | beside if beside else case
        return answer(told, status=status, version=outcome.version, position=outcome.position, location=location)

    return answered
