"""The numbers that samples can be: between what they lie, whether 0 is among them, and whether they can be NaN."""

from __future__ import annotations

import math

import attrs

from watchwright.query.tree import COMPARISONS

_INF = math.inf


@attrs.frozen(order=False, slots=True)
class Numbers:
    """From *low* to *high*, both included; *zero* says whether they can be 0, *nan* whether an operation made NaN."""

    low: float = -_INF
    high: float = _INF
    zero: bool = True
    nan: bool = False

    @property
    def constant(self) -> float | None:
        """The only number there is."""
        return self.low if self.low == self.high and not self.nan else None

    def __or__(self, other: Numbers) -> Numbers:
        return between(
            min(self.low, other.low),
            max(self.high, other.high),
            zero=self.zero or other.zero,
            nan=self.nan or other.nan,
        )

    def __str__(self) -> str:
        if self.constant is not None:
            return f"always {_plain(self.low)}"
        if self.high == _INF:
            return (
                "any number" if self.low == -_INF else f"{'above' if self._open_low else 'at least'} {_plain(self.low)}"
            )
        if self.low == -_INF:
            return f"{'below' if not self.zero and self.high == 0 else 'at most'} {_plain(self.high)}"
        return f"{'above ' if self._open_low else ''}{_plain(self.low)} to {_plain(self.high)}"

    @property
    def _open_low(self) -> bool:
        return self.low == 0 and not self.zero


def between(low: float, high: float, *, zero: bool = True, nan: bool = False) -> Numbers:
    """The numbers of an interval; what a bound of NaN makes of it is anything."""
    if math.isnan(low) or math.isnan(high):
        return Numbers(nan=nan)
    return Numbers(low, high, zero and low <= 0 <= high, nan)


ANYTHING = Numbers()
ANYTHING_OR_NAN = Numbers(nan=True)
NOT_NEGATIVE = Numbers(low=0.0)
ONE = Numbers(1.0, 1.0, zero=False)
AT_LEAST_ONE = Numbers(low=1.0, zero=False)
TRUTH = Numbers(0.0, 1.0)


def exactly(value: float) -> Numbers:
    """One number."""
    return ANYTHING_OR_NAN if math.isnan(value) else Numbers(value, value, value == 0)


def _plain(value: float) -> str:
    return f"{value + 0.0:.6g}"  # and never -0


# Arithmetic -----------------------------------------------------------------------------------------------


def negated(of: Numbers) -> Numbers:
    """The same with the other sign."""
    return Numbers(-of.high, -of.low, of.zero, of.nan)


def added(left: Numbers, right: Numbers) -> Numbers:
    """A sum."""
    nan = left.nan or right.nan
    zero = left.low < 0 or right.low < 0 or (left.zero and right.zero)
    return between(left.low + right.low, left.high + right.high, zero=zero, nan=nan)


def multiplied(left: Numbers, right: Numbers) -> Numbers:
    """A product."""
    products = [_times(a, b) for a in (left.low, left.high) for b in (right.low, right.high)]
    # the least and the greatest of two small numbers may be rounded to 0
    return between(min(products), max(products), zero=left.zero or right.zero, nan=left.nan or right.nan)


def _times(a: float, b: float) -> float:
    # samples are finite, and come as near to infinity as they like: what is 0 stays 0
    return 0.0 if a == 0 or b == 0 else a * b


def divided(left: Numbers, right: Numbers) -> Numbers:
    """A quotient: 0 divided by 0 is NaN."""
    nan = left.nan or right.nan or (left.zero and right.zero)
    zero = left.zero or _INF in (right.high, -right.low)
    if right.low < 0 < right.high or (right.high == 0 and right.zero):
        # divided by 0 it is infinite, and of which sign that of the 0 says, which nobody knows
        return Numbers(zero=zero, nan=nan)
    quotients = [_over(a, b, right) for a in (left.low, left.high) for b in (right.low, right.high)]
    return between(min(quotients), max(quotients), zero=zero, nan=nan)


