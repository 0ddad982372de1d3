"""CMR, contextual memory reweaving: a memory inside a model."""

from watchwright import Job, Limits, System
from watchwright.discovery import Static

from ._cmr import alerts, boards
from ._shared import alerts_board

# CMR refreshes its metrics each second and judges its health each five. Between two scrapes counters and histograms
# lose nothing, and a judgement of health is read as soon as it is there: five seconds do, at a fifth of the samples.
INTERVAL, TIMEOUT = "5s", "4s"

jobs = [
    Job(
        "cmr-model",
        Static(["gpu-0:8000", "gpu-1:8000"]),
        interval=INTERVAL,
        timeout=TIMEOUT,
        limits=Limits(samples=2_000, labels=15, label_value_length=128),  # some 60 series a layer, and 12 layers
        gone_severity="page",  # errors and red health page, and both are read from here alone
    ),
    Job(
        "cmr-monitor",
        Static(["cmr-monitor:8000"]),
        interval=INTERVAL,
        timeout=TIMEOUT,
        limits=Limits(samples=200, labels=15, label_value_length=128),
    ),
]

cmr = System(
    "cmr",
    owner="cmr",
    title="CMR",
    description="Contextual memory reweaving: a memory inside a model.",
    jobs=jobs,
    alerts=alerts.alerts,
    dashboards=[*boards.boards, alerts_board(jobs)],
)
