"""
What a pod of the platform exposes, and what node_exporter does of a host.

Names, types, labels and buckets stand here a second time on purpose: a simulator that read them from the definition
could not contradict it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from prometheus_client import Counter, Gauge, Histogram

from simulators.clockwork import Process


class Family(NamedTuple):
    """What a model family does in a collection, which is one scrape."""

    inferences: int
    errors: int
    latency: float
    drift: float


FAMILIES: Mapping[str, Family] = {
    "language": Family(1000, 5, 0.1, 0.2),
    "gesture": Family(500, 3, 0.03, 0.3),
    "constitutional": Family(10_000, 1, 0.2, 0.8),
    "memory": Family(200, 2, 0.15, 0.4),
    "quantum": Family(50, 5, 0.5, 0.4),
}
COLLECTORS = ("application", "business", *FAMILIES)
TIERS = {"free": 0.8, "pro": 0.17, "enterprise": 0.03}
REGIONS = {"eu": 0.4, "us": 0.35, "asia": 0.25}
FEATURES = {"chat": 0.5, "translate": 0.2, "gestures": 0.15, "recall": 0.1, "prove": 0.05}
COMPONENTS = {"compute": 0.3, "accelerators": 0.45, "quantum": 0.15, "storage": 0.06, "network": 0.04}


class Pod(Process):
    """A pod of the platform."""

    def __init__(self) -> None:
        super().__init__()
        self._application()
        self._families()
        self._language()
        self._gesture()
        self._constitutional()
        self._memory()
        self._quantum()
        self._collection()

    def _application(self) -> None:
        self.users = self._gauge("agi_active_users", "Users active now.", "tier", "region")
        self.requests = self._counter("agi_requests_total", "Requests of users.", "status")
        self.features = self._counter("agi_feature_uses_total", "Uses of features.", "feature")
        self.cost = self._counter("agi_cost_usd_total", "What running the platform cost.", "component")

    def _families(self) -> None:
        self.inferences = self._counter("agi_inferences_total", "Inferences.", "family")
        self.errors = self._counter("agi_inference_errors_total", "Inferences that failed.", "family")
        buckets = (0.015, 0.03, 0.06, 0.1, 0.15, 0.2, 0.3, 0.4, 0.5, 1, 2, 5)
        self.duration = self._histogram("agi_inference_duration_seconds", buckets, "family")
        self.drift = self._gauge("agi_drift_score_ratio", "How far a model has drifted.", "family")

    def _language(self) -> None:
        self.translation = self._gauge("agi_language_translation_accuracy_ratio", "Translations that are right.")
        self.understood = self._gauge("agi_language_gesture_accuracy_ratio", "Gestures understood in a dialogue.")
        self.fusion = self._histogram("agi_language_fusion_duration_seconds", (0.01, 0.025, 0.05, 0.1, 0.2, 0.5, 1))
        self.symbols = self._counter("agi_language_symbols_total", "Symbols created.")
        self.folds = self._counter("agi_language_memory_folds_total", "Memory folds created.")
        self.unlawful = self._counter("agi_language_constitutional_violations_total", "Utterances that violated it.")

    def _gesture(self) -> None:
        self.frames = self._counter("agi_gesture_frames_total", "Frames processed.")
        buckets = (0.01, 0.02, 0.03, 0.04, 0.06, 0.1, 0.2, 0.5)
        self.frame_duration = self._histogram("agi_gesture_frame_duration_seconds", buckets)
        self.detection = self._gauge("agi_gesture_detection_accuracy_ratio", "Gestures detected rightly.")
        self.cultural = self._gauge("agi_gesture_cultural_accuracy_ratio", "Gestures read as their culture does.")

    def _constitutional(self) -> None:
        self.checks = self._counter("agi_constitutional_checks_total", "Constraints checked.")
        self.violations = self._counter("agi_constitutional_violations_total", "Violations detected.")
        self.repairs = self._counter("agi_constitutional_repairs_total", "Violations repaired.")
        self.proof = self._histogram("agi_constitutional_proof_duration_seconds", (0.05, 0.1, 0.2, 0.4, 0.8, 1.6, 5))

    def _memory(self) -> None:
        self.memories = self._counter("agi_memory_operations_total", "Memories encoded and retrieved.", "operation")
        self.consolidation = self._gauge("agi_memory_consolidation_ratio", "Share that is consolidated.")
        self.forgetting = self._gauge("agi_memory_forgetting_ratio", "Share that is forgotten.")
        self.activity = self._gauge("agi_memory_hippocampal_activity_ratio", "Hippocampal activity.")

    def _quantum(self) -> None:
        self.depth = self._histogram("agi_quantum_circuit_depth", (5, 10, 15, 20, 30, 40, 80))
        self.fidelity = self._gauge("agi_quantum_gate_fidelity_ratio", "Fidelity at the last calibration.")
        self.coherence = self._gauge("agi_quantum_coherence_seconds", "Coherence time at the last calibration.")
        self.overhead = self._gauge("agi_quantum_error_correction_overhead_ratio", "Operations that correct errors.")

    def _collection(self) -> None:
        self.collection = self._histogram("agi_collection_duration_seconds", (0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10))
        self.collectors = self._gauge("agi_collection_collectors", "Collectors used by the last collection.")
        self.failures = self._counter("agi_collector_failures_total", "Failures of a collector.", "collector")
        self.extracted = self._counter("agi_features_extracted_total", "Features extracted.")
        self.score = self._gauge("agi_anomaly_score_ratio", "How unusual the platform finds itself.")
        self.sampling = self._gauge("agi_collection_sampling_ratio", "Share of the collections that are exported.")

    def _gauge(self, name: str, help: str, *labels: str) -> Gauge:
        return Gauge(name, help, labels, registry=self.registry)

    def _counter(self, name: str, help: str, *labels: str) -> Counter:
        return Counter(name, help, labels, registry=self.registry)

    def _histogram(self, name: str, buckets: Sequence[float], *labels: str) -> Histogram:
        return Histogram(
            name, "How long it took, or how many there were.", labels, buckets=buckets, registry=self.registry
        )


GIB = 2**30
CPUS = 4


class Host(Process):
    """A host, as node_exporter tells of it."""

    SIZES: Mapping[str, tuple[str, str, float]] = {
        "/": ("/dev/sda1", "ext4", 120 * GIB),
        "/models": ("/dev/sdb1", "xfs", 500 * GIB),
        "/run": ("tmpfs", "tmpfs", 6 * GIB),
    }
    MEMORY = 64 * GIB
    SWAP = 8 * GIB

    def __init__(self) -> None:
        super().__init__()
        self.written = 0.0  # bytes that a trouble has written to a disk, and of memory that it has taken
        self.leaked = 0.0
        self.cpu = self._counter("node_cpu_seconds_total", "cpu", "mode")
        self.load = {minutes: self._gauge(f"node_load{minutes}") for minutes in (1, 5, 15)}
        self.memory = self._gauge("node_memory_MemTotal_bytes")
        self.available = self._gauge("node_memory_MemAvailable_bytes")
        self.swap = self._gauge("node_memory_SwapTotal_bytes")
        self.swap_free = self._gauge("node_memory_SwapFree_bytes")
        self.size = self._gauge("node_filesystem_size_bytes", "device", "fstype", "mountpoint")
        self.free = self._gauge("node_filesystem_free_bytes", "device", "fstype", "mountpoint")
        self.disk = {name: self._counter(f"node_disk_{name}_total", "device") for name in (
            "read_bytes", "written_bytes", "reads_completed", "writes_completed")}  # fmt: skip
        self.network = {name: self._counter(f"node_network_{name}_total", "device") for name in (
            "receive_bytes", "transmit_bytes", "receive_packets", "transmit_packets")}  # fmt: skip
        self.connections = self._gauge("node_netstat_Tcp_CurrEstab")
        self.pids = self._gauge("node_processes_pids")
        self.memory.set(self.MEMORY)
        self.swap.set(self.SWAP)
        for mountpoint, (device, fstype, size) in self.SIZES.items():
            self.size.labels(device, fstype, mountpoint).set(size)

    def _gauge(self, name: str, *labels: str) -> Gauge:
        return Gauge(name, "As node_exporter says.", labels, registry=self.registry)

    def _counter(self, name: str, *labels: str) -> Counter:
        return Counter(name, "As node_exporter says.", labels, registry=self.registry)


def observe(histogram: Histogram, values: Sequence[float], many: int) -> None:
    """Observe so *many*, a part of them of each value: ten thousand inferences a collection are too many to roll."""
    each, left = divmod(many, len(values))
    for number, value in enumerate(values):
        count = each + (number < left)
        bucket = next(place for place, bound in enumerate(histogram._upper_bounds) if value <= bound)  # noqa: SLF001
        histogram._buckets[bucket].inc(count)  # noqa: SLF001 - the client has no word for many at once
        histogram._sum.inc(value * count)  # noqa: SLF001
