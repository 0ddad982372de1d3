"""
The one PromQL tree: immutable, compared by structure, of any depth.

Built trees and parsed trees are equal when their text is. Brackets are no part of
the tree: the printer sets them where precedence needs them.
"""

# ruff: noqa: D102 - what `parts` is for is said once, at `Node.parts`

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from typing import Any, Literal

import attrs

from watchwright.query.units import Unit
from watchwright.source import Source

# Every node is hashed once, when that is first asked for, from its children's hashes, and compared with
# a stack: attrs' own `==`, `hash` and `repr` recurse, and a sum of 500 terms is that deep.

MatchOp = Literal["=", "!=", "=~", "!~"]

#: Where a node stands in the text it was parsed from: offsets of its first character and behind its last.
Span = tuple[int, int]


@attrs.frozen(order=False, slots=True)
class Written:
    """PromQL that someone wrote into a definition: its text, and where it was written."""

    text: str
    source: Source


@attrs.frozen(order=False, slots=True, cache_hash=True)
class Matcher:
    """One label matcher, `label op "value"`; the value is the raw text, not yet escaped."""

    label: str
    op: MatchOp
    value: str


@attrs.frozen(order=False, slots=True)
class Grouping:
    """`by (labels)`, or `without (labels)`."""

    labels: tuple[str, ...] = ()
    without: bool = False


def _comparable(value: Decimal | None) -> Decimal | str | None:
    # NaN is not equal to itself, but two texts with it are
    return "NaN" if value is not None and value.is_nan() else value


@attrs.frozen(order=False, slots=True)
class Matching:
    """How a binary operation pairs its sides: `on` or `ignoring`, which side is the many, what it brings along."""

    labels: tuple[str, ...] = ()
    on: bool = False
    group: Literal["", "left", "right"] = ""
    include: tuple[str, ...] = ()
    fill_left: Decimal | None = attrs.field(default=None, eq=_comparable)
    fill_right: Decimal | None = attrs.field(default=None, eq=_comparable)


@attrs.frozen(eq=False, order=False, repr=False)
class Node:
    """
    Any PromQL expression.

    `span` is where it was parsed, and `written` what it was parsed from, where that stands in a definition. Neither
    takes part in equality.
    """

    span: Span | None = attrs.field(default=None, kw_only=True)
    written: Written | None = attrs.field(default=None, kw_only=True)
    # both are kept once they were asked for: every tree is walked several times, and most are never compared
    _hash: int = attrs.field(init=False, default=0)
    _children: tuple[Node, ...] | None = attrs.field(init=False, default=None)

    def parts(self) -> tuple[Any, ...]:
        """Whatever makes this node what it is: its own values, and its children."""
        raise NotImplementedError

    def children(self) -> tuple[Node, ...]:
        """The nodes below this one, in the order of the text."""
        children = self._children
        if children is None:
            children = tuple([part for part in self.parts() if isinstance(part, Node)])
            object.__setattr__(self, "_children", children)
        return children

    def __hash__(self) -> int:
        if not self._hash:
            _hash_all(self)
        return self._hash

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Node):
            return NotImplemented
        stack: list[tuple[Any, Any]] = [(self, other)]
        while stack:
            a, b = stack.pop()
            if a is b:
                continue
            if not isinstance(a, Node):
                if a != b:
                    return False
                continue
            if type(a) is not type(b) or hash(a) != hash(b):
                return False
            ours, theirs = a.parts(), b.parts()
            if len(ours) != len(theirs):
                return False
            stack.extend(zip(ours, theirs, strict=True))
        return True

    def __repr__(self) -> str:
        from watchwright.query.printer import text  # noqa: PLC0415 - the printer imports the tree

        return text(self)


def _hash_all(root: Node) -> None:
    """Hash a tree, children first, so that no node has to ask one that is not hashed yet."""
    waiting, below = [root], []
    while waiting:
        node = waiting.pop()
        if not node._hash:  # noqa: SLF001 - of the same module
            below.append(node)
            waiting.extend(node.children())
    for node in reversed(below):
        object.__setattr__(node, "_hash", hash((type(node), *node.parts())) or 1)


@attrs.frozen(eq=False, order=False, repr=False)
class Number(Node):
    """
    A number literal, kept exactly as typed. A negative one is a literal too, as in Prometheus.

    *unit* is what it counts or measures where a `Measure` stood here; PromQL has no word for it.
    """

    value: Decimal
    unit: Unit | None = None

    def parts(self) -> tuple[Any, ...]:
        return (_comparable(self.value),)


@attrs.frozen(eq=False, order=False, repr=False)
class Measure(Node):
    """
    A number with its unit, that has not met its other side yet.

    Only built trees hold it; lowering puts a `Number` in the unit of the other side in its place.
    """

    value: Decimal
    unit: str

    def parts(self) -> tuple[Any, ...]:
        return (self.value, self.unit)


