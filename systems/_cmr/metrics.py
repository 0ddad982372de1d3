"""What CMR exposes: the memory itself, the process around it, and the monitor that watches both."""

from watchwright import Counter, Gauge, Histogram, Label

layer = Label("layer", cardinality=12)  # of the model, by number, those that have a hook: 4 and 6 among them
component = Label("component", values=["memory_buffer", "retrieval", "reconstruction"])
gpu = Label("gpu", cardinality=8)

# Requests and the forward pass -----------------------------------------------------------------------------
# A bound is at 0.1 s, above which CMR calls itself slow, and the others are close around what is usual.

requests = Counter(
    "cmr_requests_total",
    "Requests to the memory: what one sequence of a batch has captured, retrieved and reconstructed.",
    labels=[Label("result", values=["success", "error"])],
    preset=True,
)
request_duration = Histogram(
    "cmr_request_duration_seconds",
    "How long such a request took: 25 ms, usually.",
    buckets=[0.005, 0.01, 0.025, 0.05, 0.075, 0.1, 0.15, 0.2, 0.5, 1],
)
forward_duration = Histogram(
    "cmr_forward_duration_seconds",
    "How long a forward pass of the model took over a whole batch, the memory's part included: 50 ms, usually.",
    buckets=[0.01, 0.025, 0.04, 0.05, 0.06, 0.075, 0.1, 0.15, 0.2, 0.5, 1],
)

# Captures, states and reconstructions ------------------------------------------------------------------------

captures = Counter(
    "cmr_captures_total",
    "States that a hook tried to capture.",
    labels=[layer, Label("result", values=["captured", "failed"])],
    preset=True,
)
capture_duration = Histogram(
    "cmr_capture_duration_seconds",
    "How long a capture took: 1 to 2 ms, usually.",
    labels=[layer],
    buckets=[0.0005, 0.001, 0.0015, 0.002, 0.003, 0.005, 0.01, 0.025, 0.1],
)
stores = Counter(
    "cmr_stores_total",
    "Captured states offered to the buffer.",
    labels=[layer, Label("result", values=["stored", "refused"])],
    preset=True,
)
# How many reconstructions there were is the `_count` of both, and no counter of its own
reconstruction_duration = Histogram(
    "cmr_reconstruction_duration_seconds",
    "How long a reconstruction took: 2 to 3 ms, usually.",
    labels=[layer],
    buckets=[0.001, 0.0015, 0.002, 0.0025, 0.003, 0.004, 0.005, 0.01, 0.025, 0.1],
)
reconstruction_quality = Histogram(
    "cmr_reconstruction_quality_ratio",
    "How close a reconstruction comes to the state that was captured: 0.85, usually.",
    labels=[layer],
    buckets=[0.5, 0.6, 0.7, 0.75, 0.8, 0.85, 0.9, 0.95, 1],
)

# Buffer and retrieval ----------------------------------------------------------------------------------------

entries = Gauge("cmr_buffer_entries", "States in the buffer.", labels=[layer], unit="entries")
capacity = Gauge("cmr_buffer_capacity_entries", "States that the buffer takes.", labels=[layer], unit="entries")
buffer_size = Gauge("cmr_buffer_size_bytes", "Memory that the buffer takes: 45 MB, usually.")
evictions = Counter(
    "cmr_evictions_total",
    "States evicted before their time, to make room for another. Most leave by their age.",
    labels=[layer],
    preset=True,
)
retrievals = Counter(
    "cmr_retrievals_total",
    "Retrievals from the buffer.",
    labels=[Label("result", values=["hit", "miss"])],
    preset=True,
)
retrieval_duration = Histogram(
    "cmr_retrieval_duration_seconds",
    "How long a retrieval took: 2 ms, usually.",
    buckets=[0.0005, 0.001, 0.0015, 0.002, 0.003, 0.005, 0.01, 0.025, 0.1],
)
retrieval_quality = Histogram(
    "cmr_retrieval_quality_ratio",
    "How well what was retrieved fits what was asked for: 0.88, usually.",
    buckets=[0.5, 0.6, 0.7, 0.75, 0.8, 0.85, 0.9, 0.95, 1],
)

# Hooks: how often they were called is the `_count` ------------------------------------------------------------

hook_duration = Histogram(
    "cmr_hook_duration_seconds",
    "How long a hook held up the forward pass.",
    labels=[layer],
    buckets=[0.0001, 0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.1],
)
conflicts = Counter("cmr_hook_conflicts_total", "Times that another hook had changed the same state.", labels=[layer])

# Errors: each is of one of the captures, retrievals and reconstructions that are counted above -------------------

errors = Counter("cmr_errors_total", "Errors, by the component that had them.", labels=[component], preset=True)

# Resources -----------------------------------------------------------------------------------------------------

gpu_use = Gauge("cmr_gpu_utilization_ratio", "GPU in use, from 0 to 1.", labels=[gpu])
gpu_memory = Gauge("cmr_gpu_memory_allocated_bytes", "Memory of the GPU in use.", labels=[gpu])
gpu_capacity = Gauge("cmr_gpu_memory_capacity_bytes", "Memory that the GPU has.", labels=[gpu])
gpu_allocations = Counter("cmr_gpu_allocations_total", "Allocations on the GPU.", labels=[gpu])

# The monitor's own pipeline --------------------------------------------------------------------------------------

samples = Counter(
    "cmr_monitor_samples_total",
    "Samples that the monitor collected; invalid ones it throws away.",
    labels=[Label("result", values=["stored", "invalid"])],
    preset=True,
)
processing_duration = Histogram(
    "cmr_monitor_processing_duration_seconds",
    "How long the monitor worked on one collection. The next one begins after a second.",
    buckets=[0.001, 0.005, 0.01, 0.05, 0.1, 0.25, 0.5, 1],
)
storage_duration = Histogram(
    "cmr_monitor_storage_duration_seconds",
    "How long it took to store one collection.",
    buckets=[0.001, 0.005, 0.01, 0.05, 0.1, 0.25, 0.5, 1],
)
alerts_raised = Counter(
    "cmr_monitor_alerts_total",
    "Alerts that CMR raised by itself.",
    labels=[Label("severity", values=["warning", "error", "critical"])],
    preset=True,
)
