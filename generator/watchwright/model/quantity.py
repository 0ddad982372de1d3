"""Thresholds with their units: `5 * percent`, `500 * ms`, `5 / s`."""

from __future__ import annotations

from decimal import Decimal
from typing import TypeAlias

import attrs

from watchwright.model.error import DefinitionError
from watchwright.model.typed import typed

_LONGEST_TYPED = 17  # characters: the 15 digits that a float surely holds, a point, and a zero before it

Real: TypeAlias = int | float | Decimal


def exact(number: Real) -> Decimal:
    """The decimal that was typed: 0.1 is 0.1, and not the float's tail."""
    if isinstance(number, bool) or not isinstance(number, int | float | Decimal):
        msg = f"a number is wanted, got {number!r}"
        raise DefinitionError(msg)
    if isinstance(number, float) and len(repr(number)) > _LONGEST_TYPED:
        return Decimal(f"{number:.15g}")  # computed: 14.4 * 0.1 has a tail that nobody typed
    return number if isinstance(number, Decimal) else Decimal(repr(number))


@attrs.frozen(order=False, field_transformer=typed)
class Unit:
    """A unit as written beside a number: one of `watchwright.units`, or `Unit("widgets")` of your own."""

    name: str

    def __rmul__(self, number: Real) -> Quantity:
        return Quantity(exact(number), self.name)

    def __rtruediv__(self, number: Real) -> Quantity:
        return Quantity(exact(number), f"1/{self.name}")

    def __truediv__(self, other: Unit) -> Unit:
        return Unit(f"{self.name}/{other.name}")


@attrs.frozen(order=False, field_transformer=typed)
class Quantity:
    """A number with its unit. It prints in the unit of what it is compared with."""

    value: Decimal
    unit: str

    def __add__(self, other: Quantity) -> Quantity:
        if not isinstance(other, Quantity):
            return NotImplemented
        return Quantity(self.value + self._same(other), self.unit)

    def __sub__(self, other: Quantity) -> Quantity:
        if not isinstance(other, Quantity):
            return NotImplemented
        return Quantity(self.value - self._same(other), self.unit)

    def __mul__(self, factor: Real) -> Quantity:
        return Quantity(self.value * exact(factor), self.unit)

    __rmul__ = __mul__

    def __truediv__(self, other: Real | Unit) -> Quantity:
        if isinstance(other, Unit):
            return Quantity(self.value, f"{self.unit}/{other.name}")
        return Quantity(self.value / exact(other), self.unit)

    def __neg__(self) -> Quantity:
        return Quantity(-self.value, self.unit)

    def __lt__(self, other: Quantity) -> bool:
        if not isinstance(other, Quantity):
            return NotImplemented
        return self.value < self._same(other)

    def __gt__(self, other: Quantity) -> bool:
        if not isinstance(other, Quantity):
            return NotImplemented
        return self.value > self._same(other)

    def _same(self, other: Quantity) -> Decimal:
        if self.unit != other.unit:
            msg = f"`{self.unit}` and `{other.unit}` are different units"
            raise DefinitionError(msg, "write both in one unit")
        return other.value

    def __str__(self) -> str:
        return f"{self.value.normalize():f} {self.unit}"
