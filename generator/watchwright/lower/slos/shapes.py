"""
Expressions that are made when they are asked for, and texts that SLOs of one shape share.

What an SLO amounts to differs from what another of its kind does in the names that its series carry, and in nothing
else but its streams. Of a thousand SLOs the text of each rule is laid out once for each length of these names.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable

import attrs

from watchwright.query.layout import layout
from watchwright.query.tree import Node


@attrs.define(eq=False)
class Shape:
    """The texts of all SLOs of one shape, by what they are for, each with the names that stand in it."""

    _texts: dict[Hashable, tuple[str, str]] = attrs.field(factory=dict)

    def text(self, what: Hashable, names: str, make: Callable[[], str]) -> str:
        """The text for these names, which are as long as those of any other SLO of the shape."""
        if what not in self._texts:
            self._texts[what] = (names, make())
        written, text = self._texts[what]
        return text if written == names else text.replace(written, names)


@attrs.define(eq=False)
class Late:
    """An expression that is made once it is asked for; *what* it is for tells it from others of its *shape*."""

    _make: Callable[[], Node]
    _shape: Shape
    _what: Hashable
    _names: str
    _node: Node | None = None

    @property
    def node(self) -> Node:
        """The tree."""
        if self._node is None:
            self._node = self._make()
        return self._node

    @property
    def text(self) -> str:
        """The tree, laid out."""
        return self._shape.text(self._what, self._names, lambda: layout(self.node))
