"""Dashboards, folders and data sources for the Grafana of a cluster, each a finished file in an envelope."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

import attrs
import yaml

from watchwright.backends.artifact import Artifact
from watchwright.backends.kubernetes_manifest import Manifest, excess, object_name
from watchwright.backends.yamltext import Value, said
from watchwright.finding import Finding, reports
from watchwright.lower import names
from watchwright.lower.plan import Board, Fleet, Origin, Plan
from watchwright.model.cluster import Cluster, ConfigMapKey, GrafanaOperator, Secret, Sidecar

_API = "grafana.integreatly.org/v1beta1"
_PROVISIONING = "dashboards/provisioning/"
_Loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_TOKEN = re.compile(r'"(?:[^"\\]|\\.)*"|\s+')

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


def objects(fleet: Fleet, files: Mapping[str, Artifact], cluster: Cluster) -> Iterator[Manifest | Finding]:
    """What makes the dashboards and data sources among *files* known to Grafana."""
    match cluster.dashboards:
        case Sidecar() as sidecar:
            yield from _collected(fleet, files, cluster, sidecar)
        case GrafanaOperator() as operator:
            yield from _operated(fleet, files, cluster, operator)


# ConfigMaps for the sidecar.


def _collected(fleet: Fleet, files: Mapping[str, Artifact], cluster: Cluster, sidecar: Sidecar) -> Iterator[Manifest]:
    for plan, board, text in _boards(fleet, files):
        name = object_name(cluster, plan.system.name, board.slug)
        # the sidecar reads the annotation as the path of a folder, and Grafana takes folders for no deeper than one
        folder = {sidecar.annotation: _folder(plan, fleet).replace("/", "-")} if sidecar.annotation else {}
        manifest = config_map(
            f"{plan.system.name}/dashboard-{board.slug}.yaml", name, {f"{name}.json": text}, board.origin, cluster
        )
        yield attrs.evolve(manifest, system=plan.system.name, labels={sidecar.label: sidecar.value}, annotations=folder)
    for artifact, _ in _datasources(files):
        name = object_name(cluster, "grafana", *_words(artifact))
        manifest = config_map(f"{name}.yaml", name, {f"{name}.yaml": artifact.text}, _platform(cluster), cluster)
        yield attrs.evolve(manifest, labels={sidecar.datasource_label: sidecar.datasource_value})


def config_map(path: str, name: str, data: Mapping[str, str], origin: Origin, cluster: Cluster) -> Manifest:
    """A ConfigMap of whole files; JSON in it loses its blanks where it would be too large with them."""
    made = Manifest(path=path, api="v1", kind="ConfigMap", name=name, system="", body={"data": data}, origin=origin)
    if excess(made, cluster):
        squeezed = {key: dense(text) if key.endswith(".json") else text for key, text in data.items()}
        return attrs.evolve(made, body={"data": squeezed})
    return made


def dense(text: str) -> str:
    """JSON without the blanks between its tokens; every number and text as it was written."""
    return _TOKEN.sub(lambda found: found[0] if found[0].startswith('"') else "", text)


# Objects of grafana-operator.


def _operated(
    fleet: Fleet, files: Mapping[str, Artifact], cluster: Cluster, operator: GrafanaOperator
) -> Iterator[Manifest | Finding]:
    chosen = _instances(operator)
    for plan in fleet.plans:
        if plan.boards:
            yield _folder_object(plan, fleet, chosen, cluster)
    for plan, board, text in _boards(fleet, files):
        made = _dashboard_object(plan, board, {**chosen, "json": text}, cluster)
        fits = not excess(made, cluster)
        yield made if fits else _dashboard_object(plan, board, {**chosen, "json": dense(text)}, cluster)
    for _, datasources in _datasources(files):
        for datasource in datasources:
            yield _datasource(datasource, chosen, cluster)


def _instances(operator: GrafanaOperator) -> dict[str, Value]:
    crossing: dict[str, Value] = {"allowCrossNamespaceImport": True} if operator.cross_namespace else {}
    return {**crossing, "instanceSelector": {"matchLabels": dict(operator.instances)}}


def _folder_object(plan: Plan, fleet: Fleet, chosen: Mapping[str, Value], cluster: Cluster) -> Manifest:
    system = plan.system
    uid = names.folder_uid(system.name, fleet.environment.folder)
    spec: dict[str, Value] = {**chosen, "title": _folder(plan, fleet), "uid": uid}
    return Manifest(
        path=f"{system.name}/grafanafolder.yaml",
        api=_API,
        kind="GrafanaFolder",
        name=object_name(cluster, system.name),
        system=system.name,
        body={"spec": spec},
        origin=Origin(source=system.source, subject=system.name, accept=system.accept),
    )


def _dashboard_object(plan: Plan, board: Board, given: Mapping[str, Value], cluster: Cluster) -> Manifest:
    system = plan.system.name
    spec: dict[str, Value] = {"folderRef": object_name(cluster, system), **given}
    return Manifest(
        path=f"{system}/grafanadashboard-{board.slug}.yaml",
        api=_API,
        kind="GrafanaDashboard",
        name=object_name(cluster, system, board.slug),
        system=system,
        body={"spec": spec},
        origin=board.origin,
    )


def _datasource(given: Mapping[str, Any], chosen: Mapping[str, Value], cluster: Cluster) -> Manifest | Finding:
    title = str(given.get("name", ""))
    secrets = {
        key: (found["before"], cluster.files[found["path"]])
        for key, text in (given.get("secureJsonData") or {}).items()
        if (found := _FILE.fullmatch(str(text))) and isinstance(cluster.files.get(found["path"]), Secret)
    }
    secure = {key: text for key, text in (given.get("secureJsonData") or {}).items() if key not in secrets}
    unknown = sorted(given.keys() - {*_DATASOURCE, *_ELSEWHERE})
    if unknown or _expands({**given, "secureJsonData": secure}):
        what = f"has `{unknown[0]}`" if unknown else "reads what Grafana alone knows"
        return attrs.evolve(not_taken(title, what), source=cluster.source, accept=cluster.accept)
    known = {key: _literal(given[key]) for key in _DATASOURCE if key in given}
    if secrets:
        known["secureJsonData"] |= {key: f"{before}${{{found.key}}}" for key, (before, found) in secrets.items()}
    spec: dict[str, Value] = {
        **chosen,
        **({"uid": str(given["uid"])} if "uid" in given else {}),
        **said({"valuesFrom": [_value_from(key, found) for key, (_, found) in secrets.items()]}),
        "datasource": known,
    }
    name = object_name(cluster, "grafana", title)
    return Manifest(
        path=f"grafanadatasource-{name}.yaml",
        api=_API,
        kind="GrafanaDatasource",
        name=name,
        system="",
        body={"spec": spec},
        origin=_platform(cluster),
    )


def _value_from(key: str, found: Secret | ConfigMapKey) -> Mapping[str, Value]:
    reference = {"secretKeyRef": {"name": found.name, "key": found.key}}
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


# What both are made of.


def _boards(fleet: Fleet, files: Mapping[str, Artifact]) -> Iterator[tuple[Plan, Board, str]]:
    for plan in fleet.plans:
        for board in plan.boards:
            yield plan, board, files[f"dashboards/{plan.system.name}/{board.slug}.json"].text


def _datasources(files: Mapping[str, Artifact]) -> Iterator[tuple[Artifact, list[Mapping[str, Any]]]]:
    """Files of Grafana's provisioning that hold data sources, with these."""
    for path in sorted(files):
        if path.startswith(_PROVISIONING) and path.endswith((".yaml", ".yml")):
            document = yaml.load(files[path].text, _Loader)  # noqa: S506 - a safe one
            if found := document.get("datasources"):
                yield files[path], found


def _words(artifact: Artifact) -> tuple[str, ...]:
    words = artifact.path.removeprefix(_PROVISIONING).rpartition(".")[0].split("/")
    return tuple(dict.fromkeys(words))


def _folder(plan: Plan, fleet: Fleet) -> str:
    """The title of a system's folder; each of several environments has its own, for one Grafana may show them all."""
    environment = fleet.environment.folder
    title = plan.system.title or plan.system.name
    return f"{title} ({environment})" if environment else title


def _platform(cluster: Cluster) -> Origin:
    return Origin(source=cluster.source, subject="platform / cluster", accept=cluster.accept)
