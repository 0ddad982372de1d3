"""The services of x0tta6bl4 behind /api/v1/ai: what each takes of the traffic, what it does, what of it is traced."""

from collections.abc import Mapping
from typing import NamedTuple

NAMESPACE = "x0tta6bl4"  # of Kubernetes, where all of them run


class Service(NamedTuple):
    """
    Its *parts* of all traffic, and the probabilities with which it is *traced*, by itself and by *operations*.

    *asks* is the operation that asks a model, where it has one: all others read or write what is known.
    """

    parts: int
    traced: float
    operations: Mapping[str, float]
    asks: str = ""


# What starts, stops or schedules something is rare, and is asked about later: all of it is kept. What only asks how
# things stand comes every few seconds, and a hundredth of it tells as much. One more service is one more line: its
# job, its share, its operations, its sampling and its place on the boards follow.
SERVICES = {
    "predictive-maintenance-service": Service(
        40, 0.05, {"predictMaintenance": 0.05, "scheduleMaintenance": 1}, asks="predictMaintenance"
    ),
    "quantum-optimizer-service": Service(
        30, 0.1, {"optimizeSystem": 0.5, "getOptimizationStatus": 0.01}, asks="optimizeSystem"
    ),
    "anomaly-analyzer-service": Service(
        20, 0.1, {"analyzeAnomaly": 0.2, "getAnomalyInsights": 0.1}, asks="analyzeAnomaly"
    ),
    "autonomous-optimizer-service": Service(
        10, 0.1, {"startOptimizationLoop": 1, "stopOptimizationLoop": 1, "getOptimizationMetrics": 0.01}
    ),
}
PREDICTIVE, QUANTUM, ANALYZER, AUTONOMOUS, *_ = SERVICES

ALL_PARTS = sum(each.parts for each in SERVICES.values())
SHARES = {name: each.parts / ALL_PARTS for name, each in SERVICES.items()}
DECLARED = "/".join(str(each.parts) for each in SERVICES.values())  # as people say it: 40/30/20/10
