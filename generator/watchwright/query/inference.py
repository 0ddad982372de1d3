"""
The unit of every expression, from those of the metrics; thresholds put into the unit they are compared in.

One pass from the leaves up. What has no known unit stays unknown: nothing is guessed, and nothing
that is unknown is a mistake.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from fractions import Fraction
from typing import Any

import attrs

from watchwright.query.functions import FUNCTIONS
from watchwright.query.rewrite import children_first, rewrite
from watchwright.query.tree import (
    COMPARISONS,
    Aggregation,
    Binary,
    Call,
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
from watchwright.query.units import COUNT, COUNTED, DIMENSIONLESS, NAMED, SECONDS, MetricUnit, Unit, convert, unit

UnitOf = Callable[[str], MetricUnit | None]

#: What a bare number has: no unit of its own, dimensionless in a product, at home in any sum.
_BARE = MetricUnit(DIMENSIONLESS)
_UNKNOWN = MetricUnit(None)
_PLAIN = MetricUnit(Unit())
_COUNT = MetricUnit(COUNT)
_SECONDS = MetricUnit(SECONDS)


@attrs.frozen(order=False, slots=True)
class UnitProblem:
    """Two sides of `node` that do not go together, or a measure of another unit than what it stands against."""

    node: Node
    left: Unit
    right: Unit

    @property
    def message(self) -> str:
        """What is wrong, in a few words."""
        if self.left.is_comparable(self.right):
            return f"{self.left} meet {self.right}, and nothing converts them"
        return f"{self.left} do not go with {self.right}"


@attrs.frozen(eq=False, slots=True)
class Inferred:
    """The units that were found in a tree, by node."""

    root: Node
    problems: tuple[UnitProblem, ...]
    _units: dict[int, MetricUnit]

    def of(self, node: Node) -> Unit | None:
        """The unit of a node of this tree; None where it is unknown, or where it is a bare number."""
        found = self._units[id(node)]
        return None if found is _BARE else found.samples

    def metric_unit(self, node: Node) -> MetricUnit | None:
        """The unit of a node's samples, and of what they observed, as that of a series that is recorded from it."""
        found = self._units[id(node)]
        return None if found is _BARE else found

    def observed(self, node: Node) -> Unit | None:
        """What the histogram behind a node of this tree observed."""
        return self._units[id(node)].observed


def infer(root: Node, unit_of: UnitOf, nodes: Iterable[Node] = ()) -> Inferred:
    """Find the unit of each node, given that of each metric by its name; *nodes* are its own, children first."""
    reader = _Reader(unit_of)
    for node in nodes or children_first(root):
        reader.read(node)
    return Inferred(root, tuple(reader.problems), reader.units)


def resolve_measures(root: Node, unit_of: UnitOf) -> tuple[Node, tuple[UnitProblem, ...]]:
    """
    Put a number in the place of each measure, in the unit of what it stands against.

    `5 percent` becomes 0.05 against a ratio and against what is unknown, and 5 against percents. In
    products, and where nothing says otherwise, base units are taken. What does not go together
    is returned as problems, and taken in base units.
    """
    reader = _Reader(unit_of)

    def resolved(node: Node) -> Node:
        changed = _RESOLVERS.get(type(node), _unchanged)(node, reader)
        reader.read(changed)
        # the tree may be rebuilt and its old nodes freed: kept, so that no other node takes their id
        reader.kept.append(changed)
        return changed

    changed = rewrite(root, resolved)
    if isinstance(changed, Measure):
        changed = _in_unit(changed, None, reader)
    return changed, tuple(reader.problems)


class _Reader:
    """The units found so far; children must be read before their parents."""

    def __init__(self, unit_of: UnitOf) -> None:
        self.unit_of = unit_of
        self.units: dict[int, MetricUnit] = {}
        self.problems: list[UnitProblem] = []
        self.kept: list[Node] = []

    def read(self, node: Node) -> None:
        self.units[id(node)] = _RULES[type(node)](node, self)

    def of(self, node: Node) -> MetricUnit:
        return self.units[id(node)]


def _selector(node: Selector, reader: _Reader) -> MetricUnit:
    return (reader.unit_of(node.metric) if node.metric else None) or _UNKNOWN


def _aggregation(node: Aggregation, reader: _Reader) -> MetricUnit:
    inner = reader.of(node.expr)
    if node.op in ("count", "count_values"):
        return _COUNT
    if node.op == "group":
        return _UNKNOWN
    return _squared(inner) if node.op == "stdvar" else inner


def _call(node: Call, reader: _Reader) -> MetricUnit:
    function = FUNCTIONS.get(node.function)
    if function is None:
        return _UNKNOWN
    return _CALL_RULES[function.unit](_subject_unit(node, reader))


def _subject_unit(node: Call, reader: _Reader) -> MetricUnit:
    subject = _subject(node)
    return _UNKNOWN if subject is None else reader.of(subject)


