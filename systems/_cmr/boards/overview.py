"""How healthy the memory is, how fast and how efficient."""

from watchwright import Dashboard, Heatmap, Query, Row, Stat, Threshold, TimeSeries

from ..._shared import RATE, at_a_glance
from .. import health, hooks, monitor, performance
from ..metrics import forward_duration, request_duration, requests, retrieval_duration, retrievals
from ..performance import EFFICIENCY, ERRORS, LATENCY, PROCESS
from .variables import HERE, instance

board = Dashboard(
    "Health overview",
    [
        at_a_glance(
            [*performance.alerts, *health.alerts, *hooks.alerts, *monitor.alerts],
            Stat("Health", health.health.overall_status.where(**HERE), mapping={0: "green", 1: "yellow", 2: "red"},
                 thresholds=[Threshold(1, "yellow"), Threshold(2)]),
            Stat("95th percentile of requests", performance.latency.where(**HERE), decimals=0,
                 thresholds=[Threshold(LATENCY, "orange")]),
            Stat("Failing requests", performance.error_ratio.where(**HERE), decimals=2,
                 thresholds=[Threshold(ERRORS)]),
            Stat("Least efficiency", performance.efficiency.where(**HERE).min(by=PROCESS), decimals=0,
                 thresholds=[Threshold(EFFICIENCY, "green")]),
            Stat("Requests per second", performance.throughput.where(**HERE), decimals=0),
            Stat("Buffer in use", performance.buffer_use.where(**HERE), decimals=0),
        ),
        health.health.row(alerts=[health.health_red], where=HERE),
        Row(
            "Latency and throughput",
            [
                TimeSeries(
                    "95th percentile of requests",
                    Query(performance.latency.where(**HERE), legend="{instance}"),
                    min=0,
                    description="Over 5 minutes. The alert wants three slow requests at least.",
                    alerts=[performance.latency_high],
                ),
                TimeSeries(
                    "Means",
                    [
                        Query(timed.where(**HERE).average(RATE, by=PROCESS), legend=f"{what} {{instance}}")
                        for what, timed in (
                            ("request to", request_duration),
                            ("forward pass of", forward_duration),
                            ("retrieval of", retrieval_duration),
                        )
                    ],
                    min=0,
                    description="Usual are 25 ms for a request, 50 ms for a forward pass and 2 ms for a retrieval.",
                ),
                TimeSeries(
                    "Throughput",
                    Query(requests.where(**HERE).rate(RATE).sum(by=[*PROCESS, "result"]),
                          legend="{result} on {instance}"),
                    stacked=True,
                    description="Usual are 150 requests a second to each model.",
                ),
                Heatmap("Forward passes", forward_duration.where(**HERE)),
            ],
        ),
        Row(
            "Efficiency",
            [
                TimeSeries(
                    "Efficiency",
                    Query(performance.efficiency.where(**HERE), legend="{efficiency} of {instance}"),
                    min=0,
                    max=1,
                    description="What went as it should, of all: captures, states stored, hits of the cache; and how "
                    "close reconstructions and retrievals come.",
                    alerts=[performance.efficiency_low],
                ),
                TimeSeries(
                    "Retrievals",
                    Query(retrievals.where(**HERE).rate(RATE).sum(by=["result"]), legend="{result}"),
                    stacked=True,
                    description="Usual are 160 hits of 200 a second, for each model.",
                ),
            ],
        ),
    ],
    description="How healthy the memory is, how fast and how efficient.",
    variables=[instance],
)  # fmt: skip
