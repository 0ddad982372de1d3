"""Numbers where a token is one, or a duration that stands for one."""

from __future__ import annotations

from decimal import Decimal

from watchwright.query.cursor import Cursor
from watchwright.query.lexer import NUMBERS_AS_DURATIONS, decimal, milliseconds
from watchwright.query.tree import Number


def number(cursor: Cursor, expected: str) -> Number:
    """Read a number without a sign."""
    kind, literal, start, end = cursor.token
    if kind == "number":
        value = decimal(literal)
        if value is None:
            raise cursor.error(f"`{literal}` is larger than any float64", start, end)
    elif kind == "duration":
        cursor.need(NUMBERS_AS_DURATIONS, "a duration in the place of a number", start, end)
        length = milliseconds(literal)
        if length is None:
            raise cursor.error(f"`{literal}` is longer than Prometheus can hold", start, end)
        value = Decimal(length) / 1000
    else:
        raise cursor.unexpected(expected)
    cursor.advance()
    return Number(value, span=(start, end))


def signed(cursor: Cursor, expected: str) -> Decimal:
    """Read the value of a number that may have one sign."""
    sign = cursor.kind
    if sign in ("+", "-"):
        cursor.advance()
    value = number(cursor, expected).value
    # negating keeps every digit: Decimal's own minus would round to the context
    return value.copy_negate() if sign == "-" and not value.is_nan() else value
