"""Publishing calendars: by HTTP, and for those that are published at every start."""

from datetime import datetime
from typing import Annotated, Any

import msgspec
from fastapi import APIRouter, Depends, Response

from libs.events.catalogue.sla import Calendar
from libs.events.engine.writer import Command
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
from services.sla.domain.publishing import PublishedCalendar, publish


class CalendarBody(Body):
    """POST /calendars: working time as a person writes it (services/sla/domain/calendars.py)."""

    calendar: dict[str, Any]


def publishing_routes(router: APIRouter, running: RunningService) -> None:
    """Add the route by which calendars are published."""

    @router.post(
        "/calendars",
        status_code=201,
        tags=["calendars"],
        summary="Publish a calendar version",
        responses=shaped(Calendar, status=201),
    )
    async def post_calendar(body: CalendarBody, write: Annotated[Write, Depends(creates("standards:write"))]) -> Response:
        """Publish working time; process standards name it by id and version. What is published never changes."""
        try:
            calendar = calendar_of(body.calendar)
        except BadCalendar as error:
            raise Refused("bad-calendar", str(error), 422) from error
        await running.wait_for(write.position)
        command = publish_command(calendar, at=running.now(), actor=write.client.actor, once=write.once)
        return respond(await running.execute(command))


def publish_command(calendar: Calendar, *, at: datetime, actor: str, once: Idempotency | None = None) -> Command:
    """Return the command that publishes a calendar version."""

    def decide(published: PublishedCalendar) -> Any:
        return publish(published, calendar, at=at, actor=actor)

    shown_calendar = msgspec.to_builtins(calendar)
    return Command(
        lambda outcome: answer(shown_calendar, status=201, version=outcome.version, position=outcome.position),
        (Topic.STANDARDS, calendar.id),
        decide,
        idempotency=once,
    )
