"""AGI production: one platform, many model families."""

from watchwright import Job, Limits, Sampling, System
from watchwright.discovery import Kubernetes, Static

from ._agi_production import collection, constitution, cost, families, hosts, own, slos
from ._agi_production.boards import boards
from ._agi_production.metrics import USUAL
from ._shared import alerts_board

# Scraping and tracing ---------------------------------------------------------------------------------------

jobs = [
    Job(
        "agi-platform",
        Kubernetes(role="pod", port="metrics", namespaces=["agi"], labels={"app": "agi-platform"}),
        limits=Limits(samples=5_000, labels=20, label_value_length=128),
        gone_severity="page",  # what pages (failing inferences, the constitution) is read from here alone
    ),
    Job(
        hosts.hosts.job,
        Static(["agi-1:9100", "agi-2:9100"]),
        limits=Limits(samples=20_000, labels=20),  # node_exporter has a series for each CPU and mode
    ),
]

TRACES = 10  # of a family's usual collection are kept, whatever its traffic: a rare family is seen as well
sampling = [
    Sampling("agi-platform", 0.05, operations={"handle request": 0.01, "collect telemetry": 0.1}),
    *(
        Sampling(
            f"agi-{name}",
            0.1,
            operations={"infer": round(TRACES / usual.inferences, 4), "load model": 1},
        )
        for name, usual in USUAL.items()
    ),
]

agi_production = System(
    "agi-production",
    owner="agi-platform",
    title="AGI production",
    description="One platform, many model families.",
    jobs=jobs,
    slos=slos.slos,
    alerts=[
        *families.alerts, *own.alerts, *constitution.alerts, *collection.alerts, *hosts.alerts, *cost.alerts,
    ],
    dashboards=[*boards, alerts_board(jobs)],
    sampling=sampling,
)  # fmt: skip
