"""Service level objectives: what they promise, how they count, and where their rules run."""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterable, Iterator
from decimal import ROUND_CEILING, ROUND_FLOOR, Context, Decimal
from fractions import Fraction
from math import gcd

import attrs

from watchwright.finding import Finding, check
from watchwright.lower.plan import Fleet, Origin, Plan
from watchwright.lower.slos.lowering import Promised
from watchwright.lower.slos.objective import Objective, over, short
from watchwright.lower.slos.windows import is_short
from watchwright.model.duration import milliseconds
from watchwright.model.platform import Platform
from watchwright.model.sli import Latency, Ratio
from watchwright.model.slo import LONGEST, Slo, Tier, budget
from watchwright.query.printer import duration, number
from watchwright.query.tree import Node, Selector, walk
from watchwright.semantics.labels import Labels


@attrs.frozen(eq=False)
class At:
    """One SLO, with what is around it."""

    platform: Platform
    plan: Plan
    promise: Promised

    @property
    def objective(self) -> Objective:
        """It with everything settled."""
        return self.promise.objective

    @property
    def slo(self) -> Slo:
        """It as it was written."""
        return self.promise.objective.slo

    @property
    def tiers(self) -> tuple[Tier, ...]:
        """The tiers of all its alerts; one that several have is there once."""
        return tuple(dict.fromkeys(tier for burning in self.objective.burning for tier in burning.alert.tiers))

    def labels(self, node: Node) -> Labels:
        """The labels of an expression."""
        return self.plan.world.typed(node).type.labels


def each_slo(look: Callable[[At], Iterable[tuple[str, str]]]) -> Callable[[Fleet], Iterator[Finding]]:
    """A check of one SLO after the other, from messages with hints."""

    @functools.wraps(look)
    def run(fleet: Fleet) -> Iterator[Finding]:
        for plan in fleet.plans:
            for promise in plan.promises:
                for message, hint in look(At(fleet.platform, plan, promise)):
                    yield promise.objective.origin.finding(message, hint)

    return run


_HALF = 50  # percent
_DIGITS = Context(prec=3)
_FLOOR = Context(prec=3, rounding=ROUND_FLOOR)
_CEILING = Context(prec=3, rounding=ROUND_CEILING)
_REMEMBERED = 300_000  # https://prometheus.io/docs/prometheus/latest/querying/basics/#staleness


def _written(value: Fraction, digits: Context = _DIGITS) -> str:
    return number(digits.divide(Decimal(value.numerator), Decimal(value.denominator)))


@check("slo/duplicate")
def duplicate(fleet: Fleet) -> Iterator[Finding]:
    """
    Two SLOs of one system have the same name.

    Series, alerts and boards know an SLO by its name: of the two only the first has rules. Rename the other one.
    """
    for plan in fleet.plans:
        seen: dict[str, Slo] = {}
        for slo in plan.system.slos:
            other = seen.setdefault(slo.name, slo)
            if other is not slo:
                origin = Origin.of(plan.system, f"slo {slo.name}", slo)
                yield origin.finding(f"SLO `{slo.name}` is defined twice", f"the other one is at {other.source.place}")


@check("slo/dependency", severity="warning")
@each_slo
def dependency(at: At) -> Iterator[tuple[str, str]]:
    """
    An SLO promises more than one that it depends on.

    If what it needs uses up all of its own budget, this one is broken, whatever the team does. Promise no more, or
    accept this with what makes up for it, such as retries or a cache. Of objectives by label the strictest counts.
    """
    ours = _strictest(at.slo)
    for needed in at.slo.depends_on:
        theirs = _strictest(needed)
        if ours > theirs:
            message = f"it promises {number(ours)} %, and depends on `{needed.name}`, which promises {number(theirs)} %"
            yield message, f"promise {number(theirs)} % at most"


def _strictest(slo: Slo) -> Decimal:
    own = Decimal(100) if slo.objective is None else slo.objective
    return max((own, *slo.objectives.values()))


@check("slo/objective-value", severity="warning")
@each_slo
def objective_value(at: At) -> Iterator[tuple[str, str]]:
    """
    `objectives` has a value that the label never has.

    It is misspelt, or the metric's declaration lacks it: that objective is no event's. Values are known where the label
    is declared with `values=`.
    """
    for value in at.slo.objectives:
        label = at.slo.by[0]
        known = at.labels(at.promise.fast[0].expr).of(label)
        listed = sorted(known.listed - {""})
        if listed and value not in known:
            yield f"`{label}` is never `{value}`", f"it is {', '.join(f'`{each}`' for each in listed)}"


