"""What service level indicators count: parts of a total, buckets, labels, first values."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from decimal import Decimal

from watchwright.checks.slos import At, each_slo
from watchwright.finding import Finding, check
from watchwright.lower import names
from watchwright.lower.plan import Fleet
from watchwright.lower.slos.objective import Objective
from watchwright.model.sli import ErrorRatio, Latency, Ratio
from watchwright.query.printer import number
from watchwright.query.rewrite import rewrite
from watchwright.query.tree import Matcher, Node, Selector, walk
from watchwright.query.units import DIMENSIONLESS
from watchwright.query.units import unit as named
from watchwright.semantics.labels import UNKNOWN_LABELS, Labels
from watchwright.semantics.values import alternatives, takes
from watchwright.semantics.world import SAMPLES_WORDS

_ANOTHER = "some-other-value"


def _named(matchers: Iterable[Matcher]) -> str:
    return " and ".join(f'`{each.label}{each.op}"{each.value}"`' for each in matchers)


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
            made = promise.streams
            read = (made.total, made.bad, *([made.tracked.value] if made.tracked else []))
            streams = (_anonymous(each.node, ours) for each in read)
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


@check("slo/labels")
@each_slo
def labels(at: At) -> Iterator[tuple[str, str]]:
    """
    An error ratio has no label that its SLO is `by`.

    There is one budget then, and not one for each value. Keep the label in the aggregations of the ratio.
    """
    if isinstance(at.slo.sli, ErrorRatio) and at.slo.sli.traffic is None:
        found = at.labels(at.promise.indicator[0])
        known = ", ".join(sorted(found.names))
        for label in filter(found.lacks, at.slo.by):
            yield f"the ratio has no label `{label}`", f"its labels are {known}" if known else "no label is left there"


@check("slo/error-ratio")
@each_slo
def error_ratio(at: At) -> Iterator[tuple[str, str]]:
    """
    An error ratio is no share from 0 to 1, or its traffic is no rate.

    What is above 1 counts as 1: a counter, a rate or a percentage would be taken for an outage that never ends. Divide
    the bad events by all of them; or, where counters count both, give these to `Ratio`.
    """
    sli = at.slo.sli
    if not isinstance(sli, ErrorRatio):
        return
    resolver, origin = at.promise.resolver, at.objective.origin
    ratio = resolver.resolve(sli.ratio.node, origin)
    samples, unit = at.plan.world.typed(ratio).type.samples, resolver.unit(ratio)
    if samples in _NO_SHARES:
        yield f"an error ratio is a share, and this is a {SAMPLES_WORDS[samples]}", "divide it by all events"
    elif unit is not None and not unit.is_count and unit != DIMENSIONLESS:
        yield f"an error ratio is a share from 0 to 1, and this is in {unit}", "divide it by all events"
    if sli.traffic is not None:
        samples = at.plan.world.typed(resolver.resolve(sli.traffic.node, origin)).type.samples
        if samples in ("counter", "merged", "bucket"):
            yield f"`traffic` is events a second, and this is a {SAMPLES_WORDS[samples]}", "take its rate"


_NO_SHARES = frozenset({"counter", "merged", "bucket", "histogram", "rate", "timestamp", "count"})


@check("slo/reserved-label")
@each_slo
def reserved_label(at: At) -> Iterator[tuple[str, str]]:
    """
    An SLO is `by` a label, or has one in `info`, that its own series or alerts set.

    Such as `system`, `slo`, `window`, `severity` and `owner`. The value of the label is overwritten, several series
    become one, and Prometheus refuses the rule. Rename the label where it is scraped.
    """
    own = {*at.objective.words.labels, names.SYSTEM, names.SLO, names.OWNER}
    of_alerts = {names.SEVERITY, "alertname", "alertstate", at.objective.words.window_label, at.objective.calendar}
    for where, given, taken in (
        ("by", at.slo.by, own | of_alerts),
        ("info", at.slo.info, own | _OF_INFO),
    ):
        for label in dict.fromkeys(each for each in given if each in taken):
            yield f"`{where}` has the label `{label}`, which the SLO sets itself", ""


_OF_INFO = {"objective", "period", "title", "__name__", "sloth_mode", "sloth_objective", "sloth_spec"}


@check("slo/part")
@each_slo
def part(at: At) -> Iterator[tuple[str, str]]:
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


def _selectors(at: At) -> tuple[Selector, Selector]:
    """The part as it was written, and the total."""
    assert at.promise.streams.part is not None  # noqa: S101 - a ratio has them
    total = at.promise.streams.part.whole
    found = (each for each in walk(at.promise.indicator[0]) if isinstance(each, Selector) and each != total)
    return next(found, total), total


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
@each_slo
def bucket(at: At) -> Iterator[tuple[str, str]]:
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
    if measured and observed and not named(measured).is_comparable(observed):
        return  # as `expr/unit` says
    limit = min(Decimal(text) for each in _on("le", selector) for text in _texts(each))
    written = f"`{number(limit)}`" + (f" ({given})" if isinstance(given, str) else "")
    below = [f"`{number(each)}`" for each in series.buckets if each < limit][-1:]
    above = [f"`{number(each)}`" for each in series.buckets if each > limit][:1]
    message = f"{written} is no bucket of `{selector.metric.removesuffix('_bucket')}`"
    yield message, f"the closest of its buckets: {' and '.join((*below, *above))}"


def _bucket_of(at: At) -> Selector | None:
    streams = at.promise.streams
    return streams.part.some if isinstance(at.slo.sli, Latency) and streams.part is not None else None


@check("slo/first-values")
@each_slo
def first_values(at: At) -> Iterator[tuple[str, str]]:
    """
    First values are to be counted of series that do not say which target they are of.

    A first value counts if its target was scraped before, which the labels `job` and `instance` tell. Series that lack
    one of them are made of several targets, and may be new though what they count is not. Leave `first_values` out.
    """
    if isinstance(at.slo.sli, Ratio) and at.slo.sli.first_values:
        selector, _ = _selectors(at)
        if at.promise.streams.part is not None and at.promise.streams.part.good:
            yield (
                "first values count of bad events, and these are what good ones leave",
                "give the bad ones, or leave it out",
            )
        for label in filter(at.labels(selector).lacks, ("job", "instance")):
            message = f"first values count by target, and `{selector.metric}` has no label `{label}`"
            yield message, "leave `first_values` out"
