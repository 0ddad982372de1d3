"""Finds rules, tests and values in rendered YAML, for complaints that name something but no line."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from functools import lru_cache

import attrs
import yaml

_Loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


@attrs.frozen(order=False)
class RuleAt:
    """A rule of a file: its group, its number in it counted from 1, its name, its labels, and its lines."""

    group: str
    number: int
    name: str
    labels: frozenset[tuple[str, str]]
    line: int
    last: int


@attrs.frozen(order=False)
class TestAt:
    """A unit test: its name and its lines."""

    __test__ = False  # pytest collects by name

    name: str
    first: int
    last: int


@lru_cache(maxsize=4)
def rules(text: str) -> tuple[RuleAt, ...]:
    """The rules of a rule file; none of what is no YAML."""
    return tuple(_rules(text))


def _rules(text: str) -> Iterator[RuleAt]:
    for group in _items(_root(text), "groups"):
        for number, rule in enumerate(_items(group, "rules"), start=1):
            name = _text(_value(rule, "record")) or _text(_value(rule, "alert"))
            labels = frozenset((_text(key), _text(value)) for key, value in _pairs(_value(rule, "labels")))
            yield RuleAt(_text(_value(group, "name")), number, name, labels, _line(rule), _last_line(rule))


def tests(text: str) -> list[TestAt]:
    """The tests of a unit test file, in order."""
    nodes = _items(_root(text), "tests")
    return [
        TestAt(_text(_value(node, "name")) or f"test {number}", _line(node), _last_line(node))
        for number, node in enumerate(nodes, start=1)
    ]


def rule_files(text: str) -> list[str]:
    """The rule files that a unit test file loads, as they are written there."""
    return [_text(node) for node in _items(_root(text), "rule_files")]


def with_rule_files(text: str, others: Mapping[str, str]) -> str:
    """A unit test file that loads other rule files in the place of its own, on the same lines."""
    lines = text.split("\n")
    for node in _items(_root(text), "rule_files"):
        lines[_line(node) - 1] = lines[_line(node) - 1].replace(_text(node), others[_text(node)])
    return "\n".join(lines)


def alone(text: str, test: TestAt, among: list[TestAt]) -> str:
    """A unit test file with one of its tests; the others' lines are blank, so that lines keep their numbers."""
    lines = text.split("\n")
    for other in among:
        if other != test:
            lines[other.first - 1 : other.last] = [""] * (other.last - other.first + 1)
    return "\n".join(lines)


def without(text: str, keys: Collection[str]) -> str:
    """The text with blank lines for some keys and their values, in block style."""
    lines = text.split("\n")
    for first, last in _of_keys(_root(text), keys):
        lines[first - 1 : last] = [""] * (last - first + 1)
    return "\n".join(lines)


def _of_keys(node: yaml.Node | None, keys: Collection[str]) -> Iterator[tuple[int, int]]:
    if isinstance(node, yaml.SequenceNode):
        for each in node.value:
            yield from _of_keys(each, keys)
    for key, value in _pairs(node):
        if _text(key) in keys:
            yield _line(key), _last_line(value)
        else:
            yield from _of_keys(value, keys)


def values(text: str) -> Iterator[tuple[str, int]]:
    """Every scalar value with its line, keys left out."""
    yield from _scalars(_root(text))


def _scalars(node: yaml.Node | None) -> Iterator[tuple[str, int]]:
    if isinstance(node, yaml.ScalarNode):
        yield node.value, _line(node)
    elif isinstance(node, yaml.SequenceNode):
        for each in node.value:
            yield from _scalars(each)
    elif isinstance(node, yaml.MappingNode):
        for _, value in node.value:
            yield from _scalars(value)


def _root(text: str) -> yaml.Node | None:
    try:
        root: yaml.Node | None = yaml.compose(text, Loader=_Loader)
    except yaml.YAMLError:
        return None
    return root


def _pairs(node: yaml.Node | None) -> list[tuple[yaml.Node, yaml.Node]]:
    return node.value if isinstance(node, yaml.MappingNode) else []


def _value(node: yaml.Node | None, key: str) -> yaml.Node | None:
    return next((value for name, value in _pairs(node) if _text(name) == key), None)


def _items(node: yaml.Node | None, key: str) -> list[yaml.Node]:
    found = _value(node, key)
    return found.value if isinstance(found, yaml.SequenceNode) else []


def _text(node: yaml.Node | None) -> str:
    return node.value if isinstance(node, yaml.ScalarNode) else ""


def _line(node: yaml.Node) -> int:
    return int(node.start_mark.line) + 1


def _last_line(node: yaml.Node) -> int:
    """The mark at the end of a block is where the next token stands, so the end is that of its last scalar."""
    if isinstance(node, yaml.CollectionNode) and node.value and not node.flow_style:
        last = node.value[-1]
        return _last_line(last[1] if isinstance(last, tuple) else last)
    end = node.end_mark
    return int(end.line) if end.column == 0 else int(end.line) + 1
