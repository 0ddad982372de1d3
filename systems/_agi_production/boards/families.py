"""Model families: what all of them have, against what is usual, and what each has alone."""

from watchwright import Alert, Dashboard, Gauge, Histogram, LabelVariable, Query, RecordingRule, Row, Stat, TimeSeries

from ..._shared import at_a_glance
from .. import constitution, families, own
from ..collection import CALM, latest
from ..metrics import (
    checks,
    circuit_depth,
    consolidation,
    cultural_accuracy,
    family,
    frame_duration,
    fusion_duration,
    gesture_accuracy,
    hippocampal_activity,
    inference_duration,
    language_violations,
    memories,
    memory_folds,
    proof_duration,
    repairs,
    symbols,
    violations,
)

chosen = LabelVariable("family", families.family_inferences, label=family, title="Family")


def _took(title: str, histogram: Histogram, description: str) -> TimeSeries:
    """How long something of one family takes."""
    return TimeSeries(
        title,
        [
            Query(histogram.quantile(0.5, over=CALM), legend="median"),
            Query(histogram.quantile(0.9, over=CALM), legend="90th percentile"),
        ],
        min=0,
        description=f"Over 3 hours. {description}",
    )


def _share(title: str, metric: Gauge, description: str) -> TimeSeries:
    """A share that pods tell of one family, without an alert."""
    return TimeSeries(title, Query(latest(metric), legend="{instance}"), min=0, max=1, description=description)


def _watched(title: str, signal: RecordingRule, alert: Alert, description: str) -> TimeSeries:
    """What an alert looks at, of each pod."""
    return TimeSeries(title, Query(signal, legend="{instance}"), description=description, alerts=[alert])


alike = Row(
    "Against what is usual",
    [
        TimeSeries(
            "Errors against what is usual",
            Query(families.family_errors.where(family=chosen), legend="{family}"),
            min=0,
            description="The share of errors over 3 hours, 100 % being what is usual of the family. The alert wants "
            "five errors at least.",
            alerts=[families.family_failing],
        ),
        TimeSeries(
            "Latency against what is usual",
            Query(families.family_slowness.where(family=chosen), legend="{family}"),
            min=0,
            description="The 90th percentile over 3 hours, 100 % being the usual latency of the family.",
            alerts=[families.family_slow],
        ),
        TimeSeries(
            "Drift against what is usual",
            Query(families.family_drift.where(family=chosen), legend="{family}"),
            min=0,
            description="The drift score of the worst pod, 100 % being the family's mean.",
        ),
        TimeSeries(
            "Inferences",
            Query(families.family_inferences.where(family=chosen), legend="{family}"),
            stacked=True,
            description="Failed ones included, over 3 hours.",
        ),
    ],
)
as_they_are = Row(
    "As they are",
    [
        TimeSeries(
            "Share of errors",
            Query(families.family_error_ratio.where(family=chosen), legend="{family}"),
            min=0,
            description="Over 3 hours. A quantum inference fails one time in ten, and that is usual.",
        ),
        TimeSeries(
            "Mean latency",
            Query(inference_duration.where(family=chosen).average(over=CALM, by=[family]), legend="{family}"),
            min=0,
            description="Over 3 hours.",
        ),
        TimeSeries(
            "Inferences that take more than twice the usual time",
            Query(families.family_late.where(family=chosen), legend="{family}"),
            min=0,
            description="Over 3 hours. One in twenty keeps the promise.",
        ),
        TimeSeries(
            "Drift score",
            Query(families.family_score.where(family=chosen), legend="{family}"),
            min=0,
            max=1,
            description="The constitutional model keeps near 80 %, and only its movement says something.",
        ),
    ],
)
language = Row(
    "Language alone",
    [
        _watched("Translation accuracy", own.translated, own.translation_lost, "Translations that are right."),
        _share("Gestures understood", gesture_accuracy, "Of those in a dialogue; about 92 % are usual."),
        _took("Fusion", fusion_duration, "Of text, voice and gesture; about 50 ms are usual."),
        TimeSeries(
            "Symbols, folds, violations",
            [
                Query(symbols.increase(CALM).sum(), legend="symbols created"),
                Query(memory_folds.increase(CALM).sum(), legend="memory folds created"),
                Query(language_violations.increase(CALM).sum(), legend="utterances against the constitution"),
            ],
            min=0,
            description="In 3 hours.",
        ),
    ],
)
gesture = Row(
    "Gesture alone",
    [
        _watched("Frames a second", own.frame_rate, own.frames_few, "Over 3 hours; about 28 are usual."),
        _took("Frame processing", frame_duration, "About 30 ms are usual; the next frame comes after 36."),
        _watched("Detection accuracy", own.detected, own.gestures_lost, "Gestures that are detected rightly."),
        _share("Cultural accuracy", cultural_accuracy, "Gestures read as their culture does; about 88 % are usual."),
    ],
)
constitutional = Row(
    "Constitutional alone",
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
            "Movement of the constitutional model",
            Query(constitution.score_spread, legend="in 6 hours"),
            min=0,
            description="Between the least and the greatest drift score of all pods in 6 hours.",
            alerts=[constitution.constitution_moving],
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
        _took("Proofs", proof_duration, "To generate one; about 200 ms are usual."),
    ],
)
memory = Row(
    "Memory alone",
    [
        TimeSeries(
            "Memories encoded and retrieved",
            Query(memories.rate(CALM).sum(by=["operation"]), legend="{operation}"),
            min=0,
            description="Over 3 hours.",
        ),
        _watched("Forgetting", own.forgotten, own.forgetting_fast, "Memories that are forgotten; about 5 %."),
        _share("Consolidation", consolidation, "Memories that are consolidated; about 15 % are usual."),
        _share("Hippocampal activity", hippocampal_activity, "It follows the day: little activity at noon is odd."),
    ],
)
quantum = Row(
    "Quantum alone",
    [
        _watched("Gate fidelity", own.fidelity, own.fidelity_lost, "At the last calibration; about 99 %."),
        _watched(
            "Coherence time", own.coherent, own.coherence_lost, "At the last calibration; about 100 microseconds."
        ),
        _watched("Error correction", own.overhead, own.correction_dear, "Operations that correct errors; about 10 %."),
        _took("Circuit depth", circuit_depth, "Layers of gates; about 20 are usual."),
    ],
)

model_families = Dashboard(
    "Model families",
    [
        at_a_glance(
            [families.family_failing, families.family_slow, *constitution.alerts, *own.alerts],
            Stat("Most errors against usual", families.family_errors.max(), decimals=0),
            Stat("Latency against usual, of the slowest", families.family_slowness.max(), decimals=0),
            Stat("Translation accuracy", own.translated.min(), decimals=1),
            Stat("Detection accuracy", own.detected.min(), decimals=1),
            Stat("Frames a second", own.frame_rate.min(), decimals=0),
            Stat("Gate fidelity", own.fidelity.min(), decimals=1),
        ),
        alike,
        as_they_are,
        constitutional,
        language,
        gesture,
        memory,
        quantum,
    ],
    description="All families against what is usual of each, and what each has alone. Most collections are skipped, so "
    "that panels look back over 3 hours.",
    variables=[chosen],
    span="1d",
)
