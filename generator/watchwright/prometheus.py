"""Prometheus as a service: `RemoteWrite`, `Shards`, and what starts it (`Systemd`, `Container`, `Operator`)."""

from watchwright.model.server import Container, OAuth2, Operator, RemoteWrite, Shards, Systemd, WriteQueue

__all__ = ["Container", "OAuth2", "Operator", "RemoteWrite", "Shards", "Systemd", "WriteQueue"]
