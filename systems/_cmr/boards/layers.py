"""What the memory does at each layer of the model: one board, and a variable for the layer."""

from watchwright import Dashboard, Query, Row, Stat, Threshold, TimeSeries

from ..._shared import RATE, at_a_glance
from ..hooks import hook_conflict, recent_conflicts
from ..metrics import (
    capacity,
    capture_duration,
    captures,
    entries,
    evictions,
    hook_duration,
    layer,
    reconstruction_duration,
    reconstruction_quality,
    stores,
)
from ..performance import efficiency_low
from .variables import THERE, chosen_layer, instance

BY_LAYER = [layer]

board = Dashboard(
    "Layers",
    [
        at_a_glance(
            [hook_conflict, efficiency_low],
            Stat("Captures per second", captures.where(**THERE).rate(RATE).sum(), decimals=0),
            Stat("Reconstructions per second", reconstruction_duration.where(**THERE).count.rate(RATE).sum(),
                 decimals=0),
            Stat("States in the buffer", entries.where(**THERE).sum(), decimals=0),
            Stat("Evictions per second", evictions.where(**THERE).rate(RATE).sum(), decimals=2),
            Stat("Hook conflicts in 10 min", recent_conflicts.where(**THERE).sum(), decimals=0,
                 thresholds=[Threshold(1, "orange")]),
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
                    Query(recent_conflicts.where(**THERE), legend="layer {layer} of {instance}"),
                    min=0,
                    decimals=0,
                    width=24,
                    description="Any one is worth knowing.",
                    alerts=[hook_conflict],
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
