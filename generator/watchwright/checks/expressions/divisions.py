"""Divisions by nothing."""

from __future__ import annotations

from collections.abc import Iterator

from watchwright.checks.expressions.problem import Context, Problem, expression, shown
from watchwright.query.tree import Aggregation, Binary, Call, Matching, Node, walk
from watchwright.semantics.parts import is_part, narrowed_labels
from watchwright.semantics.world import Samples

#: What is 0 whenever nothing happens.
_IDLE: frozenset[Samples] = frozenset({"rate"})


@expression("promql/nan", Aggregation, severity="warning")
def nan_inside(node: Aggregation, context: Context) -> Iterator[Problem]:
    """
    A division that can be 0 by 0 inside an aggregation.

    Where nothing happens it yields NaN, and one NaN makes a sum or an average NaN, of all the series that are well.
    Add up first and divide then, or divide by `(... > 0)`, which leaves out what has no traffic.
    """
    if node.op in ("sum", "avg", "stddev", "stdvar"):
        for division in _divisions(node.expr, context):
            yield Problem(
                division, f"`{shown(division)}` is NaN where there is no traffic, and so is the whole `{node.op}`"
            )


@expression("promql/recorded-nan", severity="warning")
def recorded_nan(node: Node, context: Context) -> Iterator[Problem]:
    """
    A recorded ratio that can be 0 by 0.

    It is recorded as NaN where there is no traffic. What reads it over time becomes NaN for as long as its window: an
    average over a day after one idle minute. Divide by `(... > 0)`, or use `ratio(...)`.
    """
    if context.use.role == "record":
        for division in _divisions(node, context):
            yield Problem(division, f"`{shown(division)}` is recorded as NaN where there is no traffic")


def _divisions(node: Node, context: Context) -> Iterator[Binary]:
    """The divisions of a rate by a rate whose result goes up unchanged."""
    waiting = [node]
    while waiting:
        node = waiting.pop()
        if isinstance(node, Binary):
            if node.op == "/" and _is_idle(node, context):
                yield node
            elif node.op in ("+", "-", "*", "/", "or"):
                waiting += [node.left, node.right]
        elif isinstance(node, Call) and node.function in ("clamp_min", "clamp_max", "clamp", "abs", "label_replace"):
            waiting.append(node.arguments[0])


def _is_idle(node: Binary, context: Context) -> bool:
    left, right = context.of(node.left), context.of(node.right)
    both = left.samples in _IDLE and right.samples in _IDLE
    return both and left.numbers.zero and right.numbers.zero


@expression("promql/self-division", Binary)
def self_division(node: Binary, context: Context) -> Iterator[Problem]:
    """
    Each series is divided by itself: the answer is 1, or NaN.

    Series pair by all their labels. In `rate(x{code="500"}[5m]) / rate(x[5m])` the series of 500 on the left pairs with
    the series of 500 on the right, and not with the sum of all. Add up both sides first, or leave the label out:
    `/ ignoring (code) group_left ...`.
    """
    if node.op != "/" or not is_part(node.left, node.right):
        return
    left, right = context.of(node.left).labels, context.of(node.right).labels
    pairing = left.pairing(right, node.matching or Matching())
    chosen = narrowed_labels(node.left, node.right)
    # `* 0.9` makes it something else, and a label that does not pair tells several parts of one whole apart
    other = any(isinstance(each, Binary) for each in walk(node.left)) or set(left.names) - set(pairing)
    if chosen and not other and all(label in pairing and left.has(label) for label in chosen):
        named = " and ".join(f"`{label}`" for label in chosen)
        yield Problem(node, f"each series is divided by itself: {named} pairs them", "add up both sides first")
