"""
What Prometheus' type checker refuses: `checkAST` of its `promql/parser/parse.go`.

Each function yields the mistakes of one new node, in the order Prometheus looks for them: a message
and the place. The kinds of the parts are known by then.
"""

from __future__ import annotations

from collections.abc import Iterator

import attrs

from watchwright.query.cursor import Operand
from watchwright.query.functions import KIND_WORDS, Function
from watchwright.query.grammar import AGGREGATORS
from watchwright.query.regex import read
from watchwright.query.tree import COMPARISONS, SET_OPERATORS, Matcher, Matching, Selector, Span

Mistake = tuple[str, Span]


@attrs.define
class Operator:
    """An operator that waits for its right side, or a sign that waits for its operand."""

    op: str
    precedence: int
    start: int
    end: int
    is_sign: bool = False
    is_bool: bool = False
    matching: Matching | None = None


#: What an operator takes on either side.
_OPERABLE = ("scalar", "vector")


def of_binary(left: Operand, right: Operand, operator: Operator) -> Iterator[Mistake]:
    """Mistakes of a binary operation."""
    op, is_bool, matching = operator.op, operator.is_bool, operator.matching
    place = (operator.start, operator.end)
    whole = (left[2], right[3])
    compares = op in COMPARISONS
    if is_bool and not compares:
        yield f"`bool` goes with comparisons, and `{op}` is none", place
    if compares and not is_bool and left[1] == right[1] == "scalar":
        yield f"two scalars are compared: write `{op} bool`", place
    if matching is not None and matching.on:
        for label in matching.labels:
            if label in matching.include:
                yield f"label `{label}` stands in `on` and in `group_{matching.group}`", place
    for side in (left, right):
        if side[1] not in _OPERABLE:
            yield f"`{op}` takes instant vectors and scalars, got {_words(side)}", side[2:4]
    if left[1] == right[1] == "vector":
        if matching is not None and op in SET_OPERATORS:
            yield from _of_set_matching(op, matching, whole)
        return
    if matching is not None and (matching.labels or _has_fill(matching)):
        yield "only two instant vectors are matched by labels", whole
    if op in SET_OPERATORS:
        yield f"`{op}` takes no scalar", whole


def _of_set_matching(op: str, matching: Matching, whole: Span) -> Iterator[Mistake]:
    if matching.group:
        yield f"`{op}` takes no `group_{matching.group}`", whole
    if _has_fill(matching):
        yield f"`{op}` fills in no missing series", whole


def _has_fill(matching: Matching) -> bool:
    return matching.fill_left is not None or matching.fill_right is not None


def of_aggregation(op: str, parameter: Operand | None, expr: Operand) -> Iterator[Mistake]:
    """Mistakes of an aggregation."""
    if expr[1] != "vector":
        yield f"`{op}` takes an instant vector, got {_words(expr)}", expr[2:4]
    wanted = AGGREGATORS[op].parameter
    if parameter is not None and wanted and parameter[1] != wanted:
        yield f"`{op}` takes {KIND_WORDS[wanted]} first, got {_words(parameter)}", parameter[2:4]


def of_count(function: Function, arguments: list[Operand], place: Span) -> Iterator[Mistake]:
    """The mistake of too few or too many arguments."""
    count, least, most = len(arguments), function.least, function.most
    if count >= least and (most is None or count <= most):
        return
    wanted = str(least) if least == most else f"at least {least}" if count < least else f"at most {most}"
    plural = "" if wanted.split()[-1] == "1" else "s"
    yield f"`{function.name}` takes {wanted} argument{plural}, got {count}", place


def of_arguments(function: Function, arguments: list[Operand], place: Span) -> Iterator[Mistake]:
    """Mistakes of a call's arguments."""
    wanted = function.arguments
    if function.name == "info" and len(arguments) > 1:
        yield from _of_info(arguments[1], place)
    for i, argument in enumerate(arguments):
        if i >= len(wanted) and function.most == len(wanted):
            return
        kind = wanted[min(i, len(wanted) - 1)] if wanted else argument[1]
        if argument[1] != kind:
            yield f"`{function.name}` takes {KIND_WORDS[kind]} here, got {_words(argument)}", argument[2:4]


def _of_info(selector: Operand, place: Span) -> Iterator[Mistake]:
    node = selector[0]
    if selector[1] != "vector":
        yield f"`info` takes a selector of labels second, got {_words(selector)}", place
    if not isinstance(node, Selector) or not selector[4]:
        yield "`info` takes a selector of labels here", selector[2:4]
    elif node.name:
        yield f"`info` takes labels alone here, got the metric `{node.name}`", selector[2:4]


def of_selector(matchers: tuple[Matcher, ...], name: str, place: Span) -> Iterator[Mistake]:
    """Mistakes of a selector; `name` is the one before the braces."""
    if name:
        for matcher in matchers:
            if matcher.label == "__name__":
                yield f"the metric is named twice: `{name}` and `{matcher.value}`", place
    elif all(map(_is_idle, matchers)):
        yield "a selector needs one matcher at least that an empty value does not meet", place


def _is_idle(matcher: Matcher) -> bool:
    """Whether a series without the label would be selected."""
    if matcher.op in ("=", "!="):
        return (matcher.op == "=") == (not matcher.value)
    return read(matcher.value).matches_empty == (matcher.op == "=~")


def _words(operand: Operand) -> str:
    return KIND_WORDS[operand[1]]
