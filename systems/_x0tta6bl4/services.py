"""The services of x0tta6bl4 behind /api/v1/ai: what each takes of the traffic, what it does, what of it is traced."""

from collections.abc import Mapping
from typing import NamedTuple

NAMESPACE = "x0tta6bl4"  # of Kubernetes, where all of them run


class Service(NamedTuple):
    """Its *share* of all requests, and the probabilities with which it is *traced*, by itself and by *operations*."""

    share: float
    traced: float
    operations: Mapping[str, float]


# What starts, stops or schedules something is rare, and is asked about later: all of it is kept. What only asks how
# things stand comes every few seconds, and a hundredth of it tells as much.
SERVICES = {
    "predictive-maintenance-service": Service(0.4, 0.05, {"predictMaintenance": 0.05, "scheduleMaintenance": 1}),
    "quantum-optimizer-service": Service(0.3, 0.1, {"optimizeSystem": 0.5, "getOptimizationStatus": 0.01}),
    "anomaly-analyzer-service": Service(0.2, 0.1, {"analyzeAnomaly": 0.2, "getAnomalyInsights": 0.1}),
    "autonomous-optimizer-service": Service(
        0.1, 0.1, {"startOptimizationLoop": 1, "stopOptimizationLoop": 1, "getOptimizationMetrics": 0.01}
    ),
}
