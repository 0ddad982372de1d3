"""
Text to tokens, as `promql/parser/lex.go` of Prometheus cuts it.

What cannot be cut becomes one last token of kind `error`: the parser reports it when it gets
there, and so reports what is wrong before it first.
"""

# ruff: noqa: PLR2004, S101 - code points of Unicode; and asserts that tell mypy what a pattern always matches

from __future__ import annotations

import re
from collections.abc import Callable
from decimal import Decimal, InvalidOperation
from typing import Any

from watchwright.query.grammar import DURATION_UNITS, KEYWORDS
from watchwright.query.version import Version

#: Kind, value, and where it starts and ends. The kind of a sign or keyword is itself, in lower case;
#: the others are `name`, `metric` (a name with a colon), `number`, `duration`, `string`, `variable`,
#: `matcher` (a whole one: label, operator, value), `eof` and `error` (the value is the message).
Token = tuple[str, Any, int, int]

#: Since then numbers may stand for durations, and durations for numbers; and `1_000` is a number.
NUMBERS_AS_DURATIONS: Version = (2, 54)
FILL_SINCE: Version = (3, 10)
#: Since then durations may be computed.
EXPRESSIONS_SINCE: Version = (3, 4)

_STATEMENT = re.compile(
    r"""[ \t\r\n]*(?:
      (?P<word>[a-zA-Z_:][a-zA-Z0-9_:]*)
    | (?P<number>\.?[0-9](?:[eE][+-]|[0-9a-zA-Z_.])*)
    | (?P<sign>[(){}\[\],@+*/%^-]|==|=(?!~)|!=|<=|>=|<(?!/)|>(?!/))
    | (?P<trim></|>/)
    | (?P<string>"[^"\\\n\ufffd]*"|'[^'\\\n\ufffd]*'|`[^`\ufffd]*`)
    | (?P<escaped>"(?:[^"\\\n\ufffd]|\\.)*"|'(?:[^'\\\n\ufffd]|\\.)*')
    | (?P<comment>\#[^\r\n]*)
    | (?P<variable>\$(?:[a-zA-Z_][a-zA-Z0-9_]*|\{[^}\s]+\}[smhdwy]?))
    | (?P<end>\Z)
    | (?P<other>[\s\S])
    )""",
    re.VERBOSE,
)
_BRACES = re.compile(
    r"""[ \t\r\n]*(?:
      (?P<label>[a-zA-Z_][a-zA-Z0-9_]*)[ \t\r\n]*(?P<op>=~|!~|!=|=)[ \t\r\n]*
      (?P<value>"[^"\\\n\ufffd]*"|'[^'\\\n\ufffd]*')[ \t\r\n]*(?:,|(?=}))
    | (?P<word>[a-zA-Z_][a-zA-Z0-9_]*)
    | (?P<sign>}|,|=~|!~|!=|=)
    | (?P<string>"[^"\\\n\ufffd]*"|'[^'\\\n\ufffd]*'|`[^`\ufffd]*`)
    | (?P<escaped>"(?:[^"\\\n\ufffd]|\\.)*"|'(?:[^'\\\n\ufffd]|\\.)*')
    | (?P<comment>\#[^\r\n]*)
    | (?P<end>\Z)
    | (?P<other>[\s\S])
    )""",
    re.VERBOSE,
)
# a word within brackets has no digits, and no colon
_DURATION_WORD = re.compile(r"[a-zA-Z_]+")
_BEFORE_BRACKET = re.compile(r"[ \t\r\n]*\(")

_FILL_WORDS = frozenset({"fill", "fill_left", "fill_right"})
_DURATION_WORDS: dict[str, Version] = {"step": (3, 6), "range": (3, 12), "max_of": (3, 13), "min_of": (3, 13)}


def tokens(text: str, version: Version, *, variables: bool = False) -> list[Token]:
    """Cut the text into tokens; the last one is of kind `eof` or `error`."""
    return _Lexer(text, version, variables=variables).cut()


