"""Cost: what the platform costs, for what, and how long the budget lasts."""

from watchwright import Dashboard, Query, Row, Stat, Threshold, TimeSeries
from watchwright.units import days

from ..._shared import at_a_glance
from .. import cost as spending

cost = Dashboard(
    "Cost",
    [
        at_a_glance(
            spending.alerts,
            Stat("Spent in 30 days", spending.spent_in_a_month, sparkline=False, decimals=0,
                 thresholds=[Threshold(spending.BUDGET)], description="As far back as Prometheus has seen."),
            Stat("Budget left", 1 - spending.spent_in_a_month / spending.BUDGET, sparkline=False, decimals=0,
                 description="Of the 30,000 USD of 30 days."),
            Stat("At this pace, in 30 days", spending.pace * spending.MONTH, decimals=0,
                 thresholds=[Threshold(spending.BUDGET)]),
            Stat("Cost of a user's day", spending.per_user, decimals=2),
            Stat("Cost of an inference", spending.per_inference, decimals=6),
            Stat("Spent in a day", spending.spent_in_a_day, decimals=0,
                 thresholds=[Threshold(spending.EVEN_DAY * spending.FAST)]),
        ),
        Row(
            "Budget",
            [
                TimeSeries(
                    "Spent in a day",
                    Query(spending.spent_in_a_day, legend="in 24 hours"),
                    min=0,
                    description="An even pace spends 1,000 USD. The alert wants three hours of it as well.",
                    alerts=spending.alerts,
                ),
                TimeSeries(
                    "Projected for 30 days",
                    [
                        Query(spending.pace * spending.MONTH, legend="at the pace of 3 hours"),
                        Query(spending.spent_in_a_day * 30, legend="at the pace of a day"),
                    ],
                    min=0,
                    thresholds=[Threshold(spending.BUDGET)],
                    description="The line is the budget.",
                ),
            ],
        ),
        Row(
            "For what",
            [
                TimeSeries(
                    "Cost by component",
                    Query(spending.cost_rate * (1 * days), legend="{component}"),
                    stacked=True,
                    description="In a day, at the pace of 3 hours.",
                ),
                TimeSeries(
                    "Cost of a user's day",
                    Query(spending.per_user, legend="of an active user"),
                    min=0,
                    description="All costs, at the pace of 3 hours, over the users who are active.",
                ),
                TimeSeries(
                    "Cost of an inference",
                    Query(spending.per_inference, legend="of any family"),
                    min=0,
                    description="All costs over all inferences of 3 hours. Where it rises, something idles.",
                ),
            ],
        ),
    ],
    description="What the platform costs, for what, and how long the budget lasts.",
    span="7d",
)  # fmt: skip