@check("slo/low-objective", severity="warning")
@each_slo
def low_objective(at: At) -> Iterator[tuple[str, str]]:
    """
    An objective promises that less than half of all events are good.

    Objectives are percentages: 0.999 promises one event in a hundred, and 99.9 all but one in a thousand. Accept this
    where so little is meant.
    """
    for objective in dict.fromkeys(each for each in (at.slo.objective, *at.slo.objectives.values()) if each):
        if objective < _HALF:
            share = f"say {number(objective * 100)}" if objective <= 1 else ""
            yield f"an objective of {number(objective)} % lets {number(100 - objective)} % be bad", share


@check("slo/small-budget", severity="warning")
@each_slo
def small_budget(at: At) -> Iterator[tuple[str, str]]:
    """
    With the `traffic` that an SLO declares, its budget is less than one event.

    One bad event breaks the promise, and no alert on a rate of errors can say so before. Take a longer period or a
    lower objective; or say `any_error=True`, where no error is ever acceptable.
    """
    expected, bad = _expected(at)
    if expected is not None and bad < 1:
        message = f"its budget is {_written(bad)} of the {_written(expected)} events of {at.objective.period_window}"
        yield message, "take a longer period, a lower objective, or any_error=True"


@check("slo/low-traffic", severity="warning")
@each_slo
def low_traffic(at: At) -> Iterator[tuple[str, str]]:
    """
    The alerts of an SLO wait for more bad events than its whole budget allows, with the `traffic` that it declares.

    `least_failures` keeps one error on a quiet service from waking anybody. Here the budget is spent before there are
    so many. Lower it, or promise less: a longer period or a lower objective.
    """
    (expected, bad), least = _expected(at), at.slo.least_failures
    if expected is not None and 1 <= bad < least and at.tiers:
        message = f"its budget is {_written(bad)} events, and its alerts wait for {least} bad ones"
        yield message, "lower `least_failures`, take a longer period or a lower objective"


def _expected(at: At) -> tuple[Fraction | None, Fraction]:
    """How many events a period has, if that is declared, and how many may be bad where the objective is strictest."""
    if at.slo.traffic is None or at.slo.any_error:
        return None, Fraction(0)
    events = Fraction(at.slo.traffic) * at.objective.period / 1000
    return events, round(events * Fraction(budget(_strictest(at.slo))), 6)  # `5 / hours` is not exact in seconds


@check("slo/retention")
@each_slo
def retention(at: At) -> Iterator[tuple[str, str]]:
    """
    An SLO looks further back than Prometheus keeps samples.

    The budget of 30 days is then that of the two weeks that are there, and errors are forgiven before their time.
    `retention` of the `Platform` says how long samples are kept: 15 days, as Prometheus does, unless you say more.
    A month takes up to 31 days, a quarter up to 92.
    """
    kept = at.platform.retention
    windows = {"period": [LONGEST.get(at.slo.period, at.slo.period)], "window": [tier.over for tier in at.tiers]}
    for which, lengths in windows.items():
        for length in dict.fromkeys(lengths):
            if milliseconds(length, "a window") > milliseconds(kept, "retention"):
                hint = f"take a shorter {which}, or raise `retention` of the platform if the server keeps more"
                said = f"a {at.slo.period}, up to {length}" if LONGEST.get(at.slo.period) == length else length
                yield f"its {which} is {said}, and samples are kept for {kept}", hint


@check("slo/window")
@each_slo
def window(at: At) -> Iterator[tuple[str, str]]:
    """
    A window of a tier is shorter than four evaluations or four scrapes.

    So few samples are no ratio of errors: one scrape decides, and an alert flaps with it. Take a longer window, or
    scrape and evaluate more often.
    """
    # of several jobs it may be the one that is scraped most often
    step, what = max((at.objective.timing.fast, "evaluations"), (min(_scraped(at), default=0), "scrapes"))
    lengths = {length(tier): text for tier in at.tiers for length, text in ((over, tier.over), (short, tier.short))}
    for length, text in sorted(lengths.items())[:1]:
        if length < 4 * step:
            message = f"a window of {text} is shorter than four {what}, one every {duration(step)}"
            yield message, f"take {duration(4 * step)} at least"


