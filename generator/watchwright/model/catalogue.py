"""Metrics that someone else exposes."""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Mapping
from typing import TypeVar

import attrs

from watchwright.model.error import DefinitionError
from watchwright.model.exposition import Family, parse
from watchwright.model.label import Label, Value, matchers
from watchwright.model.metric import Counter, Gauge, Histogram, Metric, Scope, Summary
from watchwright.model.typed import several, typed
from watchwright.source import Source, here

M = TypeVar("M", bound=Metric)


def _metrics(values: Iterable[Metric]) -> tuple[Metric, ...]:
    return several(values)


def _scope(value: Scope | Mapping[str, Value]) -> Scope:
    return matchers((), value) if isinstance(value, Mapping) else value


@attrs.frozen(order=False, field_transformer=typed, kw_only=True)
class Catalogue:
    """
    Metrics that someone else exposes, with the scope that picks their series.

    *scope* is a mapping of matchers such as `{"job": "node"}`, `{}` for none; `"jobs"` scopes them by the
    jobs of the system that reads them.
    """

    name: str = attrs.field(kw_only=False)
    metrics: tuple[Metric, ...] = attrs.field(kw_only=False, converter=_metrics)
    scope: Scope = attrs.field(default=(), converter=_scope)
    source: Source = attrs.field(factory=here, eq=False, repr=False)

    def __attrs_post_init__(self) -> None:
        scoped = tuple(attrs.evolve(metric, scope=self.scope) for metric in self.metrics)
        object.__setattr__(self, "metrics", scoped)

    @classmethod
    def from_exposition(cls, name: str, text: str, *, scope: Scope | Mapping[str, Value] = ()) -> Catalogue:
        """The metrics of what a target answers on `/metrics`, with the labels that stand there."""
        return cls(name, [_metric(family) for family in parse(text)], scope=scope)

    def counter(self, name: str) -> Counter:
        """The counter of that name."""
        return self._find(name, Counter)

    def gauge(self, name: str) -> Gauge:
        """The gauge of that name."""
        return self._find(name, Gauge)

    def histogram(self, name: str) -> Histogram:
        """The histogram of that name."""
        return self._find(name, Histogram)

    def summary(self, name: str) -> Summary:
        """The summary of that name."""
        return self._find(name, Summary)

    def _find(self, name: str, kind: type[M]) -> M:
        for metric in self.metrics:
            if metric.name == name and isinstance(metric, kind):
                return metric
        msg = f"catalogue `{self.name}` has no {kind.__name__.lower()} `{name}`"
        close = difflib.get_close_matches(name, [metric.name for metric in self.metrics], 1)
        raise DefinitionError(msg, f"did you mean `{close[0]}`?" if close else "")


def _metric(family: Family) -> Metric:
    """The declared metric that a family of the exposition amounts to; what has no type may be one, too."""
    labels = [Label(label) for label in family.labels]
    match family.type:
        case "counter":
            return Counter(family.name, family.help, labels=labels)
        case "histogram":
            return Histogram(
                family.name, family.help, labels=labels, buckets=list(family.bounds), native=not family.bounds
            )
        case "summary":
            return Summary(family.name, family.help, labels=labels, quantiles=list(family.bounds))
        case _:
            return Gauge(family.name, family.help, labels=labels, untyped=family.type in ("untyped", "unknown"))


#: What Prometheus itself adds to every scrape, and writes for every alert.
# https://prometheus.io/docs/concepts/jobs_instances/#automatically-generated-labels-and-time-series
_TARGET = [Label("job"), Label("instance")]
builtin = Catalogue(
    "prometheus",
    [
        Gauge("up", "1 where the last scrape succeeded, else 0.", labels=_TARGET),
        Gauge("scrape_duration_seconds", "How long the last scrape took.", labels=_TARGET),
        Gauge("scrape_samples_scraped", "How many samples the target exposed.", labels=_TARGET),
        Gauge("scrape_samples_post_metric_relabeling", "How many of them relabelling left.", labels=_TARGET),
        Gauge("scrape_series_added", "How many of them are new series.", labels=_TARGET),
    ],
    scope="jobs",
)
firing = Catalogue(
    "alerts",
    [
        Gauge("ALERTS", "1 for each pending or firing alert.",
              labels=["alertname", Label("alertstate", values=["pending", "firing"]), "severity", "system", "owner"]),
        Gauge("ALERTS_FOR_STATE", "Since when an alert has been active, in seconds since 1970.",
              labels=["alertname", "severity", "system", "owner"], unit="seconds"),
    ],
    scope="system",
)  # fmt: skip
#: What the rules of SLOs record; labels that an SLO is grouped by come to them.
_SLO = [Label("system"), Label("slo")]
objectives = Catalogue(
    "objectives",
    [
        Gauge("slo:total:rate", "Events a second.", labels=_SLO, unit="count/s"),
        Gauge("slo:bad:rate", "Bad events a second.", labels=_SLO, unit="count/s"),
        Gauge("slo:total:rate_alerting", "Events a second, without maintenance.", labels=_SLO, unit="count/s"),
        Gauge("slo:bad:rate_alerting", "Bad events a second, without maintenance.", labels=_SLO, unit="count/s"),
        Gauge("slo:ratio", "The share of bad events over a window.", labels=[*_SLO, Label("window")], unit="ratio"),
        Gauge("slo:burn_rate", "How many times as fast as allowed the budget burns now.", labels=_SLO, unit="count"),
        Gauge("slo:remaining", "The part of the error budget that is left.", labels=_SLO, unit="ratio"),
        Gauge("slo:coverage", "How much of the period is known.", labels=_SLO, unit="ratio"),
        Gauge("slo:exhaustion_seconds", "Until nothing of the budget is left.", labels=_SLO, unit="seconds"),
        Gauge("slo:objective", "The share of events that is to be good.", labels=_SLO, unit="ratio"),
        Gauge("slo:budget", "The share of events that may be bad.", labels=_SLO, unit="ratio"),
        Gauge("slo:value", "What a tracked SLO tracks, in its own unit.", labels=_SLO),
        Gauge("slo:target", "What it is to reach, or not to exceed.", labels=_SLO),
        Gauge("slo:info", "What an SLO is, as labels.", labels=[*_SLO, "owner", "objective", "period"]),
    ],
    scope="system",
)
