"""
Text to tree, taking what Prometheus of a given version takes, and nothing else.

Brackets, calls and operators wait on stacks of our own, never on Python's: a sum of 100,000
terms and 100,000 nested brackets both parse. What is wrong in the grammar is said where it is
met; what is wrong with types is kept until the end of the text, since Prometheus looks at
types only where the grammar is right.
"""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal
from typing import Literal

import attrs

from watchwright.query import kinds, literal, matching, period, selector
from watchwright.query.cursor import WORDS_SINCE, Cursor, Operand, ParseError
from watchwright.query.functions import FUNCTIONS, KIND_WORDS, Kind
from watchwright.query.grammar import (
    AGGREGATORS,
    FILL_FLAG,
    FUNCTIONS_FLAG,
    NAME_KINDS,
    NOT_METRICS,
    PRECEDENCE,
    RANGES_FLAG,
    RIGHT_ASSOCIATIVE,
    TRIMS,
    TRIMS_SINCE,
    UNARY_PRECEDENCE,
)
from watchwright.query.kinds import Operator
from watchwright.query.lexer import Token
from watchwright.query.tree import (
    Aggregation,
    Binary,
    Call,
    Duration,
    Grouping,
    Matcher,
    Node,
    Number,
    Placeholder,
    Selector,
    Shifted,
    String,
    Subquery,
    Unary,
    Window,
)
from watchwright.query.version import Version

__all__ = ["ParseError", "parse"]

#: Since then `start()`, `end()`, `step()` and `range()` are functions, too.
TIME_FUNCTIONS_SINCE: Version = (3, 12)

#: Milliseconds in an int64, as Prometheus bounds it: by their number, not by that of seconds.
_LARGEST_TIME = 1 << 63
_METRIC_KINDS = NAME_KINDS - NOT_METRICS
_CALLED_KEYWORDS = frozenset({"start", "end", "step", "range", "max_of", "min_of"})
_EXPECTED_OPERAND = "a metric, a number, a call or `(`"


def parse(
    text: str,
    *,
    version: Version = (2, 42),
    variables: bool = False,
    features: Iterable[str] = (),
) -> Node:
    """
    Parse an expression for a version of Prometheus, as its `promtool check rules` would.

    `features` are the flags that its server runs with, such as `promql-experimental-functions`.
    With `variables`, Grafana's `$name` and `${name}` stand for durations and numbers. A ParseError
    says what was seen and what was expected.
    """
    cursor = Cursor(text, version, frozenset(features), variables=variables)
    if cursor.kind == "eof":
        raise cursor.error("there is no expression", 0, len(text))
    return _Parser(cursor).whole()


@attrs.define
class _Frame:
    """An open bracket, and what has been read since."""

    kind: str = ""
    name: str = ""
    start: int = 0
    grouping: Grouping | None = None
    arguments: list[Operand] = attrs.Factory(list)
    operands: list[Operand] = attrs.Factory(list)
    operators: list[Operator] = attrs.Factory(list)


