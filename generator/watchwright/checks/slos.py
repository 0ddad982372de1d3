"""Service level objectives: what they promise, how they count, and where their rules run."""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterable, Iterator
from decimal import ROUND_CEILING, ROUND_FLOOR, Context, Decimal
from fractions import Fraction
from math import gcd

import attrs

from watchwright.finding import Finding, check
from watchwright.lower import names
from watchwright.lower.plan import Fleet, Origin, Plan
from watchwright.lower.slos.lowering import Promised
from watchwright.lower.slos.objective import Objective, over, short
from watchwright.model.duration import milliseconds
from watchwright.model.platform import Platform
from watchwright.model.sli import ErrorRatio, Latency, Ratio
from watchwright.model.slo import Slo, Tier, budget
from watchwright.query.printer import duration, number
from watchwright.query.rewrite import rewrite
from watchwright.query.tree import Matcher, Node, Selector, walk
from watchwright.query.units import unit
from watchwright.semantics.labels import UNKNOWN_LABELS, Labels
from watchwright.semantics.values import alternatives, takes


@attrs.frozen(eq=False)
class _At:
    """One SLO, with what is around it."""

    platform: Platform
    plan: Plan
    promise: Promised

    @property
    def objective(self) -> Objective:
        return self.promise.objective

    @property
    def slo(self) -> Slo:
        return self.promise.objective.slo

    @property
    def tiers(self) -> tuple[Tier, ...]:
        """The tiers of all its alerts; one that several have is there once."""
        return tuple(dict.fromkeys(tier for burning in self.objective.burning for tier in burning.alert.tiers))

    def labels(self, node: Node) -> Labels:
        """The labels of an expression."""
        return self.plan.world.typed(node).type.labels


# a check of one SLO after the other, from messages with hints
def _each(look: Callable[[_At], Iterable[tuple[str, str]]]) -> Callable[[Fleet], Iterator[Finding]]:
    @functools.wraps(look)
    def run(fleet: Fleet) -> Iterator[Finding]:
        for plan in fleet.plans:
            for promise in plan.promises:
                for message, hint in look(_At(fleet.platform, plan, promise)):
                    yield promise.objective.origin.finding(message, hint)

    return run


_DIGITS = Context(prec=3)
_FLOOR = Context(prec=3, rounding=ROUND_FLOOR)
_CEILING = Context(prec=3, rounding=ROUND_CEILING)
# how far back a period of the calendar is looked for
_LONGEST = {"month": "31d", "quarter": "92d"}
_REMEMBERED = 300_000  # https://prometheus.io/docs/prometheus/latest/querying/basics/#staleness
_ANOTHER = "some-other-value"


def _written(value: Fraction, digits: Context = _DIGITS) -> str:
    return number(digits.divide(Decimal(value.numerator), Decimal(value.denominator)))


def _named(matchers: Iterable[Matcher]) -> str:
    return " and ".join(f'`{each.label}{each.op}"{each.value}"`' for each in matchers)


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


@check("slo/same-indicator", severity="warning")
def same_indicator(fleet: Fleet) -> Iterator[Finding]:
    """
    Two SLOs of one system count the same events, in the same groups and over the same period.

    Each error burns both budgets, so that the alerts of both begin at once. Accept this where both are promised on
    purpose, such as one to customers and a stricter one to yourselves.
    """
    for plan in fleet.plans:
        seen: dict[tuple[object, ...], Objective] = {}
        for promise in plan.promises:
            ours = promise.objective
            streams = (_anonymous(rule.expr, ours) for rule in promise.fast[:2])
            other = seen.setdefault((*streams, ours.period_window), ours)
            if other is not ours:
                message = f"SLO `{ours.slo.name}` counts what `{other.slo.name}` does, over the same period"
                yield ours.origin.finding(message, "keep one of them, with the alerts of both")


def _anonymous(expr: Node, objective: Objective) -> Node:
    """A stream without the name of the SLO that it belongs to."""
    own = set(objective.words.identity)

    def change(node: Node) -> Node:
        if isinstance(node, Selector) and own <= set(node.matchers):
            return Selector(node.name, tuple(each for each in node.matchers if each not in own))
        return node

    return rewrite(expr, change)