def _subject(node: Call) -> Node | None:
    """The argument that a function is about: its first vector, or its first scalar where it takes no vector."""
    kinds = FUNCTIONS[node.function].arguments if node.function in FUNCTIONS else ()
    for kind, argument in zip(kinds, node.arguments, strict=False):
        if kind in ("vector", "matrix"):
            return argument
    return node.arguments[0] if node.arguments else None


def _per_second(inner: MetricUnit) -> MetricUnit:
    if inner.samples is None:
        return inner
    return MetricUnit(inner.samples / SECONDS, inner.observed)


def _squared(inner: MetricUnit) -> MetricUnit:
    return _UNKNOWN if inner.samples is None else MetricUnit(inner.samples**2)


def _root(inner: MetricUnit) -> MetricUnit:
    return _UNKNOWN if inner.samples is None else MetricUnit(inner.samples.root())


def _observed_sum(inner: MetricUnit) -> MetricUnit:
    if inner.observed is None:
        return _UNKNOWN
    # a rate of counts, times what each of them was: seconds per second
    return MetricUnit(inner.observed if inner.samples is None else inner.observed * inner.samples / COUNT)


def _observed_squared(inner: MetricUnit) -> MetricUnit:
    return _UNKNOWN if inner.observed is None else MetricUnit(inner.observed**2)


_CALL_RULES: dict[str, Callable[[MetricUnit], MetricUnit]] = {
    "same": lambda inner: inner,
    "samples": lambda inner: MetricUnit(inner.samples),
    "per_second": _per_second,
    "squared": _squared,
    "root": _root,
    # a plain number, which is no share of anything: only a quotient of equals is
    "dimensionless": lambda inner: _UNKNOWN,
    "count": lambda inner: _COUNT,
    "seconds": lambda inner: _SECONDS,
    "observed": lambda inner: MetricUnit(inner.observed),
    "observed_squared": _observed_squared,
    "observed_sum": _observed_sum,
    "unknown": lambda inner: _UNKNOWN,
}


def _binary(node: Binary, reader: _Reader) -> MetricUnit:
    left, right = reader.of(node.left), reader.of(node.right)
    if node.op in ("*", "/") and (left is _BARE) != (right is _BARE):
        converted = _converted(node, left, right)
        if converted is not None:
            return converted
    if node.op in _ARITHMETIC:
        return _ARITHMETIC[node.op](left, right)
    if node.op in _MEETING:
        met = _met(node, left, right, reader)
        return _UNKNOWN if node.bool else met
    if node.op == "or":
        return left if _known_unit(right) in (None, left.samples) else right if left.samples is None else _UNKNOWN
    return _PLAIN if node.op == "atan2" else left


#: Factors that make another unit of a number: `* 100` makes percents of a ratio, `/ 1024` kibibytes of bytes.
_CONVERSIONS = frozenset(
    {8, 60, 100, 3600, 86400, 604800, *(base**power for base in (1000, 1024) for power in range(1, 6))}
)
#: Minutes to weeks: seconds divided by 3600 are hours, or the share of an hour in which something was so.
_TIMES = frozenset(Unit(Fraction(size), SECONDS.dimensions) for size in (60, 3600, 86400, 604800))
_NAMED_UNITS = frozenset({*NAMED.values(), *(each / SECONDS for each in NAMED.values())})


def _converted(node: Binary, left: MetricUnit, right: MetricUnit) -> MetricUnit | None:
    """The unit that a number is in once it is multiplied or divided by a factor between two units that have names."""
    number, of = (node.left, right.samples) if left is _BARE else (node.right, left.samples)
    if not isinstance(number, Number) or of is None or (node.op == "/" and left is _BARE):
        return None
    if number.value not in _CONVERSIONS:
        return None
    factor = Fraction(number.value)
    made = Unit(of.factor * factor if node.op == "/" else of.factor / factor, of.dimensions)
    # what is no other unit is a hundred times as much, or so many a minute: which of the two nobody knows
    return MetricUnit(made) if made in _NAMED_UNITS else _UNKNOWN


def _met(node: Binary, left: MetricUnit, right: MetricUnit, reader: _Reader) -> MetricUnit:
    """Both sides are of one unit, or one of them has none."""
    ours, theirs = _known_unit(left), _known_unit(right)
    if ours is None or theirs is None:
        return right if left is _BARE or (ours is None and right is not _BARE) else left
    if ours.factor == theirs.factor and ours.is_comparable(theirs):
        return left
    if _may_be_share(ours, theirs) or _may_be_share(theirs, ours):
        return _UNKNOWN
    reader.problems.append(UnitProblem(node, ours, theirs))
    # a comparison passes its left side on, whatever it was compared with
    return left if node.op in COMPARISONS else _UNKNOWN


def _may_be_share(of: Unit, other: Unit) -> bool:
    return of in _TIMES and not other.dimensions


def _known_unit(of: MetricUnit) -> Unit | None:
    return None if of is _BARE else of.samples


