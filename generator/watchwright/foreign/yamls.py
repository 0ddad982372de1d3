"""YAML with places, from libyaml's events; deep nesting, aliases and merge keys included."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import attrs
import yaml

from watchwright.finding import Finding
from watchwright.foreign.faults import DEEPEST, duplicate_key, malformed
from watchwright.foreign.placed import Mapping, Node, Page, Sequence, Text

# libyaml is some ten times as fast as Python; both say where things are in the same way
_LOADER: type[yaml.SafeLoader] = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_MERGE = "<<"


def read(page: Page) -> tuple[list[Node], list[Finding]]:
    """Every document up to the first that is malformed, and what is wrong."""
    reader = _Reader(page)
    try:
        for event in yaml.parse(page.text, Loader=_LOADER):
            reader.take(event)
    except yaml.MarkedYAMLError as error:
        reader.findings.append(_malformed(page, error))
    except yaml.reader.ReaderError as error:
        character = error.character if isinstance(error.character, int) else 0
        offset = max(page.text.find(chr(character)), 0)
        reader.findings.append(malformed(page, offset, f"the character U+{character:04X} is not allowed in YAML"))
    except UnicodeEncodeError as error:  # half of a pair, which JSON can write
        reader.findings.append(malformed(page, error.start, "half of a surrogate pair is no text"))
    except _StopError as stop:
        reader.findings.append(stop.finding)
    return reader.documents, reader.findings


def _malformed(page: Page, error: yaml.MarkedYAMLError) -> Finding:
    mark = error.problem_mark or error.context_mark
    offset = mark.index if mark is not None else 0
    begun = error.context_mark
    place = page.place(min(begun.index, len(page.text))) if begun is not None and begun.index != offset else None
    hint = f"{error.context}, which begins at line {place.line}, column {place.column}" if place else ""
    return malformed(page, min(offset, len(page.text)), f"this is no YAML: {error.problem or error.context}", hint)


class _StopError(Exception):
    def __init__(self, finding: Finding) -> None:
        super().__init__(finding.message)
        self.finding = finding


@attrs.define(eq=False)
class _Reader:
    """Puts documents together from events; what is open waits on a stack of our own."""

    page: Page
    documents: list[Node] = attrs.field(factory=list)
    findings: list[Finding] = attrs.field(factory=list)
    _open: list[Mapping | Sequence] = attrs.field(factory=list)
    _keys: list[Text | None] = attrs.field(factory=list)
    _anchors: dict[str, Node] = attrs.field(factory=dict)

    def take(self, event: Any) -> None:
        kind = type(event)
        if kind is yaml.ScalarEvent:
            text = Text(event.value, self.page, event.start_mark.index, event.end_mark.index, event.style or "")
            if event.anchor is not None:
                self._anchors[event.anchor] = text
            self._put(text)
        elif kind is yaml.MappingStartEvent or kind is yaml.SequenceStartEvent:
            self._begin(event)
        elif kind is yaml.MappingEndEvent or kind is yaml.SequenceEndEvent:
            self._end(event.end_mark.index)
        elif kind is yaml.AliasEvent:
            self._put(self._alias(event))
        elif kind is yaml.DocumentStartEvent:
            self._anchors.clear()

    def _begin(self, event: Any) -> None:
        offset = event.start_mark.index
        if len(self._open) >= DEEPEST:
            raise _StopError(malformed(self.page, offset, f"this is nested more than {DEEPEST} deep"))
        made = Mapping if isinstance(event, yaml.MappingStartEvent) else Sequence
        node = made(self.page, offset)
        if event.anchor is not None:
            self._anchors[event.anchor] = node
        self._open.append(node)
        self._keys.append(None)

    def _end(self, offset: int) -> None:
        node = self._open.pop()
        self._keys.pop()
        if isinstance(node, Mapping):
            node.end = offset
            if _MERGE in node.entries and node.keys[_MERGE].style == "":
                self._merge(node)
        self._put(node)

    def _alias(self, event: Any) -> Node:
        offset = event.start_mark.index
        found = self._anchors.get(event.anchor)
        if found is None:
            raise _StopError(malformed(self.page, offset, f"no anchor `&{event.anchor}` stands before this"))
        if any(found is each for each in self._open):
            raise _StopError(malformed(self.page, offset, f"the anchor `&{event.anchor}` contains itself"))
        return found

    def _put(self, node: Node) -> None:
        if not self._open:
            self.documents.append(node)
            return
        parent = self._open[-1]
        if isinstance(parent, Sequence):
            parent.items.append(node)
            return
        key = self._keys[-1]
        if key is None:
            self._keys[-1] = self._key(parent, node)
            return
        self._keys[-1] = None
        parent.entries[key.value] = node
        parent.keys[key.value] = key

    def _key(self, parent: Mapping, node: Node) -> Text:
        if not isinstance(node, Text):
            raise _StopError(malformed(self.page, node.start, "a key must be a text"))
        if node.value in parent.keys:
            self.findings.append(duplicate_key(node, parent.keys[node.value]))
        return node

    def _merge(self, node: Mapping) -> None:
        merged = node.entries.pop(_MERGE)
        key = node.keys.pop(_MERGE)
        for source in _sources(merged):
            if not isinstance(source, Mapping):
                self.findings.append(malformed(self.page, key.start, "`<<` takes a mapping or a list of mappings"))
                continue
            for name, value in source.entries.items():
                node.entries.setdefault(name, value)
                node.keys.setdefault(name, source.keys[name])


def _sources(merged: Node) -> Iterator[Node]:
    if isinstance(merged, Sequence):
        yield from merged.items
    else:
        yield merged
