"""Whether the memory is fast, efficient, right and healthy; what is recorded of it, and the alerts."""

from watchwright import Alert, Case, Instant, any_of, percent, ratio, record
from watchwright.units import ms

from .._shared import up
from .metrics import (
    captures,
    conflicts,
    health,
    layer,
    reconstruction_quality,
    request_duration,
    requests,
    retrieval_quality,
    retrievals,
    samples,
    stores,
)

# CMR's severities in the platform's words. That an error waits 30 s and a warning 300 s before somebody is told, and
# that 60 s go by between two notices, is routing: it delays a notice, and makes no alert of its own.
CRITICAL, ERROR, WARNING = "page", "ticket", "info"

# Limits, each with its reason ---------------------------------------------------------------------------

LATENCY = 100 * ms  # CMR's own: four times the usual 25 ms, and a bucket ends there, so the quantile is sharp
EFFICIENCY = 70 * percent  # CMR's own: below the least of what is usual, 80 % of cache hits
ERRORS = 5 * percent  # CMR's own; usual is one in a thousand
SEVERAL = 2.5  # requests, failed or slow: one or two prove nothing, and increase() makes 2.1 of two, not 2.9
INVALID = 1 * percent  # of what the monitor collects: what it throws away, none of the numbers here has seen

PROCESS = ["instance"]  # a model with its memory: what is wrong with one is not wrong with the next

# Recorded series ------------------------------------------------------------------------------------------

latency = record(
    "instance:cmr_request_duration_seconds:p95_rate5m",
    request_duration.quantile(0.95, over="5m", by=PROCESS),
)
error_ratio = record(
    "instance:cmr_requests_failed:ratio_rate5m",
    ratio(requests.where(result="error"), requests, over="5m", by=PROCESS),
)
slow_requests = (
    request_duration.bucket.where(le="+Inf").increase("5m").sum(by=PROCESS)
    - request_duration.bucket.where(le="0.1").increase("5m").sum(by=PROCESS)  # the bucket that ends at LATENCY
)
efficiencies = {
    "capture": ratio(captures.where(result="captured"), captures, over="5m", by=PROCESS),
    "storage": ratio(stores.where(result="stored"), stores, over="5m", by=PROCESS),
    "reconstruction": reconstruction_quality.average("5m", by=PROCESS),
    "cache": ratio(retrievals.where(result="hit"), retrievals, over="5m", by=PROCESS),
    "retrieval": retrieval_quality.average("5m", by=PROCESS),
}
efficiency = record(
    # the buffer's utilisation is none of them: an empty buffer is young
    "instance_efficiency:cmr_efficiency:mean5m",
    any_of(*(value.labelled(efficiency=name) for name, value in efficiencies.items())),
)
recent_conflicts = record(
    "instance_layer:cmr_hook_conflicts:events10m",
    conflicts.events("10m").sum(by=[*PROCESS, layer]),
)
invalid_ratio = record(
    "instance:cmr_monitor_samples_invalid:ratio_rate5m",
    ratio(samples.where(result="invalid"), samples, over="5m", by=PROCESS),
)

# Alerts ---------------------------------------------------------------------------------------------------

MODEL = {"instance": "gpu-0:8000"}
MONITOR = {"job": "cmr-monitor", "instance": "cmr-monitor:8000"}
succeeded, failed = (requests.where(result=result, **MODEL) for result in ("success", "error"))
hit, missed = (retrievals.where(result=result, **MODEL) for result in ("hit", "miss"))
stored, invalid = (samples.where(result=result, **MONITOR) for result in ("stored", "invalid"))
conflict = conflicts.where(layer="4", **MODEL)
model_answers = up.where(job="cmr-model", **MODEL)


def _within(le: str) -> Instant:
    return request_duration.where(**MODEL).bucket.where(le=le)


def _status(component: str, status: str) -> Instant:
    return health.where(component=component, cmr_health_status=status, **MODEL)


