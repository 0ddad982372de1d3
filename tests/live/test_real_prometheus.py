"""
QuantaCirc seen alive: what real Prometheuses make of the rendered files, while runs of it go well and badly.

All of them look on at the same time, mostly asleep, which takes seven minutes once: with `-n auto` this file goes to
one worker (conftest.py), and the others have the cores.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

import pytest
from boards import BoardQuery, queries
from expected import SYSTEMS
from loopback import rendered, rules
from scenario import STEP, Pending, Scenario, Watched, wait_for_alerts, watched
from targets import jobs

from watchwright.verify.tools import Tool

pytestmark = pytest.mark.live

HEALTHY = Scenario()
VIOLATED = Scenario(trouble="closure violation")
LOST = Scenario(trouble="convergence lost")
SILENT = Scenario(trouble="silent messaging", later=frozenset({"MessageLatencyAbsent"}))
# These two are there for the boards, each of which shows what fires of its own.
IDLE = Scenario(
    trouble="idle agents",
    ago=17 * 60,
    pending=Pending(alert="NoAgentWorking", seconds=11 * 60, on_core=False),
)
MISSING = Scenario(
    trouble="missing metric",
    ago=14 * 60,
    pending=Pending(alert="MetricGone", seconds=13 * 60, labels={"metric": "quantacirc_contraction_factor"}),
)
SCENARIOS = (HEALTHY, VIOLATED, LOST, SILENT, IDLE, MISSING)
# A machine that has much else to do scrapes and judges late by so many seconds at most.
BUSY = 60
# First errors, and a budget that does not last: none of these runs has them, which tests/slos shows.
SELDOM = {"slo:bad:rate_first", "slo:exhaustion_seconds"}
RECORDED = sorted({rule["record"] for rule in rules(*SYSTEMS) if "record" in rule} - SELDOM)
BURNT = re.compile(r"slo:exhaustion_seconds|\bALERTS.*Burn")

# What tells of trouble has nothing to tell in health: alerts, violations, silent targets, metrics that went away.
ABOUT_TROUBLE = re.compile(r"\bALERTS|slo:exhaustion_seconds|closure_violations|\bup\b.* == 0|\[1h\]\) unless")


@pytest.fixture(scope="module")
def runs(
    prometheuses: tuple[Tool, ...], promtools: tuple[Tool, ...], tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Sequence[Watched]]:
    """Every scenario under every Prometheus, after all that should fire has fired."""
    with watched(SCENARIOS, prometheuses, promtools[0], tmp_path_factory.mktemp("live")) as every_run:
        wait_for_alerts(every_run, at_least=390, at_most=540)
        yield every_run


def under(runs: Sequence[Watched], scenario: Scenario) -> list[Watched]:
    """A scenario under each Prometheus."""
    return [each for each in runs if each.scenario == scenario]


def test_every_target_is_scraped_without_error(runs: Sequence[Watched]) -> None:
    for run in under(runs, HEALTHY):
        found = run.prometheus.get("targets")["activeTargets"]

        assert {job["job_name"] for job in jobs(rendered())} == {target["labels"]["job"] for target in found}
        assert {("up", "")} == {(target["health"], target["lastError"]) for target in found}


def test_scraping_stores_the_series_of_the_past_and_no_others(runs: Sequence[Watched]) -> None:
    """The past was written without scraping: here it shows that relabelling gives the labels it was given."""
    for run in under(runs, HEALTHY):
        before, now = ({tuple(sorted(series["metric"].items())) for series in run.prometheus.over(
            '{__name__=~"quantacirc_.*"}', at, at
        )} for at in (run.began, run.began + 300))  # fmt: skip

        assert before == now


def test_no_rule_fails(runs: Sequence[Watched]) -> None:
    for run in runs:
        groups = run.prometheus.get("rules")["groups"]
        states = {
            (rule["name"], rule["health"], rule.get("lastError", "")) for group in groups for rule in group["rules"]
        }

        assert [] == sorted(state for state in states if state[1:] != ("ok", ""))
        assert len(list(rules())) == sum(len(group["rules"]) for group in groups)


@pytest.mark.parametrize("name", RECORDED)
def test_every_recording_rule_yields_series(name: str, runs: Sequence[Watched]) -> None:
    """Its own: those that federation brings have a cluster."""
    for run in under(runs, VIOLATED):
        assert run.prometheus.instant(f'last_over_time({{__name__="{name}",cluster=""}}[10m])'), run.tool


@pytest.mark.parametrize("query", queries("quantacirc"), ids=str)
def test_every_query_of_a_board_returns_data(query: BoardQuery, runs: Sequence[Watched]) -> None:
    """In health, but for what tells of trouble: that, in trouble."""
    for tool in {run.tool for run in runs}:
        answers = [run.ever(query.expr) for scenario in SCENARIOS for run in under(runs, scenario) if run.tool == tool]

        assert any(answers) or BURNT.search(query.expr), f"{tool}: {query.expr}"
        assert answers[0] or ABOUT_TROUBLE.search(query.expr), f"nothing of a healthy run, {tool}: {query.expr}"


@pytest.mark.parametrize("scenario", SCENARIOS, ids=str)
def test_exactly_the_alerts_of_a_trouble_fire(scenario: Scenario, runs: Sequence[Watched]) -> None:
    """A healthy run fires nothing but what always fires."""
    for run in under(runs, scenario):
        assert sorted(scenario.expected) == sorted(run.alerts("firing")), run.tool


@pytest.mark.parametrize(
    ("scenario", "alert", "wait"),
    [
        (VIOLATED, "ClosureViolation", 60),
        (LOST, "ConvergenceLost", 300),
        (SILENT, "QuantacircMessagingTargetsGone", 300),
    ],
    ids=str,
)
def test_an_alert_is_pending_first_and_fires_in_time(
    scenario: Scenario, alert: str, wait: float, runs: Sequence[Watched]
) -> None:
    """The first violation of a rule type, λ of 1.02, a target that dies: pending soon, firing after its `for`."""
    for run in under(runs, scenario):
        firing, active = run.alerts("firing")[alert][0], run.active_since(alert)

        # recorded by the application within 10 s, scraped within 15, recorded by a rule and judged within 30 each
        assert -1 <= active - run.troubled <= 10 + 15 + 30 + 30 + BUSY, run.tool
        assert wait <= firing - active <= wait + 30 + STEP + BUSY, run.tool
