"""The Kubernetes cluster that takes what is rendered, as manifests."""

from __future__ import annotations

import re
from collections.abc import Mapping
from types import MappingProxyType
from typing import Literal

import attrs

from watchwright.model.accept import accepted
from watchwright.model.discovery import OBJECT_LABEL, OBJECT_VALUE
from watchwright.model.error import DefinitionError
from watchwright.model.rule import frozen_texts
from watchwright.model.typed import typed
from watchwright.query.version import parse_version
from watchwright.source import Source, here

# https://kubernetes.io/docs/concepts/overview/working-with-objects/names/
_LABEL = re.compile(r"[a-z0-9]([a-z0-9-]*[a-z0-9])?")
_SUBDOMAIN = re.compile(rf"{_LABEL.pattern}(\.{_LABEL.pattern})*")
_KEY = re.compile(r"[A-Za-z0-9._-]+")
_OLDEST = (0, 80)
_LONGEST_LABEL = 63  # of a label's value, a namespace, and a label's name behind its prefix
_LONGEST_NAME = 253
_LONGEST_PREFIX = 20  # leaves an object's name room for what it is


@attrs.frozen(order=False, field_transformer=typed)
class Secret:
    """
    Where a credential lies that a definition knows as a file: a *key* of a Secret in the cluster's namespace.

    Basic authentication takes its user from there, too, and OAuth 2 the id of its client: from the key *username*, as
    in Secrets of the type kubernetes.io/basic-auth.
    """

    name: str
    key: str
    username: str = attrs.field(default="username", kw_only=True)

    def __attrs_post_init__(self) -> None:
        _named("Secret", self.name)
        _keyed("Secret", self.key)
        _keyed("Secret", self.username)


@attrs.frozen(order=False, field_transformer=typed)
class ConfigMapKey:
    """Where a certificate lies that everybody may read: a *key* of a ConfigMap in the cluster's namespace."""

    name: str
    key: str

    def __attrs_post_init__(self) -> None:
        _named("ConfigMap", self.name)
        _keyed("ConfigMap", self.key)


@attrs.frozen(order=False, field_transformer=typed, kw_only=True)
class Sidecar:
    """
    Dashboards as ConfigMaps, which the sidecar of Grafana's Helm chart collects.

    It looks for *label* with *value*, and reads the folder from *annotation*; data sources have a label of their own.
    The defaults of the labels are those of kube-prometheus-stack. The annotation counts where the chart sets
    `sidecar.dashboards.folderAnnotation` and `provider.foldersFromFilesStructure`; an empty one is not written.
    """

    label: str = "grafana_dashboard"
    value: str = "1"
    annotation: str = "grafana_folder"
    datasource_label: str = "grafana_datasource"
    datasource_value: str = "1"

    def __attrs_post_init__(self) -> None:
        _labels("Sidecar", {self.label: self.value, self.datasource_label: self.datasource_value})
        if self.annotation:
            _labels("Sidecar", {self.annotation: ""})


@attrs.frozen(order=False, field_transformer=typed, kw_only=True)
class GrafanaOperator:
    """
    Dashboards, folders and data sources as objects of grafana-operator.

    *instances* are labels of the `Grafana` objects that take them. Where these are in another namespace, that has to
    be allowed by *cross_namespace*, which cannot be taken back without deleting the objects.
    """

    instances: Mapping[str, str] = attrs.field(converter=frozen_texts, hash=False)
    cross_namespace: bool = False

    def __attrs_post_init__(self) -> None:
        if not self.instances:
            msg = "`instances` of GrafanaOperator are empty, so every Grafana of the cluster would take the dashboards"
            raise DefinitionError(msg, 'name labels of the Grafana objects: {"dashboards": "grafana"}')
        _labels("GrafanaOperator", self.instances)


def _files(values: Mapping[str, Secret | ConfigMapKey]) -> Mapping[str, Secret | ConfigMapKey]:
    if not isinstance(values, Mapping):
        msg = f"`files` maps paths to Secret(...) or ConfigMapKey(...), got {values!r}"
        raise DefinitionError(msg, 'write {"/run/secrets/bus": Secret("bus", "token")}')
    return MappingProxyType(dict(values))


