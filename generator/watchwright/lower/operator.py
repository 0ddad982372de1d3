"""Prometheus' settings as the Prometheus Operator's object has them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from types import MappingProxyType

from watchwright.lower import references
from watchwright.lower.plan import Fleet
from watchwright.lower.servers import FEATURE, features
from watchwright.model.cluster import ConfigMapKey, Secret
from watchwright.model.server import Operator, RemoteWrite

#: Flags that the object has a field of its own for: prometheus-operator, pkg/apis/monitoring/v1/prometheus_types.go.
FIELDS: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "web.external-url": ("externalUrl",),
        "web.route-prefix": ("routePrefix",),
        "log.level": ("logLevel",),
        "log.format": ("logFormat",),
        "query.lookback-delta": ("query", "lookbackDelta"),
        "query.max-concurrency": ("query", "maxConcurrency"),
        "query.max-samples": ("query", "maxSamples"),
        "query.timeout": ("query", "timeout"),
    }
)
_NUMBERS = frozenset({"query.max-concurrency", "query.max-samples"})
_REMOTE_WRITE_RECEIVER = "web.enable-remote-write-receiver"

# The Operator starts every Prometheus with it: pkg/prometheus/promcfg.go, BuildCommonPrometheusArgs
_GIVEN = "web.enable-lifecycle"
#: Those that the Operator has its own way for, and refuses among further arguments.
MANAGED = frozenset({"web.config.file", "web.console.templates", "web.console.libraries", "web.listen-address"})

OperatorValue = str | int | bool | Mapping[str, str] | Mapping[str, str | int] | list[str] | list[Mapping[str, str]]


def operator_spec(fleet: Fleet) -> Iterator[tuple[str, OperatorValue]]:
    """The fields of its `spec`; those that are empty say nothing."""
    platform = fleet.platform
    yield "scrapeInterval", platform.scrape_interval
    yield "scrapeTimeout", platform.scrape_timeout
    yield "evaluationInterval", platform.evaluation_interval
    yield "externalLabels", dict(platform.external_labels)
    yield "retention", platform.retention
    if platform.retention_size is not None:
        yield "retentionSize", platform.retention_size
    yield "enableFeatures", list(features(fleet))
    yield from _fields(platform.flags)
    if _REMOTE_WRITE_RECEIVER in platform.flags:
        yield "enableRemoteWriteReceiver", True
    yield "additionalArgs", list(_further(platform.flags))


def _fields(flags: Mapping[str, str]) -> Iterator[tuple[str, OperatorValue]]:
    query: dict[str, str | int] = {}
    for name in sorted(FIELDS.keys() & flags.keys()):
        value = int(flags[name]) if name in _NUMBERS and flags[name].isdecimal() else in_pod(flags[name])
        field = FIELDS[name]
        if len(field) == 1:
            yield field[0], value
        else:
            query[field[1]] = value
    yield "query", query


def _further(flags: Mapping[str, str]) -> Iterator[Mapping[str, str]]:
    for name in sorted(flags.keys() - FIELDS.keys() - MANAGED - {_REMOTE_WRITE_RECEIVER, _GIVEN, FEATURE}):
        yield {"name": name, "value": in_pod(flags[name])} if flags[name] else {"name": name}


def starts(fleet: Fleet) -> bool:
    """Whether the Operator starts the server that has the rules."""
    return any(isinstance(each, Operator) for each in fleet.platform.started_by)


def referenced(fleet: Fleet) -> Mapping[str, Secret | ConfigMapKey]:
    """Who has in the cluster what definitions know as files."""
    cluster = fleet.platform.cluster
    return cluster.files if cluster is not None else {}


def unreferenced(write: RemoteWrite, fleet: Fleet) -> Iterator[str]:
    """The files that a remote write reads, and that the object cannot refer to."""
    return references.unreferenced(write.auth, write.tls, referenced(fleet))


def in_pod(argument: str) -> str:
    """
    An argument of a container, in which kubelet expands `$(NAME)` and makes one dollar of two.

    https://kubernetes.io/docs/reference/kubernetes-api/workload-resources/pod-v1/#Container, `args`
    """
    return argument.replace("$", "$$")
