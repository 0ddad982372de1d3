"""What an expression yields: a scalar, a string, an instant vector or a range vector."""

from __future__ import annotations

from typing import Literal

from watchwright.query.functions import FUNCTIONS
from watchwright.query.tree import (
    Binary,
    Call,
    Measure,
    Node,
    Number,
    Shifted,
    String,
    Subquery,
    Unary,
    Window,
)

ValueType = Literal["scalar", "string", "vector", "matrix"]


def value_type(root: Node) -> ValueType:
    """The type of a well-formed expression, in Prometheus' own words; arithmetic is a vector if any side is."""
    stack = [root]
    found: ValueType = "scalar"
    while stack:
        node = stack.pop()
        match node:
            case Binary():
                stack += [node.left, node.right]
            case Unary() | Shifted():
                stack.append(node.expr)
            case _:
                found = _own_type(node)
                if found != "scalar":
                    return found
    return found


def _own_type(node: Node) -> ValueType:
    match node:
        case Number() | Measure():
            return "scalar"
        case String():
            return "string"
        case Window() | Subquery():
            return "matrix"
        case Call():
            return FUNCTIONS[node.function].result
        case _:
            return "vector"
