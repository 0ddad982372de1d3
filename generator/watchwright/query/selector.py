"""Matchers in braces."""

from __future__ import annotations

from watchwright.query import regex
from watchwright.query.cursor import Cursor
from watchwright.query.grammar import QUOTED_NAMES_SINCE
from watchwright.query.tree import Matcher, Span

_OPERATORS = frozenset({"=", "!=", "=~", "!~"})


def braces(cursor: Cursor) -> tuple[list[Matcher], list[str], int]:
    """Read matchers, and names of metrics in quotes, and where the braces end."""
    cursor.advance()
    matchers: list[Matcher] = []
    names: list[str] = []
    while cursor.kind != "}":
        if cursor.kind == "matcher":
            _, value, start, end = cursor.token
            matchers.append(_checked(cursor, value, (start, end)))
            cursor.advance()
            continue
        _spelt(cursor, matchers, names)
        if cursor.kind == "}":
            break
        cursor.expect(",", " or `}`")
    end = cursor.token[3]
    cursor.advance()
    return matchers, names, end


def _spelt(cursor: Cursor, matchers: list[Matcher], names: list[str]) -> None:
    """Read a matcher, or a name, that the lexer has not taken in one piece."""
    kind, label, start, end = cursor.token
    if kind not in ("name", "string"):
        raise cursor.unexpected("a label or `}`")
    if kind == "string":
        cursor.need(QUOTED_NAMES_SINCE, "a name in quotes", start, end)
    cursor.advance()
    if cursor.kind not in _OPERATORS:
        if kind == "name":
            raise cursor.unexpected("`=`, `!=`, `=~` or `!~`")
        names.append(label)
        return
    op = cursor.kind
    cursor.advance()
    if cursor.kind != "string":
        raise cursor.unexpected("a value in quotes")
    _, value, _, end = cursor.token
    matchers.append(_checked(cursor, (label, op, value), (start, end)))
    cursor.advance()


def _checked(cursor: Cursor, typed: tuple[str, str, str], place: Span) -> Matcher:
    label, op, value = typed
    if op in ("=~", "!~"):
        read = regex.read(value)
        if read.problem is not None:
            raise cursor.error(f"bad regular expression for `{label}`: {read.problem}", *place)
        if read.since is not None:
            cursor.need(read.since, "this regular expression", *place)
    return Matcher(label, op, value)  # type: ignore[arg-type]  # the lexer gives no other operator
