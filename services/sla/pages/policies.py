"""The pages of the policies: which there are, and one version as a table, with what differs from another version."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated

from fastapi import APIRouter, Query, Request
from starlette.responses import Response

from libs.events.catalogue.promise import Policy, PolicyRule
from libs.service.running import RunningService
from libs.web.pages.language import language_of
from libs.web.pages.negotiation import PageRoute
from libs.web.pages.shell import Shell
from libs.web.text import IN_DIGITS, Named
from services.sla.pages.wording import Wording
from services.sla.policies import Asking, known_policy, policy_in, policy_lines

Number = Annotated[int | None, Query(ge=1, le=2**31 - 1), IN_DIGITS]


@dataclass(frozen=True, slots=True)
class Changed:
    """A rule in two versions; None where one of them has no rule of its name. The place of a rule is its order."""

    id: str
    before: tuple[int, PolicyRule] | None
    after: tuple[int, PolicyRule] | None


def policies_router(running: RunningService) -> APIRouter:
    """Return the routes."""
    router = APIRouter(route_class=PageRoute)

    @router.get("/policies")
    async def get_policies_page(request: Request, client: Asking) -> Response:
        """List the policies."""
        shell, said = _said(request, running)
        return shell.page(request, "policies.html", lines=policy_lines(running), said=said)

    @router.get("/policies/{process}")
    async def get_policy_page(
        request: Request, process: Named, client: Asking, version: Number = None, before: Number = None
    ) -> Response:
        """Show a version as a table, and the rules that differ from another version or the one before."""
        shell, said = _said(request, running)
        use, versions = known_policy(running, process)
        policy = policy_in(versions, process, version or use.in_force or use.version)
        former = _former(versions, policy, before)
        return shell.page(
            request,
            "policy.html",
            use=use,
            policy=policy,
            versions=sorted(versions, reverse=True),
            former=former,
            differing=differences(former, policy) if former else [],
            said=said,
        )

    return router


def _said(request: Request, running: RunningService) -> tuple[Shell, Wording]:
    shell, lang = request.app.state.shell, language_of(request)
    return shell, Wording(running.known, lang, shell.words(lang))


def _former(versions: Mapping[int, Policy], policy: Policy, before: int | None) -> Policy | None:
    """Return the version to compare with: the one asked for, else the one before."""
    number = before or max((one for one in versions if one < policy.version), default=None)
    return policy_in(dict(versions), policy.process_id, number) if number else None


def differences(before: Policy, after: Policy) -> list[Changed]:
    """Return the rules that are not the same, or not at the same place, in both versions, in the order of the later one."""
    old = {rule.id: (number, rule) for number, rule in enumerate(before.rules, 1)}
    new = {rule.id: (number, rule) for number, rule in enumerate(after.rules, 1)}
    both = [Changed(id, old.get(id), new.get(id)) for id in dict.fromkeys([*new, *old])]
    return [one for one in both if one.before != one.after]
