"""One trace over several services: each span hangs on what an event carries; off, nothing is told and nothing costs."""

import asyncio
import os
import subprocess
import sys
from dataclasses import replace
from http.server import BaseHTTPRequestHandler, HTTPServer
from threading import Thread

import msgspec
import pytest
from structlog.testing import capture_logs

from libs.events.engine import tracing
from libs.events.engine.writer import Command
from libs.events.store.values import Answer
from libs.events.testing.toy import CROWDS, TOY, TOYS
from libs.events.words.event import Topic
from tests.libs.events.kernel import KEY, SAME, Kernel, entered, registered
from tests.libs.web.tiny import calling, usual_app

pytestmark = pytest.mark.slow  # OpenTelemetry takes its time to import

GIVEN, OTHER = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01", f"00-{'1' * 32}-{'2' * 16}-01"


SILENT = (replace(TOYS, reactions={}), CROWDS)


@pytest.fixture
def told():
    """Record spans from now on."""
    from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter

    exporter = InMemorySpanExporter()
    tracing.start("test", exporter)
    yield exporter.get_finished_spans
    tracing.stop()


def trace_id(traceparent):
    return int(traceparent.split("-")[1], 16)


def shape(spans):
    """Return the recorded spans: name → service, trace, parent's span."""
    return [(one.name, one.attributes["service"], one.context.trace_id, one.parent and one.parent.span_id) for one in spans]


async def test_a_request_is_a_span_of_the_callers_trace_and_what_it_says_hangs_on_it(told):
    async with calling(usual_app()) as client:
        handed_on = (await client.get("/names", headers={"traceparent": GIVEN})).json()["trace"]
    [request] = told()
    assert shape([request]) == [("GET /names", "tiny", trace_id(GIVEN), int(GIVEN.split("-")[2], 16))]
    assert handed_on == f"00-{request.context.trace_id:032x}-{request.context.span_id:016x}-01"
    assert dict(request.attributes) == {"service": "tiny", "status": 200}


async def test_a_request_without_a_trace_begins_one(told):
    async with calling(usual_app()) as client:
        handed_on = (await client.get("/names")).json()["trace"]
    [request] = told()
    assert (trace_id(handed_on), request.parent) == (request.context.trace_id, None)


async def test_nothing_private_is_in_a_span(told):
    async with calling(usual_app()) as client:
        with capture_logs():
            await client.get("/errors/bug")
        await client.get("/things/secret-token?name=Zhou", headers={"Authorization": "Bearer secret-key"})
    assert not [word for word in ("secret", "Zhou", "hunter2") if word in " ".join(one.to_json() for one in told())]


async def test_one_trace_leads_from_a_command_to_the_service_that_hears_of_it(told):
    """The toy says a fact; another service, on the same log, hears it and answers."""
    kernel = Kernel(service=replace(TOY, books=SILENT))
    speaker = await kernel.open()
    running = asyncio.create_task(speaker.writer.run())
    said = [registered(key=KEY)]
    await speaker.writer.execute(Command(lambda _: Answer(200, b""), (Topic.CASES, KEY), lambda _: said, trace=GIVEN))
    running.cancel()
    await speaker.send()
    hearer = await Kernel(log=kernel.log, service=replace(TOY, name="routing", books=SILENT)).open()
    while await hearer.read(wait=0):
        pass
    parent = int(GIVEN.split("-")[2], 16)
    wanted = [("commit", "intake"), ("send", "intake"), ("read", "routing")]
    assert shape(told()) == [(name, service, trace_id(GIVEN), parent) for name, service in wanted]


async def test_a_batch_of_many_traces_is_linked_to_each(told):
    kernel = Kernel()
    instance = await kernel.open()
    for key, trace in ((KEY, GIVEN), (SAME[1], OTHER), (SAME[2], ""), (SAME[3], OTHER)):
        await kernel.put(msgspec.structs.replace(entered(0, "n1", key), trace=trace))
    while await instance.read(wait=0):
        pass
    [read] = told()
    assert (read.context.trace_id, [link.context.trace_id for link in read.links]) == (trace_id(GIVEN), [trace_id(OTHER)])


@pytest.mark.parametrize("because", [[], [""]])
def test_what_nobody_asked_for_is_not_told(told, because):
    with tracing.span("send", because):
        pass
    assert told() == ()


def test_off_a_span_is_one_object_and_looks_at_nothing():
    def never():
        raise AssertionError("it was looked at")
        yield

    with tracing.span("read", never()) as one, tracing.span("read", never(), is_root=True) as other:
        assert (one is other, one.traceparent) == (True, "")


SCRIPT = """
from libs.events.engine import tracing
tracing.start("sla")
with tracing.span("read", [], is_root=True, service="sla"):
    pass
tracing.flush()
"""


def test_spans_reach_a_collector():
    received = []

    class Collector(BaseHTTPRequestHandler):
        def do_POST(self):
            received.append((self.path, self.rfile.read(int(self.headers["Content-Length"]))))
            self.send_response(200)
            self.end_headers()

        def log_message(self, *_):
            pass

    with HTTPServer(("127.0.0.1", 0), Collector) as server:
        Thread(target=server.serve_forever, daemon=True).start()
        where = {
            "OTEL_EXPORTER_OTLP_ENDPOINT": f"http://127.0.0.1:{server.server_port}",
            "OTEL_EXPORTER_OTLP_COMPRESSION": "none",
        }
        subprocess.run([sys.executable, "-c", SCRIPT], env={**os.environ, **where}, check=True, timeout=60)
        server.shutdown()
    [(path, body)] = received
    assert path == "/v1/traces" and b"read" in body and b"sla" in body and b"loopdesk" in body


def test_spans_without_the_extra_are_refused_with_what_to_install(monkeypatch):
    monkeypatch.setitem(sys.modules, "opentelemetry.sdk.trace", None)
    with pytest.raises(tracing.TracingMissing, match="loopdesk\\[tracing\\]"):
        tracing.start("sla")
