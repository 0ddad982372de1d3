"""The board of maintenance: what is maintained when, and what is likely to fail before."""

from watchwright import Dashboard, Query, Row, Stat, Table, Threshold, TimeSeries, time

from ..._shared import at_a_glance
from .. import maintenance
from ..metrics import asset, failure_risk, maintenance_done, maintenance_start, maintenance_tasks

board = Dashboard(
    "Maintenance",
    [
        at_a_glance(
            maintenance.alerts,
            Stat("Overdue tasks", maintenance.overdue, thresholds=[Threshold(1, "orange")], decimals=0),
            Stat("Scheduled tasks", maintenance_tasks.where(state="scheduled").max(), decimals=0),
            Stat("Running tasks", maintenance_tasks.where(state="running").max(), decimals=0),
            Stat("Next maintenance", maintenance_start.min() - time(), sparkline=False),
            Stat("Highest risk", failure_risk.max(), decimals=0),
        ),
        Row(
            "Schedule",
            [
                Table(
                    "Next maintenance of each asset",
                    [
                        Query((maintenance_start.max(by=[asset]) - time()).sort(), legend="begins in"),
                        Query(failure_risk.max(by=[asset]), legend="risk"),
                    ],
                    description="An asset at high risk that waits for days is on the wrong place of the schedule.",
                    width=24,
                ),
                TimeSeries(
                    "Overdue tasks",
                    Query(maintenance.overdue, legend="overdue"),
                    min=0,
                    decimals=0,
                    description="What should have begun.",
                    alerts=[maintenance.maintenance_overdue],
                    width=24,
                ),
                TimeSeries(
                    "Tasks",
                    Query(maintenance_tasks.max(by=["state"]), legend="{state}"),
                    stacked=True,
                    description="On the schedule.",
                ),
                TimeSeries(
                    "Finished tasks",
                    Query(maintenance_done.increase("1d").sum(by=["result"]), legend="{result}"),
                    stacked=True,
                    description="Of a day.",
                ),
            ],
        ),
        Row(
            "Risk",
            [
                TimeSeries(
                    "Assets at the highest risk",
                    Query(failure_risk.max(by=[asset]).topk(10), legend="{asset}"),
                    min=0,
                    max=1,
                    description="The predicted probability to fail within 24 hours.",
                    width=24,
                ),
            ],
        ),
    ],
    description="What is maintained when, and what is likely to fail before.",
    span="2d",
)  # fmt: skip
