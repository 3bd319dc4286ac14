"""What the kernel counts of itself, for Prometheus. No subject's key is ever a label."""

from collections.abc import Iterable

from prometheus_client import CollectorRegistry, Counter, Gauge

from libs.events.store.values import Waiting


class Meters:
    """One service's kernel metrics, on one registry."""

    def __init__(self, registry: CollectorRegistry, service: str) -> None:
        self._gauges: list[Gauge] = []

        def counter(name: str, text: str, *labels: str) -> Counter:
            return Counter(f"loopdesk_{name}", text, ["service", *labels], registry=registry)

        def gauge(name: str, text: str, *labels: str) -> Gauge:
            self._gauges.append(Gauge(f"loopdesk_{name}", text, ["service", *labels], registry=registry))
            return self._gauges[-1]

        self.registry, self.service = registry, service
        self.read = counter("events_read_total", "Records read from the log", "topic")
        self.said = counter("events_said_total", "Events sent to the log", "topic")
        self.duplicates = counter("events_duplicate_total", "Records read before and dropped", "topic")
        self.unknown = counter("events_unknown_total", "Records of a type this version does not know, skipped", "topic")
        self.gaps = counter("event_gaps_total", "Missing events detected; the partition is stopped", "topic")
        self.retries = counter("batch_retries_total", "Batches done again after a conflict or an outage")
        self.fired = counter("timers_fired_total", "Subjects looked at because a timer was due")
        self.clock = gauge("clock_apart_seconds", "How far this machine's clock is ahead of the database's; below 0 behind")
        self.partitions = gauge("partitions_owned", "Partitions this instance reads, relays and keeps time for", "topic")
        self.lag = gauge("reader_lag_events", "Records on the log not yet read", "topic")
        self.data_as_of = gauge(
            "data_as_of_timestamp_seconds", "Until when all that stood on the log is applied, by all instances; Unix time"
        )
        self.unsent = gauge("outbox_unsent_events", "Events written but not yet on the log")
        self.unsent_seconds = gauge("outbox_oldest_unsent_seconds", "How long the oldest event not on the log has waited")
        self.stopped = gauge("partitions_stopped", "Partitions stopped because something is wrong; see the log")
        self.parked = gauge("keys_parked", "Keys set aside because an event about them could not be handled")
        self.waiting = gauge("keys_waiting", "Keys set aside until what they name is published", "reference")
        self.waiting_seconds = gauge("keys_waiting_seconds", "How long the first of them has waited", "reference")
        self.timers_due = gauge("timers_overdue", "Subjects whose timer is due and has not fired")
        self.timers_seconds = gauge("timers_overdue_seconds", "How long the oldest of them has been due")

    def show_waiting(self, found: Iterable[Waiting]) -> None:
        """Show what keys wait for now."""
        for one in found:
            self.waiting.labels(self.service, one.name).set(one.keys)
            self.waiting_seconds.labels(self.service, one.name).set(one.seconds)

    def forget(self) -> None:
        """Show no gauge: none of them is known."""
        for one in self._gauges:
            one.clear()

    def begin(self, topics: Iterable[str]) -> None:
        """Show what has not happened yet as zero: a counter that first appears at one has not risen, to Prometheus."""
        for plain in (self.retries, self.fired):
            plain.labels(self.service)
        for topic in topics:
            for counter in (self.read, self.duplicates, self.unknown, self.gaps):
                counter.labels(self.service, topic)
