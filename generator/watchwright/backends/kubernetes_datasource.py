"""A data source of Grafana's provisioning as an object of grafana-operator."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping
from typing import Any

import attrs

from watchwright.backends.kubernetes_manifest import Manifest, object_name, origin
from watchwright.backends.yamltext import Value, said
from watchwright.finding import Finding, reports
from watchwright.model.cluster import Cluster, Secret

API = "grafana.integreatly.org/v1beta1"

# What grafana-operator v5.24.0 reads of a data source, but `uid`, which has a place of its own, and `orgId`, which it
# has no use for: api/v1beta1/grafanadatasource_types.go, controllers/datasource_controller.go
_DATASOURCE = (
    "name", "type", "url", "access", "isDefault", "editable", "basicAuth", "basicAuthUser", "user", "database",
    "jsonData", "secureJsonData",
)  # fmt: skip
_ELSEWHERE = {"uid", "orgId", "version"}
# What Grafana expands in the files of its provisioning: a variable of its environment, or what one of its providers has
_EXPANDED = re.compile(r"\$(?:__\w+\{[^}]*\}|\{\w+\}|\w+)")
_FILE = re.compile(r"(?P<before>[^$]*)\$__file\{(?P<path>[^}]*)\}")


@reports("kubernetes/datasource")
def not_taken(source: str, what: str) -> Finding:
    """
    A data source that Grafana reads from a file says something that an object of grafana-operator cannot.

    Grafana expands variables of its environment (`${PASSWORD}`) and files (`$__file{...}`) in what it is provisioned
    with; grafana-operator knows neither, but keys of Secrets. `Cluster(files={"/run/secrets/grafana": Secret("grafana",
    "password")})` says which has a file's content. Or write the data source by hand, beside what is rendered.
    """
    return Finding(
        f"data source `{source}` {what}, which no GrafanaDatasource can",
        subject="platform / cluster",
        hint="give the credential as a file, and name its Secret in `files` of Cluster",
    )


def datasource(given: Mapping[str, Any], chosen: Mapping[str, Value], cluster: Cluster) -> Manifest | Finding:
    """The object of an entry of `datasources`, for the Grafanas that are *chosen*."""
    title = str(given.get("name", ""))
    files = dict(_files(given, cluster))
    unknown = sorted(given.keys() - {*_DATASOURCE, *_ELSEWHERE})
    if unknown or _expands({**given, "secureJsonData": _secure(given, without=files)}):
        what = f"has `{unknown[0]}`" if unknown else "reads what Grafana alone knows"
        return attrs.evolve(not_taken(title, what), source=cluster.source, accept=cluster.accept)
    known = {key: _literal(given[key]) for key in _DATASOURCE if key in given}
    if files:
        known["secureJsonData"] |= {key: f"{before}${{{secret.key}}}" for key, (before, secret) in files.items()}
    spec: dict[str, Value] = {
        **chosen,
        **said({"uid": given.get("uid"), "valuesFrom": [_value_from(key, one) for key, (_, one) in files.items()]}),
        "datasource": known,
    }
    name = object_name(cluster, "grafana", title)
    return Manifest(
        path=f"grafanadatasource-{name}.yaml",
        api=API,
        kind="GrafanaDatasource",
        name=name,
        system="",
        body={"spec": spec},
        origin=origin(cluster),
    )


def _files(given: Mapping[str, Any], cluster: Cluster) -> Iterator[tuple[str, tuple[str, Secret]]]:
    """What is the content of a file that a Secret has: by key, with the text before it."""
    for key, text in _secure(given).items():
        found = _FILE.fullmatch(str(text))
        secret = cluster.files.get(found["path"]) if found else None
        if found and isinstance(secret, Secret):
            yield key, (found["before"], secret)


def _secure(given: Mapping[str, Any], *, without: Collection[str] = ()) -> Mapping[str, Any]:
    return {key: text for key, text in (given.get("secureJsonData") or {}).items() if key not in without}


def _value_from(key: str, secret: Secret) -> Mapping[str, Value]:
    reference = {"secretKeyRef": {"name": secret.name, "key": secret.key}}
    return {"targetPath": f"secureJsonData.{key}", "valueFrom": reference}


def _literal(value: Any) -> Any:
    """A value of Grafana's provisioning without the doubled `$` that it wants there."""
    if isinstance(value, str):
        return value.replace("$$", "$")
    if isinstance(value, Mapping):
        return {key: _literal(item) for key, item in value.items()}
    return [_literal(item) for item in value] if isinstance(value, list) else value


def _expands(value: Any) -> bool:
    if isinstance(value, str):
        return _EXPANDED.search(value.replace("$$", "")) is not None
    if isinstance(value, Mapping):
        return any(map(_expands, value.values()))
    return isinstance(value, list) and any(map(_expands, value))
