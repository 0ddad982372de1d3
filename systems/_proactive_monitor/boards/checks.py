"""Whether targets are checked: when they are due, whether it works, and how long it takes."""

from watchwright import Dashboard, Heatmap, Query, Row, Stat, Threshold, TimeSeries

from ..._shared import at_a_glance
from .. import checks as made
from ..metrics import check_duration, check_points, checks, interval, query_duration, source, target, targets
from .findings import chosen

checks_board = Dashboard(
    "Checks",
    [
        at_a_glance(
            made.alerts,
            Stat("Targets", targets.sum(), sparkline=False),
            Stat("Checks in half an hour", made.checks_done.sum(), decimals=0, thresholds=[Threshold(1, "green")]),
            Stat("The latest target, in intervals", made.check_age.max(), decimals=1,
                 thresholds=[Threshold(made.OVERDUE, "orange")]),
            Stat("Failing checks of the worst target", made.failing_checks.max(), decimals=0,
                 thresholds=[Threshold(made.MOST_CHECKS, "orange")]),
            Stat("Empty checks of the worst target", made.empty_checks.max(), decimals=0,
                 thresholds=[Threshold(made.MOST_CHECKS, "orange")]),
            Stat("Duration of a check, 90th percentile", check_duration.quantile(0.9, over="1h"), decimals=1),
        ),
        Row(
            "Are they made?",
            [
                TimeSeries(
                    "Checks",
                    Query(made.checks_done, legend="{instance}"),
                    min=0,
                    decimals=0,
                    description="In half an hour, of all targets together. At 0 nothing is watched; that is right "
                    "only while it is stopped.",
                    alerts=[made.no_checks],
                ),
                TimeSeries(
                    "Time since the last check",
                    Query(made.check_age.where(target=chosen), legend="{target}"),
                    min=0,
                    decimals=1,
                    description="In intervals of the target: it goes from 0 to 1, over and over, and stays 0 while the "
                    "monitor is stopped.",
                    alerts=[made.target_overdue],
                ),
                TimeSeries(
                    "Interval",
                    Query(interval.where(target=chosen).max(by=[target]), legend="{target}"),
                    min=0,
                    description="5 minutes unless a target says otherwise; CPU has 3, tiers 60, 300 and 900 seconds.",
                ),
                TimeSeries("Targets", Query(targets.sum(by=[source]), legend="{source}"), min=0, stacked=True,
                           description="By the data source that is asked."),
            ],
        ),
        Row(
            "Do they work?",
            [
                TimeSeries(
                    "Failing checks",
                    Query(made.failing_checks.where(target=chosen), legend="{target}"),
                    min=0,
                    max=1,
                    description="Of all in an hour. The alert wants three of them at least.",
                    alerts=[made.checks_failing],
                ),
                TimeSeries(
                    "Empty checks",
                    Query(made.empty_checks.where(target=chosen), legend="{target}"),
                    min=0,
                    max=1,
                    description="Of all in an hour, whose query found no series. The alert wants three of them.",
                    alerts=[made.checks_empty],
                ),
                TimeSeries(
                    "Results",
                    Query(checks.where(target=chosen).increase("1h").sum(by=["result"]), legend="{result}"),
                    min=0,
                    stacked=True,
                    description="In an hour.",
                    width=24,
                ),
            ],
        ),
        Row(
            "How long do they take?",
            [
                TimeSeries(
                    "Duration of checks",
                    Query(check_duration.quantile(0.9, over="1h", by=[source]), legend="{source}, 90th percentile"),
                    min=0,
                    description="The query, and all methods on what came back; over an hour.",
                ),
                TimeSeries(
                    "Duration of queries",
                    Query(query_duration.quantile(0.9, over="1h", by=[source]), legend="{source}, 90th percentile"),
                    min=0,
                    description="The data source's part of it; over an hour. It gives up after 30 seconds.",
                ),
                TimeSeries(
                    "Points of a check",
                    Query(check_points.quantile(0.9, over="1h", by=[source]), legend="{source}, 90th percentile"),
                    min=0,
                    description="Over an hour. A check bears 1000 points and more.",
                ),
                Heatmap(
                    "Checks by duration",
                    check_duration,
                    description="A second hill above the first is a data source that has slow moments.",
                ),
            ],
        ),
    ],
    description="Whether targets are checked when they are due, whether it works, and how long it takes.",
    variables=[chosen],
)  # fmt: skip