@check("slo/interval", severity="warning")
@each_slo
def interval(at: At) -> Iterator[tuple[str, str]]:
    """
    An SLO is evaluated so often, or so seldom, that it does not count exactly.

    What a counter grew by from one evaluation to the next is counted once, however often it is scraped. But above five
    minutes Prometheus has forgotten a sample before the next one comes, for boards and queries. Below the scrape
    interval of its jobs, what was counted around a scrape that failed is lost. A short window that is no whole number
    of evaluations covers a little more or less than it says. And a native histogram is read by `rate`, over a window
    that suits one scrape interval: where jobs have several, events of some weigh more than those of others.
    """
    every, scraped = at.objective.timing.fast, _scraped(at)
    slowest, native = max(scraped, default=0), at.promise.streams.made == "rate"
    if every > _REMEMBERED:
        hint = "say 5m at most" if at.slo.interval else "scrape its jobs more often"
        yield f"it is evaluated every {duration(every)}, and Prometheus forgets a sample after 5m", hint
        return
    if native and any((slowest - each) % every for each in scraped):
        written = " and ".join(map(duration, sorted(scraped)))
        yield f"its jobs are scraped every {written}, and `rate` suits one of these", "scrape them equally often"
    elif every < slowest and isinstance(at.slo.sli, Ratio | Latency) and not native:
        message = f"it is evaluated every {duration(every)}, and one of its jobs is scraped every {duration(slowest)}"
        yield f"{message}: a scrape that fails loses events", f"leave `interval` out, or say {duration(slowest)}"
    for each in [length for length in _short_windows(at) if length % every][:1]:
        message = f"a window of {duration(each)} is no whole number of evaluations, one every {duration(every)}"
        covered = max(round(Fraction(each, every)), 1) * every
        yield f"{message}: it covers {duration(covered)}", _suitable(at)


def _short_windows(at: At) -> list[int]:
    return [each for each in at.objective.windows if is_short(each, at.objective.timing)]


def _suitable(at: At) -> str:
    every, common = at.objective.timing.fast, gcd(*_short_windows(at))
    found = next((each for each in range(-(-every // 1000) * 1000, common + 1, 1000) if common % each == 0), 0)
    return f'say interval="{duration(found)}"' if found else ""


def _scraped(at: At) -> frozenset[int]:
    """How often the jobs of the system are scraped that may expose what is counted."""
    part = at.promise.streams.part
    read = [part.whole, part.some] if part else walk(at.promise.streams.total.node)
    of_jobs = [at.labels(each).of("job") for each in read if isinstance(each, Selector)]
    return frozenset(
        milliseconds(job.interval or at.platform.scrape_interval, "an interval")
        for job in at.plan.jobs
        if any(name in values for values in of_jobs for name in (job.name, *job.brings))
    )


@check("slo/unreachable")
@each_slo
def unreachable(at: At) -> Iterator[tuple[str, str]]:
    """
    A tier begins above an error ratio of 1 or more, which not even an outage exceeds.

    The ratio above which it begins is what it spends of the budget, times the period, divided by its window, times the
    share of events that may be bad. Let it spend less of the budget, or leave it out.
    """
    for tier in at.tiers:
        least = max(at.objective.shares, key=lambda each: each.budget)
        threshold = at.objective.threshold(tier, least)
        if threshold >= 1:
            others = " for all others" if at.slo.objectives else ""
            whose = f" for `{'`, `'.join(least.values)}`" if least.values else others
            most = Fraction(over(tier)) / at.objective.period / Fraction(least.budget)
            message = f"the tier of {tier.over} begins above an error ratio of {_written(Fraction(threshold))}{whose}"
            yield message, f"let it spend less than {_written(most * 100, _FLOOR)} % of the budget, or leave it out"


@check("slo/slow-tier", severity="warning")
@each_slo
def slow_tier(at: At) -> Iterator[tuple[str, str]]:
    """
    A tier alerts on errors that the budget lasts for.

    It begins where the budget burns less than 0.9 times as fast as it may: going on like this, some would be left at
    the end of the period. Let it spend more of the budget, or take a shorter window.
    """
    for tier in at.tiers:
        rate = at.objective.burn_rate(tier)
        if rate < Fraction(9, 10):
            least = Fraction(over(tier)) / at.objective.period
            hint = f"let it spend {_written(least * 100, _CEILING)} %" if least <= 1 else "take a shorter window"
            yield f"the tier of {tier.over} begins at {_written(rate)} times the rate that the budget allows", hint
