"""
The two streams that every indicator comes to: events a second, and bad ones among them.

What a counter grew by from one evaluation to the next is counted once, whatever the phase of the scrapes: the sums
over any window telescope to what consecutive scrapes saw. `rate` over a short window would weigh neighbouring
increments differently, guess at the edges of the window, and lag behind by half of it.
"""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from functools import singledispatch
from typing import Literal

import attrs

from watchwright.lower.plan import Origin
from watchwright.lower.resolve import Resolver
from watchwright.lower.slos.timing import Timing
from watchwright.model.catalogue import builtin
from watchwright.model.duration import milliseconds
from watchwright.model.expression import Instant, Words
from watchwright.model.metric import Metric
from watchwright.model.quantity import Quantity
from watchwright.model.series import CounterSeries
from watchwright.model.sli import ErrorRatio, Fresh, Held, Latency, Ratio, Sli, Tracked
from watchwright.model.words import call, time
from watchwright.query.printer import duration
from watchwright.query.tree import Binary, Matcher, MatchOp, Number, Selector
from watchwright.semantics.labels import Labels
from watchwright.semantics.values import spellings


@attrs.frozen(eq=False, kw_only=True)
class Reading:
    """How one SLO reads its indicator; *total* and *first* are recorded streams, *value* is what it tracks.

    *by* are the labels that they keep, *kept* those of them that the platform keeps, *targets* those of whatever is
    scraped.
    """

    total: Instant
    first: Instant
    value: Instant
    by: tuple[str, ...]
    kept: tuple[str, ...]
    targets: Labels
    timing: Timing
    origin: Origin
    resolver: Resolver

    def resolved(self, words: Words) -> Instant:
        """An expression of the definition, scoped."""
        return Instant(self.resolver.resolve(words.instant().node, self.origin))

    def per_second(self, events: Instant) -> Instant:
        """What was counted since the evaluation before, in a second."""
        return events / (Decimal(self.timing.fast) / 1000)

    def or_none(self, bad: Instant) -> Instant:
        """Nothing bad, where nothing bad was ever counted and events are."""
        return bad | (0 * self.total).on(*self.by)


@attrs.frozen(eq=False)
class Part:
    """Two counters: one of all events, one of some of them."""

    whole: Selector
    some: Selector
    good: bool


@attrs.frozen(eq=False)
class Target:
    """A value, as it is recorded, and the number that it is compared with."""

    value: Instant
    number: Decimal


@attrs.frozen(eq=False)
class Streams:
    """
    Events a second, and bad ones.

    *made* says how they are counted; *first* are the first values of new bad series, where they count; *part* are the
    counters that count all events, and some, which are the bad or the good ones; *tracked* is a value that is judged
    by its target.
    """

    total: Instant
    bad: Instant
    made: Literal["growth", "rate", "slices"]
    first: Instant | None = None
    part: Part | None = None
    tracked: Target | None = None


@singledispatch
def streams(sli: Sli, reading: Reading) -> Streams:
    """The streams of an indicator."""
    raise NotImplementedError(type(sli))


# Counters -----------------------------------------------------------------------------------------------


def _now(counter: Instant, timing: Timing) -> Instant:
    """The value at this evaluation, though a scrape has failed since the one before; the same again between scrapes."""
    return counter.range(duration(max(timing.fast, timing.scrape))).offset(duration(timing.delay)).last_over_time()


def _before(counter: Instant, timing: Timing) -> Instant:
    """The value at the evaluation before; it may be a few scrapes old, so that one that failed loses nothing."""
    return counter.range(duration(timing.look_back)).offset(duration(timing.delay + timing.fast)).last_over_time()


def _grown(counter: Instant, timing: Timing) -> Instant:
    """How much each series grew since the evaluation before; one that started again grew by what it is."""
    now, before = _now(counter, timing), _before(counter, timing)
    return now - ((before <= now) | 0 * before)


