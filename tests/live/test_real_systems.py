"""
The simulated systems seen alive, all of them at once: what a real Prometheus makes of the rendered files in health.

It looks on for eleven minutes, mostly asleep: the slowest groups are evaluated each five, and one after the other. With `-n auto` this file goes to
one worker (conftest.py), and the others have the cores.
"""

from __future__ import annotations

import re
import time
from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from pathlib import Path

import attrs
import pytest
from boards import BoardQuery, queries
from clockworks import Clockworks, written
from history import blocks
from loopback import Prometheus, rendered, rules, running
from targets import answering, targets

from simulators.registry import SIMULATED, simulation
from watchwright.verify.tools import Tool

pytestmark = pytest.mark.live

_PAST = 7_200  # seconds that were scraped before the servers start, each _STEP
_STEP = 30
_LOOKED_ON = 660
# First errors, budgets that do not last, forecasts of what never comes, and alerts: health has none of them.
_OF_TROUBLE = re.compile(
    r"\bALERTS|slo:exhaustion_seconds|slo:bad:rate_first|\bup\b.* == 0|agi_inference_errors:ratio_rate5m|rate15m_stopped|forecast|seconds_left|\[1h\]\) unless"
)
RECORDED = [
    (system, name)
    for system in SIMULATED
    for name in sorted({rule["record"] for rule in rules(system) if "record" in rule})
    if not _OF_TROUBLE.search(name)
]
QUERIES = [(system, query) for system in SIMULATED for query in queries(system) if not _OF_TROUBLE.search(query.expr)]


@attrs.frozen(kw_only=True)
class Watched:
    """All systems under one Prometheus, which started at *began*."""

    tool: Tool
    prometheus: Prometheus
    began: float


@pytest.fixture(scope="module")
def runs(
    prometheuses: tuple[Tool, ...], promtools: tuple[Tool, ...], tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Sequence[Watched]]:
    """All systems, under each Prometheus, when every group has been evaluated."""
    folder = tmp_path_factory.mktemp("systems")
    began = time.time() + 60 + 30 * len(SIMULATED)  # time enough to write the past
    made = [simulation(system)(epoch=began - _PAST) for system in SIMULATED]
    for run, system in zip(made, SIMULATED, strict=True):
        written(run, until=_PAST, step=_STEP, file=folder / "openmetrics")
        blocks(promtools[0].path, folder / "openmetrics", folder / system)
        for block in (folder / system).iterdir():
            block.rename(_made(folder) / block.name)
    own = [target for target in targets(rendered()) if target.job == "prometheus"]
    scraped = [*(target for run in made for target in run.TARGETS), *own]
    with ExitStack() as stack:
        time.sleep(max(0.0, began - time.time()))
        addresses = stack.enter_context(answering(Clockworks(made), scraped))
        servers = [
            stack.enter_context(running(tool.path, folder / tool.version, scraped, addresses, _made(folder)))
            for tool in prometheuses
        ]
        for server in servers:
            server.wait_until_ready()
        time.sleep(_LOOKED_ON)
        yield [
            Watched(tool=tool, prometheus=server, began=began)
            for tool, server in zip(prometheuses, servers, strict=True)
        ]


def _made(folder: Path) -> Path:
    made = folder / "data"
    made.mkdir(exist_ok=True)
    return made


def test_every_target_is_scraped_without_error(runs: Sequence[Watched]) -> None:
    for run in runs:
        found = run.prometheus.get("targets")["activeTargets"]
        assert {("up", "")} == {(target["health"], target["lastError"]) for target in found}
        assert {target.job for system in SIMULATED for target in simulation(system).TARGETS} <= {
            target["labels"]["job"] for target in found
        }


def test_no_rule_fails(runs: Sequence[Watched]) -> None:
    for run in runs:
        groups = run.prometheus.get("rules")["groups"]
        states = {
            (rule["name"], rule["health"], rule.get("lastError", "")) for group in groups for rule in group["rules"]
        }
        assert [] == sorted(state for state in states if state[1:] != ("ok", ""))


@pytest.mark.parametrize(("system", "name"), RECORDED, ids=[f"{system}: {name}" for system, name in RECORDED])
def test_every_recording_rule_yields_series(system: str, name: str, runs: Sequence[Watched]) -> None:
    for run in runs:
        asked = f'last_over_time({{__name__="{name}",system="{system}"}}[10m])'
        assert run.prometheus.instant(asked), run.tool


@pytest.mark.parametrize(("system", "query"), QUERIES, ids=[f"{system}/{query}" for system, query in QUERIES])
def test_every_query_of_a_board_returns_data(system: str, query: BoardQuery, runs: Sequence[Watched]) -> None:
    """But for what tells of trouble."""
    for run in runs:
        now = time.time()
        begin = now - (now - run.began + _PAST) // _STEP * _STEP
        assert run.prometheus.over(query.expr, begin, now, _STEP), f"{system}, {run.tool}: {query.expr}"


def test_in_health_nothing_fires_but_what_always_does(runs: Sequence[Watched]) -> None:
    for run in runs:
        systems = "|".join([*SIMULATED, "prometheus"])
        found = run.prometheus.over(f'ALERTS{{alertstate="firing",system=~"{systems}"}}', run.began, time.time(), 5)
        assert {"Watchdog"} == {each["metric"]["alertname"] for each in found}, run.tool
