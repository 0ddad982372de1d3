"""What can go wrong with CMR, by name."""

from __future__ import annotations

from collections.abc import Mapping

import attrs

from simulators.clockwork import Conditions, Trouble, silent

_MODEL, _MONITOR = "cmr-model", "cmr-monitor"
_LATENCY = frozenset({"LatencyHigh", "HealthRed"})
_GIB = 2**30


@attrs.frozen(kw_only=True)
class Memory(Conditions):
    """What holds for a model and the monitor; as it stands, health. Troubles of a model are of the first one alone."""

    busy: float = 1.0  # factor on what is asked
    failing: float = 0.001  # of the requests
    request: float = 0.0225  # seconds, the median
    forward: float = 0.049  # as above
    captured: float = 0.95  # of the captures
    stored: float = 0.90  # of the states that are offered
    evicted: float = 0.03  # for each state that is stored
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
    raised: Mapping[str, float] = attrs.field(factory=lambda: {"warning": 0.02, "error": 0.0, "critical": 0.0})  # a minute


TROUBLES: Mapping[str, Trouble] = {
    "slow requests": Trouble(
        description="Requests to one memory take four times as long.",
        minutes=7,
        changes={"request": 0.09, "raised": {"warning": 0.0, "error": 1.0, "critical": 0.0}},
        fires=frozenset({"LatencyHigh", "HealthRed"}),
    ),
}
