"""Figures are counted by route template, and a scrape always answers."""

import asyncio
from collections.abc import Iterable

import pytest
from prometheus_client import Gauge, Metric
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.parser import text_string_to_metric_families
from prometheus_client.registry import Collector

from libs import VERSION
from libs.web.metrics import SERIES_MAX, Counted, Metrics, bounded
from libs.web.settings import WebSettings
from tests.libs.web.tiny import calling, tiny_app

pytestmark = pytest.mark.slow


@pytest.mark.parametrize(
    ("why", "method", "path", "labels"),
    [
        ("a parameter is not a label", "GET", "/things/secret-7", ("GET", "/things/{name}", "200")),
        ("a router's prefix is part of the template", "GET", "/outer/inner/x", ("GET", "/outer/inner/{name}", "200")),
        ("unknown paths are one", "GET", "/x/y/z", ("GET", "unmatched", "404")),
        ("a wrong method", "DELETE", "/names", ("DELETE", "/names", "405")),
        ("an invented method", "BREW", "/names", ("other", "/names", "405")),
        ("our fault", "GET", "/errors/bug", ("GET", "/errors/{name}", "500")),
        ("too large", "POST", "/import", ("POST", "/import", "413")),
    ],
)
async def test_a_request_is_counted_once(why: str, method: str, path: str, labels: tuple[str, str, str]) -> None:
    metrics = Metrics("tiny")
    async with calling(tiny_app(metrics=metrics)) as client:
        await client.request(method, path, content=b"x" * 5000 if path == "/import" else b"")
    method_label, route, status = labels
    common = {"service": "tiny", "method": method_label, "route": route}
    value = metrics.registry.get_sample_value
    assert value("loopdesk_http_requests_total", common | {"status": status}) == 1
    assert value("loopdesk_http_request_duration_seconds_count", common) == 1
    assert value("loopdesk_http_requests_in_flight", {"service": "tiny"}) == 0


async def test_a_broken_off_answer_is_counted() -> None:
    metrics = Metrics("tiny")
    async with calling(tiny_app(metrics=metrics)) as client:
        with pytest.raises(RuntimeError):
            await client.get("/half")
    labels = {"service": "tiny", "method": "GET", "route": "/half", "status": "200"}
    assert metrics.registry.get_sample_value("loopdesk_http_requests_total", labels) == 1
    assert metrics.registry.get_sample_value("loopdesk_http_requests_in_flight", {"service": "tiny"}) == 0


async def test_no_series_says_only_when_another_began() -> None:
    async with calling(tiny_app(metrics=Metrics("tiny"))) as client:
        await client.get("/names")
        for accept in ("text/plain", "application/openmetrics-text"):
            shown = (await client.get("/metrics", headers={"Accept": accept})).text
            assert "loopdesk_http_requests_total{" in shown and "_created" not in shown


class Cases(Collector):
    def collect(self) -> Iterable[Metric]:
        yield GaugeMetricFamily("loopdesk_open_cases", "Open cases.", value=3)


async def test_a_scrape_refreshes_and_collects() -> None:
    metrics = Metrics("tiny")
    gauge = Gauge("loopdesk_asked", "Asked.", registry=metrics.registry)

    async def ask() -> None:
        gauge.inc()

    metrics.refresh("asked", ask, lambda: None)
    metrics.collect(Cases())
    async with calling(tiny_app(metrics=metrics)) as client:
        await client.get("/metrics")
        response = await client.get("/metrics")
    assert response.headers["content-type"].startswith("text/plain; version=")
    found = {s.name: s.value for family in text_string_to_metric_families(response.text) for s in family.samples}
    assert (found["loopdesk_asked"], found["loopdesk_open_cases"]) == (2, 3)


async def test_a_refresh_that_fails_or_hangs_spoils_no_scrape() -> None:
    metrics, asked, over = Metrics("tiny"), 0, asyncio.Event()

    async def hang() -> None:
        nonlocal asked
        asked += 1
        await over.wait()

    async def fail() -> None:
        raise ConnectionError("away")

    metrics.refresh("hang", hang, lambda: None)
    metrics.refresh("fail", fail, lambda: None)
    async with calling(tiny_app(WebSettings(check_seconds=0.02), metrics=metrics)) as client:
        assert [(await client.get("/metrics")).status_code for _ in range(3)] == [200, 200, 200]
        failures = metrics.registry.get_sample_value
        assert failures("loopdesk_scrape_failures_total", {"service": "tiny", "name": "hang"}) == 3
        assert failures("loopdesk_scrape_failures_total", {"service": "tiny", "name": "fail"}) == 3
        assert asked == 1
        over.set()
        await asyncio.sleep(0.01)
        await client.get("/metrics")
    assert failures("loopdesk_scrape_failures_total", {"service": "tiny", "name": "hang"}) == 3


async def test_a_figure_that_cannot_be_counted_is_absent_until_it_can() -> None:
    metrics, answers = Metrics("tiny"), iter([3, None, 0])

    async def count() -> list[tuple[str, int]]:
        found = next(answers)
        if found is None:
            raise ConnectionError("the database is away")
        return [("web", found)]

    metrics.counted("cases", "Cases", ["channel"], count)
    async with calling(tiny_app(metrics=metrics)) as client:
        shown = []
        for _ in range(3):
            await client.get("/metrics")
            shown.append(metrics.registry.get_sample_value("loopdesk_cases", {"service": "tiny", "channel": "web"}))
    assert shown == [3, None, 0]


def test_the_release_is_a_figure() -> None:
    labels = {"service": "tiny", "version": VERSION}
    assert Metrics("tiny").registry.get_sample_value("loopdesk_build_info", labels) == 1


async def test_two_apps_of_one_process_have_their_own_figures() -> None:
    first, second = Metrics("first"), Metrics("second")
    async with calling(tiny_app(metrics=first)) as client:
        await client.get("/names")
    labels = {"service": "second", "method": "GET", "route": "/names", "status": "200"}
    assert second.registry.get_sample_value("loopdesk_http_requests_total", labels) is None


@pytest.mark.parametrize(
    ("why", "rows", "shown"),
    [
        ("words are shown", [("inbound-call", "n1", 2), ("", "", 1)], {("inbound-call", "n1"): 2, ("", ""): 1}),
        ("what is no word is other", [("Li Wei, +49 30 5550199", "n1", 2)], {("other", "n1"): 2}),
        ("several such are one", [("+49 30 1", 2), ("li@example.com", 3), ("other", 1)], {("other",): 6}),
        ("what a standard calls so is shown", [("客户 投诉", "n 1", 2)], {("客户 投诉", "n 1"): 2}),
        ("and nothing like it", [("客户 投诉 李", "n 2", 2)], {("other", "other"): 2}),
        ("nothing is nothing", [], {}),
    ],
)
def test_a_label_is_a_word(why: str, rows: list[Counted], shown: dict[tuple[str, ...], float]) -> None:
    assert bounded(rows, {"客户 投诉", "n 1"}) == shown, why


@pytest.mark.parametrize(
    ("many", "series"), [(SERIES_MAX, SERIES_MAX), (SERIES_MAX + 1, SERIES_MAX + 1), (2_000, SERIES_MAX + 1)]
)
def test_words_that_clients_invent_do_not_multiply_series(many: int, series: int) -> None:
    found = bounded([(f"word{number}", "x", number) for number in range(many)])
    assert (len(found), sum(found.values())) == (series, sum(range(many)))
    assert found[f"word{many - 1}", "x"] == many - 1 and (("other", "other") in found) == (many > SERIES_MAX)
