"""Whether hooks get into each other's way."""

from watchwright import Alert, Case, record

from .._shared import up
from .metrics import conflicts, hook_duration, layer
from .performance import MODEL, PROCESS
from .severities import ERROR

LAYER = [*PROCESS, layer.name]  # where hooks meet

recent_conflicts = record(
    "instance_layer:cmr_hook_conflicts:events10m",
    # 0 where a hook was called, and never conflicted
    conflicts.events("10m").sum(by=LAYER) | 0 * hook_duration.count.sum(by=LAYER),
)

conflict = conflicts.where(layer="4", **MODEL)
model_answers = up.where(job="cmr-model", **MODEL)

hook_conflict = Alert(
    "HookConflict",
    expr=recent_conflicts > 0,
    for_="1m",
    severity=ERROR,
    summary="Hooks of layer {layer} of {instance} conflict",
    description="{value} times in 10 minutes another hook had changed the state that was to be captured. What was "
    "captured then is neither the model's state nor the other hook's.",
    check_first=[
        "Who else has a hook on this layer? The log of the process names both at each conflict.",
        "Was a hook attached twice? It happens when a model is loaded again and its hooks were not detached.",
        "Was reconstruction worse since then? Then clear the buffer of the layer: it holds states that never were.",
    ],
    tests=[
        Case(
            "the first conflict of a layer fires, though its series starts at 1",
            given={conflict: "_x10 1x30"},
            fires={"9m": [], "10m30s": [], "11m30s": [{**MODEL, "layer": "4"}], "25m": []},
        ),
        Case(
            "the first conflict after a restart fires",
            given={conflict: "3x20 stale _x9 1x30"},
            fires={"20m": [], "33m": [{**MODEL, "layer": "4"}], "45m": []},
        ),
        Case(
            "one more conflict fires",
            given={conflict: "3x90 4x30"},
            fires={"90m": [], "93m": [{**MODEL, "layer": "4"}], "105m": []},
        ),
        Case(
            "as many after a restart as before it are new, if the target answered meanwhile",
            given={conflict: "1x20 stale _x9 1x30", model_answers: "1x70"},
            fires={"15m": [], "28m": [], "33m": [{**MODEL, "layer": "4"}], "45m": []},
        ),
        Case(
            "if it did not answer, nobody knows that they are",
            given={conflict: "1x20 stale _x9 1x30", model_answers: "1x20 0x9 1x40"},
            fires={"15m": [], "28m": [], "33m": [], "45m": []},
        ),
        Case(
            "a gap in scraping is no conflict", given={conflict: "3x20 stale _x20 3x30"}, fires={"43m": [], "50m": []}
        ),
    ],
)

alerts = [hook_conflict]
