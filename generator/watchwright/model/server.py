"""How Prometheus runs: what it writes elsewhere, how it is sharded, and what starts it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from types import MappingProxyType
from typing import Literal

import attrs

from watchwright.model.accept import accepted
from watchwright.model.duration import milliseconds, optional
from watchwright.model.error import DefinitionError
from watchwright.model.label import plain_name, strings
from watchwright.model.scrape import BasicAuth, Bearer, Relabel, Tls
from watchwright.model.typed import several, typed
from watchwright.model.url import http_url, shown_url
from watchwright.source import Source, here

_UNIT = re.compile(r"[A-Za-z0-9@_.-]+")
_PATH = re.compile(r"/[\w./-]*")
_OBJECT = re.compile(r"[a-z0-9]([a-z0-9.-]*[a-z0-9])?")
# it becomes a part of file names
_CLUSTER = re.compile(r"[A-Za-z0-9]+([_.-][A-Za-z0-9]+)*")


# Remote write -------------------------------------------------------------------------------------------


def _scopes(values: Iterable[str]) -> tuple[str, ...]:
    return strings("`scopes`", values)


def _at_least_one(owner: str, **numbers: int) -> None:
    for name, number in numbers.items():
        if number < 1:
            msg = f"`{name}` of {owner} must be at least 1, got {number}"
            raise DefinitionError(msg, "leave it out for Prometheus' own")


@attrs.frozen(order=False, field_transformer=typed, kw_only=True)
class OAuth2:
    """A token that is asked for at *token_url*; the client's secret is in a file on the server."""

    client_id: str
    client_secret_file: str
    token_url: str
    scopes: tuple[str, ...] = attrs.field(default=(), converter=_scopes)

    def __attrs_post_init__(self) -> None:
        http_url("`token_url` of OAuth2", self.token_url)


@attrs.frozen(order=False, field_transformer=typed, kw_only=True)
class WriteQueue:
    """
    How samples wait to be sent.

    Between *least* and *most* senders work at a time, each of which has *capacity* samples waiting and sends at most
    *batch* of them at once, or what there is after *deadline*. A request that failed is sent again after *wait*, at
    longest after *longest*. The defaults are those of Prometheus 2.47 and newer, older ones have others.
    """

    # https://prometheus.io/docs/practices/remote_write/#parameters
    capacity: int = 10_000
    least: int = 1
    most: int = 50
    batch: int = 2_000
    deadline: str = "5s"
    wait: str = "30ms"
    longest: str = "5s"

    def __attrs_post_init__(self) -> None:
        _at_least_one("WriteQueue", capacity=self.capacity, least=self.least, most=self.most, batch=self.batch)
        for name in ("deadline", "wait", "longest"):
            milliseconds(getattr(self, name), f"`{name}` of WriteQueue")


def _relabel(values: Iterable[Relabel]) -> tuple[Relabel, ...]:
    return several(values)


@attrs.frozen(order=False, field_transformer=typed, kw_only=True)
class RemoteWrite:
    """
    Samples that Prometheus sends to another server as it takes them in.

    *name* is what it is called in Prometheus' own metrics, *tenant* goes into the header X-Scope-OrgID, which Mimir,
    Cortex and Loki tell tenants by. *relabel* are steps on each series that is sent: `drop_series(...)` keeps some at
    home. *exemplars* and *native_histograms* are sent too, where the other server takes them. Headers hold no secrets:
    credentials are files on the server.
    """

    url: str = attrs.field(kw_only=False)
    name: str = ""
    tenant: str = ""
    auth: BasicAuth | Bearer | OAuth2 | None = None
    tls: Tls | None = None
    timeout: str = "30s"
    exemplars: bool = False
    native_histograms: bool = False
    relabel: tuple[Relabel, ...] = attrs.field(default=(), converter=_relabel)
    queue: WriteQueue = attrs.field(factory=WriteQueue)
    accept: Mapping[str, str] = attrs.field(factory=dict, converter=accepted, eq=False)
    source: Source = attrs.field(factory=here, eq=False, repr=False)

    def __attrs_post_init__(self) -> None:
        http_url("the URL of RemoteWrite", self.url)
        milliseconds(self.timeout, "`timeout` of RemoteWrite")
        if not self.tenant.isprintable():
            msg = f"`tenant` of RemoteWrite is a text without control characters, got {self.tenant!r}"
            raise DefinitionError(msg, "it goes into the header X-Scope-OrgID")


# Shards -------------------------------------------------------------------------------------------------


def _clusters(values: Mapping[str, Iterable[str]] | Iterable[str]) -> Mapping[str, tuple[str, ...]]:
    given = values if isinstance(values, Mapping) else {"": values}
    return MappingProxyType({name: strings("the servers of Shards", servers) for name, servers in given.items()})


def _interval(value: str | None) -> str | None:
    return optional(value, "`interval` of Shards", zero=False)


