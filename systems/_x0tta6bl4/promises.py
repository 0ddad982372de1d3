"""What the platform promises of its outcomes: predictions, root causes, anomalies, models, repairs, costs, users."""

from collections.abc import Mapping

from watchwright import Alert, Case, Counter, Instant, Quantity, RecordingRule, percent, ratio, record, time
from watchwright.units import hours

from .metrics import (
    anomalies,
    baseline_cost,
    baseline_repair,
    failure_predictions,
    gain,
    model,
    model_updated,
    projected_cost,
    ratings,
    repair_duration,
    root_causes,
    sla_checks,
    tasks,
)

# The promises, and a reason for each number that is none ------------------------------------------------

RIGHT_PREDICTIONS = 95 * percent
RIGHT_ROOT_CAUSES = 90 * percent
FALSE_POSITIVES = 5 * percent
ALL = 100 * percent
ENOUGH = 20  # outcomes in a day: below it, one more or less decides whether one in twenty is kept
MODEL_AGE = 26 * hours  # promised is each day; training takes up to two hours, and not always the same
GAIN = 30 * percent
SAVED_WORK = 50 * percent
SAVED_REPAIR = 40 * percent  # of the mean before the platform
SAVED_COST = 25 * percent
SLA = 99.5 * percent
SATISFACTION = 4.5  # of 5
FAIRNESS = 0.8  # the four-fifths rule: 29 CFR 1607.4 (D)

# Recorded series ------------------------------------------------------------------------------------------

wrong_predictions = record(
    "system:x0tta6bl4_failure_predictions_wrong:ratio_rate1d",
    ratio(failure_predictions.where(result=["false_alarm", "missed"]), failure_predictions, over="1d"),
)
wrong_root_causes = record(
    "system:x0tta6bl4_root_causes_wrong:ratio_rate1d",
    ratio(root_causes.where(result="wrong"), root_causes, over="1d"),
)
false_positives = record(
    "system:x0tta6bl4_anomalies_false:ratio_rate1d",
    ratio(anomalies.where(result="false_positive"), anomalies, over="1d"),
)
model_age = record(
    "model:x0tta6bl4_model_age:seconds",
    # as old as the oldest that a process still serves
    time() - (model_updated > 0).min(by=[model]),
)

# No alert reads these, so they are worked out where they are shown: of a week, as some happen a few times a day
saved_work = ratio(tasks.where(done_by="platform"), tasks, over="7d")
met_sla = ratio(sla_checks.where(result="met"), sla_checks, over="7d")
median_gain = gain.quantile(0.5, over="7d")
saved_repair = 1 - repair_duration.average("7d") / baseline_repair.max()
saved_cost = 1 - projected_cost.sum() / baseline_cost.sum()
satisfaction = ratings.average("7d")

# Alerts ---------------------------------------------------------------------------------------------------


def _judged(wrong: RecordingRule, outcomes: Counter, allowed: Quantity) -> Instant:
    return (wrong > allowed) & (outcomes.increase("1d").sum() > ENOUGH).on()


def _cases(wrong: Instant, right: Instant, allowed: Quantity) -> list[Case]:
    """What holds of each counted outcome. Of a day, a few hours are enough to show it."""
    above, below = (round(10 * allowed.value * share / 100) for share in (150, 75))  # of a thousand in ten minutes

    def case(title: str, wrongs: str, rights: str, fires: Mapping[str, list[dict[str, str]]]) -> Case:
        return Case(title, given={wrong: wrongs, right: rights}, every="10m", fires=fires)

    return [
        case(
            "one and a half times of what is allowed fires after an hour, and resolves",
            f"0+{above}x12 {above * 12}x12",
            f"0+{1000 - above}x12 20000+2000x12",
            {"1h": [], "1h30m": [{}], "3h30m": []},
        ),
        case(
            "three quarters of it are silent",
            f"0+{below}x24",
            f"0+{1000 - below}x24",
            {"1h30m": [], "3h30m": []},
        ),
        case("nothing but right is silent", "0x24", "0+5x24", {"3h30m": []}),
        case("five of fifteen in a day are too few to tell", "0x6 5x18", "0x6 10x18", {"3h30m": []}),
        case("ten of thirty are enough", "0x6 10x18", "0x6 20x18", {"3h": [{}]}),
        case("a restart is no outcome", "100x6 stale 0x18", "0+10x6 stale 0+10x18", {"1h30m": [], "3h30m": []}),
        case("where nothing is judged it is silent", "0x24", "0x24", {"3h30m": []}),
    ]


