"""Every way into an app, read from its routes: for each path and method the scope and the parameters."""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from fastapi.dependencies.models import Dependant
from fastapi.routing import iter_route_contexts
from starlette.responses import HTMLResponse
from starlette.routing import BaseRoute

from libs.web.access import Scoped


@dataclass(frozen=True, slots=True)
class Way:
    """One method of one path. `query` are the parameters it knows; a page for people has none to be strict about.

    `headers` are those that the dependency which grants the scope reads.
    """

    path_format: str
    scope: str | None
    query: frozenset[str] | None
    headers: Sequence[str] = ()


class Ways:
    """All of them, found by the path that is asked for."""

    def __init__(self, routes: Iterable[BaseRoute]) -> None:
        self._templates: dict[str, tuple[re.Pattern[str], dict[str, Way]]] = {}
        for context in iter_route_contexts(list(routes)):
            _, methods = self._templates.setdefault(context.path_format or "", (context.path_regex, {}))
            for method in context.methods or ():
                methods.setdefault(method, _way(context))
        # Most requests are for a path without a parameter.
        self._fixed = {path: self._matching(path) for path in self._templates if "{" not in path}

    def at(self, path: str) -> Mapping[str, Way]:
        """Return the ways at a path by their methods; none where nothing is."""
        fixed = self._fixed.get(path)
        return self._matching(path) if fixed is None else fixed

    def of(self, path_format: str) -> Mapping[str, Way]:
        """Return the ways of a path as it is declared, by their methods."""
        return self._templates[path_format][1]

    def _matching(self, path: str) -> dict[str, Way]:
        found: dict[str, Way] = {}
        for regex, methods in self._templates.values():
            if regex.match(path):
                found = methods | found
        return found


def _way(context: Any) -> Way:
    dependant = getattr(context, "dependant", None)
    if dependant is None:
        return Way(context.path_format, None, frozenset())
    parts = list(_parts(dependant))
    calls: list[Any] = [one.call for one in parts]
    asks = next((call for call in calls if isinstance(call, Scoped)), None)
    is_page = getattr(context.response_class, "value", context.response_class) is HTMLResponse
    names = frozenset(field.alias for one in parts for field in one.query_params)
    query = None if is_page else names
    return Way(context.path_format, asks.scope, query, asks.headers) if asks else Way(context.path_format, None, query)


def _parts(dependant: Dependant) -> Iterator[Dependant]:
    yield dependant
    for one in dependant.dependencies:
        yield from _parts(one)
