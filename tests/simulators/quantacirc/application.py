"""
What the application exposes, and the calls it records through.

Names, types, labels and buckets are the application's own and fixed. They stand here a second time on purpose: a
simulator that read them from the definition could not contradict it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import UTC, datetime

import attrs
from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, Info
from prometheus_client.metrics_core import Metric
from prometheus_client.registry import Collector

COMPONENTS = ("core", "agents", "verification", "messaging", "llm")


@attrs.frozen(kw_only=True)
class QuantumState:
    """A state of the optimisation; *parts* of the energy by component, *at* in seconds since 1970."""

    parts: Mapping[str, float]
    potential: float
    contraction: float
    phase: str
    at: float


class _Core:
    def __init__(self, registry: CollectorRegistry) -> None:
        self.energy = Gauge(
            "quantacirc_energy_total", "Total energy E_approx of the system.", ["component"], registry=registry
        )
        self.parts = Gauge(
            "quantacirc_energy_components", "The parts of the total energy.", ["component"], registry=registry
        )
        self.potential = Gauge("quantacirc_lyapunov_potential", "Lyapunov potential.", registry=registry)
        self.contraction = Gauge("quantacirc_contraction_factor", "Contraction factor.", registry=registry)
        self.rate = Gauge("quantacirc_convergence_rate", "Current estimate of the convergence rate.", registry=registry)
        self.phase = Info("quantacirc_optimization_phase", "Current phase of the optimisation.", registry=registry)
        self.violations = Counter(
            "quantacirc_closure_violations_total",
            "Violations of the closure rules.",
            ["rule_type"],
            registry=registry,
        )
        self.cpu = Gauge("quantacirc_cpu_usage_percent", "CPU in use, 0 to 100.", ["component"], registry=registry)
        self.memory = Gauge("quantacirc_memory_usage_bytes", "Memory in use.", ["component", "type"], registry=registry)
        self.connections = Gauge(
            "quantacirc_active_connections", "Open connections.", ["connection_type"], registry=registry
        )


class _Agents:
    def __init__(self, registry: CollectorRegistry) -> None:
        self.executions = Counter(
            "quantacirc_agent_executions_total", "Executions of agents.", ["agent_name", "result"], registry=registry
        )
        self.duration = Histogram(
            "quantacirc_agent_execution_duration_seconds",
            "How long an agent's execution took.",
            ["agent_name"],
            buckets=(0.001, 0.01, 0.1, 1, 10, 60, 300),
            registry=registry,
        )
        self.proposals = Counter(
            "quantacirc_agent_proposals_total",
            "Proposals that agents made.",
            ["agent_name", "accepted"],
            registry=registry,
        )
        self.impact = Histogram(
            "quantacirc_agent_energy_impact",
            "Energy change that an agent caused.",
            ["agent_name", "component"],
            buckets=(-10, -1, -0.1, -0.01, 0, 0.01, 0.1, 1, 10),
            registry=registry,
        )


class _Verification:
    def __init__(self, registry: CollectorRegistry) -> None:
        self.results = Counter(
            "quantacirc_verification_results_total",
            "Results of formal verification.",
            ["verification_type", "result"],
            registry=registry,
        )


class _Messaging:
    def __init__(self, registry: CollectorRegistry) -> None:
        self.messages = Counter(
            "quantacirc_messages_processed_total",
            "Messages taken from the bus.",
            ["topic", "status"],
            registry=registry,
        )
        self.duration = Histogram(
            "quantacirc_message_processing_duration_seconds", "How long a message took.", ["topic"], registry=registry
        )


class _Llm:
    def __init__(self, registry: CollectorRegistry) -> None:
        self.requests = Counter(
            "quantacirc_llm_requests_total",
            "Requests to language models.",
            ["provider", "model", "status"],
            registry=registry,
        )
        self.tokens = Histogram(
            "quantacirc_llm_tokens_used",
            "Tokens of one request.",
            ["provider", "model", "type"],
            buckets=(10, 50, 100, 500, 1000, 5000, 10000, 50000),
            registry=registry,
        )
        self.cost = Gauge(
            "quantacirc_llm_cost_usd", "Cost since the process started.", ["provider", "model"], registry=registry
        )


class _Exposed(Collector):
    """
    A process's metrics as it answers with them.

    The client stamps each child with the wall clock, and exposes it as `_created`: a series that Prometheus stores
    like any other, so it stays. Here it says when the process started, for two runs of one seed must be alike.
    """

    def __init__(self, registry: CollectorRegistry, started: float, *, without: Iterable[str] = ()) -> None:
        self._registry = registry
        self._started = started
        self._without = frozenset(without)

    def collect(self) -> Iterator[Metric]:
        for metric in self._registry.collect():
            if metric.name not in self._without:
                metric.samples = [
                    each._replace(value=self._started) if each.name == f"{metric.name}_created" else each
                    for each in metric.samples
                ]
                yield metric


class Application:
    """
    The five processes, each with a registry of its own: nothing of `process_*` or `python_*`.

    A labelled child appears at its first use; λ, Φ and the rate read 0, and the phase is without a label, until
    the first record.
    """

    def __init__(self, started: float) -> None:
        self._registries: dict[str, CollectorRegistry] = {}
        self._started: dict[str, float] = {}
        for component in COMPONENTS:
            self.start(component, started)

    def start(self, component: str, at: float) -> None:
        """Start a process, or start it again: everything from 0, its children gone."""
        registry = self._registries[component] = CollectorRegistry()
        self._started[component] = at
        match component:
            case "core":
                self._core = _Core(registry)
            case "agents":
                self._agents = _Agents(registry)
            case "verification":
                self._verification = _Verification(registry)
            case "messaging":
                self._messaging = _Messaging(registry)
            case "llm":
                self._llm = _Llm(registry)

    def registry(self, component: str, *, without: Iterable[str] = ()) -> CollectorRegistry:
        """What a component answers a scrape with, but for the metrics *without*."""
        exposed = CollectorRegistry()
        exposed.register(_Exposed(self._registries[component], self._started[component], without=without))
        return exposed

    def record_quantum_state(self, state: QuantumState) -> None:
        """Energy and its parts, Φ, λ, and the phase, whose timestamp is another at each call."""
        self._core.energy.labels("total").set(sum(state.parts.values()))
        for component, energy in state.parts.items():
            self._core.parts.labels(component).set(energy)
        self._core.potential.set(state.potential)
        self._core.contraction.set(state.contraction)
        self._core.phase.info({"phase": state.phase, "timestamp": datetime.fromtimestamp(state.at, UTC).isoformat()})

    def record_convergence_metrics(self, rate: float, violations: Iterable[str] = ()) -> None:
        """The convergence rate, and the rules of the closure that were violated since the last call."""
        self._core.rate.set(rate)
        for rule_type in violations:
            self._core.violations.labels(rule_type).inc()

    def record_system_resources(self, cpu_percent: float, memory_bytes: float, connections: Mapping[str, int]) -> None:
        """CPU, memory and open connections by their type."""
        self._core.cpu.labels("system").set(cpu_percent)
        self._core.memory.labels("system", "total").set(memory_bytes)
        for connection_type, count in connections.items():
            self._core.connections.labels(connection_type).set(count)

    def record_agent_execution(
        self,
        agent_name: str,
        result: str,
        duration: float,
        *,
        energy_change: Mapping[str, float] | None = None,
        accepted: bool | None = None,
    ) -> None:
        """An execution; *accepted* where it made a proposal, with the change of energy by component."""
        self._agents.executions.labels(agent_name, result).inc()
        self._agents.duration.labels(agent_name).observe(duration)
        for component, change in (energy_change or {}).items():
            self._agents.impact.labels(agent_name, component).observe(change)
        if accepted is not None:
            self._agents.proposals.labels(agent_name, str(accepted).lower()).inc()

    def record_verification(self, verification_type: str, result: str) -> None:
        """A result of formal verification: pass, fail or timeout."""
        self._verification.results.labels(verification_type, result).inc()

    def record_message(self, topic: str, status: str, duration: float) -> None:
        """A message taken from the bus: success, error or timeout."""
        self._messaging.messages.labels(topic, status).inc()
        self._messaging.duration.labels(topic).observe(duration)

    def record_llm_usage(
        self, provider: str, model: str, *, prompt_tokens: int, completion_tokens: int, cost: float, success: bool
    ) -> None:
        """A request to a language model; one that failed used no tokens, and cost nothing."""
        self._llm.requests.labels(provider, model, "success" if success else "error").inc()
        if success:
            self._llm.tokens.labels(provider, model, "prompt").observe(prompt_tokens)
            self._llm.tokens.labels(provider, model, "completion").observe(completion_tokens)
            self._llm.cost.labels(provider, model).inc(cost)
