"""The systems that a clockwork simulates."""

from __future__ import annotations

from collections.abc import Mapping
from importlib import import_module
from pathlib import Path
from typing import Any

from simulators.clockwork import Clockwork

_PACKAGES: Mapping[str, str] = {
    "agi-production": "agi_production",
    "cmr": "cmr",
    "proactive-monitor": "proactive_monitor",
    "x0tta6bl4": "x0tta6bl4",
}
#: Their names.
SIMULATED = tuple(each for each, package in _PACKAGES.items() if (Path(__file__).parent / package).is_dir())


def simulation(system: str) -> type[Clockwork[Any, Any]]:
    """The class that simulates a system."""
    found: type[Clockwork[Any, Any]] = import_module(f"simulators.{_PACKAGES[system]}").Simulation
    return found
