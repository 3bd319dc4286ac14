"""What may be asked about calendars: which there are, who names them, how long they still count; and about holiday sets."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Annotated

from fastapi import APIRouter, Depends, Response

from libs.events.catalogue.references import CALENDAR, HOLIDAYS
from libs.events.catalogue.sla import Calendar, HolidaySet
from libs.events.words.refusal import Refused
from libs.service.running import RunningService
from libs.web.access import require
from libs.web.answers import shown
from libs.web.keys import Client
from libs.web.position import WaitFor
from libs.web.shapes import Listed, shaped
from libs.web.text import Named, VersionNumber
from services.sla.domain.calendar_use import CalendarLine, calendar_lines

Asking = Annotated[Client, Depends(require("clocks:read"))]


@dataclass(frozen=True, slots=True, kw_only=True)
class HolidaysLine:
    """A holiday set as the list shows it: its newest version, how many days it has, and the first and the last of them."""

    id: str
    version: int
    versions: tuple[int, ...]
    days: int
    first_day: date
    last_day: date


@dataclass(frozen=True, slots=True, kw_only=True)
class CalendarSheet:
    """A calendar: how it is used, and its newest version."""

    use: CalendarLine
    calendar: Calendar


def calendar_routes(router: APIRouter, running: RunningService) -> None:
    """Add what may be asked."""
    _calendars(router, running)
    _holidays(router, running)


def _calendars(router: APIRouter, running: RunningService) -> None:
    @router.get("/calendars", tags=["calendars"], summary="The calendars", responses=shaped(Listed[CalendarLine]))
    async def get_calendars(client: Asking, position: WaitFor) -> Response:
        """List the newest version of every calendar, who names it, and in how many days it ends."""
        await running.wait_for(position)
        return shown({"items": calendar_lines(running.known, running.now())})

    @router.get(
        "/calendars/{calendar_id}", tags=["calendars"], summary="A calendar as it is now", responses=shaped(CalendarSheet)
    )
    async def get_calendar(calendar_id: Named, client: Asking, position: WaitFor) -> Response:
        """Return the newest version of a calendar, with the versions there are."""
        await running.wait_for(position)
        use, versions = known_calendar(running, calendar_id)
        return shown({"use": use, "calendar": versions[use.version]})

    @router.get(
        "/calendars/{calendar_id}/versions/{version}",
        tags=["calendars"],
        summary="A version of a calendar",
        responses=shaped(Calendar),
    )
    async def get_calendar_version(calendar_id: Named, version: VersionNumber, client: Asking, position: WaitFor) -> Response:
        """Return a version as it was published; it never changes."""
        await running.wait_for(position)
        _, versions = known_calendar(running, calendar_id)
        return shown(version_in(versions, calendar_id, version))


def _holidays(router: APIRouter, running: RunningService) -> None:
    @router.get("/holidays", tags=["calendars"], summary="The holiday sets", responses=shaped(Listed[HolidaysLine]))
    async def get_holidays(client: Asking, position: WaitFor) -> Response:
        """List the newest version of every holiday set."""
        await running.wait_for(position)
        return shown({"items": [_line(running.known.versions(HOLIDAYS, id)) for id in running.known.ids(HOLIDAYS)]})

    @router.get(
        "/holidays/{holidays_id}/versions/{version}",
        tags=["calendars"],
        summary="A version of a holiday set",
        responses=shaped(HolidaySet),
    )
    async def get_holidays_version(holidays_id: Named, version: VersionNumber, client: Asking, position: WaitFor) -> Response:
        """Return a version as it was published, every day with its name; it never changes."""
        await running.wait_for(position)
        found = {one.version: one for one in running.known.versions(HOLIDAYS, holidays_id)}
        if version not in found:
            known = ", ".join(map(str, sorted(found))) or "none"
            raise Refused("unknown-holidays", f"There is no holiday set {holidays_id} version {version} (there is {known}).", 404)
        return shown(found[version])


def _line(versions: Sequence[HolidaySet]) -> HolidaysLine:
    newest, days = versions[-1], versions[-1].days
    return HolidaysLine(
        id=newest.id,
        version=newest.version,
        versions=tuple(one.version for one in versions),
        days=len(days),
        first_day=min(days),
        last_day=max(days),
    )


def known_calendar(running: RunningService, id: str) -> tuple[CalendarLine, dict[int, Calendar]]:
    """Return how a calendar is used and its versions; refuse one that is not here."""
    use = next((one for one in calendar_lines(running.known, running.now()) if one.id == id), None)
    if use is None:
        raise Refused("unknown-calendar", f"There is no calendar {id}. /calendars lists those there are.", 404)
    return use, {one.version: one for one in running.known.versions(CALENDAR, id)}


def version_in(versions: dict[int, Calendar], id: str, number: int) -> Calendar:
    """Return a version; refuse one that there is not."""
    if number not in versions:
        known = ", ".join(map(str, sorted(versions)))
        raise Refused("unknown-calendar", f"Calendar {id} has no version {number} (there is {known}).", 404)
    return versions[number]
