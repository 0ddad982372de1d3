"""
What a YAML or JSON file says, with the place where it stands.

A fault inside an expression has an offset in the text that a scalar stands for; the file has that text in
quotes, with escapes, folded or indented. Which character is which is worked out only for what is asked about.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator
from functools import cached_property
from typing import Literal, TypeAlias

import attrs

from watchwright.source import Place, Source

#: How a scalar is written. A plain one may be a number, a truth or null.
Style = Literal["", "'", '"', "|", ">", "json"]
#: Where a text goes on one character after another: an offset in it, and one in the file.
Piece = tuple[int, int]

_LINE_END = re.compile(r"\r\n|\n|\r")
# https://yaml.org/spec/1.1/#id871136: breaks, of which editors know the first three only
_BREAK = r"(?:\r\n|[\n\r\x85\u2028\u2029])"
_BLOCK_LINE = re.compile(_BREAK)
_FOLD = rf"(?P<blank>[ \t]++(?!{_BREAK}))|(?P<fold>[ \t]*+{_BREAK}(?:[ \t]|{_BREAK})*+)"
_IRREGULAR: dict[Style, re.Pattern[str]] = {
    "": re.compile(_FOLD),
    "'": re.compile(rf"(?P<escape>'')|{_FOLD}"),
    '"': re.compile(
        rf"\\(?P<joined>{_BREAK}(?:[ \t]|{_BREAK})*+)"
        rf"|(?P<escape>\\(?:x[0-9a-fA-F]{{2}}|u[0-9a-fA-F]{{4}}|U[0-9a-fA-F]{{8}}|.))|{_FOLD}"
    ),
    "json": re.compile(r"(?P<escape>\\u[dD][89abAB][0-9a-fA-F]{2}\\u[dD][c-fC-F][0-9a-fA-F]{2}|\\u[0-9a-fA-F]{4}|\\.)"),
}
# what may stand before a scalar: an anchor, a tag, and comments between them
_PROPERTIES = re.compile(r"(?:[&!]\S*|#[^\n\r]*|[ \t\r\n])*")
_NULLS = frozenset({"", "~", "null", "Null", "NULL"})


@attrs.frozen(eq=False, repr=False)
class Page:
    """A text with lines: a file, or a scalar of one that holds a whole file itself."""

    file: str
    text: str
    within: Text | None = None

    @cached_property
    def _lines(self) -> list[int]:
        """Where each line starts."""
        return [0, *(found.end() for found in _LINE_END.finditer(self.text))]

    def place(self, offset: int) -> Place:
        """Line and column of a character."""
        if self.within is not None:
            return self.within.at(offset)
        line = bisect_right(self._lines, offset)
        return Place(self.file, line, offset - self._lines[line - 1] + 1)


@attrs.frozen(eq=False, repr=False)
class Text:
    """A scalar: the text that it stands for, and how it is written."""

    value: str
    page: Page
    start: int
    end: int
    style: Style = ""

    @property
    def is_null(self) -> bool:
        """Whether nothing is written there, or a null."""
        return self.style == "" and self.value in _NULLS

    @property
    def source(self) -> Source:
        """Where it begins."""
        return Source((self.page.place(self.start),))

    def at(self, offset: int) -> Place:
        """The place of a character of the text; of its end, behind the last one."""
        index = bisect_right(self._pieces, (max(0, min(offset, len(self.value))), self.end)) - 1
        decoded, raw = self._pieces[index]
        return self.page.place(min(raw + max(0, offset) - decoded, max(self.end, self.start)))

    def source_at(self, offset: int) -> Source:
        """The source of a finding about a character of the text."""
        return Source((self.at(offset),))

    @cached_property
    def _pieces(self) -> list[Piece]:
        found = _PROPERTIES.match(self.page.text, self.start, self.end) if self.style != "json" else None
        begin = found.end() if found else self.start
        if self.style in ("|", ">"):
            return list(_block(self.page.text[begin : self.end], begin, self.value))
        quotes = bool(self.style)
        return list(_flow(self.page.text[begin + quotes : self.end - quotes], begin + quotes, self.style))


@attrs.define(eq=False, repr=False)
class Mapping:
    """Values by their keys."""

    page: Page
    start: int
    end: int = 0
    entries: dict[str, Node] = attrs.field(factory=dict)
    keys: dict[str, Text] = attrs.field(factory=dict)

    @property
    def source(self) -> Source:
        """Where it begins."""
        return Source((self.page.place(self.start),))

    def get(self, key: str) -> Node | None:
        """The value of a key; None for a null, too."""
        found = self.entries.get(key)
        return None if isinstance(found, Text) and found.is_null else found

    def text(self, key: str) -> Text | None:
        """The value of a key, if it is a scalar."""
        found = self.get(key)
        return found if isinstance(found, Text) else None

    def value(self, key: str) -> str:
        """What a key says, or nothing where it says none."""
        found = self.text(key)
        return "" if found is None else found.value

    def mapping(self, key: str) -> Mapping | None:
        """The value of a key, if it is a mapping."""
        found = self.entries.get(key)
        return found if isinstance(found, Mapping) else None

    def items(self, key: str) -> list[Node]:
        """The items of a key's list; none where it is no list."""
        found = self.entries.get(key)
        return found.items if isinstance(found, Sequence) else []

    def mappings(self, key: str) -> list[Mapping]:
        """Those items of a key's list that are mappings."""
        return [item for item in self.items(key) if isinstance(item, Mapping)]


@attrs.frozen(eq=False, repr=False)
class Sequence:
    """A list."""

    page: Page
    start: int
    items: list[Node] = attrs.field(factory=list)

    @property
    def source(self) -> Source:
        """Where it begins."""
        return Source((self.page.place(self.start),))


Node: TypeAlias = "Text | Mapping | Sequence"


def _flow(raw: str, begin: int, style: Style) -> Iterator[Piece]:
    """Quoted or plain: escapes are shorter than they are written, and the end of a line is a blank."""
    decoded, last = 0, 0
    yield 0, begin
    for found in _IRREGULAR[style].finditer(raw):
        kind = found.lastgroup
        if kind == "blank":
            continue
        decoded += found.start() - last + _length(kind, found[0])
        last = found.end()
        yield decoded, begin + last


def _length(kind: str | None, written: str) -> int:
    """What is left of an escape or of the ends of lines."""
    if kind == "escape":
        return 1
    breaks = len(_BLOCK_LINE.findall(written))
    return max(breaks - 1, 0 if kind == "joined" else 1)


def _block(raw: str, begin: int, value: str) -> Iterator[Piece]:
    """
    Literal or folded: in the file each line is indented, and nothing else about it differs.

    So the lines are looked up, one after another; of the blanks before one only those count that the text has.
    """
    yield 0, begin
    decoded, last = 0, 0
    for found in _BLOCK_LINE.finditer(raw + "\n"):
        start, last, header = last, found.end(), last == 0
        line = raw[start : found.start()]
        words = line.lstrip(" \t")
        if header or not words:
            continue
        blanks = len(line) - len(words)
        decoded = value.find(words, decoded)
        if decoded < 0:
            return
        before = value[max(0, decoded - blanks) : decoded]
        kept = len(before) - len(before.rstrip(" \t"))
        yield decoded - kept, begin + start + blanks - kept
        decoded += len(words)
