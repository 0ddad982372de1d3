"""The board of Prometheus: whether the monitoring itself works."""

from watchwright import Dashboard, Job, Query, Row, Stat, StateTimeline, Threshold, TimeSeries, time

from .._process import cpu_seconds, memory
from .._shared import at_a_glance, firing, up
from . import evaluation, notices, scraping, storage
from .metrics import (
    alertmanager,
    appended,
    blocks_size,
    head_series,
    iterations,
    missed_iterations,
    pool_targets,
    reloaded_at,
    rule_evaluations,
    rule_failures,
    scrape_job,
    sent,
    size_limit,
)

alerts = [*notices.alerts, *evaluation.alerts, *scraping.alerts, *storage.alerts]
_of_trouble = [alert for alert in alerts if alert is not notices.watchdog]  # which fires as long as all is well


def board(job: Job) -> Dashboard:
    """Of the server that *job* scrapes: itself."""
    return Dashboard(
        "Prometheus",
        [
            at_a_glance(
                _of_trouble,
                Stat("Watchdog", firing.where(alertname=notices.watchdog.name), mapping={1: "fires"},
                     no_data="broken", sparkline=False, thresholds=[Threshold(1, "green")]),
                Stat("Failing rules in 10 min", evaluation.failures.sum(), decimals=0,
                     thresholds=[Threshold(1)]),
                Stat("Missed iterations", evaluation.missed.max(), decimals=0,
                     thresholds=[Threshold(evaluation.MISSED, "orange")]),
                Stat("Configuration", evaluation.not_reloaded, mapping={1: "loaded", 0: "refused"},
                     thresholds=[Threshold(1, "green")], sparkline=False),
                Stat("Targets", pool_targets.sum()),
                Stat("Series", head_series, decimals=1),
            ),
            Row(
                "Does it watch?",
                [
                    Stat("Watchdog", firing.where(alertname=notices.watchdog.name), mapping={1: "fires"},
                         no_data="broken", width=6, key="watchdog", alerts=[notices.watchdog],
                         description="It always fires: alerts are evaluated."),
                    StateTimeline("It answers", Query(up, legend="{instance}"), states={1: "answers", 0: "down"},
                                  thresholds=[Threshold(1, "green")], width=18, alerts=[job]),
                ],
            ),
            Row(
                "Are rules evaluated?",
                [
                    TimeSeries("Failing rules", Query(evaluation.failures, legend="{rule_group}"), min=0,
                               description="In 10 minutes, by group.", alerts=[evaluation.rules_failing]),
                    TimeSeries("Missed iterations", Query(evaluation.missed, legend="{rule_group}"), min=0, max=1,
                               description="Of those that were due in a quarter of an hour, by group.",
                               alerts=[evaluation.iterations_missed]),
                    TimeSeries("Time that groups take", Query(evaluation.time_taken, legend="{rule_group}"), min=0,
                               description="Of their intervals. Above 100 % they miss iterations.",
                               alerts=[evaluation.group_slow]),
                    TimeSeries(
                        "Evaluations",
                        [
                            Query(rule_evaluations.rate("5m").sum(), legend="rules"),
                            Query(rule_failures.rate("5m").sum(), legend="of which fail"),
                            Query(iterations.rate("5m").sum(), legend="groups"),
                            Query(missed_iterations.rate("5m").sum(), legend="groups that were missed"),
                        ],
                        min=0,
                        description="A second.",
                    ),
                    StateTimeline("Configuration", Query(evaluation.not_reloaded, legend="{instance}"),
                                  states={1: "loaded", 0: "refused"}, thresholds=[Threshold(1, "green")],
                                  description="Refused: the one before it goes on.", width=18,
                                  alerts=[evaluation.configuration_not_reloaded]),
                    Stat("Loaded since", time() - reloaded_at, sparkline=False, width=6),
                ],
            ),
            Row(
                "Is everything scraped?",
                [
                    TimeSeries("Targets", Query(pool_targets, legend="{scrape_job}"), min=0, decimals=0,
                               description="That discovery names now, by job.", alerts=[scraping.targets_vanished]),
                    TimeSeries("Targets an hour ago",
                               Query(scraping.targets_before.max(by=[scrape_job]), legend="{scrape_job}"), min=0,
                               decimals=0, no_data="It has run for less than that.",
                               description="The fewest of half an hour. The alert wants half of them to be left."),
                    TimeSeries("Failures of discovery", Query(scraping.discovery_failures, legend="by {discovery}"),
                               min=0, description="In 10 minutes.", alerts=[scraping.discovery_failing]),
                    TimeSeries("Scrapes that broke a limit",
                               Query(scraping.scrapes_cut_off_lately, legend="{limit}"), min=0,
                               description="In a quarter of an hour. Nothing of such a scrape is stored.",
                               alerts=[scraping.scrapes_cut_off]),
                    TimeSeries("Samples that are not stored", Query(scraping.rejected, legend="{fault}"), min=0,
                               description="In 10 minutes.", alerts=[scraping.samples_rejected]),
                    TimeSeries("Samples stored", Query(appended.rate("5m"), legend="{instance}"), min=0,
                               description="A second."),
                ],
            ),
            Row(
                "Does anybody hear of it?",
                [
                    TimeSeries("Alertmanagers", Query(notices.known, legend="{instance}"), min=0, decimals=0,
                               description="Those that are known, of those that are configured.",
                               no_data="None is configured.", alerts=[notices.no_alertmanager]),
                    TimeSeries("Alerts sent", Query(sent.rate("5m").sum(by=[alertmanager]), legend="{alertmanager}"),
                               min=0, no_data="No Alertmanager is configured.", description="A second."),
                    TimeSeries("Failures to send alerts", Query(notices.errors, legend="{alertmanager}"), min=0,
                               no_data="No Alertmanager is configured.", description="In 10 minutes.",
                               alerts=[notices.alertmanager_failing]),
                    TimeSeries("Alerts that reached nobody", Query(notices.lost, legend="{instance}"), min=0,
                               no_data="No Alertmanager is configured.", description="In 10 minutes.",
                               alerts=[notices.alerts_dropped]),
                ],
            ),
            Row(
                "Does it keep what it stores?",
                [
                    TimeSeries("Failures of storage", Query(storage.failures, legend="{operation}"), min=0,
                               description="In an hour.", alerts=[storage.storage_failing]),
                    TimeSeries("Corruptions", Query(storage.corrupt, legend="{part}"), min=0,
                               description="It looks as it starts; for an hour from then on.",
                               no_data="It started more than an hour ago.", alerts=[storage.storage_corrupt],
                               accept={
                                   "promql/plotted-counter": "it counts what one start found, once",
                                   "panel/threshold": "the alert begins with the first, at 0",
                               }),
                    TimeSeries("Series in memory", Query(head_series, legend="{instance}"), min=0),
                    TimeSeries("Growth of series", Query(storage.growth, legend="{instance}"), min=0, decimals=1,
                               description="Times as many as a day ago.", no_data="It has run for less than a day.",
                               alerts=[storage.series_growing]),
                    TimeSeries("Size on disk",
                               [
                                   Query(blocks_size, legend="blocks"),
                                   Query(storage.size_at_end, legend="once the retention is full"),
                                   Query(size_limit, legend="limit, 0 for none"),
                               ],
                               min=0),
                    TimeSeries("Share of the limit once the retention is full",
                               Query(storage.share_at_end, legend="{instance}"), min=0,
                               description="At the pace of what is stored now.",
                               no_data="No limit is set, or less than a day is stored, which says nothing yet.",
                               alerts=[storage.retention_too_long]),
                ],
            ),
            Row(
                "Can it answer?",
                [
                    TimeSeries("Queries that run or wait", Query(storage.query_load, legend="{instance}"), min=0,
                               description="Of those that may run at once.", alerts=[storage.queries_waiting]),
                    TimeSeries("CPU", Query(cpu_seconds.rate("5m"), legend="{instance}"), min=0,
                               description="Of one CPU."),
                    TimeSeries("Memory", Query(memory, legend="{instance}"), min=0, width=24),
                ],
            ),
        ],
        description="Whether the monitoring itself works.",
    )  # fmt: skip
