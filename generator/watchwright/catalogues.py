"""Public words: the series that Prometheus itself brings, of targets and of alerts, and those of SLOs."""

from watchwright.model.catalogue import builtin as prometheus
from watchwright.model.catalogue import firing as alerts
from watchwright.model.catalogue import objectives

__all__ = ["alerts", "objectives", "prometheus"]
