"""The unit tests of the shipped alerts are tested, too: an alert that is changed must fail them."""

from __future__ import annotations

from collections.abc import Iterator

import attrs
import pytest

from watchwright.backends.prometheus import render
from watchwright.config import read
from watchwright.lower.plan import Alerting, Fleet, Plan
from watchwright.model.duration import milliseconds
from watchwright.pipeline import build
from watchwright.query.rewrite import rewrite
from watchwright.query.tree import COMPARISONS, Binary, Node, Number, walk
from watchwright.verify.promtool import unit_tests
from watchwright.verify.tools import Found, Tool
from workbench import ROOT

OPPOSITE = {">": "<=", ">=": "<", "<": ">=", "<=": ">", "==": "!=", "!=": "=="}

FLEET = build(read(ROOT)).environments[0].fleet
ALERTS = [(plan, rule) for plan in FLEET.plans for rule in plan.rules if isinstance(rule, Alerting)]


def _comparisons(expr: Node) -> list[Binary]:
    """The comparisons of an alert that keep or drop series, whichever side of a set operation they stand on."""
    return [node for node in walk(expr) if isinstance(node, Binary) and node.op in COMPARISONS]


def _changed(expr: Node, old: Node, new: Node) -> Node:
    return rewrite(expr, lambda node: new if node == old else node)


def _mutants(alert: Alerting) -> Iterator[tuple[str, Alerting]]:
    yield "severity changed", attrs.evolve(alert, labels={**alert.labels, "severity": "other"})
    yield from _other_waits(alert)
    for comparison in _comparisons(alert.expr):
        for name, mutant in _other_comparisons(comparison):
            yield f"{comparison!r} {name}", attrs.evolve(alert, expr=_changed(alert.expr, comparison, mutant))


def _other_waits(alert: Alerting) -> Iterator[tuple[str, Alerting]]:
    if not alert.for_:
        yield "waits for five minutes", attrs.evolve(alert, for_="5m")
        return
    length = milliseconds(alert.for_, "for") // 1000
    yield "does not wait", attrs.evolve(alert, for_=None)
    yield "waits half as long", attrs.evolve(alert, for_=f"{length // 2}s")
    yield "waits twice as long", attrs.evolve(alert, for_=f"{length * 2}s")


def _other_comparisons(comparison: Binary) -> Iterator[tuple[str, Binary]]:
    yield "turned round", attrs.evolve(comparison, op=OPPOSITE[comparison.op])
    limit = comparison.right
    if isinstance(limit, Number) and limit.value:
        yield "at twice the threshold", attrs.evolve(comparison, right=Number(limit.value * 2))
        yield "at half the threshold", attrs.evolve(comparison, right=Number(limit.value / 2))


CASES = [(plan, alert, name, mutant) for plan, alert in ALERTS for name, mutant in _mutants(alert)]


def _fleet(plan: Plan, alert: Alerting) -> Fleet:
    """A fleet of one system, with this alert in place of the one of its name, and its tests alone."""
    files = tuple(
        attrs.evolve(
            file,
            rules=tuple(
                alert if isinstance(rule, Alerting) and rule.alert == alert.alert else rule for rule in file.rules
            ),
        )
        for file in plan.files
    )
    tests = tuple(test for test in plan.tests if test.name.startswith(f"{alert.alert}:"))
    return attrs.evolve(FLEET, plans=(attrs.evolve(plan, files=files, tests=tests),))


def _fails(fleet: Fleet, tool: Tool) -> bool:
    artifacts = list(render(fleet))
    verdict = unit_tests(artifacts, Found((tool,)), prometheus=fleet.platform.prometheus)
    assert {"promtool/test"} >= {finding.id for finding in verdict.findings}, verdict.findings
    return bool(verdict.findings)


@pytest.mark.parametrize(("plan", "alert"), ALERTS, ids=[alert.alert for _, alert in ALERTS])
def test_every_alert_has_tests_and_passes_them(plan: Plan, alert: Alerting, promtools: tuple[Tool, ...]) -> None:
    """An alert without a test would pass every mutation."""
    fleet = _fleet(plan, alert)

    assert fleet.plans[0].tests
    assert not _fails(fleet, promtools[-1])


@pytest.mark.parametrize(
    ("plan", "mutant"),
    [(plan, mutant) for plan, _, _, mutant in CASES],
    ids=[f"{alert.alert}: {name}" for _, alert, name, _ in CASES],
)
def test_a_mutated_alert_fails_its_tests(plan: Plan, mutant: Alerting, promtools: tuple[Tool, ...]) -> None:
    """Each comparison, its threshold within a factor of two, the duration and the severity are held by some case."""
    assert _fails(_fleet(plan, mutant), promtools[-1])
