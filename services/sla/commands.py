"""Publishing calendars and holiday sets: by HTTP, and for the calendars that are published at every start."""

from collections.abc import Callable
from datetime import datetime
from functools import partial
from typing import Annotated, Any

import msgspec
from fastapi import APIRouter, Depends, Response

from libs.events.catalogue.sla import Calendar, HolidaySet
from libs.events.engine.writer import Command
from libs.events.log.envelope import Fact
from libs.events.store.values import Idempotency
from libs.events.words.event import Topic
from libs.events.words.refusal import Refused
from libs.service.running import RunningService
from libs.web.answers import answer, respond
from libs.web.bodies import Body
from libs.web.shapes import shaped
from libs.web.writes import Write, creates
from services.sla.domain.calendar_checks import BadCalendar
from services.sla.domain.calendars import calendar_of
from services.sla.domain.holiday_sets import holiday_set_of
from services.sla.domain.publishing import publish, publish_holidays


class CalendarBody(Body):
    """POST /calendars: working time as a person writes it (services/sla/domain/calendars.py)."""

    calendar: dict[str, Any]


class HolidaysBody(Body):
    """POST /holidays: days off, one by one or as an iCalendar file has them (services/sla/domain/holiday_sets.py)."""

    holidays: dict[str, Any]


Publishing = Annotated[Write, Depends(creates("standards:write"))]


def publishing_routes(router: APIRouter, running: RunningService) -> None:
    """Add the routes by which calendars and holiday sets are published."""
    _calendars(router, running)
    _holidays(router, running)


def _calendars(router: APIRouter, running: RunningService) -> None:
    @router.post(
        "/calendars",
        status_code=201,
        tags=["calendars"],
        summary="Publish a calendar version",
        responses=shaped(Calendar, status=201),
    )
    async def post_calendar(body: CalendarBody, write: Publishing) -> Response:
        """Publish working time; process standards name it by id and version. What is published never changes.

        It takes in the days of the holiday sets that it names. Right after publishing one, pass on the Position of that answer.
        """
        await running.wait_for(write.position)
        try:
            calendar = calendar_of(body.calendar, running.known)
        except BadCalendar as error:
            raise Refused("bad-calendar", str(error), 422) from error
        command = publish_command(calendar, at=running.now(), actor=write.client.actor, once=write.once)
        return respond(await running.execute(command))


def _holidays(router: APIRouter, running: RunningService) -> None:
    @router.post(
        "/holidays",
        status_code=201,
        tags=["calendars"],
        summary="Publish a version of a holiday set",
        responses=shaped(HolidaySet, status=201),
    )
    async def post_holidays(body: HolidaysBody, write: Publishing) -> Response:
        """Publish days off that calendars share, written one by one or read from an iCalendar file.

        The answer lists every day that was taken: look at it before a calendar names the set. What is published never changes.
        """
        try:
            holidays = holiday_set_of(body.holidays)
        except BadCalendar as error:
            raise Refused("bad-holidays", str(error), 422) from error
        await running.wait_for(write.position)
        command = holidays_command(holidays, at=running.now(), actor=write.client.actor, once=write.once)
        return respond(await running.execute(command))


def publish_command(calendar: Calendar, *, at: datetime, actor: str, once: Idempotency | None = None) -> Command:
    """Return the command that publishes a calendar version."""
    return _command(calendar, partial(publish, calendar=calendar, at=at, actor=actor), once)


def holidays_command(holidays: HolidaySet, *, at: datetime, actor: str, once: Idempotency | None = None) -> Command:
    """Return the command that publishes a version of a holiday set."""
    return _command(holidays, partial(publish_holidays, holidays=holidays, at=at, actor=actor), once)


def _command(value: Calendar | HolidaySet, decide: Callable[..., list[Fact]], once: Idempotency | None) -> Command:
    said = msgspec.to_builtins(value)
    return Command(
        lambda outcome: answer(said, status=201, version=outcome.version, position=outcome.position),
        (Topic.STANDARDS, value.id),
        decide,
        idempotency=once,
    )
