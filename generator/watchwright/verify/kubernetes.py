"""
What the API server and the Operator would refuse, as far as no schema is needed to know it.

The schemas of the Operator's own objects accept groups of one name, rules that both record and alert, and fields
that nobody knows: https://github.com/prometheus-operator/prometheus-operator, example/prometheus-operator-crd.
"""

from __future__ import annotations

import posixpath
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

import yaml

from watchwright.backends.artifact import Artifact
from watchwright.finding import Finding, reports
from watchwright.source import NOWHERE

_Loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_KUSTOMIZATION = "kustomization.yaml"

# https://kubernetes.io/docs/concepts/overview/working-with-objects/names/
_NAME = re.compile(r"[a-z0-9]([a-z0-9-]*[a-z0-9])?(\.[a-z0-9]([a-z0-9-]*[a-z0-9])?)*")
_KEY = re.compile(r"[A-Za-z0-9._-]+")
_LABEL = re.compile(r"([A-Za-z0-9]([A-Za-z0-9_.-]*[A-Za-z0-9])?)?")
_LONGEST_NAME, _LONGEST_LABEL = 253, 63
_MIB = 1024 * 1024

# prometheus-operator v0.93.0: pkg/apis/monitoring/v1/prometheusrule_types.go
_GROUP_KEYS = {"name", "labels", "interval", "query_offset", "rules", "partial_response_strategy", "limit"}
_ALERT_KEYS = {"alert", "expr", "for", "keep_firing_for", "labels", "annotations"}
_RECORD_KEYS = {"record", "expr", "labels"}


@reports("kubernetes/invalid")
def invalid(problem: str, artifact: Artifact) -> Finding:
    """
    A rendered manifest is not what the cluster takes.

    The API server would refuse it, or the Operator would leave the whole object out, with a line in its log and
    nothing else. Where no definition of yours says so, it is a bug of Watchwright or of an installed backend.
    """
    origin = artifact.origins[0].origin if artifact.origins else None
    return Finding(
        problem,
        source=origin.source if origin else NOWHERE,
        subject=origin.subject if origin else "",
        accept=origin.accept if origin else {},
        hint=f"rendered at {artifact.path}",
    )


def verify(artifacts: Iterable[Artifact]) -> tuple[Finding, ...]:
    """What is wrong with the manifests among the *artifacts* of one environment."""
    ours = [artifact for artifact in artifacts if artifact.path.startswith("kubernetes/")]
    seen: dict[tuple[str, str, str], str] = {}
    findings: list[Finding] = []
    for artifact in ours:
        document = _document(artifact.text)
        if posixpath.basename(artifact.path) == _KUSTOMIZATION:
            problems = _kustomization(document, artifact, ours)
        else:
            problems = _object(document, artifact.path, seen)
        findings += [invalid(problem, artifact) for problem in problems]
    return tuple(findings)


def _document(text: str) -> Mapping[str, Any] | str:
    try:
        found = yaml.load(text, _Loader)  # noqa: S506 - a safe one
    except yaml.YAMLError as error:
        return f"it is no YAML: {error}"
    return found if isinstance(found, Mapping) else "it is no object"


def _kustomization(document: Mapping[str, Any] | str, artifact: Artifact, ours: Sequence[Artifact]) -> Iterator[str]:
    if isinstance(document, str):
        yield document
        return
    folder = posixpath.dirname(artifact.path)
    listed = Counter(map(str, document.get("resources") or ()))
    there = {posixpath.relpath(each.path, folder) for each in ours if each is not artifact}
    yield from (f"it lists `{path}` twice" for path, times in listed.items() if times > 1)
    yield from (f"it lists `{path}`, which is not there" for path in sorted(listed.keys() - there))
    yield from (f"it leaves out `{path}`" for path in sorted(there - listed.keys()))


def _object(document: Mapping[str, Any] | str, path: str, seen: dict[tuple[str, str, str], str]) -> Iterator[str]:
    if isinstance(document, str):
        yield document
        return
    metadata = document.get("metadata")
    metadata = metadata if isinstance(metadata, Mapping) else {}
    kind, name = str(document.get("kind", "")), str(metadata.get("name", ""))
    if not kind or not document.get("apiVersion"):
        yield "it has no `kind` or no `apiVersion`"
    if not _NAME.fullmatch(name) or len(name) > _LONGEST_NAME:
        yield f"`{name}` is no name of an object"
    for label, value in (metadata.get("labels") or {}).items():
        if not isinstance(value, str) or not _LABEL.fullmatch(value) or len(value) > _LONGEST_LABEL:
            yield f"`{label}={value}` is no label of an object"
    other = seen.setdefault((kind, str(metadata.get("namespace", "")), name), path)
    if other != path:
        yield f"{kind} `{name}` is in {other} too"
    if kind == "PrometheusRule":
        yield from _rules(document.get("spec"))
    elif kind == "ConfigMap":
        yield from _data(document.get("data"))


def _data(data: Any) -> Iterator[str]:
    if not isinstance(data, Mapping):
        yield "it has no `data`"
        return
    for key, value in data.items():
        if not isinstance(value, str):
            yield f"`{key}` is no text"
        if not isinstance(key, str) or not _KEY.fullmatch(key) or len(key) > _LONGEST_NAME:
            yield f"`{key}` is no key of a ConfigMap"
    if sum(len(str(value).encode()) for value in data.values()) > _MIB:
        yield "it has more than 1 MiB of data"


def _rules(spec: Any) -> Iterator[str]:
    groups = spec.get("groups") if isinstance(spec, Mapping) else None
    if not isinstance(groups, list) or not all(isinstance(group, Mapping) for group in groups):
        yield "its `groups` are no list of groups"
        return
    for name, times in Counter(str(group.get("name") or "") for group in groups).items():
        if times > 1:
            yield f"group `{name}` is there {times} times"
    for group in groups:
        name = group.get("name")
        if not isinstance(name, str) or not name:
            yield "a group has no name"
        yield from (f"group `{name}` has `{key}`" for key in sorted(group.keys() - _GROUP_KEYS))
        for number, rule in enumerate(group.get("rules") or (), start=1):
            yield from (f"rule {number} of group `{name}` {problem}" for problem in _rule(rule))


def _rule(rule: Any) -> Iterator[str]:
    if not isinstance(rule, Mapping):
        yield "is no rule"
        return
    if ("record" in rule) == ("alert" in rule):
        yield "both records and alerts" if "record" in rule else "neither records nor alerts"
    known = (_RECORD_KEYS if "record" in rule else set()) | (_ALERT_KEYS if "alert" in rule else set())
    yield from (f"has `{key}`" for key in sorted(rule.keys() - (known or _ALERT_KEYS)))
    if not isinstance(rule.get("expr"), str) or not rule["expr"].strip():
        yield "has no expression"
    for texts in ("labels", "annotations"):
        found = rule.get(texts) or {}
        if not isinstance(found, Mapping) or not all(isinstance(text, str) for text in found.values()):
            yield f"has `{texts}` that are no texts"
