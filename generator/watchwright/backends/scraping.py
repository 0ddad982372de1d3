"""Scrape jobs in Prometheus' words. Credentials are files on the server: nothing secret is written."""

from __future__ import annotations

from collections.abc import Mapping

from watchwright.backends.yamltext import Marked, Value, said
from watchwright.lower.plan import Origin, Plan
from watchwright.model.discovery import Discovery, File, Http, Kubernetes, Static
from watchwright.model.scrape import BasicAuth, Bearer, Job, Limits, Relabel, Tls


def scrape_config(job: Job, plan: Plan) -> Marked:
    """One entry of `scrape_configs`."""
    entries: dict[str, Value] = {
        "job_name": job.name,
        "scrape_interval": job.interval,
        "scrape_timeout": job.timeout,
        "metrics_path": job.path if job.path != "/metrics" else None,
        "scheme": job.scheme if job.scheme != "http" else None,
        "params": {name: list(values) for name, values in job.params.items()},
        "honor_labels": job.honor_labels or None,
        "honor_timestamps": None if job.honor_timestamps else False,
        "track_timestamps_staleness": job.track_timestamps_staleness or None,
        **authorized(job.auth),
        "tls_config": secured(job.tls),
        **_limits(job.limits),
        **_discoveries(job),
        "relabel_configs": [relabelled(each) for each in job.relabel],
        "metric_relabel_configs": [relabelled(each) for each in job.metric_relabel],
    }
    return Marked(said(entries), Origin.of(plan.system, f"job {job.name}", job))


def authorized(auth: BasicAuth | Bearer | None) -> Mapping[str, Value]:
    """How a client says who it is."""
    match auth:
        case BasicAuth():
            return {"basic_auth": {"username": auth.username, "password_file": auth.password_file}}
        case Bearer():
            return {"authorization": {"type": auth.type, "credentials_file": auth.token_file}}
        case _:
            return {}


def secured(tls: Tls | None) -> Mapping[str, Value] | None:
    """How a client speaks TLS."""
    if tls is None:
        return None
    return said(
        {
            "ca_file": tls.ca_file,
            "cert_file": tls.cert_file,
            "key_file": tls.key_file,
            "server_name": tls.server_name,
            "insecure_skip_verify": tls.insecure_skip_verify or None,
        }
    )


def _limits(limits: Limits) -> Mapping[str, Value]:
    return {
        "body_size_limit": limits.body,
        "sample_limit": limits.samples,
        "label_limit": limits.labels,
        "label_name_length_limit": limits.label_name_length,
        "label_value_length_limit": limits.label_value_length,
        "target_limit": limits.targets,
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
            return "static_configs", said({"targets": list(discovery.targets), "labels": dict(discovery.labels)})
        case File():
            return "file_sd_configs", said({"files": list(discovery.files), "refresh_interval": discovery.refresh})
        case Http():
            return "http_sd_configs", said({"url": discovery.url, "refresh_interval": discovery.refresh})
        case Kubernetes():
            return "kubernetes_sd_configs", _kubernetes(discovery)


def _kubernetes(discovery: Kubernetes) -> Value:
    selector = ",".join(f"{name}={value}" for name, value in discovery.labels.items())
    return said(
        {
            "role": discovery.role,
            "namespaces": {"names": list(discovery.namespaces)} if discovery.namespaces else None,
            "selectors": [{"role": discovery.role, "label": selector}] if selector else [],
        }
    )


def relabelled(step: Relabel) -> Value:
    """One step of relabelling."""
    return said(
        {
            "source_labels": list(step.sources),
            "separator": step.separator,
            "regex": step.regex,
            "modulus": step.modulus,
            "target_label": step.target,
            "replacement": step.replacement,
            "action": step.action if step.action != "replace" else None,
        }
    )
