"""
The test that leads an SLO from its own counters to its page: healthy, an outage, and then nothing at all.

It needs a value for each label that the indicator selects; where a pattern takes none that is known, there is no test.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping

import attrs

from watchwright.lower.plan import Expectation, InputSeries, UnitTest
from watchwright.lower.slos.alerts import Drafted
from watchwright.lower.slos.cases import expectation, group_labels, series_text
from watchwright.lower.slos.lowering import Promised
from watchwright.lower.slos.maintenance import first_free
from watchwright.lower.slos.objective import CURRENT, Objective, over
from watchwright.lower.slos.vocabulary import window_text
from watchwright.model.metric import Metric
from watchwright.query.printer import duration
from watchwright.query.tree import Matcher, Selector
from watchwright.semantics.values import alternatives, takes

_MINUTE = 60_000
_HEALTHY = 70  # minutes
_LONGEST = 60


def outage(promise: Promised) -> Iterator[UnitTest]:
    """One test, if it can be told from the definition which series the indicator reads."""
    objective = promise.objective
    page = _page(promise)
    counted = _counted(promise)
    if page is None or counted is None:
        return
    draft, lasts = page
    timing = objective.timing
    start = first_free(objective.slo.maintenance, _HEALTHY + lasts + 30, objective.timing.late)
    if start is None:
        return
    begins = start + _HEALTHY
    events = max(_FEWEST, objective.least_failures, objective.slo.least_events)
    steps = _Steps(scrape=timing.scrape, idle=start, healthy=_HEALTHY, bad=lasts, events=events)
    share = objective.shares[-1]
    known = {**objective.words.labels, **group_labels(share, objective)}
    yield UnitTest(
        name=f"{draft.name}: an outage pages, from the counters on",
        file="slo-fast",
        interval=duration(timing.scrape),
        series=(
            *(InputSeries(series=series, values=steps.of(kind)) for series, kind in counted),
            *(InputSeries(series=series, values=f"1x{steps.all}") for series in _up(counted)),
        ),
        expectations=(
            _no_errors(f"{begins - 1}m", objective, known),
            expectation(f"{begins - 1}m", draft, objective, []),
            expectation(f"{begins + lasts - 1}m", draft, objective, [share]),
        ),
        origin=objective.origin.below(f"alert {draft.name}", objective.origin.source),
    )


def _page(promise: Promised) -> tuple[Drafted, int] | None:
    """The first alert on an hour or so, and the minutes after which it tells of an outage of everything."""
    objective = promise.objective
    for burning in objective.burning:
        draft = next(each for each in promise.drafts if each.name == burning.name)
        for tier in burning.alert.tiers if not draft.for_ else ():
            threshold = objective.threshold(tier, objective.shares[-1])
            minutes = int(threshold * over(tier) / _MINUTE) + 5 + -(-2 * objective.timing.fast // _MINUTE)
            if over(tier) <= _HEALTHY * _MINUTE and minutes < _LONGEST:
                return draft, minutes
    return None


def _no_errors(when: str, objective: Objective, known: Mapping[str, str]) -> Expectation:
    """A bad series that never was is no error, and no gap."""
    window = window_text(CURRENT)
    ratio = objective.words.series("ratio", window)
    labels = {**known, **objective.words.labelled(window)}
    return Expectation(eval_time=when, expr=f"{ratio.node!r} == bool 0", samples=(series_text("", labels),))


# Samples ------------------------------------------------------------------------------------------------

_FEWEST = 30  # events between two scrapes


@attrs.frozen(kw_only=True)
class _Steps:
    """Minutes of nothing, of health and of outage, in scrapes, and the *events* between two of these."""

    scrape: int
    idle: int
    healthy: int
    bad: int
    events: int

    def _count(self, minutes: int) -> int:
        return minutes * _MINUTE // self.scrape

    @property
    def all(self) -> int:
        """How many scrapes there are."""
        return self._count(self.idle + self.healthy + self.bad)

    def of(self, kind: str) -> str:
        """The samples of all events, of good ones, or of bad ones, which appear with the first of them."""
        idle = f"_x{self._count(self.idle)} " if self.idle else ""
        healthy, bad = self._count(self.healthy), self._count(self.bad)
        reached = self.events * healthy
        match kind:
            case "all":
                return f"{idle}0+{self.events}x{healthy + bad}"
            case "good":
                return f"{idle}0+{self.events}x{healthy} {reached}x{bad}"
            case _:
                return f"_x{self._count(self.idle) + healthy} {self.events}+{self.events}x{bad}"


# Series -------------------------------------------------------------------------------------------------


def _counted(promise: Promised) -> list[tuple[str, str]] | None:
    """The series that the indicator reads, each with what it counts."""
    part, objective = promise.streams.part, promise.objective
    if part is None:
        return None
    some, rest = ("good", "bad") if part.good else ("bad", "good")
    if part.whole.name != part.some.name:
        return _several([(part.whole, "all", ()), (part.some, some, ())], objective)
    extra = tuple(each for each in part.some.matchers if each not in part.whole.matchers)
    return _several([(part.some, some, ()), (part.whole, rest, extra)], objective)


_DOTS = re.compile(r"\.[*+]")


def _up(counted: Iterable[tuple[str, str]]) -> Iterator[str]:
    """The targets of series, which answer."""
    jobs = dict.fromkeys(found[1] for series, _ in counted if (found := _JOB.search(series)))
    yield from (series_text("up", {"job": job, "instance": "one"}) for job in jobs)


_JOB = re.compile(r'\bjob="([^"]*)"')


def _several(
    wanted: Iterable[tuple[Selector, str, tuple[Matcher, ...]]], objective: Objective
) -> list[tuple[str, str]] | None:
    found: list[tuple[str, str]] = []
    for selector, kind, unlike in wanted:
        labels = _labels(selector, unlike, objective)
        if labels is None:
            return None
        found.append((series_text(selector.name, labels), kind))
    return found


def _labels(selector: Selector, unlike: tuple[Matcher, ...], objective: Objective) -> dict[str, str] | None:
    """A value for each label that the selector names; one of *unlike* must not match."""
    grouped = group_labels(objective.shares[-1], objective)
    labels = {"job": "", "instance": "one", **grouped}
    other = unlike[0] if unlike else None
    for label in dict.fromkeys((*(each.label for each in (*selector.matchers, *unlike)), *labels)):
        own = [each for each in selector.matchers if each.label == label]
        options = [labels.get(label, ""), *_known(label, own, objective), "one", "other"]
        fitting = (
            value
            for value in options
            if all(takes(each, value) for each in own)
            and (other is None or other.label != label or takes(other, value) is False)
            and (label not in grouped or value == grouped[label])
        )
        value = next(fitting, None)
        if value is None:
            return None
        labels[label] = value
    return {label: value for label, value in labels.items() if value}


def _known(label: str, matchers: list[Matcher], objective: Objective) -> Iterator[str]:
    for matcher in matchers:
        yield from (matcher.value,) if matcher.op == "=" else ()
        if matcher.op == "=~":
            yield from sorted(alternatives(matcher.value) or ())
            # `5..` takes 500, and `shop-.*` takes shop-
            yield from (_DOTS.sub("", each).replace(".", "0") for each in matcher.value.split("|"))
    for words in objective.slo.sli.expressions():
        for metric in words.reaches:
            if isinstance(metric, Metric):
                yield from (value for each in metric.labels if each.name == label for value in each.values)
    for scope in objective.system.jobs if label == "job" else ():
        yield scope.name
