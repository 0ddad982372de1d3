"""Expressions that no metric begins: ratios, unions, constants, raw PromQL."""

from __future__ import annotations

import functools
from collections.abc import Callable, Mapping

from watchwright.model.aggregation import Labels
from watchwright.model.error import DefinitionError
from watchwright.model.expression import NOTHING, Instant, Operand, Plain, Range, Scalar, Words, operand, union
from watchwright.model.label import LabelLike, label_name, label_names
from watchwright.model.series import CounterWords
from watchwright.query.cursor import ParseError
from watchwright.query.grammar import FLAGS
from watchwright.query.parser import parse
from watchwright.query.tree import Call, Written, sign
from watchwright.query.types import value_type
from watchwright.query.version import NEWEST
from watchwright.source import here


def ratio(part: CounterWords, total: CounterWords, *, over: str, by: Labels = ()) -> Instant:
    """
    How much of *total* was *part*, over *over*: 0 without any part, empty without traffic, never NaN.

    Where no series of *part* exists yet, nothing of it happened: that is 0 too.
    """
    labels = label_names(by or (), "`by`") or None
    whole = total.rate(over).sum(by=labels)
    return (part.rate(over).sum(by=labels) | 0 * whole) / (whole > 0)


def any_of(*many: Words) -> Instant:
    """All of them joined by `or`: the series of each that no earlier one has."""
    return _join(many, "any_of", Words.__or__)


def all_of(*many: Words) -> Instant:
    """All of them joined by `and`: the series of the first that all others have."""
    return _join(many, "all_of", Words.__and__)


def apart(label: LabelLike, values: Mapping[str, Words]) -> Instant:
    """All values as one expression, each series told from the others by a label that names its value."""
    if not values:
        msg = "apart() joins at least one expression, got none"
        raise DefinitionError(msg)
    return any_of(*(value.instant().labelled(**{label_name(label): name}) for name, value in values.items()))


def _join(many: tuple[Words, ...], name: str, join: Callable[[Instant, Words], Instant]) -> Instant:
    if not many:
        msg = f"{name}() joins at least one expression, got none"
        raise DefinitionError(msg)
    first, *others = many
    return functools.reduce(join, others, first.instant())


def promql(text: str) -> Instant:
    """
    Raw PromQL, parsed into the same tree and checked alike.

    Raises `DefinitionError` with the column where it is no PromQL. Text that yields a range or a lone
    number is refused: those are `.range(...)` and plain Python numbers.
    """
    if not isinstance(text, str):
        msg = f"raw PromQL is a text, got {text!r}"
        raise DefinitionError(msg)
    try:
        node = parse(text, version=NEWEST, variables=True, features=FLAGS)
    except ParseError as error:
        line, column = error.line, error.column
        msg = f"{error.message} (line {line}, column {column} of {text!r})"
        raise DefinitionError(msg) from None
    if value_type(node) != "vector":
        msg = f"raw PromQL must yield an instant vector, got {text!r}"
        raise DefinitionError(msg)
    sign(node, Written(text, here()))
    return Instant(node)


def time() -> Scalar:
    """The time of the evaluation, in seconds since 1970."""
    return Scalar(Call("time"))


def vector(value: Plain) -> Instant:
    """A number as a series without labels."""
    return Instant(Call("vector", (operand(value).node,)))


def call(function: str, *arguments: Operand | Range) -> Instant:
    """Any PromQL function by its name, for those that have no word of their own."""
    parts = [each if isinstance(each, Range) else operand(each) for each in arguments]
    reaches = functools.reduce(union, (part.reaches for part in parts), NOTHING)
    return Instant(Call(function, tuple(part.node for part in parts)), reaches)
