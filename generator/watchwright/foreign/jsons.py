"""JSON with places: what RFC 8259 takes, of any depth."""

from __future__ import annotations

import json
import re

import attrs

from watchwright.finding import Finding
from watchwright.foreign.faults import DEEPEST, duplicate_key, malformed
from watchwright.foreign.placed import Mapping, Node, Page, Sequence, Text

_TOKEN = re.compile(
    r"""[ \t\r\n]*+(?:
      (?P<string>"[^"\\\x00-\x1f]*+(?:\\.[^"\\\x00-\x1f]*+)*+")
    | (?P<sign>[{}\[\]:,])
    | (?P<word>-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?(?![\w.])|true\b|false\b|null\b)
    | (?P<end>\Z)
    | (?P<other>[\s\S])
    )""",
    re.VERBOSE,
)
_UNREADABLE_STRING = re.compile(r'"(?:[^"\\\x00-\x1f]|\\.)*+')

_CLOSING = {"}": Mapping, "]": Sequence}
_AFTER_VALUE = "`,` or the closing bracket"


def read(page: Page) -> tuple[list[Node], list[Finding]]:
    """The document, unless it is malformed, and what is wrong."""
    reader = _Reader(page)
    try:
        return [reader.read()], reader.findings
    except _MalformedError as error:
        return [], [*reader.findings, error.finding]


class _MalformedError(Exception):
    def __init__(self, page: Page, offset: int, message: str) -> None:
        super().__init__(message)
        self.finding = malformed(page, offset, f"this is no JSON: {message}")


@attrs.define(eq=False)
class _Reader:
    """Tokens one by one; what is open waits on a stack of our own."""

    page: Page
    findings: list[Finding] = attrs.field(factory=list)
    _position: int = 0
    _open: list[Mapping | Sequence] = attrs.field(factory=list)
    _keys: list[Text | None] = attrs.field(factory=list)

    def read(self) -> Node:
        node: Node | None = self._value(*self._token())
        while self._open or node is None:
            node = self._next(node)
        kind, _, start = self._token()
        if kind != "end":
            raise self._unexpected(kind, start, "the end")
        return node

    def _next(self, node: Node | None) -> Node | None:
        """Go on behind a value, or behind a bracket that has just been opened; what has been completed by it."""
        container = self._open[-1]
        kind, text, start = self._token()
        if node is not None:
            self._put(container, node)
            if text != "," and not self._closes(container, text):
                raise self._unexpected(kind, start, _AFTER_VALUE)
            if text == ",":
                kind, text, start = self._token()
                return self._item(container, kind, text, start)
        if self._closes(container, text):
            return self._closed()
        return self._item(container, kind, text, start)

    def _item(self, container: Mapping | Sequence, kind: str, text: str, start: int) -> Node | None:
        if isinstance(container, Mapping):
            if kind != "string":
                raise self._unexpected(kind, start, "a key in quotes")
            self._key(container, self._string(text, start))
            kind, text, start = self._token()
            if text != ":":
                raise self._unexpected(kind, start, "`:`")
            kind, text, start = self._token()
        return self._value(kind, text, start)

    def _value(self, kind: str, text: str, start: int) -> Node | None:
        if kind == "string":
            return self._string(text, start)
        if kind == "word":
            return Text(text, self.page, start, self._position)
        if text not in ("{", "["):
            raise self._unexpected(kind, start, "a value")
        if len(self._open) >= DEEPEST:
            raise _MalformedError(self.page, start, f"this is nested more than {DEEPEST} deep")
        self._open.append(Mapping(self.page, start) if text == "{" else Sequence(self.page, start))
        self._keys.append(None)
        return None

    def _key(self, container: Mapping, key: Text) -> None:
        if key.value in container.keys:
            self.findings.append(duplicate_key(key, container.keys[key.value]))
        self._keys[-1] = key

    def _put(self, container: Mapping | Sequence, node: Node) -> None:
        if isinstance(container, Sequence):
            container.items.append(node)
            return
        key = self._keys[-1]
        if key is not None:
            container.entries[key.value] = node
            container.keys[key.value] = key

    def _closes(self, container: Mapping | Sequence, text: str) -> bool:
        return text in _CLOSING and isinstance(container, _CLOSING[text])

    def _closed(self) -> Node:
        node = self._open.pop()
        self._keys.pop()
        if isinstance(node, Mapping):
            node.end = self._position
        return node

    def _string(self, text: str, start: int) -> Text:
        try:
            value = json.loads(text) if "\\" in text else text[1:-1]
        except json.JSONDecodeError as error:
            raise _MalformedError(self.page, start + error.pos, "unknown escape in a text") from None
        return Text(value, self.page, start, self._position, "json")

    def _token(self) -> tuple[str, str, int]:
        found = _TOKEN.match(self.page.text, self._position)
        kind = (found and found.lastgroup) or ""
        if found is None or not kind:  # pragma: no cover - the last alternative takes anything
            raise _MalformedError(self.page, self._position, "unexpected end")
        self._position = found.end()
        return kind, found[kind], found.start(kind)

    def _unexpected(self, kind: str, start: int, expected: str) -> _MalformedError:
        character = self.page.text[start : start + 1]
        if kind == "end":
            return _MalformedError(self.page, start, f"unexpected end, expected {expected}")
        if character == '"' and kind == "other":
            found = _UNREADABLE_STRING.match(self.page.text, start)
            return _MalformedError(self.page, found.end() if found else start, "a text does not end with its line")
        seen = self.page.text[start : self._position] if kind == "word" else character
        return _MalformedError(self.page, start, f"unexpected `{seen}`, expected {expected}")
