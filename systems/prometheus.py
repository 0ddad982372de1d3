"""Prometheus itself: whether it evaluates rules, scrapes what it should, keeps it, and whether anybody hears of it."""

from watchwright import Job, System
from watchwright.discovery import Static
from watchwright.slo import overview

from ._process import restart
from ._prometheus.board import alerts, board

job = Job("prometheus", Static(["localhost:9090"]))

prometheus = System(
    "prometheus",
    owner="platform",
    title="Prometheus",
    description="The server that scrapes and judges all the others.",
    jobs=[job],
    alerts=alerts,
    dashboards=[board(job), overview()],
    annotations=[restart],
)
