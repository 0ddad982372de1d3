"""AGI production as its pods and hosts would answer their scrapes, with troubles by name."""

from simulators.agi_production.simulation import Simulation
from simulators.agi_production.trouble import TROUBLES

__all__ = ["TROUBLES", "Simulation"]
