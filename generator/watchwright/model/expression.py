"""
PromQL under construction: words that read in the order they are computed.

An expression is a tree and the declarations it reaches. `Instant` is what a panel plots and an alert
compares, `Range` a stretch of samples per series, `Scalar` one number. Nothing here looks at what the
metrics are: that is for the checks, which know the whole system.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any, Literal, NoReturn, TypeAlias

import attrs

from watchwright.model.aggregation import Aggregations, Labels
from watchwright.model.duration import query_duration
from watchwright.model.error import DefinitionError
from watchwright.model.function import Functions
from watchwright.model.label import LabelLike, label_names
from watchwright.model.quantity import Quantity, Real, exact
from watchwright.query.tree import (
    Aggregation,
    Binary,
    Call,
    Grouping,
    Matching,
    Measure,
    Node,
    Number,
    Selector,
    Shifted,
    Subquery,
    Unary,
    Window,
)

if TYPE_CHECKING:
    from watchwright.model.rule import Declared

References: TypeAlias = "frozenset[Declared]"
NOTHING: frozenset[Any] = frozenset()


def union(a: References, b: References) -> References:
    """Both sets of declarations; the larger itself where it holds the smaller, so that long chains stay linear."""
    if b <= a:
        return a
    return b if a <= b else a | b


class Expr:
    """A PromQL tree with the declarations that it reaches."""

    __slots__ = ("node", "reaches")

    def __init__(self, node: Node, reaches: References = NOTHING) -> None:
        self.node = node
        self.reaches = reaches

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Expr) and self.node == other.node

    def __hash__(self) -> int:
        return hash(self.node)

    def __repr__(self) -> str:
        return f"<{type(self).__name__.lower().replace('_computed', 'instant')} {self.node!r}>"

    def __bool__(self) -> NoReturn:  # noqa: PLE0304 - it never returns
        _no_truth()


def _no_truth() -> NoReturn:
    msg = "an expression has no truth value in Python: `0 < e < 5`, `and`, `or` and `if` would each lose a half of it"
    raise DefinitionError(msg, "write (e > 0) & (e < 5), a & b, a | b, a.unless(b)")


@attrs.frozen(eq=False)
class Matched:
    """The right operand of a binary operation, with the labels that pair it."""

    operand: Instant
    matching: Matching

    def group_left(self, *include: LabelLike) -> Matched:
        """The left side has many series for each one here; *include* comes along from here."""
        return self._grouped("left", include)

    def group_right(self, *include: LabelLike) -> Matched:
        """This side has many series for each one on the left; *include* comes along from there."""
        return self._grouped("right", include)

    def _grouped(self, side: Literal["left", "right"], include: Iterable[LabelLike]) -> Matched:
        return Matched(self.operand, attrs.evolve(self.matching, group=side, include=label_names(include)))

    def __bool__(self) -> NoReturn:  # noqa: PLE0304 - it never returns
        _no_truth()


class Scalar(Expr):
    """One number without labels, such as `time()`."""

    __slots__ = ()


class Words(Aggregations, Functions):
    """
    Operators, aggregations and functions over instant vectors.

    Metrics and expressions share them: a declared gauge is compared, summed and plotted by its own name.
    """

    __slots__ = ()

    def instant(self) -> Instant:
        """This as an expression."""
        raise NotImplementedError

    def __bool__(self) -> NoReturn:  # noqa: PLE0304 - it never returns
        _no_truth()

    # Arithmetic -----------------------------------------------------------------------------

    def __add__(self, other: Operand) -> Instant:
        return _binary("+", self, other)

    def __radd__(self, other: Plain) -> Instant:
        return _binary("+", other, self)

    def __sub__(self, other: Operand) -> Instant:
        return _binary("-", self, other)

    def __rsub__(self, other: Plain) -> Instant:
        return _binary("-", other, self)

    def __mul__(self, other: Operand) -> Instant:
        return _binary("*", self, other)

    def __rmul__(self, other: Plain) -> Instant:
        return _binary("*", other, self)

    def __truediv__(self, other: Operand) -> Instant:
        return _binary("/", self, other)

    def __rtruediv__(self, other: Plain) -> Instant:
        return _binary("/", other, self)

    def __mod__(self, other: Operand) -> Instant:
        return _binary("%", self, other)

    def __rmod__(self, other: Plain) -> Instant:
        return _binary("%", other, self)

    def __pow__(self, other: Operand) -> Instant:
        return _binary("^", self, other)

    def __rpow__(self, other: Plain) -> Instant:
        return _binary("^", other, self)

    def __neg__(self) -> Instant:
        expr = self.instant()
        return Instant(Unary("-", expr.node), expr.reaches)

    def atan2(self, other: Operand) -> Instant:
        """The angle of the point (other, this), in radians."""
        return _binary("atan2", self, other)

    # Comparison: keeps the series for which it holds ---------------------------------------------

    def __gt__(self, other: Operand) -> Comparison:
        return _compare(">", self, other)

    def __lt__(self, other: Operand) -> Comparison:
        return _compare("<", self, other)

    def __ge__(self, other: Operand) -> Comparison:
        return _compare(">=", self, other)

    def __le__(self, other: Operand) -> Comparison:
        return _compare("<=", self, other)

    def eq(self, other: Operand) -> Comparison:
        """`==`, which Python keeps for comparing definitions."""
        return _compare("==", self, other)

    def ne(self, other: Operand) -> Comparison:
        """`!=`, which Python keeps for comparing definitions."""
        return _compare("!=", self, other)

    # Sets -------------------------------------------------------------------------------------

    def __and__(self, other: Vector) -> Instant:
        return _binary("and", self, _vector(other))

    def __or__(self, other: Vector) -> Instant:
        return _binary("or", self, _vector(other))

    def __rand__(self, other: object) -> NoReturn:
        _brackets(other)

    def __ror__(self, other: object) -> NoReturn:
        _brackets(other)

    def unless(self, other: Vector) -> Instant:
        """The series here that have no partner there."""
        return _binary("unless", self, _vector(other))

    # Matching ---------------------------------------------------------------------------------

    def on(self, *labels: LabelLike) -> Matched:
        """This as a right operand, paired by these labels alone."""
        return Matched(self.instant(), Matching(label_names(labels), on=True))

    def ignoring(self, *labels: LabelLike) -> Matched:
        """This as a right operand, paired by all labels but these."""
        return Matched(self.instant(), Matching(label_names(labels)))

    def _aggregate(self, op: str, by: Labels, without: Labels, parameter: Node | None = None) -> Instant:
        expr = self.instant()
        return Instant(Aggregation(op, expr.node, _grouping(op, by, without), parameter), expr.reaches)

    def _call(self, function: str, *arguments: Any) -> Instant:
        return _call(function, self, *arguments)

    def scalar(self) -> Scalar:
        """The only sample as a number; NaN unless there is exactly one."""
        expr = self.instant()
        return Scalar(Call("scalar", (expr.node,)), expr.reaches)

    # Time -----------------------------------------------------------------------------------------

    def range(self, over: str, step: str | None = None) -> Range:
        """
        The samples of the last *over*.

        Of a selected metric these are the scraped samples; of anything computed, or with a *step*, a
        subquery that evaluates it at each step (the evaluation interval where none is given).
        """
        expr = self.instant()
        length = query_duration(over, "a range")
        if isinstance(expr.node, Selector) and step is None:
            return Range(Window(expr.node, length), expr.reaches)
        if isinstance(expr.node, Shifted) and isinstance(expr.node.expr, Selector) and step is None:
            return Range(attrs.evolve(expr.node, expr=Window(expr.node.expr, length)), expr.reaches)
        resolution = None if step is None else query_duration(step, "a step")
        return Range(Subquery(expr.node, length, resolution), expr.reaches)

    def offset(self, back: str) -> Instant:
        """The value *back* ago; of a selected metric only."""
        return self._shifted(offset=query_duration(back, "an offset"))

    def at(self, time: Real | Literal["start", "end"]) -> Instant:
        """The value at a time in seconds since 1970, or at the start or end of the query."""
        return self._shifted(at=time if isinstance(time, str) else exact(time))

    def _shifted(self, **change: Any) -> Instant:
        expr = self.instant()
        return Instant(_shift(expr.node, **change), expr.reaches)


class Instant(Words, Expr):
    """One sample per series, now: what a panel plots and an alert compares."""

    __slots__ = ()

    def __new__(cls, *_: object, **__: object) -> Instant:
        """Python asks a subclass on the right first, and makes `b < a` of `a > b`: none is one of what this makes."""
        return object.__new__(_Computed if cls is Instant else cls)

    def instant(self) -> Instant:
        """This itself."""
        return self


class _Computed(Instant):
    """What is neither a comparison nor selected."""

    __slots__ = ()


class Comparison(Instant):
    """The series for which a comparison holds."""

    __slots__ = ()

    def bool(self) -> Instant:
        """1 where it holds and 0 where it does not, for every series."""
        assert isinstance(self.node, Binary)  # noqa: S101 - only _compare makes one
        return Instant(attrs.evolve(self.node, bool=True), self.reaches)


class Range(Expr):
    """The samples of each series over a stretch of time, for a function to sum up."""

    __slots__ = ()

    def offset(self, back: str) -> Range:
        """The same stretch, *back* ago."""
        return Range(_shift(self.node, offset=query_duration(back, "an offset")), self.reaches)

    def at(self, time: Real | Literal["start", "end"]) -> Range:
        """The stretch that ends at a time in seconds since 1970, or at the start or end of the query."""
        return Range(_shift(self.node, at=time if isinstance(time, str) else exact(time)), self.reaches)

    def apply(self, function: str, *parameters: Real, before: Iterable[Real] = ()) -> Instant:
        """Any function over a range, by its PromQL name; parameters *before* the range or behind it."""
        arguments = (*map(_number, before), self.node, *map(_number, parameters))
        return Instant(Call(function, arguments), self.reaches)

    def avg_over_time(self) -> Instant:
        """The mean of the samples."""
        return self.apply("avg_over_time")

    def min_over_time(self) -> Instant:
        """The least sample."""
        return self.apply("min_over_time")

    def max_over_time(self) -> Instant:
        """The greatest sample."""
        return self.apply("max_over_time")

    def sum_over_time(self) -> Instant:
        """The sum of the samples."""
        return self.apply("sum_over_time")

    def count_over_time(self) -> Instant:
        """How many samples there are."""
        return self.apply("count_over_time")

    def quantile_over_time(self, q: Real) -> Instant:
        """The *q*-quantile of the samples, *q* from 0 to 1."""
        return self.apply("quantile_over_time", before=[q])

    def stddev_over_time(self) -> Instant:
        """The standard deviation of the samples."""
        return self.apply("stddev_over_time")

    def stdvar_over_time(self) -> Instant:
        """The variance of the samples."""
        return self.apply("stdvar_over_time")

    def last_over_time(self) -> Instant:
        """The last sample, however old within the stretch."""
        return self.apply("last_over_time")

    def present_over_time(self) -> Instant:
        """1 for every series that had a sample."""
        return self.apply("present_over_time")

    def absent_over_time(self) -> Instant:
        """1 where no series had a sample."""
        return self.apply("absent_over_time")

    def changes(self) -> Instant:
        """How often the value changed."""
        return self.apply("changes")


Plain: TypeAlias = Real | Quantity | Scalar
Operand: TypeAlias = Plain | Words | Matched
Vector: TypeAlias = Words | Matched


def operand(value: Operand) -> Expr:
    """A number, a quantity or an expression as a node with what it reaches."""
    if isinstance(value, Words):
        return value.instant()
    if isinstance(value, Scalar):
        return value
    if isinstance(value, Quantity):
        return Scalar(Measure(value.value, value.unit))
    return Scalar(_number(value))


def _number(value: Any) -> Number:
    return Number(exact(value))


def _argument(value: Any) -> Expr:
    return Scalar(value) if isinstance(value, Node) else operand(value)


def _call(function: str, *arguments: Any) -> Instant:
    parts = [_argument(argument) for argument in arguments]
    reaches = NOTHING
    for part in parts:
        reaches = union(reaches, part.reaches)
    return Instant(Call(function, tuple(part.node for part in parts)), reaches)


def _binary(op: str, left: Operand, right: Operand) -> Instant:
    node, reaches = _sides(op, left, right)
    return Instant(node, reaches)


def _compare(op: str, left: Operand, right: Operand) -> Comparison:
    node, reaches = _sides(op, left, right)
    return Comparison(node, reaches)


def _sides(op: str, left: Operand, right: Operand) -> tuple[Binary, References]:
    if isinstance(left, Matched):
        msg = "labels that pair two sides belong to the right operand"
        raise DefinitionError(msg, "write a / b.on(...)")
    matching = right.matching if isinstance(right, Matched) else None
    a, b = operand(left), operand(right.operand if isinstance(right, Matched) else right)
    return Binary(op, a.node, b.node, matching=matching), union(a.reaches, b.reaches)


def _vector(other: object) -> Vector:
    if not isinstance(other, Words | Matched):
        _brackets(other)
    return other


def _brackets(other: object) -> NoReturn:
    msg = f"`&` and `|` join two expressions, got {other!r}"
    raise DefinitionError(msg, "Python binds & and | before comparisons: write (a > 1) & (b > 2)")


def _grouping(op: str, by: Labels, without: Labels) -> Grouping | None:
    if by is not None and without is not None:
        msg = f"{op} takes `by` or `without`, not both"
        raise DefinitionError(msg)
    if by is not None:
        return Grouping(label_names(by, "`by`"))
    return None if without is None else Grouping(label_names(without, "`without`"), without=True)


def _shift(node: Node, **change: Any) -> Shifted:
    if isinstance(node, Shifted):
        return attrs.evolve(node, **change)
    if isinstance(node, Selector | Window | Subquery):
        return Shifted(node, **change)
    msg = "only a selected metric, a range or a subquery can be read at another time"
    raise DefinitionError(msg, "put offset() before what is computed, or use .range(..., step=...)")
