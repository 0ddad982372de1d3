"""Where a job's targets come from."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Literal

import attrs

from watchwright.model.duration import optional
from watchwright.model.error import DefinitionError
from watchwright.model.label import strings
from watchwright.model.rule import frozen_texts
from watchwright.model.typed import typed
from watchwright.model.url import http_url

# https://kubernetes.io/docs/concepts/overview/working-with-objects/labels/#syntax-and-character-set
OBJECT_LABEL = re.compile(r"([a-z0-9.-]+/)?[A-Za-z0-9]([A-Za-z0-9_.-]*[A-Za-z0-9])?")
OBJECT_VALUE = re.compile(r"([A-Za-z0-9]([A-Za-z0-9_.-]*[A-Za-z0-9])?)?")


def _targets(values: Iterable[str]) -> tuple[str, ...]:
    return strings("targets", values)


def _files(values: Iterable[str]) -> tuple[str, ...]:
    return strings("files", values)


def _namespaces(values: Iterable[str]) -> tuple[str, ...]:
    return strings("`namespaces`", values)


def _refresh(value: str | None) -> str | None:
    return optional(value, "`refresh`")


@attrs.frozen(order=False, field_transformer=typed)
class Static:
    """Targets listed by `host:port`, with labels for all of them."""

    targets: tuple[str, ...] = attrs.field(converter=_targets)
    labels: Mapping[str, str] = attrs.field(factory=dict, converter=frozen_texts, kw_only=True, hash=False)

    def __attrs_post_init__(self) -> None:
        if not self.targets:
            msg = "a static discovery lists at least one target"
            raise DefinitionError(msg)
        for target in self.targets:
            if not target or "/" in target:
                msg = f"a target is host:port, got {target!r}"
                raise DefinitionError(msg, "the path is `path` of the job, the scheme its `scheme`")


@attrs.frozen(order=False, field_transformer=typed)
class File:
    """Targets from JSON or YAML files that something else writes; the last part of a path may hold a `*`."""

    files: tuple[str, ...] = attrs.field(converter=_files)
    refresh: str | None = attrs.field(default=None, converter=_refresh, kw_only=True)


@attrs.frozen(order=False, field_transformer=typed)
class Http:
    """Targets from an HTTP endpoint that answers in Prometheus' JSON."""

    url: str
    refresh: str | None = attrs.field(default=None, converter=_refresh, kw_only=True)

    def __attrs_post_init__(self) -> None:
        http_url("the URL of a discovery", self.url)


@attrs.frozen(order=False, field_transformer=typed, kw_only=True)
class Kubernetes:
    """
    Targets from the Kubernetes API.

    *port* keeps the container or endpoint port of that name, *namespaces* those namespaces alone (all
    where none is given), *labels* those objects whose labels have these values. Targets carry
    `namespace`, and `pod` or `service` where the role has them.
    """

    role: Literal["node", "service", "pod", "endpoints", "endpointslice", "ingress"]
    port: str | None = None
    namespaces: tuple[str, ...] = attrs.field(default=(), converter=_namespaces)
    labels: Mapping[str, str] = attrs.field(factory=dict, converter=frozen_texts, hash=False)

    def __attrs_post_init__(self) -> None:
        if self.port is not None and self.role in ("node", "ingress"):
            msg = f"role {self.role} has no ports to choose from, got port={self.port!r}"
            raise DefinitionError(msg)
        for name, value in self.labels.items():
            if not OBJECT_LABEL.fullmatch(name) or not OBJECT_VALUE.fullmatch(value):
                msg = f"`{name}={value}` is no label of a Kubernetes object"
                raise DefinitionError(msg)


Discovery = Static | File | Http | Kubernetes
