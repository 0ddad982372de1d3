"""What all systems here share: one Prometheus, one Grafana, one Jaeger."""

from watchwright import Jaeger, Platform, Probabilistic, TraceLink

platform = Platform(
    prometheus="2.42",
    scrape_interval="15s",
    scrape_timeout="10s",
    evaluation_interval="30s",
    retention="30d",
    severities=["page", "ticket", "info"],
    gone_severity="ticket",
    runbooks="https://github.com/watchwright/watchwright/blob/main/docs/runbooks",
    jaeger=Jaeger(
        default=Probabilistic(0.01),
        operations={"GET /healthz": 0.0001, "GET /readyz": 0.0001, "GET /metrics": 0.0001},
        links=[
            TraceLink(
                key="quantacirc.agent",
                url="http://localhost:3000/d/quantacirc-quantum-state?var-agent_name=#{quantacirc.agent}",
                text="Quantum state of #{quantacirc.agent}",
            )
        ],
    ),
)
