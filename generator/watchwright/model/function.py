"""Words for PromQL's functions of an instant vector, each under the function's own name."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from watchwright.model.error import DefinitionError
from watchwright.model.label import LabelLike, label_name, label_names
from watchwright.model.quantity import Quantity, Real
from watchwright.query.tree import String

if TYPE_CHECKING:
    from watchwright.model.expression import Instant


class Functions:
    """Functions that take the samples of now."""

    __slots__ = ()

    def _call(self, function: str, *arguments: Any) -> Instant:
        raise NotImplementedError

    def abs(self) -> Instant:
        """The absolute value."""
        return self._call("abs")

    def ceil(self) -> Instant:
        """Rounded up to a whole number."""
        return self._call("ceil")

    def floor(self) -> Instant:
        """Rounded down to a whole number."""
        return self._call("floor")

    def round(self, to: Real = 1) -> Instant:
        """Rounded to the nearest multiple of *to*."""
        return self._call("round") if to == 1 else self._call("round", to)

    def clamp(self, least: Real | Quantity, most: Real | Quantity) -> Instant:
        """Held between *least* and *most*."""
        return self._call("clamp", least, most)

    def clamp_min(self, least: Real | Quantity) -> Instant:
        """At least *least*."""
        return self._call("clamp_min", least)

    def clamp_max(self, most: Real | Quantity) -> Instant:
        """At most *most*."""
        return self._call("clamp_max", most)

    def sqrt(self) -> Instant:
        """The square root."""
        return self._call("sqrt")

    def exp(self) -> Instant:
        """e to the power of this."""
        return self._call("exp")

    def ln(self) -> Instant:
        """The natural logarithm."""
        return self._call("ln")

    def log2(self) -> Instant:
        """The logarithm to the base 2."""
        return self._call("log2")

    def log10(self) -> Instant:
        """The logarithm to the base 10."""
        return self._call("log10")

    def sgn(self) -> Instant:
        """1, 0 or -1."""
        return self._call("sgn")

    def sort(self) -> Instant:
        """Ascending; for tables, since a range query has an order of its own."""
        return self._call("sort")

    def sort_desc(self) -> Instant:
        """Descending; for tables, since a range query has an order of its own."""
        return self._call("sort_desc")

    def timestamp(self) -> Instant:
        """When each sample was taken, in seconds since 1970."""
        return self._call("timestamp")

    def absent(self) -> Instant:
        """1 while there is no such series."""
        return self._call("absent")

    def label_replace(self, to: LabelLike, replacement: str, source: LabelLike, pattern: str) -> Instant:
        """Write *replacement* to a label where *pattern* matches the whole of another."""
        return self._call("label_replace", *map(String, (label_name(to), replacement, label_name(source), pattern)))

    def labelled(self, **labels: str) -> Instant:
        """The same series, each with these labels, in the place of what they had."""
        if not labels:
            msg = "labelled() sets one label at least"
            raise DefinitionError(msg)
        (label, value), *others = labels.items()
        if not isinstance(value, str):
            msg = f"a label has a text for a value, got {value!r} for `{label}`"
            raise DefinitionError(msg)
        # $1 would be a group of the pattern, and the pattern matches the label that is not there
        labelled = self.label_replace(label, value.replace("$", "$$"), "", "")
        return labelled.labelled(**dict(others)) if others else labelled

    def label_join(self, to: LabelLike, separator: str, *sources: LabelLike) -> Instant:
        """Write other labels' values, joined, to a label."""
        return self._call("label_join", *map(String, (label_name(to), separator, *label_names(sources))))
