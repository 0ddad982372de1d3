"""What is rendered, as manifests: `Cluster`, how Grafana gets its dashboards, and where credentials lie."""

from watchwright.model.cluster import Cluster, ConfigMapKey, GrafanaOperator, Secret, Sidecar

__all__ = ["Cluster", "ConfigMapKey", "GrafanaOperator", "Secret", "Sidecar"]
