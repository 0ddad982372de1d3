"""What the monitor exposes of itself."""

from watchwright import Counter, Gauge, Histogram, Label, StateSet

# Four come with it, and users add their own. It drops the series of a target that a user removes.
target = Label("target", cardinality=40)
source = Label("source", values=["prometheus", "loki"])
severity = Label("severity", values=["low", "medium", "high", "critical"])
channel = Label("channel", values=["slack", "email", "webhook"])

# Checks -----------------------------------------------------------------------------------------------------

targets = Gauge("proactive_monitor_targets", "Targets that it watches.", labels=[source])
checks = Counter(
    "proactive_monitor_checks_total",
    "Checks of a target.",
    labels=[target, Label("result", values=["success", "failure"])],
)
# By data source and not by target: how long a check takes is the source's doing, and buckets are dear
check_duration = Histogram(
    "proactive_monitor_check_duration_seconds",
    "How long a check took: its query, and all methods on what came back.",
    labels=[source],
    buckets=[0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60],  # the fastest targets are checked each minute
)
check_points = Histogram(
    "proactive_monitor_check_points",
    "Points that a check looked at.",
    labels=[source],
    buckets=[60, 120, 240, 500, 1000, 2500, 5000, 10_000],  # an hour at a step of a minute, and the 1000 promised
)

# What it finds ------------------------------------------------------------------------------------------------

anomalies = Counter(
    "proactive_monitor_anomalies_total",
    "Anomalies by each method that saw them; a finding of two methods counts for both.",
    labels=[Label("method", values=["zscore", "iqr", "mad", "rate_of_change"]), severity],
)
findings = Counter(
    "proactive_monitor_findings_total",
    "Findings, those of several methods merged into one.",
    labels=[target, severity],
)
kept = Gauge("proactive_monitor_kept_findings", "Findings that it still keeps: the last 100.")
unacknowledged = Gauge(
    "proactive_monitor_unacknowledged_findings",
    "Findings that it keeps and nobody has acknowledged.",
    labels=[severity],
)
notifications = Counter(
    "proactive_monitor_notifications_total",
    "Notifications; failed ones were given up, after all retries.",
    labels=[channel, Label("result", values=["sent", "failed"])],
)

# Itself -------------------------------------------------------------------------------------------------------

state = StateSet("proactive_monitor_state", "What it does.", states=["running", "stopped"])
