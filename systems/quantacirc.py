"""QuantaCirc: agents that optimise software by lowering an energy function."""

from watchwright import Job, Limits, Sampling, System, federation, push_gateway, regex
from watchwright.discovery import File, Http, Kubernetes, Static

from ._quantacirc import agents, boards, convergence, metrics, resources, slos
from ._shared import alerts_board

# Scraping and tracing ---------------------------------------------------------------------------------------

LIMITS = Limits(samples=20_000, labels=20, label_value_length=256)

# Their alerts page, and without a target there are none on it: that it is gone is a page too
jobs = [
    Job("quantacirc-core", Static(["quantacirc-core:8000"]), limits=LIMITS, gone_severity="page"),
    Job(
        "quantacirc-agents",
        Kubernetes(role="pod", port="metrics", labels={"app": "quantacirc-agents"}),
        limits=LIMITS,
        gone_severity="page",
    ),
    Job(
        "quantacirc-verification",
        File(["targets/quantacirc-verification-*.json"], refresh="1m"),
        limits=LIMITS,
        accept={"kubernetes/files": "in a cluster whoever runs Prometheus mounts the files, and adds the job to it"},
    ),
    Job("quantacirc-messaging", Static(["quantacirc-messaging:8000"]), limits=LIMITS, gone_severity="page"),
    Job("quantacirc-llm", Http("http://discovery:8080/quantacirc-llm", refresh="1m"), limits=LIMITS),
    push_gateway("quantacirc-push", ["pushgateway:9091"], brings=["quantacirc-run"], limits=LIMITS),
    federation(
        "quantacirc-federation",
        ["prometheus-eu:9090", "prometheus-us:9090"],
        match=[
            each.where(system="quantacirc", cluster="")  # their own, and not what they federate themselves
            for each in (agents.agent_failure_ratio, resources.message_failure_ratio, convergence.recent_violations)
        ],
        interval="30s",
        limits=LIMITS,
    ),
]

sampling = [
    Sampling("quantacirc-core", 0.1, operations={"record_quantum_state": 0.05, "optimize": 1}),
    Sampling("quantacirc-agents", 0.2, operations={"agent.run": 0.5}),
    Sampling("quantacirc-verification", 0.1, operations={"verify": 0.5}),
    Sampling("quantacirc-messaging", 0.01, operations={"message.process": 0.01}),
    Sampling("quantacirc-llm", 0.1, operations={"llm.request": 0.1}),
]

quantacirc = System(
    "quantacirc",
    owner="quantacirc",
    title="QuantaCirc",
    description="Agents that optimise software by lowering an energy function.",
    scope={"job": regex("quantacirc-.*")},  # one for each component, and what short runs push
    metrics=[metrics.memory],
    jobs=jobs,
    slos=slos.slos,
    alerts=[*convergence.alerts, *agents.alerts, *resources.alerts],
    dashboards=[*boards.boards, alerts_board(jobs)],
    annotations=[boards.phase_change],
    sampling=sampling,
)
