"""An indicator as one would write it by hand: what the checks of expressions look at."""

from __future__ import annotations

from collections.abc import Iterator
from functools import singledispatch

from watchwright.lower.resolve import Resolver
from watchwright.lower.slos.objective import Objective
from watchwright.model.expression import Words
from watchwright.model.series import CounterWords
from watchwright.model.sli import ErrorRatio, Fresh, Held, Latency, Ratio, Sli
from watchwright.model.words import time
from watchwright.query.tree import Node


def indicator(objective: Objective, resolver: Resolver) -> Iterator[Node]:
    """The expressions of an SLO, scoped."""
    for words in written(objective.slo.sli, objective.slo.by):
        yield resolver.resolve(words.instant().node, objective.origin)


@singledispatch
def written(sli: Sli, by: tuple[str, ...]) -> Iterator[Words]:
    """What an indicator compares."""
    raise NotImplementedError(type(sli))


def _share(part: CounterWords, total: CounterWords, by: tuple[str, ...]) -> Words:
    """As `ratio()`, without the part that is 0 where nothing bad was ever counted."""
    return part.rate("5m").sum(by=by or None) / (total.rate("5m").sum(by=by or None) > 0)


@written.register
def _(sli: Ratio, by: tuple[str, ...]) -> Iterator[Words]:
    yield _share(sli.part, sli.total, by)


@written.register
def _(sli: Latency, by: tuple[str, ...]) -> Iterator[Words]:
    if sli.histogram._native:  # noqa: SLF001 - the word's own kind
        yield sli.histogram.quantile(0.5, over="5m", by=by)
    else:
        yield sli.histogram.count.rate("5m").sum(by=by or None)


@written.register
def _(sli: Held, by: tuple[str, ...]) -> Iterator[Words]:
    yield sli.of.unless(sli.condition)
    yield sli.of.count(by=by or None)


@written.register
def _(sli: Fresh, by: tuple[str, ...]) -> Iterator[Words]:
    yield (time() - sli.timestamp).max(by=by or None)


@written.register
def _(sli: ErrorRatio, by: tuple[str, ...]) -> Iterator[Words]:
    yield sli.ratio if sli.traffic is None else sli.ratio.avg(by=by or None) * sli.traffic.sum(by=by or None)
