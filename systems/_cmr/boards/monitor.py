"""The monitor's own pipeline: whether what the other boards say is complete, and of now."""

from watchwright import Dashboard, Query, Row, Stat, Threshold, TimeSeries

from ..._process import cpu_seconds, memory
from ..._shared import RATE, at_a_glance
from ..metrics import alerts_raised, processing_duration, samples, storage_duration
from ..monitor import INVALID, LATE, MONITOR, collections, collections_late, invalid_ratio, samples_invalid

ITS_OWN = {"job": MONITOR["job"]}

board = Dashboard(
    "Monitor",
    [
        at_a_glance(
            [samples_invalid, collections_late],
            Stat("Collections per second", collections, decimals=2, thresholds=[Threshold(LATE, "green")]),
            Stat("Processing", processing_duration.average(RATE), decimals=0),
            Stat("Storage", storage_duration.average(RATE), decimals=0),
            Stat("Invalid samples", invalid_ratio, decimals=2, thresholds=[Threshold(INVALID)]),
            Stat("Alerts in an hour", alerts_raised.increase("1h").sum(), decimals=0),
        ),
        Row(
            "Collection",
            [
                TimeSeries(
                    "Collections",
                    Query(collections, legend="{instance}"),
                    min=0,
                    description="One each second, from all models.",
                    alerts=[collections_late],
                ),
                TimeSeries(
                    "Processing and storage",
                    [
                        Query(processing_duration.quantile(0.95, over=RATE), legend="processing, 95th"),
                        Query(storage_duration.quantile(0.95, over=RATE), legend="storage, 95th"),
                    ],
                    min=0,
                    description="Of one collection. Together they have a second: then the next one begins.",
                ),
            ],
        ),
        Row(
            "Samples",
            [
                TimeSeries(
                    "Invalid samples",
                    Query(invalid_ratio, legend="{instance}"),
                    min=0,
                    description="Of all that were collected in 5 minutes.",
                    alerts=[samples_invalid],
                ),
                TimeSeries("Samples", Query(samples.rate(RATE).sum(by=["result"]), legend="{result}"), stacked=True),
            ],
        ),
        Row(
            "Alerts and process",
            [
                TimeSeries(
                    "Alerts raised by CMR",
                    Query(alerts_raised.increase("1h").sum(by=["severity"]), legend="{severity}"),
                    stacked=True,
                    description="In an hour, by CMR's own severities: critical is a page here, error a ticket, warning "
                    "for information.",
                ),
                TimeSeries("CPU", Query(cpu_seconds.where(**ITS_OWN).rate(RATE), legend="{instance}"), min=0,
                           description="100 % are one core."),
                TimeSeries("Memory", Query(memory.where(**ITS_OWN), legend="{instance}"), min=0),
            ],
        ),
    ],
    description="Whether the monitor sees all of it, and in time.",
)  # fmt: skip
