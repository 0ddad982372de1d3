"""Whether the model families infer, rightly and in time; what is recorded of them, and the alerts."""

from collections.abc import Mapping

from watchwright import Alert, Case, Instant, Quantity, RecordingRule, any_of, percent, ratio, record
from watchwright.units import s

from .._process import PROCESS
from .collection import CALM, CALM_TIMES, POD, answers, latest
from .metrics import SLOW, USUAL, drift_score, family, inference_duration, inference_errors, inferences

# Limits, each with its reason ---------------------------------------------------------------------------

FAILING = 1 * percent  # of a pod's inferences, seven times the usual; from here on it exports every collection
SEVERAL = 4.5  # errors: fewer decide nothing, and of two increase() makes up to 4.2 where 3 h hold but three samples
OFTEN = 3  # times the usual share of errors: twice comes of one bad batch

# Recorded series ------------------------------------------------------------------------------------------


def _to_usual(measured: RecordingRule, usual: Mapping[str, float | Quantity]) -> Instant:
    """Each family as a multiple of what is usual there."""
    return any_of(*(measured.where(family=name) / value for name, value in usual.items()))


def _late(name: str, bound: float) -> Instant:
    """The share of a family's inferences that took longer than a bound of its buckets."""
    took = inference_duration.where(family=name)
    # the same bound is `1` or `1.0`, by the client and the version of Prometheus
    in_time = took.bucket.where(le=sorted({f"{bound:g}", str(float(bound))}))
    return 1 - in_time.rate(CALM).sum(by=[family]) / (took.count.rate(CALM).sum(by=[family]) > 0)


error_ratio = record(
    "instance:agi_inference_errors:ratio_rate5m",
    # there is one while it matters: see FAILING. Of each pod: over all, the healthy ones would be missing
    ratio(inference_errors, inferences, over="5m", by=PROCESS),
)
family_inferences = record(
    f"family:agi_inferences:rate{CALM}",
    # none, where nothing was exported for hours and pods answer: that is for TelemetryGone, and no promise is absent
    inferences.rate(CALM).sum(by=[family]) | any_of(*(0 * answers.max().labelled(family=name) for name in USUAL)),
)
family_error_ratio = record(
    f"family:agi_inference_errors:ratio_rate{CALM}",
    ratio(inference_errors, inferences, over=CALM, by=[family]),
)
family_errors = record(
    "family:agi_inference_errors:ratio_to_usual",
    _to_usual(family_error_ratio, {name: usual.errors / usual.inferences for name, usual in USUAL.items()}),
)
family_latency = record(
    f"family:agi_inference_duration_seconds:p90_rate{CALM}",
    inference_duration.quantile(0.9, over=CALM, by=[family]),
)
family_slowness = record(
    "family:agi_inference_duration_seconds:p90_to_usual",
    _to_usual(family_latency, {name: usual.latency * s for name, usual in USUAL.items()}),
)
family_late = record(
    f"family:agi_inferences_late:ratio_rate{CALM}",
    any_of(*(_late(name, SLOW * usual.latency) for name, usual in USUAL.items())),
    accept={"histogram/summed-buckets": "each sum is of one bound, in both of its spellings"},
)
family_score = record(f"family:agi_drift_score:last{CALM}", latest(drift_score).max(by=[family]))
family_drift = record(
    "family:agi_drift_score:to_usual",
    _to_usual(family_score, {name: usual.drift for name, usual in USUAL.items()}),
)

# Alerts ---------------------------------------------------------------------------------------------------

LANGUAGE = {"family": "language"}
GESTURE = {"family": "gesture"}
QUANTUM = {"family": "quantum"}
CONSTITUTIONAL = {"family": "constitutional"}


OTHER = {"job": "agi-platform", "instance": "agi-1:9000"}


def _inferred(name: str, done: str, failed: str) -> dict[Instant, str]:
    return {
        inferences.where(family=name, **POD): done,
        inference_errors.where(family=name, **POD): failed,
    }


