"""The proactive monitor as it would answer its scrapes: built-in targets, some of its users, and troubles."""

from simulators.proactive_monitor.simulation import Simulation

__all__ = ["Simulation"]
