"""Scrape jobs with the relabelling that the system's metrics want."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import attrs

from watchwright.lower.plan import Plan
from watchwright.model.discovery import Kubernetes
from watchwright.model.label import one_of, quote_regex
from watchwright.model.metric import Histogram, Metric
from watchwright.model.platform import Platform
from watchwright.model.scrape import Job, Relabel
from watchwright.query.version import parse_version

# The label of each role that names the port, and those worth keeping on every series.
# https://prometheus.io/docs/prometheus/latest/configuration/configuration/#kubernetes_sd_config
_PORT_NAMES = {
    "pod": "__meta_kubernetes_pod_container_port_name",
    "endpoints": "__meta_kubernetes_endpoint_port_name",
    "endpointslice": "__meta_kubernetes_endpointslice_port_name",
    "service": "__meta_kubernetes_service_port_name",
}
_OBJECTS = {
    "pod": "pod",
    "endpoints": "service",
    "endpointslice": "service",
    "service": "service",
    "ingress": "ingress",
    "node": "node",
}


def jobs(declared: Iterable[Job], metrics: Iterable[Metric]) -> tuple[Job, ...]:
    """Each job names its Kubernetes targets, and drops the volatile labels of the system's metrics, before all else."""
    dropped = tuple(_volatile(metrics))
    return tuple(
        attrs.evolve(job, relabel=(*named(job), *job.relabel), metric_relabel=(*dropped, *job.metric_relabel))
        for job in declared
    )


def named(job: Job) -> Iterator[Relabel]:
    """Keep the port that a Kubernetes discovery asks for, and say on each series which object it is."""
    for discovery in job.discovery:
        if not isinstance(discovery, Kubernetes):
            continue
        if discovery.port is not None:
            yield Relabel(action="keep", sources=[_PORT_NAMES[discovery.role]], regex=quote_regex(discovery.port))
        if discovery.role != "node":
            yield Relabel(sources=["__meta_kubernetes_namespace"], target="namespace")
        thing = _OBJECTS[discovery.role]
        yield Relabel(sources=[f"__meta_kubernetes_{thing}_name"], target=thing)


def _volatile(metrics: Iterable[Metric]) -> Iterator[Relabel]:
    # `labeldrop` would drop the label from every series of the job; an empty value drops it from these alone
    owners: dict[str, list[str]] = {}
    for metric in metrics:
        for label in metric.labels:
            if label.volatile:
                owners.setdefault(label.name, []).extend(exposed.name for exposed in metric.exposed())
    for name, series in sorted(owners.items()):
        yield Relabel(sources=["__name__"], regex=one_of(sorted(series)), target=name, replacement="")


def has_native(plan: Plan) -> bool:
    """Whether a system has native histograms."""
    return any(isinstance(each, Histogram) and each.native for each in plan.metrics)


def scrapes_native(platform: Platform) -> bool:
    """Whether scraping is to be told of native histograms: it is since 3.8, and the flag does nothing since 3.9."""
    return parse_version(platform.prometheus) >= (3, 8)
