"""Jobs as ServiceMonitor, PodMonitor and ScrapeConfig."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from watchwright.backends.kubernetes_manifest import Manifest, object_name
from watchwright.backends.operator_words import authorized, relabelled, secured
from watchwright.backends.yamltext import Value, said
from watchwright.lower.clusters import Scraped, scraped
from watchwright.lower.plan import Fleet
from watchwright.model.cluster import Cluster
from watchwright.model.discovery import Discovery, File, Http, Kubernetes, Static
from watchwright.model.platform import Platform
from watchwright.model.scrape import Job

_APIS = {
    "ServiceMonitor": "monitoring.coreos.com/v1",
    "PodMonitor": "monitoring.coreos.com/v1",
    "ScrapeConfig": "monitoring.coreos.com/v1alpha1",
}
_ROLES = {
    "node": "Node",
    "service": "Service",
    "pod": "Pod",
    "endpoints": "Endpoints",
    "endpointslice": "EndpointSlice",
    "ingress": "Ingress",
}


def objects(fleet: Fleet, cluster: Cluster) -> Iterator[Manifest]:
    """One object for each job of which an object can say all."""
    for each in scraped(fleet):
        if each.complete:
            name = object_name(cluster, each.job.name)
            yield Manifest(
                path=f"{each.plan.system.name}/{each.kind.lower()}-{name}.yaml",
                api=_APIS[each.kind],
                kind=each.kind,
                name=name,
                system=each.plan.system.name,
                body={"spec": _spec(each, fleet.platform, cluster)},
                origin=each.origin,
            )


def _spec(each: Scraped, platform: Platform, cluster: Cluster) -> Mapping[str, Value]:
    say = _config if each.kind == "ScrapeConfig" else _monitor
    native = {"scrapeNativeHistograms": True} if each.says("scrapeNativeHistograms") else {}
    return {**say(each, platform, cluster), **said(_limits(each)), **native}


def _monitor(each: Scraped, platform: Platform, cluster: Cluster) -> Mapping[str, Value]:
    discovery = next(one for one in each.job.discovery if isinstance(one, Kubernetes))
    endpoint = {
        "port": discovery.port,
        "path": each.job.path,
        "scheme": each.job.scheme,
        "interval": each.job.interval or platform.scrape_interval,
        **_alike(each, platform, cluster),
    }
    services = each.kind == "ServiceMonitor"
    role = {"serviceDiscoveryRole": _ROLES[discovery.role]} if each.says("serviceDiscoveryRole") else {}
    return {
        **role,
        "namespaceSelector": {"matchNames": list(discovery.namespaces)} if discovery.namespaces else {"any": True},
        "selector": said({"matchLabels": dict(discovery.labels)}),
        "endpoints" if services else "podMetricsEndpoints": [said(endpoint)],
    }


def _config(each: Scraped, platform: Platform, cluster: Cluster) -> Mapping[str, Value]:
    job = each.job
    return said(
        {
            "metricsPath": job.path,
            # up to v0.84 it knew capitals alone
            "scheme": job.scheme.upper(),
            "scrapeInterval": job.interval or platform.scrape_interval,
            **_alike(each, platform, cluster),
            **_discoveries(job),
        }
    )


def _alike(each: Scraped, platform: Platform, cluster: Cluster) -> Mapping[str, Value]:
    """What monitors and scrape configurations say in the same words."""
    job = each.job
    return {
        "scrapeTimeout": job.timeout or platform.scrape_timeout,
        "params": {name: list(values) for name, values in job.params.items()},
        "honorLabels": job.honor_labels or None,
        "honorTimestamps": None if job.honor_timestamps else False,
        "trackTimestampsStaleness": job.track_timestamps_staleness or None,
        **authorized(job.auth, cluster.files),
        "tlsConfig": secured(job.tls, cluster.files),
        "relabelings": [relabelled(step) for step in each.relabelings],
        "metricRelabelings": [relabelled(step) for step in job.metric_relabel],
    }


def _limits(each: Scraped) -> Mapping[str, Value]:
    limits = each.job.limits
    return {
        "sampleLimit": limits.samples,
        "targetLimit": limits.targets,
        "labelLimit": limits.labels,
        "labelNameLengthLimit": limits.label_name_length,
        "labelValueLengthLimit": limits.label_value_length,
        "bodySizeLimit": None if "bodySizeLimit" in each.unknown else limits.body,
    }


def _discoveries(job: Job) -> Mapping[str, Value]:
    found: dict[str, list[Value]] = {}
    for discovery in job.discovery:
        key, config = _discovery(discovery)
        found.setdefault(key, []).append(config)
    return dict(found)


def _discovery(discovery: Discovery) -> tuple[str, Value]:
    match discovery:
        case Static():
            # the API server refuses a list that names one twice, and Prometheus takes it for one
            targets = list(dict.fromkeys(discovery.targets))
            return "staticConfigs", said({"targets": targets, "labels": dict(discovery.labels)})
        case File():
            files = list(dict.fromkeys(discovery.files))
            return "fileSDConfigs", said({"files": files, "refreshInterval": discovery.refresh})
        case Http():
            return "httpSDConfigs", said({"url": discovery.url, "refreshInterval": discovery.refresh})
        case Kubernetes():
            return "kubernetesSDConfigs", _found_by_kubernetes(discovery)


def _found_by_kubernetes(discovery: Kubernetes) -> Value:
    role = _ROLES[discovery.role]
    selector = ",".join(f"{name}={value}" for name, value in discovery.labels.items())
    return said(
        {
            "role": role,
            "namespaces": {"names": list(discovery.namespaces)} if discovery.namespaces else None,
            "selectors": [{"role": role, "label": selector}] if selector else [],
        }
    )
