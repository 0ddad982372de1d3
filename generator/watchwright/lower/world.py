"""What the series of a system are: its metrics with the labels of their targets, and what its rules record."""

from __future__ import annotations

import functools
from collections.abc import Iterable, Iterator

import attrs

from watchwright.lower import names
from watchwright.lower.plan import Alerting, Recording, Rule
from watchwright.lower.resolve import Resolver
from watchwright.lower.scope import scope_of
from watchwright.lower.shards import read_every
from watchwright.lower.targets import after_scrape, watched_labels
from watchwright.model.duration import milliseconds
from watchwright.model.label import Label
from watchwright.model.metric import Counter, Exposed, Gauge, Histogram, Info, Metric, StateSet, Summary
from watchwright.model.platform import Platform
from watchwright.model.quantity import exact
from watchwright.model.scrape import Job
from watchwright.model.system import System
from watchwright.query.tree import Call, Matcher, Selector, walk
from watchwright.query.units import MetricUnit
from watchwright.semantics.labels import NAME, Labels
from watchwright.semantics.numbers import ANYTHING, Numbers
from watchwright.semantics.typing import recorded
from watchwright.semantics.values import ABSENT, ANY, PRESENT, Values, only, spellings
from watchwright.semantics.world import NUMBERS, Samples, Series, World


@attrs.frozen(eq=False, kw_only=True)
class Watching:
    """
    Who looks at the series of a system, and how.

    *scraped* are the jobs of all systems: each of them brings an alert on its targets gone.
    """

    system: System
    jobs: tuple[Job, ...]
    platform: Platform
    scraped: frozenset[str]

    @functools.cached_property
    def targets(self) -> Labels:
        """The labels that targets bring."""
        return watched_labels(self.jobs, self.platform)

    @functools.cached_property
    def interval(self) -> int | None:
        """How often the slowest of the jobs is scraped, in milliseconds."""
        lengths = [milliseconds(job.interval or self.platform.scrape_interval, "an interval") for job in self.jobs]
        return max([*lengths, read_every(self.platform)]) if lengths else None


def world(rules: Iterable[Rule], watching: Watching, resolver: Resolver) -> World:
    """Every series that the expressions of a system can name, those that its rules record included."""
    rules = tuple(rules)
    asked = frozenset(_asked_for(rules))
    series: dict[str, Series] = {}
    for name, (owner, exposed) in resolver.declared().items():
        if isinstance(owner, Metric) and exposed is not None:
            one = _exposed(owner, exposed, watching, resolver.metric_unit(name))
            series[name] = attrs.evolve(one, watched=one.watched or name in asked)
    made = World(series, closed=True)
    for rule in rules:
        if isinstance(rule, Recording):
            # a name recorded twice, with different labels, is whichever of the two was asked for
            one = _recorded(rule, made, watching, asked=rule.record in asked)
            other = series.get(rule.record)
            series[rule.record] = one if other is None or not other.recorded else other.merged(one)
    return made


def _asked_for(rules: Iterable[Rule]) -> Iterator[str]:
    """The series whose absence an alert looks for."""
    for rule in rules:
        if isinstance(rule, Alerting):
            for node in walk(rule.expr):
                if isinstance(node, Call) and node.function.startswith("absent"):
                    yield from (each.metric for each in walk(node) if isinstance(each, Selector))


# Metrics --------------------------------------------------------------------------------------------------


def _exposed(metric: Metric, exposed: Exposed, watching: Watching, unit: MetricUnit | None) -> Series:
    scope = scope_of(metric, watching.system)
    owned = metric.scope in ("own", "jobs")
    labels = watching.targets if owned else Labels({}, ANY).selected(scope)
    for label, values in _label_values(metric, exposed, certain=owned):
        labels = _with_own(labels, label, values, watching) if metric.scope == "own" else labels.put(label, values)
    labels = labels.put(NAME, only(exposed.name))
    return Series(
        name=exposed.name,
        samples=_samples(metric, exposed),
        # what Prometheus itself adds to a scrape is not relabelled
        labels=after_scrape(labels, watching.jobs) if metric.scope == "own" else labels,
        # the name of someone else's metric is no promise
        unit=unit if owned or metric.unit else None,
        numbers=_numbers(metric, exposed),
        buckets=tuple(map(exact, metric.buckets)) if isinstance(metric, Histogram) and exposed.kind == "bucket" else (),
        interval=watching.interval if owned else None,
        preset=not metric.labels or (isinstance(metric, Counter) and metric.preset),
        scope=scope,
        reserved={label.name: frozenset(label.reserved) for label in metric.labels if label.reserved},
        watched=_is_watched(metric, scope, watching),
        deprecated=metric.deprecated,
    )


