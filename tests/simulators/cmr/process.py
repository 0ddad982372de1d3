"""
What a model and the monitor expose.

Names, types, labels and buckets stand here a second time on purpose: a simulator that read them from the definition
could not contradict it.
"""

from __future__ import annotations

from itertools import product

from prometheus_client import Counter, Gauge

from simulators.clockwork import Process
from simulators.cmr.observed import Observed

#: The layers that have a hook.
LAYERS = ("4", "6")
COMPONENTS = ("memory_buffer", "retrieval", "reconstruction")
GPU = "0"
_SHORT = (0.0005, 0.001, 0.0015, 0.002, 0.003, 0.005, 0.01, 0.025, 0.1)
_QUALITY = (0.5, 0.6, 0.7, 0.75, 0.8, 0.85, 0.9, 0.95, 1)
_COLLECTION = (0.001, 0.005, 0.01, 0.05, 0.1, 0.25, 0.5, 1)


class _Made(Process):
    """A process that makes its metrics, and exposes of itself what every client library does."""

    def __init__(self) -> None:
        super().__init__()
        self.cpu = self._counter("process_cpu_seconds", "Total user and system CPU time spent in seconds.")
        self.memory = self._gauge("process_resident_memory_bytes", "Resident memory size in bytes.")

    def _counter(self, name: str, text: str, **labels: tuple[str, ...]) -> Counter:
        """A counter whose children are there from the start, for all of these values."""
        counter = Counter(name, text, list(labels), registry=self.registry)
        for values in product(*labels.values()) if labels else ():
            counter.labels(*values)
        return counter

    def _gauge(self, name: str, text: str, *labels: str) -> Gauge:
        return Gauge(name, text, labels, registry=self.registry)

    def _histogram(self, name: str, text: str, buckets: tuple[float, ...], *labels: str) -> Observed:
        return Observed(name, text, buckets, self.registry, labels)


class Model(_Made):
    """A model with its memory; as it starts the buffer is empty."""

    def __init__(self) -> None:
        super().__init__()
        self.requests = self._counter("cmr_requests", "Requests to the memory.", result=("success", "error"))
        self.request = self._histogram(
            "cmr_request_duration_seconds",
            "How long such a request took.",
            (0.005, 0.01, 0.025, 0.05, 0.075, 0.1, 0.15, 0.2, 0.5, 1),
        )
        self.forward = self._histogram(
            "cmr_forward_duration_seconds",
            "How long a forward pass took.",
            (0.01, 0.025, 0.04, 0.05, 0.06, 0.075, 0.1, 0.15, 0.2, 0.5, 1),
        )
        self._memory()
        self._buffer()
        self.errors = self._counter("cmr_errors", "Errors, by component.", component=COMPONENTS)
        self.gpu_use = self._gauge("cmr_gpu_utilization_ratio", "GPU in use.", "gpu")
        self.gpu_memory = self._gauge("cmr_gpu_memory_allocated_bytes", "Memory of the GPU in use.", "gpu")
        self.gpu_capacity = self._gauge("cmr_gpu_memory_capacity_bytes", "Memory that the GPU has.", "gpu")
        self.gpu_allocations = Counter(
            "cmr_gpu_allocations", "Allocations on the GPU.", ["gpu"], registry=self.registry
        )

    def _memory(self) -> None:
        self.captures = self._counter("cmr_captures", "Captures.", layer=LAYERS, result=("captured", "failed"))
        self.capture = self._histogram("cmr_capture_duration_seconds", "How long a capture took.", _SHORT, "layer")
        self.stores = self._counter("cmr_stores", "States offered.", layer=LAYERS, result=("stored", "refused"))
        self.reconstruction = self._histogram(
            "cmr_reconstruction_duration_seconds",
            "How long a reconstruction took.",
            (0.001, 0.0015, 0.002, 0.0025, 0.003, 0.004, 0.005, 0.01, 0.025, 0.1),
            "layer",
        )
        self.reconstruction_quality = self._histogram(
            "cmr_reconstruction_quality_ratio", "How close a reconstruction comes.", _QUALITY, "layer"
        )
        self.hook = self._histogram(
            "cmr_hook_duration_seconds",
            "How long a hook held up the forward pass.",
            (0.0001, 0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.1),
            "layer",
        )
        # a layer has one from its first conflict on
        self.conflicts = Counter("cmr_hook_conflicts", "Conflicts of hooks.", ["layer"], registry=self.registry)

    def _buffer(self) -> None:
        self.held = dict.fromkeys(LAYERS, 0)
        self.entries = self._gauge("cmr_buffer_entries", "States in the buffer.", "layer")
        self.capacity = self._gauge("cmr_buffer_capacity_entries", "States that the buffer takes.", "layer")
        self.size = self._gauge("cmr_buffer_size_bytes", "Memory that the buffer takes.")
        self.evictions = self._counter("cmr_evictions", "States evicted before their time.", layer=LAYERS)
        self.retrievals = self._counter("cmr_retrievals", "Retrievals.", result=("hit", "miss"))
        self.retrieval = self._histogram("cmr_retrieval_duration_seconds", "How long a retrieval took.", _SHORT)
        self.retrieval_quality = self._histogram(
            "cmr_retrieval_quality_ratio", "How well what was retrieved fits.", _QUALITY
        )


class Monitor(_Made):
    """What collects from the models each second."""

    def __init__(self) -> None:
        super().__init__()
        self.samples = self._counter("cmr_monitor_samples", "Samples collected.", result=("stored", "invalid"))
        self.processing = self._histogram(
            "cmr_monitor_processing_duration_seconds", "How long the monitor worked on one collection.", _COLLECTION
        )
        self.storage = self._histogram(
            "cmr_monitor_storage_duration_seconds", "How long it took to store one.", _COLLECTION
        )
        self.alerts = self._counter("cmr_monitor_alerts", "Alerts raised.", severity=("warning", "error", "critical"))
