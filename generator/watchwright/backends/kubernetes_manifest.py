"""One object of Kubernetes: what stands around it, and what it weighs."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from typing import Any

import attrs

from watchwright.backends.artifact import Artifact
from watchwright.backends.yamltext import Marked, Value, document, said
from watchwright.lower import names
from watchwright.lower.clusters import MANAGED_BY, PART_OF
from watchwright.lower.plan import Origin
from watchwright.model.cluster import Cluster

KIB = 1024

#: What `kubectl apply` and Argo CD may annotate an object with, which is the whole of it once more: 256 KiB for all
#: annotations together (apimachinery: pkg/api/validation/objectmeta.go). A kibibyte is left to what others annotate.
CLIENT_BUDGET = 255 * KIB
#: What the values of a ConfigMap may weigh (kubernetes: pkg/apis/core/validation, MaxSecretSize), and, within the
#: 1.5 MiB that etcd takes at once, any other object.
OBJECT_BUDGET = 1024 * KIB
#: What the rules of one PrometheusRule may weigh as the Operator writes them down again: 512 KiB (prometheus-operator:
#: pkg/operator/rules.go, MaxConfigMapDataSize), of which an eighth is left for the way it folds long lines.
RULES_BUDGET = 448 * KIB

# Argo CD applies as kubectl does unless an object says otherwise: https://argo-cd.readthedocs.io, Sync Options
_SERVER_SIDE = {"argocd.argoproj.io/sync-options": "ServerSideApply=true"}
#: What encoding/json writes as \uXXXX, and how many bytes more that is
_ESCAPED = {"<": 5, ">": 5, "&": 5, "\u2028": 3, "\u2029": 3}


@attrs.frozen(order=False, kw_only=True)
class Manifest:
    """
    An object, and its file below `kubernetes/`.

    *body* is what it has beside its metadata, under its own keys. *system* is that which it belongs to, or empty.
    """

    path: str
    api: str
    kind: str
    name: str
    system: str
    body: Mapping[str, Value]
    origin: Origin
    labels: Mapping[str, str] = attrs.field(factory=dict)
    annotations: Mapping[str, str] = attrs.field(factory=dict)


def origin(cluster: Cluster) -> Origin:
    """Whose part that is which belongs to no system."""
    return Origin(source=cluster.source, subject="platform / cluster", accept=cluster.accept)


def object_name(cluster: Cluster, *parts: str) -> str:
    """The name of an object of this cluster."""
    return names.object_name(cluster.prefix + "-".join(parts))


def written(manifest: Manifest, cluster: Cluster) -> Artifact:
    """Its file."""
    server_side = cluster.apply == "server" and client_bytes(manifest, cluster) > CLIENT_BUDGET
    body = {key: Marked(value, manifest.origin) for key, value in manifest.body.items()}
    return document(_path(manifest), {**_metadata(manifest, cluster, server_side=server_side), **body})


def head(manifest: Manifest, cluster: Cluster, *, server_side: bool) -> str:
    """Its file as far as it is alike for every object."""
    return document(_path(manifest), _metadata(manifest, cluster, server_side=server_side)).text


def _path(manifest: Manifest) -> str:
    return f"kubernetes/{manifest.path}"


def _metadata(manifest: Manifest, cluster: Cluster, *, server_side: bool) -> dict[str, Value]:
    belongs = {PART_OF: names.object_name(manifest.system)} if manifest.system else {}
    metadata = {
        "name": manifest.name,
        "namespace": cluster.namespace,
        "labels": {MANAGED_BY: "watchwright", **belongs, **cluster.labels, **manifest.labels},
        "annotations": {**manifest.annotations, **(_SERVER_SIDE if server_side else {})},
    }
    return {"apiVersion": manifest.api, "kind": manifest.kind, "metadata": said(metadata)}


def excess(manifest: Manifest, cluster: Cluster) -> str:
    """What it weighs and what it may, in words, where it is too large; or nothing."""
    if cluster.apply == "client":
        return beyond(client_bytes(manifest, cluster), CLIENT_BUDGET)
    if manifest.kind == "ConfigMap":
        return beyond(_bytes(plain(manifest.body["data"])), OBJECT_BUDGET)
    return beyond(client_bytes(manifest, cluster), OBJECT_BUDGET)


def beyond(size: int, budget: int) -> str:
    """The comparison in words, or nothing where it fits."""
    return f"weighs {-(-size // KIB)} KiB, and may weigh {budget // KIB}" if size > budget else ""


def client_bytes(manifest: Manifest, cluster: Cluster) -> int:
    """The length of the object as `kubectl apply` annotates it."""
    whole: dict[str, Value] = {**_metadata(manifest, cluster, server_side=False), **manifest.body}
    return annotated_bytes(plain(whole))


def annotated_bytes(value: Any) -> int:
    """The length of what is plain data as Go's JSON, without blanks and with the escapes for HTML."""
    text = json.dumps(value, ensure_ascii=False, separators=(",", ":"))
    return len(text.encode()) + sum(more * text.count(sign) for sign, more in _ESCAPED.items())


def _bytes(texts: Mapping[str, str]) -> int:
    return sum(len(text.encode()) for text in texts.values())


def plain(value: Value) -> Any:
    """A value without the marks of where it comes from."""
    match value:
        case Marked():
            return plain(value.value)
        case Mapping():
            return {key: plain(item) for key, item in value.items()}
        case str() | int() | None:
            return value
        case Iterable():
            return [plain(item) for item in value]
    return value
