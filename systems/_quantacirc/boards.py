"""The boards of QuantaCirc. The first row of each says whether it is broken, since when, and where."""

from watchwright import (
    Annotation,
    BarGauge,
    Dashboard,
    Heatmap,
    LabelVariable,
    Query,
    Row,
    Stat,
    StateTimeline,
    Table,
    Threshold,
    TimeSeries,
    not_,
)

from .._shared import RATE, at_a_glance, up
from . import agents, resources
from . import convergence as run
from .metrics import (
    agent_name,
    connection_type,
    contraction,
    energy,
    energy_components,
    energy_impact,
    execution_duration,
    executions,
    llm_cost,
    llm_requests,
    llm_tokens,
    message_duration,
    messages,
    model,
    potential,
    proposals,
    topic,
    verifications,
)

# A change of phase explains much of what changes on any board
phase_change = Annotation(
    "Phase",
    run.phase_now.max(by=["phase"]).unless(run.phase_now.offset("1m").max(by=["phase"])),
    title="Phase {phase}",
    color="purple",
)

instance = LabelVariable("instance", run.potential_now, label="instance", title="Run on")
agent = LabelVariable("agent_name", executions, label=agent_name, title="Agent")
chosen_topic = LabelVariable("topic", messages, label=topic, title="Topic")

SHORT = {"job": "quantacirc-run"}  # as they push it
ELSEWHERE = {"cluster": not_("")}  # what federation brings

phases = StateTimeline(
    "Phase",
    Query(run.current_phase, legend="{phase} on {instance}"),
    states={1: "holds"},
    description="A run explores first, and changes to exploitation once. It has no phase before its first record.",
    alerts=[run.endless_phase],
)

quantum_state = Dashboard(
    "Quantum state",
    [
        at_a_glance(
            [run.closure_violation, run.closure_burst, run.convergence_lost,
             run.divergence, run.energy_rising, resources.metric_gone],
            Stat("λ", run.contraction_now.where(instance=instance), thresholds=[Threshold(run.LOST)], decimals=3),
            Stat("Φ", run.potential_now.where(instance=instance), decimals=3),
            Stat("Energy", run.total_energy.where(instance=instance), decimals=1),
            Stat("Rise of Φ in 10 min", run.potential_rise.where(instance=instance), decimals=3,
                 thresholds=[Threshold(run.RISE)]),
            Stat("Closure violations in 10 min", run.recent_violations.where(**run.HERE).max(), decimals=0,
                 thresholds=[Threshold(1, "orange"), Threshold(run.BURST)], no_data="none"),
            Stat("Phase", Query(run.phase_now.max(by=["phase"]), legend="{phase}"), mapping={1: "holds"},
                 sparkline=False),
        ),
        Row(
            "Contraction and potential",
            [
                TimeSeries(
                    "Contraction factor λ",
                    Query(run.contraction_now.where(instance=instance), legend="λ of {instance}"),
                    description="Below 1 the run contracts; at 1 or above it does not converge.",
                    alerts=[run.convergence_lost],
                ),
                TimeSeries(
                    "Lyapunov potential Φ",
                    Query(run.potential_now.where(instance=instance), legend="Φ of {instance}"),
                    description="A stable run only lowers it. It reads 0 before the first record.",
                ),
                TimeSeries(
                    "Rise of Φ in 10 minutes",
                    Query(run.potential_rise.where(instance=instance), legend="{instance}"),
                    description="How far Φ is above where it was. Below 0 all is well.",
                    alerts=[run.divergence],
                ),
                phases,
            ],
        ),
        Row(
            "Energy",
            [
                TimeSeries(
                    "Energy",
                    [
                        Query(run.total_energy.where(instance=instance), legend="total"),
                        Query(energy_components.where(instance=instance, **run.LIVE), legend="{component}"),
                    ],
                    description="Total energy and the parts it is made of.",
                ),
                TimeSeries(
                    "Growth of the energy in half an hour",
                    Query(run.energy_growth.where(instance=instance), legend="{instance}"),
                    description="Compared with half an hour before. Exploration climbs now and then, for less.",
                    alerts=[run.energy_rising],
                ),
            ],
        ),
        Row(
            "Closure",
            [
                TimeSeries(
                    "Closure violations in 10 minutes",
                    Query(run.recent_violations.where(**run.HERE), legend="{rule_type}"),
                    min=0,
                    decimals=0,
                    description="By rule type; any one is worth knowing.",
                    alerts=[run.closure_violation, run.closure_burst],
                    no_data="No closure rule was ever violated.",
                ),
                StateTimeline(
                    "Metrics that went away",
                    Query(resources.gone.group(by=["metric", "instance"]), legend="{metric} of {instance}"),
                    states={1: "gone"},
                    description="What a process exposed within the last hour, and exposes no more, though it answers.",
                    alerts=[resources.metric_gone],
                    no_data="All metrics are there.",
                ),
            ],
        ),
    ],
    description="Energy, potential and contraction of the running optimisation.",
    variables=[instance],
)  # fmt: skip