def _over(a: float, b: float, right: Numbers) -> float:
    if a == 0:
        return 0.0
    if b == 0:
        return math.copysign(_INF, a) * (1 if right.high > 0 else -1)
    if math.isinf(b):
        return 0.0 if not math.isinf(a) else math.copysign(_INF, a) * math.copysign(1, b)
    return a / b


def summed(of: Numbers) -> Numbers:
    """The sum of one or more."""
    low = of.low if of.low >= 0 else -_INF
    high = of.high if of.high <= 0 else _INF
    return Numbers(low, high, of.zero or of.low < 0 < of.high, of.nan)


def same(of: Numbers) -> Numbers:
    """No change."""
    return of


def averaged(of: Numbers) -> Numbers:
    """A mean, or what lies between two of them."""
    return of if of.zero or not of.low < 0 < of.high else Numbers(of.low, of.high, nan=of.nan)


def magnitude(of: Numbers) -> Numbers:
    """The absolute value."""
    if of.low >= 0:
        return of
    least = -of.high if of.high < 0 else 0.0
    return between(least, max(-of.low, abs(of.high)), zero=of.zero, nan=of.nan)


def rounded(of: Numbers) -> Numbers:
    """Rounded up, down or to the nearest whole number."""
    return between(_whole(of.low, math.floor), _whole(of.high, math.ceil), nan=of.nan)


def _whole(value: float, toward: object) -> float:
    return value if math.isinf(value) else float(toward(value))  # type: ignore[operator] # math.floor or math.ceil


def powered(left: Numbers, right: Numbers) -> Numbers:
    """A power."""
    base, exponent = left.constant, right.constant
    if base is not None and exponent is not None:
        try:
            return _about(float(base**exponent))
        except (OverflowError, ZeroDivisionError, TypeError):
            return ANYTHING_OR_NAN
    return Numbers(low=0.0, nan=left.nan or right.nan) if left.low >= 0 else ANYTHING_OR_NAN


def _about(value: float) -> Numbers:
    """One number, but for its last digits: Go and C agree on them where a power is whole."""
    if not math.isfinite(value) or value.is_integer():
        return exactly(value)
    return between(*sorted((value * (1 - _LAST_DIGITS), value * (1 + _LAST_DIGITS))))


_LAST_DIGITS = 1e-14


# Comparison ------------------------------------------------------------------------------------------------


def holds(left: Numbers, op: str, right: Numbers) -> bool | None:
    """Whether a comparison holds for all numbers of both sides, or for none; None where it depends."""
    if left.nan or right.nan:
        # NaN fails every comparison but one
        return False if op != "!=" and _holds(left, op, right) is False else None
    return _holds(left, op, right)


def _holds(left: Numbers, op: str, right: Numbers) -> bool | None:
    if op in ("<", "<="):
        left, right, op = right, left, {"<": ">", "<=": ">="}[op]
    if op in ("==", "!="):
        apart = left.high < right.low or right.high < left.low or (right.constant == 0 and not left.zero)
        same = left.constant is not None and left.constant == right.constant
        return (op == "!=") if apart else (op == "==") if same else None
    above = left.low > right.high or (op == ">=" and left.low >= right.high)
    if above or (op == ">" and right.constant == 0 and left.low >= 0 and not left.zero):
        return True
    below = left.high < right.low or (op == ">" and left.high <= right.low)
    return False if below or (op == ">=" and left.high <= 0 and right.constant == 0 and not left.zero) else None


def kept(left: Numbers, op: str, right: Numbers) -> Numbers:
    """Those of the left side for which a comparison can hold."""
    assert op in COMPARISONS  # noqa: S101 - nothing else filters
    low, high, zero = left.low, left.high, left.zero
    if op in (">", ">=", "=="):
        low = max(low, right.low)
    if op in ("<", "<=", "=="):
        high = min(high, right.high)
    if right.constant == 0 and op in (">", "<", "!="):
        zero = False
    if low > high:
        return left
    return between(low, high, zero=zero, nan=left.nan and op == "!=")
