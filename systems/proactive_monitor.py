"""Proactive monitor: watches any Prometheus series for anomalies."""

from watchwright import Job, Limits, Sampling, System
from watchwright.discovery import Static

from ._proactive_monitor import boards, checks, findings, itself, slos
from ._process import restart
from ._shared import alerts_board

# Scraping and tracing ---------------------------------------------------------------------------------------

jobs = [
    Job(
        "proactive-monitor",
        Static(["monitor:9105"]),
        # 40 targets make some 900 series, and whoever adds five times as many has no use for this monitor any more
        limits=Limits(samples=5_000, labels=15, label_value_length=128),
        gone_severity="page",  # critical findings page, and a monitor that is away finds none
    ),
]

sampling = [
    Sampling(
        "proactive-monitor",
        0.1,
        operations={
            "check": 0.2,  # with all that is under it: a few dozen an hour
            "query": 0.2,
            "detect": 0.2,
            "notify": 1,  # seldom, and each is a question of who knew what, and when
        },
    ),
]

proactive_monitor = System(
    "proactive-monitor",
    owner="observability",
    title="Proactive monitor",
    description="Watches any Prometheus series for anomalies.",
    jobs=jobs,
    slos=slos.slos,
    alerts=[*findings.alerts, *checks.alerts, *itself.alerts],
    dashboards=[*boards.boards, alerts_board(jobs)],
    annotations=[restart],
    sampling=sampling,
)