inferences_failing = Alert(
    "InferencesFailing",
    expr=(error_ratio > FAILING) & (inference_errors.increase("5m").sum(by=PROCESS) > SEVERAL).on(*PROCESS),
    for_="5m",
    severity="page",
    summary="{instance} fails {value} of its inferences",
    description="Over all model families more than one inference of {instance} in a hundred failed for 5 minutes, "
    "where one in 700 is usual. Each pod is judged by itself: one that fails this often exports every collection, and "
    "healthy ones export too few to be weighed against it.",
    check_first=[
        "Do other pods fail, too? The panel *Failing inferences* shows those that do, and *Telemetry* those that run.",
        "Does one family fail alone? The panel *Errors against what is usual* tells.",
        "Do all fail? Then look at what they share: *CPU* and *Memory* on *Host*, and the requests of users.",
        "Was a model released lately? Roll it back: inferences of the other families go on.",
    ],
    tests=[
        Case(
            "one and a half in a hundred fire, and resolve",
            given=_inferred("language", "0+4000x60", "0+60x30 1800x30"),
            fires={"5m": [], "9m": [POD], "45m": []},
        ),
        Case(
            "seven in a thousand are silent",
            given=_inferred("language", "0+4000x30", "0+28x30"),
            fires={"20m": []},
        ),
        Case(
            "a small family that fails altogether is for FamilyFailing",
            given={
                **_inferred("constitutional", "0+40000x30", "0+4x30"),
                **_inferred("quantum", "0+200x30", "0+200x30"),
            },
            fires={"20m": []},
        ),
        Case("no error ever is silent", given={inferences.where(**LANGUAGE, **POD): "0+4000x30"}, fires={"20m": []}),
        Case(
            "a restart is no failure",
            given=_inferred("language", "0+4000x20 stale _x1 0+4000x20", "900x20 stale _x2 8x20"),
            fires={"24m": [], "35m": []},
        ),
        Case(
            "where little is exported nothing is judged",
            given=_inferred("language", "0+100000x9", "0+1500x9"),
            every=CALM_TIMES,
            fires={"50m": [], "3h": []},
        ),
        Case(
            "the pod that fails is named, whatever few collections of the others say",
            given={
                inferences.where(**LANGUAGE, **POD): "0+1000x80",
                inference_errors.where(**LANGUAGE, **POD): "0+20x80",
                inferences.where(**LANGUAGE, **OTHER): "0+100000x80",
                inference_errors.where(**LANGUAGE, **OTHER): "0+150x80",
            },
            every="15s",
            fires={"4m": [], "9m": [POD], "19m": [POD]},
        ),
        Case(
            "three errors in five minutes are too few to tell",
            given=_inferred("language", "0+5x120", "0+0.15x120"),
            every="15s",
            fires={"9m": [], "14m": [], "20m": []},
        ),
        Case(
            "six of a hundred are enough",
            given=_inferred("language", "0+5x80", "0+0.3x80"),
            every="15s",
            fires={"14m": [POD]},
        ),
    ],
)
family_failing = Alert(
    "FamilyFailing",
    expr=(family_errors > OFTEN) & (inference_errors.increase(CALM).sum(by=[family]) > SEVERAL).on(family),
    for_="30m",
    severity="ticket",
    summary="The share of errors of {family} is {value} of what is usual",
    description="Inferences of {family} have failed more than three times as often as usual, over 3 hours. A small "
    "family may fail altogether, and not be seen in the errors of all.",
    check_first=[
        "When did it begin? The panel rises from there on: it follows slowly, over 3 hours.",
        "Was the model of the family released then? Roll it back.",
        "Do its inferences take longer, too? Then they run out of time: go on with the runbook of FamilySlow.",
    ],
    tests=[
        Case(
            "four times the usual share fires, and resolves",
            given=_inferred("language", "0+100000x14", "0+2000x8 16000x6"),
            every=CALM_TIMES,
            fires={"50m": [], "75m": [LANGUAGE], "5h30m": []},
        ),
        Case(
            "twice the usual share is silent",
            given=_inferred("language", "0+100000x6", "0+1000x6"),
            every=CALM_TIMES,
            fires={"2h30m": []},
        ),
        Case(
            "each family is measured by what is usual there",
            given={
                **_inferred("quantum", "0+5000x6", "0+500x6"),
                **_inferred("memory", "0+20000x6", "0+200x6"),
                **_inferred("gesture", "0+50000x6", "0+300x6"),
                **_inferred("constitutional", "0+1000000x6", "0+400x6"),
            },
            every=CALM_TIMES,
            fires={"2h30m": [CONSTITUTIONAL]},
        ),
        Case(
            "a small family that fails altogether fires",
            given=_inferred("quantum", "0+5000x6", "0+500x2 6000+5000x3"),
            every=CALM_TIMES,
            fires={"50m": [], "2h30m": [QUANTUM]},
        ),
        Case(
            "a family that never failed is silent",
            given={inferences.where(**LANGUAGE, **POD): "0+100000x6"},
            every=CALM_TIMES,
            fires={"2h30m": []},
        ),
        Case(
            "a family that nobody asks is silent",
            given=_inferred("language", "9000x6", "800x6"),
            every=CALM_TIMES,
            fires={"2h30m": []},
        ),
        Case(
            "a restart is no failure",
            given=_inferred("language", "0+100000x3 0+100000x3", "40000x3 0+500x3"),
            every=CALM_TIMES,
            fires={"2h": [], "2h50m": []},
        ),
        Case(
            "three errors are too few to tell, though ten times what is usual",
            given=_inferred("constitutional", "0+500x12", "7x3 8 9 10x7"),
            every=CALM_TIMES,
            fires={"2h30m": [], "3h": [], "4h": []},
        ),
        Case(
            "six are enough",
            given=_inferred("constitutional", "0+500x12", "7x3 9 11 13x7"),
            every=CALM_TIMES,
            fires={"1h": [], "3h": [CONSTITUTIONAL]},
        ),
    ],
)


