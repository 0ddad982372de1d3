"""
Expressions as Prometheus will read them: scoped, with thresholds in the unit of what they meet.

One `Resolver` serves one system; what it cannot resolve it collects as findings.
"""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Iterator, Mapping
from decimal import Decimal

import attrs

from watchwright.finding import Finding, reports
from watchwright.lower.plan import Origin
from watchwright.lower.scope import contradictions, scope_of, scoped
from watchwright.model.catalogue import builtin, firing, objectives
from watchwright.model.metric import Exposed, Metric
from watchwright.model.platform import Platform
from watchwright.model.quantity import Quantity, Real, exact
from watchwright.model.rule import Declared, RecordingRule
from watchwright.model.system import System
from watchwright.query.inference import infer, resolve_measures
from watchwright.query.rewrite import rewrite
from watchwright.query.tree import Aggregation, Binary, Grouping, Matcher, Matching, Measure, Node, Selector
from watchwright.query.units import COUNT, SECONDS, MetricUnit, Unit, UnitError, convert, unit_of_name
from watchwright.query.units import unit as named


@reports("metric/unknown")
def unknown_metric(name: str, origin: Origin, known: Iterable[str], elsewhere: Iterable[str] = ()) -> Finding:
    """
    An expression reads a series that nothing declares, or that only another system has.

    A misspelt name yields no data and no error: the alert never fires, the panel stays empty. Declare the
    metric and use it by its Python name, list it in `metrics=` of the system, or take it from a
    `Catalogue` listed in `catalogues=`. Each system reads its own series alone: what another one has is read
    through a catalogue, or in that system.
    """
    owners = " and ".join(f"`{system}`" for system in elsewhere)
    if owners:
        message = f"`{name}` is a series of {owners}, and not of this system"
        return origin.finding(message, "take it from a `Catalogue` whose scope picks the series of that system")
    close = difflib.get_close_matches(name, list(known), 1)
    return origin.finding(
        f"`{name}` is no declared metric and no recorded series",
        f"did you mean `{close[0]}`?" if close else "declare it, or list it in `metrics` of the system",
    )


@reports("metric/no-sum")
def no_sum(name: str, histogram: str, origin: Origin) -> Finding:
    """
    An expression reads the `_sum` of a histogram that has none.

    Where an observation may be negative the sum can fall, and is no counter then: clients leave it out. So there is no
    average of such a histogram; take a quantile.
    """
    return origin.finding(
        f"`{name}` is not exposed: observations of `{histogram}` may be negative, as its buckets are",
        "take a quantile, or declare buckets from 0 on",
    )


@reports("metric/outside-scope")
def outside_scope(own: Matcher, scope: Matcher, origin: Origin) -> Finding:
    """
    An expression selects series that its system does not have.

    Every selector of a system's metrics is scoped by its jobs, or by its `scope`. A value outside of that
    contradicts it, and nothing would ever match. Name the job in `jobs` or in `brings=` of the job that
    brings it, or take the metric from a `Catalogue` if it is someone else's.
    """
    allowed = f'{scope.label}{scope.op}"{scope.value}"'
    return origin.finding(f'`{own.label}{own.op}"{own.value}"` lies outside the scope `{allowed}`')


@reports("expr/unit")
def unit_mismatch(problem: str, origin: Origin) -> Finding:
    """
    A threshold has a unit that its other side cannot take: seconds against bytes, percent against seconds.

    `500 * ms` is written as 0.5 against seconds and `5 * percent` as 0.05 against a ratio. Where the two
    measure different things no number would be right. Compare with a quantity of the metric's own unit, or
    declare the metric's unit if its name does not tell it.
    """
    return origin.finding(problem)


NO_OWNERS: Mapping[str, Iterable[str]] = {}


