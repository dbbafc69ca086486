"""How much is asked of this process, and how long it takes, as Prometheus reads it.

No label holds what a visitor wrote: routes are told by their pattern, pages by their key.
"""

from prometheus_client import (
    CONTENT_TYPE_LATEST,
    CollectorRegistry,
    Counter,
    Gauge,
    Histogram,
    Info,
    ProcessCollector,
    disable_created_metrics,
    generate_latest,
)

_SECONDS = (0.01, 0.03, 0.1, 0.3, 1, 3, 10, 30)
disable_created_metrics()  # type: ignore[no-untyped-call]
_OURS = CollectorRegistry()
ProcessCollector(registry=_OURS)

REQUESTS = Counter(
    "leapdash_requests",
    "Requests answered, by route and status",
    ["route", "status"],
    registry=_OURS,
)
REQUEST_SECONDS = Histogram(
    "leapdash_request_seconds",
    "How long a request took to answer",
    ["route"],
    buckets=_SECONDS,
    registry=_OURS,
)
RUNS = Counter(
    "leapdash_page_runs",
    "Runs of a page: done, or broken off by an error",
    ["page", "outcome"],
    registry=_OURS,
)
RUN_SECONDS = Histogram(
    "leapdash_page_run_seconds", "How long a page took", ["page"], buckets=_SECONDS, registry=_OURS
)
SESSIONS = Gauge("leapdash_sessions", "Readers with a page open", registry=_OURS)
_RELEASE = Info("leapdash_release", "The release on show", registry=_OURS)

CONTENT_TYPE = CONTENT_TYPE_LATEST


def exposition(release_id: str) -> bytes:
    """All of it as text. `release_id`: of the release on show, empty for none."""
    _RELEASE.info({"id": release_id})
    return generate_latest(_OURS)
