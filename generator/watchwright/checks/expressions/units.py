"""Units that do not go together."""

from __future__ import annotations

from collections.abc import Iterator

from watchwright.checks.expressions.problem import Context, Problem, expression, shown
from watchwright.query.tree import COMPARISONS, Binary, Node, Number, Selector, walk
from watchwright.query.units import DIMENSIONLESS, SECONDS


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


@expression("promql/percent", Binary, severity="warning")
def percent(node: Binary, context: Context) -> Iterator[Problem]:
    """
    A ratio is compared with a number that looks like percents.

    Ratios are from 0 to 1, and 90 % is 0.9. It is assumed that a metric in a ratio is a share of something, which is
    never 90 times the whole. Write `90 * percent`, or 0.9 in PromQL.
    """
    if node.op not in COMPARISONS:
        return
    for side, number in ((node.left, node.right), (node.right, node.left)):
        if isinstance(number, Number) and _is_percent(number) and _is_share(side, context):
            message = f"`{shown(side)}` is a ratio from 0 to 1, and is compared with {shown(number)}"
            yield Problem(node, message, f"write `{shown(number)} * percent`, or {number.value / 100:f}")


def _is_percent(number: Number) -> bool:
    return number.unit is None and number.value.is_finite() and _LEAST_PERCENT <= number.value <= _MOST_PERCENT


def _is_share(node: Node, context: Context) -> bool:
    """Whether it is a metric in a ratio, as it was exposed: a quotient may well be several times the whole."""
    read = [context.world.of(each.metric) for each in walk(node) if isinstance(each, Selector)]
    computed = any(each is None or each.recorded for each in read) or any(
        isinstance(each, Binary) for each in walk(node)
    )
    return not computed and context.typed.unit(node) == DIMENSIONLESS and context.of(node).samples != "unknown"


_LEAST_PERCENT, _MOST_PERCENT = 2, 100


@expression("promql/moment", Binary, severity="warning")
def moment(node: Binary, context: Context) -> Iterator[Problem]:
    """
    A moment is compared with a duration.

    Timestamps count seconds since 1970, and each of them is beyond every number of hours or days: the comparison has
    always held, or never. How long ago it was is `time() - x`, how long it takes until then `x - time()`.
    """
    if node.op not in COMPARISONS:
        return
    for side, number in ((node.left, node.right), (node.right, node.left)):
        limit = context.of(number).numbers.constant
        if context.of(side).samples == "timestamp" and limit is not None and 0 < limit < _FIRST_MOMENT:
            yield Problem(node, f"`{shown(side)}` is a moment, in seconds since 1970", "its age is `time() - ...`")


#: 1990, before there was anything to watch.
_FIRST_MOMENT = 631_152_000
