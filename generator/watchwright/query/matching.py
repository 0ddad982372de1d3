"""Labels in brackets, and what stands between an operator and its right side."""

from __future__ import annotations

import attrs

from watchwright.query import literal
from watchwright.query.cursor import Cursor
from watchwright.query.grammar import NAME_KINDS, NOT_LABELS, QUOTED_NAMES_SINCE
from watchwright.query.tree import Grouping, Matching

_LABEL_KINDS = NAME_KINDS - NOT_LABELS
#: What may follow an operator and is no operand.
MODIFIERS = frozenset({"bool", "on", "ignoring", "fill", "fill_left", "fill_right"})


def grouping(cursor: Cursor) -> Grouping:
    """Read `by (...)` or `without (...)`."""
    without = cursor.kind == "without"
    cursor.advance()
    return Grouping(_labels(cursor), without)


def modifiers(cursor: Cursor) -> tuple[bool, Matching | None]:
    """Read `bool`, `on`, `ignoring`, `group_left`, `group_right` and `fill`, as far as they are there."""
    is_bool = cursor.kind == "bool"
    if is_bool:
        cursor.advance()
    matching = _matching(cursor) if cursor.kind in ("on", "ignoring") else None
    while cursor.kind in _fillings(matching):
        matching = _filled(cursor, matching or Matching())
    return is_bool, matching


def _matching(cursor: Cursor) -> Matching:
    on = cursor.kind == "on"
    cursor.advance()
    labels = _labels(cursor)
    if cursor.kind not in ("group_left", "group_right"):
        return Matching(labels, on)
    side = cursor.kind.removeprefix("group_")
    cursor.advance()
    include = _labels(cursor) if cursor.kind == "(" else ()
    return Matching(labels, on, side, include)  # type: ignore[arg-type]  # left or right, as just seen


def _labels(cursor: Cursor) -> tuple[str, ...]:
    cursor.expect("(", " and labels")
    labels: list[str] = []
    while cursor.kind != ")":
        labels.append(_label(cursor))
        if cursor.kind != ",":
            break
        cursor.advance()
    cursor.expect(")", " or `,`")
    return tuple(labels)


def _label(cursor: Cursor) -> str:
    kind, value, start, end = cursor.token
    if kind == "string":
        cursor.need(QUOTED_NAMES_SINCE, "a label's name in quotes", start, end)
        if not value:
            raise cursor.error("a label's name cannot be empty", start, end)
    elif kind not in _LABEL_KINDS or (kind == "metric" and cursor.version < QUOTED_NAMES_SINCE):
        raise cursor.unexpected("a label")
    cursor.advance()
    return str(value)


def _fillings(matching: Matching | None) -> tuple[str, ...]:
    """The words for filling in that may come next."""
    left, right = (None, None) if matching is None else (matching.fill_left, matching.fill_right)
    if left is None and right is None:
        return ("fill", "fill_left", "fill_right")
    if left is None:
        return ("fill_left",)
    return ("fill_right",) if right is None else ()


def _filled(cursor: Cursor, matching: Matching) -> Matching:
    word = cursor.kind
    cursor.advance()
    cursor.expect("(")
    value = literal.signed(cursor, "a number")
    cursor.expect(")")
    left = matching.fill_left if word == "fill_right" else value
    right = matching.fill_right if word == "fill_left" else value
    return attrs.evolve(matching, fill_left=left, fill_right=right)
