"""Whether the constitution holds: its model keeps its judgement, and violations are repaired."""

from watchwright import Alert, Case, Instant, percent, ratio, record

from .collection import CALM, CALM_TIMES, POD
from .metrics import drift_score, family, repairs, violations

# Limits, each with its reason ---------------------------------------------------------------------------

MOVED = 0.05  # of the drift score: the constitution is frozen, and its score hardly moves by a hundredth
MOVED_WITHIN = "6h"  # long enough to hold a sample of before, in calm times, too
REPAIRED = 90 * percent  # of the violations: what is not repaired was said, or done

# Recorded series ------------------------------------------------------------------------------------------

score = drift_score.where(family="constitutional")
score_spread = record(
    f"family:agi_constitutional_drift_score:spread{MOVED_WITHIN}",
    # over all instances: the next release has others, and none of them moved
    score.max_over_time(MOVED_WITHIN).max(by=[family]) - score.min_over_time(MOVED_WITHIN).min(by=[family]),
)
repaired = record(
    f"system:agi_constitutional_repairs:ratio_rate{CALM}",
    ratio(repairs, violations, over=CALM),
)

# Alerts ---------------------------------------------------------------------------------------------------

CONSTITUTIONAL = {"family": "constitutional"}
pod_score = score.where(**POD)
next_score = score.where(job="agi-platform", instance="agi-1:9000")

constitution_moving = Alert(
    "ConstitutionMoving",
    expr=score_spread > MOVED,
    for_="30m",
    severity="page",
    summary="The drift score of the constitutional model moved by {value} in 6 hours",
    description="Its level of about 0.8 says nothing, but it should be very stable, and the same on all pods: where it "
    "moves, the model no longer judges as it did. Six hours later a new level is taken for granted; as long as pods "
    "differ, it is not.",
    check_first=[
        "Was a constitutional model or its reference released today? Then the move is the release's: confirm it.",
        "Do pods differ? Then two versions of the model serve at once: the panel *Drift score* tells since when.",
        "Do violations or repairs change at the same time? See *Checks, violations, repairs*.",
        "Did nobody release anything? Take the last model known to be good, and keep the present one for analysis.",
    ],
    tests=[
        Case(
            "a move of 0.08 fires, and is taken for granted six hours later",
            given={pod_score: "0.8x3 0.88x20"},
            every=CALM_TIMES,
            fires={"1h30m": [], "2h5m": [], "2h20m": [CONSTITUTIONAL], "8h40m": []},
        ),
        Case(
            "a fall is a move as well",
            given={pod_score: "0.8x3 0.72x3"},
            every=CALM_TIMES,
            fires={"2h30m": [CONSTITUTIONAL]},
        ),
        Case(
            "a move of 0.03 is silent",
            given={pod_score: "0.8x3 0.83x6"},
            every=CALM_TIMES,
            fires={"2h30m": [], "3h45m": []},
        ),
        Case("a level is none", given={pod_score: "0.95x6"}, every=CALM_TIMES, fires={"2h30m": []}),
        Case(
            "other families may move",
            given={drift_score.where(family="language", **POD): "0.2x3 0.5x3"},
            every=CALM_TIMES,
            fires={"2h30m": []},
        ),
        Case(
            "a restart, and hours without a collection, are no move",
            given={pod_score: "0.8x3 stale _x6 0.81x2"},
            every=CALM_TIMES,
            fires={"3h": [], "5h40m": []},
        ),
        Case(
            "a release that puts a pod of another level in the place of the last fires, until the old level is over",
            given={pod_score: "0.8x3 stale", next_score: "_x6 0.3x20"},
            every=CALM_TIMES,
            fires={"2h": [], "2h50m": [], "3h10m": [CONSTITUTIONAL], "7h30m": []},
        ),
        Case(
            "a release of the same level is silent",
            given={pod_score: "0.8x3 stale", next_score: "_x3 0.82x20"},
            every=CALM_TIMES,
            fires={"2h30m": [], "5h": []},
        ),
        Case(
            "pods that differ fire as long as they do",
            given={pod_score: "0.8x30", next_score: "0.88x20 stale"},
            every=CALM_TIMES,
            fires={"20m": [], "40m": [CONSTITUTIONAL], "8h": [CONSTITUTIONAL], "12h30m": [CONSTITUTIONAL]},
        ),
    ],
)


def _repaired(violated: str, mended: str) -> dict[Instant, str]:
    return {violations.where(**POD): violated, repairs.where(**POD): mended}


violations_unrepaired = Alert(
    "ViolationsUnrepaired",
    expr=repaired < REPAIRED,
    for_="30m",
    severity="page",
    summary="Only {value} of the constitutional violations were repaired",
    description="Over 3 hours less than nine in ten of the violations that were detected could be repaired: the rest "
    "got through.",
    check_first=[
        "Did violations become more, or repairs fewer? The panel *Checks, violations, repairs* tells.",
        "More violations: which family do they come from? The log names it with each violation.",
        "Fewer repairs: does the generation of proofs run out of time? See *Proofs*, usual are 200 ms.",
    ],
    tests=[
        Case(
            "seven in ten fire, and resolve",
            given=_repaired("0+100x16", "0+70x8 660+100x7"),
            every=CALM_TIMES,
            fires={"50m": [], "75m": [{}], "6h30m": []},
        ),
        Case("nineteen in twenty are silent", given=_repaired("0+100x6", "0+95x6"), every=CALM_TIMES,
             fires={"2h30m": []}),
        Case("a single one that is not repaired fires", given=_repaired("7x3 8x12", "7x16"), every=CALM_TIMES,
             fires={"1h30m": [], "2h20m": [{}], "5h30m": []}),
        Case("without violations there is nothing to repair", given=_repaired("7x6", "7x6"), every=CALM_TIMES,
             fires={"2h30m": []}),
        Case(
            "a restart is silent",
            given=_repaired("0+100x3 0+100x3", "0+97x3 0+97x3"),
            every=CALM_TIMES,
            fires={"2h": [], "2h50m": []},
        ),
    ],
)  # fmt: skip

alerts = [constitution_moving, violations_unrepaired]
