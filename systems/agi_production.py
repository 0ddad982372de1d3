"""AGI production: one platform, many model families."""

from watchwright import Job, Limits, System
from watchwright.discovery import Kubernetes, Static

from ._agi_production import boards, collection, constitution, families, metrics
from ._shared import alerts_board

jobs = [
    Job(
        "agi-platform",
        Kubernetes(role="pod", port="metrics", namespaces=["agi"], labels={"app": "agi-platform"}),
        limits=Limits(samples=5_000, labels=20, label_value_length=128),
        gone_severity="page",  # what pages (failing inferences, the constitution) is read from here alone
    ),
    Job(
        "agi-host",
        Static(["agi-1:9100", "agi-2:9100"]),
        limits=Limits(samples=20_000, labels=20),  # node_exporter has a series for each CPU and mode
    ),
]

agi_production = System(
    "agi-production",
    owner="agi-platform",
    title="AGI production",
    description="One platform, many model families.",
    metrics=metrics.of_one_family,
    jobs=jobs,
    alerts=[*families.alerts, *constitution.alerts, *collection.alerts],
    dashboards=[*boards.boards, alerts_board(jobs)],
)
