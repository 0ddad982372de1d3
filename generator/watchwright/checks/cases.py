"""The samples that cases of alerts are given."""

from __future__ import annotations

from collections.abc import Iterator

from watchwright.checks.texts import hint_of
from watchwright.finding import Finding, check
from watchwright.lower.plan import Fleet, Origin, Plan
from watchwright.query.tree import Matcher, Selector
from watchwright.semantics.labels import NAME
from watchwright.semantics.values import Values
from watchwright.semantics.world import Series


@check("case/label")
def impossible(fleet: Fleet) -> Iterator[Finding]:
    """
    A case gives samples to a series that its metric never has: a label or a value is not declared.

    It proves that an alert fires on what cannot be, or is silent where nothing is. Name the labels as they are
    declared; any `instance` will do.
    """
    for plan in fleet.plans:
        for origin, selector in _given(plan):
            series = plan.world.of(selector.metric)
            for matcher in () if series is None else selector.matchers:
                for message, hint in _wrong(series, matcher):
                    yield origin.finding(message, hint)


def _given(plan: Plan) -> Iterator[tuple[Origin, Selector]]:
    for alert in plan.system.alerts:
        owner = Origin.of(plan.system, f"alert {alert.name}", alert)
        for case in alert.tests:
            origin = owner.below(f"case {case.title}", case.source)
            yield from ((origin, each.node) for each, _ in case.given if isinstance(each.node, Selector))


def _wrong(series: Series | None, matcher: Matcher) -> Iterator[tuple[str, str]]:
    if series is None or matcher.label in (NAME, "job", "instance"):
        return
    values = series.labels.of(matcher.label)
    if series.labels.lacks(matcher.label):
        message = f"the case gives `{series.name}` the label `{matcher.label}`, which it does not have"
        yield message, hint_of(matcher.label, series.labels.names)
    elif matcher.op == "=" and matcher.value not in values | Values(series.reserved.get(matcher.label, frozenset())):
        message = f"the case gives `{matcher.label}` of `{series.name}` the value `{matcher.value}`, which it never has"
        yield message, hint_of(matcher.value, values.listed)
