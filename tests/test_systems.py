"""What the shipped definitions promise to whoever is woken by them."""

from __future__ import annotations

import json
from collections.abc import Iterator

import pytest

from watchwright.config import read
from watchwright.lower.plan import Alerting, Board, Plan
from watchwright.pipeline import build
from watchwright.query.tree import Matcher, Node, Selector, walk
from workbench import ROOT

BUILT = build(read(ROOT))
PLANS = BUILT.environments[0].fleet.plans
ALERTS = [(plan, rule) for plan in PLANS for rule in plan.rules if isinstance(rule, Alerting)]
BOARDS = [(plan, board) for plan in PLANS for board in plan.boards]
NAMES = [f"{plan.system.name}/{rule.alert}" for plan, rule in ALERTS]


@pytest.mark.parametrize(("plan", "rule"), ALERTS, ids=NAMES)
def test_every_alert_says_what_it_means_and_what_to_check_first(plan: Plan, rule: Alerting) -> None:
    """In itself, and in its runbook."""
    runbook = next(each for each in plan.runbooks if each.rule.alert == rule.alert)
    page = (ROOT / "docs/runbooks" / f"{runbook.page}.md").read_text("utf-8")

    assert rule.annotations["description"]
    assert rule.annotations["runbook_url"].endswith(f"/docs/runbooks/{runbook.page}.md")
    assert runbook.alert.check_first
    assert all(step in page for step in runbook.alert.check_first)


@pytest.mark.parametrize(("plan", "rule"), [each for each in ALERTS if each[0].boards], ids=[
    name for name, (plan, _) in zip(NAMES, ALERTS, strict=True) if plan.boards
])  # fmt: skip
def test_every_alert_links_to_a_panel_that_is_there_and_links_back(plan: Plan, rule: Alerting) -> None:
    """By the ids in the board's own file."""
    assert rule.shown is not None
    board = next(each for each in plan.boards if each.uid == rule.annotations["__dashboardUid__"])
    written = json.loads((ROOT / "dashboards" / plan.system.name / f"{board.slug}.json").read_text("utf-8"))
    panel = next(each for each in written["panels"] if str(each["id"]) == rule.annotations["__panelId__"])

    assert f"/d/{board.uid}?viewPanel={panel['id']}" in rule.annotations["dashboard_url"]
    assert rule.annotations["runbook_url"] in [each["url"] for each in panel["links"]]


@pytest.mark.parametrize(("plan", "board"), BOARDS, ids=[f"{plan.system.name}/{board.slug}" for plan, board in BOARDS])
def test_every_board_says_first_whether_it_is_broken_since_when_and_where(plan: Plan, board: Board) -> None:
    """On the first screen, by the alerts of the system itself."""
    first = board.rows[0]
    read_there = {
        (node.name, matcher.value)
        for panel in first.panels
        for query in panel.queries
        for node in walk(query.expr)
        if isinstance(node, Selector)
        for matcher in node.matchers
        if matcher.label == "system"
    }

    whose = "$system" if board.slug == "all-slos" else plan.system.name
    assert {("ALERTS", whose), ("ALERTS_FOR_STATE", whose)} <= read_there
    assert max(panel.grid.y + panel.grid.height for panel in first.panels) <= 20


def test_a_change_of_phase_is_marked_on_every_board_of_quantacirc() -> None:
    """It explains much of what changes on any of them."""
    boards = [board for plan, board in BOARDS if plan.system.name == "quantacirc"]

    assert {"Quantum state", "Agents", "Convergence", "System health", "Alerts", "SLOs"} == {
        each.dashboard.title for each in boards
    }
    assert [["Phase"]] * 6 == [[mark.annotation.name for mark in board.annotations] for board in boards]


def _selectors() -> Iterator[tuple[Plan, Selector]]:
    for plan in PLANS:
        panels = [query.expr for board in plan.boards for panel in board.panels for query in panel.queries]
        exprs: list[Node] = [*(rule.expr for rule in plan.rules), *panels]
        yield from ((plan, node) for expr in exprs for node in walk(expr) if isinstance(node, Selector))


def test_nothing_depends_on_values_that_are_reserved() -> None:
    """They are declared, and not emitted today."""
    reserved = {
        (plan.system.name, series.name, Matcher(label.name, "=", value))
        for plan in PLANS
        for metric in plan.metrics
        for series in metric.exposed()
        for label in metric.labels
        for value in label.reserved
    }
    asked = {(plan.system.name, node.name, matcher) for plan, node in _selectors() for matcher in node.matchers}

    assert reserved
    assert set() == reserved & asked


def test_what_is_accepted_is_accepted_for_a_reason() -> None:
    """And nothing is left that is not."""
    assert [] == [finding.message for finding in BUILT.findings if not finding.accepted]
    assert all(len(finding.accept[finding.id].split()) >= 5 for finding in BUILT.findings)