def _first(bad: Instant, reading: Reading) -> Instant:
    """
    The first values of bad series that were not there at the evaluation before.

    Only of targets that were, and no more than all bad events of the target grew by: a series that is new since
    it was relabelled, or came back, brings a value that was counted before.
    """
    timing = reading.timing
    # an instant: of a series that has just been relabelled, a range would still hold the samples of the old one
    now, before = bad.offset(duration(timing.delay)), _before(bad, timing)
    # a range: after Prometheus was away, `up` lingers for five minutes, and the counters before are not known
    up = _before(reading.resolved(builtin.gauge("up")), timing).eq(1)
    target = (*_TARGET, *reading.kept)
    grown = now.sum(by=target) - (before.sum(by=target) | 0 * up.sum(by=target))
    return now.unless(before) <= grown.on(*target).group_left()


_TARGET = ("job", "instance")


@streams.register
def _(sli: Ratio, reading: Reading) -> Streams:
    total, part = reading.resolved(sli.total), reading.resolved(sli.part)
    if sli.good is not None:
        complement = _complement(part, total)
        if complement is None:
            rest = _rest(_counted(part, reading), reading)
            return Streams(_counted(total, reading), rest, "growth", part=_part(total, part, good=True))
        part = complement
    made = _part(total, part, good=False)
    if not first_values(sli, reading.targets):
        return Streams(_counted(total, reading), reading.or_none(_counted(part, reading)), "growth", part=made)
    first = reading.per_second(_first(part, reading).sum(by=reading.by or None))
    # another counter has counted what the first bad event was: its own series is not new
    alike = made.whole.name == made.some.name
    events = _with_first(total, reading) if alike else _counted(total, reading)
    return Streams(events, reading.or_none(_with_first(part, reading)), "growth", first=first, part=made)


