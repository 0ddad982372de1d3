"""
Derives the schemas of custom resources from the definitions in Go modules: see README.md.

Run with go on the path: `python derive.py`. It downloads the modules and builds nothing.
"""

from __future__ import annotations

import json
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import yaml

HERE = Path(__file__).parent
OPERATOR = "github.com/prometheus-operator/prometheus-operator"
GRAFANA = "github.com/grafana/grafana-operator/v5"
# the oldest version that manifests are for, and the newest when this was made
MODULES = {
    "prometheus-operator-0.80.1": (
        OPERATOR,
        "v0.80.1",
        "example/prometheus-operator-crd/monitoring.coreos.com_{}.yaml",
    ),
    "prometheus-operator-0.93.0": (
        OPERATOR,
        "v0.93.0",
        "example/prometheus-operator-crd/monitoring.coreos.com_{}.yaml",
    ),
    "grafana-operator-5.24.0": (GRAFANA, "v5.24.0", "config/crd/bases/grafana.integreatly.org_{}.yaml"),
}
RESOURCES = {
    OPERATOR: ("prometheusrules", "servicemonitors", "podmonitors", "scrapeconfigs", "prometheuses"),
    GRAFANA: ("grafanadashboards", "grafanafolders", "grafanadatasources"),
}
# Of these there are dozens, half a megabyte, and no definition knows them
KEPT_DISCOVERIES = {"staticConfigs", "fileSDConfigs", "httpSDConfigs", "kubernetesSDConfigs"}
# A Prometheus object has a hundred fields, of pods and storage; a platform says these
KEPT_OF_PROMETHEUS = {
    "additionalArgs", "enableFeatures", "enableRemoteWriteReceiver", "evaluationInterval", "externalLabels", "externalUrl",
    "logFormat", "logLevel", "query", "remoteWrite", "retention", "retentionSize", "routePrefix", "scrapeInterval",
    "scrapeTimeout",
}  # fmt: skip
# Python refuses a flag within a pattern, and these three words are all that the pattern takes
PATTERNS = {"^(?i)(abort|warn)?$": "^([aA][bB][oO][rR][tT]|[wW][aA][rR][nN])?$"}


def main() -> None:
    """Write one file for each module."""
    for name, (module, version, path) in MODULES.items():
        told = subprocess.run(
            ["go", "mod", "download", "-json", f"{module}@{version}"], check=True, capture_output=True, text=True
        )
        folder = Path(json.loads(told.stdout)["Dir"])
        schemas = dict(found for resource in RESOURCES[module] for found in _schemas(folder / path.format(resource)))
        (HERE / f"{name}.json").write_text(json.dumps(schemas, separators=(",", ":"), sort_keys=True) + "\n")


def _schemas(file: Path) -> Iterator[tuple[str, Any]]:
    """The schema of each version of a custom resource, by `apiVersion/Kind`."""
    spec = yaml.safe_load(file.read_text("utf-8"))["spec"]
    for version in spec["versions"]:
        key = f"{spec['group']}/{version['name']}/{spec['names']['kind']}"
        schema = _without_prose(version["schema"]["openAPIV3Schema"])
        if spec["names"]["kind"] == "Prometheus":
            fields = schema["properties"]["spec"]["properties"]
            schema["properties"] |= {"status": {}, "spec": {"type": "object", "properties": _kept(fields)}}
        yield key, schema


def _kept(fields: dict[str, Any]) -> dict[str, Any]:
    return {name: fields[name] for name in sorted(KEPT_OF_PROMETHEUS)}


def _without_prose(schema: Any) -> Any:
    if isinstance(schema, list):
        return [_without_prose(each) for each in schema]
    if not isinstance(schema, dict):
        return PATTERNS.get(schema, schema) if isinstance(schema, str) else schema
    return {
        key: _without_prose(value)
        for key, value in schema.items()
        if not (key == "description" and isinstance(value, str))
        and not (key.endswith(("SDConfigs", "staticConfigs")) and key not in KEPT_DISCOVERIES)
    }


if __name__ == "__main__":
    main()
