"""The board of the monitor. Its first row says whether it is broken, since when, and where."""

from watchwright import (
    Annotation,
    Dashboard,
    Heatmap,
    LabelVariable,
    Query,
    Row,
    Stat,
    StateTimeline,
    Threshold,
    TimeSeries,
    time,
)
from watchwright.units import minutes

from .._process import memory, started
from .._shared import at_a_glance
from . import health, outcome
from .metrics import (
    anomalies,
    channel,
    check_duration,
    check_points,
    checks,
    findings,
    kept,
    notifications,
    severity,
    source,
    state,
    target,
    targets,
    unacknowledged,
)

# A restart empties what it keeps, and begins all its counts anew
restart = Annotation(
    "Restart", time() - started < 2 * minutes, title="Restart of {instance}", color="purple", step="1m"
)

running = state.where(proactive_monitor_state="running")
STATES = {1: "running", 0: "stopped"}

chosen = LabelVariable("target", checks, label=target, title="Target")

monitor = Dashboard(
    "Monitor",
    [
        at_a_glance(
            [*outcome.alerts, *health.alerts],
            Stat("State", Query(running, legend="{instance}"), mapping=STATES, thresholds=[Threshold(1, "green")],
                 sparkline=False),
            Stat("Targets", targets.sum(), sparkline=False),
            Stat("Critical findings in 15 min", outcome.critical_findings.sum(), decimals=0,
                 thresholds=[Threshold(1)], no_data="none"),
            Stat("Not acknowledged", unacknowledged.sum(), decimals=0, thresholds=[Threshold(1, "yellow")]),
            Stat("Failing checks of the worst target", health.failing_checks.max(), decimals=0,
                 thresholds=[Threshold(health.FAILING_CHECKS, "orange")]),
            Stat("Lost notifications in 15 min", outcome.lost_notifications.sum(), decimals=0,
                 thresholds=[Threshold(1, "orange")], no_data="none"),
        ),
        Row(
            "Findings",
            [
                TimeSeries(
                    "Critical findings",
                    Query(outcome.critical_findings.where(target=chosen), legend="{target}"),
                    min=0,
                    decimals=0,
                    description="In 15 minutes, 30 deviations or more off what was expected.",
                    alerts=[outcome.critical_finding],
                    no_data="Nothing was ever critical.",
                ),
                TimeSeries(
                    "Findings by target",
                    Query(findings.where(target=chosen).increase("1h").sum(by=[target]), legend="{target}"),
                    min=0,
                    stacked=True,
                    description="In an hour, of all severities.",
                    no_data="Nothing was found.",
                ),
                TimeSeries(
                    "Anomalies by method",
                    Query(anomalies.increase("1h").sum(by=["method"]), legend="{method}"),
                    min=0,
                    description="In an hour. What several methods saw counts for each.",
                    no_data="Nothing was found.",
                ),
                TimeSeries(
                    "Anomalies by severity",
                    Query(anomalies.increase("1h").sum(by=[severity]), legend="{severity}"),
                    min=0,
                    stacked=True,
                    description="In an hour.",
                    no_data="Nothing was found.",
                ),
                TimeSeries(
                    "Not acknowledged",
                    [
                        Query(unacknowledged, legend="{severity}"),
                        Query(kept, legend="all that are kept"),
                    ],
                    min=0,
                    description="It keeps the last 100: older ones are forgotten, acknowledged or not.",
                ),
                TimeSeries(
                    "Notifications",
                    Query(notifications.increase("1h").sum(by=[channel, "result"]), legend="{result} to {channel}"),
                    min=0,
                    description="In an hour.",
                    no_data="Nobody was notified of anything.",
                ),
                TimeSeries(
                    "Lost notifications",
                    Query(outcome.lost_notifications, legend="{channel}"),
                    min=0,
                    decimals=0,
                    description="In 15 minutes, given up after all retries.",
                    alerts=[outcome.notifications_lost],
                    no_data="No notification was ever lost.",
                    width=24,
                ),
            ],
        ),
        Row(
            "Checks",
            [
                TimeSeries(
                    "Failing checks",
                    Query(health.failing_checks.where(target=chosen), legend="{target}"),
                    min=0,
                    max=1,
                    description="Of all in an hour. The alert wants three of them at least.",
                    alerts=[health.checks_failing],
                ),
                TimeSeries(
                    "Checks",
                    Query(health.checks_done, legend="{instance}"),
                    min=0,
                    decimals=0,
                    description="In half an hour, of all targets together. At 0 nothing is watched; that is right "
                    "only while it is stopped.",
                    alerts=[health.no_checks],
                ),
                TimeSeries(
                    "Duration of checks",
                    Query(check_duration.quantile(0.9, over="1h", by=[source]), legend="{source}, 90th percentile"),
                    min=0,
                    description="The query, and all methods on what came back; over an hour.",
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
                    width=24,
                ),
            ],
        ),
        Row(
            "Itself",
            [
                TimeSeries(
                    "CPU",
                    Query(health.cpu_use, legend="{instance}"),
                    min=0,
                    description="Of one CPU. It promises to use less than 5 %.",
                    alerts=[health.cpu_high],
                ),
                TimeSeries(
                    "CPU while it is stopped",
                    Query(health.idle_cpu_use, legend="{instance}"),
                    min=0,
                    description="Of one CPU. Stopped, it promises to use less than 1 %.",
                    alerts=[health.cpu_high],
                    no_data="It runs.",
                ),
                TimeSeries(
                    "Memory",
                    Query(memory, legend="{instance}"),
                    min=0,
                    description="It promises to use less than 50 MB.",
                    alerts=[health.memory_high],
                    width=24,
                ),
                StateTimeline(
                    "State",
                    Query(running, legend="{instance}"),
                    states=STATES,
                    thresholds=[Threshold(1, "green")],
                    description="A user stops it and starts it again; a restart is marked on each board.",
                    alerts=[health.monitor_stopped],
                    width=24,
                ),
            ],
        ),
    ],
    description="What the monitor finds, whether it looks at all, and what it costs.",
    variables=[chosen],
)  # fmt: skip

boards = [monitor]
