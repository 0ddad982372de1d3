"""The twelve promises, in the order in which they were made, and how much of each may be missed."""

from watchwright import Instant, Quantity, percent, ratio, regex, vector
from watchwright.slo import BurnAlert, Fresh, Latency, Ratio, Slo, Tier, Tracked

from .metrics import (
    anomalies,
    baseline_cost,
    baseline_repair,
    destination,
    failure_predictions,
    gain,
    inference_duration,
    model,
    model_updated,
    model_updates,
    operation,
    projected_cost,
    ratings,
    repair_duration,
    requests,
    root_causes,
    sla_checks,
    tasks,
)
from .models import trained

# What was not promised, each with its reason ----------------------------------------------------------------

WEEK = "7d"  # of what happens a few times a day, fewer days would tell of chance
OF_THE_TIME = 98  # percent, for a value to reach its target: it may take half a day in a month to mend it
FEW = 5  # bad outcomes: there are some dozens of all a day, and each is somebody's judgement
# None of this is mended at night, so it is a ticket: on much that goes wrong at once, and on what is lost slowly
SLOWLY = [
    BurnAlert("ticket", [Tier("3h", short="30m", spends=1.25 * percent), Tier("3d", short="6h", spends=10 * percent)])
]


def _judged(value: Instant, target: Quantity | float, counted: Instant) -> Instant:
    """A value of a week, and the target itself while nothing was counted that could miss it."""
    happened = counted.sum()
    return (value & (happened > 0)) | (vector(target) & happened.eq(0))


# Availability of the AI services: 99.9 % --------------------------------------------------------------------

availability = Slo(
    "ai-availability",
    title="AI services are available",
    description="The gateway's own count: it has seen the requests to a service that is down, too.",
    objective=99.9,
    by=[destination],
    sli=Ratio(bad=requests.where(response_code=regex("5..")), total=requests),
    check_first=[
        "Do all services fail? Then suspect the gateway, or what they share: database and network.",
        "Was the service released lately? Roll it back.",
        "Are its pods ready? Without any, the gateway answers 503 by itself.",
        "Which operation fails? The panel *Failing operations* names it, and a trace of it the cause.",
    ],
)

# Inference latency: under 100 ms ----------------------------------------------------------------------------

inference = Slo(
    "ai-inference",
    title="Models answer within 100 ms",
    objective=99,  # no share was promised: nothing keeps a bound for all answers, and a mean would hide the slow ones
    by=[operation],
    sli=Latency(inference_duration, below="100ms"),
    check_first=[
        "Did traffic grow beyond what was predicted? Compare on the panel *Predicted and actual load*.",
        "Is it a new version of the model? The table *Models* says what is served since when.",
        "Is the quantum part slow? Compare optimizeSystem with the other operations.",
    ],
)

# Failure predictions right, within 24 h: above 95 % ---------------------------------------------------------

predictions = Slo(
    "failure-predictions",
    title="Failure predictions are right",
    description="A false alarm costs a maintenance that nobody needed, a failure that was missed the outage that "
    "maintenance would have spared.",
    objective=95,
    sli=Ratio(good=failure_predictions.where(result="right"), total=failure_predictions),
    alerts=SLOWLY,
    least_failures=FEW,
    check_first=[
        "False alarms or missed failures? The panel *Failure predictions* tells. Both at once is a model out of date.",
        "Is one kind of asset behind it? The service's log names the asset of each outcome.",
        "Was the model updated when it began? Then serve the version before, and keep this one for comparison.",
        "Do measurements of an asset lack? A prediction from half of its inputs counts like any other.",
    ],
)

# Root causes right: above 90 % ------------------------------------------------------------------------------

causes = Slo(
    "root-causes",
    title="Root causes are right",
    description="Who follows a wrong cause repairs what is not broken, and takes longer.",
    objective=90,
    sli=Ratio(good=root_causes.where(result="right"), total=root_causes),
    alerts=SLOWLY,
    least_failures=FEW,
    check_first=[
        "Do reviews of one kind of incident disagree? They are listed with the cause that was named.",
        "Did the topology change? A cause is looked for along the dependencies that are known.",
        "Are several incidents reviewed at once, weeks later? Then it is an old fault: look at when they happened.",
    ],
)

# False positives among anomalies: under 5 % -----------------------------------------------------------------

true_anomalies = Slo(
    "false-positives",
    title="Anomalies are no false positives",
    description="Above 5 % people stop to look, and then miss the one that matters.",
    objective=95,
    sli=Ratio(bad=anomalies.where(result="false_positive"), total=anomalies),
    alerts=SLOWLY,
    least_failures=FEW,
    check_first=[
        "Are there more anomalies than usual? Then something did change that the model does not know: a release, say.",
        "As many as usual? Then look at the judgements: who marked them, and by which rule?",
        "Raise the threshold of the detector only when the model was trained on the change, and still reports it.",
    ],
)

# Optimisation gain: above 30 % ------------------------------------------------------------------------------

GAIN = 30 * percent
optimisation = Slo(
    "optimisation-gain",
    title="Optimisations gain 30 %",
    description="The median of a week's optimisations.",
    objective=OF_THE_TIME,
    sli=Tracked(_judged(gain.quantile(0.5, over=WEEK), GAIN, gain.count.increase(WEEK)), at_least=GAIN),
    alerts=SLOWLY,
    check_first=[
        "Does one optimisation in ten make things worse? The panel *Optimisation gain* tells: look at what it changed.",
        "Did the quantum part's share fall at the same time? Then it is that part, or its backend.",
        "Are the systems simply optimised by now? Then there is less to gain: say so, and promise less.",
    ],
)

