"""What can be done with the series of each kind of metric: a counter has a rate, a gauge has none."""

from __future__ import annotations

from typing import TYPE_CHECKING, Self

from watchwright.model.aggregation import Labels
from watchwright.model.expression import Instant, Words
from watchwright.model.label import Value, matchers
from watchwright.query.tree import Aggregation, Call, Grouping, Matcher, Number, Selector

if TYPE_CHECKING:
    from watchwright.model.expression import References

from watchwright.model.label import label_names
from watchwright.model.quantity import Real, exact


def _selector(words: Words) -> tuple[Selector, References]:
    expr = words.instant()
    assert isinstance(expr.node, Selector)  # noqa: S101 - metrics and their selections are selectors
    return expr.node, expr.reaches


def _narrowed(words: Words, extra: tuple[Matcher, ...], labels: dict[str, Value]) -> tuple[Selector, References]:
    node, reaches = _selector(words)
    return Selector(node.name, node.matchers + matchers(extra, labels)), reaches


class CounterWords(Words):
    """Words for what only grows, until its process restarts."""

    __slots__ = ()

    def where(self, /, *extra: Matcher, **labels: Value) -> CounterSeries:
        """The series whose labels match: a value, several values, `regex(...)` or `not_(...)`."""
        return CounterSeries(*_narrowed(self, extra, labels))

    def rate(self, over: str) -> Instant:
        """How much it grows in a second, averaged over *over*."""
        return self.range(over).apply("rate")

    def irate(self, over: str) -> Instant:
        """How much it grows in a second, by the last two samples of *over*."""
        return self.range(over).apply("irate")

    def increase(self, over: str) -> Instant:
        """How much it grew in *over*. The first value of a new series counts for nothing: see `events`."""
        return self.range(over).apply("increase")

    def resets(self, over: str) -> Instant:
        """How often it started again in *over*."""
        return self.range(over).apply("resets")

    def events(self, over: str, known_for: str = "1h") -> Instant:
        """
        How much it grew in *over*, the first value of a new series included.

        A labelled child that appears with its first event starts at 1, and `increase` of it is 0. So all of
        a series counts that had no sample in the *known_for* before *over*; all of one that was not there *over*
        ago though its target answered then (`up`); and all of one that came back lower than it was: in both cases
        its process restarted. One that comes back after a gap in scraping, no lower than before, counts
        from its return. Where Prometheus itself has no history yet, or lost more than
        *known_for*, all that a series ever counted counts as new, once. A series that is not exposed all
        the time cannot be counted like this.
        """
        before = self.range(known_for).offset(over).last_over_time()
        back = self.instant().offset(over)
        answered = Instant(Selector("up")).offset(over).eq(1).on("job", "instance")
        born = self.unless(before)
        reborn = self.unless(back) & answered
        restarted = (self < before).unless(back)
        return born | reborn | restarted | self.increase(over)


class GaugeWords(Words):
    """Words for what goes up and down."""

    __slots__ = ()

    def where(self, /, *extra: Matcher, **labels: Value) -> GaugeSeries:
        """The series whose labels match: a value, several values, `regex(...)` or `not_(...)`."""
        return GaugeSeries(*_narrowed(self, extra, labels))

    def delta(self, over: str) -> Instant:
        """How far it moved in *over*."""
        return self.range(over).apply("delta")

    def idelta(self, over: str) -> Instant:
        """How far it moved between the last two samples of *over*."""
        return self.range(over).apply("idelta")

    def deriv(self, over: str) -> Instant:
        """How fast it moves in a second, by linear regression over *over*."""
        return self.range(over).apply("deriv")

    def predict_linear(self, over: str, ahead: Real) -> Instant:
        """Where the line through *over* will be, *ahead* seconds from now."""
        return self.range(over).apply("predict_linear", ahead)

    def avg_over_time(self, over: str) -> Instant:
        """The mean over *over*."""
        return self.range(over).avg_over_time()

    def min_over_time(self, over: str) -> Instant:
        """The least value in *over*."""
        return self.range(over).min_over_time()

    def max_over_time(self, over: str) -> Instant:
        """The greatest value in *over*."""
        return self.range(over).max_over_time()

    def last_over_time(self, over: str) -> Instant:
        """Its last value in *over*, where it is not exposed all the time."""
        return self.range(over).last_over_time()

    def changes(self, over: str) -> Instant:
        """How often it changed in *over*."""
        return self.range(over).changes()


class HistogramWords:
    """Words for a histogram, which is no series itself: classic ones are `_bucket`, `_sum` and `_count`."""

    __slots__ = ()

    @property
    def bucket(self) -> CounterSeries:
        """The cumulative buckets, one series for each `le`."""
        return self._part("_bucket")

    @property
    def count(self) -> CounterSeries:
        """How many observations there were."""
        return self._part("_count")

    @property
    def sum(self) -> CounterSeries:
        """The sum of all observations."""
        return self._part("_sum")

    def quantile(self, q: Real, over: str, by: Labels = None) -> Instant:
        """The *q*-quantile of the observations of the last *over*, interpolated within a bucket."""
        rate = self._observed().rate(over)
        labels = label_names(by or (), "`by`")
        kept = labels if self._native else ("le", *labels)
        summed = Aggregation("sum", rate.node, Grouping(kept) if kept else None)
        return Instant(Call("histogram_quantile", (Number(exact(q)), summed)), rate.reaches)

    def average(self, over: str, by: Labels = None) -> Instant:
        """The mean of the observations of the last *over*; empty without any, never NaN."""
        if self._native:
            return _merged_native("histogram_avg", self._observed(), over, by)
        labels = label_names(by or (), "`by`") or None
        seen = self.count.rate(over).sum(by=labels)
        return self.sum.rate(over).sum(by=labels) / (seen > 0)

    _native = False

    def _observed(self) -> CounterSeries:
        return self.bucket

    def _part(self, suffix: str) -> CounterSeries:
        raise NotImplementedError


def _merged_native(function: str, series: CounterSeries, over: str, by: Labels) -> Instant:
    merged = series.rate(over).sum(by=label_names(by or (), "`by`") or None)
    return Instant(Call(function, (merged.node,)), merged.reaches)


class CounterSeries(CounterWords, Instant):
    """Some series of a counter."""

    __slots__ = ()


class GaugeSeries(GaugeWords, Instant):
    """Some series of a gauge."""

    __slots__ = ()


class HistogramSeries(HistogramWords):
    """Some series of a histogram."""

    __slots__ = ("_matchers", "_name", "_native", "_reaches")

    def __init__(self, name: str, matchers: tuple[Matcher, ...], reaches: References, *, native: bool) -> None:
        self._name = name
        self._matchers = matchers
        self._reaches = reaches
        self._native = native

    def where(self, /, *extra: Matcher, **labels: Value) -> Self:
        """The series whose labels match: a value, several values, `regex(...)` or `not_(...)`."""
        narrowed = self._matchers + matchers(extra, labels)
        return type(self)(self._name, narrowed, self._reaches, native=self._native)

    def _observed(self) -> CounterSeries:
        return self._part("" if self._native else "_bucket")

    def _part(self, suffix: str) -> CounterSeries:
        return CounterSeries(Selector(self._name + suffix, self._matchers), self._reaches)
