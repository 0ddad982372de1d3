"""
Service level indicators: which events are counted, and which of them are bad.

Whatever kind an indicator is of, it comes to two streams: events, and bad events among them.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TypeAlias

import attrs

from watchwright.model.duration import milliseconds
from watchwright.model.error import DefinitionError
from watchwright.model.expression import Comparison, Instant, Words
from watchwright.model.quantity import Quantity, Real, exact
from watchwright.model.rule import instant_
from watchwright.model.series import CounterWords, HistogramWords
from watchwright.model.typed import typed
from watchwright.query.tree import Binary, Selector


def _instant(value: Words) -> Instant:
    return instant_(value, "an indicator")


@attrs.frozen(order=False, field_transformer=typed, kw_only=True)
class Ratio:
    """
    Events that counters count: *bad* or *good* ones of a *total*.

    The one given is a part of the total: the same counter with a narrower `where(...)`, or another that counts some
    of the same events.

    A labelled counter often appears with its first event, and `rate` never sees that one. *first_values* counts it,
    once it is known that its target was scraped before. Left out, it is on wherever it can be: not for counters whose
    client presets them (`preset=True`), nor without the labels `job` and `instance`. Switch it off behind a
    federation or an aggregation, where a series may be new though what it counts is not.
    """

    total: CounterWords
    bad: CounterWords | None = None
    good: CounterWords | None = None
    first_values: bool | None = None

    def __attrs_post_init__(self) -> None:
        if (self.bad is None) == (self.good is None):
            msg = "a ratio is of the bad events or of the good ones: give one of `bad` and `good`"
            raise DefinitionError(msg)
        for part in (self.total, self.part):
            node = part.instant().node
            if not isinstance(node, Selector):
                msg = f"a ratio counts what a counter counts, got `{node!r}`"
                raise DefinitionError(msg, "give the counter itself, without rate(): windows are derived")

    @property
    def part(self) -> CounterWords:
        """The bad events, or the good ones: whichever was given."""
        part = self.good if self.bad is None else self.bad
        assert part is not None  # noqa: S101 - one of the two is given
        return part

    def expressions(self) -> Iterator[Instant]:
        """What it reads."""
        yield self.total.instant()
        yield self.part.instant()


Bound: TypeAlias = str | Quantity | Real


@attrs.frozen(order=False, field_transformer=typed, kw_only=True)
class Latency:
    """
    Observations of a histogram that stay *below* a bound, or reach it: `"300ms"`, `2 * MB`.

    The bound of a classic histogram is one of its buckets; within a native one it is interpolated.
    """

    histogram: HistogramWords = attrs.field(kw_only=False)
    below: Bound

    def __attrs_post_init__(self) -> None:
        if isinstance(self.below, str):
            milliseconds(self.below, "`below` of a latency")
        elif not (self.below.value if isinstance(self.below, Quantity) else exact(self.below)).is_finite():
            msg = f"`below` of a latency is a finite number, got {self.below}"
            raise DefinitionError(msg)

    def expressions(self) -> Iterator[Instant]:
        """What it reads."""
        if self.histogram._native:  # noqa: SLF001 - the word's own kind
            yield self.histogram._observed().instant()  # noqa: SLF001 - as above
        else:
            yield self.histogram.count.instant()
            yield self.histogram.bucket.instant()


@attrs.frozen(order=False, field_transformer=typed, kw_only=True)
class Held:
    """
    How much of the time a condition held, such as `queue_depth < 100` or `up.eq(1)`.

    Each evaluation is an event for every series that the condition compares, and a bad one where it does not hold;
    NaN holds nothing. A condition of several comparisons says in *of* whose events it judges.
    """

    condition: Instant = attrs.field(kw_only=False, converter=_instant)
    of: Instant = attrs.field(converter=_instant)

    @of.default
    def _left(self) -> Words:
        node = self.condition.node
        if isinstance(self.condition, Comparison) and isinstance(node, Binary) and not node.bool:
            return Instant(node.left, self.condition.reaches)
        msg = f"a condition compares something, got `{node!r}`"
        raise DefinitionError(msg, "write queue_depth < 100, or say of=... for one made of several")

    def expressions(self) -> Iterator[Instant]:
        """What it reads."""
        yield self.condition
        yield self.of


def _target(value: Real | Quantity | None) -> Real | Quantity | None:
    if value is not None and not (value.value if isinstance(value, Quantity) else exact(value)).is_finite():
        msg = f"the target of a tracked objective is a finite number, got {value}"
        raise DefinitionError(msg)
    return value


@attrs.frozen(order=False, field_transformer=typed, kw_only=True)
class Tracked:
    """
    How much of the time a *value* that no events make up reached its target: *at_least* so much, or *at_most*.

    Such as what a month costs, what users say of it, or how long repairs take. Each evaluation, one in five minutes, is
    an event for every series of the value, and a bad one where it misses the target. Value and target are recorded.
    """

    value: Instant = attrs.field(kw_only=False, converter=_instant)
    at_least: Real | Quantity | None = attrs.field(default=None, converter=_target)
    at_most: Real | Quantity | None = attrs.field(default=None, converter=_target)

    def __attrs_post_init__(self) -> None:
        if (self.at_least is None) == (self.at_most is None):
            msg = "a tracked value has one target: give one of `at_least` and `at_most`"
            raise DefinitionError(msg)

    @property
    def target(self) -> Real | Quantity:
        """The bound that the value is to reach, or not to exceed: whichever was given."""
        target = self.at_most if self.at_least is None else self.at_least
        assert target is not None  # noqa: S101 - one of the two is given
        return target

    @property
    def reached(self) -> Instant:
        """The value, where it is as good as its target."""
        return self.value <= self.target if self.at_least is None else self.value >= self.target

    def expressions(self) -> Iterator[Instant]:
        """What it reads."""
        yield self.value


@attrs.frozen(order=False, field_transformer=typed, kw_only=True)
class Fresh:
    """
    How much of the time a *timestamp* in seconds since 1970, such as that of a last success, was young enough.

    Each evaluation is an event for every series of it, and a bad one where it is older than *within*.
    """

    timestamp: Instant = attrs.field(kw_only=False, converter=_instant)
    within: str

    def __attrs_post_init__(self) -> None:
        milliseconds(self.within, "`within` of a freshness")

    def expressions(self) -> Iterator[Instant]:
        """What it reads."""
        yield self.timestamp


@attrs.frozen(order=False, field_transformer=typed, kw_only=True)
class ErrorRatio:
    """
    An expression that is the share of bad events itself, from 0 to 1, over a few minutes at most.

    *traffic* is how many events a second it is a share of, with the same labels. Without it every evaluation weighs
    the same: a bad minute at night costs as much as one at noon.
    """

    ratio: Instant = attrs.field(kw_only=False, converter=_instant)
    traffic: Instant | None = attrs.field(default=None, converter=attrs.converters.optional(_instant))

    def expressions(self) -> Iterator[Instant]:
        """What it reads."""
        yield self.ratio
        if self.traffic is not None:
            yield self.traffic


Sli: TypeAlias = Ratio | Latency | Held | Tracked | Fresh | ErrorRatio
