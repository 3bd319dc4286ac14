"""A calendar that is published after the standard that names it, and after cases that are promised something under it."""

from dataclasses import replace
from datetime import date

from libs.events.engine.writer import Command
from libs.events.store.values import Answer
from libs.events.words.event import Topic
from services.intake.domain.case import cancel, register
from services.intake.domain.customer import Customer
from services.intake.domain.need import Need
from services.sla.api import publish_command
from tests.laws.story import BEGIN, Asked, calendar, standards


def of_the_standards(names=("complaint-quality",)):
    """Return what publishes the process standards, without their calendar."""
    return [asked for asked in standards(names) if asked.service != "sla"]


def published(version=1, last_day=None):
    """Return what publishes a version of the calendar."""
    written = replace(calendar(), version=version, last_day=last_day or calendar().last_day)
    return Asked("sla", lambda _: publish_command(written, at=BEGIN, actor="late"), f"calendar version {version}")


def registered(case, at=BEGIN):
    """Return what registers a case, imported or not."""
    need = Need(
        channel="phone", process_id="complaint-quality", kind="complaint", fields={"affected": "one"}, customer=Customer(id=case)
    )

    def make(shelf):
        return Command(
            lambda _: Answer(200, b""), (Topic.CASES, case), lambda state: register(state, need, shelf, at=at, actor="it")
        )

    return Asked("intake", make, f"register {case}")


def cancelled(case, at=BEGIN):
    """Return what cancels a case."""

    def make(shelf):
        return Command(
            lambda _: Answer(200, b""), (Topic.CASES, case), lambda state: cancel(state, "withdrawn", at=at, actor="late")
        )

    return Asked("intake", make, f"cancel {case}")


SHORT = date(2025, 6, 30)
"""A last day on which the story has just begun."""
