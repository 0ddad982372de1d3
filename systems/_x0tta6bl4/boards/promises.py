"""The board of the twelve promises: what is kept of each, what is left to spend, and what is being lost."""

from decimal import Decimal

from watchwright import (
    BarGauge,
    Dashboard,
    Heatmap,
    Instant,
    Quantity,
    Query,
    Row,
    Stat,
    StateTimeline,
    TextPanel,
    Threshold,
    TimeSeries,
    Words,
    percent,
    regex,
    time,
)
from watchwright.catalogues import objectives
from watchwright.slo import Slo, Tracked

from ..._shared import active_since, firing
from .. import promises
from ..metrics import (
    anomalies,
    baseline_cost,
    baseline_repair,
    cost,
    failure_predictions,
    gain,
    projected_cost,
    quantum_contribution,
    ratings,
    repair_duration,
    root_causes,
    service,
    sla_score,
    tasks,
)

# What people call them, in the order in which they were made
SHORT = {
    "Availability": promises.availability,
    "Inference < 100 ms": promises.inference,
    "Right predictions": promises.predictions,
    "Right root causes": promises.causes,
    "True anomalies": promises.true_anomalies,
    "Optimisation gain": promises.optimisation,
    "Manual work saved": promises.work,
    "Models updated daily": promises.updated,
    "Updates seamless": promises.seamless,
    "Time to repair saved": promises.repair,
    "Cost saved": promises.saving,
    "SLA met": promises.sla,
    "Satisfaction": promises.satisfaction,
}

# Of any of them, by the label that alerts on SLOs alone have
lost = firing.where(slo=regex(".+"))
lost_since = (time() - active_since.where(slo=regex(".+"))) & lost.ignoring("alertstate")


def _last(series: Words) -> Instant:
    """What is worked out each five minutes, though one of them was missed."""
    return series.instant().range("15m").last_over_time()


def _value(slo: Slo) -> Instant:
    """What a promise is judged by: its value, or its share of good events; where it has several, the worst."""
    if isinstance(slo.sli, Tracked):
        return _last(objectives.gauge("slo:value").where(slo=slo.name)).min()
    return 1 - _last(objectives.gauge("slo:ratio").where(slo=slo.name, window=slo.period)).max()


def _target(slo: Slo) -> Quantity | float | Decimal:
    return slo.sli.target if isinstance(slo.sli, Tracked) else (slo.objective or 100) * percent


def _promise(title: str, slo: Slo) -> Stat:
    """Green from what was promised on, red below."""
    target = _target(slo)
    return Stat(
        f"{title}, {target}".replace("percent", "%"),
        _value(slo),
        thresholds=[Threshold(target, "green")],
        unit="percentunit" if isinstance(target, Quantity) else None,
        description=f"{slo.title}. {slo.description}".strip(),
    )


board = Dashboard(
    "Promises",
    [
        Row(
            "Which promise is being lost, and since when?",
            [
                Stat("Firing", lost.count(), thresholds=[Threshold(1)], no_data="nothing", width=3),
                Stat("For the longest", lost_since.max(), no_data="nothing fires", sparkline=False, width=3),
                StateTimeline(
                    "What is being lost",
                    Query(lost.max(by=["slo", "severity"]), legend="{slo}, {severity}"),
                    states={1: "firing"},
                    thresholds=[Threshold(1)],
                    no_data="No promise was being lost in this time.",
                    width=18,
                    height=4,
                ),
                *(_promise(title, slo) for title, slo in SHORT.items()),
                BarGauge(
                    "Budget left",
                    Query(_last(objectives.gauge("slo:remaining")).min(by=["slo"]), legend="{slo}"),
                    min=0,
                    max=1,
                    thresholds=[Threshold(0, "orange"), Threshold(0.25, "green")],
                    description="Of what may be missed in 30 days. Below 0 the promise is not kept.",
                    width=20,
                    height=7,
                ),
            ],
        ),
        Row(
            "More",
            [
                TextPanel(
                    "Where to look",
                    "- [SLOs](/d/x0tta6bl4-slos): how fast each budget burns, and on what\n"
                    "- [AI services](/d/x0tta6bl4-ai-services): availability, inference, traffic\n"
                    "- [Models](/d/x0tta6bl4-models): versions, updates, fairness\n"
                    "- [Maintenance](/d/x0tta6bl4-maintenance): the schedule, and what is likely to fail\n"
                    "- [Alerts](/d/x0tta6bl4-alerts): what fires, and what is about to",
                    height=5,
                )
            ],
        ),
        Row(
            "Outcomes",
            [
                TimeSeries(
                    "Failure predictions",
                    Query(failure_predictions.increase("1d").sum(by=["result"]), legend="{result}"),
                    stacked=True,
                    description="Judged within a day, by what came of them.",
                ),
                TimeSeries(
                    "Root causes",
                    Query(root_causes.increase("1d").sum(by=["result"]), legend="{result}"),
                    stacked=True,
                    description="Reviewed within a day, by what was found.",
                ),
                TimeSeries(
                    "Anomalies",
                    Query(anomalies.increase("1d").sum(by=["result"]), legend="{result}"),
                    stacked=True,
                    description="Judged within a day, by what came of them.",
                ),
                TimeSeries(
                    "Time to repair",
                    [
                        Query(repair_duration.average("1d"), legend="mean of a day"),
                        Query(baseline_repair.max(), legend="before the platform"),
                    ],
                    min=0,
                    description="From the first alert of an incident to its end.",
                ),
            ],
        ),
        Row(
            "What it brings",
            [
                TimeSeries(
                    "Optimisation gain",
                    [
                        Query(gain.quantile(0.5, over="1d"), legend="median"),
                        Query(gain.quantile(0.1, over="1d"), legend="one in ten gains less"),
                    ],
                    thresholds=[Threshold(promises.GAIN, "green")],
                    description="Of a day's optimisations. Below 0 they made things worse.",
                ),
                TimeSeries(
                    "Quantum contribution",
                    Query(quantum_contribution.average("1d"), legend="mean"),
                    min=0,
                    max=1,
                    description="The quantum part's share of the gain, over a day.",
                ),
                TimeSeries(
                    "Tasks",
                    Query(tasks.increase("1d").sum(by=["done_by"]), legend="{done_by}"),
                    stacked=True,
                    description="Of a day, by who did them.",
                    width=24,
                ),
            ],
        ),
        Row(
            "Cost and users",
            [
                TimeSeries(
                    "Cost of a month",
                    [
                        Query(projected_cost.sum(), legend="this month, projected"),
                        Query(baseline_cost.sum(), legend="before the platform"),
                    ],
                    min=0,
                    description="All services together.",
                ),
                TimeSeries(
                    "Cost of a day",
                    Query(cost.increase("1d").sum(by=[service]), legend="{service}"),
                    stacked=True,
                    description="What was really spent.",
                ),
                TimeSeries(
                    "SLA score",
                    Query(sla_score.max(), legend="score"),
                    max=1,
                    description="How well agreements are kept, weighted by what they are worth.",
                ),
                Heatmap("Ratings", ratings, description="How many users gave which rating."),
            ],
        ),
    ],
    description="What was promised, what is kept of it, and what is about to be lost.",
    span="2d",
)  # fmt: skip
