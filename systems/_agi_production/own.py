"""What one family has alone: how well it translates, sees, remembers, keeps its qubits; and the alerts."""

from collections.abc import Callable, Sequence
from typing import NamedTuple

from watchwright import Alert, Case, Gauge, Instant, RecordingRule, Unit, record
from watchwright.units import us

from .._process import PROCESS
from .._shared import up
from .collection import CALM, COLLECTION, POD, exported, exported_once, latest, pod_answers
from .metrics import (
    coherence,
    collection_duration,
    correction_overhead,
    detection_accuracy,
    forgetting,
    frames,
    gate_fidelity,
    translation_accuracy,
)

# What is usual, and limits, each with its reason -------------------------------------------------------------

TWICE = 2  # as much wrong as is usual: less comes of one hard batch

TRANSLATED = 0.95
DETECTED = 0.94
FORGOTTEN = 0.05
FIDELITY = 0.99
OVERHEAD = 0.1

FRAMES = 28  # a second
FLUENT = 24  # a second: with fewer a gesture falls between two of them
COHERENCE = 100  # us
COHERENT = 50  # us: a circuit of 20 layers of gates of 2 us takes 40, and errors grow beyond what codes correct


def _at_least(usual: float) -> float:
    """The share that is right where twice as much is wrong as usual."""
    return round(1 - TWICE * (1 - usual), 4)


# Recorded series ------------------------------------------------------------------------------------------


def _of_each(metric: Gauge, name: str) -> RecordingRule:
    return record(f"instance:{name}:last{CALM}", latest(metric).max(by=PROCESS))


translated = _of_each(translation_accuracy, "agi_language_translation_accuracy")
detected = _of_each(detection_accuracy, "agi_gesture_detection_accuracy")
forgotten = _of_each(forgetting, "agi_memory_forgetting")
fidelity = _of_each(gate_fidelity, "agi_quantum_gate_fidelity")
coherent = _of_each(coherence, "agi_quantum_coherence_seconds")
overhead = _of_each(correction_overhead, "agi_quantum_error_correction_overhead")
frame_rate = record(
    f"instance:agi_gesture_frames:rate{CALM}",
    # of a collection, which is right for a young pod, too: a rate over three hours takes what it has not seen for none
    frames.rate(CALM).sum(by=PROCESS) / (collection_duration.count.rate(CALM).sum(by=PROCESS) > 0) / COLLECTION
    & up.eq(1).on(*PROCESS),  # a pod that is gone is for another alert
)

# Alerts ---------------------------------------------------------------------------------------------------

Levels = Sequence[tuple[float, int]]
"""Values, and how many times of 25 minutes each holds."""


class Watched(NamedTuple):
    """
    A recorded series, what is usual of it, and the limit on its bad side, both in *unit* if it has one.

    *given* is what pods export while it has some levels, and *after* the minutes until a change is seen.
    """

    signal: RecordingRule
    usual: float
    limit: float
    given: Callable[[Levels], dict[Instant, str]]
    after: int = 0
    unit: Unit | int = 1

    @property
    def condition(self) -> Instant:
        """That it is beyond the limit."""
        limit = self.limit * self.unit
        return self.signal < limit if self.limit < self.usual else self.signal > limit

    def aside(self, share: float) -> float:
        """A value beyond the limit by a share of it, or within for a negative one."""
        return self.limit * (1 + share if self.limit > self.usual else 1 - share)


def _gauge(metric: Gauge, scale: float = 1) -> Callable[[Levels], dict[Instant, str]]:
    def given(levels: Levels) -> dict[Instant, str]:
        return {metric.where(**POD): exported_once(*((scale * value, times) for value, times in levels))}

    return given


def _frames(levels: Levels) -> dict[Instant, str]:
    counted, total = [], 0.0
    for a_second, times in levels:
        for _ in range(times):
            total += a_second * 25 * 60
            counted.append((total, 1))
    collections = [(100.0 * number, 1) for number in range(len(counted))]
    return {frames.where(**POD): exported_once(*counted), exported: exported_once(*collections)}