def _product(left: MetricUnit, right: MetricUnit) -> MetricUnit:
    if left is _BARE or right is _BARE:
        return right if left is _BARE else left
    if left.samples is None or right.samples is None:
        return _UNKNOWN
    return MetricUnit(left.samples * right.samples)


def _quotient(left: MetricUnit, right: MetricUnit) -> MetricUnit:
    if right is _BARE:
        return left
    if left.samples is None or right.samples is None:
        return _UNKNOWN
    quotient = left.samples / right.samples
    # seconds for each of what was counted are seconds
    return MetricUnit(quotient * COUNT if (COUNTED, -1) in quotient.dimensions else quotient)


def _remainder(left: MetricUnit, _right: MetricUnit) -> MetricUnit:
    return left


def _power(left: MetricUnit, right: MetricUnit) -> MetricUnit:
    if left is _BARE and right is _BARE:
        return _BARE
    return _PLAIN if left.samples == DIMENSIONLESS else _UNKNOWN


_ARITHMETIC: dict[str, Callable[[MetricUnit, MetricUnit], MetricUnit]] = {
    "*": _product,
    "/": _quotient,
    "%": _remainder,
    "^": _power,
}
#: Operators whose two sides must be of one unit.
_MEETING = COMPARISONS | {"+", "-"}


_RULES: dict[type[Node], Callable[[Any, _Reader], MetricUnit]] = {
    Number: lambda node, reader: _BARE if node.unit is None else MetricUnit(node.unit),
    Placeholder: lambda node, reader: _BARE,
    String: lambda node, reader: _UNKNOWN,
    Period: lambda node, reader: _SECONDS,
    Measure: lambda node, reader: MetricUnit(unit(node.unit)),
    Selector: _selector,
    Window: lambda node, reader: reader.of(node.vector),
    Subquery: lambda node, reader: reader.of(node.expr),
    Shifted: lambda node, reader: reader.of(node.expr),
    Unary: lambda node, reader: reader.of(node.expr),
    Aggregation: _aggregation,
    Call: _call,
    Binary: _binary,
}


def _unchanged(node: Node, _reader: _Reader) -> Node:
    return node


def _resolved_binary(node: Binary, reader: _Reader) -> Node:
    left, right = node.left, node.right
    if not isinstance(left, Measure) and not isinstance(right, Measure):
        return node
    both = isinstance(left, Measure) and isinstance(right, Measure)
    meets = node.op in _MEETING and not both
    if isinstance(left, Measure):
        left = _in_unit(left, _known_unit(reader.of(right)) if meets else None, reader)
    if isinstance(right, Measure):
        right = _in_unit(right, _known_unit(reader.of(node.left)) if meets else None, reader)
    return attrs.evolve(node, left=left, right=right)


def _resolved_call(node: Call, reader: _Reader) -> Node:
    if not any(isinstance(argument, Measure) for argument in node.arguments):
        return node
    limit = _limit(node, reader)
    arguments = (_in_unit(one, limit, reader) if isinstance(one, Measure) else one for one in node.arguments)
    return attrs.evolve(node, arguments=tuple(arguments))


def _limit(node: Call, reader: _Reader) -> Unit | None:
    function = FUNCTIONS.get(node.function)
    subject = _subject(node)
    if function is None or subject is None or isinstance(subject, Measure):
        return None
    if function.limits == "seconds":
        return SECONDS
    if function.limits == "observed":
        return reader.of(subject).observed
    return _known_unit(reader.of(subject)) if function.limits == "same" else None


def _resolved_aggregation(node: Aggregation, reader: _Reader) -> Node:
    if isinstance(node.parameter, Measure):
        return attrs.evolve(node, parameter=_in_unit(node.parameter, None, reader))
    return node


def _resolved_unary(node: Unary, reader: _Reader) -> Node:
    if not isinstance(node.expr, Measure):
        return node
    number = _in_unit(node.expr, None, reader)
    value = number.value.copy_negate() if node.op == "-" else number.value
    return attrs.evolve(number, value=value, span=node.span)


def _in_unit(measure: Measure, target: Unit | None, reader: _Reader) -> Number:
    own = unit(measure.unit)
    if target is not None and _may_be_share(target, own):
        target = None
    found = _BARE if target is None and not own.dimensions else MetricUnit(target or Unit(dimensions=own.dimensions))
    if target is not None and not own.is_comparable(target):
        reader.problems.append(UnitProblem(measure, own, target))
        # said once is enough: from here on the number is what it should have been
        number = Number(convert(measure.value, own, None), target, span=measure.span)
        reader.read(number)
        reader.kept.append(number)
        return number
    number = Number(convert(measure.value, own, target), None if found is _BARE else found.samples, span=measure.span)
    reader.read(number)
    reader.kept.append(number)
    return number


_RESOLVERS: dict[type[Node], Callable[[Any, _Reader], Node]] = {
    Binary: _resolved_binary,
    Call: _resolved_call,
    Aggregation: _resolved_aggregation,
    Unary: _resolved_unary,
}
