"""QuantaCirc as it would answer its scrapes: the application, and runs of it with troubles."""

from simulators.quantacirc.application import COMPONENTS, Application, QuantumState
from simulators.quantacirc.simulation import AGENTS, MODELS, TICK, TOPICS, VERIFICATIONS, Simulation
from simulators.quantacirc.trouble import JOBS, TROUBLES, Trouble

__all__ = [
    "AGENTS",
    "COMPONENTS",
    "JOBS",
    "MODELS",
    "TICK",
    "TOPICS",
    "TROUBLES",
    "VERIFICATIONS",
    "Application",
    "QuantumState",
    "Simulation",
    "Trouble",
]
