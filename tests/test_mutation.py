"""The unit tests of the shipped alerts are tested, too: an alert that is changed must fail them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import partial

import attrs
import pytest

from watchwright.backends.prometheus import render
from watchwright.config import read
from watchwright.lower.plan import Alerting, Fleet, Plan, RuleGroup
from watchwright.model.duration import milliseconds
from watchwright.pipeline import build
from watchwright.query.rewrite import rewrite
from watchwright.query.tree import COMPARISONS, Binary, Node, Number, Selector, walk
from watchwright.verify.promtool import unit_tests
from watchwright.verify.tools import Found, Tool
from workbench import ROOT

OPPOSITE = {">": "<=", ">=": "<", "<": ">=", "<=": ">", "==": "!=", "!=": "=="}

FLEET = build(read(ROOT)).environments[0].fleet
# of SLOs, which are all made alike, one that is grouped and one that is not
SLOS = ("agent-success", "llm-requests")
ALERTS = [(plan, rule) for plan in FLEET.plans for rule in plan.alerts if rule.labels.get("slo", SLOS[0]) in SLOS]


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

    if "slo" in alert.labels:
        yield from _other_tiers(alert)


def _other_tiers(alert: Alerting) -> Iterator[tuple[str, Alerting]]:
    """Tiers that want one of two windows, and windows in the place of each other."""
    for node in walk(alert.expr):
        if isinstance(node, Binary) and node.op == "and":
            either = attrs.evolve(node, op="or")
            yield f"{node!r} or either", attrs.evolve(alert, expr=_changed(alert.expr, node, either))
        if isinstance(node, Binary) and node.op == "or":
            for side in (node.left, node.right):
                yield f"{side!r} alone", attrs.evolve(alert, expr=side)
    for long, short in (("1h", "5m"), ("6h", "30m"), ("1d", "2h"), ("3d", "6h")):
        if any(isinstance(node, Selector) and _window(node) == long for node in walk(alert.expr)):
            swapped = rewrite(alert.expr, partial(_swapped, windows={long: short, short: long}))
            yield f"{long} and {short} swapped", attrs.evolve(alert, expr=swapped)


def _window(node: Selector) -> str:
    return next((each.value for each in node.matchers if each.label == "window"), "")


def _swapped(node: Node, windows: Mapping[str, str]) -> Node:
    if not isinstance(node, Selector) or _window(node) not in windows:
        return node
    other = windows[_window(node)]
    return attrs.evolve(
        node,
        matchers=tuple(attrs.evolve(each, value=other) if each.label == "window" else each for each in node.matchers),
    )


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
    files = tuple(attrs.evolve(file, groups=tuple(_with(alert, group) for group in file.groups)) for file in plan.files)
    tests = tuple(test for test in plan.tests if test.name.startswith(f"{alert.alert}:"))
    return attrs.evolve(FLEET, plans=(attrs.evolve(plan, files=files, tests=tests),))


def _with(alert: Alerting, group: RuleGroup) -> RuleGroup:
    return attrs.evolve(
        group,
        rules=tuple(
            alert if isinstance(rule, Alerting) and rule.alert == alert.alert else rule for rule in group.rules
        ),
    )


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
