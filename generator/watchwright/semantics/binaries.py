"""What a binary operation makes of the types of its sides."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal

import attrs

from watchwright.query.tree import COMPARISONS, SET_OPERATORS, Binary, Matching
from watchwright.semantics import numbers as n
from watchwright.semantics.labels import NAME, UNKNOWN_LABELS, Labels
from watchwright.semantics.numbers import ANYTHING_OR_NAN, TRUTH, Numbers
from watchwright.semantics.parts import is_mean, share
from watchwright.semantics.types import Empty, Type
from watchwright.semantics.values import ABSENT
from watchwright.semantics.world import Samples

_ALL = Matching()


def binary(node: Binary, left: Type, right: Type) -> Type:
    """The type of an operation."""
    if node.op in SET_OPERATORS:
        return _set(node, left, right)
    if node.matching is not None and _fills(node.matching):
        left, right = _filled(left, node.matching), _filled(right, node.matching)
    if node.op in COMPARISONS:
        return _comparison(node, left, right)
    return _arithmetic(node, left, right)


def never_meets(node: Binary, left: Type, right: Type) -> bool:
    """Whether no series of one side has a partner on the other."""
    matching = node.matching or _ALL
    if left.kind != "vector" or right.kind != "vector" or _fills(matching):
        return False
    pairing = left.labels.pairing(right.labels, matching)
    return any((left.labels.of(label) & right.labels.of(label)).is_none for label in pairing)


def _fills(matching: Matching) -> bool:
    return matching.fill_left is not None or matching.fill_right is not None


def _filled(side: Type, matching: Matching) -> Type:
    """A side with what stands for the series it lacks; with `group_right` Prometheus 3.14 takes the other side's."""
    numbers = side.numbers
    for fill in (matching.fill_left, matching.fill_right):
        numbers = numbers if fill is None else numbers | n.exactly(float(fill))
    return attrs.evolve(side, numbers=numbers)


# Sets -------------------------------------------------------------------------------------------------------


def _set(node: Binary, left: Type, right: Type) -> Type:
    if node.op == "or":
        return _either(left, right)
    apart = never_meets(node, left, right) or right.empty == "always"
    if node.op == "unless":
        empty: Empty = left.empty if apart or left.empty == "always" else "maybe"
        return Type("vector", left.samples, left.labels, left.numbers, empty, left.buckets, left.narrowed)
    labels = left.labels if apart else left.labels.paired(right.labels, node.matching or _ALL)
    empty = "always" if apart or left.empty == "always" else "maybe"
    return Type("vector", left.samples, labels, left.numbers, empty, left.buckets, left.narrowed)


def _either(left: Type, right: Type) -> Type:
    empty: Empty = "maybe"
    if "never" in (left.empty, right.empty):
        empty = "never"
    elif left.empty == right.empty:
        empty = left.empty
    samples = left.samples if left.samples == right.samples or right.numbers.constant is not None else "unknown"
    buckets = left.buckets if left.buckets == right.buckets else None if left.buckets and right.buckets else ()
    return Type(
        "vector", samples, left.labels | right.labels, left.numbers | right.numbers, empty, buckets,
        left.narrowed and not right.numbers.zero,
    )  # fmt: skip


# Comparison -------------------------------------------------------------------------------------------------


def _comparison(node: Binary, left: Type, right: Type) -> Type:
    swapped = left.kind == "scalar" and right.kind == "vector"
    subject = right if swapped else left
    labels, empty = _joined(node, left, right)
    if node.bool:
        kind = "scalar" if left.kind == right.kind == "scalar" else "vector"
        return Type(kind, "truth", _nameless(node, labels), TRUTH, empty)  # type: ignore[arg-type]
    verdict = n.holds(left.numbers, node.op, right.numbers)
    if verdict is False:
        empty = "always"
    elif verdict is None and empty == "never":
        empty = "maybe"
    op = _MIRRORED.get(node.op, node.op) if swapped else node.op
    other = left if swapped else right
    numbers = n.kept(subject.numbers, op, other.numbers)
    # of `0.8 < x < 10` nobody expects a 0
    took_zero = other.numbers.constant == 0 and subject.numbers.zero and not numbers.zero
    narrowed = subject.narrowed or took_zero
    return Type("vector", subject.samples, labels, numbers, empty, subject.buckets, narrowed)


_MIRRORED = {"<": ">", ">": "<", "<=": ">=", ">=": "<="}


# Arithmetic -------------------------------------------------------------------------------------------------


def _arithmetic(node: Binary, left: Type, right: Type) -> Type:
    labels, empty = _joined(node, left, right)
    kind = "scalar" if left.kind == right.kind == "scalar" else "vector"
    buckets = _buckets(left, right)
    return Type(kind, _samples(node, left, right), _nameless(node, labels), _numbers(node, left, right), empty, buckets)  # type: ignore[arg-type]


