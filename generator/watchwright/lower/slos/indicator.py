"""An indicator as one would write it by hand: what the checks of expressions look at."""

from __future__ import annotations

from collections.abc import Iterator
from functools import singledispatch

from watchwright.lower.resolve import Resolver
from watchwright.lower.slos.objective import Objective
from watchwright.model.expression import Words
from watchwright.model.series import CounterWords
from watchwright.model.sli import ErrorRatio, Fresh, Held, Latency, Ratio, Sli, Tracked
from watchwright.model.words import time
from watchwright.query.printer import duration
from watchwright.query.tree import Node

_USUAL, _SCRAPES = 300_000, 4


def indicator(objective: Objective, resolver: Resolver) -> Iterator[Node]:
    """The expressions of an SLO, scoped."""
    # a range that holds four scrapes, as everybody would write it
    over = duration(max(_USUAL, _SCRAPES * objective.timing.scrape))
    for words in written(objective.slo.sli, objective.slo.by, over):
        yield resolver.resolve(words.instant().node, objective.origin)


@singledispatch
def written(sli: Sli, by: tuple[str, ...], over: str) -> Iterator[Words]:
    """What an indicator compares, with rates over *over*."""
    raise NotImplementedError(type(sli))


def _share(part: CounterWords, total: CounterWords, by: tuple[str, ...], over: str) -> Words:
    """As `ratio()`, without the part that is 0 where nothing bad was ever counted."""
    return part.rate(over).sum(by=by or None) / (total.rate(over).sum(by=by or None) > 0)


@written.register
def _(sli: Ratio, by: tuple[str, ...], over: str) -> Iterator[Words]:
    yield _share(sli.part, sli.total, by, over)


@written.register
def _(sli: Latency, by: tuple[str, ...], over: str) -> Iterator[Words]:
    if sli.histogram._native:  # noqa: SLF001 - the word's own kind
        yield sli.histogram.quantile(0.5, over=over, by=by)
    else:
        yield sli.histogram.count.rate(over).sum(by=by or None)


@written.register
def _(sli: Held, by: tuple[str, ...], _over: str) -> Iterator[Words]:
    yield sli.of.unless(sli.condition)
    yield sli.of.count(by=by or None)


@written.register
def _(sli: Tracked, by: tuple[str, ...], _over: str) -> Iterator[Words]:
    yield sli.reached
    yield sli.value.count(by=by or None)


@written.register
def _(sli: Fresh, by: tuple[str, ...], _over: str) -> Iterator[Words]:
    yield (time() - sli.timestamp).max(by=by or None)


@written.register
def _(sli: ErrorRatio, by: tuple[str, ...], _over: str) -> Iterator[Words]:
    yield sli.ratio if sli.traffic is None else (sli.ratio * sli.traffic).sum(by=by or None)
