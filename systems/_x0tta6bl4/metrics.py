"""What x0tta6bl4 exposes, and what its mesh says of it."""

from watchwright import Catalogue, Counter, Gauge, Histogram, Info, Label

from .services import SERVICES

asset = Label("asset", cardinality=200)
model = Label("model", cardinality=8)
operation = Label("operation", values=[name for each in SERVICES.values() for name in each.operations])
service = Label("service", values=[*SERVICES])

# Requests --------------------------------------------------------------------------------------------------

destination = Label("destination_service_name", cardinality=20)  # the mesh reports on all its services
mesh = Catalogue(
    "istio",
    [
        Counter(
            "istio_requests_total",
            "Requests handled by a proxy of the mesh.",
            labels=[destination, Label("response_code", cardinality=20), Label("reporter", values=["source"])],
        )
    ],
    # The gateway's own count: it has seen the requests to a service that is down, and no request twice
    scope={"job": "x0tta6bl4-gateway", "reporter": "source"},
)
mesh_requests = mesh.counter("istio_requests_total")
# Whatever else runs in the namespace, a console say, has made none of the promises, and has no part in the shares
requests = mesh_requests.where(destination_service_name=[*SERVICES])
operations = Counter(
    "x0tta6bl4_operations_total",
    "Operations of the API.",
    labels=[operation, Label("result", values=["success", "error"])],
    preset=True,
)
inference_duration = Histogram(
    "x0tta6bl4_inference_duration_seconds",
    "How long a model took to answer.",
    # those that ask a model; all others read or write what is known
    labels=[Label("operation", values=[each.asks for each in SERVICES.values() if each.asks])],
    buckets=[0.005, 0.01, 0.025, 0.05, 0.075, 0.1, 0.15, 0.2, 0.3, 0.5, 1, 2.5],
)
predicted_load = Gauge(
    "x0tta6bl4_predicted_load",
    "Requests a second that a service is expected to get in 15 minutes.",
    labels=[service],
    unit="requests/s",
)

# Outcomes --------------------------------------------------------------------------------------------------
# An outcome is counted when it is known, so that a ratio of two counts is how far a promise is kept. All results are
# exposed from the start, as 0.

failure_predictions = Counter(
    "x0tta6bl4_failure_predictions_total",
    "Failures of assets, predicted or not, once 24 hours have shown what came of it.",
    # a failure that nobody predicted is an error, too: whoever predicts nothing would never be wrong
    labels=[Label("result", values=["right", "false_alarm", "missed"])],
    preset=True,
)
root_causes = Counter(
    "x0tta6bl4_root_causes_total",
    "Root causes named, by what the review of the incident found.",
    labels=[Label("result", values=["right", "wrong"])],
    preset=True,
)
anomalies = Counter(
    "x0tta6bl4_anomalies_total",
    "Anomalies reported, by what came of them.",
    labels=[Label("result", values=["confirmed", "false_positive"])],
    preset=True,
)
tasks = Counter(
    "x0tta6bl4_tasks_total",
    "Tasks of operation, by who did them.",
    labels=[Label("done_by", values=["platform", "person"])],
    preset=True,
)
safety_validations = Counter(
    "x0tta6bl4_safety_validations_total",
    "Changes that safety validation looked at, by outcome.",
    labels=[Label("result", values=["passed", "refused", "rolled_back"])],
    preset=True,
)
confidence = Histogram(
    "x0tta6bl4_prediction_confidence_ratio",
    "How sure a model was of a prediction.",
    labels=[model],
    buckets=[0.5, 0.6, 0.7, 0.8, 0.9, 0.95, 0.99],
)
repair_duration = Histogram(
    "x0tta6bl4_repair_duration_seconds",
    "From the first alert of an incident to its end.",
    buckets=[60, 300, 900, 1800, 3600, 7200, 14400, 28800, 86400],
)

# Optimisation ----------------------------------------------------------------------------------------------

loops = Gauge("x0tta6bl4_optimization_loops", "Optimisation loops that run.")
gain = Histogram(
    "x0tta6bl4_optimization_gain_ratio",
    "What an optimisation improved, of what there was; below 0 it made things worse.",
    buckets=[-0.1, 0, 0.1, 0.2, 0.3, 0.4, 0.5, 0.75, 1],
)
quantum_contribution = Histogram(
    "x0tta6bl4_quantum_contribution_ratio",
    "The quantum part's share of the gain of an optimisation.",
    buckets=[0, 0.1, 0.2, 0.3, 0.5, 0.7, 0.9, 1],
)

# Models ----------------------------------------------------------------------------------------------------

model_info = Info(
    "x0tta6bl4_model_info",
    "The version of a model that a process serves.",
    labels=[
        model,
        Label("version", cardinality=8),  # a new one each day, and its series stays for as long as a process serves it
        Label("approval", values=["pending", "approved", "refused"]),
    ],
)
model_updated = Gauge(
    "x0tta6bl4_model_updated_timestamp_seconds",
    "When the model that a process serves was trained; 0 while it has none.",
    labels=[model],
)
model_updates = Counter(
    "x0tta6bl4_model_updates_total",
    "Updates of models, by how they went.",
    labels=[model, Label("result", values=["seamless", "interrupting", "failed"])],
)
bias = Gauge(
    "x0tta6bl4_model_bias_ratio",
    "The widest difference between two groups' rates of a favourable outcome.",
    labels=[model],
)
fairness = Gauge(
    "x0tta6bl4_model_fairness_ratio",
    "The least group's rate of a favourable outcome, of the greatest group's.",
    labels=[model],
)

# Maintenance: each replica of the service exposes the same schedule ------------------------------------------

maintenance_start = Gauge(
    "x0tta6bl4_maintenance_start_timestamp_seconds",
    "When the next maintenance of an asset begins.",
    labels=[asset],
)
maintenance_tasks = Gauge(
    "x0tta6bl4_maintenance_tasks",
    "Maintenance tasks on the schedule.",
    labels=[Label("state", values=["scheduled", "running", "overdue"])],
)
maintenance_done = Counter(
    "x0tta6bl4_maintenance_done_total",
    "Maintenance tasks that are no longer on the schedule, by how they ended.",
    labels=[Label("result", values=["done", "cancelled", "failed"])],
    preset=True,
)
failure_risk = Gauge(
    "x0tta6bl4_failure_risk_ratio",
    "The predicted probability that an asset fails within 24 hours.",
    labels=[asset],
)

# The books: one process keeps them, so that their sums count nothing twice ------------------------------------

sla_checks = Counter(
    "x0tta6bl4_sla_checks_total",
    "Checks of a customer's agreement, one a minute each.",
    labels=[Label("result", values=["met", "missed"])],
    preset=True,
)
sla_score = Gauge("x0tta6bl4_sla_score_ratio", "How well agreements are kept, weighted by what they are worth.")
ratings = Histogram(
    "x0tta6bl4_user_rating",
    "What users say of the platform, from 1 to 5.",
    buckets=[1, 2, 3, 4, 5],
)
cost = Counter("x0tta6bl4_cost_usd_total", "What the platform cost.", labels=[service])
projected_cost = Gauge("x0tta6bl4_projected_cost_usd", "What this month will have cost at its end.", labels=[service])
baseline_cost = Gauge("x0tta6bl4_baseline_cost_usd", "What such a month cost before the platform.", labels=[service])
baseline_repair = Gauge("x0tta6bl4_baseline_repair_duration_seconds", "How long a repair took before the platform.")
