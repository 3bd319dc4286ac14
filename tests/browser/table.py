"""Every page of the five services, read from their apps, with an example for each parameter of a path."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from fastapi.routing import APIRoute
from starlette.responses import HTMLResponse

from libs.web.pages.site import SITE
from services.__main__ import PORTS
from tests.browser.desk import FORM, Sample
from tests.safety.asking import app

PARTS = {"/live"}
"""What a page loads by itself, so that nobody looks at it alone."""

EXAMPLES: Mapping[str, Callable[[Sample], str]] = {
    "/calendars/{}": lambda one: "cn-business",
    "/cases/{}": lambda one: one.case_id,
    "/clocks/{}": lambda one: one.case_id,
    "/clocks/{}/{}": lambda one: "response",
    "/figures/{}": lambda one: "timeliness",
    "/policies/{}": lambda one: "inbound-call",
    "/problems/{}": lambda one: "no-such-path",
    "/processes/{}": lambda one: one.process_id,
    "/reckonings/{}": lambda one: one.reckoning,
    "/rosters/{}": lambda one: one.team,
    "/rules/{}": lambda one: "first_contact_resolution",
    "/s/{}": lambda one: one.link,
    "/surveys/{}": lambda one: one.survey_id,
    "/track/{}": lambda one: one.tracking,
}
"""A path up to a parameter → an example of this parameter."""

QUESTIONS: Mapping[str, Callable[[Sample], str]] = {
    "analytics /cases": lambda one: f"?process={one.process_id}",
    "intake /cases/{}/records/new": lambda one: f"?form={FORM}",
    "analytics /counted": lambda one: f"?figure=first_answer&process={one.process_id}",
}
"""Pages that must be asked something."""


@dataclass(frozen=True, slots=True)
class Place:
    """A page: its path without the names of parameters, and the status of its answer."""

    service: str
    path: str
    status: int = 200

    def __str__(self) -> str:
        return f"{self.service} {self.path}"

    @property
    def name(self) -> str:
        """Return a name for a file."""
        return re.sub(r"[^a-z]+", "-", str(self).replace("{}", "one")).strip("-")

    def at(self, sample: Sample) -> str:
        """Return the path with an example for each parameter."""
        asked = made = ""
        for part in re.split(r"(\{\})", self.path):
            asked += part
            made += EXAMPLES[asked](sample) if part == "{}" else part
        return made + QUESTIONS.get(str(self), lambda one: "")(sample)


def unnamed(path: str) -> str:
    """Return a path without the names of its parameters."""
    return re.sub(r"\{[^}]+\}", "{}", path)


def answered(service: str) -> set[str]:
    """Return the paths of all pages that a service's app answers."""
    return {unnamed(route.path_format) for route in app(service).routes if _is_page(route)} - PARTS


def _is_page(route: object) -> bool:
    return isinstance(route, APIRoute) and "GET" in (route.methods or ()) and route.response_class is HTMLResponse


COMMON = set.intersection(*map(answered, PORTS))
"""Pages that the shell gives to every service; the start page may be the service's own."""

PLACES = sorted(
    {
        *(Place("intake", path) for path in COMMON),
        *(Place(service, path) for service in PORTS for path in answered(service) - COMMON),
        *(Place(service, "/") for service in PORTS if "/" in SITE[service].pages),
    },
    key=str,
)
"""A page of the shell is the same at every service, so it is looked at once."""

ODD = (Place("intake", "/no/such/page", 404),)
"""Pages that are at no address of their own."""
