"""Declared metrics: kind, unit, labels, buckets, and the series that a client really exposes for them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import ClassVar, Literal, TypeAlias

import attrs

from watchwright.model.accept import accepted
from watchwright.model.error import DefinitionError
from watchwright.model.expression import Instant
from watchwright.model.label import Label, Value, strings
from watchwright.model.quantity import Real, Unit, exact
from watchwright.model.series import (
    CounterSeries,
    CounterWords,
    GaugeSeries,
    GaugeWords,
    HistogramSeries,
    HistogramWords,
)
from watchwright.model.typed import several, typed
from watchwright.query.tree import Matcher, Selector
from watchwright.source import Source, here

_NAME = re.compile(r"[a-zA-Z_:][a-zA-Z0-9_:]*")

#: What scopes a metric's selectors: its system, the jobs of who reads it, the `system` label, or matchers of its own.
Scope: TypeAlias = Literal["own", "jobs", "system"] | tuple[Matcher, ...]

Kind: TypeAlias = Literal["counter", "gauge", "histogram", "summary", "untyped"]


def labels_(values: Iterable[Label | str]) -> tuple[Label, ...]:
    """Declared labels; a plain text is a label of which nothing more is known."""
    if isinstance(values, str | Label):
        msg = f"`labels` takes a list of labels, got {values!r}"
        raise DefinitionError(msg, "write labels=[...]")
    return tuple(value if isinstance(value, Label) else Label(value) for value in several(values))


def _buckets(values: Iterable[Real]) -> tuple[Real, ...]:
    return several(values)


def _quantiles(values: Iterable[Real]) -> tuple[Real, ...]:
    return several(values)


def _states(values: Iterable[str]) -> tuple[str, ...]:
    return strings("`states`", values)


def _unit(value: str | Unit | None) -> str | None:
    return value.name if isinstance(value, Unit) else value


@attrs.frozen
class Exposed:
    """A series name that a metric brings, with what its samples are."""

    name: str
    kind: Literal["counter", "gauge", "bucket", "histogram", "quantile"]
    labels: tuple[str, ...]


@attrs.frozen(order=False, field_transformer=typed, cache_hash=True, kw_only=True)
class Metric:
    """
    What all kinds of metrics have.

    *unit* is taken from the name's suffix where it is not given. *scope* is for the metrics of a
    `Catalogue`, which bring their own; all others are scoped by their system's jobs. *deprecated* is the name of
    the metric that takes its place, or what to do instead.
    """

    kind: ClassVar[Kind]

    name: str = attrs.field(kw_only=False)
    help: str = attrs.field(default="", kw_only=False)
    labels: tuple[Label, ...] = attrs.field(default=(), converter=labels_)
    unit: str | None = attrs.field(default=None, converter=_unit)
    scope: Scope = "own"
    deprecated: str = ""
    accept: Mapping[str, str] = attrs.field(factory=dict, converter=accepted, hash=False)
    source: Source = attrs.field(factory=here, eq=False, repr=False)

    def __attrs_post_init__(self) -> None:
        if not isinstance(self.name, str) or not _NAME.fullmatch(self.name):
            msg = f"a metric name must be letters, digits, underscores and colons, got {self.name!r}"
            raise DefinitionError(msg)
        names = [label.name for label in self.labels]
        for name in names:
            if names.count(name) > 1:
                msg = f"metric `{self.name}` declares label `{name}` twice"
                raise DefinitionError(msg)

    @property
    def label_names(self) -> tuple[str, ...]:
        """The labels that its series carry once scraped: volatile ones are dropped."""
        return tuple(label.name for label in self.labels if not label.volatile)

    def exposed(self) -> Iterator[Exposed]:
        """The series that a client exposes for it."""
        raise NotImplementedError

    @property
    def exposed_type(self) -> str:
        """What its TYPE line says."""
        return self.kind


@attrs.frozen(order=False, field_transformer=typed, cache_hash=True, kw_only=True)
class Counter(Metric, CounterWords):
    """
    What only grows, until its process restarts.

    *exposed_as_gauge*: its client writes `# TYPE ... gauge`, and all else is as for a counter. *preset*:
    its client creates each labelled child at 0, so that no first event is lost on `increase`.
    """

    kind: ClassVar[Kind] = "counter"
    exposed_as_gauge: bool = False
    preset: bool = False

    def instant(self) -> Instant:
        """All its series."""
        return Instant(Selector(self.name), frozenset([self]))

    def exposed(self) -> Iterator[Exposed]:
        """The series that a client exposes for it."""
        yield Exposed(self.name, "counter", self.label_names)
        if not self.exposed_as_gauge:
            yield _created(self)

    @property
    def exposed_type(self) -> str:
        """What its TYPE line says."""
        return "gauge" if self.exposed_as_gauge else "counter"


@attrs.frozen(order=False, field_transformer=typed, cache_hash=True, kw_only=True)
class Gauge(Metric, GaugeWords):
    """What goes up and down; *untyped* where its client does not say, so that it may be a counter as well."""

    kind: ClassVar[Kind] = "gauge"
    untyped: bool = False

    def instant(self) -> Instant:
        """All its series."""
        return Instant(Selector(self.name), frozenset([self]))

    def exposed(self) -> Iterator[Exposed]:
        """The series that a client exposes for it."""
        yield Exposed(self.name, "gauge", self.label_names)


@attrs.frozen(order=False, field_transformer=typed, cache_hash=True, kw_only=True)
class Histogram(Metric, HistogramWords):
    """
    Observations counted in buckets.

    *buckets* are the upper bounds of a classic histogram, ascending, without +Inf. A *native* one has
    none, and one series a label set (Prometheus 2.40 with its feature flag, 3.8 and up without).
    """

    kind: ClassVar[Kind] = "histogram"
    buckets: tuple[Real, ...] = attrs.field(default=(), converter=_buckets)
    native: bool = False

    def __attrs_post_init__(self) -> None:
        Metric.__attrs_post_init__(self)
        if not self.native and not self.buckets:
            msg = f"histogram `{self.name}` has no buckets"
            raise DefinitionError(msg, "list its upper bounds: buckets=[0.1, 1, 10], or say native=True")
        bounds = [exact(bound) for bound in self.buckets]
        if not all(bound.is_finite() for bound in bounds):
            msg = f"histogram `{self.name}`: buckets are finite, and +Inf is added to them, got {list(self.buckets)}"
            raise DefinitionError(msg)
        if sorted(set(bounds)) != bounds:
            msg = f"histogram `{self.name}`: buckets must ascend, got {list(self.buckets)}"
            raise DefinitionError(msg)

    @property
    def _native(self) -> bool:  # type: ignore[override] # a field here, a constant in the words
        return self.native

    @property
    def has_sum(self) -> bool:
        """Clients leave `_sum` out where an observation may be negative, since it could then fall."""
        return self.native or exact(self.buckets[0]) >= 0

    def where(self, /, *extra: Matcher, **labels: Value) -> HistogramSeries:
        """The series whose labels match: a value, several values, `regex(...)` or `not_(...)`."""
        return self._series().where(*extra, **labels)

    def exposed(self) -> Iterator[Exposed]:
        """The series that a client exposes for it."""
        if self.native:
            yield Exposed(self.name, "histogram", self.label_names)
            return
        yield Exposed(f"{self.name}_bucket", "bucket", (*self.label_names, "le"))
        yield Exposed(f"{self.name}_count", "counter", self.label_names)
        if self.has_sum:
            yield Exposed(f"{self.name}_sum", "counter", self.label_names)
        yield _created(self)

    def _series(self) -> HistogramSeries:
        return HistogramSeries(self.name, (), frozenset([self]), native=self.native)

    def _part(self, suffix: str) -> CounterSeries:
        return self._series()._part(suffix)  # noqa: SLF001 - the same word on its own selection

    def _observed(self) -> CounterSeries:
        return self._series()._observed()  # noqa: SLF001 - as above


@attrs.frozen(order=False, field_transformer=typed, cache_hash=True, kw_only=True)
class Summary(Metric):
    """Observations with quantiles that the client computed, *quantiles* from 0 to 1; they cannot be aggregated."""

    kind: ClassVar[Kind] = "summary"
    quantiles: tuple[Real, ...] = attrs.field(default=(), converter=_quantiles)

    def __attrs_post_init__(self) -> None:
        Metric.__attrs_post_init__(self)
        if not all(0 <= exact(quantile) <= 1 for quantile in self.quantiles):
            msg = f"summary `{self.name}`: quantiles are from 0 to 1, got {list(self.quantiles)}"
            raise DefinitionError(msg)

    def quantile(self, q: Real) -> GaugeSeries:
        """The series of one of the declared quantiles."""
        if exact(q) not in {exact(known) for known in self.quantiles}:
            msg = f"summary `{self.name}` exposes the quantiles {list(self.quantiles)}, not {q}"
            raise DefinitionError(msg)
        return GaugeSeries(Selector(self.name, (Matcher("quantile", "=", f"{exact(q):f}"),)), frozenset([self]))

    @property
    def count(self) -> CounterSeries:
        """How many observations there were."""
        return CounterSeries(Selector(f"{self.name}_count"), frozenset([self]))

    @property
    def sum(self) -> CounterSeries:
        """The sum of all observations."""
        return CounterSeries(Selector(f"{self.name}_sum"), frozenset([self]))

    def exposed(self) -> Iterator[Exposed]:
        """The series that a client exposes for it."""
        if self.quantiles:
            yield Exposed(self.name, "quantile", (*self.label_names, "quantile"))
        yield Exposed(f"{self.name}_count", "counter", self.label_names)
        yield Exposed(f"{self.name}_sum", "counter", self.label_names)
        yield _created(self)


@attrs.frozen(order=False, field_transformer=typed, cache_hash=True, kw_only=True)
class Info(Metric, GaugeWords):
    """Facts as labels, with the value 1. *name* ends in `_info`, as its series does."""

    kind: ClassVar[Kind] = "gauge"

    def instant(self) -> Instant:
        """All its series."""
        return Instant(Selector(self.name), frozenset([self]))

    def exposed(self) -> Iterator[Exposed]:
        """The series that a client exposes for it."""
        yield Exposed(self.name, "gauge", self.label_names)


@attrs.frozen(order=False, field_transformer=typed, cache_hash=True, kw_only=True)
class StateSet(Metric, GaugeWords):
    """One of several *states*: a series for each, 1 for the one it is in; the label is named like the metric."""

    kind: ClassVar[Kind] = "gauge"
    states: tuple[str, ...] = attrs.field(default=(), converter=_states)

    def instant(self) -> Instant:
        """All its series."""
        return Instant(Selector(self.name), frozenset([self]))

    def is_in(self, *states: str) -> Instant:
        """The series of these states, while one of them holds."""
        return self.where(**{self.name: list(states)}).eq(1)

    def exposed(self) -> Iterator[Exposed]:
        """The series that a client exposes for it."""
        yield Exposed(self.name, "gauge", (*self.label_names, self.name))


def _created(metric: Metric) -> Exposed:
    # the OpenMetrics name: the suffix of a counter gives way
    return Exposed(f"{metric.name.removesuffix('_total')}_created", "gauge", metric.label_names)
