"""The numbers for Prometheus. Every label has few values, all of them ours: routes, endpoints, statuses; never what a caller sent."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from prometheus_client import (
    CONTENT_TYPE_LATEST,
    CollectorRegistry,
    Counter,
    Gauge,
    Histogram,
    generate_latest,
    multiprocess,
)

if TYPE_CHECKING:
    from wrapped_assets.serving.live.shelf import Edition

_SECONDS = (0.0005, 0.001, 0.002, 0.003, 0.006, 0.01, 0.025, 0.05, 0.1, 0.25, 1.0, 2.5, 10.0)


@dataclass
class Metrics:
    """The numbers of this process, or of all workers together.

    `folder` is where the processes keep them; the variable PROMETHEUS_MULTIPROC_DIR must have named it before this module was
    imported: `wrapped serve` sees to that.
    """

    folder: Path | None = None
    registry: CollectorRegistry = field(default_factory=CollectorRegistry)

    _children: dict[tuple[str, str, int], tuple[Counter, Histogram]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self._requests = Counter(
            "wrapped_requests",
            "Requests answered.",
            ("route", "method", "status"),
            registry=self.registry,
        )
        self._seconds = Histogram(
            "wrapped_request_seconds",
            "From a request's headers to its answer.",
            ("route",),
            buckets=_SECONDS,
            registry=self.registry,
        )
        self._pipes = Counter(
            "wrapped_pipe_requests", "Requests to an endpoint.", ("pipe", "status"), registry=self.registry
        )
        self._lost = Counter(
            "wrapped_log_lines_lost",
            "Lines that were not written because they came faster than they could be.",
            ("log",),
            registry=self.registry,
        )
        self._version = Gauge(
            "wrapped_edition_version",
            "The version of an edition that is served.",
            ("year",),
            registry=self.registry,
            multiprocess_mode="livemin",
        )
        self._files = Gauge(
            "wrapped_landing_files",
            "Files of landing beyond the snapshot: taken and quarantined, held at the last look, unread in the last pass.",
            ("year", "outcome"),
            registry=self.registry,
            multiprocess_mode="livemax",
        )
        self._complete = Gauge(
            "wrapped_landing_complete_timestamp_seconds",
            "Everything that had landed by then is in a year's answers; 0 before landing was seen whole once.",
            ("year",),
            registry=self.registry,
            multiprocess_mode="livemin",
        )
        self._trouble = Gauge(
            "wrapped_trouble",
            "1 while the last look at the publication or at landing failed.",
            registry=self.registry,
            multiprocess_mode="livemax",
        )

    def answered(self, route: str, method: str, status: int, pipe: str, seconds: float) -> None:
        """Count one request."""
        # Looking a child up by its labels costs more than counting: once for each combination is enough.
        children = self._children.get((route, method, status))
        if children is None:
            children = self._requests.labels(route, method, str(status)), self._seconds.labels(route)
            self._children[route, method, status] = children
        children[0].inc()
        children[1].observe(seconds)
        if pipe:
            self._pipes.labels(pipe, str(status)).inc()

    def lost(self, log: str, lines: int) -> None:
        """Count lines that a log let go."""
        if lines:
            self._lost.labels(log).inc(lines)

    def editions(self, editions: Mapping[int, "Edition"], trouble: bool) -> None:
        """Say which versions are served, what they hold of landing, and up to when."""
        for year, edition in editions.items():
            for outcome, count in edition.files.items():
                self._files.labels(str(year), outcome).set(count)
            self._complete.labels(str(year)).set(edition.complete_at)
            self._version.labels(str(year)).set(edition.version.number)
        self._trouble.set(1 if trouble else 0)

    def page(self) -> tuple[bytes, str]:
        """All numbers, of all workers when there are several, and their media type."""
        if self.folder is None:
            return generate_latest(self.registry), CONTENT_TYPE_LATEST
        # The gauges of a worker that is gone would else stay for ever.
        for file in self.folder.glob("gauge_live*_*.db"):
            pid = int(file.stem.rpartition("_")[2])
            if not Path(f"/proc/{pid}").exists():
                multiprocess.mark_process_dead(pid, str(self.folder))  # type: ignore[no-untyped-call]
        everybody = CollectorRegistry()
        multiprocess.MultiProcessCollector(everybody, str(self.folder))  # type: ignore[no-untyped-call]
        return generate_latest(everybody), CONTENT_TYPE_LATEST
