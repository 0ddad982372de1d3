"""Manifests of systems, as short as a test wants them, without a repository around them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import yaml

from watchwright import Alert, Counter, Dashboard, Gauge, Job, Label, Platform, Row, System, TimeSeries, record
from watchwright.backends import grafana, jaeger, kubernetes, prometheus
from watchwright.backends.artifact import Artifact, artifacts
from watchwright.checks import kubernetes as checks
from watchwright.clusters import Cluster
from watchwright.discovery import Static
from watchwright.finding import Finding
from watchwright.lower.fleet import lower
from watchwright.lower.plan import Fleet
from watchwright.model.discovery import Discovery
from watchwright.model.environment import Environment

_Loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


def read(text: str) -> Any:
    """A document."""
    return yaml.load(text, _Loader)  # noqa: S506 - a safe one


def system(name: str = "bus", *discoveries: Discovery, **job: Any) -> System:
    """A system with a recording rule, an alert on it, a dashboard, and a job of its name."""
    depth = Gauge(f"{name.replace('-', '_')}_depth", "Messages that wait.", labels=[Label("topic", cardinality=3)])
    most = record("topic:depth:max", depth.max(by=["topic"]))
    full = Alert("Full", expr=most > 10, for_="5m", severity="page", summary="{topic} is full")
    return System(
        name,
        owner="platform",
        title=name.title(),
        jobs=[Job(name, discoveries or (Static([f"{name}:8000"]),), **job)],
        alerts=[full],
        dashboards=[Dashboard("Now", [Row("Depth", [TimeSeries("Depth", most, alerts=[full])])])],
    )


def wide(name: str, rules: int, text: str = "x" * 800) -> System:
    """A system with so many alerts, each of about a kibibyte."""
    failed = Counter(f"{name.replace('-', '_')}_failed_total", "What failed.")
    alerts = [
        Alert(
            f"Failed{number}",
            expr=failed.rate("5m") > number,
            for_="5m",
            severity="page",
            summary="s",
            description=text,
        )
        for number in range(1, rules + 1)
    ]
    return System(name, owner="platform", jobs=[Job(name, Static([f"{name}:8000"]))], alerts=alerts)


def fleet(*systems: System, cluster: Cluster | None = None, environment: str = "", **platform: Any) -> Fleet:
    """Systems on a platform with a cluster."""
    lowered = lower(systems, Platform(cluster=cluster or Cluster(), **platform), Environment(environment))
    assert not lowered.findings
    return lowered.fleet


def outputs(made: Fleet, *further: Artifact) -> tuple[dict[str, str], tuple[Finding, ...]]:
    """The files below kubernetes/ by their paths there, and the findings of the backend."""
    finished, refused = artifacts([*prometheus.render(made), *grafana.render(made), *jaeger.render(made), *further])
    assert not refused
    files, findings = artifacts(kubernetes.render(made, finished))
    return {each.path.removeprefix("kubernetes/"): each.text for each in files}, findings


def manifests(*systems: System, **options: Any) -> dict[str, dict[str, Any]]:
    """The objects of systems, by the paths of their files."""
    files, findings = outputs(fleet(*systems, **options))
    assert findings == ()
    return {path: read(text) for path, text in files.items()}


def findings(*systems: System, **options: Any) -> list[tuple[str, str]]:
    """Ids and messages of what the checks of a cluster, and its backend, say."""
    made = fleet(*systems, **options)
    said = [*checks.credentials(made), *checks.files(made), *checks.operator(made)]
    if not said:
        said += outputs(made)[1]
    return [(each.id, each.message) for each in said if not each.accepted]


def rules(documents: Mapping[str, Mapping[str, Any]]) -> dict[str, list[dict[str, Any]]]:
    """The groups of each PrometheusRule, by its name."""
    found = [each for each in documents.values() if each["kind"] == "PrometheusRule"]
    return {each["metadata"]["name"]: each["spec"]["groups"] for each in found}
