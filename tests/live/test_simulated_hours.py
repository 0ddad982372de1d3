"""
Every trouble of QuantaCirc over simulated hours, judged by promtool: which alerts fire, and that they resolve.

The rules are as rendered, the samples are what a simulation would have been scraped for.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import attrs
import pytest
import yaml
from expected import ALWAYS, EXPECTED, SYSTEMS
from hours import input_series, read_by_rules, unit_test
from loopback import RULES, rendered, rule_files
from targets import targets

from simulators.quantacirc import TROUBLES, Simulation
from watchwright.verify.tools import Command, Tool, run_all

_TIMEOUT = 300.0


@attrs.frozen(kw_only=True)
class Hours:
    """A trouble that starts at a minute, and minutes after its end until which what it fired has resolved."""

    start: int = 25
    after: int = 20
    step: int = 60  # seconds
    gap: int | None = None  # minute at which nothing answers for a while
    slos: bool = True  # which count nothing where steps are longer than the scrapes that they are made for


# Forecasts look back on an hour; elsewhere the windows after the trouble are what takes time.
_ON_A_RUN = Hours(start=70)
HOURS = {
    "convergence lost": _ON_A_RUN,
    "convergence stalled": _ON_A_RUN,
    "divergence": _ON_A_RUN,
    "slow decay": _ON_A_RUN,
    "energy rising": _ON_A_RUN,
    "restart": attrs.evolve(_ON_A_RUN, after=75),
    "scrape gap": attrs.evolve(_ON_A_RUN, after=45),
    # in half a day a scrape fails now and then, and the phase is still the same
    "endless phase": Hours(start=0, step=150, gap=6 * 60, slos=False),
    "flapping phase": Hours(after=65),
    "failing agent": Hours(after=50),
    "failing verification": Hours(after=35),
    "late verification": Hours(after=35),
    "costly models": Hours(after=65),
}


@pytest.mark.parametrize("trouble", TROUBLES)
def test_a_trouble_fires_its_alerts_and_no_others_and_they_resolve(
    trouble: str, promtools: tuple[Tool, ...], tmp_path: Path
) -> None:
    """Before it nothing fires, while it lasts all its alerts do, at no time any other, and in the end none."""
    hours = HOURS.get(trouble, Hours())
    start, end = 60 * hours.start, round(60 * hours.start + TROUBLES[trouble].seconds)
    fired = ALWAYS | EXPECTED[trouble]
    expected = {start: ALWAYS, end - hours.step: fired, end + 60 * hours.after: ALWAYS}

    troubles = {trouble: start} | ({} if hours.gap is None else {"scrape gap": 60 * hours.gap})
    test = proof(Simulation(troubles=troubles), expected, fired, step=hours.step)

    assert "" == complaints(test, promtools, tmp_path, slos=hours.slos)


def test_a_healthy_run_fires_nothing_for_four_hours(promtools: tuple[Tool, ...], tmp_path: Path) -> None:
    test = proof(Simulation(seed=7, spelling="letters"), {4 * 3600: ALWAYS}, ALWAYS, step=60)

    assert "" == complaints(test, promtools, tmp_path)


def proof(
    simulation: Simulation, expected: Mapping[int, frozenset[str]], ever: frozenset[str], *, step: int
) -> dict[str, Any]:
    """A unit test that exactly these alerts fire at these seconds, and have *ever* fired by the last."""
    inputs = input_series(simulation, targets(rendered()), read_by_rules(*SYSTEMS), until=max(expected), step=step)
    return unit_test(inputs, expected, ever, step=step)


def complaints(test: Mapping[str, Any], promtools: Iterable[Tool], folder: Path, *, slos: bool = True) -> str:
    """What promtools have against it."""
    (folder / "test.yaml").write_text(yaml.safe_dump(_file(test, slos=slos), width=10**6), "utf-8")
    outcomes = run_all(
        Command(
            tool=str(each),
            arguments=(str(each.path), "test", "rules", "test.yaml"),
            folder=folder,
            timeout=_TIMEOUT,
        )
        for each in promtools
    )
    assert {None} == {outcome.trouble for outcome in outcomes}
    return "\n".join(outcome.output for outcome in outcomes if outcome.code)


def _file(test: Mapping[str, Any], *, slos: bool) -> dict[str, Any]:
    # what the slow groups of SLOs record is for boards: no alert reads it
    left_out = "/slo-slow" if slos else "/slo-"
    files = [RULES / file for file in rule_files(*SYSTEMS) if left_out not in file]
    groups = [group["name"] for file in files for group in yaml.safe_load(file.read_text("utf-8"))["groups"]]
    return {
        "rule_files": list(map(str, files)),
        # without it promtool takes groups as they come, and an alert may read what was recorded a step before
        "group_eval_order": groups,
        "evaluation_interval": rendered()["global"]["evaluation_interval"],
        "tests": [test],
    }
