"""
How the platform collects, and what that means for every query and alert.

A scrape is a collection, and the platform skips most of them: it exports everything while errors exceed 1 %,
its anomaly score 0.8 or its load 0.9, a tenth while load exceeds 0.7 or the score 0.5, else one in a hundred. What
skips exports nothing, and its series vanish until the next one.
"""

from watchwright import Alert, Case, Gauge, Instant, ratio, record
from watchwright.units import s

from .._process import PROCESS
from .._shared import up
from .metrics import collection_duration, collector_failures

COLLECTION = 15 * s  # a scrape is one

# At a scrape each 15 seconds, one collection in a hundred is one in 25 minutes. A rate needs two samples, and three
# hours hold them in all but one case of 170.
CALM = "3h"
CALM_TIMES = "25m"
SILENCE = "6h"  # without any: by chance once in 90 years of a target


def latest(metric: Gauge | Instant) -> Instant:
    """The last values that each target exported, as long as it answers."""
    return metric.range(CALM).last_over_time() & up.eq(1).on(*PROCESS)


def exported_once(*held: tuple[float, int]) -> str:
    """For cases, at five minutes: values that are exported once in 25 minutes, for so many of these times."""
    return " ".join(f"{value:.12g} stale _x3" for value, times in held for _ in range(times))


exports = collection_duration.count.range("5m").present_over_time()  # whatever the collection, it counts itself

POD = {"job": "agi-platform", "instance": "agi-0:9000"}
pod_answers = up.where(**POD)
exported = collection_duration.where(**POD).count

# within five minutes: one scrape that fails is none of a pod that exports nothing, and must not begin the wait anew
answers = up.where(job="agi-platform").range("5m").max_over_time().eq(1)

collections = record(
    f"system:agi_collections:rate{CALM}",
    collection_duration.count.rate(CALM).sum() | 0 * answers.max(),  # none where nothing was exported
)
failed_collections = record(
    f"system:agi_collections_failed:ratio_rate{CALM}",
    # a collector runs once in a collection: at most as many failed as collectors did
    ratio(collector_failures, collection_duration.count, over=CALM),
)

telemetry_gone = Alert(
    "TelemetryGone",
    expr=answers.unless(exports.on(*PROCESS)),
    for_=SILENCE,
    severity="ticket",
    summary="{instance} has exported no telemetry for 6 hours",
    description="The platform skips up to 99 of 100 collections, so that hours without one are normal. Six hours are "
    "not: no alert on what {instance} does can fire.",
    check_first=[
        "Does the log of the pod tell of collections? Then it samples with a share of 0, or a wrong one.",
        "Does it tell of none? Then a collector hangs, and with it the collection: restart the pod.",
        "Are all pods silent since one time? Then suspect the release, or the scrape's limits.",
    ],
    tests=[
        Case(
            "six hours without a collection fire, and the next one resolves it",
            given={pod_answers: "1x120", exported: "7x10 stale _x94 8 _x13"},
            every="5m",
            fires={"6h30m": [], "8h": [POD], "8h50m": []},
        ),
        Case(
            "a pod that never exported anything fires",
            given={pod_answers: "1x80"},
            every="5m",
            fires={"5h50m": [], "6h10m": [POD]},
        ),
        Case(
            "one collection in four hours is rare, and silent",
            given={pod_answers: "1x96", exported: "1 stale _x46 2 stale _x46"},
            every="5m",
            fires={"3h50m": [], "7h50m": []},
        ),
        Case(
            "one scrape that fails in five hours does not begin the wait anew",
            given={pod_answers: "1x300 0 1x100", exported: "7 stale"},
            fires={"5h50m": [], "6h30m": [POD]},
        ),
        Case(
            "a pod that was away for ten minutes is waited for anew",
            given={pod_answers: "1x50 0x1 1x30", exported: "7x2 stale"},
            every="5m",
            fires={"6h40m": []},
        ),
        Case(
            "a pod that does not answer is for another alert",
            given={pod_answers: "0x80", exported: "7 stale"},
            every="5m",
            fires={"6h30m": []},
        ),
    ],
)

alerts = [telemetry_gone]