def _with_release() -> dict[str, str]:
    return {"release": "kube-prometheus-stack"}


@attrs.frozen(order=False, field_transformer=typed, kw_only=True)
class Cluster:
    """
    The cluster for which manifests are rendered under `kubernetes/`, as one Kustomize tree.

    *operator* is the oldest Prometheus Operator to be valid for, from 0.80 on.
    All objects are in *namespace*, bear *labels*, and have names that begin with *prefix*. Prometheus takes those
    alone whose labels its selectors name: kube-prometheus-stack looks for `release` with the name of the Helm release.
    *dashboards* says how Grafana gets them, None that it does not get them from here. *scraping* is `"operator"` for
    ServiceMonitor, PodMonitor and ScrapeConfig, or `"none"`. *apply* is `"client"` for `kubectl apply -k` and Argo CD
    as they are by themselves, which can take 256 KiB an object; or `"server"` for `kubectl apply --server-side`,
    Flux, and Argo CD with ServerSideApply. *files* says of credentials and certificates that definitions know as files
    of the server which Secret or ConfigMap has them.
    """

    operator: str = "0.80"
    namespace: str = "monitoring"
    labels: Mapping[str, str] = attrs.field(factory=_with_release, converter=frozen_texts, hash=False)
    prefix: str = ""
    dashboards: Sidecar | GrafanaOperator | None = attrs.field(factory=Sidecar)
    scraping: Literal["operator", "none"] = "operator"
    apply: Literal["client", "server"] = "client"
    files: Mapping[str, Secret | ConfigMapKey] = attrs.field(factory=dict, converter=_files, hash=False)
    accept: Mapping[str, str] = attrs.field(factory=dict, converter=accepted, eq=False)
    source: Source = attrs.field(factory=here, eq=False, repr=False)

    def __attrs_post_init__(self) -> None:
        if not re.fullmatch(r"\d+\.\d+", self.operator):
            msg = f'a version of the Operator is written "0.80", got {self.operator!r}'
            raise DefinitionError(msg, "name the oldest one that runs, by its first two numbers")
        if parse_version(self.operator) < _OLDEST:
            msg = f"manifests are valid from Operator 0.80 on, got {self.operator!r}"
            raise DefinitionError(msg, 'write "0.80" or newer')
        if not _LABEL.fullmatch(self.namespace) or len(self.namespace) > _LONGEST_LABEL:
            msg = f"a namespace is of small letters, digits and `-`, at most 63 of them, got {self.namespace!r}"
            raise DefinitionError(msg, 'write it as "monitoring"')
        if self.prefix and (not re.fullmatch(r"[a-z0-9][a-z0-9-]*", self.prefix) or len(self.prefix) > _LONGEST_PREFIX):
            msg = f"`prefix` of Cluster is of small letters, digits and `-`, at most 20 of them, got {self.prefix!r}"
            raise DefinitionError(msg, 'write it as "prod-"')
        _labels("Cluster", self.labels)


def _named(kind: str, name: str) -> None:
    if not _SUBDOMAIN.fullmatch(name) or len(name) > _LONGEST_NAME:
        msg = f"the name of a {kind} is of small letters, digits, `-` and `.`, got {name!r}"
        raise DefinitionError(msg, f"`kubectl get {kind.lower()}s` lists their names")


def _keyed(kind: str, key: str) -> None:
    if not _KEY.fullmatch(key) or len(key) > _LONGEST_NAME:
        msg = f"a key of a {kind} is of letters, digits, `-`, `_` and `.`, got {key!r}"
        raise DefinitionError(msg, f"it is one of those below `data` of the {kind}")


def _labels(owner: str, labels: Mapping[str, str]) -> None:
    for name, value in labels.items():
        wrong = not OBJECT_LABEL.fullmatch(name) or not OBJECT_VALUE.fullmatch(value)
        if wrong or max(len(name.rpartition("/")[2]), len(value)) > _LONGEST_LABEL:
            msg = f"`{name}={value}` of {owner} is no label of a Kubernetes object"
            raise DefinitionError(msg, "letters, digits, `-`, `_` and `.`, at most 63; a name may have a prefix")
