"""Cases of alerts as promtool unit tests."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from watchwright.finding import Finding, reports
from watchwright.lower import names
from watchwright.lower.plan import Expectation, InputSeries, Origin, UnitTest
from watchwright.lower.resolve import Resolver
from watchwright.lower.rules import alert_labels
from watchwright.lower.scope import job_values
from watchwright.model.alert import Alert, Case
from watchwright.model.system import System
from watchwright.query.printer import text
from watchwright.query.tree import Matcher, Node, Selector


@reports("case/series")
def no_series(shown: str, origin: Origin) -> Finding:
    """
    A case is given samples for something that is no single series.

    Samples belong to one series: a metric with `where(label="value")`, each label with one value. A
    pattern, a negation or a computed expression stands for many.
    """
    return origin.finding(
        f"a case gives samples to `{shown}`, which is no single series",
        'name one value for each label: metric.where(label="value")',
    )


def unit_tests(alert: Alert, owner: Origin, system: System, resolver: Resolver) -> Iterator[UnitTest]:
    """One promtool test for each case of the alert."""
    for case in alert.tests:
        origin = owner.below(f"case {case.title}", case.source)
        yield UnitTest(
            name=f"{alert.name}: {case.title}",
            interval=case.every,
            series=tuple(_inputs(case, system, resolver, origin)),
            expectations=tuple(_expectations(case, alert, system)),
            origin=origin,
        )


def _inputs(case: Case, system: System, resolver: Resolver, origin: Origin) -> Iterator[InputSeries]:
    for expr, values in case.given:
        series = _one_series(resolver.resolve(expr.node, origin), system)
        if series is None:
            resolver.findings.append(no_series(repr(expr.node), origin))
        else:
            yield InputSeries(series=series, values=values)


def _one_series(node: Node, system: System) -> str | None:
    """The series as text. Where the scope leaves several jobs, the first is taken."""
    if not isinstance(node, Selector) or not node.name:
        return None
    labels: dict[str, str] = {}
    for matcher in node.matchers:
        if matcher.op == "=":
            labels[matcher.label] = matcher.value
    for matcher in node.matchers:
        if matcher.label not in labels:
            if matcher.label != "job" or matcher.op != "=~":
                return None
            labels["job"] = job_values(system)[0]
    return _series(node.name, labels)


def _expectations(case: Case, alert: Alert, system: System) -> Iterator[Expectation]:
    # promtool's own alert tests pass when the name is misspelt, and want all annotations: ALERTS says the same exactly
    firing = {"alertname": alert.name, "alertstate": "firing"}
    query = _series("ALERTS", {**firing, names.SYSTEM: system.name})
    for when, expected in case.fires.items():
        samples = tuple(_series("ALERTS", {**firing, **alert_labels(alert, system), **labels}) for labels in expected)
        yield Expectation(eval_time=when, expr=query, samples=samples)


def _series(name: str, labels: Mapping[str, str]) -> str:
    return text(Selector(name, tuple(Matcher(label, "=", labels[label]) for label in sorted(labels))))