latency_high = Alert(
    "LatencyHigh",
    expr=(latency > LATENCY) & (slow_requests > SEVERAL).on(*PROCESS),
    for_="2m",
    severity=ERROR,
    summary="One in twenty requests to {instance} takes longer than {value}",
    description="Requests that the memory takes part in were slower than 100 ms for 2 minutes. Usual are 25 ms.",
    check_first=[
        "Is the forward pass slow as well? Then look at the GPU (*Resources*): the memory is not to blame.",
        "Is it the memory? The board *Layers* shows captures, reconstructions and hooks of each layer.",
        "Did the buffer just fill up? From then on each capture waits for an eviction.",
    ],
    tests=[
        Case(
            "a tenth beyond 100 ms fires, and resolves",
            given={_within("0.1"): "0+90x15 1350+100x25", _within("0.15"): "0+100x40", _within("+Inf"): "0+100x40"},
            fires={"2m": [], "4m": [MODEL], "30m": []},
        ),
        Case(
            "all within 75 ms is silent",
            given={_within("0.05"): "0+1x20", _within("0.075"): "0+9x20", _within("0.1"): "0+10x20",
                   _within("+Inf"): "0+10x20"},
            fires={"15m": []},
        ),
        Case(
            "one slow request in fifty is silent",
            given={_within("0.1"): "0+49x20", _within("1"): "0+50x20", _within("+Inf"): "0+50x20"},
            fires={"15m": []},
        ),
        Case(
            "a model that nobody asks is not slow",
            given={_within("0.1"): "0x20", _within("0.15"): "9x20", _within("+Inf"): "9x20"},
            fires={"15m": []},
        ),
        Case(
            "a restart is not slow",
            given={_within("0.1"): "0+10x9 stale 0+10x10", _within("0.15"): "0+10x9 stale 0+10x10",
                   _within("+Inf"): "0+10x9 stale 0+10x10"},
            fires={"11m": [], "15m": []},
        ),
        Case(
            "two slow requests in five minutes prove nothing, though there are no others",
            given={_within("0.1"): "0x80", _within("0.15"): "0+0.1x80", _within("+Inf"): "0+0.1x80"},
            every="15s",
            fires={"6m": [], "10m": [], "15m": []},
        ),
        Case(
            "four are enough",
            given={_within("0.1"): "0x80", _within("0.15"): "0+0.2x80", _within("+Inf"): "0+0.2x80"},
            every="15s",
            fires={"15m": [MODEL]},
        ),
    ],
)  # fmt: skip
efficiency_low = Alert(
    "EfficiencyLow",
    expr=efficiency < EFFICIENCY,
    for_="5m",
    severity=WARNING,
    summary="The {efficiency} efficiency of {instance} is {value}",
    description="Below 70 % the memory costs more than it brings. The model answers all the same, only worse or later.",
    check_first=[
        "Capture or storage: do hooks conflict, or is the buffer full? The board *Layers* tells, and of which layer.",
        "Cache or retrieval: did the input change its subject? What is in the buffer then fits no longer, for a while.",
        "Reconstruction: since a new version of the model? Then states of the old one are still in the buffer.",
    ],
    tests=[
        Case(
            "three hits of five fire after five minutes, and resolve",
            given={hit: "0+60x20 1200+80x20", missed: "0+40x20 800+20x20"},
            fires={"5m": [], "8m": [{**MODEL, "efficiency": "cache"}], "35m": []},
        ),
        Case("the usual four of five are silent", given={hit: "0+160x20", missed: "0+40x20"}, fires={"15m": []}),
        Case("nothing but misses fires", given={missed: "0+5x20"}, fires={"8m": [{**MODEL, "efficiency": "cache"}]}),
        Case(
            "reconstructions that come half as close fire",
            given={
                reconstruction_quality.sum.where(layer="4", **MODEL): "0+5x20",
                reconstruction_quality.count.where(layer="4", **MODEL): "0+10x20",
            },
            fires={"8m": [{**MODEL, "efficiency": "reconstruction"}]},
        ),
        Case("a memory that nobody asks is not inefficient", given={hit: "5x20", missed: "50x20"}, fires={"15m": []}),
        Case(
            "a restart is no miss",
            given={hit: "0+80x9 stale 0+80x10", missed: "500+20x9 stale 0+20x10"},
            fires={"11m": [], "15m": []},
        ),
    ],
)
errors_high = Alert(
    "ErrorsHigh",
    expr=(error_ratio > ERRORS)
    & (requests.where(result="error").increase("5m").sum(by=PROCESS) > SEVERAL).on(*PROCESS),
    for_="2m",
    severity=CRITICAL,
    summary="{instance} fails {value} of its requests",
    description="More than one request in twenty failed for 2 minutes. Usual is one in a thousand.",
    check_first=[
        "Which component has errors? The panel *Errors by component* tells, and its health whether it knows.",
        "Is the GPU out of memory? See *Resources*: the buffer and the model share it.",
        "Detach the hooks: the model answers without its memory, and the cause can be looked for at leisure.",
    ],
    tests=[
        Case(
            "seven in a hundred fire, and resolve",
            given={failed: "0+7x15 105x25", succeeded: "0+93x40"},
            fires={"2m": [], "4m": [MODEL], "30m": []},
        ),
        Case("four in a hundred are silent", given={failed: "0+4x20", succeeded: "0+96x20"}, fires={"15m": []}),
        Case("nothing but failures fires", given={failed: "0+5x20", succeeded: "0x20"}, fires={"4m": [MODEL]}),
        Case("no failure is silent", given={failed: "0x20", succeeded: "0+100x20"}, fires={"15m": []}),
        Case("without requests it is silent", given={failed: "7x20", succeeded: "50x20"}, fires={"15m": []}),
        Case(
            "a restart is no failure",
            given={failed: "70x9 stale 0x10", succeeded: "0+100x9 stale 0+100x10"},
            fires={"11m": [], "15m": []},
        ),
        Case(
            "two failures in five minutes prove nothing, though there are few requests",
            given={failed: "0+0.1x80", succeeded: "0+0.1x80"},
            every="15s",
            fires={"6m": [], "10m": [], "15m": []},
        ),
        Case("four are enough", given={failed: "0+0.2x80", succeeded: "0+0.1x80"}, every="15s", fires={"15m": [MODEL]}),
    ],
)
health_red = Alert(
    "HealthRed",
    expr=health.is_in("red"),
    for_="1m",
    severity=CRITICAL,
    summary="{component} of {instance} is red",
    description="CMR judges {component} to be critical, and has done so for a minute: a dozen times.",
    check_first=[
        "Which score fell first? The panel *Health scores* tells: what falls later is often its consequence.",
        "Is only the whole red, and no component? Then it is CPU, GPU or memory: see *Resources*.",
        "Do errors or latency say the same? If not, compare the judgement with what it is made of.",
    ],
    tests=[
        Case(
            "red for a minute fires, by its component, and resolves",
            given={
                _status("retrieval", "red"): "0x5 1x10 0x10",
                _status("retrieval", "green"): "1x5 0x10 1x10",
                _status("memory_buffer", "green"): "1x25",
                _status("memory_buffer", "red"): "0x25",
            },
            fires={
                "4m": [],
                "6m30s": [],
                "7m30s": [{**MODEL, "job": "cmr-model", "component": "retrieval", "cmr_health_status": "red"}],
                "20m": [],
            },
        ),
        Case("yellow is silent", given={_status("overall", "yellow"): "1x20", _status("overall", "red"): "0x20"},
             fires={"15m": []}),
        Case(
            "a restart begins with no judgement",
            given={_status("overall", "red"): "1 stale 0x10", _status("overall", "green"): "0 stale 0x10"},
            fires={"1m": [], "3m": [], "8m": []},
        ),
        Case("a health that is not exposed is silent", given=[], fires={"15m": []}),
    ],
)  # fmt: skip
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
samples_invalid = Alert(
    "SamplesInvalid",
    expr=invalid_ratio > INVALID,
    for_="10m",
    severity=WARNING,
    summary="The monitor throws {value} of its samples away",
    description="For 10 minutes more than one sample in a hundred was invalid. All other alerts of CMR know only what "
    "was left.",
    check_first=[
        "Are they of one metric? The monitor's log names it, and why the value was refused.",
        "Was the model or the monitor released alone? The two have to agree on what is collected.",
        "Are there NaN among the qualities? A reconstruction of nothing has none: it should not be measured.",
    ],
    tests=[
        Case(
            "three in two hundred fire, and resolve",
            given={invalid: "0+3x25 75x25", stored: "0+197x50"},
            fires={"10m": [], "14m": [{"instance": "cmr-monitor:8000"}], "45m": []},
        ),
        Case("seven in a thousand are silent", given={invalid: "0+7x30", stored: "0+993x30"}, fires={"25m": []}),
        Case("a monitor that collects nothing is silent", given={invalid: "9x30", stored: "9x30"}, fires={"25m": []}),
        Case(
            "a restart throws nothing away",
            given={invalid: "90x14 stale 0x15", stored: "0+100x14 stale 0+100x15"},
            fires={"16m": [], "25m": []},
        ),
    ],
)

alerts = [latency_high, efficiency_low, errors_high, health_red, hook_conflict, samples_invalid]
