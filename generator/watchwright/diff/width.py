"""
How many series an expression has, and how many samples it reads, by what is declared of labels.

An estimate: each combination of the labels' values is taken to be there, each metric to be exposed by one job (the
largest of those that its selector takes), and what nobody declared to be one. Discovery tells no number of targets:
such a job counts as one.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from math import prod
from typing import Any

import attrs

from watchwright.model.discovery import Static
from watchwright.model.metric import Histogram, Metric, Summary
from watchwright.model.scrape import Job
from watchwright.query.tree import (
    Aggregation,
    Binary,
    Call,
    Duration,
    Matcher,
    Node,
    Selector,
    Shifted,
    String,
    Subquery,
    Unary,
    Window,
)
from watchwright.semantics.values import alternatives, takes

#: The values of a label, where they are known, or how many there are.
Width = frozenset[str] | int
#: The labels of series.
Widths = Mapping[str, Width]

_MINUTE = 60_000
_SETS = ("and", "unless")


@attrs.frozen(kw_only=True)
class Known:
    """Series of one name: their labels, and how many milliseconds lie between two samples."""

    widths: Widths
    interval: int
    jobs: tuple[Job, ...] = ()


@attrs.define
class Reader:
    """Reads expressions of one system; *known* are its series by name, those that it records among them."""

    known: dict[str, Known]
    evaluated: int = _MINUTE

    def series(self, node: Node) -> int:
        """How many series an expression yields."""
        return _count(self.widths(node))

    def widths(self, node: Node) -> Widths:
        """The labels of what an expression yields."""
        read = self._readers().get(type(node))
        found: Widths = read(node) if read else {}
        return found

    def _readers(self) -> Mapping[type[Node], Callable[[Any], Widths]]:
        return {
            Selector: self._selected,
            Window: lambda node: self.widths(node.vector),
            Subquery: lambda node: self.widths(node.expr),
            Shifted: lambda node: self.widths(node.expr),
            Unary: lambda node: self.widths(node.expr),
            Aggregation: self._aggregated,
            Binary: self._joined,
            Call: self._called,
        }

    def samples(self, node: Node) -> int:
        """How many samples one evaluation reads."""
        match node:
            case Selector():
                return self.series(node)
            case Window():
                known = self.known.get(node.vector.metric)
                each = max(_length(node.range) // (known.interval if known else self.evaluated), 1)
                return self.series(node.vector) * each
            case Shifted():
                return self.samples(node.expr)
            case Subquery():
                step = _length(node.step) if node.step is not None else self.evaluated
                times = max(_length(node.range) // max(step, 1), 1)
                return times * (self.samples(node.expr) + self.series(node.expr))
            case _:
                return sum(map(self.samples, node.children()))

    def _selected(self, node: Selector) -> Widths:
        known = self.known.get(node.metric)
        if known is None:
            return {}
        widths = dict(known.widths)
        if known.jobs:
            asked = [each for each in node.matchers if each.label == "job"]
            jobs = [job for job in known.jobs if all(takes(each, job.name) is not False for each in asked)]
            if not jobs:
                return {"": 0}
            widths["instance"] = max(map(targets, jobs))
        for matcher in node.matchers:
            if matcher.label in widths:
                widths[matcher.label] = _matched(widths[matcher.label], matcher)
        return widths

    def _aggregated(self, node: Aggregation) -> Widths:
        inner = self.widths(node.expr)
        if node.op in ("topk", "bottomk", "limitk"):
            return inner
        if node.grouping is None or not _count(inner):
            return {} if _count(inner) else {"": 0}
        named = node.grouping.labels
        return {name: width for name, width in inner.items() if (name in named) is not node.grouping.without}

    def _joined(self, node: Binary) -> Widths:
        left, right = self.widths(node.left), self.widths(node.right)
        if node.op == "or":
            return either(left, right)
        if node.op in _SETS or node.matching is None or node.matching.group == "left":
            return left if left or node.op in _SETS else right
        if node.matching.group == "right":
            return right
        labels = node.matching.labels
        return {name: width for name, width in left.items() if (name in labels) is node.matching.on}

    def _called(self, node: Call) -> Widths:
        match node.function:
            case "histogram_quantile":
                return {name: width for name, width in self.widths(node.arguments[-1]).items() if name != "le"}
            case "label_replace" if isinstance(node.arguments[1], String):
                return self._labelled(node)
            case "absent" | "absent_over_time" | "scalar" | "vector" | "time":
                return {}
            case _:
                return next((found for each in node.arguments if (found := self.widths(each))), {})

    def _labelled(self, node: Call) -> Widths:
        target, replacement, source = (each.value for each in node.arguments[1:4] if isinstance(each, String))
        inner = self.widths(node.arguments[0])
        constant: Width = frozenset([replacement]) if not source else inner.get(source, 1)
        return {**inner, target: constant}


def targets(job: Job) -> int:
    """How many targets a job has, as far as its definition tells."""
    return max(sum(len(each.targets) if isinstance(each, Static) else 1 for each in job.discovery), 1)


def exposed(metric: Metric, interval: int, jobs: tuple[Job, ...]) -> dict[str, Known]:
    """What a metric of a system brings, by the names of its series."""
    widths: dict[str, Width] = {
        label.name: frozenset(label.values) or label.cardinality or 1 for label in metric.labels if not label.volatile
    }
    found: dict[str, Known] = {}
    for each in metric.exposed():
        own = dict(widths)
        if each.kind == "bucket" and isinstance(metric, Histogram):
            own["le"] = len(metric.buckets) + 1
        if each.kind == "quantile" and isinstance(metric, Summary):
            own["quantile"] = len(metric.quantiles)
        found[each.name] = Known(widths=own, interval=interval, jobs=jobs)
    return found


def _count(widths: Widths) -> int:
    return prod(len(width) if isinstance(width, frozenset) else width for width in widths.values())


def either(left: Widths, right: Widths) -> Widths:
    """The labels of series that are of one kind or of another."""
    if not left or not right:
        return left or right
    return {name: _wider(left.get(name, 1), right.get(name, 1)) for name in dict.fromkeys((*left, *right))}


def _wider(one: Width, other: Width) -> Width:
    if isinstance(one, frozenset) and isinstance(other, frozenset):
        return one | other
    return max(len(each) if isinstance(each, frozenset) else each for each in (one, other))


def _matched(width: Width, matcher: Matcher) -> Width:
    if isinstance(width, frozenset):
        return frozenset(each for each in width if takes(matcher, each) is not False)
    if matcher.op == "=":
        return min(width, 1)
    if matcher.op == "=~":
        texts = alternatives(matcher.value)
        return min(width, len(texts)) if texts else width
    return max(width - 1, 1) if matcher.op == "!=" else width


def _length(duration: Duration) -> int:
    return duration if isinstance(duration, int) else _MINUTE
