"""
What every client library exposes of its process, and what boards show of it.

https://prometheus.io/docs/instrumenting/writing_clientlibs/#process-metrics
"""

from watchwright import Annotation, Counter, Gauge, time
from watchwright.units import minutes

PROCESS = ["job", "instance"]  # what tells one process from another

cpu_seconds = Counter("process_cpu_seconds_total", "Total user and system CPU time spent in seconds.")
memory = Gauge("process_resident_memory_bytes", "Resident memory size in bytes.")
started = Gauge("process_start_time_seconds", "Start time of the process since unix epoch in seconds.")

# It empties what the process keeps, and begins all its counts anew
restart = Annotation(
    "Restart", time() - started < 2 * minutes, title="Restart of {instance}", color="purple", step="1m"
)
