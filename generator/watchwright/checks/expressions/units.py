"""Units that do not go together."""

from __future__ import annotations

from collections.abc import Iterator

from watchwright.checks.expressions.problem import Context, Problem, expression, shown
from watchwright.query.tree import COMPARISONS, Binary, Node, Number
from watchwright.query.units import SECONDS


@expression("promql/unit")
def mismatch(_node: Node, context: Context) -> Iterator[Problem]:
    """
    Two sides are added, subtracted or compared that are not of one unit: seconds and bytes, a ratio and percents.

    Prometheus knows no units, and the number that comes out means nothing. Convert one side (`/ 100`, `* 1000`), or
    mend the unit of the metric's declaration.
    """
    for problem in context.typed.units.problems:
        yield Problem(problem.node, problem.message)


# so many a second: what everybody takes a bare number for
_PER_SECOND = (SECONDS**-1).measured


@expression("promql/bare-number", Binary, severity="warning")
def bare(node: Binary, context: Context) -> Iterator[Problem]:
    """
    A number without a unit is compared with what has one.

    `latency > 500` reads like milliseconds, and is 500 seconds. Write `500 * ms` or `5 * minutes`: it becomes the right
    number whatever the metric is in. PromQL that was written as text has no units, and is left alone.
    """
    if node.op not in COMPARISONS:
        return
    for side, number in ((node.left, node.right), (node.right, node.left)):
        if not isinstance(number, Number) or number.unit is not None or number.span is not None or not number.value:
            continue
        measured = context.typed.unit(side)
        if measured is not None and measured.measured not in ((), _PER_SECOND):
            yield Problem(
                node, f"`{shown(number)}` has no unit, and `{shown(side)}` is in {measured}", "multiply it by its unit"
            )
