"""The board of the AI services: whether they answer, how fast, and who gets how much of the traffic."""

from watchwright import Dashboard, Heatmap, LabelVariable, Query, Row, Stat, Threshold, TimeSeries
from watchwright.catalogues import objectives

from ..._shared import RATE, at_a_glance
from .. import promises, serving
from ..metrics import destination, inference_duration, operation, operations, predicted_load, requests, service
from ..services import DECLARED

chosen = LabelVariable("destination_service_name", requests, label=destination, title="Service")

failing = objectives.gauge("slo:ratio").where(slo=promises.availability.name, window="5m")
slow = objectives.gauge("slo:ratio").where(slo=promises.inference.name, window="5m")

board = Dashboard(
    "AI services",
    [
        at_a_glance(
            serving.alerts,
            Stat("Requests per second", serving.service_traffic.sum(), decimals=1),
            Stat("Failing requests", failing.max(), thresholds=[Threshold(promises.availability.budget)], decimals=2),
            Stat("Slow answers of models", slow.max(), decimals=2,
                 thresholds=[Threshold(promises.inference.budget, "orange")]),
            Stat("Farthest from its share", serving.off_share.max(), decimals=0, unit="percentunit",
                 thresholds=[Threshold(serving.OFF_SHARE, "orange")], no_data="too little traffic"),
        ),
        Row(
            "Requests",
            [
                TimeSeries(
                    "Failing requests",
                    Query(failing.where(destination_service_name=chosen), legend="{destination_service_name}"),
                    min=0,
                    description="Answers 5xx of all in 5 minutes, as the gateway saw them.",
                ),
                TimeSeries(
                    "Failing operations",
                    Query(operations.where(result="error").rate(RATE).sum(by=[operation]), legend="{operation}"),
                    stacked=True,
                    description="As the services themselves count them.",
                ),
                TimeSeries(
                    "Operations",
                    Query(operations.rate(RATE).sum(by=[operation]), legend="{operation}"),
                    stacked=True,
                ),
                TimeSeries(
                    "Answers",
                    Query(requests.where(destination_service_name=chosen).rate(RATE).sum(by=["response_code"]),
                          legend="{response_code}"),
                    stacked=True,
                    description="By their code.",
                ),
            ],
        ),
        Row(
            "Inference",
            [
                TimeSeries(
                    "99th percentile of inferences",
                    Query(inference_duration.quantile(0.99, over="5m", by=[operation]), legend="{operation}"),
                    min=0,
                    description="Over 5 minutes, of the operations that ask a model.",
                ),
                Heatmap("Inferences", inference_duration),
            ],
        ),
        Row(
            "Traffic",
            [
                TimeSeries(
                    "Shares of the traffic",
                    [
                        Query(serving.traffic_share.where(destination_service_name=chosen),
                              legend="{destination_service_name}"),
                        Query(serving.declared_share.where(destination_service_name=chosen),
                              legend="{destination_service_name}, declared"),
                    ],
                    min=0,
                    max=1,
                    description=f"Declared are {DECLARED}.",
                ),
                TimeSeries(
                    "Away from the declared share",
                    Query(serving.off_share.where(destination_service_name=chosen),
                          legend="{destination_service_name}"),
                    unit="percentunit",
                    min=0,
                    description="Up or down, of what is declared: 100 % are twice as much, or nothing.",
                    alerts=[serving.traffic_off_share],
                ),
                TimeSeries(
                    "Predicted and actual load",
                    [
                        Query(serving.service_traffic, legend="{destination_service_name}"),
                        Query(predicted_load.offset("15m").max(by=[service]), legend="{service}, predicted"),
                    ],
                    min=0,
                    description="What was expected for now, a quarter of an hour ago.",
                    width=24,
                ),
            ],
        ),
    ],
    description="Whether the services answer, how fast, and who gets how much of the traffic.",
    variables=[chosen],
)  # fmt: skip
