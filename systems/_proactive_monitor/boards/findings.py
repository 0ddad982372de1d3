"""What the monitor found, how sure it is, and whether anybody knows."""

from watchwright import (
    CustomVariable,
    Dashboard,
    Heatmap,
    LabelVariable,
    Query,
    Row,
    Stat,
    Table,
    Threshold,
    TimeSeries,
    time,
)

from ..._shared import at_a_glance
from .. import findings as found
from ..metrics import (
    acknowledgement_delay,
    agreed,
    anomalies,
    channel,
    confidence,
    deviations,
    expected_value,
    findings,
    forgotten,
    kept,
    last_check,
    last_finding,
    notifications,
    severity,
    target,
    unacknowledged,
    value,
)

chosen = LabelVariable("target", last_check, label=target, title="Target")
# Each with all that are worse
least = CustomVariable(
    "severity", ["low|medium|high|critical", "medium|high|critical", "high|critical", "critical"], title="Severity"
)

KEPT = 100  # findings, of which older ones give way to newer ones

findings_board = Dashboard(
    "Findings",
    [
        at_a_glance(
            found.alerts,
            Stat("Critical findings in 15 min", found.critical_findings.where(target=chosen).sum(), decimals=0,
                 thresholds=[Threshold(1)]),
            Stat("Findings in an hour", findings.where(target=chosen, severity=least).increase("1h").sum(), decimals=0,
                 no_data="none"),
            Stat("Not acknowledged", unacknowledged.where(severity=least).sum(), decimals=0,
                 thresholds=[Threshold(1, "yellow")]),
            Stat("Kept, of 100", kept.sum(), decimals=0, sparkline=False, thresholds=[Threshold(KEPT, "yellow")]),
            Stat("Forgotten in an hour", found.lost_findings.sum(), decimals=0, thresholds=[Threshold(1, "orange")]),
            Stat("Lost notifications in 15 min", found.lost_notifications.sum(), decimals=0,
                 thresholds=[Threshold(1, "orange")]),
        ),
        Row(
            "What it found",
            [
                TimeSeries(
                    "Critical findings",
                    Query(found.critical_findings.where(target=chosen), legend="{target}"),
                    min=0,
                    decimals=0,
                    description="In 15 minutes, 30 deviations or more off what was expected.",
                    alerts=[found.critical_finding],
                ),
                TimeSeries(
                    "Findings by target",
                    Query(findings.where(target=chosen, severity=least).increase("1h").sum(by=[target]),
                          legend="{target}"),
                    min=0,
                    stacked=True,
                    description="In an hour, of the severity chosen and above.",
                    no_data="Nothing was found.",
                ),
                TimeSeries(
                    "Value",
                    [
                        Query(value.where(target=chosen), legend="{target}"),
                        Query(expected_value.where(target=chosen), legend="{target}, expected"),
                    ],
                    description="The last value of a target and what was expected in its place, in its own unit: "
                    "choose one target.",
                    width=24,
                ),
                Table(
                    "Time since the last finding",
                    Query((time() - last_finding.where(target=chosen)).min(by=[target]), legend="{target}"),
                    no_data="Nothing was found.",
                ),
                TimeSeries(
                    "Findings by severity",
                    Query(findings.where(target=chosen, severity=least).increase("1h").sum(by=[severity]),
                          legend="{severity}"),
                    min=0,
                    stacked=True,
                    description="In an hour.",
                    no_data="Nothing was found.",
                ),
            ],
        ),
        Row(
            "How sure it is",
            [
                TimeSeries(
                    "Anomalies by method",
                    Query(anomalies.where(severity=least).increase("1h").sum(by=["method"]), legend="{method}"),
                    min=0,
                    description="In an hour. What several methods saw counts for each.",
                    no_data="Nothing was found.",
                ),
                TimeSeries(
                    "Methods that agreed",
                    Query(agreed.average(over="6h"), legend="on a finding, mean"),
                    min=0,
                    description="Over six hours. One that a single method sees is worth a second look.",
                    no_data="Nothing was found.",
                ),
                TimeSeries(
                    "Confidence",
                    [
                        Query(confidence.quantile(0.5, over="6h"), legend="median"),
                        Query(confidence.quantile(0.1, over="6h"), legend="one in ten is below"),
                    ],
                    min=0,
                    max=1,
                    description="Over six hours.",
                    no_data="Nothing was found.",
                ),
                Heatmap(
                    "Deviation of findings",
                    deviations,
                    over="1h",
                    description="Low from 3 deviations on, medium from 5, high from 10, critical from 30.",
                ),
            ],
        ),
        Row(
            "Who knows of it",
            [
                TimeSeries(
                    "Not acknowledged",
                    Query(unacknowledged.where(severity=least), legend="{severity}"),
                    min=0,
                    stacked=True,
                    description="The alert is on critical ones that wait for an hour.",
                ),
                TimeSeries(
                    "Critical and not acknowledged",
                    Query(found.waiting, legend="{instance}"),
                    min=0,
                    decimals=0,
                    alerts=[found.critical_unacknowledged],
                ),
                TimeSeries(
                    "Kept",
                    Query(kept.where(severity=least), legend="{severity}"),
                    min=0,
                    stacked=True,
                    thresholds=[Threshold(KEPT, "yellow")],
                    description="It keeps the last 100: older ones are forgotten, acknowledged or not.",
                ),
                TimeSeries(
                    "Forgotten",
                    [
                        Query(found.lost_findings, legend="high and critical"),
                        Query(forgotten.where(severity=["low", "medium"]).increase("1h").sum(), legend="others"),
                    ],
                    min=0,
                    description="In an hour, before anybody acknowledged them. The alert is on high and critical ones.",
                    alerts=[found.findings_forgotten],
                ),
                TimeSeries(
                    "Until somebody acknowledges",
                    Query(acknowledgement_delay.where(severity=least).quantile(0.5, over="6h", by=[severity]),
                          legend="{severity}, median"),
                    min=0,
                    description="Over six hours.",
                    no_data="Nothing was acknowledged.",
                    width=24,
                ),
                TimeSeries(
                    "Notifications",
                    Query(notifications.increase("1h").sum(by=[channel, "result"]), legend="{result} to {channel}"),
                    min=0,
                    description="In an hour.",
                ),
                TimeSeries(
                    "Lost notifications",
                    Query(found.lost_notifications, legend="{channel}"),
                    min=0,
                    decimals=0,
                    description="In 15 minutes, given up after all retries.",
                    alerts=[found.notifications_lost],
                ),
            ],
        ),
    ],
    description="What the monitor finds, how sure it is, and who knows of it.",
    variables=[chosen, least],
)  # fmt: skip
