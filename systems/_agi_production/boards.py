"""The boards of AGI production. The first row of each says whether it is broken, since when, and where."""

from watchwright import (
    BarGauge,
    Dashboard,
    LabelVariable,
    Query,
    Row,
    Stat,
    StateTimeline,
    Threshold,
    TimeSeries,
    ratio,
)
from watchwright.units import s

from .._shared import at_a_glance
from . import collection, constitution, families, host
from .collection import CALM, latest
from .metrics import (
    active_users,
    anomaly_score,
    checks,
    collection_duration,
    collector_failures,
    collectors,
    drift_score,
    family,
    feature_uses,
    features,
    inference_duration,
    inferences,
    proof_duration,
    repairs,
    requests,
    sampling,
    violations,
)

chosen = LabelVariable("family", inferences, label=family, title="Family")

platform = Dashboard(
    "Platform",
    [
        at_a_glance(
            [*families.alerts, *constitution.alerts, *collection.alerts],
            Stat("Active users", latest(active_users).sum(), decimals=0),
            Stat("Failing requests", ratio(requests.where(status="error"), requests, over=CALM), decimals=2),
            Stat("Inferences per second", inferences.rate(CALM).sum(), decimals=0),
            Stat("Failing inferences of the worst pod", families.error_ratio.max(), decimals=2,
                 thresholds=[Threshold(families.FAILING)], no_data="calm"),
            Stat("Mean latency", inference_duration.average(over=CALM)),
            Stat("Mean drift score", latest(drift_score).avg(), decimals=0),
        ),
        Row(
            "Errors",
            [
                TimeSeries(
                    "Failing inferences",
                    Query(families.error_ratio, legend="{instance}"),
                    min=0,
                    description="Of each pod, over 5 minutes, in which enough is exported only while it matters: from "
                    "1 % on. The alert wants five errors at least.",
                    alerts=[families.inferences_failing],
                    no_data="Less than 1 %, or nothing is exported: see *Telemetry*.",
                ),
                TimeSeries(
                    "Errors against what is usual",
                    Query(families.family_errors.where(family=chosen), legend="{family}"),
                    min=0,
                    description="The share of errors over 3 hours, 100 % being what is usual of the family. The alert "
                    "wants five errors at least.",
                    alerts=[families.family_failing],
                ),
                TimeSeries(
                    "Share of errors",
                    Query(families.family_error_ratio.where(family=chosen), legend="{family}"),
                    min=0,
                    description="Over 3 hours. A quantum inference fails one time in ten, and that is usual.",
                ),
                TimeSeries(
                    "Inferences",
                    Query(inferences.where(family=chosen).rate(CALM).sum(by=[family]), legend="{family}"),
                    stacked=True,
                    description="Failed ones included, over 3 hours.",
                ),
            ],
        ),
        Row(
            "Latency",
            [
                TimeSeries(
                    "Latency against what is usual",
                    Query(families.family_slowness.where(family=chosen), legend="{family}"),
                    min=0,
                    description="The 90th percentile over 3 hours, 100 % being the usual latency of the family.",
                    alerts=[families.family_slow],
                ),
                TimeSeries(
                    "Mean latency",
                    Query(inference_duration.where(family=chosen).average(over=CALM, by=[family]), legend="{family}"),
                    min=0,
                    description="Over 3 hours.",
                ),
                TimeSeries(
                    "90th percentile of latency",
                    Query(families.family_latency.where(family=chosen), legend="{family}"),
                    min=0,
                    description="Over 3 hours.",
                    width=24,
                ),
            ],
        ),
        Row(
            "Drift",
            [
                TimeSeries(
                    "Drift score",
                    Query(latest(drift_score.where(family=chosen)).max(by=[family]), legend="{family}"),
                    min=0,
                    max=1,
                    description="The constitutional model keeps near 80 %, and only its movement says something.",
                ),
                TimeSeries(
                    "Movement of the constitutional model",
                    Query(constitution.score_spread, legend="in 6 hours"),
                    min=0,
                    description="Between the least and the greatest drift score of all pods in 6 hours.",
                    alerts=[constitution.constitution_moving],
                ),
            ],
        ),
        Row(
            "Constitution",
            [
                TimeSeries(
                    "Repaired violations",
                    Query(constitution.repaired, legend="of all violations"),
                    max=1,
                    description="Over 3 hours; empty where nothing was violated.",
                    alerts=[constitution.violations_unrepaired],
                    no_data="Nothing was violated.",
                ),
                TimeSeries(
                    "Checks, violations, repairs",
                    [
                        Query(checks.rate(CALM).sum(), legend="checks"),
                        Query(violations.rate(CALM).sum(), legend="violations"),
                        Query(repairs.rate(CALM).sum(), legend="repairs"),
                    ],
                    description="Over 3 hours.",
                ),
                TimeSeries(
                    "Proofs",
                    [
                        Query(proof_duration.quantile(0.5, over=CALM), legend="median"),
                        Query(proof_duration.quantile(0.9, over=CALM), legend="90th percentile"),
                    ],
                    min=0,
                    description="How long it takes to generate one, over 3 hours; about 200 ms is usual.",
                    width=24,
                ),
            ],
        ),
        Row(
            "Users",
            [
                TimeSeries(
                    "Users by tier",
                    Query(latest(active_users).sum(by=["tier"]), legend="{tier}"),
                    stacked=True,
                    description="Active now, as last exported.",
                ),
                TimeSeries(
                    "Users by region",
                    Query(latest(active_users).sum(by=["region"]), legend="{region}"),
                    stacked=True,
                    description="The same users, by where they are.",
                ),
                TimeSeries(
                    "Requests",
                    Query(requests.rate(CALM).sum(by=["status"]), legend="{status}"),
                    stacked=True,
                    description="Over 3 hours.",
                ),
                BarGauge(
                    "Features used most",
                    Query(feature_uses.increase("1d").sum(by=["feature"]).topk(10), legend="{feature}"),
                    description="Uses in a day.",
                    width=12,
                ),
            ],
        ),
        Row(
            "Collection",
            [
                StateTimeline(
                    "Telemetry",
                    Query(collection.exports, legend="{instance}"),
                    states={1: "exported"},
                    thresholds=[Threshold(1, "green")],
                    description="When a collection was exported. In calm times one in a hundred is.",
                    alerts=collection.alerts,
                    width=24,
                ),
                TimeSeries(
                    "Why so much, or so little",
                    [
                        Query(latest(sampling), legend="share exported by {instance}"),
                        Query(latest(anomaly_score), legend="anomaly score of {instance}"),
                    ],
                    min=0,
                    max=1,
                    description="All is exported from an anomaly score of 0.8 on, a tenth from 0.5 on.",
                ),
                TimeSeries(
                    "Collections",
                    [
                        Query(collection_duration.quantile(0.5, over=CALM), legend="median"),
                        Query(collection_duration.quantile(0.99, over=CALM), legend="99th percentile"),
                    ],
                    min=0,
                    thresholds=[Threshold(10 * s)],
                    description="How long one takes. A scrape waits 10 seconds for it.",
                ),
                TimeSeries(
                    "Failures of collectors",
                    Query(collector_failures.increase(CALM).sum(by=["collector"]), legend="{collector}"),
                    min=0,
                    description="In 3 hours.",
                    no_data="No collector ever failed.",
                ),
                TimeSeries(
                    "Collectors and features",
                    [
                        Query(latest(collectors).max(), legend="collectors used"),
                        Query(features.rate(CALM).sum() / (collection_duration.count.rate(CALM).sum() > 0),
                              legend="features of a collection"),
                    ],
                    unit="short",
                    min=0,
                    description="Used by the last collection that was exported, and extracted by each, over 3 hours.",
                ),
            ],
        ),
    ],
    description="Errors, latency and drift of the model families, who uses them, and how all this is collected. Most "
    "collections are skipped, so that panels look back over 3 hours.",
    variables=[chosen],
    span="1d",
)  # fmt: skip

boards = [platform, host.board]
