"""
What each process of x0tta6bl4 exposes.

Names, types, labels and buckets stand here a second time on purpose: a simulator that read them from the definition
could not contradict it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from prometheus_client import Counter, Gauge, Histogram, Info

from simulators.clockwork import Process

NAMESPACE = "x0tta6bl4"


class Gateway(Process):
    """The ingress of the mesh, which counts each answer once."""

    def __init__(self) -> None:
        super().__init__()
        self._requests = Counter(
            "istio_requests_total",
            "Requests handled by a proxy of the mesh.",
            ["destination_service_name", "destination_service_namespace", "response_code", "reporter"],
            registry=self.registry,
        )

    def answered(self, service: str, code: int, count: int) -> None:
        """So many answers of a service; a code has no series before its first."""
        if count:
            self._requests.labels(service, NAMESPACE, str(code), "source").inc(count)


class Service(Process):
    """What all services expose, by their *operations*; with a *model*, what that is and how long it takes."""

    def __init__(self, name: str, operations: Iterable[str], model: str) -> None:
        super().__init__()
        self.name, self.model = name, model
        self._operations = self.counter(
            "x0tta6bl4_operations_total",
            "Operations of the API.",
            operation=operations,
            result=["success", "error"],
        )
        self.load = Gauge("x0tta6bl4_predicted_load", "Expected requests.", ["service"], registry=self.registry)
        if model:
            self._model()

    def counter(self, name: str, said: str, **values: Iterable[str]) -> Counter:
        """A counter whose children are all there from the start, at 0."""
        made = Counter(name, said, list(values), registry=self.registry)
        children: list[tuple[str, ...]] = [()]
        for each in values.values():
            children = [(*before, value) for before in children for value in each]
        for child in children:
            made.labels(*child)
        return made

    def _model(self) -> None:
        registry = self.registry
        self.inference = Histogram(
            "x0tta6bl4_inference_duration_seconds",
            "How long a model took to answer.",
            ["operation"],
            buckets=(0.005, 0.01, 0.025, 0.05, 0.075, 0.1, 0.15, 0.2, 0.3, 0.5, 1, 2.5),
            registry=registry,
        )
        self.confidence = Histogram(
            "x0tta6bl4_prediction_confidence_ratio",
            "How sure a model was.",
            ["model"],
            buckets=(0.5, 0.6, 0.7, 0.8, 0.9, 0.95, 0.99),
            registry=registry,
        )
        self._version = Info("x0tta6bl4_model", "The version of a model.", registry=registry)
        self.trained = Gauge(
            "x0tta6bl4_model_updated_timestamp_seconds", "When it was trained.", ["model"], registry=registry
        )
        self.updates = Counter(
            "x0tta6bl4_model_updates_total", "Updates of models.", ["model", "result"], registry=registry
        )
        self.bias = Gauge("x0tta6bl4_model_bias_ratio", "The widest difference.", ["model"], registry=registry)
        self.fairness = Gauge("x0tta6bl4_model_fairness_ratio", "The least group's rate.", ["model"], registry=registry)

    def done(self, operation: str, count: int, failed: int) -> None:
        """So many operations, and failed ones among them."""
        self._operations.labels(operation, "success").inc(count - failed)
        self._operations.labels(operation, "error").inc(failed)

    def serves(self, version: str, approval: str, trained: float) -> None:
        """The version of its model from here on."""
        self._version.info({"model": self.model, "version": version, "approval": approval})
        self.trained.labels(self.model).set(trained)


class Predictive(Service):
    """Predicts failures of assets, and schedules their maintenance."""

    def __init__(self, name: str, operations: Iterable[str], model: str) -> None:
        super().__init__(name, operations, model)
        registry = self.registry
        self.predictions = self.counter(
            "x0tta6bl4_failure_predictions_total", "Failures of assets.", result=["right", "false_alarm", "missed"]
        )
        self.start = Gauge(
            "x0tta6bl4_maintenance_start_timestamp_seconds", "When it begins.", ["asset"], registry=registry
        )
        self.tasks = Gauge("x0tta6bl4_maintenance_tasks", "Tasks on the schedule.", ["state"], registry=registry)
        self.finished = self.counter(
            "x0tta6bl4_maintenance_done_total", "Tasks no longer there.", result=["done", "cancelled", "failed"]
        )
        self.risk = Gauge("x0tta6bl4_failure_risk_ratio", "The predicted probability.", ["asset"], registry=registry)


class Quantum(Service):
    """Optimises systems, in part on a quantum computer."""

    def __init__(self, name: str, operations: Iterable[str], model: str) -> None:
        super().__init__(name, operations, model)
        self.gain = Histogram(
            "x0tta6bl4_optimization_gain_ratio",
            "What an optimisation improved.",
            buckets=(-0.1, 0, 0.1, 0.2, 0.3, 0.4, 0.5, 0.75, 1),
            registry=self.registry,
        )
        self.contribution = Histogram(
            "x0tta6bl4_quantum_contribution_ratio",
            "The quantum part's share.",
            buckets=(0, 0.1, 0.2, 0.3, 0.5, 0.7, 0.9, 1),
            registry=self.registry,
        )


class Analyzer(Service):
    """Finds anomalies, and names their root causes."""

    def __init__(self, name: str, operations: Iterable[str], model: str) -> None:
        super().__init__(name, operations, model)
        self.causes = self.counter("x0tta6bl4_root_causes_total", "Root causes named.", result=["right", "wrong"])
        self.anomalies = self.counter(
            "x0tta6bl4_anomalies_total", "Anomalies reported.", result=["confirmed", "false_positive"]
        )


class Autonomous(Service):
    """Runs optimisation loops, and does what people would have to do."""

    def __init__(self, name: str, operations: Iterable[str], model: str) -> None:
        super().__init__(name, operations, model)
        self.loops = Gauge("x0tta6bl4_optimization_loops", "Optimisation loops that run.", registry=self.registry)
        self.tasks = self.counter("x0tta6bl4_tasks_total", "Tasks of operation.", done_by=["platform", "person"])
        self.validations = self.counter(
            "x0tta6bl4_safety_validations_total", "Changes looked at.", result=["passed", "refused", "rolled_back"]
        )


class Books(Process):
    """One process that keeps what is counted of all the platform."""

    def __init__(self, baseline: Mapping[str, float], repair: float) -> None:
        super().__init__()
        registry = self.registry
        self.checks = Counter("x0tta6bl4_sla_checks_total", "Checks of agreements.", ["result"], registry=registry)
        for result in ("met", "missed"):
            self.checks.labels(result)
        self.score = Gauge("x0tta6bl4_sla_score_ratio", "How well agreements are kept.", registry=registry)
        self.rating = Histogram("x0tta6bl4_user_rating", "What users say.", buckets=(1, 2, 3, 4, 5), registry=registry)
        self.cost = Counter("x0tta6bl4_cost_usd_total", "What it cost.", ["service"], registry=registry)
        self.projected = Gauge("x0tta6bl4_projected_cost_usd", "This month's cost.", ["service"], registry=registry)
        self.repair = Histogram(
            "x0tta6bl4_repair_duration_seconds",
            "From the first alert to the end.",
            buckets=(60, 300, 900, 1800, 3600, 7200, 14400, 28800, 86400),
            registry=registry,
        )
        before = Gauge("x0tta6bl4_baseline_cost_usd", "Such a month before.", ["service"], registry=registry)
        for service, cost in baseline.items():
            before.labels(service).set(cost)
        Gauge("x0tta6bl4_baseline_repair_duration_seconds", "A repair before.", registry=registry).set(repair)
