"""A Prometheus that was away, and targets that come back, are no errors."""

from __future__ import annotations

from pathlib import Path

import pytest
from backfilled import Replay, prometheus
from definitions import in_order, rendered
from ledger import Scenario, drawn

from watchwright.verify.tools import Tool

_HOUR = 3_600.0
_AWAY = 2 * _HOUR


@pytest.mark.parametrize("seconds", [40, 75, 120, 180, 290, 400])
def test_nothing_alerts_when_prometheus_comes_back(seconds: int, tool: Tool, tmp_path: Path) -> None:
    """The last samples before it went linger for five minutes, and the last evaluation is long ago."""
    down = [(_AWAY, _AWAY + seconds)]
    scenario = Scenario(name="away", days=3 * _HOUR / 86_400, instances=4, errors=0.0002, old=86_400, down=down)
    rules = in_order(rendered(tmp_path / "repository", "objective=99.9"))
    with prometheus(tool.path, tool.version, tmp_path / "server") as server:
        Replay(server=server, rules=rules, samples=drawn(scenario).series(), down=down).run(60, scenario.length)
    assert {} == {each.name: each.firing for each in rules if each.firing and not each.records}