agents_board = Dashboard(
    "Agents",
    [
        at_a_glance(
            [agents.agent_failures, agents.agent_slow, agents.no_agent, agents.verification_failing,
             agents.verification_timeouts],
            Stat("Executions in 5 min", agents.recent_executions, decimals=0),
            Stat("Failing executions", agents.agent_failure_ratio.where(agent_name=agent, **run.HERE).max(),
                 decimals=1, thresholds=[Threshold(agents.FAILING_AGENT)]),
            Stat("Slowest agent, 90th percentile", agents.agent_duration.where(agent_name=agent).max(),
                 thresholds=[Threshold(agents.SLOW_AGENT, "orange")]),
            Stat("Accepted proposals", proposals.where(agent_name=agent, accepted=True).rate("1h").sum()
                 / (proposals.where(agent_name=agent).rate("1h").sum() > 0), unit="percentunit", decimals=0),
            Stat("Failing verifications", agents.verification_failure_ratio.max(), decimals=1,
                 thresholds=[Threshold(agents.FAILING_VERIFICATION, "orange")]),
            Stat("Agent processes", agents.agents_up.count(), sparkline=False, no_data="none"),
        ),
        Row(
            "Executions",
            [
                TimeSeries(
                    "Executions",
                    Query(executions.where(agent_name=agent).rate(RATE).sum(by=[agent_name]), legend="{agent_name}"),
                    stacked=True,
                ),
                TimeSeries(
                    "Executions in 5 minutes",
                    Query(agents.recent_executions, legend="all agents"),
                    min=0,
                    decimals=0,
                    description="Of all agents together: at 0 the run stands still.",
                    alerts=[agents.no_agent],
                ),
                TimeSeries(
                    "Failing executions",
                    Query(agents.agent_failure_ratio.where(agent_name=agent, **run.HERE), legend="{agent_name}"),
                    min=0,
                    description="Of all in half an hour; the alert wants three at least. Skipped ones count as done.",
                    alerts=[agents.agent_failures],
                ),
                TimeSeries(
                    "Results",
                    Query(executions.where(agent_name=agent).rate(RATE).sum(by=["result"]), legend="{result}"),
                    stacked=True,
                ),
            ],
        ),
        Row(
            "Duration",
            [
                TimeSeries(
                    "90th percentile of durations",
                    Query(agents.agent_duration.where(agent_name=agent), legend="{agent_name}"),
                    min=0,
                    description="Over 10 minutes. The scheduler gives up at 300 seconds.",
                    alerts=[agents.agent_slow],
                ),
                Heatmap("Durations", execution_duration.where(agent_name=agent)),
            ],
        ),
        Row(
            "Proposals and their effect",
            [
                TimeSeries(
                    "Accepted proposals",
                    Query(
                        proposals.where(agent_name=agent, accepted=True).rate("1h").sum(by=[agent_name])
                        / (proposals.where(agent_name=agent).rate("1h").sum(by=[agent_name]) > 0),
                        legend="{agent_name}",
                    ),
                    unit="percentunit",
                    min=0,
                    max=1,
                ),
                TimeSeries(
                    "Median energy impact",
                    Query(
                        energy_impact.where(agent_name=agent).quantile(0.5, over="30m", by=[agent_name]),
                        legend="{agent_name}",
                    ),
                    description="Of one execution; below 0 it lowers the energy.",
                ),
                Heatmap("Energy impact", energy_impact.where(agent_name=agent), width=24),
            ],
        ),
        Row(
            "Other clusters",
            [
                TimeSeries(
                    "Failing executions elsewhere",
                    Query(agents.agent_failure_ratio.where(**ELSEWHERE), legend="{agent_name} in {cluster}"),
                    thresholds=[Threshold(agents.FAILING_AGENT)],
                    min=0,
                    description="Each cluster has alerts of its own.",
                    no_data="No other cluster is federated.",
                ),
                TimeSeries(
                    "Failing messages elsewhere",
                    Query(resources.message_failure_ratio.where(**ELSEWHERE), legend="{topic} in {cluster}"),
                    thresholds=[Threshold(resources.FAILING_TOPIC)],
                    min=0,
                    description="Each cluster has alerts of its own.",
                    no_data="No other cluster is federated.",
                ),
            ],
        ),
        Row(
            "Verification",
            [
                TimeSeries(
                    "Failing verifications",
                    Query(agents.verification_failure_ratio, legend="{verification_type}"),
                    min=0,
                    description="Of all in half an hour; the alert wants three at least.",
                    alerts=[agents.verification_failing],
                ),
                TimeSeries(
                    "Verifications out of time",
                    Query(agents.verification_timeout_ratio, legend="{verification_type}"),
                    min=0,
                    description="Of all in half an hour; the alert wants three at least.",
                    alerts=[agents.verification_timeouts],
                ),
                TimeSeries(
                    "Verifications",
                    Query(verifications.rate(RATE).sum(by=["verification_type", "result"]),
                          legend="{verification_type} {result}"),
                    stacked=True,
                    width=24,
                ),
            ],
        ),
    ],
    description="What agents do, how long it takes, what comes of it, and whether it verifies.",
    variables=[agent],
)  # fmt: skip

