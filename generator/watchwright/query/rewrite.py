"""Change a tree from its leaves up, at any depth."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

import attrs

from watchwright.query.tree import (
    Aggregation,
    Binary,
    Call,
    Node,
    Shifted,
    Subquery,
    Unary,
    Window,
)

Change = Callable[[Node], Node]


def rewrite(root: Node, change: Change) -> Node:
    """
    Put `change(node)` in the place of every node, children before their parents.

    `change` sees each node with its children already changed. A node that stays the same is
    shared with the old tree, by identity; one made anew for its children keeps its span.
    """
    done: list[Node] = []
    for node in children_first(root):
        below = node.children()
        if below:
            changed = done[-len(below) :]
            del done[-len(below) :]
            if any(new is not old for new, old in zip(changed, below, strict=True)):
                node = with_children(node, changed)  # noqa: PLW2901 - the same node, in its new form
        done.append(change(node))
    return done[0]


def with_children(node: Node, children: Iterable[Node]) -> Node:
    """Return the node with other children, as many and in the same order, and the same span."""
    rest = iter(children)
    changes = {field: _exchange(getattr(node, field), rest) for field in _CHILD_FIELDS.get(type(node), ())}
    return attrs.evolve(node, **changes)


def _exchange(value: Any, rest: Any) -> Any:
    if isinstance(value, tuple):
        return tuple(next(rest) for _ in value)
    return next(rest) if isinstance(value, Node) else value


# In the order of `Node.children`, which is that of `parts`.
_CHILD_FIELDS: dict[type[Node], tuple[str, ...]] = {
    Window: ("vector", "range"),
    Subquery: ("expr", "range", "step"),
    Shifted: ("expr", "offset"),
    Call: ("arguments",),
    Aggregation: ("parameter", "expr"),
    Unary: ("expr",),
    Binary: ("left", "right"),
}


def children_first(root: Node) -> list[Node]:
    """List every node, each after its children, in the order of the text."""
    order = []
    stack = [root]
    while stack:
        node = stack.pop()
        order.append(node)
        stack.extend(node.children())
    # The root came first and each last child before the first one: backwards it is children first,
    # first child first
    order.reverse()
    return order
