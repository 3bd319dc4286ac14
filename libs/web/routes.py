"""Which route a request took, by the name metrics and logs may carry: the template, never the path."""

from starlette.types import Scope

UNMATCHED = "unmatched"
PROBES = frozenset({"/healthz", "/readyz", "/metrics"})
"""Asked every few seconds by what watches over the service: not worth a line in the log, and never too often."""


def template_of(scope: Scope) -> str:
    """Return `/cases/{id}` for `/cases/7`; UNMATCHED when no route took it."""
    # FastAPI keeps an included router's prefix beside the route, not in it.
    included = scope.get("fastapi", {}).get("effective_route_context")
    for route in (included, scope.get("route")):
        path = getattr(route, "path_format", None) or getattr(route, "path", None)
        if isinstance(path, str) and path:
            return path
    return UNMATCHED
