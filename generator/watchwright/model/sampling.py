"""Which traces are kept: Jaeger's remote sampling, per service and operation."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from decimal import Decimal
from types import MappingProxyType
from typing import Literal

import attrs

from watchwright.model.accept import accepted
from watchwright.model.duration import optional
from watchwright.model.error import DefinitionError
from watchwright.model.quantity import Real, exact
from watchwright.model.typed import several, typed
from watchwright.source import Source, here


@attrs.frozen(order=False, field_transformer=typed)
class Probabilistic:
    """Keep a trace with this probability, from 0 to 1."""

    probability: Decimal = attrs.field(converter=exact)


@attrs.frozen(order=False, field_transformer=typed)
class RateLimiting:
    """Keep this many traces a second and service instance: a whole number from 1 to 32767, as Jaeger cuts others."""

    traces_per_second: Decimal = attrs.field(converter=exact)


Strategy = Probabilistic | RateLimiting


def strategy_(value: Strategy | Real) -> Strategy:
    """A strategy; a plain number is a probability."""
    return value if isinstance(value, Probabilistic | RateLimiting) else Probabilistic(value)


def _operations(values: Mapping[str, Strategy | Real]) -> Mapping[str, Strategy]:
    for name in values:
        if not isinstance(name, str) or not name:
            msg = f"an operation is the name of a span, got {name!r}"
            raise DefinitionError(msg)
    return MappingProxyType({name: strategy_(value) for name, value in values.items()})


@attrs.frozen(order=False, field_transformer=typed, kw_only=True)
class Sampling:
    """
    How the traces of one service are sampled.

    *strategy* is a probability, or `RateLimiting(...)`; *operations* gives exact span names their own
    probability. Jaeger ignores a rate limit as soon as a service has operations, its own or inherited.
    """

    service: str = attrs.field(kw_only=False)
    strategy: Strategy = attrs.field(kw_only=False, converter=strategy_)
    operations: Mapping[str, Strategy] = attrs.field(factory=dict, converter=_operations, hash=False)
    accept: Mapping[str, str] = attrs.field(factory=dict, converter=accepted, eq=False)
    source: Source = attrs.field(factory=here, eq=False, repr=False)

    def __attrs_post_init__(self) -> None:
        if not isinstance(self.service, str) or not self.service:
            msg = f"a sampling names the service whose traces it samples, got {self.service!r}"
            raise DefinitionError(msg)


LinkType = Literal["process", "tags", "logs", "traces"]


@attrs.frozen(order=False, field_transformer=typed, kw_only=True)
class TraceLink:
    """
    A link in Jaeger's UI from traces to somewhere else.

    *key* is the tag whose value becomes the link; a link of *type* `"traces"` stands above the whole trace
    and has none. *url* and *text* may hold `#{...}` of Jaeger's own, such as `#{traceID}`.
    """

    url: str
    text: str
    key: str = ""
    type: LinkType = "tags"

    def __attrs_post_init__(self) -> None:
        if (self.type == "traces") == bool(self.key):
            msg = f"a link of type `{self.type}` " + ("has no `key`" if self.key else "needs a `key`")
            raise DefinitionError(msg, "only a link on the whole trace stands without a tag")


def _links(values: Iterable[TraceLink]) -> tuple[TraceLink, ...]:
    return several(values)


def _reload(value: str | None) -> str | None:
    return optional(value, "`reload` of Jaeger")


@attrs.frozen(order=False, field_transformer=typed, kw_only=True)
class Jaeger:
    """
    The Jaeger that the platform runs.

    *version* is the oldest one to be valid for, from 2.0 on. *default* samples services that no system
    names, *operations* every service that does not say otherwise. *max_traces* are kept in memory.
    *reload* is how often the sampling file is read again, `"0s"` for never; where None, every 30 seconds
    if the version can. *links* lead from its UI to dashboards.
    """

    version: str = "2.13"
    default: Strategy = attrs.field(default=Probabilistic(0.001), converter=strategy_)
    operations: Mapping[str, Strategy] = attrs.field(factory=dict, converter=_operations, hash=False)
    max_traces: int = 100_000
    reload: str | None = attrs.field(default=None, converter=_reload)
    links: tuple[TraceLink, ...] = attrs.field(default=(), converter=_links)
    accept: Mapping[str, str] = attrs.field(factory=dict, converter=accepted, eq=False)
    source: Source = attrs.field(factory=here, eq=False, repr=False)

    def __attrs_post_init__(self) -> None:
        if not isinstance(self.version, str) or not re.fullmatch(r"2\.\d+", self.version):
            msg = f'a Jaeger version is written "2.13", got {self.version!r}'
            raise DefinitionError(msg, "Jaeger 1 reads another configuration, and has ended")
        if isinstance(self.max_traces, bool) or not isinstance(self.max_traces, int) or self.max_traces < 1:
            msg = f"`max_traces` of Jaeger is a whole number above 0, got {self.max_traces!r}"
            raise DefinitionError(msg, "0 would let its memory grow without bound")
