"""Jobs as ServiceMonitor, PodMonitor and ScrapeConfig. Credentials are references: nothing secret is written."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from watchwright.backends.kubernetes_manifest import Manifest, object_name
from watchwright.backends.yamltext import Value, said
from watchwright.lower.clusters import Scraped, scraped
from watchwright.lower.plan import Fleet
from watchwright.model.cluster import Cluster, ConfigMapKey, Secret
from watchwright.model.discovery import Discovery, File, Http, Kubernetes, Static
from watchwright.model.platform import Platform
from watchwright.model.scrape import BasicAuth, Bearer, Job, Relabel, Tls

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
        **_auth(job, cluster),
        "tlsConfig": _tls(job.tls, cluster),
        "relabelings": [_relabel(step) for step in each.relabelings],
        "metricRelabelings": [_relabel(step) for step in job.metric_relabel],
    }


def _auth(job: Job, cluster: Cluster) -> Mapping[str, Value]:
    match job.auth:
        case BasicAuth(password_file=path):
            found = cluster.files[path]
            user = found.username if isinstance(found, Secret) else ""
            username = {"name": found.name, "key": user}
            return {"basicAuth": {"username": username, "password": _key(found)}}
        case Bearer(token_file=path, type=kind):
            return {"authorization": {"type": kind, "credentials": _key(cluster.files[path])}}
    return {}


def _tls(tls: Tls | None, cluster: Cluster) -> Mapping[str, Value] | None:
    if tls is None:
        return None
    return said(
        {
            "ca": _either(tls.ca_file, cluster),
            "cert": _either(tls.cert_file, cluster),
            "keySecret": _key(cluster.files[tls.key_file]) if tls.key_file else None,
            "serverName": tls.server_name,
            "insecureSkipVerify": tls.insecure_skip_verify or None,
        }
    )


def _either(path: str | None, cluster: Cluster) -> Mapping[str, Value] | None:
    if not path:
        return None
    found = cluster.files[path]
    return {"configMap" if isinstance(found, ConfigMapKey) else "secret": _key(found)}


def _key(found: Secret | ConfigMapKey) -> Mapping[str, Value]:
    return {"name": found.name, "key": found.key}


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


def _relabel(step: Relabel) -> Value:
    return said(
        {
            "action": step.action if step.action != "replace" else None,
            "sourceLabels": list(step.sources),
            "separator": step.separator,
            "regex": step.regex,
            "modulus": step.modulus,
            "targetLabel": step.target,
            "replacement": step.replacement,
        }
    )