def _with_own(labels: Labels, label: str, values: Values, watching: Watching) -> Labels:
    """
    A label of the metric's own, beside those of its target.

    Where the target has it, too, the metric's is renamed, unless the job honours what it scrapes:
    https://prometheus.io/docs/prometheus/latest/configuration/configuration/#scrape_config
    """
    of_target = watching.targets.of(label)
    if watching.targets.is_open or watching.targets.lacks(label):
        return labels.put(label, values)
    renamed = labels.put(f"exported_{label}", values)
    if "" not in of_target:
        return renamed
    return renamed.put(f"exported_{label}", values | ABSENT).put(label, (of_target - ABSENT) | values)


def _is_watched(metric: Metric, scope: tuple[Matcher, ...], watching: Watching) -> bool:
    if metric.scope == "system":
        return True  # alerts on alerts
    if metric.scope in ("own", "jobs"):
        return bool(watching.jobs)
    return any(each.label == "job" and each.op == "=" and each.value in watching.scraped for each in scope)


def _label_values(metric: Metric, exposed: Exposed, *, certain: bool) -> Iterator[tuple[str, Values]]:
    declared = {label.name: label for label in metric.labels}
    for name in exposed.labels:
        if name in declared:
            yield name, _declared_values(declared[name], certain=certain)
        elif name == "le" and isinstance(metric, Histogram):
            yield name, only("+Inf", *spellings(map(exact, metric.buckets)))
        elif name == "quantile" and isinstance(metric, Summary):
            yield name, only(*spellings(map(exact, metric.quantiles)))
        elif isinstance(metric, StateSet) and metric.states:
            yield name, only(*metric.states)
        else:
            yield name, PRESENT


def _declared_values(label: Label, *, certain: bool) -> Values:
    if label.values:
        return only(*label.values)
    return PRESENT if certain else ANY


def _samples(metric: Metric, exposed: Exposed) -> Samples:
    match exposed.kind:
        case "counter" | "bucket" | "histogram" | "quantile":
            return exposed.kind
        case _ if exposed.name.endswith(("_timestamp_seconds", "_created")):
            return "timestamp"
    if isinstance(metric, Gauge) and metric.untyped:
        return "unknown"
    if isinstance(metric, Info) or exposed.name in _ALWAYS_ONE:
        return "info"
    return "truth" if isinstance(metric, StateSet) or exposed.name == "up" else "gauge"


_ALWAYS_ONE = frozenset({"ALERTS"})


def _numbers(metric: Metric, exposed: Exposed) -> Numbers:
    if isinstance(metric, Summary) and exposed.name.endswith("_sum"):
        return ANYTHING  # of what was observed, some may be negative
    return NUMBERS.get(_samples(metric, exposed), ANYTHING)


# Rules ----------------------------------------------------------------------------------------------------


def _recorded(rule: Recording, made: World, watching: Watching, *, asked: bool) -> Series:
    reads = [made.of(each.metric) for each in walk(rule.expr) if isinstance(each, Selector)]
    series = attrs.evolve(
        recorded(rule.record, made.typed(rule.expr), rule.labels),
        interval=milliseconds(watching.platform.evaluation_interval, "an interval"),
        scope=(Matcher(names.SYSTEM, "=", watching.system.name),),
        watched=asked or all(each is None or each.watched for each in reads),
    )
    # a federation brings series of the same name from elsewhere, with labels of their own
    return series.opened() if any(job.honor_labels for job in watching.jobs) else series