def _took(name: str, buckets: Mapping[str, str]) -> dict[Instant, str]:
    bucket = inference_duration.where(family=name, **POD).bucket
    return {bucket.where(le=bound): samples for bound, samples in buckets.items()}


family_slow = Alert(
    "FamilySlow",
    expr=family_slowness > SLOW,
    for_="30m",
    severity="ticket",
    summary="The slowest tenth of {family} takes {value} of the usual time",
    description="A tenth of the inferences of {family} has taken more than twice the usual time, over 3 hours.",
    check_first=[
        "Are all families slow? Then the host is: see *CPU* and *Load* on *Host*.",
        "Did inferences of the family become more? Then it waits for itself: give it more workers.",
        "Did they become longer, and not more? Then compare the model with the one before.",
    ],
    tests=[
        Case(
            "between twice and four times the usual time fires, and resolves",
            given=_took(
                "gesture", {"0.03": "0+50x14", "0.06": "0+85x8 780+100x5", "0.1": "0+100x14", "+Inf": "0+100x14"}
            ),
            every=CALM_TIMES,
            fires={"50m": [], "75m": [GESTURE], "5h30m": []},
        ),
        Case(
            "between the usual time and twice as much is silent",
            given=_took("gesture", {"0.03": "0+85x6", "0.06": "0+100x6", "+Inf": "0+100x6"}),
            every=CALM_TIMES,
            fires={"2h30m": []},
        ),
        Case(
            "what is slow for one family is usual for another",
            given=_took("quantum", {"0.4": "0+10x6", "0.5": "0+95x6", "1": "0+100x6", "+Inf": "0+100x6"}),
            every=CALM_TIMES,
            fires={"2h30m": []},
        ),
        Case(
            "a family that nobody asks is not slow",
            given=_took("gesture", {"0.03": "0x6", "0.06": "0x6", "0.1": "90x6", "+Inf": "90x6"}),
            every=CALM_TIMES,
            fires={"2h30m": []},
        ),
        Case(
            "a restart makes nothing slow",
            given=_took("gesture", {"0.03": "0+95x3 0+95x3", "0.06": "0+100x3 0+100x3", "+Inf": "0+100x3 0+100x3"}),
            every=CALM_TIMES,
            fires={"2h": [], "2h50m": []},
        ),
    ],
)

alerts = [inferences_failing, family_failing, family_slow]
