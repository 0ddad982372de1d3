"""
The scrape configuration that the Operator makes of our objects.

Written after prometheus-operator v0.93.0, pkg/prometheus/promcfg.go: generateServiceMonitorConfig,
generatePodMonitorConfig and generateScrapeConfig, as far as our objects have what these read.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

_LIMITS = {
    "sampleLimit": "sample_limit",
    "targetLimit": "target_limit",
    "labelLimit": "label_limit",
    "labelNameLengthLimit": "label_name_length_limit",
    "labelValueLengthLimit": "label_value_length_limit",
    "bodySizeLimit": "body_size_limit",
}
_ENDPOINT = {
    "honorLabels": "honor_labels",
    "honorTimestamps": "honor_timestamps",
    "trackTimestampsStaleness": "track_timestamps_staleness",
    "interval": "scrape_interval",
    "scrapeInterval": "scrape_interval",
    "scrapeTimeout": "scrape_timeout",
    "path": "metrics_path",
    "metricsPath": "metrics_path",
    "params": "params",
}
_STEP = {
    "sourceLabels": "source_labels",
    "separator": "separator",
    "targetLabel": "target_label",
    "regex": "regex",
    "modulus": "modulus",
    "replacement": "replacement",
    "action": "action",
}
_FIRST = {"source_labels": ["job"], "target_label": "__tmp_prometheus_job_name"}


def scrape_config(document: Mapping[str, Any]) -> dict[str, Any]:
    """An entry of `scrape_configs`, without what authenticates: that is read from the cluster."""
    kind, name = document["kind"], document["metadata"]["name"]
    namespace, spec = document["metadata"]["namespace"], document["spec"]
    if kind == "ScrapeConfig":
        job, said = f"scrapeConfig/{namespace}/{name}", spec
        steps = [_FIRST, *_relabelings(spec)]
        discoveries = _discoveries(spec)
    elif kind == "PodMonitor":
        (said,) = spec["podMetricsEndpoints"]
        job = f"podMonitor/{namespace}/{name}/0"
        steps = [_FIRST, *_of_pods(spec, said, f"{namespace}/{name}"), *_relabelings(said)]
        discoveries = {"kubernetes_sd_configs": [{"role": "pod", **_namespaces(spec, namespace)}]}
    else:
        (said,) = spec["endpoints"]
        role = spec.get("serviceDiscoveryRole", "Endpoints").lower()
        job = f"serviceMonitor/{namespace}/{name}/0"
        steps = [_FIRST, *_of_services(spec, said, role), *_relabelings(said)]
        discoveries = {"kubernetes_sd_configs": [{"role": role, **_namespaces(spec, namespace)}]}
    return {
        "job_name": job,
        **{there: said[here] for here, there in _ENDPOINT.items() if here in said},
        **({"scheme": said["scheme"].lower()} if "scheme" in said else {}),
        **discoveries,
        "relabel_configs": steps,
        **{there: spec[here] for here, there in _LIMITS.items() if here in spec},
        **({"metric_relabel_configs": _relabelings(said, "metricRelabelings")} if "metricRelabelings" in said else {}),
    }


def _relabelings(said: Mapping[str, Any], key: str = "relabelings") -> list[dict[str, Any]]:
    return [{there: step[here] for here, there in _STEP.items() if here in step} for step in said.get(key, ())]


def _namespaces(spec: Mapping[str, Any], own: str) -> dict[str, Any]:
    selector = spec.get("namespaceSelector", {})
    return {} if selector.get("any") else {"namespaces": {"names": selector.get("matchNames", [own])}}


def _selected(spec: Mapping[str, Any], thing: str) -> list[dict[str, Any]]:
    return [
        {
            "action": "keep",
            "source_labels": [f"__meta_kubernetes_{thing}_{what}_{re.sub(r'[^a-zA-Z0-9_]', '_', label)}" for what in ("label", "labelpresent")],
            "regex": f"({value});true",
        }
        for label, value in sorted(spec["selector"].get("matchLabels", {}).items())
    ]  # fmt: skip


def _of_pods(spec: Mapping[str, Any], said: Mapping[str, Any], name: str) -> list[dict[str, Any]]:
    port = said.get("port")
    return [
        {"action": "drop", "source_labels": ["__meta_kubernetes_pod_phase"], "regex": "(Failed|Succeeded)"},
        *_selected(spec, "pod"),
        *([{"action": "keep", "source_labels": ["__meta_kubernetes_pod_container_port_name"], "regex": port}] if port else []),
        {"source_labels": ["__meta_kubernetes_namespace"], "target_label": "namespace"},
        {"source_labels": ["__meta_kubernetes_pod_container_name"], "target_label": "container"},
        {"source_labels": ["__meta_kubernetes_pod_name"], "target_label": "pod"},
        {"target_label": "job", "replacement": name},
        *([{"target_label": "endpoint", "replacement": port}] if port else []),
    ]  # fmt: skip


def _of_services(spec: Mapping[str, Any], said: Mapping[str, Any], role: str) -> list[dict[str, Any]]:
    port = said.get("port")
    meta = "__meta_kubernetes_endpoint" if role == "endpoints" else "__meta_kubernetes_endpointslice"
    address = [f"{meta}_address_target_kind", f"{meta}_address_target_name"]
    return [
        *_selected(spec, "service"),
        *([{"action": "keep", "source_labels": [f"{meta}_port_name"], "regex": port}] if port else []),
        *(
            {"source_labels": address, "separator": ";", "regex": f"{kind};(.*)", "replacement": "${1}", "target_label": kind.lower()}
            for kind in ("Node", "Pod")
        ),
        {"source_labels": ["__meta_kubernetes_namespace"], "target_label": "namespace"},
        {"source_labels": ["__meta_kubernetes_service_name"], "target_label": "service"},
        {"source_labels": ["__meta_kubernetes_pod_name"], "target_label": "pod"},
        {"source_labels": ["__meta_kubernetes_pod_container_name"], "target_label": "container"},
        {"action": "drop", "source_labels": ["__meta_kubernetes_pod_phase"], "regex": "(Failed|Succeeded)"},
        {"source_labels": ["__meta_kubernetes_service_name"], "target_label": "job", "replacement": "${1}"},
        *([{"target_label": "endpoint", "replacement": port}] if port else []),
    ]  # fmt: skip


def _discoveries(spec: Mapping[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    if "staticConfigs" in spec:
        found["static_configs"] = spec["staticConfigs"]
    for here, there in (("fileSDConfigs", "file_sd_configs"), ("httpSDConfigs", "http_sd_configs")):
        if here in spec:
            found[there] = [{_snake(key): value for key, value in each.items()} for each in spec[here]]
    if "kubernetesSDConfigs" in spec:
        found["kubernetes_sd_configs"] = [_kubernetes(each) for each in spec["kubernetesSDConfigs"]]
    return found


def _kubernetes(found: Mapping[str, Any]) -> dict[str, Any]:
    selectors = [{**each, "role": each["role"].lower()} for each in found.get("selectors", ())]
    return {**found, "role": found["role"].lower(), **({"selectors": selectors} if selectors else {})}


def _snake(key: str) -> str:
    return re.sub(r"[A-Z]", lambda letter: f"_{letter[0].lower()}", key)
