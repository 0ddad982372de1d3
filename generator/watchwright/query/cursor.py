"""A place in a list of tokens, and the one error that parsing ends with."""

from __future__ import annotations

from typing import Any

from watchwright.query.functions import Kind
from watchwright.query.grammar import KEYWORDS
from watchwright.query.lexer import FILL_SINCE, Token, tokens
from watchwright.query.tree import Span
from watchwright.query.version import Version


class ParseError(ValueError):
    """What was seen and what was expected, and where: `span` are offsets into `text`."""

    def __init__(self, message: str, span: Span, text: str) -> None:
        super().__init__(message)
        self.message = message
        self.span = span
        self.text = text

    @property
    def line(self) -> int:
        """The line it starts on, counted from 1."""
        return self.text.count("\n", 0, self.span[0]) + 1

    @property
    def column(self) -> int:
        """The character of that line it starts at, counted from 1."""
        return self.span[0] - (self.text.rfind("\n", 0, self.span[0]) + 1) + 1


#: Words that later versions made keywords: the version that did.
WORDS_SINCE: dict[str, Version] = {**KEYWORDS, **dict.fromkeys(("fill", "fill_left", "fill_right"), FILL_SINCE)}


class Cursor:
    """Goes through the tokens of a text one by one; `kind` is that of the current one."""

    __slots__ = ("features", "index", "kind", "text", "token", "tokens", "variables", "version")

    def __init__(self, text: str, version: Version, features: frozenset[str], *, variables: bool) -> None:
        self.text = text
        self.version = version
        self.features = features
        self.variables = variables
        self.tokens = tokens(text, version, variables=variables)
        self.index = -1
        self.token: Token = self.tokens[0]
        self.kind = ""
        self.advance()

    def advance(self) -> None:
        """Go to the next token; what cannot be read at all ends the parsing here."""
        self.index += 1
        self.token = token = self.tokens[self.index]
        self.kind = token[0]
        if token[0] == "error":
            raise self.error(token[1], token[2], token[3])

    def peek(self) -> str:
        """The kind of the token behind the current one."""
        return self.tokens[self.index + 1][0]

    def expect(self, kind: str, context: str = "") -> Token:
        """Take a token of that kind, or say what is there instead."""
        token = self.token
        if token[0] != kind:
            raise self.unexpected(f"`{kind}`{context}")
        self.advance()
        return token

    def error(self, message: str, start: int, end: int) -> ParseError:
        """An error about a part of this text."""
        return ParseError(message, (start, end), self.text)

    def unexpected(self, expected: str) -> ParseError:
        """The error that the current token does not belong here."""
        kind, value, start, end = self.token
        since = WORDS_SINCE.get(str(value).lower())
        if kind == "name" and since is not None and since > self.version:
            return self.too_new(f"`{value}`", since, start, end)
        return self.error(f"unexpected {_seen(kind, self.text[start:end])}, expected {expected}", start, end)

    def too_new(self, what: str, since: Version, start: int, end: int) -> ParseError:
        """The error that something came with a later version than the one asked for."""
        message = f"{what} needs Prometheus {_dotted(since)}, and this is for {_dotted(self.version)}"
        return self.error(message, start, end)

    def need(self, since: Version, what: str, start: int, end: int) -> None:
        """Refuse what came with a later version."""
        if self.version < since:
            raise self.too_new(what, since, start, end)

    def need_flag(self, flag: str, what: str, start: int, end: int) -> None:
        """Refuse what hides behind a flag of the server that was not named."""
        if flag not in self.features:
            raise self.error(f"{what} is experimental, and needs the feature flag `{flag}`", start, end)


def _dotted(version: Version) -> str:
    return f"{version[0]}.{version[1]}"


def _seen(kind: str, typed: str) -> str:
    if kind == "eof":
        return "end"
    return f"{kind} `{typed}`" if kind in ("number", "duration", "string") else f"`{typed}`"


#: What an expression is while it is being put together: the node, its kind, and where it starts and
#: ends with its brackets; and whether it stands without any.
Operand = tuple[Any, Kind, int, int, bool]
