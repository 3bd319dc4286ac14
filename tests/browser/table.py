"""Every page of the five services, made from what the services declare, with an example for each parameter of a path."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from libs.web.pages.site import SITE
from tests.browser.desk import Desk

COMMON = ("/", "/sign-in", "/problems/{code}")
"""Pages that the shell gives to every service; they are the same everywhere, so one service's are enough."""

EXAMPLES: Mapping[str, Callable[[Desk], str]] = {
    "/problems/{}": lambda desk: "no-such-path",
    "/s/{}": lambda desk: desk.link,
    "/cases/{}": lambda desk: desk.case,
    "/clocks/{}": lambda desk: desk.case,
    "/clocks/{}/{}": lambda desk: "response",
}
"""A path up to a parameter → an example of this parameter."""


@dataclass(frozen=True, slots=True)
class Place:
    """A page: its path as it is declared, and the status of its answer."""

    service: str
    path: str
    status: int = 200

    def __str__(self) -> str:
        return f"{self.service} {self.path}"

    @property
    def shape(self) -> str:
        """Return the path without the names of its parameters."""
        return re.sub(r"\{\w+\}", "{}", self.path)

    def at(self, desk: Desk) -> str:
        """Return the path with an example for each parameter."""
        begun, *rest = self.shape.split("{}")
        made, asked = begun, begun
        for part in rest:
            asked += "{}"
            made += EXAMPLES[asked](desk) + part
            asked += part
        return made


PLACES = (
    *(Place("intake", path) for path in COMMON),
    *(Place(service, path) for service, place in SITE.items() for path in (*place.pages, *place.others)),
)
ODD = (Place("intake", "/no/such/page", 404),)
"""Pages that are at no address of their own."""
