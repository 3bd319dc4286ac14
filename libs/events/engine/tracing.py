"""Spans across services, by OpenTelemetry, if they are asked for. Otherwise they cost one comparison.

Off unless `start` was called. A span's parent and links are given as traceparents, which is what events carry: so one
trace runs from a request through every service that hears of it, and nothing hangs on what happens to run where.
"""

from collections.abc import Iterable, Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from typing import Any

LINKS_MAX = 32
FLUSH_MILLISECONDS_MAX = 2_000

_provider: Any = None  # opentelemetry's types are there only with the extra


class TracingMissing(Exception):
    """Spans were asked for and OpenTelemetry is not installed; the message says what to install."""


class Span:
    """A piece of work that is being traced; this one is not."""

    traceparent = ""

    def note(self, name: str, **attributes: Any) -> None:
        """Give the span its final name, and attributes, once more is known."""


_SILENT: AbstractContextManager[Span] = nullcontext(Span())


class _Told(Span):
    def __init__(self, span: Any) -> None:
        self._span, at = span, span.get_span_context()
        self.traceparent = f"00-{at.trace_id:032x}-{at.span_id:016x}-{at.trace_flags:02x}"

    def note(self, name: str, **attributes: Any) -> None:
        self._span.update_name(name)
        self._span.set_attributes(attributes)


def span(name: str, because: Iterable[str], *, is_root: bool = False, **attributes: Any) -> AbstractContextManager[Span]:
    """Return a span to work in. Its parent is the first traceparent, the others are links. Without any only a root is traced."""
    if _provider is None:
        return _SILENT
    traces = list(dict.fromkeys(filter(None, because)))[: LINKS_MAX + 1]
    return _told(name, traces, attributes) if traces or is_root else _SILENT


@contextmanager
def _told(name: str, traces: list[str], attributes: dict[str, Any]) -> Iterator[Span]:
    from opentelemetry import trace
    from opentelemetry.trace.propagation.tracecontext import TraceContextTextMapPropagator

    contexts = [TraceContextTextMapPropagator().extract({"traceparent": one}) for one in traces]
    links = [trace.Link(trace.get_current_span(one).get_span_context()) for one in contexts[1:]]
    made = _provider.get_tracer("loopdesk").start_span(
        name, contexts[0] if contexts else None, links=links, attributes=attributes
    )
    # Neither the message nor the traceback of an error: they may quote what somebody sent.
    with trace.use_span(made, end_on_exit=True, record_exception=False, set_status_on_exception=False):
        yield _Told(made)


def start(service: str, exporter: Any = None) -> None:
    """Trace from now on: to `exporter` at once, or in batches to the address in OpenTelemetry's own variables."""
    global _provider  # noqa: PLW0603 - one process tells its spans to one place
    try:
        from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
        from opentelemetry.sdk.resources import Resource
        from opentelemetry.sdk.trace import TracerProvider
        from opentelemetry.sdk.trace.export import BatchSpanProcessor, SimpleSpanProcessor
    except ImportError:
        raise TracingMissing("Spans are asked for, but not installed: pip install 'loopdesk[tracing]'.") from None
    made = TracerProvider(resource=Resource.create({"service.namespace": "loopdesk", "service.name": service}))
    made.add_span_processor(SimpleSpanProcessor(exporter) if exporter else BatchSpanProcessor(OTLPSpanExporter()))
    _provider = made


def flush() -> None:
    """Send what was not sent yet; wait no longer than two seconds."""
    if _provider is not None:
        _provider.force_flush(FLUSH_MILLISECONDS_MAX)


def stop() -> None:
    """Trace no more."""
    global _provider  # noqa: PLW0603
    if _provider is not None:
        _provider.shutdown()
    _provider = None
