"""What QuantaCirc exposes. All names are fixed."""

from watchwright import Counter, Gauge, Histogram, Info, Label

# Names that the application has long emitted, and that dashboards elsewhere read: they cannot change.
FIXED = "the application emits this name already, and it is fixed"

agent_name = Label("agent_name", cardinality=12)
topic = Label("topic", cardinality=10)
provider = Label("provider", cardinality=4)
model = Label("model", cardinality=8)
verification_type = Label("verification_type", cardinality=5)
connection_type = Label("connection_type", values=["nats", "database", "llm_provider"])

energy = Gauge(
    "quantacirc_energy_total",
    "Total energy E_approx of the system.",
    labels=[Label("component", values=["total"], reserved=["static", "dynamic", "interaction"])],
    accept={"metric/suffix": FIXED},
)
energy_components = Gauge(
    "quantacirc_energy_components",
    "The parts of the total energy.",
    labels=[Label("component", values=["static", "dynamic", "interaction"])],
)
potential = Gauge("quantacirc_lyapunov_potential", "Potential Φ; a stable run only lowers it.")
contraction = Gauge("quantacirc_contraction_factor", "Factor λ; at 1 or above it the run does not converge.")
convergence_rate = Gauge("quantacirc_convergence_rate", "Current estimate of the convergence rate.")
phase = Info(
    "quantacirc_optimization_phase_info",
    "Current phase of the optimisation.",
    labels=[
        Label("phase", values=["A", "B", "exploration", "exploitation"]),
        Label("timestamp", volatile=True),  # a new series at each update: dropped when scraping
    ],
)
violations = Counter(
    "quantacirc_closure_violations_total",
    "Violations of the closure rules (Δ constraints).",
    labels=[Label("rule_type", cardinality=6)],
)
verifications = Counter(
    "quantacirc_verification_results_total",
    "Results of formal verification.",
    labels=[verification_type, Label("result", values=["pass", "fail", "timeout"])],
)
executions = Counter(
    "quantacirc_agent_executions_total",
    "Executions of agents.",
    labels=[agent_name, Label("result", values=["success", "failure", "skipped"])],
)
execution_duration = Histogram(
    "quantacirc_agent_execution_duration_seconds",
    "How long an agent's execution took.",
    labels=[agent_name],
    buckets=[0.001, 0.01, 0.1, 1, 10, 60, 300],
)
proposals = Counter(
    "quantacirc_agent_proposals_total",
    "Proposals that agents made.",
    labels=[agent_name, Label("accepted", values=["true", "false"])],
)
energy_impact = Histogram(
    "quantacirc_agent_energy_impact",
    "Energy change that an agent caused; negative is good.",
    labels=[agent_name, Label("component", values=["static", "dynamic", "interaction"])],
    buckets=[-10, -1, -0.1, -0.01, 0, 0.01, 0.1, 1, 10],
)
messages = Counter(
    "quantacirc_messages_processed_total",
    "Messages taken from the bus.",
    labels=[topic, Label("status", values=["success", "error", "timeout"])],
)
message_duration = Histogram(
    "quantacirc_message_processing_duration_seconds",
    "How long a message took.",
    labels=[topic],
    buckets=[0.005, 0.01, 0.025, 0.05, 0.075, 0.1, 0.25, 0.5, 0.75, 1, 2.5, 5, 7.5, 10],
)
llm_requests = Counter(
    "quantacirc_llm_requests_total",
    "Requests to language models.",
    labels=[provider, model, Label("status", values=["success", "error"])],
)
llm_tokens = Histogram(
    "quantacirc_llm_tokens_used",
    "Tokens of one request.",
    labels=[provider, model, Label("type", values=["prompt", "completion"])],
    buckets=[10, 50, 100, 500, 1000, 5000, 10000, 50000],
)
llm_cost = Counter(
    "quantacirc_llm_cost_usd",
    "Cost of language models since the process started.",
    labels=[provider, model],
    exposed_as_gauge=True,
    accept={"metric/suffix": FIXED},
)
cpu = Gauge(
    "quantacirc_cpu_usage_percent",
    "CPU in use, 0 to 100.",
    labels=[Label("component", values=["system"])],
    accept={"metric/unit": FIXED},
)
memory = Gauge(
    "quantacirc_memory_usage_bytes",
    "Memory in use.",
    labels=[
        Label("component", values=["system"]),
        Label("type", values=["total"], reserved=["heap", "stack", "cache"]),
    ],
)
connections = Gauge(
    "quantacirc_active_connections",
    "Open connections.",
    labels=[connection_type],
    unit="connections",
)
