"""The board of models: what is served, how old it is, how sure it is of itself, how fair, and what it changed."""

from watchwright import (
    Dashboard,
    LabelVariable,
    Query,
    Row,
    Stat,
    StateTimeline,
    Table,
    Threshold,
    TimeSeries,
    time,
)

from ..._shared import at_a_glance
from .. import models
from ..metrics import (
    bias,
    confidence,
    loops,
    model,
    model_info,
    model_updated,
    model_updates,
    safety_validations,
)

chosen = LabelVariable("model", model_info, label=model, title="Model")

board = Dashboard(
    "Models",
    [
        at_a_glance(
            models.alerts,
            Stat("Oldest model", (time() - models.trained(model_updated)).max()),
            Stat("Served without approval", models.unapproved.sum(), thresholds=[Threshold(1)], decimals=0),
            Stat("Least fair", models.least_fair.min(), thresholds=[Threshold(models.FAIRNESS, "green")], decimals=2),
            Stat("Greatest bias", bias.max(), decimals=2),
            Stat("Changes rolled back", models.rolled_back, thresholds=[Threshold(1, "orange")], decimals=0,
                 description="In the last quarter of an hour."),
            Stat("Running optimisation loops", loops.sum(), decimals=0),
        ),
        Row(
            "Versions",
            [
                Table(
                    "Models",
                    model_info.where(model=chosen).count(by=[model, "version", "approval"]),
                    description="What is served now, and by how many processes.",
                ),
                StateTimeline(
                    "Served without approval",
                    Query(models.unapproved.where(model=chosen), legend="{model}"),
                    states={0: "approved"},
                    description="By how many processes.",
                    alerts=[models.unapproved_model],
                ),
                TimeSeries(
                    "Age of models",
                    Query(time() - models.trained(model_updated.where(model=chosen)), legend="{model}"),
                    min=0,
                    description="Of the oldest version that a process still serves.",
                ),
                TimeSeries(
                    "Updates of models",
                    Query(model_updates.where(model=chosen).increase("1d").sum(by=["result"]), legend="{result}"),
                    stacked=True,
                    description="Of a day. Promised is one for each model, without interruption.",
                ),
            ],
        ),
        Row(
            "Quality",
            [
                TimeSeries(
                    "Confidence of predictions",
                    Query(confidence.where(model=chosen).quantile(0.5, over="1h", by=[model]), legend="{model}"),
                    min=0,
                    max=1,
                    description="The median of an hour. Where it stays high while predictions go wrong, the model is "
                    "out of date.",
                ),
                TimeSeries(
                    "Fairness",
                    Query(models.least_fair.where(model=chosen), legend="{model}"),
                    min=0,
                    max=1,
                    description="The least group's rate of a favourable outcome, of the greatest group's. Below four "
                    "fifths it counts as unfair.",
                    alerts=[models.unfair_model],
                ),
                TimeSeries(
                    "Bias",
                    Query(bias.where(model=chosen).max(by=[model]), legend="{model}"),
                    min=0,
                    description="The widest difference between two groups' rates of a favourable outcome.",
                    width=24,
                ),
            ],
        ),
        Row(
            "Changes",
            [
                TimeSeries(
                    "Safety validation",
                    Query(safety_validations.increase("1d").sum(by=["result"]), legend="{result}"),
                    stacked=True,
                    description="Changes of a day, by what became of them.",
                ),
                TimeSeries(
                    "Changes rolled back in a quarter of an hour",
                    Query(models.rolled_back, legend="rolled back"),
                    min=0,
                    description="Each is one that safety validation should have refused.",
                    alerts=[models.change_rolled_back],
                ),
            ],
        ),
    ],
    description="What is served, how old it is, how sure it is of itself, how fair, and what became of its changes.",
    variables=[chosen],
    span="2d",
)  # fmt: skip
