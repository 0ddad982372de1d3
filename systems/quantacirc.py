"""QuantaCirc: agents that optimise software by lowering an energy function."""

from watchwright import (
    Alert,
    Annotation,
    Case,
    Counter,
    Dashboard,
    Gauge,
    Histogram,
    Info,
    Job,
    Label,
    LabelVariable,
    Limits,
    Query,
    Row,
    Sampling,
    Stat,
    StateTimeline,
    System,
    Threshold,
    TimeSeries,
    federation,
    percent,
    push_gateway,
    ratio,
    record,
    regex,
)
from watchwright.discovery import File, Http, Kubernetes, Static

# Names that the application has long emitted, and that dashboards elsewhere read: they cannot change.
FIXED = "the application emits this name already, and it is fixed"

# Metrics ---------------------------------------------------------------------------------------------

agent_name = Label("agent_name", cardinality=12)
topic = Label("topic", cardinality=10)
provider = Label("provider", cardinality=4)
model = Label("model", cardinality=8)

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
    labels=[Label("verification_type", cardinality=5), Label("result", values=["pass", "fail", "timeout"])],
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
    labels=[Label("connection_type", values=["nats", "database", "llm_provider"])],
)

# Thresholds, each with its reason -----------------------------------------------------------------------

BURST = 5  # violations of one rule type in ten minutes: no longer an odd proposal, the closure is broken
LOST = 1  # λ at 1 or above is the definition of not contracting
STALLED_RATE = 0.001  # per iteration: at this pace halving the energy takes some 700 iterations
HIGH_ENERGY = 100  # converged runs settle one to two orders of magnitude below it
RISE = 0.05  # of Φ in ten minutes: above the noise of the estimator
FAILING_AGENT = 10 * percent  # one in ten: retries still hide less than that
FAILING_TOPIC = 5 * percent  # the bus redelivers each message up to three times

# Recorded series ------------------------------------------------------------------------------------------

agent_failure_ratio = record(
    "agent_name:quantacirc_agent_failures:ratio_rate5m",
    ratio(executions.where(result="failure"), executions, over="5m", by=[agent_name]),
)
message_failure_ratio = record(
    "topic:quantacirc_message_failures:ratio_rate5m",
    ratio(messages.where(status=["error", "timeout"]), messages, over="5m", by=[topic]),
)
recent_violations = record(
    "rule_type:quantacirc_closure_violations:events10m",
    violations.events("10m").sum(by=["rule_type"]),
)

# Alerts ---------------------------------------------------------------------------------------------------

CORE = {"job": "quantacirc-core", "instance": "core:8000"}
core_lambda = contraction.where(instance="core:8000")
core_rate = convergence_rate.where(instance="core:8000")
core_energy = energy.where(component="total", instance="core:8000")
core_potential = potential.where(instance="core:8000")

