"""Proactive monitor: watches any Prometheus series for anomalies."""

from watchwright import Job, Limits, System
from watchwright.discovery import Static

from ._proactive_monitor import boards, health, outcome
from ._shared import alerts_board

jobs = [
    Job(
        "proactive-monitor",
        Static(["monitor:9105"]),
        # 40 targets make some 400 series, and whoever adds ten times as many has no use for this monitor any more
        limits=Limits(samples=5_000, labels=15, label_value_length=128),
        gone_severity="page",  # critical findings page, and a monitor that is away finds none
    ),
]

proactive_monitor = System(
    "proactive-monitor",
    owner="observability",
    title="Proactive monitor",
    description="Watches any Prometheus series for anomalies.",
    jobs=jobs,
    alerts=[*outcome.alerts, *health.alerts],
    dashboards=[*boards.boards, alerts_board(jobs)],
    annotations=[boards.restart],
)
