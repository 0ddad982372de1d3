"""What can go wrong with CMR, by name."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial

import attrs

from simulators.clockwork import Conditions, Trouble, silent

_GIB = 2**30
_QUIET = {"warning": 0.02, "error": 0.0, "critical": 0.0}  # alerts of CMR's own, a minute
_LOUD = {"warning": 1.0, "error": 1.0, "critical": 0.5}


@attrs.frozen(kw_only=True)
class Memory(Conditions):
    """What holds for a model and the monitor; as it stands, health."""

    everywhere: bool = False  # or for the first model alone
    busy: float = 1.0  # factor on what is asked
    failing: float = 0.001  # of the requests
    request: float = 0.0225  # seconds, the median
    forward: float = 0.049  # as above
    captured: float = 0.95  # of the captures
    stored: float = 0.90  # of the states that are offered
    evicted: float = 0.03  # for each state that is stored, and where the buffer is full one for each
    aged: float = 0.485  # of the states in a tick: then as many come as go, at three quarters of the buffer
    hits: float = 0.80  # of the retrievals
    retrieval: float = 0.0018  # seconds, the median
    retrieval_quality: float = 0.88
    failing_retrievals: float = 0.0002
    reconstruction: float = 0.0024  # seconds, the median
    reconstruction_quality: float = 0.85
    conflicts: float = 0.0  # a minute, of the first layer's hook
    cpu: float = 2.4  # cores
    memory: float = 5.0 * _GIB
    gpu: float = 0.62
    gpu_memory: float = 17.0 * _GIB
    collections: float = 1.0  # a second
    processing: float = 0.02  # seconds, the median
    storage: float = 0.008  # as above
    invalid: float = 0.0005  # of the samples
    raised: Mapping[str, float] = attrs.field(factory=lambda: _QUIET)


# All judge five minutes at a time: what begins is seen, and what ends is over, within a quarter of an hour
_trouble = partial(Trouble, health=10, after=12)
_RED = frozenset({"HealthRed"})

TROUBLES: Mapping[str, Trouble] = {
    "slow requests": _trouble(
        description="Requests to one memory take four times as long.",
        minutes=7,
        changes={"request": 0.09, "raised": _LOUD},
        fires=_RED | {"LatencyHigh"},
    ),
    "slow GPU": _trouble(
        description="All GPUs run at a fifth of their speed: requests are late, and so are forward passes.",
        minutes=14,
        changes={"everywhere": True, "request": 0.25, "forward": 0.25, "gpu": 1.0, "raised": _LOUD},
        fires=_RED | {"LatencyHigh", "RequestLatencyBurnPage", "ForwardLatencyBurnPage"},
    ),
    "failing requests": _trouble(
        description="An eighth of the requests to one memory fail.",
        minutes=7,
        changes={"failing": 0.125},
        fires=_RED | {"ErrorsHigh"},
    ),
    "broken release": _trouble(
        description="After a release, most requests fail everywhere.",
        minutes=9,
        changes={"everywhere": True, "failing": 0.8, "raised": _LOUD},
        fires=_RED | {"ErrorsHigh", "RequestSuccessBurnPage"},
    ),
    "changed subject": _trouble(
        description="What is asked is about something else than what the buffer holds.",
        minutes=14,
        changes={"hits": 0.5, "retrieval_quality": 0.62},
        fires=_RED | {"EfficiencyLow"},
    ),
    "states of an old model": _trouble(
        description="Reconstructions come from states that another version of the model left behind.",
        minutes=14,
        changes={"reconstruction_quality": 0.58},
        fires=_RED | {"EfficiencyLow"},
    ),
    "lost captures": _trouble(
        description="Hooks do not get at a third of the states.",
        minutes=14,
        changes={"captured": 0.6},
        fires=_RED | {"EfficiencyLow"},
    ),
    "failing retrieval": _trouble(
        description="A tenth of the retrievals end in an error, and the others take long.",
        minutes=8,
        changes={"failing_retrievals": 0.1, "retrieval": 0.06},
        fires=_RED,
    ),
    "full buffer": _trouble(
        description="States no longer leave by their age: each that comes evicts another.",
        minutes=8,
        changes={"aged": 0.0},
        fires=_RED,
    ),
    "greedy process": _trouble(
        description="CPU and memory of the process run out.",
        minutes=8,
        changes={"cpu": 7.9, "memory": 15.7 * _GIB},
        fires=_RED,
    ),
    "full GPU": _trouble(
        description="The memory of the GPU runs out.", minutes=5, changes={"gpu_memory": 23.6 * _GIB}, fires=_RED
    ),
    "busy GPU": _trouble(
        description="A GPU is busier than is good: yellow, and no more.", minutes=12, changes={"gpu": 0.93}
    ),
    "hook conflict": _trouble(
        description="Another hook changes the same states.",
        minutes=5,
        changes={"conflicts": 2.0},
        fires=frozenset({"HookConflict"}),
        after=16,
    ),
    "invalid samples": _trouble(
        description="One sample in thirty is NaN.",
        minutes=18,
        changes={"invalid": 0.033},
        fires=frozenset({"SamplesInvalid"}),
    ),
    "slow storage": _trouble(
        description="Storing takes the monitor longer than the second that it has.",
        minutes=12,
        changes={"storage": 1.7, "collections": 0.5},
        fires=frozenset({"CollectionsLate"}),
    ),
    "silent model": _trouble(
        description="The models are gone, and whoever was promised an answer gets none.",
        minutes=7,
        changes=silent("cmr-model"),
        fires=frozenset({"CmrModelTargetsGone", "RequestSuccessAbsent"}),
    ),
    "silent monitor": _trouble(
        description="The monitor is gone.",
        minutes=9,
        changes=silent("cmr-monitor"),
        fires=frozenset({"CmrMonitorTargetsGone"}),
    ),
    "busy hour": _trouble(
        description="A third more is asked than usual, for a quarter of an hour.",
        minutes=15,
        changes={"everywhere": True, "busy": 1.3},
    ),
    "scrape gap": _trouble(
        description="No target answers for three minutes.", minutes=3, changes=silent("cmr-model", "cmr-monitor")
    ),
    "restart": _trouble(
        description="The models start again: their buffers are empty.", minutes=1, restarts="cmr-model"
    ),
    "monitor restart": _trouble(description="The monitor starts again.", minutes=1, restarts="cmr-monitor"),
}
