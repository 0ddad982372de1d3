"""What fails: requests, and of which component; and what is lost without an error."""

from watchwright import Dashboard, Query, Row, Stat, Threshold, TimeSeries

from ..._shared import RATE, at_a_glance
from ..health import component_errors, health_red
from ..hooks import hook_conflict, recent_conflicts
from ..metrics import captures, errors, layer, requests, stores
from ..performance import ERRORS, PROCESS, error_ratio, errors_high
from .variables import HERE, instance

board = Dashboard(
    "Errors",
    [
        at_a_glance(
            [errors_high, health_red, hook_conflict],
            Stat("Failing requests", error_ratio.where(**HERE), decimals=2, thresholds=[Threshold(ERRORS)]),
            Stat("Most errors of a component", component_errors.where(**HERE).max(by=PROCESS), decimals=2,
                 thresholds=[Threshold(ERRORS)]),
            Stat("Hook conflicts in 10 min", recent_conflicts.where(**HERE).sum(), decimals=0,
                 thresholds=[Threshold(1, "orange")]),
        ),
        Row(
            "Requests",
            [
                TimeSeries(
                    "Failing requests",
                    Query(error_ratio.where(**HERE), legend="{instance}"),
                    min=0,
                    description="Of all in 5 minutes. The alert wants three failures at least.",
                    alerts=[errors_high],
                ),
                TimeSeries(
                    "Requests that fail",
                    Query(requests.where(result="error", **HERE).rate(RATE).sum(by=PROCESS), legend="{instance}"),
                    min=0,
                ),
            ],
        ),
        Row(
            "Components",
            [
                TimeSeries(
                    "Errors of components",
                    Query(component_errors.where(**HERE), legend="{component} of {instance}"),
                    min=0,
                    description="Of what each did in 5 minutes.",
                ),
                TimeSeries(
                    "Errors by component",
                    Query(errors.where(**HERE).rate(RATE).sum(by=["component"]), legend="{component}"),
                    stacked=True,
                ),
            ],
        ),
        Row(
            "What is lost without an error",
            [
                TimeSeries(
                    "Captures that failed",
                    Query(captures.where(result="failed", **HERE).rate(RATE).sum(by=[*PROCESS, layer]),
                          legend="layer {layer} of {instance}"),
                    min=0,
                    description="Usual are one in twenty.",
                ),
                TimeSeries(
                    "States that the buffer refused",
                    Query(stores.where(result="refused", **HERE).rate(RATE).sum(by=[*PROCESS, layer]),
                          legend="layer {layer} of {instance}"),
                    min=0,
                    description="Usual are one in ten.",
                ),
            ],
        ),
    ],
    description="What fails, of which component, and since when.",
    variables=[instance],
)  # fmt: skip
