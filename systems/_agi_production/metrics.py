"""What the platform exposes of itself: its users, its five model families, and the collection of all this."""

from typing import NamedTuple

from watchwright import Counter, Gauge, Histogram, Label


class Usual(NamedTuple):
    """What is usual of a model family: inferences and errors in one collection, seconds of latency, drift score."""

    inferences: int
    errors: int
    latency: float
    drift: float


# A family is a line here: its labels, buckets, rules, promises, panels and traces follow
USUAL = {
    "language": Usual(1000, 5, 0.1, 0.2),
    "gesture": Usual(500, 3, 0.03, 0.3),
    "constitutional": Usual(10_000, 1, 0.2, 0.8),
    "memory": Usual(200, 2, 0.15, 0.4),
    "quantum": Usual(50, 5, 0.5, 0.4),
}
SLOW = 2  # times the usual latency: a bucket of each family ends there, so that shares and quantiles are sharp

family = Label("family", values=list(USUAL))


def _usually(field: str) -> str:
    return ", ".join(f"{name} {getattr(usual, field)}" for name, usual in USUAL.items())


# Application and business ---------------------------------------------------------------------------------

# Who is active is counted once, by both labels: summed over one it is users by the other, over both all users
active_users = Gauge(
    "agi_active_users",
    "Users active now; each is of one tier and one region.",
    labels=[Label("tier", values=["free", "pro", "enterprise"]), Label("region", cardinality=8)],
)
requests = Counter(
    "agi_requests_total",
    "Requests of users.",
    labels=[Label("status", values=["success", "error"])],
)
feature_uses = Counter("agi_feature_uses_total", "Uses of features.", labels=[Label("feature", cardinality=30)])

# Each pod counts its own share of the bill, from list prices: the invoice comes a month later
cost = Counter(
    "agi_cost_usd_total",
    "What running the platform cost.",
    labels=[Label("component", values=["compute", "accelerators", "quantum", "storage", "network"])],
)

# What all model families have -------------------------------------------------------------------------------

# The totals over all families are sums of these: as series of their own they would be counted twice
inferences = Counter(
    "agi_inferences_total",
    f"Inferences, failed ones included; usual in a collection: {_usually('inferences')}.",
    labels=[family],
)
inference_errors = Counter(
    "agi_inference_errors_total",
    f"Inferences that failed; usual in a collection: {_usually('errors')}.",
    labels=[family],
)
inference_duration = Histogram(
    "agi_inference_duration_seconds",
    f"How long an inference took; usual seconds: {_usually('latency')}.",
    labels=[family],
    buckets=sorted({0.015, 2, 5}.union(*({usual.latency, SLOW * usual.latency} for usual in USUAL.values()))),
)
drift_score = Gauge(
    "agi_drift_score_ratio",
    f"How far a model has drifted, 0 to 1; means: {_usually('drift')}.",
    labels=[family],
)

# What one family has alone ----------------------------------------------------------------------------------
# Accuracies of different tasks are no parts of one thing: nobody should ever sum or average them.

translation_accuracy = Gauge("agi_language_translation_accuracy_ratio", "Translations that are right; about 0.95.")
gesture_accuracy = Gauge("agi_language_gesture_accuracy_ratio", "Gestures understood in a dialogue; about 0.92.")
fusion_duration = Histogram(
    "agi_language_fusion_duration_seconds",
    "How long it took to fuse text, voice and gesture; about 50 ms.",
    buckets=[0.01, 0.025, 0.05, 0.1, 0.2, 0.5, 1],
)
symbols = Counter("agi_language_symbols_total", "Symbols of the universal language created.")
memory_folds = Counter("agi_language_memory_folds_total", "Memory folds created.")
language_violations = Counter(
    "agi_language_constitutional_violations_total", "Utterances that violated the constitution."
)

# Frames a second are the rate of a counter, which bears a collection that was skipped: usual are 28
frames = Counter("agi_gesture_frames_total", "Frames processed.")
frame_duration = Histogram(
    "agi_gesture_frame_duration_seconds",
    "How long the processing of a frame took; about 30 ms.",
    buckets=[0.01, 0.02, 0.03, 0.04, 0.06, 0.1, 0.2, 0.5],  # at 28 frames a second the next one comes after 36 ms
)
detection_accuracy = Gauge("agi_gesture_detection_accuracy_ratio", "Gestures detected rightly; about 0.94.")
cultural_accuracy = Gauge("agi_gesture_cultural_accuracy_ratio", "Gestures read as their culture does; about 0.88.")

checks = Counter("agi_constitutional_checks_total", "Constraints checked.")
violations = Counter("agi_constitutional_violations_total", "Violations detected.")
repairs = Counter("agi_constitutional_repairs_total", "Violations repaired successfully.")
proof_duration = Histogram(
    "agi_constitutional_proof_duration_seconds",
    "How long it took to generate a proof; about 200 ms.",
    buckets=[0.05, 0.1, 0.2, 0.4, 0.8, 1.6, 5],
)

memories = Counter(
    "agi_memory_operations_total",
    "Memories encoded and retrieved.",
    labels=[Label("operation", values=["encode", "retrieve"])],
)
consolidation = Gauge("agi_memory_consolidation_ratio", "Share of memories that are consolidated; about 0.15.")
forgetting = Gauge("agi_memory_forgetting_ratio", "Share of memories that are forgotten; about 0.05.")
hippocampal_activity = Gauge("agi_memory_hippocampal_activity_ratio", "Hippocampal activity, 0 to 1.")

circuit_depth = Histogram(
    "agi_quantum_circuit_depth",
    "Layers of gates of a circuit that ran; about 20.",
    buckets=[5, 10, 15, 20, 30, 40, 80],
)
gate_fidelity = Gauge("agi_quantum_gate_fidelity_ratio", "Fidelity of the gates at the last calibration; about 0.99.")
coherence = Gauge("agi_quantum_coherence_seconds", "Coherence time at the last calibration; about 100 microseconds.")
correction_overhead = Gauge(
    "agi_quantum_error_correction_overhead_ratio", "Share of the operations that correct errors; about 0.1."
)

# The collection itself ----------------------------------------------------------------------------------------

collection_duration = Histogram(
    "agi_collection_duration_seconds",
    "How long a collection took.",
    buckets=[0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10],  # a scrape waits 10 seconds for it
)
collectors = Gauge("agi_collection_collectors", "Collectors used by the last collection.")
collector_failures = Counter(
    "agi_collector_failures_total",
    "Failures of a collector.",
    labels=[Label("collector", values=["application", "business", *USUAL])],
)
features = Counter("agi_features_extracted_total", "Features extracted from what was collected.")
anomaly_score = Gauge("agi_anomaly_score_ratio", "How unusual the platform finds itself, 0 to 1.")
sampling = Gauge("agi_collection_sampling_ratio", "Share of the collections that are exported: 1, 0.1 or 0.01.")
