"""The boards of x0tta6bl4. The first row of each says whether it is broken, since when, and where."""

from typing import Any

from watchwright import (
    Annotation,
    Dashboard,
    Heatmap,
    Instant,
    LabelVariable,
    Quantity,
    Query,
    RecordingRule,
    Row,
    Stat,
    Table,
    Threshold,
    TimeSeries,
    ratio,
    time,
)

from .._shared import at_a_glance
from . import promises, serving
from .metrics import (
    asset,
    baseline_cost,
    baseline_repair,
    bias,
    confidence,
    cost,
    destination,
    failure_predictions,
    failure_risk,
    fairness,
    gain,
    inference_duration,
    loops,
    maintenance_done,
    maintenance_start,
    maintenance_tasks,
    model,
    model_info,
    model_updates,
    operation,
    operations,
    predicted_load,
    projected_cost,
    quantum_contribution,
    ratings,
    repair_duration,
    requests,
    safety_validations,
    service,
    sla_score,
    tasks,
)

RATE = "$__rate_interval"

# A new version of a model explains much of what changes on any board
VERSION = ["model", "version"]
new_version = Annotation(
    "New version",
    model_info.max(by=VERSION).unless(model_info.offset("5m").max(by=VERSION)),
    title="{model} {version}",
    color="purple",
)

chosen = LabelVariable("destination_service_name", requests, label=destination, title="Service")
chosen_model = LabelVariable("model", model_info, label=model, title="Model")


def _above(title: str, value: Instant, promised: Quantity | float, description: str, **shown: Any) -> Stat:
    """A promise to be above a number: green from there on, red below."""
    return Stat(title, value, thresholds=[Threshold(promised, "green")], description=description, **shown)


def _below(title: str, value: Instant | RecordingRule, promised: Quantity, description: str, **shown: Any) -> Stat:
    """A promise to be below a number: red from there on."""
    return Stat(title, value, thresholds=[Threshold(promised)], description=description, **shown)


