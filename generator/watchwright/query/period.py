"""Durations in `[...]` and after `offset`: literals, and since Prometheus 3.4 expressions over them."""

from __future__ import annotations

from decimal import Decimal

from watchwright.query.cursor import Cursor
from watchwright.query.grammar import DURATIONS_FLAG, PRECEDENCE, RIGHT_ASSOCIATIVE, UNARY_PRECEDENCE
from watchwright.query.lexer import EXPRESSIONS_SINCE, NUMBERS_AS_DURATIONS, Token, decimal, milliseconds
from watchwright.query.tree import Binary, Call, Duration, Node, Number, Period, Placeholder, Unary, Variable
from watchwright.query.version import Version

EXPRESSIONS_STABLE: Version = (3, 14)
_OPERATORS = frozenset({"+", "-", "*", "/", "%", "^"})
_CALLS = {"step": 0, "range": 0, "max_of": 2, "min_of": 2}
_CALLS_SINCE: dict[str, Version] = {"step": (3, 6), "range": (3, 12), "max_of": (3, 13), "min_of": (3, 13)}
#: An int64 of nanoseconds, in seconds.
_LARGEST = Decimal(1 << 63) / 1_000_000_000
#: Nobody nests durations; this keeps Python's own stack out of play.
_DEEPEST = 100

_EXPECTED = "a duration such as `5m`"


def in_brackets(cursor: Cursor) -> Duration:
    """Read the range or the step of a selector or subquery: above 0."""
    start = cursor.token[2]
    node = _expression(cursor, 0, 0) if cursor.version >= EXPRESSIONS_SINCE else _literal(cursor)
    seconds = _seconds(node)
    if seconds is not None and seconds <= 0:
        raise cursor.error("a range must be longer than 0", start, cursor.token[2])
    return _duration(node)


def after_offset(cursor: Cursor) -> Duration:
    """Read what follows `offset`: one literal or call, signed or not; anything more needs brackets."""
    if cursor.version < EXPRESSIONS_SINCE:
        return _duration(_signed_literal(cursor))
    sign = cursor.token
    if sign[0] in ("+", "-"):
        following = cursor.peek()
        if following in ("+", "-"):
            return _duration(_expression(cursor, 0, 0))
        cursor.advance()
        return _duration(_signed(sign, _operand(cursor, 0)))
    if cursor.kind == "(":
        return _duration(_expression(cursor, 0, 0))
    return _duration(_operand(cursor, 0))


def _expression(cursor: Cursor, limit: int, depth: int) -> Node:
    left_start = cursor.token[2]
    left = _operand(cursor, depth)
    while cursor.kind in _OPERATORS and PRECEDENCE[cursor.kind] > limit:
        operator = cursor.token
        _need_expressions(cursor, left_start)
        cursor.advance()
        own = PRECEDENCE[operator[0]]
        right = _expression(cursor, own - 1 if operator[0] in RIGHT_ASSOCIATIVE else own, depth + 1)
        _refuse_zero(cursor, operator, right)
        left = Binary(operator[0], left, right, span=(left_start, cursor.token[2]))
    return left


def _operand(cursor: Cursor, depth: int) -> Node:
    token = cursor.token
    if depth > _DEEPEST:
        raise cursor.error(f"durations are nested more than {_DEEPEST} deep", token[2], token[3])
    if token[0] in ("+", "-"):
        cursor.advance()
        return _signed(token, _expression(cursor, UNARY_PRECEDENCE, depth + 1))
    if token[0] == "(":
        cursor.advance()
        inner_start = cursor.token[2]
        inner = _expression(cursor, 0, depth + 1)
        cursor.expect(")")
        _need_expressions(cursor, inner_start)
        return inner
    if token[0] in _CALLS:
        return _call(cursor, token, depth)
    return _literal(cursor)


def _call(cursor: Cursor, token: Token, depth: int) -> Node:
    name, _, start, end = token
    cursor.need(_CALLS_SINCE[name], f"`{name}` in a duration", start, end)
    cursor.advance()
    cursor.expect("(")
    arguments: list[Node] = []
    for _ in range(_CALLS[name]):
        if arguments:
            cursor.expect(",")
        arguments.append(_expression(cursor, 0, depth + 1))
    closing = cursor.expect(")")
    _need_expressions(cursor, start)
    return Call(name, tuple(arguments), span=(start, closing[3]))


def _signed(sign: Token, node: Node) -> Node:
    if sign[0] == "+":
        return node
    span = (sign[2], node.span[1] if node.span else sign[3])
    if isinstance(node, Period):
        return Period(-node.milliseconds, span=span)
    if isinstance(node, Number):
        return Number(node.value.copy_negate(), span=span)
    return Unary("-", node, span=span)


def _signed_literal(cursor: Cursor) -> Node:
    sign = cursor.token
    # before 3.4 an offset may be negative, but has no plus
    if sign[0] != "-":
        return _literal(cursor)
    cursor.advance()
    return _signed(sign, _literal(cursor))


def _literal(cursor: Cursor) -> Node:
    kind, value, start, end = cursor.token
    if kind == "duration":
        cursor.advance()
        return _period(cursor, value, start, end)
    if kind == "variable":
        cursor.advance()
        return Placeholder(value, span=(start, end))
    if kind != "number":
        raise cursor.unexpected(_EXPECTED)
    cursor.need(NUMBERS_AS_DURATIONS, "a range without a unit", start, end)
    seconds = decimal(value)
    if seconds is None or not seconds.is_finite() or abs(seconds) > _LARGEST:
        raise cursor.error(f"`{value}` is no duration that Prometheus can hold", start, end)
    cursor.advance()
    return Number(seconds, span=(start, end))


def _period(cursor: Cursor, literal: str, start: int, end: int) -> Node:
    length = milliseconds(literal)
    if length is None:
        raise cursor.error(f"`{literal}` is longer than Prometheus can hold", start, end)
    if not length and cursor.version < NUMBERS_AS_DURATIONS:
        raise cursor.error("a duration must be longer than 0", start, end)
    return Period(length, span=(start, end))


def _need_expressions(cursor: Cursor, start: int) -> None:
    if cursor.version < EXPRESSIONS_STABLE:
        cursor.need_flag(DURATIONS_FLAG, "an expression over durations", start, cursor.token[2])


def _refuse_zero(cursor: Cursor, operator: Token, right: Node) -> None:
    if operator[0] in ("/", "%") and _seconds(right) == 0:
        raise cursor.error(f"`{operator[0]}` by 0", operator[2], operator[3])


def _seconds(node: Node) -> Decimal | None:
    if isinstance(node, Period):
        return Decimal(node.milliseconds) / 1000
    return node.value if isinstance(node, Number) else None


def _duration(node: Node) -> Duration:
    """A literal as milliseconds, where they are whole; a variable alone as such."""
    if isinstance(node, Placeholder):
        return Variable(node.name)
    if isinstance(node, Period):
        return node.milliseconds
    if isinstance(node, Number):
        length = node.value * 1000
        return int(length) if length == int(length) else node
    return node
