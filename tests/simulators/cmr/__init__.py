"""CMR as it would answer its scrapes: two models with their memories, their monitor, and runs of them with troubles."""

from simulators.cmr.simulation import Simulation

__all__ = ["Simulation"]