class _Parser:
    def __init__(self, cursor: Cursor) -> None:
        self.cursor = cursor
        self.frames = [_Frame()]
        self.mistake: ParseError | None = None

    def whole(self) -> Node:
        cursor = self.cursor
        while True:
            operand = self.operand()
            while operand is not None:
                if cursor.kind in _POSTFIX:
                    operand = _POSTFIX[cursor.kind](self, operand)
                elif cursor.kind in PRECEDENCE:
                    self.operator(operand)
                    break
                elif cursor.kind == "eof":
                    return self.finished(operand)
                else:
                    operand = self.punctuation(operand)

    def finished(self, operand: Operand) -> Node:
        node: Node = self.reduced(operand)[0]
        if self.mistake is not None:
            raise self.mistake
        return node

    def note(self, mistakes: Iterable[kinds.Mistake], *, first: bool = False) -> None:
        """Keep the first mistake of type; `first` ones are looked for before those of a node's children."""
        for message, (start, end) in mistakes:
            if self.mistake is None or (first and self.mistake.span[0] >= start):
                self.mistake = self.cursor.error(message, start, end)
            return

    # What can start an expression

    def operand(self) -> Operand | None:
        """Read an operand; None where a bracket was opened, or a sign, and the operand is still to come."""
        cursor = self.cursor
        kind, value, start, end = cursor.token
        if kind == "name" or kind in _METRIC_KINDS:
            return self.named(kind, value, start, end)
        if kind in ("number", "duration"):
            return (literal.number(cursor, ""), "scalar", start, end, True)
        if kind == "(":
            cursor.advance()
            self.frames.append(_Frame("group", start=start))
            return None
        if kind in ("+", "-"):
            cursor.advance()
            self.frames[-1].operators.append(Operator(kind, UNARY_PRECEDENCE, start, end, is_sign=True))
            return None
        if kind == "{":
            return self.selector("", start, end)
        return self.rare_operand(cursor.token)

    def rare_operand(self, token: Token) -> Operand:
        kind, value, start, end = token
        cursor = self.cursor
        if kind == "string":
            cursor.advance()
            return (String(value, span=(start, end)), "string", start, end, True)
        if kind == "variable":
            cursor.advance()
            return (Placeholder(value, span=(start, end)), "scalar", start, end, True)
        comma = cursor.tokens[cursor.index - 1]
        if comma[0] == "," and self.frames[-1].kind in ("call", "aggregation") and cursor.index:
            raise cursor.error("unexpected `,` behind the last argument", comma[2], comma[3])
        raise cursor.unexpected(_EXPECTED_OPERAND)

    def named(self, kind: str, value: str, start: int, end: int) -> Operand | None:
        cursor = self.cursor
        cursor.advance()
        if cursor.kind == "(" and (kind == "name" or self.is_called(kind)):
            return self.call(value, start)
        if kind in AGGREGATORS and cursor.kind in ("(", "by", "without"):
            return self.aggregation(kind, start)
        return self.selector(value, start, end)

    def is_called(self, kind: str) -> bool:
        """Whether a keyword is a function as well."""
        if kind not in _CALLED_KEYWORDS:
            return False
        _, _, start, end = self.cursor.token
        self.cursor.need(TIME_FUNCTIONS_SINCE, f"`{kind}()`", start, end)
        return True

    def call(self, name: str, start: int) -> Operand | None:
        return self.open(_Frame("call", name, start))

    def aggregation(self, op: str, start: int) -> Operand | None:
        grouping = matching.grouping(self.cursor) if self.cursor.kind != "(" else None
        return self.open(_Frame("aggregation", op, start, grouping))

    def open(self, frame: _Frame) -> Operand | None:
        self.cursor.expect("(")
        if self.cursor.kind == ")":
            return self.closed(frame)
        self.frames.append(frame)
        return None

    def selector(self, name: str, start: int, end: int) -> Operand:
        if self.cursor.kind != "{":
            return (Selector(name, span=(start, end)), "vector", start, end, True)
        matchers, quoted, end = selector.braces(self.cursor)
        named = [Matcher("__name__", "=", one) for one in quoted]
        is_info = self.is_info()
        if not is_info:
            self.note(kinds.of_selector((*matchers, *named), name, (start, end)))
        is_plain = len(quoted) == 1 and bool(quoted[0]) and not name and not is_info
        if is_plain and all(one.label != "__name__" for one in matchers):
            name, named = quoted[0], []
        return (Selector(name, (*matchers, *named), span=(start, end)), "vector", start, end, True)

    def is_info(self) -> bool:
        """Whether the second argument of `info` begins here: that alone may select without any matcher."""
        frame = self.frames[-1]
        return frame.name == "info" and len(frame.arguments) == 1 and not frame.operators

    # What can follow an expression

    def range(self, operand: Operand) -> Operand:
        cursor = self.cursor
        bracket = cursor.token[2]
        cursor.advance()
        length = period.in_brackets(cursor)
        if cursor.kind == ":":
            return self.subquery(operand, length)
        closing = cursor.expect("]", " or `:`")[3]
        node, _, start, _, bare = operand
        # Prometheus keeps offset and time on the selector, and knows no order among them
        outer = node if isinstance(node, Shifted) and isinstance(node.expr, Selector) else None
        selector = node if outer is None else outer.expr
        if not bare or not isinstance(selector, Selector):
            raise cursor.error(
                "a range `[...]` goes with a selector alone: write `[...:]` for a subquery", bracket, closing
            )
        if outer is not None and outer.offset and not isinstance(outer.offset, Node):
            raise cursor.error("`offset` belongs behind the range", bracket, closing)
        if outer is not None and isinstance(outer.at, Decimal):
            raise cursor.error("`@` belongs behind the range", bracket, closing)
        window = Window(selector, length, span=(start, closing))
        node = window if outer is None else attrs.evolve(outer, expr=window, span=(start, closing))
        return (node, "matrix", start, closing, True)

    def subquery(self, operand: Operand, length: Duration) -> Operand:
        cursor = self.cursor
        cursor.advance()
        step = None if cursor.kind == "]" else period.in_brackets(cursor)
        closing = cursor.expect("]")[3]
        node, kind, start, _, _ = operand
        if kind != "vector":
            self.note([(f"a subquery takes an instant vector, got {KIND_WORDS[kind]}", (start, closing))])
        return (Subquery(node, length, step, span=(start, closing)), "matrix", start, closing, True)

    def offset(self, operand: Operand) -> Operand:
        self.cursor.advance()
        length = period.after_offset(self.cursor)
        shifted = self.shifted(operand, "`offset`")
        if shifted.offset:
            raise self.cursor.error("`offset` stands twice", operand[2], operand[3])
        return self.changed(operand, attrs.evolve(shifted, offset=length))

    def at(self, operand: Operand) -> Operand:
        cursor = self.cursor
        cursor.advance()
        if cursor.kind in ("start", "end"):
            at: Decimal | Literal["start", "end"] = "start" if cursor.kind == "start" else "end"
            cursor.advance()
            cursor.expect("(")
            cursor.expect(")")
        else:
            at = self.timestamp(operand)
        shifted = self.shifted(operand, "`@`")
        if shifted.at is not None:
            raise cursor.error("`@` stands twice", operand[2], operand[3])
        return self.changed(operand, attrs.evolve(shifted, at=at))

    def timestamp(self, operand: Operand) -> Decimal:
        value = literal.signed(self.cursor, "a time in seconds, `start()` or `end()`")
        if not value.is_finite() or abs(value) >= _LARGEST_TIME:
            raise self.cursor.error(f"{value} is no time that Prometheus can hold", operand[2], operand[3])
        return value

    def modified(self, operand: Operand) -> Operand:
        cursor = self.cursor
        word: Literal["anchored", "smoothed"] = "anchored" if cursor.kind == "anchored" else "smoothed"
        _, _, start, end, _ = operand
        cursor.advance()
        cursor.need_flag(RANGES_FLAG, f"`{word}`", start, end)
        shifted = self.shifted(operand, f"`{word}`")
        if isinstance(shifted.expr, Subquery):
            raise cursor.error(f"`{word}` goes with no subquery", start, end)
        if shifted.modifier not in ("", word):
            raise cursor.error("`anchored` and `smoothed` exclude each other", start, end)
        return self.changed(operand, attrs.evolve(shifted, modifier=word))

    def shifted(self, operand: Operand, word: str) -> Shifted:
        node, _, start, end, bare = operand
        if isinstance(node, Shifted) and bare:
            return node
        if not bare or not isinstance(node, Selector | Window | Subquery):
            raise self.cursor.error(f"{word} goes with selectors and subqueries alone", start, end)
        return Shifted(node, span=node.span)

    def changed(self, operand: Operand, node: Shifted) -> Operand:
        end = self.cursor.tokens[self.cursor.index - 1][3]
        return (attrs.evolve(node, span=(operand[2], end)), operand[1], operand[2], end, True)

    def punctuation(self, operand: Operand) -> Operand | None:
        frame = self.frames[-1]
        cursor = self.cursor
        if cursor.kind == ")" and frame.kind:
            frame.arguments.append(self.reduced(operand))
            self.frames.pop()
            return self.closed(frame)
        if cursor.kind == "," and frame.kind in ("call", "aggregation"):
            frame.arguments.append(self.reduced(operand))
            cursor.advance()
            return None
        self.reduced(operand)  # as Prometheus does first, which may find something else to complain of
        raise cursor.unexpected("an operator" + _END_OF_FRAME[frame.kind])

    # Operators

    def operator(self, operand: Operand) -> None:
        cursor = self.cursor
        op, _, start, end = cursor.token
        if op in TRIMS:
            cursor.need(TRIMS_SINCE, f"`{op}`", start, end)
        cursor.advance()
        waiting = Operator(op, PRECEDENCE[op], start, end)
        if cursor.kind in matching.MODIFIERS:
            waiting.is_bool, waiting.matching = matching.modifiers(cursor)
        frame = self.frames[-1]
        limit = waiting.precedence + (op in RIGHT_ASSOCIATIVE)
        while frame.operators and frame.operators[-1].precedence >= limit:
            operand = self.applied(frame, operand)
        frame.operands.append(operand)
        frame.operators.append(waiting)

    def reduced(self, operand: Operand) -> Operand:
        """Apply all operators that wait in the innermost frame."""
        frame = self.frames[-1]
        while frame.operators:
            operand = self.applied(frame, operand)
        return operand

    def applied(self, frame: _Frame, right: Operand) -> Operand:
        operator = frame.operators.pop()
        if operator.is_sign:
            return self.signed(operator, right)
        left = frame.operands.pop()
        matching, op = operator.matching, operator.op
        if matching is not None and (matching.fill_left is not None or matching.fill_right is not None):
            self.cursor.need_flag(FILL_FLAG, "`fill`", left[2], right[3])
        if not (left[1] == right[1] == "vector" and matching is None and not operator.is_bool):
            self.note(kinds.of_binary(left, right, operator))
        kind: Kind = "scalar" if left[1] == right[1] == "scalar" else "vector"
        node = Binary(op, left[0], right[0], operator.is_bool, matching, span=(left[2], right[3]))
        return (node, kind, left[2], right[3], True)

    def signed(self, sign: Operator, operand: Operand) -> Operand:
        node, kind, _, end, _ = operand
        span = (sign.start, end)
        if kind not in ("scalar", "vector"):
            self.note([(f"`{sign.op}` takes an instant vector or a scalar, got {KIND_WORDS[kind]}", span)])
        if isinstance(node, Number):
            # negating keeps every digit; Decimal's own minus would round to the context
            node = Number(node.value.copy_negate() if sign.op == "-" else node.value, span=span)
        else:
            node = Unary(sign.op, node, span=span)  # type: ignore[arg-type]  # a sign, as just seen
        return (node, kind, sign.start, end, True)

    # Closed brackets

    def closed(self, frame: _Frame) -> Operand:
        """Take the `)` of a bracket whose content is complete."""
        end = self.cursor.token[3]
        if frame.kind == "group":
            self.cursor.advance()
            node, kind, _, _, _ = frame.arguments[0]
            return (node, kind, frame.start, end, False)
        if frame.kind == "call":
            return self.called(frame, end)
        self.cursor.advance()
        return self.aggregated(frame, end)

    def called(self, frame: _Frame, end: int) -> Operand:
        cursor = self.cursor
        name, start, arguments = frame.name, frame.start, frame.arguments
        function = FUNCTIONS.get(name)
        place = (start, start + len(name))
        if function is None:
            raise self.unknown(name, *place)
        if not function.exists_in(cursor.version):
            if function.until is not None and cursor.version >= function.until:
                raise cursor.error(f"`{name}` is gone since Prometheus {'.'.join(map(str, function.until))}", *place)
            raise cursor.too_new(f"`{name}`", function.since or (0, 0), *place)
        if function.needs_flag_in(cursor.version):
            cursor.need_flag(FUNCTIONS_FLAG, f"`{name}`", *place)
        self.note(kinds.of_count(function, arguments, (start, end)), first=True)
        self.note(kinds.of_arguments(function, arguments, (start, end)))
        cursor.advance()
        node = Call(name, tuple(one[0] for one in arguments), span=(start, end))
        return (node, function.result, start, end, True)

    def unknown(self, name: str, start: int, end: int) -> ParseError:
        since = WORDS_SINCE.get(name)
        if since is not None and since > self.cursor.version:
            return self.cursor.too_new(f"`{name}`", since, start, end)
        return self.cursor.error(f"unknown function `{name}`", start, end)

    def aggregated(self, frame: _Frame, end: int) -> Operand:
        cursor = self.cursor
        op, start, arguments = frame.name, frame.start, frame.arguments
        grouping = frame.grouping
        if grouping is None and cursor.kind in ("by", "without"):
            grouping = matching.grouping(cursor)
            end = cursor.tokens[cursor.index - 1][3]
        aggregator = AGGREGATORS[op]
        if arguments and aggregator.experimental:
            cursor.need_flag(FUNCTIONS_FLAG, f"`{op}`", start, end)
        wanted = 2 if aggregator.parameter else 1
        if len(arguments) != wanted:
            raise cursor.error(f"`{op}` takes {wanted} argument{'s' * (wanted > 1)}, got {len(arguments)}", start, end)
        parameter = arguments[0] if wanted > 1 else None
        self.note(kinds.of_aggregation(op, parameter, arguments[-1]))
        node = Aggregation(op, arguments[-1][0], grouping, parameter and parameter[0], span=(start, end))
        return (node, "vector", start, end, True)


_POSTFIX = {
    "[": _Parser.range,
    "offset": _Parser.offset,
    "@": _Parser.at,
    "anchored": _Parser.modified,
    "smoothed": _Parser.modified,
}
_END_OF_FRAME = {"": " or the end", "group": " or `)`", "call": ", `,` or `)`", "aggregation": ", `,` or `)`"}
