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

import attrs

from watchwright.promql import kinds, period, regex
from watchwright.promql.cursor import WORDS_SINCE, Cursor, Operand, ParseError
from watchwright.promql.functions import FUNCTIONS
from watchwright.promql.grammar import (
    AGGREGATORS,
    FILL_FLAG,
    FUNCTIONS_FLAG,
    KEYWORDS,
    LABEL_NAME,
    NOT_LABELS,
    NOT_METRICS,
    PRECEDENCE,
    RANGES_FLAG,
    RIGHT_ASSOCIATIVE,
    TRIMS,
    TRIMS_SINCE,
    UNARY_PRECEDENCE,
)
from watchwright.promql.lexer import NUMBERS_AS_DURATIONS, Token, decimal, milliseconds
from watchwright.promql.tree import (
    Aggregation,
    Binary,
    Call,
    Grouping,
    Matcher,
    Matching,
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
from watchwright.promql.version import Version

__all__ = ["ParseError", "parse"]

#: Since then any UTF-8 text is a name, where it stands in quotes.
QUOTED_NAMES_SINCE: Version = (3, 0)
#: Since then `start()`, `end()`, `step()` and `range()` are functions, too.
TIME_FUNCTIONS_SINCE: Version = (3, 12)

_NAME_KINDS = frozenset({"name", "metric", "fill", "fill_left", "fill_right", *KEYWORDS})
_METRIC_KINDS = _NAME_KINDS - NOT_METRICS
_LABEL_KINDS = _NAME_KINDS - NOT_LABELS
_CALLED_KEYWORDS = frozenset({"start", "end", "step", "range", "max_of", "min_of"})
_MATCH_OPERATORS = frozenset({"=", "!=", "=~", "!~"})
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
    operators: list[_Operator] = attrs.Factory(list)


@attrs.define
class _Operator:
    """An operator that waits for its right side, or a sign that waits for its operand."""

    op: str
    precedence: int
    start: int
    end: int
    is_sign: bool = False
    is_bool: bool = False
    matching: Matching | None = None


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
        if kind == "number":
            number = self.number(value, start, end)
            cursor.advance()
            return (number, "scalar", start, end, True)
        if kind == "(":
            cursor.advance()
            self.frames.append(_Frame("group", start=start))
            return None
        if kind in ("+", "-"):
            cursor.advance()
            self.frames[-1].operators.append(_Operator(kind, UNARY_PRECEDENCE, start, end, is_sign=True))
            return None
        if kind == "{":
            return self.selector("", start, end)
        if kind == "string":
            cursor.advance()
            return (String(value, span=(start, end)), "string", start, end, True)
        return self.rare_operand(cursor.token)

    def rare_operand(self, token: Token) -> Operand:
        kind, value, start, end = token
        cursor = self.cursor
        if kind == "duration":
            cursor.need(NUMBERS_AS_DURATIONS, "a duration in the place of a number", start, end)
            length = milliseconds(value)
            if length is None:
                raise cursor.error(f"`{value}` is longer than Prometheus can hold", start, end)
            cursor.advance()
            return (Number(Decimal(length) / 1000, span=(start, end)), "scalar", start, end, True)
        if kind == "variable":
            cursor.advance()
            return (Placeholder(value, span=(start, end)), "scalar", start, end, True)
        comma = cursor.tokens[cursor.index - 1]
        if comma[0] == "," and self.frames[-1].kind in ("call", "aggregation") and cursor.index:
            raise cursor.error("unexpected `,` behind the last argument", comma[2], comma[3])
        raise cursor.unexpected(_EXPECTED_OPERAND)

    def number(self, literal: str, start: int, end: int) -> Number:
        value = decimal(literal)
        if value is None:
            raise self.cursor.error(f"`{literal}` is larger than any float64", start, end)
        return Number(value, span=(start, end))

    def named(self, kind: str, value: str, start: int, end: int) -> Operand | None:
        cursor = self.cursor
        cursor.advance()
        if cursor.kind == "(" and (kind == "name" or self.is_called(kind)):
            return self.call(value, start)
        if kind in AGGREGATORS and cursor.kind in ("(", "by", "without"):
            return self.aggregation(kind, start)
        return self.selector(value, start, end)

    def is_called(self, kind: str) -> bool:
        return kind in _CALLED_KEYWORDS and self.cursor.version >= TIME_FUNCTIONS_SINCE

    def call(self, name: str, start: int) -> Operand | None:
        return self.open(_Frame("call", name, start))

    def aggregation(self, op: str, start: int) -> Operand | None:
        grouping = self.grouping() if self.cursor.kind != "(" else None
        return self.open(_Frame("aggregation", op, start, grouping))

    def open(self, frame: _Frame) -> Operand | None:
        self.cursor.expect("(")
        if self.cursor.kind == ")":
            return self.closed(frame)
        self.frames.append(frame)
        return None

    def grouping(self) -> Grouping:
        without = self.cursor.kind == "without"
        self.cursor.advance()
        return Grouping(self.labels(), without)

    def labels(self) -> tuple[str, ...]:
        cursor = self.cursor
        cursor.expect("(", " and labels")
        labels: list[str] = []
        while cursor.kind != ")":
            labels.append(self.label())
            if cursor.kind != ",":
                break
            cursor.advance()
        cursor.expect(")", " or `,`")
        return tuple(labels)

    def label(self) -> str:
        cursor = self.cursor
        kind, value, start, end = cursor.token
        if kind == "string":
            cursor.need(QUOTED_NAMES_SINCE, "a label's name in quotes", start, end)
            if not value:
                raise cursor.error("a label's name cannot be empty", start, end)
        elif kind not in _LABEL_KINDS:
            raise cursor.unexpected("a label")
        elif kind == "metric" and cursor.version < QUOTED_NAMES_SINCE:
            raise cursor.unexpected("a label")
        cursor.advance()
        return str(value)

    def selector(self, name: str, start: int, end: int) -> Operand:
        if self.cursor.kind != "{":
            return (Selector(name, span=(start, end)), "instant", start, end, True)
        matchers, names, end = self.braces()
        plain = not names
        if len(names) == 1 and not name and names[0] and all(one.label != "__name__" for one in matchers):
            name = names[0]
        else:
            matchers.extend(Matcher("__name__", "=", one) for one in names)
        found = tuple(matchers)
        if plain or not name or matchers:
            outside = name if plain or any(one.label == "__name__" for one in found) else ""
            checked = found if outside or plain or not name else (*found, Matcher("__name__", "=", name))
            self.note(kinds.of_selector(checked, outside, (start, end)))
        return (Selector(name, found, span=(start, end)), "instant", start, end, True)

    def braces(self) -> tuple[list[Matcher], list[str], int]:
        """Read matchers, and names of metrics in quotes, and where the braces end."""
        cursor = self.cursor
        cursor.advance()
        matchers: list[Matcher] = []
        names: list[str] = []
        while cursor.kind != "}":
            if cursor.kind == "matcher":
                _, value, start, end = cursor.token
                matchers.append(self.matcher(*value, start, end))
                cursor.advance()
                continue
            self.spelt_matcher(matchers, names)
            if cursor.kind == "}":
                break
            cursor.expect(",", " or `}`")
        end = cursor.token[3]
        cursor.advance()
        return matchers, names, end

    def spelt_matcher(self, matchers: list[Matcher], names: list[str]) -> None:
        cursor = self.cursor
        kind, label, start, end = cursor.token
        if kind not in ("name", "string"):
            raise cursor.unexpected("a label or `}`")
        if kind == "string":
            cursor.need(QUOTED_NAMES_SINCE, "a name in quotes", start, end)
        cursor.advance()
        if cursor.kind not in _MATCH_OPERATORS:
            if kind == "name":
                raise cursor.unexpected("`=`, `!=`, `=~` or `!~`")
            names.append(label)
            return
        op = cursor.kind
        cursor.advance()
        _, value, _, end = cursor.expect("string", " in quotes")
        matchers.append(self.matcher(label, op, value, start, end))

    def matcher(self, label: str, op: str, value: str, start: int, end: int) -> Matcher:
        if op in ("=~", "!~"):
            read = regex.read(value)
            if read.problem is not None:
                raise self.cursor.error(f"bad regular expression for `{label}`: {read.problem}", start, end)
            if read.since is not None:
                self.cursor.need(read.since, "this regular expression", start, end)
        return Matcher(label, op, value)  # type: ignore[arg-type]  # the lexer gives no other operator

    # What can follow an expression

    def range(self, operand: Operand) -> Operand:
        cursor = self.cursor
        bracket = cursor.token[2]
        cursor.advance()
        length = period.in_brackets(cursor)
        if cursor.kind == ":":
            return self.subquery(operand, length)
        closing = cursor.expect("]", " or `:`")[3]
        node, _, start, end, bare = operand
        # Prometheus keeps offset and time on the selector, and knows no order among them
        outer = node if isinstance(node, Shifted) and isinstance(node.expr, Selector) else None
        selector = node if outer is None else outer.expr
        if not bare or not isinstance(selector, Selector):
            raise cursor.error("a range `[...]` goes with a selector alone: write `[...:]` for a subquery", bracket, closing)
        if outer is not None and outer.offset and not isinstance(outer.offset, Node):
            raise cursor.error("`offset` belongs behind the range", bracket, closing)
        if outer is not None and isinstance(outer.at, Decimal):
            raise cursor.error("`@` belongs behind the range", bracket, closing)
        window: Node = Window(selector, length, span=(start, closing))
        if outer is not None:
            window = attrs.evolve(outer, expr=window, span=(start, closing))
        return (window, "range", start, closing, True)

    def subquery(self, operand: Operand, length: period.Duration) -> Operand:
        cursor = self.cursor
        cursor.advance()
        step = None if cursor.kind == "]" else period.in_brackets(cursor)
        closing = cursor.expect("]")[3]
        node, kind, start, _, _ = operand
        if kind != "instant":
            self.note([(f"a subquery takes an instant vector, got {kinds.KIND_WORDS[kind]}", (start, closing))])  # type: ignore[index]  # an operand's kind is one
        return (Subquery(node, length, step, span=(start, closing)), "range", start, closing, True)

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
            at: Decimal | str = cursor.kind
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
        cursor = self.cursor
        sign = cursor.kind
        if sign in ("+", "-"):
            cursor.advance()
        kind, literal, start, end = cursor.token
        if kind not in ("number", "duration"):
            raise cursor.unexpected("a time in seconds, `start()` or `end()`")
        read = self.rare_operand(cursor.token) if kind == "duration" else None
        value: Decimal = read[0].value if read is not None else self.number(literal, start, end).value
        if not value.is_finite() or abs(value) >= 1 << 63:
            raise cursor.error(f"`{literal}` is no time that Prometheus can hold", operand[2], operand[3])
        if read is None:
            cursor.advance()
        return -value if sign == "-" else value

    def modified(self, operand: Operand) -> Operand:
        cursor = self.cursor
        word = cursor.kind
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
        raise cursor.unexpected("an operator" + _END_OF_FRAME[frame.kind])

    # Operators

    def operator(self, operand: Operand) -> None:
        cursor = self.cursor
        op, _, start, end = cursor.token
        if op in TRIMS:
            cursor.need(TRIMS_SINCE, f"`{op}`", start, end)
        cursor.advance()
        waiting = _Operator(op, PRECEDENCE[op], start, end)
        if cursor.kind in _MODIFIERS:
            self.modifiers(waiting)
        frame = self.frames[-1]
        limit = waiting.precedence + (op in RIGHT_ASSOCIATIVE)
        while frame.operators and frame.operators[-1].precedence >= limit:
            operand = self.applied(frame, operand)
        frame.operands.append(operand)
        frame.operators.append(waiting)

    def modifiers(self, operator: _Operator) -> None:
        cursor = self.cursor
        if cursor.kind == "bool":
            operator.is_bool = True
            cursor.advance()
        matching = None
        if cursor.kind in ("on", "ignoring"):
            matching = self.matching()
        while cursor.kind in ("fill", "fill_left", "fill_right"):
            matching = self.filled(matching or Matching())
        operator.matching = matching

    def matching(self) -> Matching:
        cursor = self.cursor
        on = cursor.kind == "on"
        cursor.advance()
        labels = self.labels()
        if cursor.kind not in ("group_left", "group_right"):
            return Matching(labels, on)
        side = cursor.kind.removeprefix("group_")
        cursor.advance()
        include = self.labels() if cursor.kind == "(" else ()
        return Matching(labels, on, side, include)  # type: ignore[arg-type]  # left or right, as just seen

    def filled(self, matching: Matching) -> Matching:
        cursor = self.cursor
        word = cursor.kind
        has = (matching.fill_left is not None, matching.fill_right is not None)
        if (word == "fill" and any(has)) or (word == "fill_left" and has[0]) or (word == "fill_right" and has[1]):
            raise cursor.unexpected(_EXPECTED_OPERAND)
        cursor.advance()
        cursor.expect("(")
        value = self.fill_value()
        cursor.expect(")")
        sides = ("fill_left", "fill_right") if word == "fill" else (word,)
        return attrs.evolve(matching, **dict.fromkeys(sides, value))

    def fill_value(self) -> Decimal:
        cursor = self.cursor
        sign = cursor.kind
        if sign in ("+", "-"):
            cursor.advance()
        kind, literal, start, end = cursor.token
        if kind == "duration":
            value: Decimal = self.rare_operand(cursor.token)[0].value
        elif kind == "number":
            value = self.number(literal, start, end).value
            cursor.advance()
        else:
            raise cursor.unexpected("a number")
        return -value if sign == "-" else value

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
        place = (operator.start, operator.end)
        if not (left[1] == right[1] == "instant" and matching is None and not operator.is_bool):
            self.note(kinds.of_binary(left, right, op, operator.is_bool, matching, place))
        kind = "scalar" if left[1] == right[1] == "scalar" else "instant"
        node = Binary(op, left[0], right[0], operator.is_bool, matching, span=(left[2], right[3]))
        return (node, kind, left[2], right[3], True)

    def signed(self, sign: _Operator, operand: Operand) -> Operand:
        node, kind, _, end, _ = operand
        span = (sign.start, end)
        if kind not in ("scalar", "instant"):
            self.note([(f"`{sign.op}` takes an instant vector or a scalar, got {kinds.KIND_WORDS[kind]}", span)])  # type: ignore[index]  # an operand's kind is one
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
        self.note(kinds.of_arguments(function, arguments))
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
            grouping = self.grouping()
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
        return (node, "instant", start, end, True)


_POSTFIX = {
    "[": _Parser.range,
    "offset": _Parser.offset,
    "@": _Parser.at,
    "anchored": _Parser.modified,
    "smoothed": _Parser.modified,
}
_MODIFIERS = frozenset({"bool", "on", "ignoring", "fill", "fill_left", "fill_right"})
_END_OF_FRAME = {"": " or the end", "group": " or `)`", "call": ", `,` or `)`", "aggregation": ", `,` or `)`"}