class _Lexer:
    def __init__(self, text: str, version: Version, *, variables: bool) -> None:
        self.text = text
        self.version = version
        self.variables = variables
        self.depth = 0
        self.in_brackets = False
        self.has_colon = False
        self.has_duration = False
        self.keywords = _keywords_of(version)

    def cut(self) -> list[Token]:
        taken: list[Token] = []
        position = 0
        while True:
            found = _STATEMENT.match(self.text, position)
            assert found is not None  # the last alternative takes anything
            kind = found.lastgroup or ""
            start, end = found.span(kind)
            token = _STATEMENT_TOKENS[kind](self, found[kind], start, end)
            position = token[3]
            if token[0] == "comment":
                continue
            taken.append(token)
            if token[0] == "{":
                position = self.braces(taken, position)
            if taken[-1][0] in ("eof", "error"):
                return taken

    def braces(self, taken: list[Token], position: int) -> int:
        """Cut what stands in braces; where it ends."""
        while True:
            found = _BRACES.match(self.text, position)
            assert found is not None  # the last alternative takes anything
            kind = found.lastgroup or ""
            position = found.end()
            start, end = found.span(kind)
            if kind == "value":
                label, op, value = found.group("label", "op", "value")
                taken.append(("matcher", (label, op, value[1:-1]), found.start("label"), end))
            elif kind != "comment":
                taken.append(_BRACE_TOKENS[kind](self, found[kind], start, end))
                if taken[-1][0] in ("}", "error"):
                    return position

    def word(self, value: str, start: int, end: int) -> Token:
        if self.in_brackets:
            return self.word_in_brackets(start)
        lower = value.lower()
        if lower in self.keywords:
            return ("number" if lower in ("inf", "nan") else lower, value, start, end)
        if lower in _FILL_WORDS and self.version >= FILL_SINCE and _BEFORE_BRACKET.match(self.text, end):
            return (lower, value, start, end)
        return ("metric" if ":" in value else "name", value, start, end)

    def word_in_brackets(self, start: int) -> Token:
        if self.text[start] == ":":
            if self.has_colon:
                return ("error", "unexpected second `:`", start, start + 1)
            if self.version >= EXPRESSIONS_SINCE and not self.has_duration:
                # Prometheus' lexer wants to have seen a literal in some brackets: `[step():1m]` alone will not do
                return ("error", "unexpected `:`, expected a literal such as `5m` before it", start + 1, start + 1)
            self.has_colon = True
            return (":", ":", start, start + 1)
        found = _DURATION_WORD.match(self.text, start)
        assert found is not None  # it starts with a letter
        word = found[0].lower()
        if word in _DURATION_WORDS:
            return (word, found[0], start, found.end())
        return ("error", f"unexpected `{found[0]}`, expected a duration", start, found.end())

    def number(self, value: str, start: int, end: int) -> Token:
        self.has_duration = self.has_duration or self.in_brackets
        # `1e5+` is not the start of an exponent where no `e` came before
        match = _NUMBER.match(self.text, start) or _DURATION.match(self.text, start)
        if match is None:
            return ("error", f"`{value}` is neither a number nor a duration", start, end)
        digits = match[0]
        if match.re is _DURATION:
            return ("duration", digits, start, match.end())
        if self.version < NUMBERS_AS_DURATIONS and "_" in digits:
            message = f"`{digits}` is no number before Prometheus 2.54"
            return ("error", message, start, match.end())
        return ("number", digits, start, match.end())

    def sign(self, value: str, start: int, end: int) -> Token:
        if value == "(":
            self.depth += 1
        elif value == ")":
            self.depth -= 1
            if self.depth < 0:
                # Prometheus has taken the bracket by then, and points behind it
                return ("error", "unexpected `)`: no bracket is open", end, end)
        elif value == "[":
            if self.in_brackets:
                return ("error", "unexpected `[` within a range", start, end)
            self.in_brackets, self.has_colon = True, False
        elif value == "]":
            if not self.in_brackets:
                return ("error", "unexpected `]`: no bracket is open", start, end)
            self.in_brackets = False
        return (value, value, start, end)

    def string(self, value: str, start: int, end: int) -> Token:
        return ("string", value[1:-1], start, end)

    def escaped(self, value: str, start: int, end: int) -> Token:
        return _string(value, start, end)

    def itself(self, value: str, start: int, end: int) -> Token:
        return (value, value, start, end)

    def label(self, value: str, start: int, end: int) -> Token:
        return ("name", value, start, end)

    def comment(self, value: str, start: int, end: int) -> Token:
        return ("comment", value, start, end)

    def variable(self, value: str, start: int, end: int) -> Token:
        return ("variable", value, start, end) if self.variables else self.other("$", start, start + 1)

    def other(self, value: str, start: int, end: int) -> Token:
        shown = f"`{value}`" if value.isprintable() else f"U+{ord(value):04X}"
        return ("error", f"unexpected character {shown}", start, end)

    def end_in_braces(self, _value: str, start: int, end: int) -> Token:
        return ("error", "unexpected end: the brace is not closed", start, end)

    def end(self, _value: str, start: int, _end: int) -> Token:
        if self.depth > 0:
            return ("error", "unexpected end: a `(` is not closed", start, start)
        if self.in_brackets:
            return ("error", "unexpected end: the `[` is not closed", start, start)
        return ("eof", "", start, start)


def _keywords_of(version: Version) -> frozenset[str]:
    if version not in _KEYWORDS:
        _KEYWORDS[version] = frozenset(word for word, since in KEYWORDS.items() if version >= since)
    return _KEYWORDS[version]


