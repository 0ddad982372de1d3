"""What Grafana is set up with: `Provisioning`, and its data sources (`PrometheusSource`, `JaegerSource`)."""

from watchwright.model.grafana import JaegerSource, PrometheusSource, Provisioning
from watchwright.model.jaeger import Login

__all__ = ["JaegerSource", "Login", "PrometheusSource", "Provisioning"]
