"""Series that are not there."""

from __future__ import annotations

from collections.abc import Iterator

from watchwright.checks.expressions.problem import Context, Problem, expression, shown
from watchwright.query.tree import COMPARISONS, Binary, Call, Node, Selector, Shifted, Window


@expression("promql/absent", Call, severity="warning")
def absent(node: Call, context: Context) -> Iterator[Problem]:
    """
    `absent` cannot tell which series is gone.

    It knows labels only from a selector's `=` matchers. Of a pattern or of an aggregation it yields a series without
    any label, once all of it is gone: whoever is woken learns neither the job nor the instance. Ask for each with `=`,
    joined by `or`, or say which with `.labelled(...)`.
    """
    if context.use.role == "alert" and node.function in ("absent", "absent_over_time"):
        labels = context.of(node).labels
        if not labels.names and not labels.is_open:
            alone = isinstance(node.arguments[0], Selector | Window | Shifted)
            hint = "match with `=`, one `absent` for each" if alone else "ask for the selector alone, matched with `=`"
            yield Problem(node, f"`{shown(node)}` tells no label of what is gone", hint)


@expression("alert/vanishes", severity="warning")
def vanishes(node: Node, context: Context) -> Iterator[Problem]:
    """
    An alert falls silent when its series vanish, and nothing else watches for that.

    A comparison with nothing is nothing. The alert on targets gone that each job of the system brings would tell, and
    so would an alert on `absent(...)`; this series has neither. Add the job that scrapes it, or an alert on its
    absence.
    """
    nodes = context.typed.nodes
    if context.use.role != "alert" or any(map(_asks, nodes)):
        return
    for name in dict.fromkeys(each.metric for each in nodes if isinstance(each, Selector)):
        series = context.world.of(name)
        if series is not None and not series.watched:
            yield Problem(node, f"nothing fires when `{name}` vanishes, and this alert is silent then")


def _asks(node: Node) -> bool:
    return isinstance(node, Call) and node.function in ("absent", "absent_over_time")


@expression("alert/unconditional", severity="warning")
def unconditional(node: Node, context: Context) -> Iterator[Problem]:
    """
    An alert has no condition: it fires for every series there is, whatever its value.

    A comparison is missing, or is written with `bool`, which answers 0 instead of nothing. Where the series is there
    only while something is wrong, accept this and say so.
    """
    of = context.of(node)
    meant = of.samples in ("info", "unknown") or of.numbers.constant == 1
    if context.use.role == "alert" and not meant and not any(_chooses(each) for each in context.typed.nodes):
        yield Problem(node, f"`{shown(node)}` fires for every series, whatever its value", "compare it with something")


def _chooses(node: Node) -> bool:
    """Whether it leaves some series out, and others not."""
    if isinstance(node, Binary):
        return (node.op in COMPARISONS and not node.bool) or node.op in ("and", "unless")
    return _asks(node)


@expression("promql/or-vector", Binary, severity="warning")
def added(node: Binary, context: Context) -> Iterator[Problem]:
    """
    `or vector(...)` beside series with labels adds one more series, always.

    It stands in for the left side only where that has no labels, as `sum(...)` has none. Beside `sum by (route) (...)`
    the number is there all the time, and an alert on it fires for a series that nothing is. It is assumed that a
    default was meant: give one to each, such as `or 0 * sum by (route) (...)` of a series that is always there.
    """
    right = node.right
    if node.op != "or" or node.matching is not None or context.use.role not in ("alert", "record"):
        return
    labels = context.of(node.left).labels
    if isinstance(right, Call) and right.function == "vector" and any(labels.has(name) for name in labels.names):
        yield Problem(
            node, f"`or {shown(right)}` is always there, beside what has labels", "give each series its default"
        )


@expression("metric/deprecated", Selector, severity="warning")
def deprecated(node: Selector, context: Context) -> Iterator[Problem]:
    """
    An expression reads a metric that is deprecated.

    It is going to vanish, and what reads it will fall silent without an error.
    """
    series = context.world.of(node.metric)
    if series is not None and series.deprecated:
        renamed = context.world.of(series.deprecated) is not None or series.deprecated.isidentifier()
        hint = f"use `{series.deprecated}`" if renamed else series.deprecated
        yield Problem(node, f"`{series.name}` is deprecated", hint)
