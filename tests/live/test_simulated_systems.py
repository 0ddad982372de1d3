"""
Every trouble of every simulated system over simulated hours, judged by promtool: which alerts fire, and that they resolve.

The rules are as rendered, the samples are what a simulation would have been scraped for.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import pytest
import yaml
from clockworks import input_series
from hours import read_by_rules, unit_test
from loopback import RULES, rendered, rule_files

from simulators.clockwork import Trouble
from simulators.registry import SIMULATED, simulation
from watchwright.model.duration import milliseconds
from watchwright.verify.tools import Command, Tool, run_all

_TIMEOUT = 300.0
_NOTHING: frozenset[str] = frozenset()
TROUBLES = [(system, name) for system in SIMULATED for name in simulation(system).TROUBLES]


@pytest.mark.parametrize(("system", "name"), TROUBLES, ids=[f"{system}: {name}" for system, name in TROUBLES])
def test_a_trouble_fires_its_alerts_and_no_others_and_they_resolve(
    system: str, name: str, promtools: tuple[Tool, ...], tmp_path: Path
) -> None:
    """
    Before it nothing fires, as it ends all its alerts do, at no time any other, and in the end none.

    The promtools take turns, for a trouble takes one of them many seconds: each system's are judged by all of them.
    """
    turn = TROUBLES.index((system, name)) % len(promtools)
    trouble: Trouble = simulation(system).TROUBLES[name]
    start, end = 60 * trouble.health, round(60 * trouble.health + trouble.seconds)
    expected = {start: _NOTHING, end - trouble.step: trouble.fires, end + 60 * trouble.after: _NOTHING}
    run = simulation(system)(troubles={name: start})
    inputs = input_series(run, read_by_rules(system), until=max(expected), step=trouble.step)

    test = unit_test(inputs, expected, trouble.fires, step=trouble.step)
    assert "" == complaints(system, test, promtools[turn : turn + 1], tmp_path, step=trouble.step)


@pytest.mark.parametrize("system", SIMULATED)
def test_a_healthy_run_fires_nothing_for_two_hours(system: str, promtools: tuple[Tool, ...], tmp_path: Path) -> None:
    inputs = input_series(simulation(system)(seed=7), read_by_rules(system), until=7_200, step=15)

    assert "" == complaints(system, unit_test(inputs, {7_200: _NOTHING}, _NOTHING, step=15), promtools, tmp_path)


def complaints(system: str, test: Mapping[str, Any], promtools: Sequence[Tool], folder: Path, *, step: int = 15) -> str:
    """What promtools have against it. Nothing is evaluated more often than there are samples, each *step* seconds."""
    usual = milliseconds(rendered()["global"]["evaluation_interval"], "an interval") // 1000
    # what the slow groups of SLOs record is for boards: no alert reads it
    files = [RULES / file for file in rule_files(system) if not file.endswith("slo-slow.yaml")]
    content = {
        "rule_files": list(map(str, files)),
        # without it promtool takes groups as they come, and an alert may read what was recorded a step before
        "group_eval_order": [group["name"] for file in files for group in yaml.safe_load(file.read_text())["groups"]],
        "evaluation_interval": f"{max(usual, step)}s",
        "tests": [test],
    }
    (folder / "test.yaml").write_text(yaml.safe_dump(content, width=10**6), "utf-8")
    outcomes = run_all(
        Command(
            tool=str(each), arguments=(str(each.path), "test", "rules", "test.yaml"), folder=folder, timeout=_TIMEOUT
        )
        for each in promtools
    )
    assert {None} == {outcome.trouble for outcome in outcomes}
    return "\n".join(outcome.output for outcome in outcomes if outcome.code)