@check("slo/dependency", severity="warning")
@_each
def dependency(at: _At) -> Iterator[tuple[str, str]]:
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
@_each
def objective_value(at: _At) -> Iterator[tuple[str, str]]:
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


@check("slo/small-budget", severity="warning")
@_each
def small_budget(at: _At) -> Iterator[tuple[str, str]]:
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
@_each
def low_traffic(at: _At) -> Iterator[tuple[str, str]]:
    """
    The alerts of an SLO wait for more bad events than its whole budget allows, with the `traffic` that it declares.

    `least_failures` keeps one error on a quiet service from waking anybody. Here the budget is spent before there are
    so many. Lower it, or promise less: a longer period or a lower objective.
    """
    (expected, bad), least = _expected(at), at.slo.least_failures
    if expected is not None and 1 <= bad < least and at.tiers:
        message = f"its budget is {_written(bad)} events, and its alerts wait for {least} bad ones"
        yield message, "lower `least_failures`, take a longer period or a lower objective"


def _expected(at: _At) -> tuple[Fraction | None, Fraction]:
    """How many events a period has, if that is declared, and how many may be bad where the objective is strictest."""
    if at.slo.traffic is None or at.slo.any_error:
        return None, Fraction(0)
    events = Fraction(at.slo.traffic) * at.objective.period / 1000
    return events, round(events * Fraction(budget(_strictest(at.slo))), 6)  # `5 / hours` is not exact in seconds


@check("slo/retention")
@_each
def retention(at: _At) -> Iterator[tuple[str, str]]:
    """
    An SLO looks further back than Prometheus keeps samples.

    The budget of 30 days is then that of the two weeks that are there, and errors are forgiven before their time.
    `retention` of the `Platform` says how long samples are kept: 15 days, as Prometheus does, unless you say more.
    A month takes up to 31 days, a quarter up to 92.
    """
    kept = at.platform.retention
    windows = {"period": [_LONGEST.get(at.slo.period, at.slo.period)], "window": [tier.over for tier in at.tiers]}
    for which, lengths in windows.items():
        for length in dict.fromkeys(lengths):
            if milliseconds(length, "a window") > milliseconds(kept, "retention"):
                hint = f"take a shorter {which}, or raise `retention` of the platform if the server keeps more"
                yield f"its {which} is {length}, and samples are kept for {kept}", hint


@check("slo/window")
@_each
def window(at: _At) -> Iterator[tuple[str, str]]:
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
@_each
def interval(at: _At) -> Iterator[tuple[str, str]]:
    """
    An SLO is evaluated so often, or so seldom, that it does not count exactly.

    What a counter grew by from one evaluation to the next is counted once, however often it is scraped. But above five
    minutes Prometheus has forgotten a sample before the next one comes, for boards and queries. Below the scrape
    interval of its jobs, what was counted around a scrape that failed is lost. A window that is no whole number of
    evaluations covers a little more than it says. And a native histogram is read by `rate`, over a window that suits
    one scrape interval: where jobs have several, events of some weigh more than those of others.
    """
    every, scraped = at.objective.timing.fast, _scraped(at)
    slowest, native = max(scraped, default=0), isinstance(at.slo.sli, Latency) and not _bucket_of(at)
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
    for each in [length for length in at.objective.windows[0] if length % every][:1]:
        message = f"a window of {duration(each)} is no whole number of evaluations, one every {duration(every)}"
        yield f"{message}: it covers {duration(-(-each // every) * every)}", _suitable(at)


