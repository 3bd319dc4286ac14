"""Cases to look for. Who lacks the scope for personal data can neither see nor search by customer and subject.

Of a case that they do not serve, people with the scope see neither. They do see which cases a customer has whom they can name.
"""

from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from functools import partial
from typing import Annotated
from zoneinfo import ZoneInfo

from fastapi import APIRouter, Depends, Query, Request
from starlette.responses import Response

from libs.events.catalogue.intake import NOBODY
from libs.events.words.refusal import Refused
from libs.service.personal import note
from libs.service.running import RunningService
from libs.web.access import require
from libs.web.keys import Client
from libs.web.pages.language import language_of
from libs.web.pages.naming import process_name
from libs.web.pages.negotiation import PageRoute
from libs.web.pages.shell import Shell
from libs.web.paging import Page, pages, sealed
from libs.web.text import Day, Text
from services.intake.domain.customer import Customer, customer_ref
from services.intake.queries import After
from services.intake.queries.search import LOOKED_THROUGH_MAX, Wanted, people, search

Word = Annotated[Text | None, Query(max_length=200)]
Identity = Annotated[Text | None, Query(max_length=254)]


@dataclass(frozen=True, slots=True)
class Asked:
    """What somebody filled into the form; the days are the desk's."""

    number: str | None
    customer: str | None
    subject: str | None
    since: date | None
    until: date | None


async def asked(
    number: Word = None,
    customer: Identity = None,
    subject: Word = None,
    since: Annotated[Day | None, Query(alias="from")] = None,
    until: Annotated[Day | None, Query(alias="to")] = None,
) -> Asked:
    """Read the form."""
    return Asked(number, customer, subject, since, until)


def cases_router(running: RunningService, pepper: str) -> APIRouter:
    """Return the route."""
    router = APIRouter(route_class=PageRoute)

    @router.get("/cases")
    async def get_cases_page(
        request: Request,
        client: Annotated[Client, Depends(require("cases:read"))],
        page: Annotated[Page[After], Depends(pages(After))],
        form: Annotated[Asked, Depends(asked)],
    ) -> Response:
        """Show the newest cases that fit."""
        is_personal = may_ask(client, form)
        shell: Shell = request.app.state.shell
        found = await search(running.pool, _wanted(form, pepper, shell.zone), before=page.after, limit=page.limit)
        served = await note(request, client, [row.case_id for row in found.rows]) if is_personal else ()
        if form.subject:  # what was found says what its subject is
            found = replace(found, rows=[row for row in found.rows if row.case_id in served])
        return shell.page(
            request,
            "cases.html",
            private=is_personal,
            form=form,
            found=found,
            people=await people(running.pool, served),
            served=served,
            is_personal=is_personal,
            may_write=client.may("cases:write"),
            following=found.following and sealed(found.following),
            is_first=page.after is None,
            looked_through=f"{LOOKED_THROUGH_MAX:,}",
            process_name=partial(process_name, running.known, language_of(request)),
        )

    return router


def may_ask(client: Client, form: Asked) -> bool:
    """Test whether the client may see whom a case is from; refuse to search by it otherwise."""
    if client.may("cases:personal"):
        return True
    if form.customer or form.subject:
        detail = "Customer and subject are personal. This key lacks the scope cases:personal; search by number or date."
        raise Refused("forbidden", detail, 403)
    return False


def _wanted(form: Asked, pepper: str, zone: ZoneInfo) -> Wanted:
    return Wanted(
        number=form.number and form.number.strip(),
        customer_refs=references(form.customer, pepper) if form.customer else None,
        subject=form.subject and form.subject.strip(),
        since=_begins(form.since, zone),
        until=_begins(_after(form.until), zone),
    )


def references(identity: str, pepper: str) -> list[str]:
    """Return how a customer of that id, e-mail address or phone number may be referred to; nobody is found under `anonymous`."""
    spelled = (identity, Customer(phone=identity).identity)
    return sorted({customer_ref(one, pepper=pepper) for one in spelled} - set(NOBODY))


def _after(day: date | None) -> date | None:
    return day + timedelta(days=1) if day and day < date.max else None


def _begins(day: date | None, zone: ZoneInfo) -> datetime | None:
    return datetime.combine(day, time(), zone) if day else None
