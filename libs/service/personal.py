"""Who may read what is personal in a case: it takes a scope and who serves the case, and is written down before the answer."""

from collections.abc import Collection, Iterable
from functools import cache

from fastapi import Request

from libs.service.reads import Audit
from libs.web.access import Scoped, permitted
from libs.web.keys import Client
from libs.web.position import WaitFor
from libs.web.text import Id


class Personal(Scoped):
    """A dependency of a route that shows one case: it yields the client, if they serve the case."""

    async def __call__(self, request: Request, case_id: Id, position: WaitFor) -> Client:
        client = permitted(request, self.scope)
        await audit_of(request).admit(client, _operation(request), case_id, position)
        return client


@cache
def personal(scope: str) -> Personal:
    """Return a dependency that yields the client, if the scope was granted and they serve the case of the path.

    It waits for the Position of the request, so that the route need not.
    """
    return Personal(scope)


async def note(request: Request, client: Client, case_ids: Iterable[str]) -> Collection[str]:
    """Write down that the client reads these cases, and return those that they serve; no other may be shown."""
    return await audit_of(request).note(client, _operation(request), case_ids)


def audit_of(request: Request) -> Audit:
    """Return the audit of the service that is asked."""
    audit: Audit = request.app.state.audit
    return audit


def _operation(request: Request) -> str:
    return str(request.scope["route"].name)