convergence_board = Dashboard(
    "Convergence",
    [
        at_a_glance(
            [run.convergence_lost, run.convergence_stalled, run.convergence_forecast,
             run.divergence, run.endless_phase, run.phase_flapping],
            Stat("Convergence rate", run.rate_now.where(instance=instance), decimals=4),
            Stat("λ", run.contraction_now.where(instance=instance), thresholds=[Threshold(run.LOST)], decimals=3),
            Stat("Φ", run.potential_now.where(instance=instance), decimals=3),
            Stat("Φ in 4 hours", run.potential_forecast.where(instance=instance), decimals=3,
                 thresholds=[Threshold(run.TARGET, "orange")], no_data="too early to say"),
            Stat("Changes of phase in an hour", run.phase_changes.where(instance=instance), decimals=0,
                 thresholds=[Threshold(run.FLAPPING, "orange")]),
            Stat("Energy", run.total_energy.where(instance=instance), decimals=1,
                 thresholds=[Threshold(run.HIGH_ENERGY, "yellow")]),
        ),
        Row(
            "Where it goes",
            [
                TimeSeries(
                    "Φ and its forecast",
                    [
                        Query(run.potential_now.where(instance=instance), legend="Φ of {instance}"),
                        Query(run.potential_forecast.where(instance=instance),
                              legend="in 4 hours, by the last hour's pace"),
                    ],
                    min=0,
                    description="A run that contracts lowers Φ by the same factor each hour. Nothing is said of one "
                    "that is younger than an hour.",
                    alerts=[run.convergence_forecast],
                ),
                TimeSeries(
                    "Pace of convergence",
                    Query(run.rate_now.where(instance=instance).abs(), legend="{instance}"),
                    description="The estimate without its sign. Near 0 at a high energy the run is caught.",
                    alerts=[run.convergence_stalled],
                ),
                TimeSeries("Convergence rate", Query(run.rate_now.where(instance=instance), legend="{instance}")),
                TimeSeries(
                    "Contraction factor λ",
                    Query(run.contraction_now.where(instance=instance), legend="λ of {instance}"),
                    thresholds=[Threshold(run.LOST)],
                ),
            ],
        ),
        Row(
            "Short runs",
            [
                Table(
                    "How short runs ended",
                    [
                        Query(potential.where(**SHORT), legend="Φ"),
                        Query(contraction.where(**SHORT), legend="λ"),
                        Query(energy.where(component="total", **SHORT), legend="energy"),
                    ],
                    description="What the push gateway keeps of them. No alert looks at it.",
                    no_data="No short run has pushed anything.",
                    width=24,
                ),
            ],
        ),
        Row(
            "Phases",
            [
                TimeSeries(
                    "Changes of phase in an hour",
                    Query(run.phase_changes.where(instance=instance), legend="{instance}"),
                    min=0,
                    decimals=0,
                    alerts=[run.phase_flapping],
                ),
                StateTimeline(
                    "Phase",
                    Query(run.current_phase, legend="{phase} on {instance}"),
                    states={1: "holds"},
                ),
            ],
        ),
    ],
    description="Whether the run gets there, how fast, and by which phases.",
    variables=[instance],
)  # fmt: skip