_KEYWORDS: dict[Version, frozenset[str]] = {}


_Cut = Callable[[_Lexer, str, int, int], Token]
#: What the groups of the two expressions above become.
_STATEMENT_TOKENS: dict[str, _Cut] = {
    "word": _Lexer.word,
    "number": _Lexer.number,
    "sign": _Lexer.sign,
    "trim": _Lexer.itself,
    "string": _Lexer.string,
    "escaped": _Lexer.escaped,
    "comment": _Lexer.comment,
    "variable": _Lexer.variable,
    "end": _Lexer.end,
    "other": _Lexer.other,
}
_BRACE_TOKENS: dict[str, _Cut] = {
    "word": _Lexer.label,
    "sign": _Lexer.itself,
    "string": _Lexer.string,
    "escaped": _Lexer.escaped,
    "end": _Lexer.end_in_braces,
    "other": _Lexer.other,
}


_NUMBER = re.compile(
    r"""(?:
      0[xX]_?[0-9a-fA-F]+(?:_[0-9a-fA-F]+)*
    | (?:[0-9]+(?:_[0-9]+)*\.?(?:[0-9]+(?:_[0-9]+)*)?|\.[0-9]+(?:_[0-9]+)*)(?:[eE][+-]?[0-9]+(?:_[0-9]+)*)?
    )(?![0-9a-zA-Z_.])""",
    re.VERBOSE,
)
_DURATION = re.compile(
    "(?=[0-9])" + "".join(f"(?:([0-9]+){unit})?" for unit, _ in DURATION_UNITS) + "(?![0-9a-zA-Z_.])"
)
_LARGEST_DURATION = (1 << 63) - 1  # nanoseconds in an int64


def milliseconds(literal: str) -> int | None:
    """Read a duration such as `1h30m`; None where it is longer than Prometheus can hold, some 292 years."""
    found = _DURATION.fullmatch(literal)
    assert found is not None  # the lexer has seen to it
    total = sum(int(count or 0) * size for count, (_, size) in zip(found.groups(), DURATION_UNITS, strict=True))
    return total if total * 1_000_000 <= _LARGEST_DURATION else None


_LARGEST_FLOAT = Decimal(2) ** 1024 - Decimal(2) ** 970  # what rounds to more than the largest float64


# One NaN for all: it equals nothing but, in a tuple, itself
_NAMED_NUMBERS = {"inf": Decimal("Infinity"), "nan": Decimal("NaN")}


def decimal(literal: str) -> Decimal | None:
    """Read a number as Prometheus does, exactly; None where no float64 is as large."""
    lower = literal.lower()
    if lower in _NAMED_NUMBERS:
        return _NAMED_NUMBERS[lower]
    digits = lower.replace("_", "")
    if digits.startswith("0x"):
        return Decimal(int(digits, 16))
    # Go's ParseInt with base 0 reads a leading zero as octal; what is not octal falls back to decimal
    if len(digits) > 1 and digits[0] == "0" and set(digits) <= set("01234567"):
        return Decimal(int(digits, 8))
    try:
        value = Decimal(digits)
    except InvalidOperation:  # not even a Decimal has such an exponent
        return None
    # the comparison is exact, where `abs` would round, and fail
    return value if value < _LARGEST_FLOAT else None


_ESCAPE = re.compile(
    r"\\(?:([abfnrtv\\\"'])|([0-7]{3})|x([0-9a-fA-F]{2})|u([0-9a-fA-F]{4})|U([0-9a-fA-F]{8})|([\s\S]))"
)
_SHORT = dict(zip("abfnrtv\\\"'", b"\a\b\f\n\r\t\v\\\"'", strict=True))


def _string(literal: str, start: int, end: int) -> Token:
    content = bytearray()
    position = 1
    for found in _ESCAPE.finditer(literal, 1, len(literal) - 1):
        content += literal[position : found.start()].encode()
        position = found.end()
        point = _escaped(found, literal[0])
        if point is None:
            return ("error", f"`{found[0]}` is no escape that PromQL knows", start, end)
        content += point
    content += literal[position:-1].encode()
    return ("string", content.decode(errors="surrogateescape"), start, end)


def _escaped(found: re.Match[str], quote: str) -> bytes | None:
    short, octal, byte, *points, _ = found.groups()
    if short is not None:
        return None if short in "\"'" and short != quote else bytes([_SHORT[short]])
    if octal is not None or byte is not None:
        value = int(octal, 8) if octal is not None else int(byte, 16)
        return bytes([value]) if value < 256 else None
    digits = points[0] or points[1]
    if digits is None:
        return None
    point = int(digits, 16)
    if point > 0x10FFFF or 0xD800 <= point < 0xE000:
        return None
    return chr(point).encode()
