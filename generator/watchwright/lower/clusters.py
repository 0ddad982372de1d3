"""How each job is said to the Prometheus Operator, and what of it cannot be said."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from types import MappingProxyType
from typing import Literal

import attrs

from watchwright.lower.jobs import has_native, named, scrapes_native
from watchwright.lower.plan import Fleet, Origin, Plan
from watchwright.lower.references import unreferenced
from watchwright.lower.servers import main
from watchwright.model.cluster import Cluster
from watchwright.model.discovery import File, Kubernetes
from watchwright.model.platform import Platform
from watchwright.model.scrape import Job, Relabel
from watchwright.query.version import parse_version

#: Labels that every object has, and every object of a system.
MANAGED_BY, PART_OF = "app.kubernetes.io/managed-by", "app.kubernetes.io/part-of"

Kind = Literal["ServiceMonitor", "PodMonitor", "ScrapeConfig"]

# A ServiceMonitor discovers endpoints; the addresses of services themselves, role `service`, are no role of it
_KINDS: dict[str, Kind] = {"pod": "PodMonitor", "endpoints": "ServiceMonitor", "endpointslice": "ServiceMonitor"}

_ENDPOINT = "__meta_kubernetes_endpoint"

# What the Operator puts on every target by itself, and Prometheus with our own configuration does not.
# prometheus-operator v0.93.0: pkg/prometheus/promcfg.go, generateServiceMonitorConfig and generatePodMonitorConfig
_ADDED: dict[Kind, str] = {
    "ServiceMonitor": "container|endpoint|node|pod",
    "PodMonitor": "container|endpoint",
}


#: The first Operator that knows a field, of those that 0.80 does not: its CHANGELOG, #7982, #8102 and #8348.
SINCE: Mapping[str, tuple[int, int]] = MappingProxyType(
    {"serviceDiscoveryRole": (0, 86), "scrapeNativeHistograms": (0, 88), "bodySizeLimit": (0, 89)}
)


@attrs.frozen(order=False, kw_only=True)
class Scraped:
    """
    A job as the Operator gets it: the kind of the object, its own job, and what cannot be said of it.

    *newer* are fields that it wants and that came after Operator 0.80, *unknown* those of them that the oldest declared
    one does not know.
    """

    kind: Kind
    plan: Plan
    job: Job
    origin: Origin
    unreferenced: tuple[str, ...]
    unmounted: tuple[str, ...]
    newer: tuple[str, ...]
    unknown: tuple[str, ...]

    def says(self, field: str) -> bool:
        """Whether the object has a field that came after Operator 0.80."""
        return field in self.newer and field not in self.unknown

    @property
    def complete(self) -> bool:
        """Whether an object can say all of it."""
        return not self.unreferenced and not self.unmounted

    @property
    def relabelings(self) -> tuple[Relabel, ...]:
        """
        Steps that end in the labels that the rules were written for.

        The Operator names jobs after Services and PodMonitors, and its own labels are there before these steps.
        """
        job = Relabel(target="job", replacement=self.job.name)
        if self.kind == "ScrapeConfig":
            return (job, *self.job.relabel)
        drop = Relabel(action="labeldrop", regex=_ADDED[self.kind])
        return (drop, job, *_own_steps(self.job))


def scraped(fleet: Fleet) -> Iterator[Scraped]:
    """
    Every job of the server that has the rules, where the Operator is told of them.

    Objects are for one Prometheus: it has the PrometheusRules. What shards scrape, it reads from them.
    """
    cluster = fleet.platform.cluster
    if cluster is None or cluster.scraping != "operator":
        return
    for plan, job in main(fleet).jobs:
        yield _scraped(plan, job, fleet.platform, cluster)


def _scraped(plan: Plan, job: Job, platform: Platform, cluster: Cluster) -> Scraped:
    newer = tuple(_newer(plan, job, platform))
    return Scraped(
        kind=_kind(job),
        plan=plan,
        job=job,
        origin=Origin.of(plan.system, f"job {job.name}", job),
        unreferenced=tuple(unreferenced(job.auth, job.tls, cluster.files)),
        unmounted=tuple(_unmounted(job)),
        newer=newer,
        unknown=tuple(field for field in newer if parse_version(cluster.operator) < SINCE[field]),
    )


def _newer(plan: Plan, job: Job, platform: Platform) -> Iterator[str]:
    kind = _kind(job)
    if kind == "ServiceMonitor" and any(map(_reads_endpoints, _own_steps(job))):
        yield "serviceDiscoveryRole"
    if has_native(plan) and scrapes_native(platform):
        yield "scrapeNativeHistograms"
    if kind == "ScrapeConfig" and job.limits.body is not None:
        yield "bodySizeLimit"


def _reads_endpoints(step: Relabel) -> bool:
    """Whether it reads what only one of the roles knows: else whoever runs Prometheus may choose the role."""
    return any(_ENDPOINT in text for text in (*step.sources, step.regex or ""))


def _own_steps(job: Job) -> tuple[Relabel, ...]:
    """Without those that keep the port, and name namespace, service and pod: the Operator does so by itself."""
    return job.relabel[len(tuple(named(job))) :]


def _kind(job: Job) -> Kind:
    first = job.discovery[0]
    return _KINDS.get(first.role, "ScrapeConfig") if isinstance(first, Kubernetes) else "ScrapeConfig"


def _unmounted(job: Job) -> Iterator[str]:
    # relative to prometheus.yml, which the Operator writes into a folder of its own in Prometheus' pod
    for discovery in job.discovery:
        if isinstance(discovery, File):
            yield from (path for path in discovery.files if not path.startswith("/"))