predictions_wrong = Alert(
    "PredictionsWrong",
    expr=_judged(wrong_predictions, failure_predictions, ALL - RIGHT_PREDICTIONS),
    for_="1h",
    severity="ticket",
    summary="{value} of the failure predictions of a day are wrong",
    description="Promised are 95 % right within 24 hours. A false alarm costs a maintenance that nobody needed, a "
    "failure that was missed the outage that maintenance would have spared.",
    check_first=[
        "False alarms or missed failures? The panel *Failure predictions* tells. Both at once is a model out of date.",
        "Is one kind of asset behind it? The service's log names the asset of each outcome.",
        "Was the model updated when it began? Then serve the version before, and keep this one for comparison.",
        "Do measurements of an asset lack? A prediction from half of its inputs counts like any other.",
    ],
    tests=_cases(
        failure_predictions.where(result="missed", instance="p:8000"),
        failure_predictions.where(result="right", instance="p:8000"),
        ALL - RIGHT_PREDICTIONS,
    ),
)
root_causes_wrong = Alert(
    "RootCausesWrong",
    expr=_judged(wrong_root_causes, root_causes, ALL - RIGHT_ROOT_CAUSES),
    for_="1h",
    severity="ticket",
    summary="{value} of the root causes named in a day are wrong",
    description="Promised are 90 % right. Who follows a wrong cause repairs what is not broken, and takes longer.",
    check_first=[
        "Do reviews of one kind of incident disagree? They are listed with the cause that was named.",
        "Did the topology change? A cause is looked for along the dependencies that are known.",
        "Are several incidents reviewed at once, weeks later? Then it is an old fault: look at when they happened.",
    ],
    tests=_cases(
        root_causes.where(result="wrong", instance="a:8000"),
        root_causes.where(result="right", instance="a:8000"),
        ALL - RIGHT_ROOT_CAUSES,
    ),
)
anomalies_false = Alert(
    "FalsePositives",
    expr=_judged(false_positives, anomalies, FALSE_POSITIVES),
    for_="1h",
    severity="ticket",
    summary="{value} of the anomalies reported in a day are none",
    description="Promised are less than 5 %. Above it people stop to look, and then miss the one that matters.",
    check_first=[
        "Are there more anomalies than usual? Then something did change that the model does not know: a release, say.",
        "As many as usual? Then look at the judgements: who marked them, and by which rule?",
        "Raise the threshold of the detector only when the model was trained on the change, and still reports it.",
    ],
    tests=_cases(
        anomalies.where(result="false_positive", instance="a:8000"),
        anomalies.where(result="confirmed", instance="a:8000"),
        FALSE_POSITIVES,
    ),
)

served = model_updated.where(model="failures", instance="p-0:8000")
served_too = model_updated.where(model="failures", instance="p-1:8000")
FAILURES = {"model": "failures"}

model_outdated = Alert(
    "ModelOutdated",
    expr=model_age > MODEL_AGE,
    for_="15m",
    severity="ticket",
    summary="The model {model} was trained {value} ago",
    description="Each model is updated each day. At least one process still serves {model} as it was then.",
    check_first=[
        "Did the update fail, or did it not run? The panel *Updates of models* tells.",
        "Is the new version still pending? The table *Models* names its approval, and safety validation why.",
        "Does one process alone serve the old version? Restart it: it has missed the change.",
    ],
    tests=[
        Case(
            "a model that is not updated fires after a day and two hours",
            given={served: "60x330"},
            every="5m",
            fires={"20h": [], "26h10m": [], "26h25m": [FAILURES]},
        ),
        Case(
            "an update each day is silent, also when it takes an hour longer, and so is a process without a model",
            given={served: "60x300 90000x30", served_too: "0x330"},
            every="5m",
            fires={"24h55m": [], "26h25m": []},
        ),
        Case(
            "one process that was left behind is enough, restarted or not, until it goes away",
            given={served: "60x288 86400x42", served_too: "60x200 stale 60x118 stale"},
            every="5m",
            fires={"26h25m": [FAILURES], "27h": []},
        ),
    ],
)

alerts = [predictions_wrong, root_causes_wrong, anomalies_false, model_outdated]
