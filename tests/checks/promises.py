"""SLOs and systems that checks look at, and what they find."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from watchwright import Counter, Gauge, Histogram, Job, Label, Platform, System, checks, not_
from watchwright.discovery import Static
from watchwright.lower.fleet import lower
from watchwright.model.environment import Environment
from watchwright.slo import BurnAlert, ErrorRatio, Fresh, Held, Latency, Ratio, Slo, Tier, Tracked

_CODES = Label("code", values=["200", "404", "500"])
requests = Counter("http_requests_total", "Requests.", labels=[_CODES, "path"])
durations = Histogram("http_request_duration_seconds", "Time.", labels=["path"], buckets=[0.1, 0.5, 1])
milliseconds = Histogram("rpc_duration_milliseconds", "Time.", buckets=[100, 500])
sizes = Histogram("http_request_size_bytes", "Size.", buckets=[1_000_000, 10_000_000])
native = Histogram("rpc_duration_seconds", "Time.", labels=["path"], native=True)
waiting = Gauge("queue_length", "Jobs that wait.", labels=[Label("queue", values=["mail", "print"])])
succeeded = Gauge("backup_last_success_timestamp_seconds", "Last success.")

served = Ratio(bad=requests.where(code="500"), total=requests)
SHARE = requests.where(code="500").rate("5m").sum(["path"]) / (requests.rate("5m").sum(["path"]) > 0)
KINDS = {
    "ratio": served,
    "good": Ratio(good=requests.where(code=not_("500")), total=requests),
    "latency": Latency(durations, below="500ms"),
    "native": Latency(native, below="300ms"),
    "held": Held(waiting < 100),
    "tracked": Tracked(waiting, at_most=100),
    "fresh": Fresh(succeeded, within="1d"),
    "error ratio": ErrorRatio(SHARE),
    "error ratio by traffic": ErrorRatio(SHARE, traffic=requests.rate("5m").sum(["path"])),
}


def job(name: str = "shop", **parts: Any) -> Job:
    return Job(name, Static([f"{name}:8000"]), **parts)


def findings(*slos: Slo, jobs: tuple[Job, ...] | None = None, **platform: Any) -> list[tuple[str, str, str]]:
    """Ids, messages and hints about SLOs and rulers, with the names of their subjects."""
    parts: Mapping[str, Any] = {"retention": "100d", **platform}
    system = System("shop", owner="sales", jobs=(job(),) if jobs is None else jobs, slos=slos)
    found = checks.run(lower([system], Platform(**parts), Environment()).fleet)
    return [(each.id, each.message, each.hint) for each in found if each.id.startswith(("slo/", "ruler/"))]


def ids(*slos: Slo, **parts: Any) -> list[str]:
    return [id_ for id_, _, _ in findings(*slos, **parts)]


def slo(name: str = "a", **parts: Any) -> Slo:
    objective = {} if parts.get("any_error") else {"objective": 99.9}
    return Slo(name, **{"sli": served, **objective, **parts})


def paging(over: str, short: str, spends: Any) -> list[BurnAlert]:
    return [BurnAlert("page", [Tier(over, short=short, spends=spends)])]
