"""The line of an expression that a problem is in, with carets under the part that is meant."""

from __future__ import annotations

import re

from watchwright.checks.expressions.problem import Problem
from watchwright.query.cursor import ParseError
from watchwright.query.grammar import FLAGS
from watchwright.query.layout import layout
from watchwright.query.parser import parse
from watchwright.query.tree import Binary, Node, Span, walk
from watchwright.query.version import NEWEST

_LONGEST = 110


def excerpt(root: Node, problem: Problem) -> str:
    """What was written, with its line and column, or else what is rendered."""
    node = problem.node
    if node.written is not None and node.span is not None:
        return marked(node.written.text, place(node.written.text, problem, node), placed=True)
    rendered = layout(root)
    twin = _twin(rendered, root, node)
    return "" if twin is None or twin.span is None else marked(rendered, place(rendered, problem, twin))


def _twin(rendered: str, root: Node, node: Node) -> Node | None:
    """The node in the rendered text: that is parsed again, and its tree has the same shape."""
    try:
        again = parse(rendered, version=NEWEST, variables=True, features=FLAGS)
    except ParseError:
        return None
    pairs = zip(walk(root), walk(again), strict=False)
    return next((twin for each, twin in pairs if each is node and type(twin) is type(node)), None)


def place(text: str, problem: Problem, node: Node) -> Span:
    """Where a problem is: at its word, or from the operator of an operation on."""
    assert node.span is not None  # noqa: S101 - the node was parsed
    start, end = node.span
    if problem.word:
        found = re.search(rf"(?<!\w){re.escape(problem.word)}(?!\w)", text[start:end])
        if found:
            return start + found.start(), start + found.end()
    if isinstance(node, Binary) and node.left.span is not None:
        operator = text.find(node.op, node.left.span[1], end)
        return (operator, end) if operator >= 0 else node.span
    return node.span


def marked(text: str, span: Span, *, placed: bool = False) -> str:
    """The line on which a span begins, and carets below it; *placed* says where that is."""
    start, end = span
    begins = text.rfind("\n", 0, start) + 1
    ends = text.find("\n", begins)
    line = text[begins : len(text) if ends < 0 else ends]
    column, width = start - begins, max(1, min(end - begins, len(line)) - (start - begins))
    place = f" line {text.count(chr(10), 0, start) + 1}, column {column + 1}" if placed else ""
    line, column, width = _cut(line.expandtabs(1), column, width)
    return f"{line.rstrip()}\n{' ' * column}{'^' * width}{place}"


def _cut(line: str, column: int, width: int) -> tuple[str, int, int]:
    """The part of a long line that is meant."""
    indent = len(line) - len(line.lstrip())
    if len(line) - indent > _LONGEST:
        indent = max(indent, column - _LONGEST // 3)
    shown = line[indent : indent + _LONGEST]
    return shown, column - indent, max(1, min(width, len(shown) - (column - indent)))