promises_board = Dashboard(
    "Promises",
    [
        at_a_glance(
            [*serving.alerts, *promises.alerts],
            _above("Availability > 99.9 %", 1 - ratio(serving.failed, requests, over="1d"), serving.AVAILABILITY,
                   "Of all requests of a day, as the gateway saw them.", decimals=2),
            _below("Inference < 100 ms", serving.inference_latency.max(), serving.INFERENCE,
                   "99 in 100 answers of the slowest operation take less.", decimals=0),
            _above("Failure predictions right > 95 %", 1 - promises.wrong_predictions, promises.RIGHT_PREDICTIONS,
                   "Of those that a day has judged. A failure that nobody predicted is not right.", decimals=1),
            _above("Root causes right > 90 %", 1 - promises.wrong_root_causes, promises.RIGHT_ROOT_CAUSES,
                   "Of those reviewed within a day.", decimals=1),
            _below("False positives < 5 %", promises.false_positives, promises.FALSE_POSITIVES,
                   "Of the anomalies judged within a day.", decimals=1),
            _above("Optimisation gain > 30 %", promises.median_gain, promises.GAIN,
                   "The median of a week's optimisations.", decimals=0),
            _above("Manual work saved > 50 %", promises.saved_work, promises.SAVED_WORK,
                   "Tasks of a week that the platform did.", decimals=0),
            _below("Models updated each day", promises.model_age.max(), promises.MODEL_AGE,
                   "The age of the oldest that is served. Two hours beyond the day are for training."),
            _above("Time to repair, 40 % less", promises.saved_repair, promises.SAVED_REPAIR,
                   "The mean of a week's incidents against the baseline.", decimals=0),
            _above("Cost, 25 % less", promises.saved_cost, promises.SAVED_COST,
                   "What this month will have cost against the baseline.", decimals=0),
            _above("SLA met > 99.5 %", promises.met_sla, promises.SLA, "Of the checks of a week.", decimals=2),
            _above("Satisfaction > 4.5", promises.satisfaction, promises.SATISFACTION,
                   "The mean of a week's ratings, from 1 to 5.", decimals=2),
        ),
        Row(
            "Outcomes",
            [
                TimeSeries(
                    "Wrong predictions",
                    Query(promises.wrong_predictions, legend="wrong"),
                    min=0,
                    description="Of the failure predictions of a day. The alert wants 20 of them at least.",
                    alerts=[promises.predictions_wrong],
                ),
                TimeSeries(
                    "Failure predictions",
                    Query(failure_predictions.increase("1d").sum(by=["result"]), legend="{result}"),
                    stacked=True,
                    description="Judged within a day, by what came of them.",
                ),
                TimeSeries(
                    "Wrong root causes",
                    Query(promises.wrong_root_causes, legend="wrong"),
                    min=0,
                    description="Of those reviewed within a day. The alert wants 20 of them at least.",
                    alerts=[promises.root_causes_wrong],
                ),
                TimeSeries(
                    "False positives",
                    Query(promises.false_positives, legend="false"),
                    min=0,
                    description="Of the anomalies judged within a day. The alert wants 20 of them at least.",
                    alerts=[promises.anomalies_false],
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

services_board = Dashboard(
    "AI services",
    [
        at_a_glance(
            serving.alerts,
            Stat("Requests per second", serving.traffic, decimals=1),
            Stat("Failing requests", serving.failing_requests.max(), thresholds=[Threshold(serving.FAILING)],
                 decimals=2),
            Stat("Slowest operation, 99th percentile", serving.inference_latency.max(), decimals=0,
                 thresholds=[Threshold(serving.INFERENCE, "orange")]),
            Stat("Farthest from its share", serving.off_share.max(), decimals=0,
                 thresholds=[Threshold(serving.OFF_SHARE, "orange")], no_data="too little traffic"),
        ),
        Row(
            "Requests",
            [
                TimeSeries(
                    "Failing requests",
                    Query(serving.failing_requests.where(destination_service_name=chosen),
                          legend="{destination_service_name}"),
                    min=0,
                    description="Answers 5xx of all, as the gateway saw them. Promised are less than 0.1 %. The alert "
                    "wants three of them at least.",
                    alerts=[serving.service_failing],
                ),
                TimeSeries(
                    "Failing operations",
                    Query(operations.where(result="error").rate(RATE).sum(by=[operation]), legend="{operation}"),
                    stacked=True,
                    description="As the services themselves count them.",
                ),
                TimeSeries(
                    "Operations",
                    Query(operations.rate(RATE).sum(by=[operation]), legend="{operation}"),
                    stacked=True,
                ),
                TimeSeries(
                    "Answers",
                    Query(requests.where(destination_service_name=chosen).rate(RATE).sum(by=["response_code"]),
                          legend="{response_code}"),
                    stacked=True,
                    description="By their code.",
                ),
            ],
        ),
        Row(
            "Inference",
            [
                TimeSeries(
                    "99th percentile of inferences",
                    Query(serving.inference_latency, legend="{operation}"),
                    min=0,
                    description="Over 5 minutes, of the operations that ask a model.",
                    alerts=[serving.inference_slow],
                ),
                Heatmap("Inferences", inference_duration),
            ],
        ),
        Row(
            "Traffic",
            [
                TimeSeries(
                    "Shares of the traffic",
                    [
                        Query(serving.traffic_share.where(destination_service_name=chosen),
                              legend="{destination_service_name}"),
                        Query(serving.declared_share.where(destination_service_name=chosen),
                              legend="{destination_service_name}, declared"),
                    ],
                    min=0,
                    max=1,
                    description="Declared are 40, 30, 20 and 10 %.",
                ),
                TimeSeries(
                    "Away from the declared share",
                    Query(serving.off_share.where(destination_service_name=chosen),
                          legend="{destination_service_name}"),
                    min=0,
                    description="Up or down, of what is declared: 100 % are twice as much, or nothing.",
                    alerts=[serving.traffic_off_share],
                ),
                TimeSeries(
                    "Predicted and actual load",
                    [
                        Query(requests.rate("5m").sum(by=[destination]), legend="{destination_service_name}"),
                        Query(predicted_load.offset("15m").max(by=[service]), legend="{service}, predicted"),
                    ],
                    min=0,
                    description="What was expected for now, a quarter of an hour ago.",
                    width=24,
                ),
            ],
        ),
    ],
    description="Whether the services answer, how fast, and who gets how much of the traffic.",
    variables=[chosen],
)  # fmt: skip

models_board = Dashboard(
    "Models",
    [
        at_a_glance(
            [promises.model_outdated],
            Stat("Oldest model", promises.model_age.max(), thresholds=[Threshold(promises.MODEL_AGE, "orange")]),
            Stat("Served without approval", model_info.where(approval=["pending", "refused"]).count(),
                 thresholds=[Threshold(1)], no_data="none", sparkline=False),
            Stat("Least fair", fairness.min(), thresholds=[Threshold(promises.FAIRNESS, "green")], decimals=2),
            Stat("Greatest bias", bias.max(), decimals=2),
            Stat("Running optimisation loops", loops.sum(), decimals=0),
        ),
        Row(
            "Versions",
            [
                Table(
                    "Models",
                    model_info.where(model=chosen_model).count(by=[model, "version", "approval"]),
                    description="What is served now, and by how many processes.",
                ),
                TimeSeries(
                    "Age of models",
                    Query(promises.model_age.where(model=chosen_model), legend="{model}"),
                    min=0,
                    description="Of the oldest version that a process still serves.",
                    alerts=[promises.model_outdated],
                ),
                TimeSeries(
                    "Updates of models",
                    Query(model_updates.where(model=chosen_model).increase("1d").sum(by=["result"]), legend="{result}"),
                    stacked=True,
                    description="Of a day. Promised is one for each model, without interruption.",
                ),
                TimeSeries(
                    "Safety validation",
                    Query(safety_validations.increase("1d").sum(by=["result"]), legend="{result}"),
                    stacked=True,
                    description="Changes of a day, by what became of them.",
                ),
            ],
        ),
        Row(
            "Quality",
            [
                TimeSeries(
                    "Confidence of predictions",
                    Query(confidence.where(model=chosen_model).quantile(0.5, over="1h", by=[model]), legend="{model}"),
                    min=0,
                    max=1,
                    description="The median of an hour. Where it stays high while predictions go wrong, the model is "
                    "out of date.",
                ),
                TimeSeries(
                    "Fairness",
                    Query(fairness.where(model=chosen_model).min(by=[model]), legend="{model}"),
                    min=0,
                    max=1,
                    thresholds=[Threshold(promises.FAIRNESS, "green")],
                    description="The least group's rate of a favourable outcome, of the greatest group's. Below four "
                    "fifths it counts as unfair.",
                ),
                TimeSeries(
                    "Bias",
                    Query(bias.where(model=chosen_model).max(by=[model]), legend="{model}"),
                    min=0,
                    description="The widest difference between two groups' rates of a favourable outcome.",
                    width=24,
                ),
            ],
        ),
    ],
    description="What is served, how old it is, how sure it is of itself, and how fair.",
    variables=[chosen_model],
    span="2d",
)  # fmt: skip

maintenance_board = Dashboard(
    "Maintenance",
    [
        at_a_glance(
            [promises.predictions_wrong],
            Stat("Overdue tasks", maintenance_tasks.where(state="overdue").max(), thresholds=[Threshold(1, "orange")],
                 decimals=0),
            Stat("Scheduled tasks", maintenance_tasks.where(state="scheduled").max(), decimals=0),
            Stat("Running tasks", maintenance_tasks.where(state="running").max(), decimals=0),
            Stat("Next maintenance", (maintenance_start.min() - time()), sparkline=False),
            Stat("Highest risk", failure_risk.max(), decimals=0),
        ),
        Row(
            "Schedule",
            [
                Table(
                    "Next maintenance of each asset",
                    [
                        Query((maintenance_start.max(by=[asset]) - time()).sort(), legend="begins in"),
                        Query(failure_risk.max(by=[asset]), legend="risk"),
                    ],
                    description="An asset at high risk that waits for days is on the wrong place of the schedule.",
                    width=24,
                ),
                TimeSeries(
                    "Tasks",
                    Query(maintenance_tasks.max(by=["state"]), legend="{state}"),
                    stacked=True,
                    description="On the schedule.",
                ),
                TimeSeries(
                    "Finished tasks",
                    Query(maintenance_done.increase("1d").sum(by=["result"]), legend="{result}"),
                    stacked=True,
                    description="Of a day.",
                ),
            ],
        ),
        Row(
            "Risk",
            [
                TimeSeries(
                    "Assets at the highest risk",
                    Query(failure_risk.max(by=[asset]).topk(10), legend="{asset}"),
                    min=0,
                    max=1,
                    description="The predicted probability to fail within 24 hours.",
                    width=24,
                ),
            ],
        ),
    ],
    description="What is maintained when, and what is likely to fail before.",
    span="2d",
)  # fmt: skip

boards = [promises_board, services_board, models_board, maintenance_board]
