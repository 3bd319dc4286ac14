"""The pages of the calendars: which there are, and a year of one, drawn."""

from collections.abc import Mapping, Sequence
from datetime import date, time
from typing import Annotated, Any

from fastapi import APIRouter, Query, Request
from starlette.responses import Response

from libs.events.catalogue.sla import Calendar
from libs.pictures.picture import Picture, both
from libs.pictures.words import WORDS
from libs.pictures.year import Marked, year
from libs.service.running import RunningService
from libs.web.pages.language import language_of
from libs.web.pages.negotiation import PageRoute
from libs.web.pages.shell import Shell
from libs.web.problems import Language
from libs.web.text import IN_DIGITS, Named
from services.sla.calendars import Asking, known_calendar, version_in
from services.sla.domain.calendar_use import SOON_DAYS, calendar_lines
from services.sla.domain.calendar_year import Day, Hours, Kind, differences, year_of

Number = Annotated[int | None, Query(ge=1, le=2**31 - 1), IN_DIGITS]
SPECIAL = (Kind.HOLIDAY, Kind.MADE_UP, Kind.OPENED)


def calendars_router(running: RunningService) -> APIRouter:
    """Return the routes."""
    router = APIRouter(route_class=PageRoute)

    @router.get("/calendars")
    async def get_calendars_page(request: Request, client: Asking) -> Response:
        """List the calendars."""
        shell: Shell = request.app.state.shell
        lines = calendar_lines(running.known, running.now())
        return shell.page(request, "calendars.html", lines=lines, soon=SOON_DAYS)

    @router.get("/calendars/{calendar_id}")
    async def get_calendar_page(
        request: Request,
        calendar_id: Named,
        client: Asking,
        version: Number = None,
        year: Number = None,
        before: Number = None,
    ) -> Response:
        """Show a year of a version, and the days on which it differs from another version or the one before."""
        shell: Shell = request.app.state.shell
        lang = language_of(request)
        use, versions = known_calendar(running, calendar_id)
        calendar = version_in(versions, calendar_id, version or use.version)
        former = _former(versions, calendar, before)
        shown_year = _within(calendar, year or running.now().astimezone(shell.zone).year)
        return shell.page(
            request,
            "calendar.html",
            use=use,
            calendar=calendar,
            versions=sorted(versions, reverse=True),
            soon=SOON_DAYS,
            former=former,
            **_shown(calendar, former, shown_year, lang),
        )

    return router


def _former(versions: Mapping[int, Calendar], calendar: Calendar, before: int | None) -> Calendar | None:
    """Return the version to compare with: the one asked for, else the one before."""
    number = before or max((one for one in versions if one < calendar.version), default=None)
    return version_in(dict(versions), calendar.id, number) if number else None


def _within(calendar: Calendar, year: int) -> int:
    return min(max(year, calendar.first_day.year), calendar.last_day.year)


def _shown(calendar: Calendar, former: Calendar | None, number: int, lang: Language) -> dict[str, Any]:
    """Return what the page shows of a year."""
    days, said = year_of(calendar, number), WORDS[lang]
    title = f"{calendar.id} {said.year_of(date(number, 1, 1))}"
    return {
        "year": number,
        "earlier": number - 1 if number > calendar.first_day.year else None,
        "later": number + 1 if number < calendar.last_day.year else None,
        "week": [(said.days[weekday], hours_in(hours)) for weekday, hours in _week(calendar)],
        "special": [(said.day_of(day), what, hours_in(what.hours)) for day, what in days.items() if what.kind in SPECIAL],
        "differing": [
            (said.day_of(one.day), one.before, hours_in(one.before.hours), one.after, hours_in(one.after.hours))
            for one in (differences(former, calendar, number) if former else [])
        ],
        "pictures": _pictures(number, days, title, lang),
    }


def _week(calendar: Calendar) -> list[tuple[int, Hours]]:
    found: dict[int, list[tuple[time, time]]] = {}
    for one in calendar.windows:
        found.setdefault(one.weekday, []).append((one.opens, one.closes))
    return [(weekday, tuple(hours)) for weekday, hours in sorted(found.items())]


def hours_in(hours: Hours) -> str:
    """Return windows as people write them; midnight at the end is 24:00."""
    return ", ".join(f"{opens:%H:%M}-{f'{closes:%H:%M}' if closes != time() else '24:00'}" for opens, closes in hours)


def _pictures(number: int, days: Mapping[date, Day], title: str, lang: Language) -> Sequence[Picture]:
    marked = {day: Marked(one.kind, hours_in(one.hours), not one.is_announced) for day, one in days.items()}
    return both(lambda sheet: year(sheet, number, marked), "year", title, WORDS[lang])
