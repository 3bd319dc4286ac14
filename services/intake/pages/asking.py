"""What the pages share that ask something about a case: their form, and where it leads when it is done."""

from collections.abc import Mapping
from typing import Any

from fastapi import Request
from starlette.responses import RedirectResponse, Response

from libs.service.personal import audit_of
from libs.web.keys import Client
from libs.web.pages.shell import Shell

OCCURRED = dict.fromkeys(("before-the-case", "future-time", "placeholder-time"), "occurred_at")
"""Refusals of when something happened → the field that asks for it."""


def form_page(
    request: Request,
    template: str,
    case_id: str,
    given: Mapping[str, str],
    status: int = 200,
    wrong: Mapping[str, str] | None = None,
    **told: Any,
) -> Response:
    """Show a form with what was written in it, and what is wrong with that by the name of its field."""
    shell: Shell = request.app.state.shell
    return shell.page(request, template, status, private=True, case_id=case_id, given=given, wrong=wrong or {}, **told)


async def onward(request: Request, client: Client, case_id: str, again: str) -> Response:
    """Lead to the case; who may not see it comes to the form `again`, which says that it is done."""
    path = f"/cases/{case_id}" if await may_see(request, client, case_id) else f"/cases/{case_id}/{again}"
    return RedirectResponse(request.app.state.shell.addresses.base("intake") + path, 303)


async def may_see(request: Request, client: Client, case_id: str) -> bool:
    """Test whether the client may see the case."""
    return client.may("cases:personal") and await audit_of(request).serves(client, case_id)
