"""
What the monitor exposes, and the calls it records through.

Names, types, labels and buckets stand here a second time on purpose: a simulator that read them from the definition
could not contradict it.
"""

from __future__ import annotations

from collections import Counter as Tally
from collections import deque

import attrs
from prometheus_client import Counter, Enum, Gauge, Histogram

from simulators.clockwork import Process

SEVERITIES = ("low", "medium", "high", "critical")
CHANNELS = ("slack", "email")  # webhooks are not set up
_KEPT = 100


@attrs.define
class Finding:
    """What was found of a target *at* a second, and whether somebody acknowledged it."""

    target: str
    severity: str
    at: float
    acknowledged: bool = False


class Monitor(Process):
    """The monitor's process: its metrics, when each target is due, and the findings that it keeps."""

    def __init__(self) -> None:
        super().__init__()
        self.due: dict[str, float] = {}
        self.unusual: dict[str, bool] = {}  # targets whose last check found something
        self.kept: deque[Finding] = deque()
        self.running = True
        self._schedule()
        self._findings()
        self._process()

    # Metrics ---------------------------------------------------------------------------------------------

    def _schedule(self) -> None:
        all_of = {"registry": self.registry}
        self.targets = Gauge("proactive_monitor_targets", "Targets that it watches.", ["source"], **all_of)
        self.interval = Gauge(
            "proactive_monitor_check_interval_seconds", "How often a target is to be checked.", ["target"], **all_of
        )
        self.last_check = Gauge(
            "proactive_monitor_last_check_timestamp_seconds", "When the last check ended.", ["target"], **all_of
        )
        self.checks = Counter("proactive_monitor_checks_total", "Checks.", ["target", "result"], **all_of)
        self.check_duration = Histogram(
            "proactive_monitor_check_duration_seconds",
            "How long a check took.",
            ["source"],
            buckets=[0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60],
            **all_of,
        )
        self.query_duration = Histogram(
            "proactive_monitor_query_duration_seconds",
            "How long the data source took.",
            ["source"],
            buckets=[0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30],
            **all_of,
        )
        self.check_points = Histogram(
            "proactive_monitor_check_points",
            "Points that a check looked at.",
            ["source"],
            buckets=[60, 120, 240, 500, 1000, 2500, 5000, 10_000],
            **all_of,
        )
        self.value = Gauge("proactive_monitor_last_value", "The last value.", ["target"], **all_of)
        self.expected = Gauge("proactive_monitor_expected_value", "What was expected.", ["target"], **all_of)

    def _findings(self) -> None:
        all_of = {"registry": self.registry}
        self.anomalies = Counter(
            "proactive_monitor_anomalies_total", "Anomalies by method.", ["method", "severity"], **all_of
        )
        self.findings = Counter("proactive_monitor_findings_total", "Findings.", ["target", "severity"], **all_of)
        self.last_finding = Gauge(
            "proactive_monitor_last_finding_timestamp_seconds", "When it had its last finding.", ["target"], **all_of
        )
        self.deviations = Histogram(
            "proactive_monitor_finding_deviations", "How far off.", buckets=[3, 5, 10, 30, 100], **all_of
        )
        self.confidence = Histogram(
            "proactive_monitor_finding_confidence_ratio",
            "How sure it is.",
            buckets=[0.5, 0.6, 0.7, 0.8, 0.9, 0.95, 1],
            **all_of,
        )
        self.agreed = Histogram(
            "proactive_monitor_finding_methods", "Methods that agreed.", buckets=[1, 2, 3, 4], **all_of
        )
        self.kept_findings = Gauge("proactive_monitor_kept_findings", "Kept.", ["severity"], **all_of)
        self.unacknowledged = Gauge("proactive_monitor_unacknowledged_findings", "Not seen.", ["severity"], **all_of)
        self.forgotten = Counter("proactive_monitor_forgotten_findings_total", "Forgotten.", ["severity"], **all_of)
        self.acknowledgement_delay = Histogram(
            "proactive_monitor_acknowledgement_delay_seconds",
            "How long a finding waited.",
            ["severity"],
            buckets=[60, 300, 900, 3600, 14_400, 86_400],
            **all_of,
        )
        self.notifications = Counter(
            "proactive_monitor_notifications_total", "Notifications.", ["channel", "result"], **all_of
        )
        for severity in SEVERITIES:
            self.forgotten.labels(severity)
        for channel in CHANNELS:
            for result in ("sent", "failed"):
                self.notifications.labels(channel, result)
        self._count_kept()

    def _process(self) -> None:
        all_of = {"registry": self.registry}
        self.state = Enum("proactive_monitor_state", "What it does.", states=["running", "stopped"], **all_of)
        self.cpu = Counter("process_cpu_seconds_total", "Total user and system CPU time.", **all_of)
        self.memory = Gauge("process_resident_memory_bytes", "Resident memory.", **all_of)
        start = Gauge("process_start_time_seconds", "Start time since unix epoch.", **all_of)
        start.set_function(lambda: self.started)

    # What happens ------------------------------------------------------------------------------------------

    def found(self, finding: Finding) -> None:
        """Count a finding, and keep it in the place of the oldest, which is forgotten."""
        self.findings.labels(finding.target, finding.severity).inc()
        self.kept.append(finding)
        if len(self.kept) > _KEPT:
            oldest = self.kept.popleft()
            if not oldest.acknowledged:
                self.forgotten.labels(oldest.severity).inc()
        self._count_kept()

    def acknowledge(self, finding: Finding, now: float) -> None:
        """Somebody has seen a finding."""
        finding.acknowledged = True
        self.acknowledgement_delay.labels(finding.severity).observe(now - finding.at)
        self._count_kept()

    def _count_kept(self) -> None:
        kept = Tally(each.severity for each in self.kept)
        waiting = Tally(each.severity for each in self.kept if not each.acknowledged)
        for severity in SEVERITIES:
            self.kept_findings.labels(severity).set(kept[severity])
            self.unacknowledged.labels(severity).set(waiting[severity])
