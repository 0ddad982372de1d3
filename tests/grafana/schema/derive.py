"""
Derives the JSON Schema of Grafana's dashboards from the npm package @grafana/schema: see README.md.

Run in an empty folder with npm on the path: `python derive.py 12.2.0 13.2.3`.
"""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

HERE = Path(__file__).parent
GENERATOR = "ts-json-schema-generator@2.4.0"
KINDS = ("bargauge", "gauge", "heatmap", "stat", "statetimeline", "table", "text", "timeseries")

# What Grafana reads and its own types leave out: a Prometheus annotation's target is any query with these
# texts beside it, and a variable repeats its query for people to read.
# https://github.com/grafana/grafana/blob/main/packages/grafana-prometheus/src/annotations.ts
OPEN = {
    "AnnotationQuery": {"titleFormat": {"type": "string"}, "textFormat": {"type": "string"}, "target": {}},
    "VariableModel": {"definition": {"type": "string"}},
}


def main(versions: list[str]) -> None:
    """Write one schema for each version."""
    for version in versions:
        _npm("init", "-y")
        _npm("install", "--ignore-scripts", "--legacy-peer-deps", f"@grafana/schema@{version}", GENERATOR)
        (HERE / f"grafana-{version}.json").write_text(
            json.dumps(_schema(), separators=(",", ":"), sort_keys=True) + "\n"
        )


def _npm(*arguments: str) -> None:
    subprocess.run(["npm", *arguments], check=True, stdout=subprocess.DEVNULL)


def _schema() -> dict[str, Any]:
    """One document: a dashboard, and for each kind of panel its `options/<kind>` and `custom/<kind>`."""
    parts = {"dashboard": _derived("dashboard/x", "Dashboard")}
    for kind in KINDS:
        parts[f"options/{kind}"] = _derived(f"composable/{kind}/panelcfg/x", "Options")
        if kind in ("statetimeline", "table", "timeseries"):
            parts[f"custom/{kind}"] = _derived(f"composable/{kind}/panelcfg/x", "FieldConfig")
    return {name: _patched(part) for name, part in parts.items()}


def _derived(folder: str, name: str) -> dict[str, Any]:
    types = Path("node_modules/@grafana/schema/dist/types/raw", folder)
    (path,) = types.glob("*types.gen.d.ts")
    command = ["node_modules/.bin/ts-json-schema-generator", "--path", str(path), "--type", name, "--no-type-check"]
    made = subprocess.run(command, check=True, capture_output=True, text=True)
    schema: dict[str, Any] = json.loads(made.stdout)
    return schema


def _patched(schema: dict[str, Any]) -> dict[str, Any]:
    definitions = schema["definitions"]
    for name, properties in OPEN.items():
        definitions.get(name, {}).get("properties", {}).update(properties)
    if "Dashboard" in definitions:
        _panel_or_row(definitions)
    patched: dict[str, Any] = _stripped(schema)
    return patched


def _panel_or_row(definitions: dict[str, Any]) -> None:
    """Tell rows from panels by their type: the type of a panel is any text, so that a row would pass as either."""
    is_row = {"properties": {"type": {"const": "row"}}}
    panel, row = {"$ref": "#/definitions/Panel"}, {"$ref": "#/definitions/RowPanel"}
    definitions["Dashboard"]["properties"]["panels"]["items"] = {"if": is_row, "then": row, "else": panel}


def _stripped(value: Any) -> Any:
    """
    Without prose, and without `required`.

    Grafana fills in what is missing, and its types call even keys with a default required.
    """
    if isinstance(value, list):
        return [_stripped(each) for each in value]
    if not isinstance(value, dict):
        return value
    return {
        key: {name: _stripped(each) for name, each in part.items()}
        if key in ("properties", "definitions")
        else _stripped(part)
        for key, part in value.items()
        if key not in ("description", "required", "$schema")
    }


if __name__ == "__main__":
    main(sys.argv[1:])
