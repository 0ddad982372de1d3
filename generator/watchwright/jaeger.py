"""Jaeger's storages (`Memory`, `Elasticsearch`, `OpenSearch`, `Cassandra`), and its tuning."""

from watchwright.model.jaeger import (
    Batch,
    Bulk,
    Cassandra,
    Elasticsearch,
    Login,
    Memory,
    MemoryLimiter,
    OpenSearch,
    Queue,
    Retry,
)

__all__ = [
    "Batch",
    "Bulk",
    "Cassandra",
    "Elasticsearch",
    "Login",
    "Memory",
    "MemoryLimiter",
    "OpenSearch",
    "Queue",
    "Retry",
]
