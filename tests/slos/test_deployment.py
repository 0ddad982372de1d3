"""A new SLO knows nothing of the hours before: that is no reason for an alert, and none to miss one."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import attrs
import pytest
from backfilled import Replay, Rule, prometheus
from definitions import in_order, rendered
from ledger import DAY, Burst, Scenario, drawn

from watchwright.verify.tools import Tool

_DEPLOYED = 3_600.0
_ALERTS = {"AvailabilityBurnPage", "AvailabilityBurnTicket", "AvailabilityAbsent"}


@attrs.frozen
class Deployed:
    """The alerts of an SLO, with when each was on, in seconds since the deployment."""

    alerts: dict[str, list[float]]

    def first(self, name: str) -> float:
        """When it began."""
        return self.alerts[name][0]


def deployed(
    tool: Tool, folder: Path, bursts: Sequence[Burst], words: str = "", *, minutes: int, rate: float = 20.0
) -> Deployed:
    """An SLO that is evaluated for the first time when its service has long been running."""
    days = (_DEPLOYED + minutes * 60) / DAY
    scenario = Scenario(name="deployed", days=days, instances=4, errors=0, rate=rate, bursts=bursts, old=DAY)
    rules: list[Rule] = in_order(rendered(folder / "repository", f"objective=99.9{words}"))
    with prometheus(tool.path, tool.version, folder / "server") as server:
        Replay(server=server, rules=rules, samples=drawn(scenario).series()).run(_DEPLOYED, scenario.length)
    found = {each.name: [at - _DEPLOYED for at in each.firing] for each in rules if not each.records}
    assert _ALERTS == set(found)
    return Deployed(found)


@pytest.mark.parametrize("bad", [0.02, 0.2])
@pytest.mark.parametrize("after", [5, 70, 280])
def test_a_bad_minute_right_after_the_deployment_alerts_nobody(
    bad: float, after: int, tool: Tool, tmp_path: Path
) -> None:
    begin = _DEPLOYED + after
    seen = deployed(tool, tmp_path, [Burst(begin, begin + 60, errors=bad)], minutes=120)
    assert {name: [] for name in _ALERTS} == seen.alerts


def test_one_or_two_errors_among_a_handful_of_events_alert_nobody(tool: Tool, tmp_path: Path) -> None:
    """All that is known is bad at first, and would be enough: what keeps still is that so little is known."""
    begin = _DEPLOYED + 65
    few = [Burst(begin, begin + 30, errors=1.0)]
    seen = deployed(tool, tmp_path, few, ", least_failures=0", minutes=120, rate=0.02)
    assert {name: [] for name in _ALERTS} == seen.alerts


@pytest.mark.parametrize("after", [5, 70, 280])
def test_an_outage_that_begins_right_after_the_deployment_pages_within_minutes(
    after: int, tool: Tool, tmp_path: Path
) -> None:
    begin = _DEPLOYED + after
    seen = deployed(tool, tmp_path, [Burst(begin, begin + 7_200, errors=1.0)], minutes=30)
    waited = seen.first("AvailabilityBurnPage") - after
    print(f"\noutage {after} s after the deployment, Prometheus {tool.version}: page after {waited / 60:.2f} min")
    assert waited <= 6 * 60