# Manual work saved: above 50 % ------------------------------------------------------------------------------

SAVED_WORK = 50 * percent
saved_work = ratio(tasks.where(done_by="platform"), tasks, over=WEEK)
work = Slo(
    "manual-work",
    title="Half of the manual work is saved",
    description="Of a week's tasks of operation.",
    objective=OF_THE_TIME,
    sli=Tracked(_judged(saved_work, SAVED_WORK, tasks.increase(WEEK)), at_least=SAVED_WORK),
    alerts=SLOWLY,
    check_first=[
        "Are there more tasks done by people, or fewer by the platform? The panel *Tasks* tells.",
        "Does safety validation refuse what the platform would do? Then people do it: see *Safety validation*.",
        "Do optimisation loops run at all? The board *Models* counts them.",
    ],
)

# Models updated: each day, without interruption -------------------------------------------------------------

updated = Slo(
    "model-updates-daily",
    title="Models are updated each day",
    description="By the oldest version that a process still serves.",
    objective=OF_THE_TIME,
    by=[model],
    sli=Fresh(
        trained(model_updated), within="26h"
    ),  # each day, and training takes up to two hours, not always the same
    alerts=SLOWLY,
    check_first=[
        "Did the update fail, or did it not run? The panel *Updates of models* tells.",
        "Is the new version still pending? The table *Models* names its approval, and safety validation why.",
        "Does one process alone serve the old version? Restart it: it has missed the change.",
    ],
)
seamless = Slo(
    "model-updates-seamless",
    title="Models are updated without interruption",
    objective=95,  # with a few models there are some ninety updates a month: four may go wrong
    sli=Ratio(bad=model_updates.where(result=["interrupting", "failed"]), total=model_updates),
    alerts=SLOWLY,
    least_failures=2,  # in one night: a single one may be that model's own
    check_first=[
        "Interrupting, or failed? The panel *Updates of models* tells.",
        "Was a process killed for its memory? While it changes models it holds both.",
        "Did all of one night go wrong? Then look at what they share: the registry they are loaded from.",
    ],
)

# Time to repair against the baseline: 40 % less -------------------------------------------------------------

SAVED_REPAIR = 40 * percent
saved_repair = 1 - repair_duration.average(WEEK) / baseline_repair.max()
repair = Slo(
    "repair-time",
    title="Repairs take 40 % less time",
    description="The mean of a week's incidents against the mean before the platform.",
    objective=OF_THE_TIME,
    sli=Tracked(_judged(saved_repair, SAVED_REPAIR, repair_duration.count.increase(WEEK)), at_least=SAVED_REPAIR),
    alerts=SLOWLY,
    check_first=[
        "One long incident, or all of them? The panel *Time to repair* tells.",
        "Were the root causes wrong that were named? Then that promise is being lost as well.",
        "Did people wait for somebody? The incidents' own records name each hand-over.",
    ],
)

# Cost against the baseline: 25 % less -----------------------------------------------------------------------

SAVED_COST = 25 * percent
saving = Slo(
    "cost",
    title="The month costs 25 % less",
    description="What this month will have cost against such a month before the platform.",
    objective=OF_THE_TIME,
    sli=Tracked(1 - projected_cost.sum() / baseline_cost.sum(), at_least=SAVED_COST),
    alerts=SLOWLY,
    check_first=[
        "Which service is it? The panel *Cost of a day* tells.",
        "Did its traffic grow beyond its share? Then the cost has moved, and is not new.",
        "Is it the projection alone? At the beginning of a month a dear day weighs much.",
    ],
)

# SLA met: 99.5 % --------------------------------------------------------------------------------------------

sla = Slo(
    "sla-met",
    title="Customers' agreements are met",
    objective=99.5,
    sli=Ratio(bad=sla_checks.where(result="missed"), total=sla_checks),
    check_first=[
        "Is a service failing or slow? Then the alerts on availability and inference say which.",
        "Is it one customer? The books' log names the agreement of each check that was missed.",
        "Does the SLA score stay high? Then small agreements are missed, and the great ones met.",
    ],
)

# User satisfaction: above 4.5 of 5 --------------------------------------------------------------------------

SATISFACTION = 4.5
satisfaction = Slo(
    "satisfaction",
    title="Users give 4.5 of 5",
    description="The mean of a week's ratings.",
    objective=OF_THE_TIME,
    sli=Tracked(_judged(ratings.average(WEEK), SATISFACTION, ratings.count.increase(WEEK)), at_least=SATISFACTION),
    alerts=SLOWLY,
    check_first=[
        "Many low ratings, or fewer high ones? The panel *Ratings* tells.",
        "What else is being lost? Users feel slow and wrong answers before anything.",
        "Was anything released that users see? Ask who gave the low ratings.",
    ],
)

slos = [
    availability,
    inference,
    predictions,
    causes,
    true_anomalies,
    optimisation,
    work,
    updated,
    seamless,
    repair,
    saving,
    sla,
    satisfaction,
]
