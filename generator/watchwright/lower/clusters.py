"""How each job is said to the Prometheus Operator, and what of it cannot be said."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Literal

import attrs

from watchwright.lower.jobs import named
from watchwright.lower.plan import Fleet, Origin, Plan
from watchwright.model.cluster import Cluster, ConfigMapKey, Secret
from watchwright.model.discovery import File, Kubernetes
from watchwright.model.scrape import BasicAuth, Bearer, Job, Relabel

Kind = Literal["ServiceMonitor", "PodMonitor", "ScrapeConfig"]

# A ServiceMonitor discovers endpoints; the addresses of services themselves, role `service`, are no role of it
_KINDS: dict[str, Kind] = {"pod": "PodMonitor", "endpoints": "ServiceMonitor", "endpointslice": "ServiceMonitor"}

# What the Operator puts on every target by itself, and Prometheus with our own configuration does not.
# prometheus-operator v0.93.0: pkg/prometheus/promcfg.go, generateServiceMonitorConfig and generatePodMonitorConfig
_ADDED: dict[Kind, str] = {
    "ServiceMonitor": "container|endpoint|node|pod",
    "PodMonitor": "container|endpoint",
}


@attrs.frozen(order=False, kw_only=True)
class Scraped:
    """A job as the Operator gets it: the kind of the object, its own job, and what cannot be said of it."""

    kind: Kind
    plan: Plan
    job: Job
    origin: Origin
    unreferenced: tuple[str, ...]
    unmounted: tuple[str, ...]

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
        # it keeps the port, and names namespace, service and pod by itself
        return (drop, job, *self.job.relabel[len(tuple(named(self.job))) :])


def scraped(fleet: Fleet) -> Iterator[Scraped]:
    """Every job, where the Operator is told of them."""
    cluster = fleet.platform.cluster
    if cluster is None or cluster.scraping != "operator":
        return
    for plan in fleet.plans:
        for job in plan.jobs:
            yield Scraped(
                kind=_kind(job),
                plan=plan,
                job=job,
                origin=Origin.of(plan.system, f"job {job.name}", job),
                unreferenced=tuple(_unreferenced(job, cluster)),
                unmounted=tuple(_unmounted(job)),
            )


def _kind(job: Job) -> Kind:
    first = job.discovery[0]
    return _KINDS.get(first.role, "ScrapeConfig") if isinstance(first, Kubernetes) else "ScrapeConfig"


def _unreferenced(job: Job, cluster: Cluster) -> Iterator[str]:
    for path, wanted in _read(job):
        if not isinstance(cluster.files.get(path), wanted):
            yield path


def _read(job: Job) -> Iterator[tuple[str, type[Secret] | tuple[type, ...]]]:
    """The files that a job reads, and what may have them in a cluster."""
    match job.auth:
        case BasicAuth():
            yield job.auth.password_file, Secret
        case Bearer():
            yield job.auth.token_file, Secret
    if job.tls is not None:
        for path, wanted in (
            (job.tls.ca_file, (Secret, ConfigMapKey)),
            (job.tls.cert_file, (Secret, ConfigMapKey)),
            (job.tls.key_file, Secret),
        ):
            if path:
                yield path, wanted


def _unmounted(job: Job) -> Iterator[str]:
    # relative to prometheus.yml, which the Operator writes into a folder of its own in Prometheus' pod
    for discovery in job.discovery:
        if isinstance(discovery, File):
            yield from (path for path in discovery.files if not path.startswith("/"))