def _strays(name: str, watched: Watched, *, summary: str, description: str, check_first: Sequence[str]) -> Alert:
    """An alert on what is no longer usual of a family, which bears that most collections are skipped."""
    bad, better, usual = watched.aside(0.05), watched.aside(-0.05), watched.usual
    changed = 8 * 25 + watched.after
    answering: dict[Instant, str] = {pod_answers: "1x160"}

    def case(title: str, levels: Levels, fires: dict[str, list[dict[str, str]]]) -> Case:
        return Case(title, given={**answering, **watched.given(levels)}, every="5m", fires=fires)

    return Alert(
        name,
        expr=watched.condition,
        for_="30m",
        severity="ticket",
        summary=summary,
        description=description,
        check_first=check_first,
        tests=[
            case(
                "beyond the limit it fires after half an hour, and resolves",
                [(usual, 8), (bad, 12), (usual, 12)],
                {"195m": [], f"{changed + 20}m": [], f"{changed + 45}m": [POD], "495m": [POD], "790m": []},
            ),
            case("within the limit it is silent", [(usual, 8), (better, 20)], {"195m": [], "6h": [], "11h": []}),
            case("one collection is silent", [(usual, 8), (bad, 1), (usual, 8)], {"220m": [], "5h": []}),
            Case(
                "a pod that is gone has lost nothing",
                given={pod_answers: "1x50 0x110", **watched.given([(bad, 10)])},
                every="5m",
                fires={"240m": [POD], "5h": []},
            ),
        ],
    )


translation_lost = _strays(
    "TranslationAccuracyLost",
    Watched(translated, TRANSLATED, _at_least(TRANSLATED), _gauge(translation_accuracy)),
    summary="Only {value} of the translations of {instance} are right",
    description="Twice as many translations are wrong as usual.",
    check_first=[
        "Do all pods translate worse? Then suspect the model that was released last, else the pod's own copy of it.",
        "Did the drift score of the language family rise before? Then users speak of new things: train it again.",
        "Do few languages fail alone? The log of the evaluation has the accuracy of each.",
    ],
)
gestures_lost = _strays(
    "GestureAccuracyLost",
    Watched(detected, DETECTED, _at_least(DETECTED), _gauge(detection_accuracy)),
    summary="Only {value} of the gestures are detected rightly on {instance}",
    description="Twice as many gestures are missed, or taken for others, as usual.",
    check_first=[
        "Are frames too few as well? Then the camera or its link is slow, and not the model worse.",
        "Does the cultural accuracy fall with it? Then a model was released that knows other gestures.",
    ],
)
frames_few = _strays(
    "FramesTooFew",
    Watched(frame_rate, FRAMES, FLUENT, _frames, after=100),
    summary="{instance} processes only {value} frames",
    description="Usual are 28 a second. Below 24 gestures fall between two frames, and are missed.",
    check_first=[
        "Does a frame take longer than 36 ms? Then the pod is too slow for 28 a second: see *Frame processing*.",
        "If not, frames do not arrive: look at the cameras, and at *Network* on *Host*.",
    ],
)
forgetting_fast = _strays(
    "ForgettingTooFast",
    Watched(forgotten, FORGOTTEN, TWICE * FORGOTTEN, _gauge(forgetting)),
    summary="{instance} forgets {value} of its memories",
    description="Twice as many memories are forgotten as usual.",
    check_first=[
        "Did consolidation fall before? What is not consolidated is forgotten next.",
        "Is the store of memories full? Then old ones give way: see *Disks* on *Host*.",
    ],
)
fidelity_lost = _strays(
    "GateFidelityLost",
    Watched(fidelity, FIDELITY, _at_least(FIDELITY), _gauge(gate_fidelity)),
    summary="The fidelity of gates on {instance} is {value}",
    description="Twice the usual error of a gate: of circuits of 20 layers two in three come out right, where it were "
    "four in five.",
    check_first=[
        "When was it calibrated? Calibrate again, out of turn.",
        "Did the coherence time fall with it? Then it is the temperature, and no calibration helps.",
    ],
)
coherence_lost = _strays(
    "CoherenceLost",
    Watched(coherent, COHERENCE, COHERENT, _gauge(coherence, 1e-6), unit=us),
    summary="The coherence time on {instance} is {value}",
    description="Half of what is usual: circuits of 20 layers hardly end before their qubits decay.",
    check_first=[
        "Did the temperature of the cryostat rise? Its own log tells.",
        "Were circuits made deeper? They end too late then: see *Circuit depth*.",
    ],
)
correction_dear = _strays(
    "ErrorCorrectionTooDear",
    Watched(overhead, OVERHEAD, TWICE * OVERHEAD, _gauge(correction_overhead)),
    summary="{instance} spends {value} of its operations on correcting errors",
    description="Twice what is usual: results come late, and cost more.",
    check_first=["Did gate fidelity or coherence fall? Then it is their runbook.", "Was another code deployed?"],
)

alerts = [
    translation_lost, gestures_lost, frames_few, forgetting_fast, fidelity_lost, coherence_lost, correction_dear,
]  # fmt: skip
