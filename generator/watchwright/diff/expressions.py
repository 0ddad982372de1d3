"""Expressions by their trees: what they read, and which limits of a condition moved where nothing else did."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

import attrs

from watchwright.query.cursor import ParseError
from watchwright.query.grammar import FLAGS
from watchwright.query.parser import parse
from watchwright.query.printer import number
from watchwright.query.rewrite import rewrite
from watchwright.query.tree import COMPARISONS, SET_OPERATORS, Binary, Node, Number, Selector, walk
from watchwright.query.version import NEWEST


def parsed(expr: str) -> Node | None:
    """The tree of an expression that a rule has; None where it is none."""
    try:
        return parse(expr, version=NEWEST, features=FLAGS)
    except ParseError:
        return None


def reads(expr: Node) -> list[str]:
    """The names of the series in an expression."""
    return sorted({node.metric for node in walk(expr) if isinstance(node, Selector) and node.metric})


@attrs.frozen
class Limit:
    """
    A number that a condition compares a *signal* with.

    One *aside* is not what the alert is about: it stands on the right of an `and`, or of an `unless`, where it
    *silences*.
    """

    signal: Node
    op: str
    literal: Number
    aside: bool
    silences: bool

    @property
    def value(self) -> Decimal:
        """The number."""
        return self.literal.value


@attrs.frozen
class Moved:
    """A limit before and after."""

    was: Limit
    now: Limit

    @property
    def quieter(self) -> bool | None:
        """Whether the alert fires less; None where it fires at another value, and nobody knows how often."""
        if self.now.op in ("==", "!="):
            return None
        higher = self.now.value > self.was.value
        less = higher if self.now.op in (">", ">=") else not higher
        return less is not self.now.silences

    def __str__(self) -> str:
        """`above 0.2, was 0.05`, with the signal where that is not what the alert is about."""
        where = f"{'silent ' if self.now.silences else ''}{WORDS[self.now.op]}"
        signal = f" ({self.now.signal!r})" if self.now.aside else ""
        return f"{where} {number(self.now.value)}, was {number(self.was.value)}{signal}"


#: How a sentence says what a number is compared by.
WORDS = {">": "above", ">=": "from", "<": "below", "<=": "up to", "==": "at", "!=": "not at"}
_TURNED = {">": "<", ">=": "<=", "<": ">", "<=": ">=", "==": "==", "!=": "!="}


def moved(before: str, after: str) -> list[Moved] | None:
    """The limits that differ, where two conditions are the same but for these; None where they differ otherwise."""
    old, new = parsed(before), parsed(after)
    if old is None or new is None:
        return None
    was, now = list(_limits(old)), list(_limits(new))
    if _blanked(old, was) != _blanked(new, now):
        return None
    return [Moved(one, other) for one, other in zip(was, now, strict=True) if one.literal != other.literal]


def _limits(condition: Node) -> Iterator[Limit]:
    """
    Those of comparisons at its top, where a limit that lets more through lets the alert fire more, or less.

    Within a signal nobody knows: what an aggregation or arithmetic makes of it is another signal. So does nobody where
    a sample takes the place of others: by `or` under a comparison, or on some of its labels.
    """
    waiting = [(condition, False, False)]
    while waiting:
        node, aside, silences = waiting.pop()
        if not isinstance(node, Binary) or node.bool:
            continue
        if node.op in SET_OPERATORS:
            waiting.append((node.right, aside or node.op != "or", silences is not (node.op == "unless")))
            if node.op != "or" or node.matching is None:
                waiting.append((node.left, aside, silences))
        elif (limit := _limit(node, aside, silences)) is not None:
            yield limit
            if isinstance(limit.signal, Binary) and limit.signal.op in COMPARISONS:
                waiting.append((limit.signal, aside, silences))


def _limit(node: Binary, aside: bool, silences: bool) -> Limit | None:
    if node.op not in COMPARISONS:
        return None
    for literal, signal, op in ((node.right, node.left, node.op), (node.left, node.right, _TURNED[node.op])):
        if isinstance(literal, Number) and literal.value.is_finite():
            return Limit(signal, op, literal, aside, silences)
    return None


def _blanked(condition: Node, limits: list[Limit]) -> Node:
    """The condition, with its limits alone taken out."""
    literals = {id(each.literal) for each in limits}
    return rewrite(condition, lambda node: _BLANK if id(node) in literals else node)


_BLANK = Number(Decimal(0))
