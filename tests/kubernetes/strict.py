"""Judges manifests by the schemas of the operators, and by what these leave to others: see schemas/README.md."""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Collection, Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import Any

import kubernetes_validate
from jsonschema import Draft202012Validator

FOLDER = Path(__file__).parent / "schemas"
VERSIONS = tuple(sorted(path.stem for path in FOLDER.glob("*.json")))
# the oldest and the newest that the package has
KUBERNETES = ("1.31", "1.34")
_KUSTOMIZATION_KEYS = {"apiVersion", "kind", "resources"}


def complaints(document: Mapping[str, Any], versions: Collection[str] = VERSIONS) -> list[str]:
    """Everything that the API server or an operator would refuse of an object, in any of the versions."""
    key = f"{document.get('apiVersion')}/{document.get('kind')}"
    if key == "v1/ConfigMap":
        return list(_core(document))
    if key == "kustomize.config.k8s.io/v1beta1/Kustomization":
        return [f"unknown: {name}" for name in sorted(document.keys() - _KUSTOMIZATION_KEYS)]
    found = list(_meta(document))
    known = [version for version in versions if key in schemas(version)]
    found += [] if known else [f"no version knows {key}"]
    for version in known:
        found += [f"{version}: {each}" for each in by_schema(document, version, strict=True)]
    return [*found, *_beyond(document)]


def by_schema(document: Mapping[str, Any], version: str, *, strict: bool) -> list[str]:
    """What the schema of one version refuses: as it is, or with unknown fields refused, as kubectl has them refused."""
    key = f"{document['apiVersion']}/{document['kind']}"
    validator = _validator(version, key, strict=strict)
    return [f"{error.json_path}: {error.message}" for error in validator.iter_errors(document)]


@cache
def schemas(version: str) -> dict[str, Any]:
    """The schemas of one version."""
    found: dict[str, Any] = json.loads((FOLDER / f"{version}.json").read_text("utf-8"))
    return found


@cache
def _validator(version: str, key: str, *, strict: bool) -> Draft202012Validator:
    schema = schemas(version)[key]
    return Draft202012Validator(_closed(schema) if strict else schema)


def _closed(schema: Any) -> Any:
    """Unknown fields are refused, and so is twice the same in lists that are sets or maps."""
    if isinstance(schema, list):
        return [_closed(each) for each in schema]
    if not isinstance(schema, dict):
        return schema
    closed = {key: _closed(value) for key, value in schema.items()}
    if "properties" in closed and isinstance(closed["properties"], dict) and "type" in closed:
        open_ = closed.get("x-kubernetes-preserve-unknown-fields")
        closed.setdefault("additionalProperties", bool(open_))
    if closed.get("x-kubernetes-list-type") == "set":
        closed["uniqueItems"] = True
    if closed.get("x-kubernetes-int-or-string"):
        closed.pop("type", None)
    return closed


def _core(document: Mapping[str, Any]) -> Iterator[str]:
    for version in KUBERNETES:
        try:
            kubernetes_validate.validate(dict(document), version, strict=True)
        except kubernetes_validate.ValidationError as error:
            yield f"Kubernetes {version}: {error.message}"
    if sum(len(str(value).encode()) for value in document["data"].values()) > 1024 * 1024:
        yield "more than 1 MiB of data"
    yield from (f"no key: {key}" for key in document["data"] if not re.fullmatch(r"[-._a-zA-Z0-9]{1,253}", key))
    yield from _meta(document)


def _meta(document: Mapping[str, Any]) -> Iterator[str]:
    metadata = document["metadata"]
    yield from (
        f"unknown in metadata: {key}" for key in metadata.keys() - {"name", "namespace", "labels", "annotations"}
    )
    part = r"[a-z0-9]([-a-z0-9]*[a-z0-9])?"
    if not re.fullmatch(rf"{part}(\.{part})*", metadata["name"]) or len(metadata["name"]) > 253:
        yield f"no name: {metadata['name']}"
    if not re.fullmatch(part, metadata["namespace"]) or len(metadata["namespace"]) > 63:
        yield f"no namespace: {metadata['namespace']}"
    for name, value in metadata.get("labels", {}).items():
        if not re.fullmatch(r"(([A-Za-z0-9][-A-Za-z0-9_.]{0,61})?[A-Za-z0-9])?", value):
            yield f"no label: {name}={value}"
    if sum(len(f"{key}{value}".encode()) for key, value in metadata.get("annotations", {}).items()) > 256 * 1024:
        yield "more than 256 KiB of annotations"


def _beyond(document: Mapping[str, Any]) -> Iterator[str]:
    """What no schema can say: the Operator says it when it reads the object, and Kubernetes in CEL."""
    spec = document.get("spec", {})
    if document["kind"] == "PrometheusRule":
        yield from _rules(spec)
    if document["kind"] == "GrafanaDashboard":
        if sum(key in spec for key in ("folder", "folderRef", "folderUID")) > 1:
            yield "more than one folder"
        if sum(key in spec for key in ("json", "gzipJson", "url", "jsonnet", "configMapRef", "grafanaCom", "oci")) != 1:
            yield "not one source of the dashboard"
    for each in (spec, *spec.get("endpoints", ()), *spec.get("podMetricsEndpoints", ())):
        if sum(key in each for key in ("basicAuth", "authorization", "oauth2")) > 1:
            yield "more than one way to log in"
    for names in spec.get("kubernetesSDConfigs", ()):
        roles = Counter(selector["role"] for selector in names.get("selectors", ()))
        yield from (f"two selectors of role {role}" for role, times in roles.items() if times > 1)


def _rules(spec: Mapping[str, Any]) -> Iterator[str]:
    names = Counter(group["name"] for group in spec.get("groups", ()))
    yield from (f"group {name} is there {times} times" for name, times in names.items() if times > 1)
    for group in spec.get("groups", ()):
        for rule in group.get("rules", ()):
            if ("record" in rule) == ("alert" in rule):
                yield f"group {group['name']}: a rule that is both or neither of record and alert"
            if "record" in rule and not {"for", "keep_firing_for", "annotations"}.isdisjoint(rule):
                yield f"group {group['name']}: a recording rule with what alerts have"
