"""
The metrics that examples read, of a shop.

Each has its own name as its Python name, so that it is the same word in Python and in raw PromQL.
"""

from __future__ import annotations

from watchwright.model.label import Label
from watchwright.model.metric import Counter, Gauge, Histogram, Info, Summary

_path = Label("path")
_queue = Label("queue", values=["mail", "print"], reserved=["fax"])

http_requests_total = Counter(
    "http_requests_total", "Requests answered.", labels=[Label("code", values=["200", "404", "500"]), _path]
)
http_request_duration_seconds = Histogram(
    "http_request_duration_seconds", "Time to answer.", labels=[_path], buckets=[0.1, 0.5, 1, 2.5]
)
replies_seconds = Summary("replies_seconds", "Time to reply.", labels=[_path], quantiles=[0.5, 0.99])
queue_length = Gauge("queue_length", "Jobs that wait.", labels=[_queue])
queue_oldest_timestamp_seconds = Gauge(
    "queue_oldest_timestamp_seconds", "When the oldest job came.", labels=[_queue], unit="seconds"
)
jobs_failed_total = Counter("jobs_failed_total", "Jobs that failed.", labels=["kind"])
old_requests_total = Counter(
    "old_requests_total", "Requests answered by the old shop.", deprecated="http_requests_total"
)
memory_used_bytes = Gauge("memory_used_bytes", "Memory in use.")
disk_used_ratio = Gauge("disk_used_ratio", "Share of the disk in use.", labels=["device"])
temperature_change_celsius = Histogram(  # some of it below 0, so that clients expose no sum
    "temperature_change_celsius", "Change within a minute.", buckets=[-5, 0, 5]
)
shop_build_info = Info("shop_build_info", "What runs.", labels=["version"])
