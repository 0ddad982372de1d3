"""CMR, contextual memory reweaving: a memory inside a model."""

from watchwright import Job, Limits, Sampling, System
from watchwright.discovery import Static

from ._cmr import health, hooks, monitor, performance, slos
from ._cmr.boards import boards
from ._shared import alerts_board

# CMR refreshes its metrics each second, and health is to be known each five. Between two scrapes counters and
# histograms lose nothing: five seconds do, at a fifth of the samples. Rules judge it each half minute.
INTERVAL, TIMEOUT = "5s", "4s"

jobs = [
    Job(
        "cmr-model",
        Static(["gpu-0:8000", "gpu-1:8000"]),
        interval=INTERVAL,
        timeout=TIMEOUT,
        limits=Limits(samples=2_000, labels=15, label_value_length=128),  # some 60 series a layer, and 12 layers
        gone_severity="page",  # errors page, and are read from here alone
    ),
    Job(
        "cmr-monitor",
        Static(["cmr-monitor:8000"]),
        interval=INTERVAL,
        timeout=TIMEOUT,
        limits=Limits(samples=200, labels=15, label_value_length=128),
    ),
]

# What a forward pass does is a span in its trace, and kept with it: 20 a second of each model make 1 in 5 s. By itself
# begins what is done beside passes, which is rarer and tells more
sampling = [
    Sampling(
        "cmr-model",
        0.05,
        operations={
            "forward": 0.01,
            "cmr.capture": 0.02,
            "cmr.retrieve": 0.02,
            "cmr.reconstruct": 0.1,  # the slowest step of the three, and the one whose quality is in doubt
        },
    ),
    Sampling("cmr-monitor", 0.01, operations={"collect": 0.005, "alert": 1}),
]

cmr = System(
    "cmr",
    owner="cmr",
    title="CMR",
    description="Contextual memory reweaving: a memory inside a model.",
    jobs=jobs,
    slos=slos.slos,
    alerts=[*performance.alerts, *health.alerts, *hooks.alerts, *monitor.alerts],
    dashboards=[*boards, alerts_board(jobs)],
    sampling=sampling,
)