def _suitable(at: _At) -> str:
    every, common = at.objective.timing.fast, gcd(*at.objective.windows[0])
    found = next((each for each in range(-(-every // 1000) * 1000, common + 1, 1000) if common % each == 0), 0)
    return f'say interval="{duration(found)}"' if found else ""


def _scraped(at: _At) -> frozenset[int]:
    """How often the jobs of the system are scraped that may expose what is counted."""
    of_jobs = [at.labels(each).of("job") for each in walk(at.promise.fast[0].expr) if isinstance(each, Selector)]
    return frozenset(
        milliseconds(job.interval or at.platform.scrape_interval, "an interval")
        for job in at.plan.jobs
        if any(name in values for values in of_jobs for name in (job.name, *job.brings))
    )


@check("slo/unreachable")
@_each
def unreachable(at: _At) -> Iterator[tuple[str, str]]:
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
@_each
def slow_tier(at: _At) -> Iterator[tuple[str, str]]:
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


@check("slo/labels")
@_each
def labels(at: _At) -> Iterator[tuple[str, str]]:
    """
    An error ratio has no label that its SLO is `by`.

    There is one budget then, and not one for each value. Keep the label in the aggregations of the ratio.
    """
    if isinstance(at.slo.sli, ErrorRatio) and at.slo.sli.traffic is None:
        found = at.labels(at.promise.indicator[0])
        known = ", ".join(sorted(found.names))
        for label in filter(found.lacks, at.slo.by):
            yield f"the ratio has no label `{label}`", f"its labels are {known}" if known else "no label is left there"


@check("slo/reserved-label")
@_each
def reserved_label(at: _At) -> Iterator[tuple[str, str]]:
    """
    An SLO is `by` a label, or has one in `info`, that its own series or alerts set.

    Such as `system`, `slo`, `window`, `severity` and `owner`. The value of the label is overwritten, several series
    become one, and Prometheus refuses the rule. Rename the label where it is scraped.
    """
    own = {*at.objective.words.labels, names.SYSTEM, names.SLO, names.OWNER}
    of_alerts = {names.SEVERITY, "alertname", "alertstate", at.objective.words.window_label, at.objective.calendar}
    for where, given, taken in (
        ("by", at.slo.by, own | of_alerts),
        ("info", at.slo.info, own | {"objective", "period"}),
    ):
        for label in dict.fromkeys(each for each in given if each in taken):
            yield f"`{where}` has the label `{label}`, which the SLO sets itself", ""


@check("slo/part")
@_each
def part(at: _At) -> Iterator[tuple[str, str]]:
    """
    The bad or good events of a ratio are not a part of its total.

    Both are of one counter, and their matchers do not go together: errors of another path than the requests, or of all
    paths. The ratio may be above 1 then, or is always 0 or 1. Select the total first, and the part of it with
    `total.where(...)`. That one counter counts some of what another does is taken on trust.
    """
    if not isinstance(at.slo.sli, Ratio):
        return
    word = "bad" if at.slo.sli.good is None else "good"
    ours, total = _selectors(at)
    if ours.metric == total.metric:
        series = at.plan.world.of(total.metric)
        found = _no_part(word, ours, total, UNKNOWN_LABELS if series is None else series.labels)
        for message in [*found][:1]:  # whoever mends it sees the others then
            yield message, f"say {word}=total.where(...), of the same total"


def _selectors(at: _At) -> tuple[Selector, Selector]:
    found = [each for each in walk(at.promise.indicator[0]) if isinstance(each, Selector)]
    total = next(each for each in walk(at.promise.fast[0].expr) if isinstance(each, Selector))
    return next((each for each in found if each != total), total), total


def _no_part(word: str, part_: Selector, total: Selector, known: Labels) -> Iterator[str]:
    if set(part_.matchers) == set(total.matchers):
        yield f"all events are {word} ones: both select the same"
    for label in dict.fromkeys(each.label for each in total.matchers):
        ours, theirs = _on(label, part_), _on(label, total)
        if any(known.selected(each).of(label).is_none for each in (ours, theirs)) or known.lacks(label):
            continue  # one of them alone selects nothing: the checks of expressions say so
        # twice, since a pattern is asked only about texts that are known by then
        if known.selected((*ours, *theirs, *ours, *theirs)).of(label).is_none:
            yield f"no {word} event is one of the total: {_named(ours)} against {_named(theirs)}"
        elif _reaches_beyond(label, ours, theirs, known):
            yield f"the total leaves out some of the {word} events: it has {_named(theirs)}"


def _reaches_beyond(label: str, ours: tuple[Matcher, ...], theirs: tuple[Matcher, ...], known: Labels) -> bool:
    """Whether the part certainly selects a value of the label that the total does not."""
    values = known.of(label)
    texts = {_ANOTHER}.union(*map(_texts, (*ours, *theirs))) if values.but else values.listed
    selected = [text for text in texts if text and text in values and all(takes(each, text) for each in ours)]
    refused = any(takes(each, text) is False for each in theirs for text in selected)
    return refused or (values.but and not ours and any(each.op == "!~" for each in theirs))


def _texts(matcher: Matcher) -> frozenset[str]:
    return frozenset({matcher.value}) if matcher.op in ("=", "!=") else alternatives(matcher.value) or frozenset()


def _on(label: str, selector: Selector) -> tuple[Matcher, ...]:
    return tuple(each for each in selector.matchers if each.label == label)


@check("slo/bucket")
@_each
def bucket(at: _At) -> Iterator[tuple[str, str]]:
    """
    `below` of a latency is no bucket of its histogram.

    A classic histogram counts what is below each of its buckets, and knows nothing in between. Take one of them, or
    give the histogram a bucket where the promise is. Within a native one any bound will do.
    """
    selector, given = _bucket_of(at), getattr(at.slo.sli, "below", None)
    series = at.plan.world.of(selector.metric) if selector else None
    if selector is None or series is None or not series.buckets or not at.labels(selector).of("le").is_none:
        return
    measured = "s" if isinstance(given, str) else getattr(given, "unit", None)
    observed = series.unit.observed if series.unit else None
    if measured and observed and not unit(measured).is_comparable(observed):
        return  # as `expr/unit` says
    limit = min(Decimal(text) for each in _on("le", selector) for text in _texts(each))
    written = f"`{number(limit)}`" + (f" ({given})" if isinstance(given, str) else "")
    below = [f"`{number(each)}`" for each in series.buckets if each < limit][-1:]
    above = [f"`{number(each)}`" for each in series.buckets if each > limit][:1]
    message = f"{written} is no bucket of `{selector.metric.removesuffix('_bucket')}`"
    yield message, f"the closest of its buckets: {' and '.join((*below, *above))}"


def _bucket_of(at: _At) -> Selector | None:
    found = (each for each in walk(at.promise.fast[1].expr) if isinstance(each, Selector) and _on("le", each))
    return next(found, None) if isinstance(at.slo.sli, Latency) else None


@check("slo/first-values")
@_each
def first_values(at: _At) -> Iterator[tuple[str, str]]:
    """
    First values are to be counted of series that do not say which target they are of.

    A first value counts if its target was scraped before, which the labels `job` and `instance` tell. Series that lack
    one of them are made of several targets, and may be new though what they count is not. Leave `first_values` out.
    """
    if isinstance(at.slo.sli, Ratio) and at.slo.sli.first_values:
        selector, _ = _selectors(at)
        for label in filter(at.labels(selector).lacks, ("job", "instance")):
            message = f"first values count by target, and `{selector.metric}` has no label `{label}`"
            yield message, "leave `first_values` out"


@check("ruler/group")
def group(fleet: Fleet) -> Iterator[Finding]:
    """
    A group has more rules than the ruler takes.

    Mimir and Cortex refuse such a group as a whole. SLOs are packed into groups that hold them, but the rules of one
    stay together. Give it fewer tiers, or a system fewer rules; or raise `rules_per_group` of the `Ruler`, if the
    server takes more.
    """
    most = fleet.platform.ruler.rules_per_group if fleet.platform.ruler else None
    for plan in fleet.plans:
        system = Origin(source=plan.system.source, subject=plan.system.name, accept=plan.system.accept)
        for file in plan.files:
            for each in file.groups:
                if most is not None and len(each.rules) > most:
                    origin = each.rules[0].origin if file.name.startswith("slo-") else system
                    message = f"the group `{each.name}` has {len(each.rules)} rules, and the ruler takes {most}"
                    yield origin.finding(message)


@check("ruler/groups")
def groups(fleet: Fleet) -> Iterator[Finding]:
    """
    All systems together have more groups of rules than the ruler takes from one tenant.

    Mimir and Cortex refuse those above their limit. Raise `groups` of the `Ruler`, if the server takes more, or part
    the systems into tenants.
    """
    platform = fleet.platform
    found = sum(len(file.groups) for plan in fleet.plans for file in plan.files)
    most = platform.ruler.groups if platform.ruler else found
    if found > most:
        slos = sum(len(plan.promises) for plan in fleet.plans)
        message = f"{slos} SLO{'s' * (slos != 1)} and all else come to {found} groups of rules, the ruler takes {most}"
        yield Finding(message, source=platform.source, subject="platform", accept=platform.accept)
