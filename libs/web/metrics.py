"""What operations scrape: rate, errors and duration of every route, and whatever the service adds."""

import re
import time
from collections import defaultdict
from collections.abc import Awaitable, Callable, Collection, Iterable, Mapping, Sequence
from typing import Any

import structlog
from fastapi import APIRouter, Request
from prometheus_client import (
    CollectorRegistry,
    Counter,
    Gauge,
    GCCollector,
    Histogram,
    PlatformCollector,
    ProcessCollector,
    disable_created_metrics,
)
from prometheus_client.exposition import choose_encoder
from prometheus_client.registry import Collector
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from libs import VERSION
from libs.web.pages.live import is_live
from libs.web.probe import Probe
from libs.web.routes import template_of

BUCKETS_SECONDS = (0.002, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0)
_METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})

Counted = tuple[str | float, ...]
"""Label values, and the number last."""

SERIES_MAX = 500
"""The most series that a figure has. The smaller ones beyond are counted together."""

OTHER = "other"
_WORD = re.compile("([A-Za-z][A-Za-z0-9_.-]{0,63})?")

# Nobody here needs to know when a counter began, and it would double the series that Prometheus keeps.
disable_created_metrics()  # type: ignore[no-untyped-call]

_output = structlog.get_logger("web")


class Metrics:
    """One app's registry. `refresh` names coroutines that set gauges before a scrape; `words` returns those of the standards."""

    def __init__(self, service: str, words: Callable[[], Collection[str]] = tuple) -> None:
        self.service, self._words = service, words
        self.registry = CollectorRegistry()
        self.requests = Counter(
            "loopdesk_http_requests_total", "Requests answered.", ["service", "method", "route", "status"],
            registry=self.registry,
        )  # fmt: skip
        self.seconds = Histogram(
            "loopdesk_http_request_duration_seconds", "Time to answer.", ["service", "method", "route"],
            buckets=BUCKETS_SECONDS, registry=self.registry,
        )  # fmt: skip
        self.running = Gauge("loopdesk_http_requests_in_flight", "Requests being answered.", ["service"], registry=self.registry)
        self.failures = Counter(
            "loopdesk_scrape_failures_total", "Refreshes that failed; their figures are not shown.", ["service", "name"],
            registry=self.registry,
        )  # fmt: skip
        build = Gauge("loopdesk_build_info", "Which release runs; always 1.", ["service", "version"], registry=self.registry)
        build.labels(service, VERSION).set(1)
        self.running.labels(service)
        self._refreshes: list[tuple[Probe, Callable[[], None]]] = []
        for standard in (ProcessCollector, PlatformCollector, GCCollector):
            standard(registry=self.registry)

    def collect(self, collector: Collector) -> None:
        """Add a collector of prometheus_client; it is asked at every scrape and must not wait."""
        self.registry.register(collector)

    def refresh(self, name: str, ask: Callable[[], Awaitable[None]], forget: Callable[[], None]) -> None:
        """Run `ask` before every scrape: the place to set gauges from the database. If it fails, `forget` clears them."""
        self._refreshes.append((Probe(name, ask), forget))
        self.failures.labels(self.service, name)  # from zero, so that the first one is a rise

    def counted(self, name: str, text: str, labels: Sequence[str], ask: Callable[[], Awaitable[Sequence[Counted]]]) -> None:
        """Show what `ask` counts, before every scrape: rows of label values and a number. Rows it no longer counts disappear."""
        gauge = Gauge(f"loopdesk_{name}", text, ["service", *labels], registry=self.registry)

        async def refresh() -> None:
            found = bounded(await ask(), self._words())
            gauge.clear()
            for values, number in found.items():
                gauge.labels(self.service, *values).set(number)

        self.refresh(name, refresh, gauge.clear)

    async def refreshed(self, seconds: float) -> None:
        """Bring the gauges up to date. A failure is counted, and its figures disappear, because nobody knows them now."""
        for probe, forget in self._refreshes:
            try:
                await probe.answer(seconds)
            except Exception as error:
                forget()
                self.failures.labels(self.service, probe.name).inc()
                _output.warning("metrics refresh failed", name=probe.name, error=type(error).__name__)


def bounded(rows: Iterable[Counted], known: Collection[str] = ()) -> Mapping[tuple[str, ...], float]:
    """Return the series of a figure, the largest first.

    What is neither known nor a plain word, or is one series too many, is shown as `other`: another system's history may have
    anything there, anybody may scrape, and a label may not grow with what clients invent.
    """
    series: defaultdict[tuple[str, ...], float] = defaultdict(float)
    for *values, number in sorted(rows, key=lambda row: -float(row[-1])):
        words = tuple(one if one in known or _WORD.fullmatch(one) else OTHER for one in map(str, values))
        if words not in series and len(series) >= SERIES_MAX:
            words = (OTHER,) * len(words)
        series[words] += float(number)
    return series


class Red:
    """Counts and times requests by route template."""

    def __init__(self, app: ASGIApp, metrics: Metrics) -> None:
        self.app = app
        self.metrics = metrics
        self._running = metrics.running.labels(metrics.service)
        self._kept: dict[tuple[str, ...], tuple[Counter, Histogram]] = {}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            return await self.app(scope, receive, send)
        status, started, ended = "aborted", time.perf_counter(), None

        async def watched(message: Message) -> None:
            nonlocal status, ended
            if message["type"] == "http.response.start":
                status = str(message["status"])
                # A stream of events lasts as long as somebody looks; what a client waits for is its beginning.
                ended = time.perf_counter() if is_live(message) else None
            await send(message)

        with self._running.track_inprogress():
            try:
                await self.app(scope, receive, watched)
            finally:
                self._count(scope, status, (ended or time.perf_counter()) - started)
        return None

    def _count(self, scope: Scope, status: str, seconds: float) -> None:
        # A client may invent methods; a label may not grow with what clients invent.
        method = scope["method"] if scope["method"] in _METHODS else "other"
        requests, duration = self._labelled(method, template_of(scope), status)
        requests.inc()
        duration.observe(seconds)

    def _labelled(self, *labels: str) -> tuple[Counter, Histogram]:
        # Kept here, because prometheus_client takes longer to find a label's counter than to count.
        if labels not in self._kept:
            service, (method, route, status) = self.metrics.service, labels
            counter = self.metrics.requests.labels(service, method, route, status)
            self._kept[labels] = counter, self.metrics.seconds.labels(service, method, route)
        return self._kept[labels]


_SCRAPED: dict[int | str, dict[str, Any]] = {
    200: {"content": {kind: {"schema": {"type": "string"}} for kind in ("text/plain", "application/openmetrics-text")}}
}


def metrics_router(metrics: Metrics, seconds: float) -> APIRouter:
    """Return the route that Prometheus scrapes."""
    router = APIRouter(tags=["operation"])

    @router.get("/metrics", summary="Figures for Prometheus", response_class=Response, responses=_SCRAPED)
    async def scrape(request: Request) -> Response:
        """Show counters, gauges and histograms in the format that Prometheus asks for."""
        await metrics.refreshed(seconds)
        encode, content_type = choose_encoder(request.headers.get("accept", ""))
        return Response(encode(metrics.registry), headers={"Content-Type": content_type})

    return router