closure_violation = Alert(
    "ClosureViolation",
    expr=recent_violations > 0,
    severity="ticket",
    summary="Closure rule {rule_type} was violated",
    description="{value} violations of {rule_type} in the last 10 minutes. Any one of them is worth knowing.",
    runbook="closure-violation",
    accept={"alert/no-for": "one event trips it, and the ten minutes of its window hold it up"},
    tests=[
        Case(
            "the first violation of a rule type fires, though its series starts at 1",
            given={violations.where(rule_type="monotonic", instance="core:8000"): "_x10 1x60"},
            fires={"9m": [], "11m": [{"rule_type": "monotonic"}], "25m": []},
        ),
        Case(
            "the first violation after a restart fires",
            given={violations.where(rule_type="monotonic", instance="core:8000"): "3x20 stale _x9 1x30"},
            fires={"20m": [], "31m": [{"rule_type": "monotonic"}], "45m": []},
        ),
        Case(
            "a gap in scraping is no violation",
            given={violations.where(rule_type="monotonic", instance="core:8000"): "3x20 stale _x20 3x30"},
            fires={"43m": [], "50m": []},
        ),
    ],
)
closure_burst = Alert(
    "ClosureViolationBurst",
    expr=recent_violations >= BURST,
    severity="page",
    summary="Closure rule {rule_type} is violated again and again",
    description="{value} violations of {rule_type} in the last 10 minutes: proposals no longer keep the closure.",
    runbook="closure-violation",
    accept={"alert/no-for": "five events in ten minutes are no single bad sample"},
    tests=[
        Case(
            "five violations within ten minutes page",
            given={violations.where(rule_type="monotonic", instance="core:8000"): "0x10 1+1x7 8x30"},
            fires={"12m": [], "18m": [{"rule_type": "monotonic"}], "35m": []},
        ),
        Case(
            "four do not",
            given={violations.where(rule_type="monotonic", instance="core:8000"): "0x10 1+1x3 4x30"},
            fires={"14m": [], "18m": []},
        ),
    ],
)
convergence_lost = Alert(
    "ConvergenceLost",
    expr=contraction >= LOST,
    for_="5m",
    severity="page",
    summary="λ is {value}: the run no longer contracts",
    description="The contraction factor of {instance} has been at 1 or above for 5 minutes.",
    runbook="convergence-lost",
    tests=[
        Case(
            "λ at 1.02 fires after five minutes, λ of 0.98 is silent",
            given={core_lambda: "0.98x10 1.02x10 0.98x10"},
            fires={"10m": [], "14m": [], "17m": [CORE], "25m": []},
        ),
        Case("λ of exactly 1 does not contract either", given={core_lambda: "1x20"}, fires={"10m": [CORE]}),
        Case("before the first record λ reads 0", given={core_lambda: "0x20"}, fires={"15m": []}),
    ],
)
convergence_stalled = Alert(
    "ConvergenceStalled",
    expr=(convergence_rate.abs() < STALLED_RATE)
    & (energy.where(component="total") > HIGH_ENERGY).on("job", "instance"),
    for_="15m",
    severity="ticket",
    summary="The run makes no progress while its energy is high",
    description="The convergence rate of {instance} is {value} while the energy is above its usual end.",
    runbook="convergence-stalled",
    tests=[
        Case(
            "no progress at high energy fires",
            given={core_rate: "0.2x10 0.0007x30", core_energy: "150x40"},
            fires={"20m": [], "27m": [CORE]},
        ),
        Case(
            "no progress at low energy is convergence",
            given={core_rate: "0.0007x40", core_energy: "70x40"},
            fires={"30m": []},
        ),
        Case("slow progress is progress", given={core_rate: "0.0015x40", core_energy: "150x40"}, fires={"30m": []}),
        Case("before the first record nothing stalls", given={core_rate: "0x40"}, fires={"30m": []}),
    ],
)
divergence = Alert(
    "Divergence",
    expr=(potential - potential.offset("10m") > RISE) & (potential.min_over_time("10m") > 0),
    for_="5m",
    severity="page",
    summary="Potential Φ rises: the run diverges",
    description="Φ of {instance} rose by {value} in 10 minutes; a stable run only lowers it.",
    runbook="divergence",
    tests=[
        Case("a rising Φ fires", given={core_potential: "2x15 2+0.007x30"}, fires={"28m": [], "31m": [CORE]}),
        Case("the estimator's noise is silent", given={core_potential: "2x15 2+0.004x30"}, fires={"31m": []}),
        Case("a falling Φ is silent", given={core_potential: "5-0.1x30"}, fires={"30m": []}),
        Case(
            "a rise from the 0 of a run that has not recorded yet is silent",
            given={core_potential: "0x10 4-0.05x40"},
            fires={"12m": [], "18m": [], "30m": []},
        ),
    ],
)
agent_failures = Alert(
    "AgentFailures",
    expr=agent_failure_ratio > FAILING_AGENT,
    for_="10m",
    severity="page",
    summary="Agent {agent_name} fails {value} of its executions",
    description="More than a tenth of the executions of {agent_name} ended in an error for 10 minutes.",
    runbook="agent-failures",
    tests=[
        Case(
            "a fifth of failures fires, skipped executions count as done",
            given={
                executions.where(agent_name="planner", result="failure", instance="a:8000"): "0+12x40",
                executions.where(agent_name="planner", result="skipped", instance="a:8000"): "0+48x40",
            },
            fires={"9m": [], "20m": [{"agent_name": "planner"}]},
        ),
        Case(
            "a few failures are silent",
            given={
                executions.where(agent_name="planner", result="failure", instance="a:8000"): "0+8x40",
                executions.where(agent_name="planner", result="success", instance="a:8000"): "0+92x40",
            },
            fires={"30m": []},
        ),
        Case(
            "no failure ever is silent",
            given={executions.where(agent_name="planner", result="success", instance="a:8000"): "0+60x40"},
            fires={"30m": []},
        ),
    ],
)
message_failures = Alert(
    "MessageFailures",
    expr=message_failure_ratio > FAILING_TOPIC,
    for_="10m",
    severity="page",
    summary="{value} of the messages on {topic} fail",
    description="More than one message in twenty on {topic} ended in an error or a timeout for 10 minutes.",
    runbook="message-failures",
    tests=[
        Case(
            "errors and timeouts together fire",
            given={
                messages.where(topic="proposals", status="success", instance="m:8000"): "0+90x40",
                messages.where(topic="proposals", status="error", instance="m:8000"): "0+4x40",
                messages.where(topic="proposals", status="timeout", instance="m:8000"): "0+3x40",
            },
            fires={"9m": [], "20m": [{"topic": "proposals"}]},
        ),
        Case(
            "a few errors are silent",
            given={
                messages.where(topic="proposals", status="success", instance="m:8000"): "0+96x40",
                messages.where(topic="proposals", status="error", instance="m:8000"): "0+4x40",
            },
            fires={"30m": []},
        ),
        Case(
            "a topic without traffic is silent",
            given={messages.where(topic="proposals", status="error", instance="m:8000"): "7x40"},
            fires={"30m": []},
        ),
    ],
)

