"""
The type of every node of an expression, from the leaves up.

Sound: what is said to be certain holds for whatever a server can answer about series that are as declared. What
cannot be known is left open.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from watchwright.query.inference import infer
from watchwright.query.rewrite import children_first
from watchwright.query.tree import (
    Aggregation,
    Binary,
    Call,
    Matcher,
    Measure,
    Node,
    Number,
    Period,
    Placeholder,
    Selector,
    Shifted,
    String,
    Subquery,
    Unary,
    Window,
)
from watchwright.query.variables import NAME as VARIABLE
from watchwright.semantics import numbers as n
from watchwright.semantics.binaries import binary
from watchwright.semantics.calls import call, is_share
from watchwright.semantics.labels import NAME, NO_LABELS, UNKNOWN_LABELS, Labels
from watchwright.semantics.numbers import ANYTHING, Numbers, exactly
from watchwright.semantics.types import NUMBER, Empty, Type, Typed
from watchwright.semantics.values import ANY, PRESENT, only
from watchwright.semantics.world import Samples, Series, World

Types = dict[int, Type]


def typed(root: Node, world: World) -> Typed:
    """The type and the unit of each node."""
    types: Types = {}
    nodes = children_first(root)
    for node in nodes:
        types[id(node)] = _RULES[type(node)](node, types, world)
    return Typed(root, nodes, infer(root, world.unit, nodes), types)


def _selector(node: Selector, _types: Types, world: World) -> Type:
    matchers = [each for each in node.matchers if "$" not in each.value or not VARIABLE.search(each.value)]
    series = world.series.get(node.metric)
    if series is None:
        return _UNDECLARED if world.closed and node.metric else _undeclared(node, matchers)
    labels = series.labels.selected(matchers)
    impossible = any(labels.known[each.label].is_none for each in matchers)
    empty = "always" if impossible else "maybe"
    return Type("vector", series.samples, labels, series.numbers, empty, series.buckets)  # type: ignore[arg-type]


_UNDECLARED = Type("vector")


def _undeclared(node: Selector, matchers: Iterable[Matcher]) -> Type:
    named = Labels({NAME: only(node.name)}, ANY) if node.name else UNKNOWN_LABELS
    labels = named.selected(matchers)
    empty: Empty = "always" if any(values.is_none for values in labels.known.values()) else "maybe"
    # the one suffix that tells what a series is: https://prometheus.io/docs/specs/om/open_metrics_spec/#histogram-1
    samples: Samples = "bucket" if node.metric.endswith("_bucket") else "unknown"
    return Type("vector", samples, labels, ANYTHING, empty)


def recorded(name: str, of: Typed, labels: Mapping[str, str]) -> Series:
    """The series that a recording rule makes of an expression, with its labels."""
    found = of.type
    kept = found.labels
    for label, value in {NAME: name, **labels}.items():
        kept = kept.put(label, only(value))
    return Series(
        name=name,
        samples=found.samples,
        labels=kept,
        unit=of.units.metric_unit(of.root),
        numbers=found.numbers,
        buckets=found.buckets or (),
        recorded=True,
    )


def _window(node: Window, types: Types, _world: World) -> Type:
    inner = types[id(node.vector)]
    return Type("matrix", inner.samples, inner.labels, inner.numbers, inner.empty, inner.buckets)


def _subquery(node: Subquery, types: Types, _world: World) -> Type:
    inner = types[id(node.expr)]
    empty = "maybe" if inner.empty == "never" else inner.empty  # a window can lie between two steps
    return Type("matrix", inner.samples, inner.labels, inner.numbers, empty, inner.buckets)


def _shifted(node: Shifted, types: Types, _world: World) -> Type:
    return types[id(node.expr)]


def _unary(node: Unary, types: Types, _world: World) -> Type:
    inner = types[id(node.expr)]
    if node.op == "+":
        return inner
    samples: Samples = inner.samples if inner.samples in ("unknown", "histogram") else "gauge"
    return Type(inner.kind, samples, inner.labels.nameless(), n.negated(inner.numbers), inner.empty)


_PICKING = frozenset({"topk", "bottomk", "limitk", "limit_ratio"})
_SPREAD = frozenset({"stddev", "stdvar"})
_MERGED: dict[Samples, Samples] = {"counter": "merged", "truth": "count", "info": "count"}


def _aggregation(node: Aggregation, types: Types, _world: World) -> Type:
    inner = types[id(node.expr)]
    op = node.op
    if op in _PICKING:
        empty = inner.empty if inner.empty == "always" else "maybe"
        return Type("vector", inner.samples, inner.labels, inner.numbers, empty, inner.buckets)
    labels = inner.labels.grouped(node.grouping)
    if op == "count_values":
        label = node.parameter.value if isinstance(node.parameter, String) else ""
        # the label is put on before those of `without` are taken away, and the name with them
        gone = node.grouping is not None and node.grouping.without and label in (*node.grouping.labels, NAME)
        counted = labels.put(label, PRESENT) if label and not gone else labels
        return Type("vector", "count", counted, n.AT_LEAST_ONE, inner.empty)
    return Type("vector", _aggregated(op, inner), labels, _over(op, node, types), inner.empty, inner.buckets)


def _aggregated(op: str, inner: Type) -> Samples:
    if op == "count":
        return "count"
    if op == "group":
        return "truth"
    if op == "avg":
        return (
            "average"
            if inner.samples not in ("unknown", "counter", "bucket", "histogram")
            else _MERGED.get(inner.samples, "unknown")
        )
    if op == "quantile":
        return "quantile"
    if op in _SPREAD:
        return "gauge" if inner.samples != "unknown" else "unknown"
    return _MERGED.get(inner.samples, inner.samples) if op == "sum" else inner.samples


def _over(op: str, node: Aggregation, types: Types) -> Numbers:
    inner = types[id(node.expr)].numbers
    return _quantile(node.parameter, inner) if op == "quantile" else _NUMBERS[op](inner)


_NUMBERS: dict[str, Callable[[Numbers], Numbers]] = {
    "min": n.same,
    "max": n.same,
    "avg": n.averaged,
    "sum": n.summed,
    "count": lambda inner: n.AT_LEAST_ONE,
    "group": lambda inner: n.ONE,
    **dict.fromkeys(_SPREAD, lambda inner: Numbers(low=0.0, nan=inner.nan)),
}


def _quantile(parameter: Node | None, inner: Numbers) -> Numbers:
    return n.averaged(inner) if parameter is not None and is_share(parameter) else n.ANYTHING_OR_NAN


def _number(node: Number, _types: Types, _world: World) -> Type:
    return Type("scalar", "gauge", NO_LABELS, exactly(float(node.value)), "never")


def _call(node: Call, types: Types, _world: World) -> Type:
    return call(node, [types[id(each)] for each in node.arguments])


def _binary(node: Binary, types: Types, _world: World) -> Type:
    return binary(node, types[id(node.left)], types[id(node.right)])


_TEXT = Type("string", "unknown", NO_LABELS, ANYTHING, "never")

_RULES: dict[type[Node], Callable[[Any, Types, World], Type]] = {
    Number: _number,
    Placeholder: lambda node, types, world: NUMBER,
    Measure: lambda node, types, world: NUMBER,
    Period: lambda node, types, world: NUMBER,
    String: lambda node, types, world: _TEXT,
    Selector: _selector,
    Window: _window,
    Subquery: _subquery,
    Shifted: _shifted,
    Unary: _unary,
    Aggregation: _aggregation,
    Call: _call,
    Binary: _binary,
}
