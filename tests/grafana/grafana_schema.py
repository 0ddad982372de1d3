"""Judges dashboards by the schemas derived from Grafana's own types: see schema/README.md."""

from __future__ import annotations

import json
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

from jsonschema import Draft7Validator

FOLDER = Path(__file__).parent / "schema"
VERSIONS = tuple(sorted(path.stem.removeprefix("grafana-") for path in FOLDER.glob("grafana-*.json")))

# https://github.com/grafana/grafana/blob/main/packages/grafana-prometheus/src/dataquery.ts, and DataQuery of
# @grafana/schema, of which it is made
QUERY_KEYS = frozenset(
    {
        "datasource",
        "hide",
        "key",
        "queryType",
        "refId",
        "editorMode",
        "exemplar",
        "expr",
        "format",
        "instant",
        "interval",
        "intervalFactor",
        "legendFormat",
        "range",
        "scopes",
        "adhocFilters",
        "groupByKeys",
    }
)


def complaints(board: dict[str, Any], version: str) -> list[str]:
    """Everything that this version of Grafana has no place for, or of which it expects another type."""
    found = list(_errors(board, version, "dashboard", ""))
    for panel in panels(board):
        place = f"panel {panel.get('title')!r} "
        kind = panel["type"].replace("-", "")
        if kind != "row":
            found += _errors(panel.get("options", {}), version, f"options/{kind}", f"{place}options")
            found += _errors(custom(panel), version, f"custom/{kind}", f"{place}custom")
        found += [
            f"{place}query {target['refId']}: {key}"
            for target in panel.get("targets", [])
            for key in sorted(target.keys() - QUERY_KEYS)
        ]
    return found


def panels(board: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """Rows and panels, those in collapsed rows too."""
    for panel in board["panels"]:
        yield panel
        yield from panel.get("panels", [])


def custom(panel: dict[str, Any]) -> dict[str, Any]:
    """A panel's own field settings."""
    settings: dict[str, Any] = panel.get("fieldConfig", {}).get("defaults", {}).get("custom", {})
    return settings


def _errors(value: dict[str, Any], version: str, part: str, place: str) -> Iterator[str]:
    validator = _validators(version).get(part)
    if validator is None:
        if value:
            yield f"{place}: Grafana {version} knows no {part}"
        return
    for error in validator.iter_errors(value):
        yield f"{place}{error.json_path}: {error.message}"


@cache
def _validators(version: str) -> dict[str, Draft7Validator]:
    parts = json.loads((FOLDER / f"grafana-{version}.json").read_text())
    return {name: Draft7Validator(schema) for name, schema in parts.items()}