@attrs.frozen(eq=False, order=False, repr=False)
class String(Node):
    """A string literal: the text itself, without quotes or escapes."""

    value: str

    def parts(self) -> tuple[Any, ...]:
        return (self.value,)


@attrs.frozen(order=False, slots=True)
class Variable:
    """A duration that Grafana fills in, for panels only; `name` is what is typed: `$__rate_interval`, `${window}`."""

    name: str


@attrs.frozen(eq=False, order=False, repr=False)
class Placeholder(Node):
    """A number that Grafana fills in, for panels only; `name` is what is typed: `$threshold`."""

    name: str

    def parts(self) -> tuple[Any, ...]:
        return (self.name,)


@attrs.frozen(eq=False, order=False, repr=False)
class Period(Node):
    """A duration within an expression over durations: the `5m` of `[5m * 2]`."""

    milliseconds: int

    def parts(self) -> tuple[Any, ...]:
        return (self.milliseconds,)


#: Milliseconds; a variable of Grafana; or, since Prometheus 3.4, an expression over durations:
#: `Period`, `Number` (seconds), `Unary`, `Binary` and `Call` of `step`, `range`, `min_of` and `max_of`.
Duration = int | Variable | Node


@attrs.frozen(eq=False, order=False, repr=False)
class Selector(Node):
    """An instant vector selector. `name` is empty for one without a name outside the braces."""

    name: str
    matchers: tuple[Matcher, ...] = ()

    @property
    def metric(self) -> str:
        """The series' name, outside the braces or as `__name__="..."` within; empty where neither settles it."""
        return self.name or next((one.value for one in self.matchers if one.label == "__name__" and one.op == "="), "")

    def parts(self) -> tuple[Any, ...]:
        return (self.name, *self.matchers)


@attrs.frozen(eq=False, order=False, repr=False)
class Window(Node):
    """`vector[range]`: a range vector."""

    vector: Selector
    range: Duration

    def parts(self) -> tuple[Any, ...]:
        return (self.vector, self.range)


@attrs.frozen(eq=False, order=False, repr=False)
class Subquery(Node):
    """`(expr)[range:step]`; without a step the evaluation interval is taken."""

    expr: Node
    range: Duration
    step: Duration | None = None

    def parts(self) -> tuple[Any, ...]:
        return (self.expr, self.range, self.step)


@attrs.frozen(eq=False, order=False, repr=False)
class Shifted(Node):
    """
    `expr offset d @ t`, over a selector, a window or a subquery.

    `at` is a time in seconds, or "start" or "end". `modifier` is `anchored` or `smoothed` (Prometheus 3.x).
    """

    expr: Selector | Window | Subquery
    offset: Duration | None = None
    at: Decimal | Literal["start", "end"] | None = None
    modifier: Literal["", "anchored", "smoothed"] = ""

    def parts(self) -> tuple[Any, ...]:
        return (self.expr, self.offset, self.at, self.modifier)


@attrs.frozen(eq=False, order=False, repr=False)
class Call(Node):
    """A function call."""

    function: str
    arguments: tuple[Node, ...] = ()

    def parts(self) -> tuple[Any, ...]:
        return (self.function, *self.arguments)


@attrs.frozen(eq=False, order=False, repr=False)
class Aggregation(Node):
    """An aggregation; `parameter` is the number or string that topk, quantile and count_values take."""

    op: str
    expr: Node
    grouping: Grouping | None = None
    parameter: Node | None = None

    def parts(self) -> tuple[Any, ...]:
        return (self.op, self.grouping, self.parameter, self.expr)


@attrs.frozen(eq=False, order=False, repr=False)
class Unary(Node):
    """`-expr` or `+expr`, where the operand is no number literal."""

    op: Literal["-", "+"]
    expr: Node

    def parts(self) -> tuple[Any, ...]:
        return (self.op, self.expr)


@attrs.frozen(eq=False, order=False, repr=False)
class Binary(Node):
    """Arithmetic, comparison or set operation; `bool` makes a comparison answer 0 or 1."""

    op: str
    left: Node
    right: Node
    bool: bool = False
    matching: Matching | None = None

    def parts(self) -> tuple[Any, ...]:
        return (self.op, self.left, self.right, self.bool, self.matching)


COMPARISONS = frozenset({"==", "!=", ">", "<", ">=", "<="})
SET_OPERATORS = frozenset({"and", "or", "unless"})


def walk(root: Node) -> Iterator[Node]:
    """Every node, the root first, depth first, in the order of the text; without recursion."""
    stack = [root]
    while stack:
        node = stack.pop()
        yield node
        stack.extend(reversed(node.children()))


def sign(root: Node, written: Written) -> None:
    """Note on each node of a tree that was just parsed what it was parsed from."""
    for node in walk(root):
        object.__setattr__(node, "written", written)
