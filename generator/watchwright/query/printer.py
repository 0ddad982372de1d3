"""
Trees as text: on one line, as Prometheus itself writes them, or laid out over several.

Both come from `pieces`, which says what a node is made of; nothing here recurses.
"""

# ruff: noqa: PLR2004 - the numbers are code points of Unicode, and widths that are explained where they stand

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from functools import lru_cache
from typing import Any

from watchwright.query.grammar import (
    DURATION_UNITS,
    LABEL_NAME,
    METRIC_NAME,
    NOT_LABELS,
    NOT_METRICS,
    PRECEDENCE,
    RIGHT_ASSOCIATIVE,
    UNARY_PRECEDENCE,
)
from watchwright.query.tree import (
    Aggregation,
    Binary,
    Call,
    Duration,
    Grouping,
    Matcher,
    Matching,
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
    Variable,
    Window,
)

_ATOM = 9

#: What a node is made of: finished text, and nodes yet to be written.
_Pieces = tuple[str | Node, ...]


def text(node: Node) -> str:
    """Write the expression on one line, the way `promtool promql format` does."""
    written: list[str] = []
    stack: list[str | Node] = [node]
    while stack:
        piece = stack.pop()
        if isinstance(piece, str):
            written.append(piece)
        else:
            stack.extend(reversed(pieces(piece)))
    return "".join(written)


def quote(value: str) -> str:
    """
    Write a string literal that Prometheus reads back as the same bytes.

    Lone surrogates stand for bytes that are no UTF-8, as Python's `surrogateescape` has it;
    any other surrogate is refused with a ValueError.
    """
    # U+FFFD is printable, but Prometheus' lexer takes a bare one for broken UTF-8
    if value.isprintable() and "\ufffd" not in value:
        return '"' + value.replace("\\", "\\\\").replace('"', '\\"') + '"'
    return '"' + "".join(map(_escaped, value)) + '"'


_SHORT_ESCAPES = {"\\": "\\\\", '"': '\\"', "\n": "\\n", "\r": "\\r", "\t": "\\t"}


def _escaped(char: str) -> str:
    if char in _SHORT_ESCAPES:
        return _SHORT_ESCAPES[char]
    if char.isprintable() and char != "\ufffd":
        return char
    point = ord(char)
    if 0xDC80 <= point <= 0xDCFF:
        return f"\\x{point - 0xDC00:02x}"
    if 0xD800 <= point <= 0xDFFF:
        raise ValueError(f"the surrogate U+{point:04X} cannot be written in PromQL")
    if point < 0x80:
        return f"\\x{point:02x}"
    return f"\\u{point:04x}" if point <= 0xFFFF else f"\\U{point:08x}"


def number(value: Decimal) -> str:
    """Write a number exactly, without an exponent as long as that reads well."""
    if value.is_nan():
        return "NaN"
    if value.is_infinite():
        return "-Inf" if value < 0 else "+Inf"
    if value and not -10 < value.adjusted() < 21:
        digits, _, exponent = f"{value:E}".partition("E")
        return f"{_trimmed(digits)}e{int(exponent):+03d}"
    return _trimmed(f"{value:f}")


def _trimmed(digits: str) -> str:
    return digits.rstrip("0").rstrip(".") if "." in digits else digits


@lru_cache(maxsize=1024)
def duration(milliseconds: int) -> str:
    """Write a duration as Prometheus does: `1h30m`, and years and weeks only where they are whole."""
    if milliseconds <= 0:
        return "-" + duration(-milliseconds) if milliseconds else "0s"
    rest, parts = milliseconds, []
    for unit, size in DURATION_UNITS:
        if unit in ("y", "w") and rest % size:
            continue
        count, rest = divmod(rest, size)
        if count:
            parts.append(f"{count}{unit}")
    return "".join(parts)


def _label(name: str) -> str:
    if LABEL_NAME.fullmatch(name) and name.lower() not in NOT_LABELS:
        return name
    return quote(name)


def _labels(names: tuple[str, ...]) -> str:
    return "(" + ", ".join(map(_label, names)) + ")"


@lru_cache(maxsize=4096)  # the scope of a system is in each of its selectors
def _matcher(matcher: Matcher) -> str:
    # inside braces no word is reserved
    label = matcher.label if LABEL_NAME.fullmatch(matcher.label) else quote(matcher.label)
    return f"{label}{matcher.op}{quote(matcher.value)}"


def _selector(node: Selector) -> _Pieces:
    name = node.name
    matchers = [_matcher(matcher) for matcher in node.matchers]
    if name and not (METRIC_NAME.fullmatch(name) and name.lower() not in NOT_METRICS):
        matchers.insert(0, quote(name))
        name = ""
    if not matchers:
        return (name or "{}",)
    return (f"{name}{{{','.join(matchers)}}}",)


def _span_of_time(value: Duration) -> tuple[str | Node, ...]:
    if isinstance(value, int):
        return (duration(value),)
    return (value.name,) if isinstance(value, Variable) else (value,)


def _offset(value: Duration) -> _Pieces:
    # Without brackets `offset` takes one literal or one call: `offset 5m * 2` is `(x offset 5m) * 2`. With them it
    # takes what follows as well, `offset (5m) * 2` is `offset (5m * 2)`, unless a sign stands before the bracket.
    if isinstance(value, Unary):
        return (" offset ", value.op, *_offset_operand(value.expr))
    sign = "" if not isinstance(value, Node) or _is_one_word(value) else "+"
    return (f" offset {sign}", *_offset_operand(value))


def _offset_operand(value: Duration) -> _Pieces:
    if not isinstance(value, Node) or _is_one_word(value):
        return _span_of_time(value)
    return ("(", value, ")")


