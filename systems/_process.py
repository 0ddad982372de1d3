"""
What every client library exposes of its process.

https://prometheus.io/docs/instrumenting/writing_clientlibs/#process-metrics
"""

from watchwright import Counter, Gauge

cpu_seconds = Counter("process_cpu_seconds_total", "Total user and system CPU time spent in seconds.")
memory = Gauge("process_resident_memory_bytes", "Resident memory size in bytes.")
started = Gauge("process_start_time_seconds", "Start time of the process since unix epoch in seconds.")
