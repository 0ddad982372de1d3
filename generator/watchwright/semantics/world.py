"""What is known of the series that expressions select."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import TYPE_CHECKING, Literal

import attrs

from watchwright.query.tree import Matcher, Node
from watchwright.query.units import MetricUnit
from watchwright.semantics.labels import UNKNOWN_LABELS, Labels
from watchwright.semantics.numbers import ANYTHING, NOT_NEGATIVE, ONE, TRUTH, Numbers
from watchwright.semantics.values import ANY

if TYPE_CHECKING:
    from watchwright.semantics.types import Typed

#: What samples are. A `merged` one is several counters in one: it falls when one of them goes. A `rate` is how
#: a counter grew; an `average`, a `quantile` and a `ratio` cannot be added or averaged again.
Samples = Literal[
    "unknown", "counter", "merged", "gauge", "bucket", "histogram", "rate", "average", "quantile", "ratio",
    "timestamp", "truth", "info", "count",
]  # fmt: skip

#: As people call them.
SAMPLES_WORDS: dict[Samples, str] = {
    "counter": "counter",
    "merged": "sum of counters",
    "gauge": "gauge",
    "bucket": "buckets of a histogram",
    "histogram": "native histogram",
    "rate": "rate",
    "average": "average",
    "quantile": "quantile",
    "ratio": "ratio",
    "timestamp": "timestamp",
    "truth": "gauge of 0 and 1",
    "info": "info metric",
    "count": "count",
    "unknown": "series",
}


#: The numbers of samples that a client exposes; those of all other kinds may be any.
NUMBERS: Mapping[Samples, Numbers] = {"counter": NOT_NEGATIVE, "bucket": NOT_NEGATIVE, "info": ONE, "truth": TRUTH}


@attrs.frozen(order=False, eq=False, slots=True, kw_only=True)
class Series:
    """
    All series of one name.

    *buckets* are a classic histogram's finite upper bounds. *interval* is how often they get a sample, in
    milliseconds, None where nobody knows. *preset* says that each is there from its target's start. *scope* are the
    matchers that every selector of it is given. *reserved* are texts of labels that nothing has yet.
    *watched* says that something fires when they vanish. *deprecated* is what to do instead.
    """

    name: str
    samples: Samples = "unknown"
    labels: Labels = UNKNOWN_LABELS
    unit: MetricUnit | None = None
    numbers: Numbers = ANYTHING
    buckets: tuple[Decimal, ...] = ()
    interval: int | None = None
    preset: bool = True
    scope: tuple[Matcher, ...] = ()
    reserved: Mapping[str, frozenset[str]] = attrs.field(factory=dict)
    recorded: bool = False
    watched: bool = True
    deprecated: str = ""

    def opened(self) -> Series:
        """The same, with more labels than are known."""
        return attrs.evolve(self, labels=Labels(self.labels.known, ANY))

    def merged(self, other: Series) -> Series:
        """The series of both, which share a name."""
        return attrs.evolve(
            self,
            samples=self.samples if self.samples == other.samples else "unknown",
            labels=self.labels | other.labels,
            unit=self.unit if self.unit == other.unit else None,
            numbers=self.numbers | other.numbers,
            buckets=self.buckets if self.buckets == other.buckets else (),
            interval=self.interval if self.interval == other.interval else None,
            watched=self.watched and other.watched,
        )


@attrs.frozen(order=False, eq=False, slots=True)
class World:
    """
    Every series that can be named. One that is not here may be anything.

    *closed* says that there should be none but these: of another name it is said elsewhere, and once is enough.
    """

    series: Mapping[str, Series] = attrs.field(factory=dict)
    closed: bool = False
    _typed: dict[int, Typed] = attrs.field(factory=dict, init=False)

    def typed(self, root: Node) -> Typed:
        """The type of each node of a tree; asked for again, it is the same."""
        found = self._typed.get(id(root))
        if found is None:
            from watchwright.semantics.typing import typed  # noqa: PLC0415 - typing asks the world

            found = self._typed[id(root)] = typed(root, self)
        return found

    def of(self, name: str) -> Series | None:
        """What is known of the series of that name."""
        return self.series.get(name)

    def unit(self, name: str) -> MetricUnit | None:
        """The unit of the series of that name."""
        series = self.series.get(name)
        return None if series is None else series.unit
