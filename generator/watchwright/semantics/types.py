"""The type of an expression."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import Literal

import attrs

from watchwright.query.functions import Kind
from watchwright.query.inference import Inferred
from watchwright.query.tree import Node
from watchwright.query.units import Unit
from watchwright.semantics.labels import NO_LABELS, UNKNOWN_LABELS, Labels
from watchwright.semantics.numbers import ANYTHING, Numbers
from watchwright.semantics.world import Samples

#: How often there is no series at all.
Empty = Literal["never", "maybe", "always"]


# defined, not frozen: a frozen one takes three times as long to make, and one is made for every node
@attrs.define(eq=False, slots=True)
class Type:
    """
    What an expression evaluates to. Never changed once made.

    *kind* is Prometheus' own: scalar, string, vector or matrix. *buckets* are the bounds of the histogram behind it,
    () where it has none, and None where several with different bounds were put together. *narrowed* says that a
    comparison took 0 from the numbers.
    """

    kind: Kind
    samples: Samples = "unknown"
    labels: Labels = UNKNOWN_LABELS
    numbers: Numbers = ANYTHING
    empty: Empty = "maybe"
    buckets: tuple[Decimal, ...] | None = ()
    narrowed: bool = False


NUMBER = Type("scalar", "gauge", NO_LABELS, ANYTHING, "never")


@attrs.frozen(eq=False, order=False, slots=True)
class Typed:
    """A tree with the type of each of its *nodes*, which come children first."""

    root: Node
    nodes: Sequence[Node]
    units: Inferred
    _types: dict[int, Type]

    def of(self, node: Node) -> Type:
        """The type of a node of this tree."""
        return self._types[id(node)]

    @property
    def type(self) -> Type:
        """The type of the whole."""
        return self._types[id(self.root)]

    def unit(self, node: Node) -> Unit | None:
        """The unit of a node's samples; None where it is unknown, and of a bare number."""
        return self.units.of(node)
