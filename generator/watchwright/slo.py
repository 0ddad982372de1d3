"""Service level objectives: `Slo`, what it is about, and when it alerts."""

from watchwright.model.overview import overview
from watchwright.model.sli import ErrorRatio, Fresh, Held, Latency, Ratio, Tracked
from watchwright.model.slo import BurnAlert, Maintenance, Slo, Tier, burn_alerts

__all__ = [
    "BurnAlert",
    "ErrorRatio",
    "Fresh",
    "Held",
    "Latency",
    "Maintenance",
    "Ratio",
    "Slo",
    "Tier",
    "Tracked",
    "burn_alerts",
    "overview",
]
