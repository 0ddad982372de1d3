"""Performance: who uses the platform, and whether it answers, rightly and in time."""

from watchwright import BarGauge, Dashboard, Query, Row, Stat, Threshold, TimeSeries

from ..._shared import at_a_glance
from .. import constitution, families, slos
from ..collection import CALM, latest
from ..metrics import active_users, drift_score, family, feature_uses, inference_duration, inference_errors, requests

performance = Dashboard(
    "Performance",
    [
        at_a_glance(
            [*families.alerts, *constitution.alerts],
            Stat("Active users", latest(active_users).sum(), decimals=0),
            Stat("Failing requests", slos.request_error_ratio, decimals=2),
            Stat("Inferences per second", families.family_inferences.sum(), decimals=0),
            Stat("Failing inferences of the worst pod", families.error_ratio.max(), decimals=2,
                 thresholds=[Threshold(families.FAILING)], no_data="calm"),
            Stat("Mean latency", inference_duration.average(over=CALM)),
            Stat("Mean drift score", latest(drift_score).avg(), decimals=0),
        ),
        Row(
            "Inferences",
            [
                TimeSeries(
                    "Failing inferences",
                    Query(families.error_ratio, legend="{instance}"),
                    min=0,
                    description="Of each pod, over 5 minutes, in which enough is exported only while it matters: from "
                    "1 % on. The alert wants five errors at least.",
                    alerts=[families.inferences_failing],
                    no_data="Less than 1 %, or nothing is exported: see *Telemetry*.",
                ),
                TimeSeries(
                    "Inferences",
                    Query(families.family_inferences, legend="{family}"),
                    stacked=True,
                    description="Failed ones included, over 3 hours. What fails by family is on *Model families*.",
                ),
                TimeSeries(
                    "Latency",
                    [
                        Query(inference_duration.average(over=CALM), legend="mean"),
                        Query(inference_duration.quantile(0.9, over=CALM), legend="90th percentile"),
                    ],
                    min=0,
                    description="Of all families, over 3 hours: where it jumps, it is often the mixture that changed.",
                ),
                TimeSeries(
                    "Errors",
                    Query(inference_errors.increase(CALM).sum(by=[family]), legend="{family}"),
                    stacked=True,
                    description="In 3 hours. A quantum inference fails one time in ten, and that is usual.",
                ),
            ],
        ),
        Row(
            "Requests of users",
            [
                TimeSeries(
                    "Requests",
                    Query(requests.rate(CALM).sum(by=["status"]), legend="{status}"),
                    stacked=True,
                    description="Over 3 hours.",
                ),
                TimeSeries(
                    "Share of requests that fail",
                    Query(slos.request_error_ratio, legend="of all requests"),
                    min=0,
                    description="Over 3 hours. Nine in a thousand keep the promise.",
                ),
            ],
        ),
        Row(
            "Business",
            [
                TimeSeries(
                    "Users by tier",
                    Query(latest(active_users).sum(by=["tier"]), legend="{tier}"),
                    stacked=True,
                    description="Active now, as last exported.",
                ),
                TimeSeries(
                    "Users by region",
                    Query(latest(active_users).sum(by=["region"]), legend="{region}"),
                    stacked=True,
                    description="The same users, by where they are.",
                ),
                BarGauge(
                    "Features used most",
                    Query(feature_uses.increase("1d").sum(by=["feature"]).topk(10), legend="{feature}"),
                    description="Uses in a day.",
                    width=24,
                ),
            ],
        ),
    ],
    description="Who uses the platform, and whether it answers, rightly and in time. Most collections are skipped, so "
    "that panels look back over 3 hours.",
    span="1d",
)  # fmt: skip