def _buckets(left: Type, right: Type) -> tuple[Decimal, ...] | None:
    if left.kind == "scalar" or right.kind == "scalar":
        return left.buckets or right.buckets
    if left.buckets and right.buckets and left.buckets != right.buckets:
        return None
    return left.buckets if left.buckets == right.buckets else ()


def _numbers(node: Binary, left: Type, right: Type) -> Numbers:
    rule = _RULES.get(node.op)
    if rule is None:
        return ANYTHING_OR_NAN
    numbers = rule(left.numbers, right.numbers)
    fills = node.matching is not None and _fills(node.matching)
    if node.op == "/" and left.numbers.low >= 0 <= numbers.low and not fills:
        most = share(node.left, node.right)
        if most is not None:
            # sums of the same numbers in another order differ in their last digits
            return n.between(0.0, most * _WHOLE, zero=numbers.zero, nan=numbers.nan)
    return numbers


_WHOLE = 1 + 1e-9
_RULES: dict[str, Callable[[Numbers, Numbers], Numbers]] = {
    "+": n.added,
    "-": lambda left, right: n.added(left, n.negated(right)),
    "*": n.multiplied,
    "/": n.divided,
    "^": n.powered,
}


def _samples(node: Binary, left: Type, right: Type) -> Samples:
    if left.kind != right.kind:
        subject, factor = (left, right) if right.kind == "scalar" else (right, left)
        scaled = node.op == "*" or (node.op == "/" and subject is left)
        return subject.samples if scaled and factor.numbers.constant is not None else _gauge(subject)
    if left.kind == "scalar":
        return "gauge"
    both = {left.samples, right.samples}
    if "unknown" in both:
        return "unknown"
    # a native one is added, subtracted, multiplied and divided as a whole
    return "histogram" if "histogram" in both else _of_vectors(node, left, right)


def _of_vectors(node: Binary, left: Type, right: Type) -> Samples:
    both = {left.samples, right.samples}
    if _is_scaled(node.op, left, right):
        return left.samples if right.numbers.constant is not None else right.samples
    if node.op == "/":
        return "average" if is_mean(node.left, node.right) else "ratio"
    if node.op == "+" and both <= {"counter", "merged"}:
        return "merged"
    return left.samples if node.op in ("+", "-") and both == {"rate"} else "gauge"


def _is_scaled(op: str, left: Type, right: Type) -> bool:
    """Whether a factor is always the same, as that of an info metric is."""
    return op in ("*", "/") and (
        right.numbers.constant is not None or (op == "*" and left.numbers.constant is not None)
    )


def _gauge(of: Type) -> Samples:
    return of.samples if of.samples in ("unknown", "histogram") else "gauge"


# Labels -----------------------------------------------------------------------------------------------------


def _nameless(node: Binary, labels: Labels) -> Labels:
    name = labels.of(NAME) | ABSENT
    # a name that `group_left` brings along stays, in some versions; `atan2` keeps it until 2.46 (#12595)
    kept = node.op == "atan2" or (node.matching is not None and NAME in node.matching.include)
    return labels.put(NAME, name) if kept else labels.nameless()


def _joined(node: Binary, left: Type, right: Type) -> tuple[Labels, Empty]:
    """The labels of the result, and how often it is empty, but for what a comparison leaves out."""
    if left.kind == "scalar":
        return right.labels, right.empty
    if right.kind == "scalar":
        return left.labels, left.empty
    matching = node.matching or _ALL
    if _fills(matching):
        return UNKNOWN_LABELS, "maybe"
    if "always" in (left.empty, right.empty) or never_meets(node, left, right):
        return _result(node, left, right, matching), "always"
    lone = not (left.labels.names or right.labels.names or left.labels.is_open or right.labels.is_open)
    return _result(node, left, right, matching), "never" if lone and left.empty == right.empty == "never" else "maybe"


def _result(node: Binary, left: Type, right: Type, matching: Matching) -> Labels:
    many, one = (right.labels, left.labels) if matching.group == "right" else (left.labels, right.labels)
    paired = many.paired(one, matching)
    if not matching.group:
        # one to one: the labels that pair them are left, and the name only where it is one of those
        return paired.by(matching.labels) if matching.on else _less(paired, matching, node)
    for label in matching.include:
        paired = paired.put(label, one.of(label))
    return paired


def _less(labels: Labels, matching: Matching, node: Binary) -> Labels:
    keeps_name = node.op == "atan2" or (node.op in COMPARISONS and not node.bool)
    if keeps_name and not matching.labels:
        return labels
    gone = labels.without(matching.labels)
    return gone.put(NAME, labels.of(NAME)) if keeps_name and NAME not in matching.labels else gone
