"""What the definitions here share: the first row of every board, the board of a system's alerts, and two numbers."""

from collections.abc import Sequence

from watchwright import Alert, Dashboard, Job, Query, Row, Stat, StateTimeline, Table, Threshold, regex, time
from watchwright.catalogues import alerts as fired
from watchwright.catalogues import prometheus

firing = fired.gauge("ALERTS").where(alertstate="firing")
pending = fired.gauge("ALERTS").where(alertstate="pending")
active_since = fired.gauge("ALERTS_FOR_STATE")
up = prometheus.gauge("up")

RATE = "$__rate_interval"  # the range of a rate on a board
SEVERAL = 2.5  # events: one or two prove nothing, and increase() extrapolates, so three may read 2.9

# The labels of every alert of a system: what is left tells where it fires
_EVERYWHERE = ["alertstate", "severity", "system", "owner", "job"]


def at_a_glance(alerts: Sequence[Alert], *stats: Stat) -> Row:
    """What an operator asks first: is it broken, since when, where. Then the numbers that say it best."""
    # a target that is gone silences the alerts on it: it belongs to every board
    these = regex("|".join([*(alert.name for alert in alerts), ".+TargetsGone"]))
    fires = firing.where(alertname=these)
    since = (time() - active_since.where(alertname=these)) & fires.ignoring("alertstate")
    return Row(
        "Is it broken, since when, where?",
        [
            Stat("Firing", fires.count(), thresholds=[Threshold(1)], no_data="nothing", width=3),
            Stat("For the longest", since.max(), no_data="nothing fires", sparkline=False, width=3),
            StateTimeline(
                "Where",
                fires.max(without=_EVERYWHERE),
                states={1: "firing"},
                thresholds=[Threshold(1)],
                no_data="No alert of this board fired in this time.",
                width=18,
                height=4,
            ),
            *stats,
        ],
    )


def alerts_board(jobs: Sequence[Job]) -> Dashboard:
    """The alerts of a system: what fires, what is about to, and whether its targets answer."""
    return Dashboard(
        "Alerts",
        [
            Row(
                "Is it broken, since when, where?",
                [
                    Stat("Firing", Query(firing.count(by=["severity"]), legend="{severity}"),
                         thresholds=[Threshold(1)], no_data="nothing", width=6),
                    Stat("About to fire", pending.count(), thresholds=[Threshold(1, "yellow")], no_data="nothing",
                         width=6),
                    Stat("For the longest", ((time() - active_since) & firing.ignoring("alertstate")).max(),
                         no_data="nothing fires", sparkline=False, width=6),
                    Stat("Targets that do not answer", up.eq(0).count(), thresholds=[Threshold(1)], no_data="none",
                         width=6),
                    StateTimeline(
                        "Where",
                        firing.max(without=_EVERYWHERE),
                        states={1: "firing"},
                        thresholds=[Threshold(1)],
                        no_data="No alert fired in this time.",
                        width=24,
                    ),
                ],
            ),
            Row(
                "Now",
                [
                    Table("Firing", firing.max(without=["alertstate", "system", "owner"]), no_data="nothing"),
                    Table("About to fire", pending.max(without=["alertstate", "system", "owner"]), no_data="nothing"),
                ],
            ),
            Row(
                "Targets",
                [
                    StateTimeline(
                        "Targets",
                        Query(up, legend="{job} {instance}"),
                        states={1: "answers", 0: "down"},
                        thresholds=[Threshold(1, "green")],
                        description="What is not scraped is not watched.",
                        alerts=jobs,
                        width=24,
                    )
                ],
            ),
        ],
        description="What fires, what is about to, and since when.",
    )  # fmt: skip
