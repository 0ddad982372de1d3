"""
Trees as text over several lines, where one would be too long.

The style is that of `promtool promql format`: whatever is longer than the width is split, its parts
two spaces further in. Only chains of one precedence, such as long sums, are kept on one level, where
promtool goes one step to the right with every operator.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from watchwright.query import printer
from watchwright.query.grammar import PRECEDENCE, RIGHT_ASSOCIATIVE
from watchwright.query.rewrite import children_first
from watchwright.query.tree import Aggregation, Binary, Call, Node, Shifted, Subquery, Unary

#: A node still to be laid out: how far in, and whether in brackets.
_Task = tuple[Node, int, bool]
_Pieces = list["str | _Task"]


def layout(node: Node, width: int = 100) -> str:
    """Write the expression on one line, or over several where it is longer than `width`."""
    nodes = children_first(node)
    if len(nodes) > _MANY:
        return _by_sizes(node, nodes, width)
    texts: dict[int, str] = {}
    for each in nodes:
        texts[id(each)] = "".join([one if isinstance(one, str) else texts[id(one)] for one in printer.pieces(each)])
    short = texts[id(node)]
    if len(short) <= width:
        return short
    return _written_out(node, lambda each: len(texts[id(each)]), lambda each: texts[id(each)], width)


#: Nodes whose texts are all kept at once: those of a sum of thousands of terms would fill the memory.
_MANY = 1000


def _by_sizes(root: Node, nodes: list[Node], width: int) -> str:
    sizes: dict[int, int] = {}
    for node in nodes:
        pieces = printer.pieces(node)
        sizes[id(node)] = sum(len(one) if isinstance(one, str) else sizes[id(one)] for one in pieces)
    return _written_out(root, lambda each: sizes[id(each)], printer.text, width)


def _written_out(root: Node, size: Callable[[Node], int], short: Callable[[Node], str], width: int) -> str:
    written: list[str] = []
    stack: _Pieces = [(root, 0, False)]
    while stack:
        piece = stack.pop()
        if isinstance(piece, str):
            written.append(piece)
            continue
        node, level, brackets = piece
        if size(node) + 2 * brackets <= width or type(node) not in _SPLITTERS:
            written.append(f"({short(node)})" if brackets else short(node))
        elif brackets:
            stack += [")", _line(level), (node, level + 1, False), _line(level + 1), "("]
        else:
            stack.extend(reversed(_SPLITTERS[type(node)](node, level)))
    return "".join(written)


def _line(level: int) -> str:
    return "\n" + "  " * level


def _binary(node: Binary, level: int) -> _Pieces:
    # from the last operand to the first, as the tree leans to the left
    pieces: _Pieces = []
    rest: Node = node
    while isinstance(rest, Binary) and _continues(rest, node):
        left, right = printer.operands_bracketed(rest)
        pieces += [(rest.right, level + 1, right), _line(level + 1), printer.operator(rest), _line(level)]
        first, rest = (rest.left, level + 1, left), rest.left
        if left:
            break
    pieces += [first, "  "]
    pieces.reverse()
    return pieces


def _continues(node: Binary, chain: Binary) -> bool:
    if node is chain:
        return True
    return PRECEDENCE[node.op] == PRECEDENCE[chain.op] and node.op not in RIGHT_ASSOCIATIVE


def _call(node: Call, level: int) -> _Pieces:
    return _listed(f"{node.function}(", node.arguments, level)


def _aggregation(node: Aggregation, level: int) -> _Pieces:
    arguments = (node.expr,) if node.parameter is None else (node.parameter, node.expr)
    return _listed(f"{printer.aggregation_head(node)}(", arguments, level)


def _listed(head: str, nodes: tuple[Node, ...], level: int) -> _Pieces:
    pieces: _Pieces = [head]
    for i, node in enumerate(nodes):
        pieces += ["," if i else "", _line(level + 1), (node, level + 1, False)]
    return [*pieces, _line(level), ")"]


def _unary(node: Unary, level: int) -> _Pieces:
    return [node.op, (node.expr, level, printer.is_bracketed_in_unary(node.expr))]


def _subquery(node: Subquery, level: int) -> _Pieces:
    return [(node.expr, level, printer.is_bracketed_in_subquery(node.expr)), *_written(printer.steps(node))]


def _shifted(node: Shifted, level: int) -> _Pieces:
    return [(node.expr, level, False), *_written(printer.shift(node))]


def _written(pieces: tuple[str | Node, ...]) -> list[str]:
    return [one if isinstance(one, str) else printer.text(one) for one in pieces]


_SPLITTERS: dict[type[Node], Callable[[Any, int], _Pieces]] = {
    Binary: _binary,
    Call: _call,
    Aggregation: _aggregation,
    Unary: _unary,
    Subquery: _subquery,
    Shifted: _shifted,
}