@attrs.frozen(order=False, field_transformer=typed, kw_only=True)
class Shards:
    """
    Servers that share out the targets, and that one more server reads: the one that has the rules.

    *servers* are where that one finds each of them, `host:port`, in an order that stays: the place in it is the number
    of the shard. Of several clusters, each of which has its own targets, they are a mapping of the clusters' names to
    their servers; series then carry *label*. What the shards hold is read each *interval*, the platform's scrape
    interval where None. An alert that belongs to *owner* says when one of them cannot be read.
    """

    servers: Mapping[str, tuple[str, ...]] = attrs.field(kw_only=False, converter=_clusters, hash=False)
    owner: str
    label: str = "cluster"
    interval: str | None = attrs.field(default=None, converter=_interval)
    scheme: Literal["http", "https"] = "http"
    auth: BasicAuth | Bearer | None = None
    tls: Tls | None = None
    accept: Mapping[str, str] = attrs.field(factory=dict, converter=accepted, eq=False)
    source: Source = attrs.field(factory=here, eq=False, repr=False)

    def __attrs_post_init__(self) -> None:
        if not self.servers or not all(self.servers.values()):
            given = {name: list(servers) for name, servers in self.servers.items()}
            msg = f"Shards lists at least one server, of each cluster, got {given}"
            raise DefinitionError(msg, 'write Shards(["prometheus-0:9090", "prometheus-1:9090"], ...)')
        for server in (each for servers in self.servers.values() for each in servers):
            if not re.fullmatch(r"[^\s/@]+:\d+", server):
                msg = f"a server of Shards is host:port, got {shown_url(server)!r}"
                raise DefinitionError(msg, 'write it as "prometheus-0:9090": how it is asked is `scheme` and `auth`')
        for cluster in self.servers:
            if cluster and not _CLUSTER.fullmatch(cluster):
                msg = f"the name of a cluster is letters and digits, with `_`, `.` and `-` between, got {cluster!r}"
                raise DefinitionError(msg, "it becomes a part of file names")
        if not self.owner:
            msg = "Shards has no owner"
            raise DefinitionError(msg, "the alert on a shard that is gone is labelled with the team that owns it")
        plain_name("`label` of Shards", self.label)


# What starts it -----------------------------------------------------------------------------------------


def _absolute(owner: str, **paths: str | None) -> None:
    for name, path in paths.items():
        if path is not None and (not path.startswith("/") or not path.isprintable()):
            msg = f"`{name}` of {owner} is an absolute path, got {path!r}"
            raise DefinitionError(msg, "begin it with `/`")


@attrs.frozen(order=False, field_transformer=typed, kw_only=True)
class Systemd:
    """
    A service of systemd: a drop-in that starts *binary* with the flags.

    *folder* holds on that machine what is rendered to `rules/`. Where *data* is None, samples lie where the binary
    puts them by itself: Debian's package has a place of its own.
    """

    unit: str = "prometheus"
    binary: str = "/usr/bin/prometheus"
    folder: str = "/etc/prometheus"
    data: str | None = None

    def __attrs_post_init__(self) -> None:
        _absolute("Systemd", binary=self.binary, folder=self.folder, data=self.data)
        if not _PATH.fullmatch(self.binary):
            msg = f"`binary` of Systemd is a path of letters, digits, `_`, `.` and `-`, got {self.binary!r}"
            raise DefinitionError(msg, "systemd expands other characters in it")
        if not _UNIT.fullmatch(self.unit) or self.unit.endswith(".service"):
            msg = f"`unit` of Systemd is the name of a service, without `.service`, got {self.unit!r}"
            raise DefinitionError(msg, 'write it as "prometheus"')


@attrs.frozen(order=False, field_transformer=typed, kw_only=True)
class Container:
    """
    A container of a *kind* *name* in Kubernetes: a patch of its arguments.

    *folder* is where what is rendered to `rules/` is mounted, *data* where samples lie: by default as in Prometheus'
    own image.
    """

    kind: Literal["StatefulSet", "Deployment"] = "StatefulSet"
    name: str = "prometheus"
    container: str = "prometheus"
    folder: str = "/etc/prometheus"
    data: str = "/prometheus"

    def __attrs_post_init__(self) -> None:
        _absolute("Container", folder=self.folder, data=self.data)
        _named_objects("Container", name=self.name, container=self.container)


@attrs.frozen(order=False, field_transformer=typed, kw_only=True)
class Operator:
    """A `Prometheus` object of the Prometheus Operator: a patch of its retention and flags."""

    name: str = "k8s"

    def __attrs_post_init__(self) -> None:
        _named_objects("Operator", name=self.name)


def _named_objects(owner: str, **names: str) -> None:
    for field, name in names.items():
        if not _OBJECT.fullmatch(name):
            msg = f"`{field}` of {owner} is the name of a Kubernetes object, got {name!r}"
            raise DefinitionError(msg, "small letters and digits, with `-` and `.` between")


Starter = Systemd | Container | Operator
