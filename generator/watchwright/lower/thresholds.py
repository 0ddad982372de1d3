"""The steps at which a panel changes its colour: what its author gave, and where its alerts begin."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from decimal import Decimal

import attrs

from watchwright.lower import names
from watchwright.lower.plan import Alerting, PlannedQuery
from watchwright.lower.signals import same_signal

#: From a value on, a colour; the first step has no value, and holds below all others.
Step = tuple[Decimal | None, str]

GOOD = "green"
# by severity, from the most urgent to the least
_BAD = ("red", "orange", "yellow")


@attrs.frozen(order=False)
class Crossing:
    """A value beyond which an alert begins: *below* it or above."""

    value: Decimal
    below: bool
    color: str


def crossings(
    queries: Sequence[PlannedQuery], alerts: Iterable[Alerting], severities: Sequence[str]
) -> tuple[Crossing, ...]:
    """Where the alerts of a panel begin, on the axis of its queries."""
    return tuple(_crossings(queries, alerts, severities))


def _crossings(
    queries: Sequence[PlannedQuery], alerts: Iterable[Alerting], severities: Sequence[str]
) -> Iterator[Crossing]:
    for alert in alerts:
        for limit in alert.limits:
            if limit.visible and any(same_signal(query.expr, limit.signal) for query in queries):
                yield Crossing(limit.value, limit.op in ("<", "<="), _color(alert, severities))


def _color(alert: Alerting, severities: Sequence[str]) -> str:
    severity = alert.labels[names.SEVERITY]
    place = severities.index(severity) if severity in severities else 0
    return _BAD[min(place, len(_BAD) - 1)]


def steps(given: Iterable[tuple[Decimal, str]], alerts: Sequence[Crossing]) -> tuple[Step, ...]:
    """The steps in ascending order; what the author gave comes before what the alerts say of the same value."""
    at: dict[Decimal, str] = {}
    for value in sorted({each.value for each in alerts}):
        at[value] = _worst(each.color for each in alerts if _holds_from(each, value))
    at |= dict(given)
    if not at:
        return ()
    ascending = sorted(at.items())
    lowest = [each.color for each in alerts if each.below]
    # green is good: where the given steps lead up to it, it is bad to be below them
    below = _worst(lowest) if lowest else "red" if ascending[-1][1] == GOOD else GOOD
    return ((None, below), *ascending)


def _holds_from(crossing: Crossing, value: Decimal) -> bool:
    """Whether an alert holds from *value* on, up to the next step."""
    return value < crossing.value if crossing.below else value >= crossing.value


def _worst(colors: Iterable[str]) -> str:
    found = set(colors)
    return next((color for color in _BAD if color in found), GOOD)
