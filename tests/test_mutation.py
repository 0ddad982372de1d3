"""The unit tests of the shipped alerts are tested, too: an alert that is changed must fail them."""

from __future__ import annotations

from collections.abc import Iterator

import attrs
import pytest

from watchwright.backends.prometheus import render
from watchwright.config import read
from watchwright.lower.plan import Alerting, Fleet, Plan
from watchwright.pipeline import build
from watchwright.query.tree import COMPARISONS, Binary, Node
from watchwright.verify.promtool import unit_tests
from watchwright.verify.tools import Found, Tool
from workbench import ROOT

OPPOSITE = {">": "<=", ">=": "<", "<": ">=", "<=": ">", "==": "!=", "!=": "=="}

FLEET = build(read(ROOT)).environments[0].fleet
ALERTS = [(plan, rule) for plan in FLEET.plans for rule in plan.rules if isinstance(rule, Alerting)]


def _flipped(node: Node) -> Node:
    """The first comparison from the left turned round."""
    assert isinstance(node, Binary)
    if node.op in COMPARISONS:
        return attrs.evolve(node, op=OPPOSITE[node.op])
    return attrs.evolve(node, left=_flipped(node.left))


def _mutants(alert: Alerting) -> Iterator[tuple[str, Alerting]]:
    yield "comparison turned round", attrs.evolve(alert, expr=_flipped(alert.expr))
    yield "waits for a day", attrs.evolve(alert, for_="1d")
    yield "severity changed", attrs.evolve(alert, labels={**alert.labels, "severity": "other"})
    if alert.for_:
        yield "does not wait", attrs.evolve(alert, for_=None)


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
    """Threshold, duration and labels are all held by some case."""
    assert _fails(_fleet(plan, mutant), promtools[-1])
