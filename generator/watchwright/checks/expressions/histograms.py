"""Quantiles of histograms."""

from __future__ import annotations

from collections.abc import Iterator

from watchwright.checks.expressions.problem import Context, Problem, expression, shown
from watchwright.query.tree import COMPARISONS, Binary, Call
from watchwright.semantics.calls import lacks_le
from watchwright.semantics.numbers import holds


@expression("histogram/no-le", Call)
def no_le(node: Call, context: Context) -> Iterator[Problem]:
    """
    `histogram_quantile` of buckets without their bounds.

    It finds the bounds in the label `le`, and leaves out what has none: nothing is left, and nothing is said. Keep
    `le` in every aggregation of buckets: `by (le, ...)`.
    """
    if node.function == "histogram_quantile" and lacks_le(context.of(node.arguments[-1])):
        message = f"`{shown(node.arguments[-1])}` has no label `le`, so there is no quantile of it"
        yield Problem(node, message, "keep it: `by (le, ...)`")


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
    left, right = context.of(node.left), context.of(node.right)
    if node.op not in COMPARISONS or left.samples != "quantile" or left.numbers.high == float("inf"):
        return
    if right.numbers.low >= left.numbers.high and holds(left.numbers, node.op, right.numbers) is False:
        message = f"a quantile of these buckets is never above {left.numbers.high:g}, the last of their bounds"
        yield Problem(node, message, "compare with less, or add a bucket beyond it")
