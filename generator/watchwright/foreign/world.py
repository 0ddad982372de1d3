"""What series there are, as far as rule files and catalogues tell; of all others nothing is known."""

from __future__ import annotations

import graphlib
from collections.abc import Container, Iterable, Iterator
from contextlib import suppress
from decimal import Decimal

import attrs

from watchwright.foreign.catalogue import Declared
from watchwright.foreign.rules import Group, Rule
from watchwright.query.tree import Aggregation, Node, Selector, walk
from watchwright.query.units import COUNT, MetricUnit, Unit, UnitError, unit, unit_of_name
from watchwright.semantics.labels import NAME, Labels
from watchwright.semantics.numbers import ANYTHING
from watchwright.semantics.typing import recorded
from watchwright.semantics.values import ABSENT, ANY, Values, only, spellings
from watchwright.semantics.world import NUMBERS, Samples, Series, World

# https://prometheus.io/docs/concepts/jobs_instances/#automatically-generated-labels-and-time-series
_BUILT_IN = (
    Declared("scrape_duration_seconds", "gauge"),
    Declared("scrape_samples_scraped", "gauge"),
    Declared("scrape_samples_post_metric_relabeling", "gauge"),
    Declared("scrape_series_added", "gauge"),
    Declared("up", "stateset"),
)
_SAMPLES: dict[str, Samples] = {"counter": "counter", "gauge": "gauge", "info": "info", "stateset": "truth"}
# an info metric is always 1, and `== 1` behind it is what many write to be sure: it is left alone


@attrs.frozen(eq=False)
class Recorded:
    """A recording rule whose expression could be read."""

    group: Group
    rule: Rule
    root: Node

    def series(self, world: World) -> Series:
        """What it records."""
        labels = {name: text.value for name, text in {**self.group.labels, **self.rule.labels}.items()}
        made = recorded(self.rule.name.value, world.typed(self.root), labels)
        return attrs.evolve(made, interval=self.group.interval)


def world_of(metrics: Iterable[Declared], rules: Iterable[Recorded]) -> World:
    """
    The series of metrics, and of what is recorded of them, each after those that it reads.

    Where one name is recorded by several rules it is whichever was asked for; of rules that read each other in a
    circle nothing is known. Federation, Thanos and Mimir show recorded series with labels more, such as `cluster`:
    certainly gone are only those that rules read from what is exposed, and drop.
    """
    rules = tuple(rules)
    series = {one.name: one for metric in (*_BUILT_IN, *metrics) for one in _exposed(metric)}
    world = World(series)
    by_name: dict[str, list[Recorded]] = {}
    for rule in rules:
        by_name.setdefault(rule.rule.name.value, []).append(rule)
    exposed = {label for rule in rules for label in _labels_read(rule.root, by_name)}
    for name in _in_order(by_name):
        made = [rule.series(world) for rule in by_name[name]]
        known = made[0]
        for other in made[1:]:
            known = known.merged(other)
        series[name] = attrs.evolve(known, labels=_opened(known.labels, exposed))
    return world


def listed(metrics: Iterable[Declared], rules: Iterable[Recorded]) -> frozenset[str]:
    """Every name that a series can have, if those are all the metrics and rules there are."""
    names = {rule.rule.name.value for rule in rules} | {one.name for one in _BUILT_IN} | {"ALERTS", "ALERTS_FOR_STATE"}
    for metric in metrics:
        names |= {metric.name, *(f"{metric.name}{suffix}" for suffix in _SUFFIXES.get(metric.type, ()))}
        names.add(f"{metric.name.removesuffix('_total')}_created")
    return frozenset(names)


#: What clients put behind the name of a family; a type that nobody knows may be any.
_OBSERVED = ("_bucket", "_count", "_sum")
_SUFFIXES: dict[str, tuple[str, ...]] = {
    "counter": ("_total",),
    "info": ("_info",),
    **dict.fromkeys(("histogram", "summary", "gaugehistogram"), (*_OBSERVED, "_gcount", "_gsum")),
    **dict.fromkeys(("", "unknown", "untyped"), ("_total", "_info", *_OBSERVED)),
}


def _opened(labels: Labels, exposed: Iterable[str]) -> Labels:
    gone = {label: ABSENT for label in exposed if labels.lacks(label)}
    return Labels({**gone, **labels.known}, ANY)


def _labels_read(root: Node, recorded: Container[str]) -> Iterator[str]:
    """The labels that an expression selects by or keeps, of series that are not recorded."""
    selectors = [node for node in walk(root) if isinstance(node, Selector)]
    if any(node.metric in recorded for node in selectors):
        return
    for node in walk(root):
        if isinstance(node, Aggregation) and node.grouping is not None and not node.grouping.without:
            yield from node.grouping.labels
        elif isinstance(node, Selector):
            yield from (matcher.label for matcher in node.matchers if matcher.value)


def _in_order(rules: dict[str, list[Recorded]]) -> Iterator[str]:
    sorter: graphlib.TopologicalSorter[str] = graphlib.TopologicalSorter()
    for name, several in rules.items():
        read = (node.metric for one in several for node in walk(one.root) if isinstance(node, Selector))
        sorter.add(name, *(each for each in read if each in rules))
    with suppress(graphlib.CycleError):  # it goes on all the same, as far as the circle lets it
        sorter.prepare()
    while ready := sorter.get_ready():
        yield from ready
        sorter.done(*ready)


# Metrics --------------------------------------------------------------------------------------------------


def _exposed(metric: Declared) -> Iterator[Series]:
    """The series of a metric, open: a target, and other targets, may have labels that were not seen."""
    own = _unit(metric)
    match metric.type:
        case "histogram":
            le = only("+Inf", *spellings(metric.bounds)) if metric.bounds else ANY
            yield _series(f"{metric.name}_bucket", "bucket", MetricUnit(COUNT, own), {"le": le}, metric.bounds)
            yield from _observed(metric, own)
        case "summary":
            quantile = only(*spellings(metric.bounds)) if metric.bounds else ANY
            yield _series(metric.name, "quantile", MetricUnit(own), {"quantile": quantile})
            yield from _observed(metric, own)
        case type_ if type_ in _SAMPLES and not _is_doubtful(metric):
            is_time = metric.name.endswith(("_timestamp_seconds", "_created")) and type_ == "gauge"
            yield _series(metric.name, "timestamp" if is_time else _SAMPLES[type_], MetricUnit(own))


def _is_doubtful(metric: Declared) -> bool:
    """Some clients say that their counters are gauges; the name tells."""
    return metric.type == "gauge" and metric.name.endswith("_total")


def _observed(metric: Declared, own: Unit | None) -> Iterator[Series]:
    yield _series(f"{metric.name}_count", "counter", MetricUnit(COUNT))
    yield attrs.evolve(_series(f"{metric.name}_sum", "counter", MetricUnit(own)), numbers=ANYTHING)


def _series(
    name: str,
    samples: Samples,
    of: MetricUnit,
    labels: dict[str, Values] | None = None,
    bounds: tuple[Decimal, ...] = (),
) -> Series:
    known = Labels({NAME: only(name), **(labels or {})}, ANY)
    numbers = NUMBERS.get(samples, ANYTHING)
    return Series(name=name, samples=samples, labels=known, unit=of, numbers=numbers, buckets=bounds)


def _unit(metric: Declared) -> Unit | None:
    try:
        return unit(metric.unit) if metric.unit else unit_of_name(metric.name)
    except UnitError:
        return None
