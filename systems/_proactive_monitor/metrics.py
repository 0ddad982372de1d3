"""What the monitor exposes of itself."""

from watchwright import Counter, Gauge, Histogram, Label, StateSet

# Four come with it, and users add their own. It drops the series of a target that a user removes.
target = Label("target", cardinality=40)
source = Label("source", values=["prometheus", "loki"])
severity = Label("severity", values=["low", "medium", "high", "critical"])
channel = Label("channel", values=["slack", "email", "webhook"])

# Checks -----------------------------------------------------------------------------------------------------

targets = Gauge("proactive_monitor_targets", "Targets that it watches.", labels=[source])
interval = Gauge(
    "proactive_monitor_check_interval_seconds",
    "How often a target is to be checked: each 5 minutes unless it says otherwise, or each 60, 300 or 900 seconds.",
    labels=[target],
)
last_check = Gauge(
    "proactive_monitor_last_check_timestamp_seconds",
    "When the last check of a target ended, whatever came of it; before the first, since when it is watched.",
    labels=[target],
)
checks = Counter(
    "proactive_monitor_checks_total",
    "Checks of a target; those are empty whose query found no series, so that there was nothing to look at.",
    labels=[target, Label("result", values=["success", "failure", "empty"])],
)
# By data source and not by target: how long a check takes is the source's doing, and buckets are dear
check_duration = Histogram(
    "proactive_monitor_check_duration_seconds",
    "How long a check took: its query, and all methods on what came back.",
    labels=[source],
    buckets=[0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60],  # the fastest targets are checked each minute
)
query_duration = Histogram(
    "proactive_monitor_query_duration_seconds",
    "How long the data source took to answer a check's query.",
    labels=[source],
    buckets=[0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30],  # it gives up after 30 seconds
)
check_points = Histogram(
    "proactive_monitor_check_points",
    "Points that a check looked at.",
    labels=[source],
    buckets=[60, 120, 240, 500, 1000, 2500, 5000, 10_000],  # an hour at a step of a minute, and the 1000 promised
)
value = Gauge("proactive_monitor_last_value", "The last value of a target, in its own unit.", labels=[target])
expected_value = Gauge(
    "proactive_monitor_expected_value", "What was expected in its place, in the same unit.", labels=[target]
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
last_finding = Gauge(
    "proactive_monitor_last_finding_timestamp_seconds", "When a target had its last finding.", labels=[target]
)
deviations = Histogram(
    "proactive_monitor_finding_deviations",
    "How many deviations a finding's value is off what was expected.",
    buckets=[3, 5, 10, 30, 100],  # where low, medium, high and critical begin
)
confidence = Histogram(
    "proactive_monitor_finding_confidence_ratio",
    "How sure it is of a finding, from 0 to 1.",
    buckets=[0.5, 0.6, 0.7, 0.8, 0.9, 0.95, 1],
)
agreed = Histogram(
    "proactive_monitor_finding_methods", "How many methods agreed on a finding.", buckets=[1, 2, 3, 4]
)  # fmt: skip

# Who hears of it ----------------------------------------------------------------------------------------------

kept = Gauge("proactive_monitor_kept_findings", "Findings that it still keeps: the last 100.", labels=[severity])
unacknowledged = Gauge(
    "proactive_monitor_unacknowledged_findings",
    "Findings that it keeps and nobody has acknowledged.",
    labels=[severity],
)
forgotten = Counter(
    "proactive_monitor_forgotten_findings_total",
    "Findings that newer ones pushed out of the last 100 before anybody acknowledged them.",
    labels=[severity],
    preset=True,
)
acknowledgement_delay = Histogram(
    "proactive_monitor_acknowledgement_delay_seconds",
    "How long a finding waited until somebody acknowledged it.",
    labels=[severity],
    buckets=[60, 300, 900, 3600, 14_400, 86_400],
)
notifications = Counter(
    "proactive_monitor_notifications_total",
    "Notifications by the channels that are set up; failed ones were given up, after all retries.",
    labels=[channel, Label("result", values=["sent", "failed"])],
    preset=True,
)

# Itself -------------------------------------------------------------------------------------------------------

state = StateSet("proactive_monitor_state", "What it does.", states=["running", "stopped"])
