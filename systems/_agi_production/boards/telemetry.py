"""Telemetry: how all this is collected, and how much of it is exported."""

from watchwright import Dashboard, Query, Row, Stat, StateTimeline, Threshold, TimeSeries
from watchwright.units import s

from ..._shared import at_a_glance, up
from .. import collection
from ..collection import CALM, latest
from ..metrics import anomaly_score, collection_duration, collector_failures, collectors, features, sampling

failures = collector_failures.increase(CALM).sum(by=["collector"])
a_collection = collection_duration.count.rate(CALM).sum() > 0

telemetry = Dashboard(
    "Telemetry",
    [
        at_a_glance(
            collection.alerts,
            Stat("Pods that answer", up.where(job="agi-platform").sum(), sparkline=False),
            Stat("Share exported", latest(sampling).min(), description="Of the pod that exports least."),
            Stat("Anomaly score", latest(anomaly_score).max(), decimals=0),
            Stat("Collections that fail", collection.failed_collections, decimals=2),
            Stat("Collection of the slowest hundredth", collection_duration.quantile(0.99, over=CALM)),
            Stat("Collectors used", latest(collectors).max(), unit="short", sparkline=False),
        ),
        Row(
            "What is exported",
            [
                StateTimeline(
                    "Telemetry",
                    Query(collection.exports, legend="{instance}"),
                    states={1: "exported"},
                    thresholds=[Threshold(1, "green")],
                    description="When a collection was exported. In calm times one in a hundred is.",
                    alerts=collection.alerts,
                    width=24,
                ),
                TimeSeries(
                    "Why so much, or so little",
                    [
                        Query(latest(sampling), legend="share exported by {instance}"),
                        Query(latest(anomaly_score), legend="anomaly score of {instance}"),
                    ],
                    min=0,
                    max=1,
                    description="All is exported from an anomaly score of 0.8 on, a tenth from 0.5 on; or for errors "
                    "and for load.",
                    width=24,
                ),
            ],
        ),
        Row(
            "Collections",
            [
                TimeSeries(
                    "Duration of collections",
                    [
                        Query(collection_duration.quantile(0.5, over=CALM), legend="median"),
                        Query(collection_duration.quantile(0.99, over=CALM), legend="99th percentile"),
                    ],
                    min=0,
                    thresholds=[Threshold(10 * s)],
                    description="A scrape waits 10 seconds for one.",
                ),
                TimeSeries(
                    "Failures of collectors",
                    Query(failures, legend="{collector}"),
                    min=0,
                    description="In 3 hours.",
                    no_data="No collector ever failed.",
                ),
                TimeSeries(
                    "Collectors",
                    Query(latest(collectors), legend="{instance}"),
                    unit="short",
                    min=0,
                    description="Used by the last collection that was exported: one for each family, and two more.",
                ),
                TimeSeries(
                    "Features of a collection",
                    Query(features.rate(CALM).sum() / a_collection, legend="features"),
                    unit="short",
                    min=0,
                    description="Extracted by each, over 3 hours.",
                ),
            ],
        ),
    ],
    description="How the platform collects, and how much of it is exported: most collections are skipped.",
    span="1d",
)
