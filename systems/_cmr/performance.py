"""Whether the memory is fast, efficient and right; what is recorded of it, and the alerts."""

from watchwright import Alert, Case, Instant, apart, percent, ratio, record
from watchwright.units import ms

from .._shared import SEVERAL
from .metrics import (
    capacity,
    captures,
    entries,
    reconstruction_quality,
    request_duration,
    requests,
    retrieval_quality,
    retrievals,
    stores,
)
from .severities import CRITICAL, ERROR, WARNING

# Limits, each with its reason ---------------------------------------------------------------------------

LATENCY = 100 * ms  # CMR's own: four times the usual 25 ms, and a bucket ends there, so the quantile is sharp
EFFICIENCY = 70 * percent  # CMR's own: below the least of what is usual, 80 % of cache hits
ERRORS = 5 * percent  # CMR's own; usual is one in a thousand

PROCESS = ["instance"]  # a model with its memory: what is wrong with one is not wrong with the next

# Recorded series ------------------------------------------------------------------------------------------

throughput = record("instance:cmr_requests:rate5m", requests.rate("5m").sum(by=PROCESS))
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
efficiency = record(
    # the use of the buffer is none of them: an empty buffer is young
    "instance_efficiency:cmr_efficiency:mean5m",
    apart(
        "efficiency",
        {
            "capture": ratio(captures.where(result="captured"), captures, over="5m", by=PROCESS),
            "storage": ratio(stores.where(result="stored"), stores, over="5m", by=PROCESS),
            "reconstruction": reconstruction_quality.average("5m", by=PROCESS),
            "cache": ratio(retrievals.where(result="hit"), retrievals, over="5m", by=PROCESS),
            "retrieval": retrieval_quality.average("5m", by=PROCESS),
        },
    ),
)
buffer_use = record(
    "instance:cmr_buffer_use:ratio",
    entries.sum(by=PROCESS) / capacity.sum(by=PROCESS),
)

# Alerts ---------------------------------------------------------------------------------------------------

MODEL = {"instance": "gpu-0:8000"}
succeeded, failed = (requests.where(result=result, **MODEL) for result in ("success", "error"))
hit, missed = (retrievals.where(result=result, **MODEL) for result in ("hit", "miss"))


def _within(le: str) -> Instant:
    return request_duration.where(**MODEL).bucket.where(le=le)


latency_high = Alert(
    "LatencyHigh",
    expr=(latency > LATENCY) & (slow_requests > SEVERAL).on(*PROCESS),
    for_="2m",
    severity=ERROR,
    summary="One in twenty requests to {instance} takes longer than {value}",
    description="Requests that the memory takes part in were slower than 100 ms for 2 minutes. Usual are 25 ms.",
    check_first=[
        "Is the forward pass slow as well? Then look at the GPU (board *Resources*): the memory is not to blame.",
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
        "Which component has errors? The panel *Errors of components* on the board *Errors* tells.",
        "Is the GPU out of memory? See the board *Resources*: the buffer and the model share it.",
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

alerts = [latency_high, efficiency_low, errors_high]
