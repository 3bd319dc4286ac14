"""The commands that draft and publish a process standard, for HTTP and for the standards that are published at every start."""

from datetime import datetime

from libs.events.engine.known import Known
from libs.events.engine.writer import Command, Outcome
from libs.events.log.envelope import Fact
from libs.events.store.values import Answer, Idempotency
from libs.events.words.event import Topic
from libs.web.answers import answer
from services.routing.domain.standards.countable import uncountable
from services.routing.domain.standards.page import Sound
from services.routing.domain.standards.process import Process, draft_version, publish_version, retire_version


def draft_command(
    written: Sound, *, at: datetime, actor: str, once: Idempotency | None = None, published: Known | None = None
) -> Command:
    """Return the command that drafts a version; the answer warns of reasons why it could not be published now."""
    standard = written.standard
    problem = uncountable(standard, published) if published else ""
    warnings = [*written.warnings, *([problem] if problem else [])]

    def decide(process: Process) -> list[Fact]:
        return draft_version(process, written, at=at, actor=actor)

    def answered(outcome: Outcome) -> Answer:
        told = {"process_id": standard.process_id, "version": standard.version, "warnings": warnings}
        return answer(told, status=201, version=outcome.version, position=outcome.position)

    return Command(answered, (Topic.STANDARDS, standard.process_id), decide, idempotency=once)


def publish_command(
    process_id: str,
    version: int,
    *,
    at: datetime,
    actor: str,
    once: Idempotency | None = None,
    published: Known | None = None,
) -> Command:
    """Return the command that publishes a version; given the `published` calendars, only if its promises can be
    counted."""

    def decide(process: Process) -> list[Fact]:
        return publish_version(process, version=version, at=at, actor=actor, published=published)

    def answered(outcome: Outcome) -> Answer:
        told = {"process_id": process_id, "version": version, "state": "published"}
        return answer(told, version=outcome.version, position=outcome.position)

    return Command(answered, (Topic.STANDARDS, process_id), decide, idempotency=once)


def retire_command(
    process_id: str, version: int, reason: str, *, at: datetime, actor: str, once: Idempotency | None = None
) -> Command:
    """Return the command that retires a version."""

    def decide(process: Process) -> list[Fact]:
        return retire_version(process, version=version, reason=reason, at=at, actor=actor)

    def answered(outcome: Outcome) -> Answer:
        told = {"process_id": process_id, "version": version, "state": "retired"}
        return answer(told, version=outcome.version, position=outcome.position)

    return Command(answered, (Topic.STANDARDS, process_id), decide, idempotency=once)