# Dashboard ------------------------------------------------------------------------------------------------

agent = LabelVariable("agent_name", executions, label=agent_name, title="Agent")

quantum_state = Dashboard(
    "Quantum state",
    [
        Row(
            "Is it converging?",
            [
                Stat("λ", contraction, thresholds=[Threshold(LOST)], decimals=3),
                Stat("Φ", potential, decimals=3),
                Stat("Convergence rate", convergence_rate),
                Stat("Energy", energy.where(component="total"), thresholds=[Threshold(HIGH_ENERGY, "orange")]),
                Stat("Closure violations in 10 min", recent_violations, thresholds=[Threshold(1)]),
                StateTimeline("Phase", Query(phase.max(by=["phase"]), legend="{phase}"), width=4, height=4),
            ],
        ),
        Row(
            "Quantum state",
            [
                TimeSeries(
                    "Contraction factor λ",
                    Query(contraction, legend="λ of {instance}"),
                    thresholds=[Threshold(LOST)],
                    description="Below 1 the run contracts; at 1 or above it does not converge.",
                ),
                TimeSeries(
                    "Lyapunov potential Φ",
                    Query(potential, legend="Φ of {instance}"),
                    description="A stable run only lowers it. It reads 0 before the first record.",
                ),
                TimeSeries(
                    "Energy",
                    [
                        Query(energy.where(component="total"), legend="total"),
                        Query(energy_components, legend="{component}"),
                    ],
                    description="Total energy and the parts it is made of.",
                ),
                TimeSeries("Convergence rate", Query(convergence_rate, legend="{instance}")),
            ],
        ),
        Row(
            "Agents and messages",
            [
                TimeSeries(
                    "Failing executions",
                    Query(agent_failure_ratio.where(agent_name=agent), legend="{agent_name}"),
                    thresholds=[Threshold(FAILING_AGENT)],
                    min=0,
                ),
                TimeSeries(
                    "Failing messages",
                    Query(message_failure_ratio, legend="{topic}"),
                    thresholds=[Threshold(FAILING_TOPIC)],
                    min=0,
                ),
            ],
        ),
    ],
    description="Energy, potential and contraction of the running optimisation.",
    variables=[agent],
    annotations=[
        Annotation(
            "Phase",
            phase.max(by=["phase"]).unless(phase.offset("1m").max(by=["phase"])),
            title="Phase {phase}",
            color="purple",
        )
    ],
)

# Scraping and tracing ---------------------------------------------------------------------------------------

LIMITS = Limits(samples=20_000, labels=20, label_value_length=256)

jobs = [
    Job("quantacirc-core", Static(["quantacirc-core:8000"]), limits=LIMITS),
    Job(
        "quantacirc-agents",
        Kubernetes(role="pod", port="metrics", labels={"app": "quantacirc-agents"}),
        limits=LIMITS,
    ),
    Job("quantacirc-verification", File(["targets/quantacirc-verification-*.json"], refresh="1m"), limits=LIMITS),
    Job("quantacirc-messaging", Static(["quantacirc-messaging:8000"]), limits=LIMITS),
    Job("quantacirc-llm", Http("http://discovery:8080/quantacirc-llm", refresh="1m"), limits=LIMITS),
    push_gateway("quantacirc-push", ["pushgateway:9091"], brings=["quantacirc-run"], limits=LIMITS),
    federation(
        "quantacirc-federation",
        ["prometheus-eu:9090", "prometheus-us:9090"],
        match=[agent_failure_ratio, message_failure_ratio, recent_violations],
        interval="30s",
        limits=LIMITS,
    ),
]

sampling = [
    Sampling("quantacirc-core", 0.1, operations={"record_quantum_state": 0.05, "optimize": 1}),
    Sampling("quantacirc-agents", 0.2, operations={"agent.run": 0.5}),
    Sampling("quantacirc-verification", 0.5),
    Sampling("quantacirc-messaging", 0.01),
    Sampling("quantacirc-llm", 0.1, operations={"llm.request": 0.1}),
]

quantacirc = System(
    "quantacirc",
    owner="quantacirc",
    title="QuantaCirc",
    description="Agents that optimise software by lowering an energy function.",
    scope={"job": regex("quantacirc-.*")},  # one for each component, and what short runs push
    metrics=[execution_duration, verifications, proposals, energy_impact, message_duration, llm_requests, llm_tokens,
             llm_cost, cpu, memory, connections],
    jobs=jobs,
    alerts=[closure_violation, closure_burst, convergence_lost, convergence_stalled, divergence, agent_failures,
            message_failures],
    dashboards=[quantum_state],
    sampling=sampling,
)  # fmt: skip
