"""Scrape jobs: what Prometheus collects, how, and within which limits."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from types import MappingProxyType
from typing import Literal

import attrs

from watchwright.model.accept import accepted
from watchwright.model.discovery import Discovery, Static
from watchwright.model.duration import optional
from watchwright.model.error import DefinitionError
from watchwright.model.expression import Words
from watchwright.model.label import LabelLike, Pattern, label_name, label_names, strings
from watchwright.model.typed import several, typed
from watchwright.model.words import promql
from watchwright.query.printer import text
from watchwright.query.tree import Selector
from watchwright.source import Source, here

_JOB_NAME = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_.-]*")
NAME = re.compile(r"[a-zA-Z_:][a-zA-Z0-9_:]*")

Action = Literal[
    "replace", "lowercase", "uppercase", "keep", "drop", "keepequal", "dropequal",
    "hashmod", "labelmap", "labeldrop", "labelkeep",
]  # fmt: skip


def _sources(values: Iterable[LabelLike]) -> tuple[str, ...]:
    return label_names(values, "`sources`")


@attrs.frozen(order=False, field_transformer=typed, kw_only=True)
class Relabel:
    """
    One step of relabelling, as in Prometheus: *regex* is anchored, `$1` in *replacement* is its first group.

    Fields left at None take Prometheus' own defaults.
    """

    action: Action = "replace"
    sources: tuple[str, ...] = attrs.field(default=(), converter=_sources)
    target: str | None = None
    regex: str | None = None
    replacement: str | None = None
    separator: str | None = None
    modulus: int | None = None

    def __attrs_post_init__(self) -> None:
        if (self.action == "hashmod") != (self.modulus is not None):
            msg = f"`modulus` belongs to hashmod and to nothing else, got {self.modulus} for {self.action}"
            raise DefinitionError(msg)


def drop_series(*names: str | Pattern) -> Relabel:
    """Drop series by name, or by `regex(...)` of names, after a scrape; for `metric_relabel`."""
    return Relabel(action="drop", sources=["__name__"], regex="|".join(map(_names, names)))


def drop_labels(*labels: LabelLike | Pattern) -> Relabel:
    """Drop labels by name, or by `regex(...)` of names, after a scrape; for `metric_relabel`."""
    return Relabel(action="labeldrop", regex="|".join(map(_names, labels)))


def _names(name: LabelLike | Pattern) -> str:
    if isinstance(name, Pattern):
        return name.value
    if not NAME.fullmatch(label_name(name)):
        msg = f"`{label_name(name)}` is no name of a series or a label"
        raise DefinitionError(msg, "write regex(...) for a pattern")
    return label_name(name)


def rename_label(old: LabelLike, new: LabelLike) -> Relabel:
    """Copy a label of the discovery, such as `__meta_kubernetes_pod_name`, to one that stays."""
    (source,), (target,) = label_names([old]), label_names([new])
    return Relabel(sources=[source], target=target)


@attrs.frozen(order=False, field_transformer=typed, kw_only=True)
class BasicAuth:
    """HTTP basic authentication; the password stays in a file on the server."""

    username: str
    password_file: str


@attrs.frozen(order=False, field_transformer=typed, kw_only=True)
class Bearer:
    """A token in a file on the server, sent as `Authorization: <type> <token>`."""

    token_file: str
    type: str = "Bearer"


@attrs.frozen(order=False, field_transformer=typed, kw_only=True)
class Tls:
    """TLS towards the targets; keys and certificates are files on the server."""

    ca_file: str | None = None
    cert_file: str | None = None
    key_file: str | None = None
    server_name: str | None = None
    insecure_skip_verify: bool = False


@attrs.frozen(order=False, field_transformer=typed, kw_only=True)
class Limits:
    """
    What one scrape may bring. A breach of samples or labels fails the whole scrape, a breach of targets the whole job.

    *body* is a size such as `"10MB"`.
    """

    samples: int | None = None
    targets: int | None = None
    labels: int | None = None
    label_name_length: int | None = None
    label_value_length: int | None = None
    body: str | None = None

    def __attrs_post_init__(self) -> None:
        if self.body is not None and not re.fullmatch(r"\d+([kKMGTPE]i?)?B", self.body):
            msg = f"the limit `body` is a size such as 10MB, got {self.body!r}"
            raise DefinitionError(msg)
        for field in attrs.fields(Limits):
            value = getattr(self, field.name)
            if isinstance(value, int) and value < 1:
                msg = f"the limit `{field.name}` must be at least 1, got {value}"
                raise DefinitionError(msg, "leave it out for no limit")


def _discovery(value: Discovery | Iterable[Discovery]) -> tuple[Discovery, ...]:
    return (value,) if isinstance(value, Discovery) else several(value)


def _relabel(values: Iterable[Relabel]) -> tuple[Relabel, ...]:
    return several(values)


def _brings(values: Iterable[str]) -> tuple[str, ...]:
    return strings("`brings`", values)


def _params(values: Mapping[str, Iterable[str]]) -> Mapping[str, tuple[str, ...]]:
    if not isinstance(values, Mapping):
        msg = f"`params` maps names to lists of texts, got {values!r}"
        raise DefinitionError(msg)
    return MappingProxyType({name: strings("`params`", items) for name, items in values.items()})


def _interval(value: str | None) -> str | None:
    return optional(value, "the interval of a job", zero=False)


def _timeout(value: str | None) -> str | None:
    return optional(value, "the timeout of a job", zero=False)


def _gone(value: str | None) -> str | None:
    return optional(value, "`gone_for` of a job")


@attrs.frozen(order=False, field_transformer=typed, kw_only=True)
class Job:
    """
    Targets that Prometheus scrapes alike.

    A job that honours the labels of what it scrapes (push gateway, federation) names in *brings* the
    values of `job` that come with them: they join the system's scope. Each job brings an alert on its
    targets gone, after *gone_for*, with *gone_severity*: the platform's where None.

    With *track_timestamps_staleness* a series that comes with timestamps of its own ends when it is no longer there,
    and not five minutes later: for Prometheus 2.48 and newer.
    """

    name: str = attrs.field(kw_only=False)
    discovery: tuple[Discovery, ...] = attrs.field(kw_only=False, converter=_discovery)
    path: str = "/metrics"
    scheme: Literal["http", "https"] = "http"
    params: Mapping[str, tuple[str, ...]] = attrs.field(factory=dict, converter=_params, hash=False)
    interval: str | None = attrs.field(default=None, converter=_interval)
    timeout: str | None = attrs.field(default=None, converter=_timeout)
    honor_labels: bool = False
    honor_timestamps: bool = True
    track_timestamps_staleness: bool = False
    brings: tuple[str, ...] = attrs.field(default=(), converter=_brings)
    relabel: tuple[Relabel, ...] = attrs.field(default=(), converter=_relabel)
    metric_relabel: tuple[Relabel, ...] = attrs.field(default=(), converter=_relabel)
    limits: Limits = attrs.field(factory=Limits)
    auth: BasicAuth | Bearer | None = None
    tls: Tls | None = None
    gone_for: str | None = attrs.field(default=None, converter=_gone)
    gone_severity: str | None = None
    accept: Mapping[str, str] = attrs.field(factory=dict, converter=accepted, eq=False)
    source: Source = attrs.field(factory=here, eq=False, repr=False)

    def __attrs_post_init__(self) -> None:
        if not isinstance(self.name, str) or not _JOB_NAME.fullmatch(self.name):
            msg = f"a job name must be letters, digits, `_`, `.` and `-`, got {self.name!r}"
            raise DefinitionError(msg)
        if not self.discovery:
            msg = f"job `{self.name}` has no discovery, so it would never have a target"
            raise DefinitionError(msg)
        if not self.path.startswith("/"):
            msg = f"job `{self.name}`: a path begins with `/`, got {self.path!r}"
            raise DefinitionError(msg)


def push_gateway(
    name: str,
    targets: Iterable[str],
    *,
    brings: Iterable[str],
    limits: Limits | None = None,
    accept: Mapping[str, str] | None = None,
) -> Job:
    """A job for runs too short to be scraped: what they pushed keeps its own `job`, one of *brings*."""
    return Job(name, Static(targets), honor_labels=True, brings=brings, limits=limits or Limits(), accept=accept or {})


def federation(  # noqa: PLR0913 - the fields of a Job that a federation has
    name: str,
    targets: Iterable[str],
    *,
    match: Iterable[Words | str],
    brings: Iterable[str] = (),
    interval: str | None = None,
    limits: Limits | None = None,
    accept: Mapping[str, str] | None = None,
) -> Job:
    """
    A job that reads selected series from other Prometheus servers, with the labels they have there.

    *match* are selectors: declared metrics, recorded series, or text such as `'{job="checkout"}'`.
    """
    selectors = [_selector(each) for each in several(match)]
    return Job(
        name,
        Static(targets),
        path="/federate",
        params={"match[]": selectors},
        honor_labels=True,
        brings=brings,
        interval=interval,
        limits=limits or Limits(),
        accept=accept or {},
    )


def _selector(value: Words | str) -> str:
    node = (promql(value) if isinstance(value, str) else value.instant()).node
    if not isinstance(node, Selector):
        msg = f"federation takes selectors, got `{node!r}`"
        raise DefinitionError(msg, "record what is computed, and federate the recorded series")
    return text(node)
