"""Whether a quotient is a share of a whole, or a mean."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Literal

from watchwright.query.tree import (
    Aggregation,
    Binary,
    Call,
    Grouping,
    Node,
    Number,
    Selector,
    Shifted,
    Subquery,
    Window,
)

#: Functions of a series that yield no more for a part of the series.
_GROWING = frozenset({"rate", "irate", "increase", "sum_over_time", "max_over_time", "last_over_time", "avg_over_time"})
_ADDING = frozenset({"sum", "max", "count"})
_DEEPEST = 50

#: What becomes of the series that are compared, further out; it says which parts of a whole are still no more than it.
#: `each` is set against its whole. Of what is `added` parts may be finer where they add up to the whole. Of the
#: `same` groups the parts must be, where each is counted, or the greatest of each over time is added. `alone` each
#: series stands for itself, and is the same on both sides, as a union of several is only then.
#: Nothing but a selector is left `untouched`: a part of a sum has fewer samples than the sum.
_Within = Literal["each", "added", "same", "alone", "untouched"]


def is_part(left: Node, right: Node) -> bool:
    """Whether the left side counts some of what the right side counts, both in the same way; neither is negative."""
    return _is_part(left, _unfiltered(right), _DEEPEST, "each")


def share(left: Node, right: Node) -> float | None:
    """How many times the right side the left one is at most, where it is so many parts of it: 100 for percents."""
    if isinstance(left, Binary) and left.op == "*":
        factor, part = (left.left, left.right) if isinstance(left.left, Number) else (left.right, left.left)
        if isinstance(factor, Number) and factor.value.is_finite() and factor.value > 1:
            return float(factor.value) if is_part(part, right) else None
    return 1.0 if is_part(left, right) else None


def _unfiltered(node: Node) -> Node:
    """What `... > 0` lets through."""
    while isinstance(node, Binary) and not node.bool and isinstance(node.right, Number) and _lets_greater(node):
        node = node.left
    return node


def _lets_greater(node: Binary) -> bool:
    """Whether a comparison with a number leaves out none that is greater than one it lets through."""
    return node.op == ">" or (node.op == "!=" and isinstance(node.right, Number) and node.right.value == 0)


def _is_part(left: Node, right: Node, depth: int, within: _Within) -> bool:
    if depth == 0:
        return False
    if isinstance(left, Binary):
        return _is_part_of_operation(left, right, depth, within)
    rule = _RULES.get(type(left))
    return rule is not None and type(left) is type(right) and rule(left, right, depth - 1, within)


def _of_window(left: Window, right: Window, depth: int, within: _Within) -> bool:
    return left.range == right.range and _is_part(left.vector, right.vector, depth, within)


def _of_subquery(left: Subquery, right: Subquery, depth: int, within: _Within) -> bool:
    return (left.range, left.step) == (right.range, right.step) and _is_part(left.expr, right.expr, depth, within)


def _of_shifted(left: Shifted, right: Shifted, depth: int, within: _Within) -> bool:
    same = (left.offset, left.at, left.modifier) == (right.offset, right.at, right.modifier)
    return same and _is_part(left.expr, right.expr, depth, within)


def _of_call(left: Call, right: Call, depth: int, within: _Within) -> bool:
    same = left.function == right.function and left.function in _GROWING
    alone = len(left.arguments) == len(right.arguments) == 1
    return same and alone and _is_part(left.arguments[0], right.arguments[0], depth, _over_time(left, within))


def _over_time(node: Call, within: _Within) -> _Within:
    if not any(isinstance(each, Subquery) for each in (node.arguments[0], *node.arguments[0].children())):
        return within
    if node.function == "sum_over_time":
        return within
    if node.function == "max_over_time":
        return "same" if within == "added" else within
    return "untouched"


def _of_aggregation(left: Aggregation, right: Aggregation, depth: int, within: _Within) -> bool:
    same = left.op == right.op and left.op in _ADDING and _is_finer(left.grouping, right.grouping)
    return same and _may_aggregate(left, right, within) and _is_part(left.expr, right.expr, depth, _INSIDE[left.op])


_INSIDE: dict[str, _Within] = {"sum": "added", "count": "same", "max": "each"}


def _may_aggregate(left: Aggregation, right: Aggregation, within: _Within) -> bool:
    if within in ("alone", "untouched"):
        return False
    finer_adds_up = within == "each" or (within == "added" and left.op != "max")
    return finer_adds_up or _is_finer(right.grouping, left.grouping)


def _is_part_of_operation(left: Binary, right: Node, depth: int, within: _Within) -> bool:
    if within == "untouched":
        return False
    if left.op == "or":
        inside: _Within = "each" if within == "each" else "alone"
        return all(_is_part(side, right, depth - 1, inside) for side in (left.left, left.right))
    factor, part = (left.left, left.right) if isinstance(left.left, Number) else (left.right, left.left)
    if left.op == "*" and isinstance(factor, Number) and 0 <= factor.value <= 1:
        return _is_part(_unfiltered(part), right, depth - 1, within)
    return False


def _is_finer(left: Grouping | None, right: Grouping | None) -> bool:
    ours, theirs = left or Grouping(), right or Grouping()
    if ours.without or theirs.without:
        return ours == theirs
    return set(theirs.labels) <= set(ours.labels)


def _selects_part(left: Selector, right: Selector, within: _Within) -> bool:
    ours, theirs = set(left.matchers), set(right.matchers)
    if left.metric and left.metric == right.metric:
        return theirs <= ours
    # one bucket holds some of the observations
    stem, suffix, rest = left.metric.rpartition("_bucket")
    bounds = [each for each in left.matchers if each.label == "le"]
    in_count = bool(suffix) and not rest and right.metric == f"{stem}_count" and within != "alone"
    return in_count and len(bounds) == 1 and bounds[0].op == "=" and theirs <= ours


_RULES: dict[type[Node], Callable[[Any, Any, int, _Within], bool]] = {
    Selector: lambda left, right, depth, within: _selects_part(left, right, within),
    Window: _of_window,
    Subquery: _of_subquery,
    Shifted: _of_shifted,
    Call: _of_call,
    Aggregation: _of_aggregation,
}


def is_mean(left: Node, right: Node) -> bool:
    """Whether it is the sum of observations divided by their number."""
    total, count = _metric(left), _metric(right)
    return total.endswith("_sum") and count.endswith("_count") and total[:-4] == count[:-6]


def _metric(node: Node) -> str:
    found = _selector(node)
    return "" if found is None else found.metric


def narrowed_labels(left: Node, right: Node) -> tuple[str, ...]:
    """The labels by which the left side selects a part of the series of the right one."""
    ours, theirs = _selector(left), _selector(right)
    if ours is None or theirs is None or ours.metric != theirs.metric:
        return ()
    return tuple(dict.fromkeys(each.label for each in ours.matchers if each not in theirs.matchers))


def _selector(node: Node) -> Selector | None:
    """The one selector that an expression is made of, through functions and aggregations."""
    while not isinstance(node, Selector):
        below = [each for each in node.children() if not isinstance(each, Number)]
        if len(below) != 1:
            return None
        node = below[0]
    return node
