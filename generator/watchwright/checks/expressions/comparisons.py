"""Comparisons that always hold, or never."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TypeGuard

from watchwright.checks.expressions.histograms import is_beyond
from watchwright.checks.expressions.problem import Context, Problem, expression, shown
from watchwright.query.tree import COMPARISONS, Binary, Call, Node, Number
from watchwright.semantics.numbers import Numbers, exactly, holds
from watchwright.semantics.types import Type


@expression("promql/always-false", Binary)
def always_false(node: Binary, context: Context) -> Iterator[Problem]:
    """
    A comparison never holds, whatever the samples are: a share above 1, a count below 0.

    The alert can never fire, and nothing says so. The number is in another unit (5 for 5 %, 500 for 500 ms), or the
    comparison is the wrong way round.
    """
    subject, _ = _sides(node, context)
    if node.op in COMPARISONS and holds(*_numbers(node, context)) is False and not is_beyond(node, context):
        message = f"`{_half(node, context)}` never holds: `{_shown(node, context)}` is {subject.numbers}"
        counts = subject.samples == "count" and subject.numbers.low == 1
        yield Problem(node, message, "a count of nothing is empty, and not 0: ask `absent(...)`" if counts else "")


@expression("promql/always-true", Binary)
def always_true(node: Binary, context: Context) -> Iterator[Problem]:
    """
    A comparison always holds, whatever the samples are: a count of at least 0.

    It leaves nothing out. An alert on it fires as long as there are samples. The comparison is the wrong way round, or
    looks at something else than was meant.
    """
    if node.op in COMPARISONS and holds(*_numbers(node, context)) is True and not _is_habit(node, context):
        subject, _ = _sides(node, context)
        yield Problem(node, f"`{_half(node, context)}` always holds: `{_shown(node, context)}` is {subject.numbers}")


#: What is compared on both sides of a day or an hour, to be read as one condition.
_CALENDAR = frozenset(
    {"hour", "minute", "month", "year", "day_of_week", "day_of_month", "day_of_year", "days_in_month"}
)


def _is_habit(node: Binary, context: Context) -> bool:
    """Whether it only says what is there: a band of hours, or `> 0` and `== 1` of a count and of what is always 1."""
    if isinstance(node.left, Call) and node.left.function in _CALENDAR:
        return True
    subject, other = _sides(node, context)
    there = subject.numbers.constant == 1 or (subject.samples == "count" and subject.numbers.low == 1)
    return there and subject.kind == "vector" and node.op in (">", ">=", "==") and other.numbers.constant in (0, 1)


@expression("promql/contradiction", Binary)
def contradiction(node: Binary, context: Context) -> Iterator[Problem]:
    """
    Two conditions on the same thing exclude each other: `x > 100 and x < 50`.

    Nothing is both, and nothing is ever left. Where either is enough, write `or`.
    """
    if node.op != "and" or node.matching is not None:
        return
    left, right = node.left, node.right
    if not _is_filter(left) or not _is_filter(right) or left.left != right.left:
        return
    ours, theirs = context.of(left).numbers, context.of(right).numbers
    if max(ours.low, theirs.low) > min(ours.high, theirs.high):
        conditions = [f"`{each.op} {shown(each.right)}`" for each in (left, right)]
        yield Problem(node, f"{' and '.join(conditions)} exclude each other", "write `or` where either is enough")


def _is_filter(node: Node) -> TypeGuard[Binary]:
    return isinstance(node, Binary) and node.op in COMPARISONS and not node.bool and isinstance(node.right, Number)


@expression("promql/dropped-zero", Binary, severity="warning")
def dropped_zero(node: Binary, context: Context) -> Iterator[Problem]:
    """
    A filter takes out the 0 that a comparison is about.

    `(x > 0) < 5` is silent when x is 0, which is the worst case of too little. Leave the filter out, or put it behind
    an `and` of its own.
    """
    if node.op not in ("<", "<=", "==") or node.bool:
        return
    subject, limit = context.of(node.left), context.of(node.right).numbers
    is_date = (
        isinstance(node.left, Binary) and isinstance(node.left.left, Call) and node.left.left.function in _CALENDAR
    )
    if subject.samples == "unknown" or is_date:
        return
    zero_holds = holds(exactly(0.0), node.op, limit) is True
    if context.use.role in ("alert", "record") and subject.narrowed and not subject.numbers.zero and zero_holds:
        yield Problem(node, f"0 was filtered out before `{node.op} {shown(node.right)}` looks for it")


def _numbers(node: Binary, context: Context) -> tuple[Numbers, str, Numbers]:
    return context.of(node.left).numbers, node.op, context.of(node.right).numbers


def _sides(node: Binary, context: Context) -> tuple[Type, Type]:
    left, right = context.of(node.left), context.of(node.right)
    return (right, left) if left.kind == "scalar" else (left, right)


def _shown(node: Binary, context: Context) -> str:
    return shown(node.right if context.of(node.left).kind == "scalar" else node.left)


def _half(node: Binary, context: Context) -> str:
    if context.of(node.left).kind == "scalar":
        return f"{shown(node.left)} {node.op}"
    return f"{node.op} {shown(node.right)}"