def _with_first(counter: Instant, reading: Reading) -> Instant:
    """What a counter grew by, and the first values that were recorded: added up, since no two series are alike."""
    grown = reading.per_second(_grown(counter, reading.timing))
    # a range of less than an interval: what was recorded once must not be found again at the next evaluation
    first = reading.first.range(duration(reading.timing.fast // 2)).last_over_time()
    return (grown | first).sum(by=reading.by or None)


def _part(whole: Instant, some: Instant, *, good: bool) -> Part:
    assert isinstance(whole.node, Selector)  # noqa: S101 - the model takes counters alone
    assert isinstance(some.node, Selector)  # noqa: S101 - as above
    return Part(whole.node, some.node, good)


def first_values(sli: Ratio, targets: Labels) -> bool:
    """Whether first values count: as the definition says, else where targets are told apart and none is preset."""
    if sli.first_values is not None:
        return sli.first_values
    declared = {each for each in sli.part.instant().reaches if isinstance(each, Metric)}
    preset = any(getattr(each, "preset", False) or not each.labels for each in declared)
    return not preset and not any(map(targets.lacks, _TARGET))


def _counted(counter: Instant, reading: Reading) -> Instant:
    return reading.per_second(_grown(counter, reading.timing).sum(by=reading.by or None))


def _rest(good: Instant, reading: Reading) -> Instant:
    """The events that are not good ones."""
    return (reading.total - reading.or_none(good).on(*reading.by)).clamp_min(0)


_NEGATED: dict[MatchOp, MatchOp] = {"=": "!=", "!=": "=", "=~": "!~", "!~": "=~"}


def _complement(part: Instant, whole: Instant) -> Instant | None:
    """The series of the whole that the part leaves out, where one matcher tells them apart."""
    ours, theirs = part.node, whole.node
    if not isinstance(ours, Selector) or not isinstance(theirs, Selector) or ours.name != theirs.name:
        return None
    extra = [each for each in ours.matchers if each not in theirs.matchers]
    if len(extra) != 1 or not set(theirs.matchers) <= set(ours.matchers):
        return None
    other = Matcher(extra[0].label, _NEGATED[extra[0].op], extra[0].value)
    return Instant(Selector(ours.name, tuple(other if each == extra[0] else each for each in ours.matchers)))


# Histograms ---------------------------------------------------------------------------------------------


@streams.register
def _(sli: Latency, reading: Reading) -> Streams:
    histogram = sli.histogram
    if histogram._native:  # noqa: SLF001 - the word's own kind
        return _native(sli, reading)
    good = reading.resolved(_bucket(histogram.bucket, bound(sli, reading.resolver, reading.origin)))
    count = reading.resolved(histogram.count)
    stream = _rest(_counted(good, reading), reading)
    return Streams(_counted(count, reading), stream, "growth", part=_part(count, good, good=True))


def bound(sli: Latency, resolver: Resolver, origin: Origin) -> Decimal:
    """The bound in the unit of what is observed."""
    observed = resolver.metric_unit(_observed(sli))
    unit = observed.observed if observed is not None else None
    below = sli.below
    if isinstance(below, str):
        below = Quantity(Decimal(milliseconds(below, "`below`")) / 1000, "s")
    return resolver.quantity(below, unit, origin)


def _observed(sli: Latency) -> str:
    node = sli.histogram._observed().instant().node  # noqa: SLF001 - the word's own series
    return node.name if isinstance(node, Selector) else ""


def _bucket(bucket: CounterSeries, limit: Decimal) -> CounterSeries:
    # the same bound is `1` or `1.0`, by the client and the version of Prometheus
    return bucket.where(le=sorted(_written(limit), key=lambda each: (len(each), each)))


# between them nobody writes a number with an exponent
_LEAST, _MOST = Decimal("0.0001"), Decimal(1_000_000)


def _written(limit: Decimal) -> Iterator[str]:
    small = _LEAST <= abs(limit) < _MOST or not limit
    return (each for each in dict.fromkeys(spellings([limit])) if not (small and "e" in each))


def _native(sli: Latency, reading: Reading) -> Streams:
    limit = bound(sli, reading.resolver, reading.origin)
    observed = reading.resolved(sli.histogram._observed())  # noqa: SLF001 - the word's own series
    rate = observed.range(duration(reading.timing.native)).apply("rate").sum(by=reading.by or None)
    count = call("histogram_count", rate)
    good = call("histogram_fraction", Decimal("-Infinity"), limit, rate) * count
    return Streams(count, _rest(good >= 0, reading), "rate")


# What holds, or not --------------------------------------------------------------------------------------


@streams.register
def _(sli: Held, reading: Reading) -> Streams:
    return _slices(reading.resolved(sli.of), reading.resolved(sli.condition), reading)


@streams.register
def _(sli: Tracked, reading: Reading) -> Streams:
    reached = reading.resolved(sli.reached).node
    assert isinstance(reached, Binary)  # noqa: S101 - the value compared with its target
    assert isinstance(reached.right, Number)  # noqa: S101 - as above
    made = _slices(reading.value, Instant(attrs.evolve(reached, left=reading.value.node)), reading)
    return attrs.evolve(made, tracked=Target(Instant(reached.left), reached.right.value))


@streams.register
def _(sli: Fresh, reading: Reading) -> Streams:
    age = time() - reading.resolved(sli.timestamp)
    return _slices(age, age <= Decimal(milliseconds(sli.within, "`within`")) / 1000, reading)


def _slices(of: Instant, holding: Instant, reading: Reading) -> Streams:
    by = reading.by or None
    failing = of.unless(holding)
    bad = reading.or_none(reading.per_second(failing.count(by=by)))
    return Streams(reading.per_second(of.count(by=by)), bad, "slices")


@streams.register
def _(sli: ErrorRatio, reading: Reading) -> Streams:
    by = reading.by or None
    ratio = (reading.resolved(sli.ratio) >= 0).clamp_max(1)
    if sli.traffic is None:
        bad = reading.or_none(reading.per_second(ratio.sum(by=by)))
        return Streams(reading.per_second(ratio.count(by=by)), bad, "slices")
    traffic = reading.resolved(sli.traffic)
    return Streams(traffic.sum(by=by), reading.or_none((ratio * traffic).sum(by=by)), "slices")
