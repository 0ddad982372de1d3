"""What all systems here share: one Prometheus, one Grafana, one Jaeger."""

from watchwright import Jaeger, Platform, Probabilistic, TraceLink
from watchwright.clusters import Cluster
from watchwright.grafana import JaegerSource, PrometheusSource, Provisioning
from watchwright.jaeger import Batch, Memory
from watchwright.prometheus import Container, Operator, Systemd

GRAFANA = "http://localhost:3000"

platform = Platform(
    prometheus="2.42",
    scrape_interval="15s",
    scrape_timeout="10s",
    evaluation_interval="30s",
    retention="30d",
    external_labels={"cluster": "main"},  # federation tells clusters apart by it
    severities=["page", "ticket", "info"],
    gone_severity="ticket",
    grafana=GRAFANA,
    provisioning=Provisioning(
        [
            PrometheusSource("Prometheus", "http://prometheus:9090", default=True),
            JaegerSource(
                "Jaeger",
                "http://jaeger:16686",
                tags={"quantacirc.agent": "agent_name"},
                queries={
                    "What the agent does": (
                        "sum by (result) (rate(quantacirc_agent_executions_total{$__tags}[$__rate_interval]))"
                    ),
                },
            ),
        ]
    ),
    # one server scrapes all of it; nothing here is too much for it
    started_by=[Systemd(), Container(), Operator()],
    runbooks="https://github.com/watchwright/watchwright/blob/main/docs/runbooks",
    cluster=Cluster(),  # as kube-prometheus-stack finds it
    jaeger=Jaeger(
        default=Probabilistic(0.01),
        operations={"GET /healthz": 0.0001, "GET /readyz": 0.0001, "GET /metrics": 0.0001},
        storage=Memory(max_traces=100_000),
        # a write locks Jaeger's memory, and the UI waits for it: the burst at the end of a run goes in by small steps
        batch=Batch(size=1024, max_size=2048),
        links=[
            TraceLink(
                key="quantacirc.agent",
                url=f"{GRAFANA}/d/quantacirc-agents?var-agent_name=#{{quantacirc.agent}}",
                text="What #{quantacirc.agent} does",
            )
        ],
    ),
)
