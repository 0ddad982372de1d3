"""The boards of CMR. The first row of each says whether it is broken, since when, and where."""

from watchwright import (
    Dashboard,
    Heatmap,
    LabelVariable,
    Query,
    Row,
    Stat,
    StateTimeline,
    Threshold,
    TimeSeries,
    any_of,
)

from .._process import cpu_seconds, memory
from .._shared import at_a_glance
from . import alerts
from .alerts import PROCESS
from .metrics import (
    alerts_raised,
    buffer_size,
    capacity,
    capture_duration,
    captures,
    conflicts,
    entries,
    errors,
    evictions,
    forward_duration,
    gpu_allocations,
    gpu_memory,
    gpu_use,
    health,
    health_score,
    hook_duration,
    layer,
    processing_duration,
    reconstruction_duration,
    reconstruction_quality,
    request_duration,
    requests,
    retrieval_duration,
    retrievals,
    samples,
    storage_duration,
    stores,
)

RATE = "$__rate_interval"
BY_LAYER = [layer]

instance = LabelVariable("instance", requests, label="instance", title="Model on")
chosen_layer = LabelVariable("layer", captures, label=layer, title="Layer")

HERE = {"instance": instance}
THERE = {"instance": instance, "layer": chosen_layer}

# The state is a label, and a band has one number: green 0, yellow 1, red 2
status = any_of(
    *(
        health.where(cmr_health_status=name, **HERE).eq(1).max(by=[*PROCESS, "component"]) * number
        for number, name in enumerate(["green", "yellow", "red"])
    )
)

overview = Dashboard(
    "Health overview",
    [
        at_a_glance(
            alerts.alerts,
            Stat("Health", health_score.where(component="overall", **HERE), decimals=0),
            Stat("95th percentile of requests", alerts.latency.where(**HERE), decimals=0,
                 thresholds=[Threshold(alerts.LATENCY, "orange")]),
            Stat("Failing requests", alerts.error_ratio.where(**HERE), decimals=2,
                 thresholds=[Threshold(alerts.ERRORS)]),
            Stat("Least efficiency", alerts.efficiency.where(**HERE).min(by=PROCESS), decimals=0,
                 thresholds=[Threshold(alerts.EFFICIENCY, "green")]),
            Stat("Requests per second", requests.where(**HERE).rate(RATE).sum(by=PROCESS), decimals=0),
            Stat("Buffer in use", entries.where(**HERE).sum(by=PROCESS)
                 / capacity.where(**HERE).sum(by=PROCESS), decimals=0),
        ),
        Row(
            "Health",
            [
                StateTimeline(
                    "Health by component",
                    Query(status, legend="{component} of {instance}"),
                    states={0: "green", 1: "yellow", 2: "red"},
                    thresholds=[Threshold(1, "yellow"), Threshold(2)],
                    description="As CMR judges it, each five seconds.",
                    alerts=[alerts.health_red],
                ),
                TimeSeries(
                    "Health scores",
                    Query(health_score.where(**HERE), legend="{component} of {instance}"),
                    min=0,
                    max=1,
                ),
            ],
        ),
        Row(
            "Latency and throughput",
            [
                TimeSeries(
                    "95th percentile of requests",
                    Query(alerts.latency.where(**HERE), legend="{instance}"),
                    min=0,
                    description="Over 5 minutes. The alert wants three slow requests at least.",
                    alerts=[alerts.latency_high],
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
                ),
                Heatmap("Forward passes", forward_duration.where(**HERE)),
            ],
        ),
        Row(
            "Efficiency",
            [
                TimeSeries(
                    "Efficiency",
                    Query(alerts.efficiency.where(**HERE), legend="{efficiency} of {instance}"),
                    min=0,
                    max=1,
                    description="What went as it should, of all: captures, states stored, hits of the cache; and how "
                    "close reconstructions and retrievals come.",
                    alerts=[alerts.efficiency_low],
                ),
                TimeSeries(
                    "Retrievals",
                    Query(retrievals.where(**HERE).rate(RATE).sum(by=["result"]), legend="{result}"),
                    stacked=True,
                ),
            ],
        ),
        Row(
            "Errors",
            [
                TimeSeries(
                    "Failing requests",
                    Query(alerts.error_ratio.where(**HERE), legend="{instance}"),
                    min=0,
                    description="Of all in 5 minutes. The alert wants three failures at least.",
                    alerts=[alerts.errors_high],
                ),
                TimeSeries(
                    "Errors by component",
                    Query(errors.where(**HERE).rate(RATE).sum(by=["component"]), legend="{component}"),
                    stacked=True,
                ),
            ],
        ),
        Row(
            "Resources",
            [
                TimeSeries("CPU", Query(cpu_seconds.where(**HERE).rate(RATE), legend="{instance}"), min=0,
                           description="100 % are one core."),
                TimeSeries(
                    "Memory",
                    [
                        Query(memory.where(**HERE), legend="{instance}"),
                        Query(buffer_size.where(**HERE), legend="the buffer of it"),
                    ],
                    min=0,
                    description="The buffer takes about 45 MB.",
                ),
                TimeSeries("GPU", Query(gpu_use.where(**HERE), legend="GPU {gpu} of {instance}"), min=0, max=1),
                TimeSeries("GPU memory", Query(gpu_memory.where(**HERE), legend="GPU {gpu} of {instance}"), min=0),
                TimeSeries(
                    "GPU allocations",
                    Query(gpu_allocations.where(**HERE).rate(RATE), legend="GPU {gpu} of {instance}"),
                    description="In a steady state there are none: all memory is taken at the start.",
                    width=24,
                ),
            ],
        ),
        Row(
            "The monitor itself",
            [
                TimeSeries(
                    "Invalid samples",
                    Query(alerts.invalid_ratio, legend="{instance}"),
                    min=0,
                    description="Of all that were collected in 5 minutes.",
                    alerts=[alerts.samples_invalid],
                ),
                TimeSeries("Samples", Query(samples.rate(RATE).sum(by=["result"]), legend="{result}"), stacked=True),
                TimeSeries(
                    "Processing and storage",
                    [
                        Query(processing_duration.quantile(0.95, over=RATE), legend="processing, 95th"),
                        Query(storage_duration.quantile(0.95, over=RATE), legend="storage, 95th"),
                    ],
                    min=0,
                    description="Of one collection. The next one begins after a second.",
                ),
                TimeSeries(
                    "Alerts raised by CMR",
                    Query(alerts_raised.increase("1h").sum(by=["severity"]), legend="{severity}"),
                    stacked=True,
                    description="In an hour, by CMR's own severities: critical is a page here, error a ticket, warning "
                    "for information.",
                ),
            ],
        ),
    ],
    description="How healthy the memory is, how fast and how efficient, and what it takes.",
    variables=[instance],
)  # fmt: skip

