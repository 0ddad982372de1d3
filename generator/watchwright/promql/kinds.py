"""
What Prometheus' type checker refuses: `checkAST` of its `promql/parser/parse.go`.

Each function yields the mistakes of one new node, in the order Prometheus looks for them: a message
and the place. The kinds of the parts are known by then.
"""

from __future__ import annotations

from collections.abc import Iterator

from watchwright.promql.cursor import Operand
from watchwright.promql.functions import KIND_WORDS, Function, Kind
from watchwright.promql.grammar import AGGREGATORS
from watchwright.promql.regex import read
from watchwright.promql.tree import COMPARISONS, SET_OPERATORS, Matcher, Matching, Selector, Span

Mistake = tuple[str, Span]

#: What an operator takes on either side.
_OPERABLE = ("scalar", "instant")


def of_binary(
    left: Operand, right: Operand, op: str, is_bool: bool, matching: Matching | None, place: Span
) -> Iterator[Mistake]:
    """Mistakes of a binary operation; `place` is that of the operator."""
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
    if left[1] == right[1] == "instant":
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
    if expr[1] != "instant":
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
    yield f"`{function.name}` takes {wanted} argument{'s' if wanted[-2:] not in ('1', ' 1') else ''}, got {count}", place


def of_arguments(function: Function, arguments: list[Operand]) -> Iterator[Mistake]:
    """Mistakes of a call's arguments."""
    wanted = function.arguments
    if function.name == "info" and len(arguments) > 1:
        yield from _of_info(arguments[1])
    for i, argument in enumerate(arguments):
        if i >= len(wanted) and function.most == len(wanted):
            return
        kind = wanted[min(i, len(wanted) - 1)] if wanted else argument[1]
        if argument[1] != kind:
            yield f"`{function.name}` takes {KIND_WORDS[kind]} here, got {_words(argument)}", argument[2:4]


def _of_info(selector: Operand) -> Iterator[Mistake]:
    node = selector[0]
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
    kind: Kind = operand[1]
    return KIND_WORDS[kind]
