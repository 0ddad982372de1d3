"""
What Prometheus exposes of itself: of that, what 2.42 and 3.14 both have, as both answered on /metrics.

Two of them differ. `prometheus_notifications_dropped_total` has a label `alertmanager` in 3.x alone, and without an
Alertmanager 2.x counts there what it could not send anywhere, while 3.x has no series.
"""

from watchwright import Counter, Gauge, Label

# `<path of the file>;<name of the group>`
rule_group = Label("rule_group", cardinality=100)
scrape_job = Label("scrape_job", cardinality=20)
alertmanager = Label("alertmanager", cardinality=3)

# Rules --------------------------------------------------------------------------------------------------------

rule_evaluations = Counter(
    "prometheus_rule_evaluations_total", "Evaluations of rules.", labels=[rule_group], preset=True
)  # fmt: skip
rule_failures = Counter(
    "prometheus_rule_evaluation_failures_total", "Evaluations that failed.", labels=[rule_group], preset=True
)
iterations = Counter(
    "prometheus_rule_group_iterations_total",
    "Iterations of groups that were due, made or missed.",
    labels=[rule_group],
    preset=True,
)
missed_iterations = Counter(
    "prometheus_rule_group_iterations_missed_total",
    "Iterations that were not made, as the one before took too long.",
    labels=[rule_group],
    preset=True,
)
group_duration = Gauge(
    "prometheus_rule_group_last_duration_seconds", "How long the last iteration of a group took.", labels=[rule_group]
)
group_interval = Gauge("prometheus_rule_group_interval_seconds", "How often a group is due.", labels=[rule_group])

# Configuration, targets and scrapes ---------------------------------------------------------------------------

reloaded = Gauge("prometheus_config_last_reload_successful", "1 where the last reload of the configuration succeeded.")
reloaded_at = Gauge(
    "prometheus_config_last_reload_success_timestamp_seconds", "When the configuration was last reloaded."
)
pool_targets = Gauge(
    "prometheus_target_scrape_pool_targets",
    "Targets that a scrape job has now; 0 where discovery names none, and no series once the job itself is gone.",
    labels=[scrape_job],
)
http_discovery_failures = Counter(
    "prometheus_sd_http_failures_total", "Failures to ask for targets by HTTP.", preset=True
)  # fmt: skip
file_discovery_failures = Counter(
    "prometheus_sd_file_read_errors_total", "Failures to read a file of targets.", preset=True
)
too_many_samples = Counter(
    "prometheus_target_scrapes_exceeded_sample_limit_total", "Scrapes that brought too many samples.", preset=True
)
too_many_bytes = Counter(
    "prometheus_target_scrapes_exceeded_body_size_limit_total", "Scrapes that brought too many bytes.", preset=True
)
too_many_labels = Counter(
    "prometheus_target_scrape_pool_exceeded_label_limits_total",
    "Scrapes that brought too many labels, or too long ones.",
    preset=True,
)
too_many_targets = Counter(
    "prometheus_target_scrape_pool_exceeded_target_limit_total",
    "Times that discovery named too many targets for a job.",
    preset=True,
)
out_of_order = Counter(
    "prometheus_target_scrapes_sample_out_of_order_total",
    "Samples that were older than others of their series.",
    preset=True,
)
duplicates = Counter(
    "prometheus_target_scrapes_sample_duplicate_timestamp_total",
    "Samples that said otherwise than another one of their series and time.",
    preset=True,
)
out_of_bounds = Counter(
    "prometheus_target_scrapes_sample_out_of_bounds_total", "Samples that were too old to be stored.", preset=True
)

# Alerts on their way ------------------------------------------------------------------------------------------

alertmanagers = Gauge("prometheus_notifications_alertmanagers_discovered", "Alertmanagers that it knows.")
discovered = Gauge(
    "prometheus_sd_discovered_targets",
    "What discovery names by configuration: to be scraped, or to be notified.",
    labels=[Label("name", values=["scrape", "notify"]), Label("config", cardinality=20)],
)
sent = Counter("prometheus_notifications_sent_total", "Alerts sent.", labels=[alertmanager], preset=True)
not_sent = Counter(
    "prometheus_notifications_errors_total", "Failures to send alerts.", labels=[alertmanager], preset=True
)
dropped = Counter("prometheus_notifications_dropped_total", "Alerts that reached no Alertmanager.", preset=True)

# Storage ------------------------------------------------------------------------------------------------------

head_series = Gauge("prometheus_tsdb_head_series", "Series that were scraped lately, which are held in memory.")
appended = Counter("prometheus_tsdb_head_samples_appended_total", "Samples stored.", preset=True)
blocks_size = Gauge("prometheus_tsdb_storage_blocks_bytes", "Size of all blocks on disk.")
size_limit = Gauge("prometheus_tsdb_retention_limit_bytes", "Size that older blocks give way to; 0 for none.")
oldest = Gauge("prometheus_tsdb_lowest_timestamp_seconds", "Time of the oldest sample.")

# By what Prometheus does there
storage_failures = {
    "compaction": Counter("prometheus_tsdb_compactions_failed_total", "Compactions that failed.", preset=True),
    "truncation of the head": Counter(
        "prometheus_tsdb_head_truncations_failed_total", "Truncations of the head that failed.", preset=True
    ),
    "checkpoint": Counter(
        "prometheus_tsdb_checkpoint_creations_failed_total", "Checkpoints that failed.", preset=True
    ),
    "write to the WAL": Counter(
        "prometheus_tsdb_wal_writes_failed_total", "Writes to the WAL that failed.", preset=True
    ),
    "truncation of the WAL": Counter(
        "prometheus_tsdb_wal_truncations_failed_total", "Truncations of the WAL that failed.", preset=True
    ),
    "reload of blocks": Counter(
        "prometheus_tsdb_reloads_failures_total", "Reloads of blocks from disk that failed.", preset=True
    ),
}  # fmt: skip
# By where it found them
corruptions = {
    "WAL": Counter("prometheus_tsdb_wal_corruptions_total", "Corruptions of the WAL.", preset=True),
    "mapped chunks": Counter(
        "prometheus_tsdb_mmap_chunk_corruptions_total", "Corruptions of chunks mapped from disk.", preset=True
    ),
    "snapshot": Counter(
        "prometheus_tsdb_snapshot_replay_error_total", "Snapshots of the head that could not be read.", preset=True
    ),
}

# Queries ------------------------------------------------------------------------------------------------------

queries = Gauge("prometheus_engine_queries", "Queries that run or wait, those of rules among them.")
queries_at_once = Gauge("prometheus_engine_queries_concurrent_max", "Queries that may run at once.")
