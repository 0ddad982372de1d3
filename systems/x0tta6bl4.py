"""x0tta6bl4: an AI platform with promises to keep."""

from watchwright import Job, Limits, Relabel, Sampling, System, regex
from watchwright.discovery import Kubernetes, Static

from ._shared import alerts_board
from ._x0tta6bl4 import boards, maintenance, models, promises, serving
from ._x0tta6bl4.services import NAMESPACE, SERVICES

# A pod exposes two series for each of 200 assets, and some two hundred others: several times that is a mistake
LIMITS = Limits(samples=3_000, labels=20, label_value_length=256)

jobs = [
    *(
        Job(
            f"x0tta6bl4-{name}",
            Kubernetes(role="pod", port="metrics", namespaces=[NAMESPACE], labels={"app": name}),
            limits=LIMITS,
        )
        for name in SERVICES
    ),
    Job(
        "x0tta6bl4-gateway",
        Kubernetes(
            role="pod", port="http-envoy-prom", namespaces=["istio-system"], labels={"app": "istio-ingressgateway"}
        ),
        path="/stats/prometheus",
        # the gateway is everybody's, and exposes far more than this: what is asked of our own services is all we keep
        metric_relabel=[
            Relabel(
                action="keep",
                sources=["__name__", "destination_service_namespace"],
                regex=f"istio_requests_total;{NAMESPACE}",
            )
        ],
        limits=Limits(samples=3_000, labels=40, label_value_length=256),  # the mesh itself sets 25 labels
        gone_severity="page",  # failing services page, and nobody else counts their failures
    ),
    Job("x0tta6bl4-books", Static(["x0tta6bl4-books.x0tta6bl4.svc:8000"]), limits=LIMITS),
]

x0tta6bl4 = System(
    "x0tta6bl4",
    owner="x0tta6bl4",
    title="x0tta6bl4",
    description="An AI platform that predicts, analyses and optimises, with promises to keep.",
    scope={"job": regex("x0tta6bl4-.*")},  # one for each service, the gateway's, and the books'
    jobs=jobs,
    slos=promises.slos,
    alerts=[*serving.alerts, *models.alerts, *maintenance.alerts],
    dashboards=[*boards.boards, alerts_board(jobs)],
    annotations=[boards.new_version],
    sampling=[Sampling(name, each.traced, operations=each.operations) for name, each in SERVICES.items()],
)
