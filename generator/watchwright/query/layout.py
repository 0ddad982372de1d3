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
    short = printer.text(node)
    if len(short) <= width:
        return short
    sizes = _sizes(node)
    written: list[str] = []
    stack: _Pieces = [(node, 0, False)]
    while stack:
        piece = stack.pop()
        if isinstance(piece, str):
            written.append(piece)
        else:
            stack.extend(reversed(_laid_out(piece, sizes, width)))
    return "".join(written)


def _sizes(root: Node) -> dict[int, int]:
    """How long every node is on one line."""
    sizes: dict[int, int] = {}
    for node in children_first(root):
        pieces = printer.pieces(node)
        sizes[id(node)] = sum(len(one) if isinstance(one, str) else sizes[id(one)] for one in pieces)
    return sizes


def _laid_out(task: _Task, sizes: dict[int, int], width: int) -> _Pieces:
    node, level, brackets = task
    if sizes[id(node)] + 2 * brackets <= width or type(node) not in _SPLITTERS:
        written = printer.text(node)
        return [f"({written})" if brackets else written]
    if brackets:
        return ["(", _line(level + 1), (node, level + 1, False), _line(level), ")"]
    return _SPLITTERS[type(node)](node, level)


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
