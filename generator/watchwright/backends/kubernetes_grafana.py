"""Dashboards, folders and data sources for the Grafana of a cluster, each a finished file in an envelope."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

import attrs
import yaml

from watchwright.backends.artifact import Artifact
from watchwright.backends.kubernetes_datasource import API, datasource
from watchwright.backends.kubernetes_manifest import Manifest, excess, object_name, origin
from watchwright.backends.yamltext import Value
from watchwright.finding import Finding
from watchwright.lower import names
from watchwright.lower.plan import Board, Fleet, Origin, Plan
from watchwright.model.cluster import Cluster, GrafanaOperator, Sidecar

_PROVISIONING = "dashboards/provisioning/"
_Loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_TOKEN = re.compile(r'"(?:[^"\\]|\\.)*"|\s+')


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
        manifest = config_map(f"{name}.yaml", name, {f"{name}.yaml": artifact.text}, origin(cluster), cluster)
        yield attrs.evolve(manifest, labels={sidecar.datasource_label: sidecar.datasource_value})


def config_map(path: str, name: str, data: Mapping[str, str], whose: Origin, cluster: Cluster) -> Manifest:
    """A ConfigMap of whole files; JSON in it loses its blanks where it would be too large with them."""
    made = Manifest(path=path, api="v1", kind="ConfigMap", name=name, system="", body={"data": data}, origin=whose)
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
    for _, given in _datasources(files):
        yield from (datasource(each, chosen, cluster) for each in given)


def _instances(operator: GrafanaOperator) -> dict[str, Value]:
    crossing: dict[str, Value] = {"allowCrossNamespaceImport": True} if operator.cross_namespace else {}
    return {**crossing, "instanceSelector": {"matchLabels": dict(operator.instances)}}


def _folder_object(plan: Plan, fleet: Fleet, chosen: Mapping[str, Value], cluster: Cluster) -> Manifest:
    system = plan.system
    uid = names.grafana_uid(system.name, fleet.environment.folder)
    spec: dict[str, Value] = {**chosen, "title": _folder(plan, fleet), "uid": uid}
    return Manifest(
        path=f"{system.name}/grafanafolder.yaml",
        api=API,
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
        api=API,
        kind="GrafanaDashboard",
        name=object_name(cluster, system, board.slug),
        system=system,
        body={"spec": spec},
        origin=board.origin,
    )


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
