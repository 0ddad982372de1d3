"""Quantiles of histograms."""

from __future__ import annotations

from collections.abc import Iterator

from watchwright.checks.expressions.problem import Context, Problem, expression, shown
from watchwright.query.tree import COMPARISONS, Aggregation, Binary, Call, Node, Selector, walk
from watchwright.semantics.calls import lacks_le
from watchwright.semantics.numbers import holds
from watchwright.semantics.types import Type


@expression("histogram/no-le", Call)
def no_le(node: Call, context: Context) -> Iterator[Problem]:
    """
    `histogram_quantile` of buckets without their bounds.

    It finds the bounds in the label `le`, and leaves out what has none: nothing is left, and nothing is said. Keep
    `le` in every aggregation of buckets: `by (le, ...)`.
    """
    of = context.of(node.arguments[-1]) if node.function == "histogram_quantile" else None
    if of is not None and lacks_le(of):
        message = f"`{shown(node.arguments[-1])}` has no label `le`, so there is no quantile of it"
        counted = of.buckets or any(_metric(each).endswith("_bucket") for each in walk(node))
        yield Problem(node, message, "keep it: `by (le, ...)`" if counted else "quantiles are of `_bucket`")


def _metric(node: Node) -> str:
    return node.metric if isinstance(node, Selector) else ""


@expression("histogram/no-inf", Call)
def no_inf(node: Call, context: Context) -> Iterator[Problem]:
    """
    `histogram_quantile` of buckets without the last one, `+Inf`.

    That bucket holds the count of all observations, and without it every quantile is NaN. Select all buckets.
    """
    if node.function == "histogram_quantile":
        of = context.of(node.arguments[-1])
        bounds = of.labels.of("le")
        counted = of.samples in ("bucket", "rate", "merged")
        if counted and not bounds.but and bounds.listed - {""} and "+Inf" not in bounds:
            yield Problem(node, "the buckets lack `+Inf`, so that every quantile is NaN", "select all buckets", "le")


@expression("histogram/summed-buckets", Aggregation, severity="warning")
def summed(node: Aggregation, context: Context) -> Iterator[Problem]:
    """
    Buckets are added up over their bounds.

    They are cumulative: what is below 0.1 is below 1 as well, and is counted once in each. It is assumed that the
    number of observations is meant: that is `_count`. To see one bucket, select it: `{le="0.5"}`.
    """
    of = context.of(node.expr)
    several = of.labels.has("le") and not of.labels.of("le").are_one
    if node.op not in ("sum", "avg") or not of.buckets or not several or not context.of(node).labels.lacks("le"):
        return
    if not any(isinstance(each, Call) and each.function.startswith("histogram_") for each in context.typed.nodes):
        yield Problem(node, f"`{node.op}` adds up buckets, each of which holds those below it", "use `_count`")


@expression("histogram/mixed-buckets", Call)
def mixed(node: Call, context: Context) -> Iterator[Problem]:
    """
    `histogram_quantile` of histograms with different bounds, put together.

    A bound that only some of them have counts only what those observed: the cumulative counts are then no longer
    cumulative, and the quantile is somewhere. Take the quantile of each.
    """
    if node.function == "histogram_quantile" and context.of(node.arguments[-1]).buckets is None:
        yield Problem(node, "buckets with different bounds are put together", "take the quantile of each histogram")


@expression("histogram/beyond-buckets", Binary)
def beyond(node: Binary, context: Context) -> Iterator[Problem]:
    """
    A quantile is compared with a number that it never reaches, beyond the last bucket.

    All that is known of an observation above the last finite bound is that it was above: `histogram_quantile` then
    answers with that bound. Compare with less, or give the histogram a bucket beyond the number.
    """
    if is_beyond(node, context):
        high = _quantile_and_limit(node, context)[0].numbers.high
        message = f"a quantile of these buckets is never above {high:g}, the last of their bounds"
        yield Problem(node, message, "compare with less, or add a bucket beyond it")


def is_beyond(node: Binary, context: Context) -> bool:
    """Whether a quantile of buckets is compared with a number that lies beyond the last of them, in vain."""
    if node.op not in COMPARISONS:
        return False
    quantile, limit = _quantile_and_limit(node, context)
    left, right = context.of(node.left).numbers, context.of(node.right).numbers
    beyond_all = limit.numbers.low >= quantile.numbers.high and holds(left, node.op, right) is False
    if quantile.samples != "quantile" or not beyond_all:
        return False
    side = node.left if quantile is context.of(node.left) else node.right
    return any(isinstance(each, Call) and each.function == "histogram_quantile" for each in walk(side))


def _quantile_and_limit(node: Binary, context: Context) -> tuple[Type, Type]:
    left, right = context.of(node.left), context.of(node.right)
    return (right, left) if left.kind == "scalar" else (left, right)