def _is_one_word(node: Node) -> bool:
    return isinstance(node, Call | Number | Period | Placeholder)


def _shifted(node: Shifted) -> _Pieces:
    return (node.expr, *shift(node))


def shift(node: Shifted) -> _Pieces:
    """What stands behind a shifted selector: modifier, time and offset."""
    pieces: list[str | Node] = []
    if node.modifier:
        pieces.append(f" {node.modifier}")
    if node.at is not None:
        pieces.append(f" @ {number(node.at)}" if isinstance(node.at, Decimal) else f" @ {node.at}()")
    if node.offset is not None:
        pieces.extend(_offset(node.offset))
    return tuple(pieces)


def _subquery(node: Subquery) -> _Pieces:
    return (*_bracketed(node.expr, is_bracketed_in_subquery(node.expr)), *steps(node))


def is_bracketed_in_subquery(node: Node) -> bool:
    """Whether an expression needs brackets before the `[` of a subquery."""
    return _precedence(node) < _ATOM or isinstance(node, Number)


def steps(node: Subquery) -> _Pieces:
    """What stands behind a subquery's expression: its range and step."""
    step = () if node.step is None else _span_of_time(node.step)
    return ("[", *_span_of_time(node.range), ":", *step, "]")


def _call(node: Call) -> _Pieces:
    return (f"{node.function}(", *_listed(node.arguments), ")")


def _listed(nodes: tuple[Node, ...]) -> list[str | Node]:
    pieces: list[str | Node] = []
    for node in nodes:
        if pieces:
            pieces.append(", ")
        pieces.append(node)
    return pieces


def _aggregation(node: Aggregation) -> _Pieces:
    parameter = () if node.parameter is None else (node.parameter, ", ")
    return (f"{aggregation_head(node)}(", *parameter, node.expr, ")")


def aggregation_head(node: Aggregation) -> str:
    """Everything of an aggregation before its brackets."""
    return node.op if node.grouping is None else f"{node.op} {_grouping(node.grouping)} "


def _grouping(grouping: Grouping) -> str:
    return f"{'without' if grouping.without else 'by'} {_labels(grouping.labels)}"


def _matching(matching: Matching | None) -> str:
    if matching is None:
        return ""
    fill = _fill(matching)
    words = ""
    if matching.on or matching.labels or matching.group or not fill:
        words = f" {'on' if matching.on else 'ignoring'} {_labels(matching.labels)}"
    if matching.group:
        words += f" group_{matching.group} {_labels(matching.include)}"
    return words + fill


def _fill(matching: Matching) -> str:
    left, right = matching.fill_left, matching.fill_right
    if left is not None and right is not None and number(left) == number(right):
        return f" fill ({number(left)})"
    words = "" if left is None else f" fill_left ({number(left)})"
    return words if right is None else f"{words} fill_right ({number(right)})"


def operator(node: Binary) -> str:
    """An operator with its modifiers."""
    return f"{node.op}{' bool' if node.bool else ''}{_matching(node.matching)}"


def _binary(node: Binary) -> _Pieces:
    left, right = operands_bracketed(node)
    return (*_bracketed(node.left, left), f" {operator(node)} ", *_bracketed(node.right, right))


def operands_bracketed(node: Binary) -> tuple[bool, bool]:
    """Whether the left and the right operand need brackets."""
    own = PRECEDENCE[node.op]
    left, right = _precedence(node.left), _precedence(node.right)
    # a sign on the right can only belong to what follows it
    signed = isinstance(node.right, Unary | Number | Period | Measure)
    if node.op in RIGHT_ASSOCIATIVE:
        return left <= own, right < own and not signed
    return left < own, right <= own and not signed


def _unary(node: Unary) -> _Pieces:
    return (node.op, *_bracketed(node.expr, is_bracketed_in_unary(node.expr)))


def is_bracketed_in_unary(node: Node) -> bool:
    """Whether an expression needs brackets behind a sign."""
    if isinstance(node, Number | Period):
        return True  # a sign before a literal would become part of it
    return _precedence(node) <= UNARY_PRECEDENCE and not isinstance(node, Unary)


def _bracketed(node: Node, brackets: bool) -> _Pieces:
    return ("(", node, ")") if brackets else (node,)


def _precedence(node: Node) -> int:
    if isinstance(node, Binary):
        return PRECEDENCE[node.op]
    if isinstance(node, Unary):
        return UNARY_PRECEDENCE
    return UNARY_PRECEDENCE if _is_signed(node) else _ATOM


def _is_signed(node: Node) -> bool:
    if isinstance(node, Number):
        return node.value.is_infinite() or (node.value.is_signed() and not node.value.is_nan())
    return isinstance(node, Measure) or (isinstance(node, Period) and node.milliseconds < 0)


def _window(node: Window) -> _Pieces:
    return (node.vector, "[", *_span_of_time(node.range), "]")


_WRITERS: dict[type[Node], Callable[[Any], _Pieces]] = {
    Number: lambda node: (number(node.value),),
    Measure: lambda node: (f"{number(node.value)} {node.unit}",),
    String: lambda node: (quote(node.value),),
    Placeholder: lambda node: (node.name,),
    Period: lambda node: (duration(node.milliseconds),),
    Selector: _selector,
    Window: _window,
    Subquery: _subquery,
    Shifted: _shifted,
    Call: _call,
    Aggregation: _aggregation,
    Unary: _unary,
    Binary: _binary,
}


def pieces(node: Node) -> _Pieces:
    """What a node is made of: finished text, and the nodes between."""
    return _WRITERS[type(node)](node)