layers = Dashboard(
    "Layers",
    [
        at_a_glance(
            [alerts.hook_conflict, alerts.efficiency_low],
            Stat("Captures per second", captures.where(**THERE).rate(RATE).sum(), decimals=0),
            Stat("Reconstructions per second", reconstruction_duration.where(**THERE).count.rate(RATE).sum(),
                 decimals=0),
            Stat("States in the buffer", entries.where(**THERE).sum(), decimals=0),
            Stat("Evictions per second", evictions.where(**THERE).rate(RATE).sum(), decimals=2),
            Stat("Hook conflicts in 10 min", alerts.recent_conflicts.where(**THERE).sum(), decimals=0,
                 thresholds=[Threshold(1, "orange")], no_data="none"),
        ),
        Row(
            "Captures and states",
            [
                TimeSeries(
                    "Captures",
                    Query(captures.where(**THERE).rate(RATE).sum(by=[layer, "result"]), legend="{result} of {layer}"),
                    stacked=True,
                ),
                TimeSeries(
                    "Mean of captures",
                    Query(capture_duration.where(**THERE).average(RATE, by=BY_LAYER), legend="layer {layer}"),
                    min=0,
                    description="Usual are 1 to 2 ms.",
                ),
                TimeSeries(
                    "States offered to the buffer",
                    Query(stores.where(**THERE).rate(RATE).sum(by=[layer, "result"]), legend="{result} of {layer}"),
                    stacked=True,
                ),
                TimeSeries(
                    "Buffer",
                    [
                        Query(entries.where(**THERE).sum(by=BY_LAYER), legend="layer {layer}"),
                        Query(capacity.where(**THERE).sum(by=BY_LAYER), legend="capacity for layer {layer}"),
                    ],
                    min=0,
                    description="States in it, and how many it takes.",
                ),
                TimeSeries(
                    "Evictions",
                    Query(evictions.where(**THERE).rate(RATE).sum(by=BY_LAYER), legend="layer {layer}"),
                    width=24,
                ),
            ],
        ),
        Row(
            "Reconstructions",
            [
                TimeSeries(
                    "Reconstructions",
                    Query(reconstruction_duration.where(**THERE).count.rate(RATE).sum(by=BY_LAYER),
                          legend="layer {layer}"),
                    stacked=True,
                ),
                TimeSeries(
                    "Mean of reconstructions",
                    Query(reconstruction_duration.where(**THERE).average(RATE, by=BY_LAYER), legend="layer {layer}"),
                    min=0,
                    description="Usual are 2 to 3 ms.",
                ),
                TimeSeries(
                    "Quality of reconstructions",
                    Query(reconstruction_quality.where(**THERE).average(RATE, by=BY_LAYER), legend="layer {layer}"),
                    min=0,
                    max=1,
                    description="How close they come to what was captured, in the mean.",
                    width=24,
                ),
            ],
        ),
        Row(
            "Hooks",
            [
                TimeSeries(
                    "Hook conflicts in 10 minutes",
                    Query(alerts.recent_conflicts.where(**THERE), legend="layer {layer} of {instance}"),
                    min=0,
                    decimals=0,
                    description="Any one is worth knowing.",
                    alerts=[alerts.hook_conflict],
                    no_data="No hooks ever conflicted.",
                ),
                TimeSeries(
                    "Hook conflicts",
                    Query(conflicts.where(**THERE).rate(RATE).sum(by=BY_LAYER), legend="layer {layer}"),
                ),
                TimeSeries(
                    "Hook calls",
                    Query(hook_duration.where(**THERE).count.rate(RATE).sum(by=BY_LAYER), legend="layer {layer}"),
                    stacked=True,
                ),
                TimeSeries(
                    "Time spent in hooks",
                    Query(hook_duration.where(**THERE).sum.rate(RATE).sum(by=BY_LAYER), legend="layer {layer}"),
                    stacked=True,
                    description="Of all time, how much forward passes were held up.",
                ),
            ],
        ),
    ],
    description="What the memory does at each layer of the model.",
    variables=[instance, chosen_layer],
)  # fmt: skip

boards = [overview, layers]
