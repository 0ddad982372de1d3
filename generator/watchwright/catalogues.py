"""Public words: the series that Prometheus itself brings, of targets and of alerts."""

from watchwright.model.catalogue import builtin as prometheus
from watchwright.model.catalogue import firing as alerts

__all__ = ["alerts", "prometheus"]
