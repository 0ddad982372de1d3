"""Every trouble of QuantaCirc, in real time, under every Prometheus at once: some twenty minutes."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import pytest
from scenario import Pending, Scenario, Watched, wait_for_alerts, watched

from simulators.quantacirc import TROUBLES
from watchwright.verify.tools import Tool

pytestmark = pytest.mark.nightly

_MINUTE, _HOUR = 60, 3600

# Troubles that show in windows of half an hour and more began before the servers started. A `for` of half an hour
# and more was almost over when a server of before stopped: Prometheus takes ten minutes at least to go on with it.
BEGAN_BEFORE = {
    # an hour into a run its energy is still high
    "convergence stalled": Scenario(trouble="convergence stalled", age=_HOUR),
    "slow decay": Scenario(trouble="slow decay", ago=28 * _MINUTE),
    "failing verification": Scenario(trouble="failing verification", ago=8 * _MINUTE),
    "late verification": Scenario(trouble="late verification", ago=8 * _MINUTE),
    "divergence": Scenario(trouble="divergence", ago=6 * _MINUTE),
    "energy rising": Scenario(
        trouble="energy rising",
        ago=45 * _MINUTE,
        pending=Pending(alert="EnergyRising", seconds=18 * _MINUTE),
    ),
    "endless phase": Scenario(
        trouble="endless phase",
        ago=2 * _HOUR,
        pending=Pending(alert="PhaseNeverEnds", seconds=12 * _HOUR - 12 * _MINUTE, labels={"phase": "exploration"}),
    ),
}
SCENARIOS = (Scenario(), *(BEGAN_BEFORE.get(trouble, Scenario(trouble=trouble)) for trouble in TROUBLES))


@pytest.fixture(scope="module")
def runs(
    prometheuses: tuple[Tool, ...], promtools: tuple[Tool, ...], tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Sequence[Watched]]:
    """Every trouble under every Prometheus, after all that should fire has fired."""
    with watched(SCENARIOS, prometheuses, promtools[0], tmp_path_factory.mktemp("nightly")) as every_run:
        wait_for_alerts(every_run, at_least=16 * _MINUTE, at_most=24 * _MINUTE)
        yield every_run


@pytest.mark.parametrize("scenario", SCENARIOS, ids=str)
def test_exactly_the_alerts_of_a_trouble_fire(scenario: Scenario, runs: Sequence[Watched]) -> None:
    """A healthy run, a restart and a gap fire nothing but what always fires."""
    for run in runs:
        if run.scenario == scenario:
            assert sorted(scenario.expected) == sorted(run.alerts("firing")), run.tool
