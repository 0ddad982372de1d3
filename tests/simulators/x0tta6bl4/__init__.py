"""x0tta6bl4 as it would answer its scrapes: four services, the gateway before them, the books, and their troubles."""

from simulators.x0tta6bl4.simulation import Simulation

__all__ = ["Simulation"]
