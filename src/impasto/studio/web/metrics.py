"""What Prometheus may know: requests, times, jobs, room. Gauges are read from the database when somebody asks."""

from collections.abc import Iterator

from prometheus_client import CollectorRegistry, Counter, Histogram, ProcessCollector, generate_latest
from prometheus_client.core import GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from impasto.studio.desk import Desk

SECONDS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30)


class Metrics:
    """One registry for one web process."""

    def __init__(self, desk: Desk) -> None:
        self._registry = CollectorRegistry()
        self._registry.register(_Rows(desk))
        ProcessCollector(registry=self._registry)
        self.requests = Counter("impasto_requests", "Requests answered", ["method", "route", "status"], registry=self._registry)
        self.seconds = Histogram(
            "impasto_request_seconds", "Time until the answer began", ["route"], buckets=SECONDS, registry=self._registry
        )
        self.painting = Histogram(
            "impasto_fast_painting_seconds", "Time of the real-time network", buckets=SECONDS, registry=self._registry
        )

    def text(self) -> bytes:
        """In Prometheus' format."""
        return generate_latest(self._registry)


class _Rows(Collector):
    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    def collect(self) -> Iterator[Metric]:
        """What the database says now."""
        paintings = GaugeMetricFamily("impasto_paintings", "Paintings by state", labels=["state"])
        for state, count in self._desk.jobs.counts().items():
            paintings.add_metric([state], count)
        yield paintings
        yield GaugeMetricFamily("impasto_workers", "Workers that are alive", self._desk.jobs.workers())
        yield GaugeMetricFamily("impasto_storage_bytes", "Bytes of pictures and paintings", self._desk.pictures.used())

    def describe(self) -> list[Metric]:
        """Nothing in advance, so that registering asks no database."""
        return []
