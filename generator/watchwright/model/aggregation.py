"""Words that aggregate over the series of an instant vector."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, TypeAlias

from watchwright.model.label import LabelLike
from watchwright.model.quantity import Real, exact
from watchwright.query.tree import Node, Number, String

if TYPE_CHECKING:
    from watchwright.model.expression import Instant

Labels: TypeAlias = Iterable[LabelLike] | None


class Aggregations:
    """`by` are the labels that are left, `without` those that go; without either one series is left."""

    __slots__ = ()

    def _aggregate(self, op: str, by: Labels, without: Labels, parameter: Node | None = None) -> Instant:
        raise NotImplementedError

    def sum(self, by: Labels = None, without: Labels = None) -> Instant:
        """The sum over the series of each group."""
        return self._aggregate("sum", by, without)

    def avg(self, by: Labels = None, without: Labels = None) -> Instant:
        """The mean over the series of each group."""
        return self._aggregate("avg", by, without)

    def min(self, by: Labels = None, without: Labels = None) -> Instant:
        """The least of each group."""
        return self._aggregate("min", by, without)

    def max(self, by: Labels = None, without: Labels = None) -> Instant:
        """The greatest of each group."""
        return self._aggregate("max", by, without)

    def count(self, by: Labels = None, without: Labels = None) -> Instant:
        """How many series each group has."""
        return self._aggregate("count", by, without)

    def group(self, by: Labels = None, without: Labels = None) -> Instant:
        """1 for each group."""
        return self._aggregate("group", by, without)

    def stddev(self, by: Labels = None, without: Labels = None) -> Instant:
        """The standard deviation over the series of each group."""
        return self._aggregate("stddev", by, without)

    def stdvar(self, by: Labels = None, without: Labels = None) -> Instant:
        """The variance over the series of each group."""
        return self._aggregate("stdvar", by, without)

    def topk(self, k: int, by: Labels = None, without: Labels = None) -> Instant:
        """The *k* greatest series of each group."""
        return self._aggregate("topk", by, without, Number(exact(k)))

    def bottomk(self, k: int, by: Labels = None, without: Labels = None) -> Instant:
        """The *k* least series of each group."""
        return self._aggregate("bottomk", by, without, Number(exact(k)))

    def quantile_over_series(self, q: Real, by: Labels = None, without: Labels = None) -> Instant:
        """PromQL's `quantile`: over the series of each group, not over the buckets of a histogram."""
        return self._aggregate("quantile", by, without, Number(exact(q)))

    def count_values(self, label: str, by: Labels = None, without: Labels = None) -> Instant:
        """How many series of each group have each value, the value in *label*."""
        return self._aggregate("count_values", by, without, String(label))