health_board = Dashboard(
    "System health",
    [
        at_a_glance(
            resources.alerts,
            Stat("Targets that answer", up.sum(), sparkline=False),
            Stat("CPU", resources.busy_cpu.max(), thresholds=[Threshold(resources.BUSY_CPU, "orange")]),
            Stat("Memory", resources.used_memory.max(), thresholds=[Threshold(resources.LITTLE_MEMORY, "orange")]),
            Stat("Failing messages", resources.message_failure_ratio.where(**run.HERE).max(), decimals=2,
                 thresholds=[Threshold(resources.FAILING_TOPIC)]),
            Stat("Failing requests to models", resources.llm_error_ratio.max(), decimals=1,
                 thresholds=[Threshold(resources.FAILING_MODEL, "orange")]),
            Stat("Spent in an hour", resources.llm_spent, thresholds=[Threshold(resources.TOO_FAST, "orange")]),
        ),
        Row(
            "Messages",
            [
                TimeSeries(
                    "Failing messages",
                    Query(resources.message_failure_ratio.where(topic=chosen_topic, **run.HERE), legend="{topic}"),
                    min=0,
                    alerts=[resources.message_failures],
                ),
                TimeSeries(
                    "Messages",
                    Query(messages.where(topic=chosen_topic).rate(RATE).sum(by=["status"]), legend="{status}"),
                    stacked=True,
                ),
                TimeSeries(
                    "99th percentile of processing",
                    Query(message_duration.where(topic=chosen_topic).quantile(0.99, over=RATE, by=[topic]),
                          legend="{topic}"),
                ),
                Heatmap("Processing", message_duration.where(topic=chosen_topic)),
            ],
        ),
        Row(
            "Language models",
            [
                TimeSeries(
                    "Failing requests",
                    Query(resources.llm_error_ratio, legend="{model} of {provider}"),
                    min=0,
                    alerts=[resources.llm_errors],
                ),
                TimeSeries("Requests", Query(llm_requests.rate(RATE).sum(by=[model]), legend="{model}"), stacked=True),
                TimeSeries(
                    "Spent in an hour",
                    Query(resources.llm_spent, legend="all models"),
                    min=0,
                    description="A day may cost 48 USD.",
                    alerts=[resources.cost_too_fast],
                ),
                TimeSeries("Cost", Query(llm_cost.increase("1h").sum(by=[model]), legend="{model}"), stacked=True),
                TimeSeries(
                    "Tokens of a request",
                    Query(llm_tokens.quantile(0.9, over="10m", by=["type", model]), legend="{type} of {model}, 90th"),
                    width=24,
                ),
            ],
        ),
        Row(
            "CPU, memory and connections",
            [
                TimeSeries("CPU", Query(resources.busy_cpu, legend="{instance}"), min=0, max=100,
                           alerts=[resources.cpu_high]),
                TimeSeries("Memory", Query(resources.used_memory, legend="{instance}"), min=0,
                           alerts=[resources.memory_high]),
                TimeSeries("Connections in use", Query(resources.pool_use, legend="{connection_type} of {instance}"),
                           min=0, max=1, alerts=[resources.connections_high]),
                BarGauge("Connections now", Query(resources.pool_use.max(by=[connection_type]),
                                                  legend="{connection_type}"),
                         thresholds=[Threshold(resources.BUSY_POOL, "orange")]),
            ],
        ),
    ],
    description="What a run lives on: messages, language models, CPU, memory and connections.",
    variables=[chosen_topic],
)  # fmt: skip

boards = [quantum_state, agents_board, convergence_board, health_board]