class Resolver:
    """Resolves the expressions of one system; *environment* is its name where there are several."""

    def __init__(
        self,
        system: System,
        platform: Platform,
        owners: Mapping[str, Iterable[str]] = NO_OWNERS,
        environment: str = "",
    ) -> None:
        self.system = system
        self.environment = environment
        self._owners = owners
        self.findings: list[Finding] = []
        self.keep = platform.keep
        self._series = _series(system)
        self._units: dict[str, MetricUnit | None] = {}

    def resolve(self, node: Node, origin: Origin) -> Node:
        """The expression scoped, keeping the platform's labels, with numbers for its quantities."""
        unknown: dict[str, None] = {}
        placed = rewrite(node, lambda each: self._place(each, unknown, origin))
        self.findings += [self._unknown(name, origin) for name in unknown]
        resolved, problems = resolve_measures(placed, self.metric_unit)
        # what a quantity meets is settled here; two sides of which neither is one are left to the checks
        met = (problem for problem in problems if isinstance(problem.node, Measure))
        self.findings += [unit_mismatch(problem.message, origin) for problem in met]
        return resolved

    def know(self, metrics: Iterable[Metric]) -> None:
        """Series that its own derived rules record, beside those that are declared."""
        for metric in metrics:
            for exposed in metric.exposed():
                self._series.setdefault(exposed.name, _Series(metric, exposed))

    def declared(self) -> Mapping[str, tuple[Declared, Exposed | None]]:
        """What every series name known to the system belongs to."""
        return {name: (series.owner, series.exposed) for name, series in self._series.items()}

    def _unknown(self, name: str, origin: Origin) -> Finding:
        owner = self._series.get(f"{name.removesuffix('_sum')}_bucket")
        if name.endswith("_sum") and owner is not None and isinstance(owner.owner, Metric):
            return no_sum(name, owner.owner.name, origin)
        return unknown_metric(name, origin, self._series, self._owners.get(name, ()))

    def unit(self, node: Node) -> Unit | None:
        """The unit of an expression's samples, or None where it cannot be known."""
        return infer(node, self.metric_unit).of(node)

    def quantity(self, value: Real | Quantity, unit: Unit | None, origin: Origin) -> Decimal:
        """A threshold as a number in *unit*."""
        if not isinstance(value, Quantity):
            return exact(value)
        try:
            return convert(value.value, named(value.unit), unit)
        except UnitError as error:
            self.findings.append(unit_mismatch(str(error), origin))
            return value.value

    def _place(self, node: Node, unknown: dict[str, None], origin: Origin) -> Node:
        if isinstance(node, Selector):
            return self._scoped(node, unknown, origin)
        if self.keep and isinstance(node, Aggregation):
            return attrs.evolve(node, grouping=_kept_by(node.grouping, self.keep))
        if self.keep and isinstance(node, Binary) and node.matching is not None:
            return attrs.evolve(node, matching=_kept_on(node.matching, self.keep))
        return node

    def _scoped(self, selector: Selector, unknown: dict[str, None], origin: Origin) -> Node:
        declared = self._series.get(selector.metric)
        if declared is None and selector.metric:
            unknown[selector.metric] = None
        scope = scope_of(declared.owner if declared else None, self.system)
        self.findings += [outside_scope(own, matcher, origin) for own, matcher in contradictions(selector, scope)]
        return scoped(selector, scope)

    def metric_unit(self, name: str) -> MetricUnit | None:
        """The unit of the series of that name."""
        if name not in self._units:
            self._units[name] = None  # a rule that reads itself has no unit
            declared = self._series.get(name)
            self._units[name] = None if declared is None else self._declared_unit(declared)
        return self._units[name]

    def _declared_unit(self, series: _Series) -> MetricUnit | None:
        if isinstance(series.owner, RecordingRule):
            placed, _ = resolve_measures(series.owner.expr.node, self.metric_unit)
            return MetricUnit(infer(placed, self.metric_unit).of(placed))
        return _metric_unit(series.owner, series.exposed)


def owners(systems: Iterable[System]) -> Mapping[str, tuple[str, ...]]:
    """The systems that have the series of each name."""
    found: dict[str, dict[str, None]] = {}
    for system in systems:
        for declared in system.declared():
            exposed = [declared.name] if isinstance(declared, RecordingRule) else [e.name for e in declared.exposed()]
            if isinstance(declared, RecordingRule) or declared.scope == "own":
                for name in exposed:
                    found.setdefault(name, {})[system.name] = None
    return {name: tuple(names) for name, names in found.items()}


@attrs.frozen
class _Series:
    owner: Declared
    exposed: Exposed | None = None


def _series(system: System) -> dict[str, _Series]:
    """What every series name known to the system belongs to; the system's own come before catalogues."""
    known: dict[str, _Series] = {}
    for declared in _declared(system):
        if isinstance(declared, RecordingRule):
            known.setdefault(declared.name, _Series(declared))
        else:
            for exposed in declared.exposed():
                known.setdefault(exposed.name, _Series(declared, exposed))
    return known


def _declared(system: System) -> Iterator[Declared]:
    yield from system.declared()
    for catalogue in (*system.catalogues, builtin, firing, objectives):
        yield from catalogue.metrics


def _metric_unit(metric: Metric, exposed: Exposed | None) -> MetricUnit | None:
    own = named(metric.unit) if metric.unit else unit_of_name(metric.name)
    if exposed is None:
        return MetricUnit(own)
    match exposed.kind:
        case "bucket" | "histogram":
            return MetricUnit(COUNT, observed=own)
        case "counter" if exposed.name == f"{metric.name}_count":
            return MetricUnit(COUNT, observed=own)
        case "gauge" if exposed.name.endswith("_created"):
            return MetricUnit(SECONDS)
        case _:
            return MetricUnit(own)


def _kept_by(grouping: Grouping | None, keep: tuple[str, ...]) -> Grouping:
    if grouping is None:
        return Grouping(keep)
    return Grouping(_kept(grouping.labels, keep, add=not grouping.without), grouping.without)


def _kept_on(matching: Matching, keep: tuple[str, ...]) -> Matching:
    labels = _kept(matching.labels, keep, add=matching.on)
    return attrs.evolve(matching, labels=labels, include=_kept(matching.include, keep, add=False))


def _kept(labels: tuple[str, ...], keep: tuple[str, ...], *, add: bool) -> tuple[str, ...]:
    if add:
        return labels + tuple(label for label in keep if label not in labels)
    return tuple(label for label in labels if label not in keep)
