"""
Histograms that take many observations at once.

A model answers 150 requests a second: to observe each of them by itself would take longer than to simulate all else.
How many fall into which bucket is thrown as it would be for so many, and what is exposed looks the same.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from itertools import accumulate
from random import Random
from statistics import NormalDist

import attrs
from prometheus_client import CollectorRegistry
from prometheus_client.metrics_core import HistogramMetricFamily, Metric
from prometheus_client.registry import Collector

from simulators.clockwork import of_them


@attrs.frozen
class Took:
    """Durations in seconds: half of them below *median*, a few much longer."""

    median: float
    spread: float = 0.3  # of the logarithm

    def below(self, bound: float) -> float:
        """The share up to a bound."""
        return NormalDist(math.log(self.median), self.spread).cdf(math.log(bound))

    @property
    def mean(self) -> float:
        """Long ones weigh more: it lies above the median."""
        return self.median * math.exp(self.spread**2 / 2)


@attrs.frozen
class Near:
    """Shares around a *mean*, none above 1."""

    mean: float
    spread: float = 0.06

    def below(self, bound: float) -> float:
        """The share up to a bound."""
        return 1.0 if bound >= 1 else NormalDist(self.mean, self.spread).cdf(bound)


class Observed(Collector):
    """A histogram in a registry; a child appears at its first observation, and one without labels at once."""

    def __init__(
        self, name: str, text: str, bounds: Sequence[float], registry: CollectorRegistry, labels: Sequence[str] = ()
    ) -> None:
        self._name, self._text, self._bounds, self._labels = name, text, bounds, labels
        self._counts: dict[tuple[str, ...], list[int]] = {}
        self._sums: dict[tuple[str, ...], float] = {}
        if not labels:
            self._child(())
        registry.register(self)

    def observe(self, dice: Random, count: int, what: Took | Near, *labels: str) -> None:
        """So many observations."""
        counts = self._child(labels)
        left, passed = count, 0.0
        for number, bound in enumerate(self._bounds):
            below = what.below(bound)
            there = of_them(dice, left, (below - passed) / (1 - passed)) if passed < below else 0
            counts[number] += there
            left, passed = left - there, below
        counts[-1] += left
        self._sums[labels] += count * what.mean * dice.gauss(1, what.spread / math.sqrt(count or 1))

    def _child(self, labels: tuple[str, ...]) -> list[int]:
        self._sums.setdefault(labels, 0.0)
        return self._counts.setdefault(labels, [0] * (len(self._bounds) + 1))

    def describe(self) -> Iterator[Metric]:
        """What it exposes, before anything is observed."""
        yield HistogramMetricFamily(self._name, self._text, labels=self._labels)

    def collect(self) -> Iterator[Metric]:
        """What it exposes now."""
        family = HistogramMetricFamily(self._name, self._text, labels=self._labels)
        for labels, counts in self._counts.items():
            bounds = [*(str(float(bound)) for bound in self._bounds), "+Inf"]
            family.add_metric(labels, list(zip(bounds, accumulate(counts), strict=True)), self._sums[labels])
        yield family
