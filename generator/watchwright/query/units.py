"""Units of measure: an exact factor over base units, and the dimensions those span."""

from __future__ import annotations

from decimal import Context, Decimal, Inexact
from fractions import Fraction
from functools import lru_cache

import attrs

_Dimensions = tuple[tuple[str, int], ...]


class UnitError(ValueError):
    """A quantity was asked for in a unit of other dimensions."""


@attrs.frozen(order=False, slots=True)
class Unit:
    """`factor` base units; `dimensions` are names with exponents, sorted: metres per second are m1 s-1."""

    factor: Fraction = Fraction(1)
    dimensions: _Dimensions = ()

    def __mul__(self, other: Unit) -> Unit:
        return _product(self, other, 1)

    def __truediv__(self, other: Unit) -> Unit:
        return _product(self, other, -1)

    def __pow__(self, exponent: int) -> Unit:
        dimensions = tuple((name, power * exponent) for name, power in self.dimensions if exponent)
        return Unit(self.factor**exponent, dimensions)

    def root(self) -> Unit | None:
        """Return the unit whose square this is, or None where there is none that is exact."""
        root = _exact_root(self.factor)
        if root is None or any(power % 2 for _, power in self.dimensions):
            return None
        return Unit(root, tuple((name, power // 2) for name, power in self.dimensions))

    @property
    def measured(self) -> _Dimensions:
        """The dimensions without counted things: 5 requests compare with 5."""
        return tuple(one for one in self.dimensions if one[0] != COUNTED)

    def is_comparable(self, other: Unit) -> bool:
        """Whether one converts into the other. A share of something, such as percent, is no count of it."""
        if self.measured != other.measured:
            return False
        return not ((self._is_share and other.is_count) or (other._is_share and self.is_count))

    @property
    def is_count(self) -> bool:
        """Whether it counts things, and measures nothing."""
        return not self.measured and bool(self.dimensions)

    @property
    def _is_share(self) -> bool:
        return not self.dimensions and self.factor != 1

    def __str__(self) -> str:
        return name_of(self)


#: The dimension of counted things: requests, errors, items.
COUNTED = "count"


@lru_cache(maxsize=4096)
def _product(left: Unit, right: Unit, sign: int) -> Unit:
    powers = dict(left.dimensions)
    for name, power in right.dimensions:
        powers[name] = powers.get(name, 0) + sign * power
    dimensions = tuple(sorted((name, power) for name, power in powers.items() if power))
    return Unit(left.factor * right.factor**sign, dimensions)


def _exact_root(value: Fraction) -> Fraction | None:
    numerator, denominator = (round(part**0.5) for part in (value.numerator, value.denominator))
    root = Fraction(numerator, denominator)
    return root if root * root == value else None


def _base(dimension: str) -> Unit:
    return Unit(Fraction(1), ((dimension, 1),))


def _of(count: int | str, dimension: str) -> Unit:
    return Unit(Fraction(count), ((dimension, 1),))


DIMENSIONLESS = Unit()
SECONDS = _base("seconds")
COUNT = _base(COUNTED)

#: Every unit with a name of its own, under all its names; the plural ones are those of
#: https://prometheus.io/docs/practices/naming/#base-units and of OpenMetrics.
NAMED: dict[str, Unit] = {
    **dict.fromkeys(("s", "second", "seconds"), SECONDS),
    **dict.fromkeys(("ns", "nanosecond", "nanoseconds"), _of("1/1000000000", "seconds")),
    **dict.fromkeys(("us", "µs", "microsecond", "microseconds"), _of("1/1000000", "seconds")),
    **dict.fromkeys(("ms", "millisecond", "milliseconds"), _of("1/1000", "seconds")),
    **dict.fromkeys(("min", "minute", "minutes"), _of(60, "seconds")),
    **dict.fromkeys(("h", "hour", "hours"), _of(3600, "seconds")),
    **dict.fromkeys(("d", "day", "days"), _of(86400, "seconds")),
    **dict.fromkeys(("w", "week", "weeks"), _of(604800, "seconds")),
    **dict.fromkeys(("B", "byte", "bytes"), _base("bytes")),
    **dict.fromkeys(("bit", "bits"), _of("1/8", "bytes")),
    **{name: _of(1000 ** (i + 1), "bytes") for i, name in enumerate(("kB", "MB", "GB", "TB", "PB"))},
    **{name: _of(1000 ** (i + 1), "bytes") for i, name in enumerate(("kilobytes", "megabytes", "gigabytes"))},
    **{name: _of(1024 ** (i + 1), "bytes") for i, name in enumerate(("KiB", "MiB", "GiB", "TiB", "PiB"))},
    **{name: _of(1024 ** (i + 1), "bytes") for i, name in enumerate(("kibibytes", "mebibytes", "gibibytes"))},
    **dict.fromkeys(("", "1", "ratio", "ratios"), DIMENSIONLESS),
    **dict.fromkeys(("%", "percent"), Unit(Fraction(1, 100))),
    **dict.fromkeys(("count", "requests", "request", "errors", "events", "items", "packets", "connections"), COUNT),
    **dict.fromkeys(("usd", "dollar", "dollars"), _base("usd")),
    **dict.fromkeys(("eur", "euro", "euros"), _base("eur")),
    "celsius": _base("celsius"),
    "kelvin": _base("kelvin"),
    **dict.fromkeys(("J", "joule", "joules"), _base("joules")),
    # A watt is a joule per second, so that power times time is energy
    **dict.fromkeys(("W", "watt", "watts"), Unit(Fraction(1), (("joules", 1), ("seconds", -1)))),
    **dict.fromkeys(("V", "volt", "volts"), _base("volts")),
    **dict.fromkeys(("A", "ampere", "amperes"), _base("amperes")),
    **dict.fromkeys(("m", "meter", "meters", "metres"), _base("meters")),
    **dict.fromkeys(("g", "gram", "grams"), _base("grams")),
    **dict.fromkeys(("kg", "kilogram", "kilograms"), _of(1000, "grams")),
    **dict.fromkeys(("Hz", "hertz"), Unit(Fraction(1), (("seconds", -1),))),
}
_LONGEST_SIGN = 3
# the last and longest name wins, but of what is counted: any of its names would be wrong elsewhere
_NAMES = {unit: name for name, unit in NAMED.items() if len(name) > _LONGEST_SIGN} | {COUNT: COUNTED}


def unit(name: str) -> Unit:
    """Return the unit of that name; an unknown one, such as `pages`, is a dimension of its own. `a/b` divides."""
    over, slash, under = name.partition("/")
    if slash:
        return unit(over) / unit(under)
    return NAMED.get(name) or _base(name)


def name_of(unit: Unit) -> str:
    """Name a unit for a message: `seconds`, `bytes/seconds`, `1/60 count`."""
    known = "a plain number" if unit == DIMENSIONLESS else _NAMES.get(unit)
    if known is not None:
        return known
    over = "*".join(_power(name, power) for name, power in unit.dimensions if power > 0)
    under = "/".join(_power(name, -power) for name, power in unit.dimensions if power < 0)
    name = (over or "1") + (f"/{under}" if under else "")
    return name if unit.factor == 1 else f"{unit.factor} {name}"


def _power(name: str, power: int) -> str:
    return name if power == 1 else f"{name}^{power}"


@attrs.frozen(order=False, slots=True)
class MetricUnit:
    """
    The unit of a metric's samples, and for histograms and summaries that of what they observed.

    The samples of `x_seconds_bucket` are counts; what the histogram observed are seconds.
    """

    samples: Unit | None
    observed: Unit | None = None


#: The part of a name that says the unit: the last word, once what kind of series it is has been cut off.
#: https://prometheus.io/docs/practices/naming/
UNIT_WORDS = frozenset(
    {
        "seconds",
        "milliseconds",
        "microseconds",
        "nanoseconds",
        "minutes",
        "hours",
        "days",
        "bytes",
        "bits",
        "kilobytes",
        "megabytes",
        "gigabytes",
        "kibibytes",
        "mebibytes",
        "gibibytes",
        "ratio",
        "percent",
        "usd",
        "dollars",
        "eur",
        "euros",
        "celsius",
        "kelvin",
        "joules",
        "watts",
        "volts",
        "amperes",
        "meters",
        "grams",
        "kilograms",
        "hertz",
        "ms",
        "us",
        "ns",
    }
)


def unit_of_name(name: str) -> Unit | None:
    """Return the unit that a metric's name tells by its suffix; None where it tells none."""
    level_metric = name.rpartition(":")
    if level_metric[0]:
        return None  # the last part of a recording rule's name tells what was done, not the unit
    if name.endswith("_created"):
        return SECONDS
    stem, total, _ = name.rpartition("_total") if name.endswith("_total") else (name, "", "")
    word = stem.rpartition("_")[2]
    if word in UNIT_WORDS:
        return NAMED[word]
    return COUNT if total else None


#: 60 digits hold every quotient that ends, such as bytes in pebibytes.
_EXACT = Context(prec=60)
#: What does not end, such as 5 per minute in seconds, is cut behind the last digit that a float64 holds.
_FLOAT = Context(prec=17)


def convert(value: Decimal, from_: Unit, to: Unit | None) -> Decimal:
    """
    Express a value given in one unit in another; without the other, in base units.

    Counted things are left out of account. A UnitError says which units do not go together.
    """
    if to is not None and not from_.is_comparable(to):
        raise UnitError(f"{from_} cannot be converted to {to}")
    factor = from_.factor if to is None else from_.factor / to.factor
    if not value.is_finite() or factor == 1:
        return value
    exact = _EXACT.copy()
    product = exact.multiply(value, Decimal(factor.numerator))
    quotient = exact.divide(product, Decimal(factor.denominator))
    if exact.flags[Inexact]:
        quotient = _FLOAT.plus(quotient)
    return _plain(quotient)


def _plain(value: Decimal) -> Decimal:
    """Without trailing zeros, and without an exponent for whole numbers."""
    digits = f"{value:f}"
    return Decimal(digits.rstrip("0").rstrip(".") if "." in digits else digits)
