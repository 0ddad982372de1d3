"""How long what there is will last."""

from __future__ import annotations

from decimal import Decimal

from watchwright.model.duration import milliseconds
from watchwright.model.expression import Instant, Words
from watchwright.model.quantity import Quantity, Real
from watchwright.query.printer import duration

# A line through fewer points follows the noise, and more of them cost more
_POINTS = 72
# Of them may be missing: scrapes that failed, restarts
_KNOWN = Decimal("0.9")


def time_left(value: Words, *, until: Words | Real | Quantity, over: str = "6h", falling: bool = False) -> Instant:
    """
    Seconds until *value* reaches *until*, if it goes on as it did in the last *over*; 0 where it has.

    A value that is *falling* comes down to it, another one rises. Nothing is said where it does not move there, nor
    while less than nine tenths of *over* is known. A bound that is a series has the labels of the value.
    """
    step = duration(max(milliseconds(over, "`over` of a forecast") // _POINTS, 1))
    known = value.range(over, step)
    speed = known.apply("deriv")
    way = (value - until if falling else until - value).clamp_min(0)
    reached = 0 * way.eq(0).timestamp()  # no time: by it Prometheus, and the reader's board, know that it is in seconds
    left = way / ((-speed if falling else speed) > 0)
    return (reached | left) & (known.count_over_time() >= int(_POINTS * _KNOWN))
