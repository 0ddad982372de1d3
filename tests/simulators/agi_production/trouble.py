"""What can go wrong in AGI production, by name."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import attrs

from simulators.clockwork import Conditions as Anything
from simulators.clockwork import Trouble, silent

#: An anomaly score of a platform that finds itself odd: a tenth of the collections is exported.
ODD = 0.6
PODS = ("10.4.3.11:9000", "10.4.3.12:9000")


@attrs.frozen(kw_only=True)
class Conditions(Anything):
    """What holds at a moment; as it stands, a healthy platform."""

    load: float = 0.5  # of the CPUs, and by how much it rises in the batch of each hour
    batch: bool = True
    score: float = 0.15  # of the platform's own opinion of how unusual it is
    mute: frozenset[str] = frozenset()  # pods that export no collection, though they answer
    failing: Mapping[str, float] = attrs.field(factory=dict)  # shares of inferences by family, where they are not usual
    slowness: Mapping[str, float] = attrs.field(factory=dict)  # factors on latency by family
    failing_requests: float = 0.003
    failing_collector: float = 0.0003
    drift: float = 0.0  # of the constitutional model's score
    repaired: float = 0.97
    translation: float = 0.95
    detection: float = 0.94
    frames: float = 28.0
    forgetting: float = 0.05
    fidelity: float = 0.99
    coherence: float = 100e-6
    overhead: float = 0.1
    cost: float = 1.0  # factor
    writes: float = 0.0  # bytes an hour on /models that nobody deletes
    leak: float = 0.0  # bytes of memory an hour


def _odd(**changes: Any) -> Mapping[str, Any]:
    """Changes that the platform notices itself."""
    return {"score": ODD, **changes}


_GIB = 2**30
#: Minutes until three hours hold nothing of it any more.
_PAST = 220

TROUBLES: Mapping[str, Trouble] = {
    "failing inferences": Trouble(
        description="One in ten of the inferences of language and gesture fail: of all, more than one in a hundred.",
        minutes=45,
        fires=frozenset({"InferencesFailing", "FamilyFailing"}),
        changes={"failing": {"language": 0.1, "gesture": 0.1}},
        after=_PAST,
        step=60,
    ),
    "failing family": Trouble(
        description="Every second quantum inference fails, which is hardly seen among all inferences.",
        minutes=75,
        fires=frozenset({"FamilyFailing"}),
        changes=_odd(failing={"quantum": 0.5}),
        after=_PAST,
        step=60,
    ),
    "slow family": Trouble(
        description="Language takes four times as long.",
        minutes=75,
        fires=frozenset({"FamilySlow"}),
        changes=_odd(slowness={"language": 4.0}),
        after=_PAST,
        step=60,
    ),
    "failing requests": Trouble(
        description="The gateway fails the requests of users, before a model sees them.",
        minutes=100,
        fires=frozenset({"RequestsBurnTicket"}),
        changes=_odd(failing_requests=0.95),
        health=10,
        after=_PAST,
        step=60,
    ),
    "moving constitution": Trouble(
        description="The constitutional model no longer judges as it did.",
        minutes=45,
        fires=frozenset({"ConstitutionMoving"}),
        changes=_odd(drift=-0.12),
        after=375,
        step=60,
    ),
    "unrepaired violations": Trouble(
        description="Two in three violations get through.",
        minutes=75,
        fires=frozenset({"ViolationsUnrepaired"}),
        changes=_odd(repaired=0.33),
        after=_PAST,
        step=60,
    ),
    "lost in translation": Trouble(
        description="One translation in five is wrong.",
        minutes=60,
        fires=frozenset({"TranslationAccuracyLost"}),
        changes=_odd(translation=0.8),
        after=60,
        step=60,
    ),
    "blurred gestures": Trouble(
        description="Cameras deliver half of their frames, and gestures are missed.",
        minutes=60,
        fires=frozenset({"GestureAccuracyLost", "FramesTooFew"}),
        changes=_odd(detection=0.78, frames=14.0),
        after=150,
        step=60,
    ),
    "forgetful memory": Trouble(
        description="Memories are forgotten three times as often as usual.",
        minutes=60,
        fires=frozenset({"ForgettingTooFast"}),
        changes=_odd(forgetting=0.15),
        after=60,
        step=60,
    ),
    "warm cryostat": Trouble(
        description="Qubits decay early, gates err, and correcting them costs.",
        minutes=60,
        fires=frozenset({"GateFidelityLost", "CoherenceLost", "ErrorCorrectionTooDear"}),
        changes=_odd(fidelity=0.96, coherence=35e-6, overhead=0.27),
        after=60,
        step=60,
    ),
    "mute pod": Trouble(
        description="A pod answers, and exports no collection for hours.",
        minutes=385,
        fires=frozenset({"TelemetryGone"}),
        changes={"mute": frozenset(PODS[:1])},
        after=130,
        step=60,
    ),
    "filling host": Trouble(
        description="A disk and the memory fill up hour by hour.",
        minutes=385,
        fires=frozenset({"DiskFullSoon", "MemoryFullSoon"}),
        changes={"writes": 12.0 * _GIB, "leak": 5.0 * _GIB},
        after=30,
        step=60,
    ),
    "costly platform": Trouble(
        description="Somebody scaled up a hundredfold, and nobody scaled down.",
        minutes=120,
        fires=frozenset({"BudgetBurnsTooFast"}),
        changes=_odd(cost=100.0),
        after=_PAST,
        step=60,
    ),
    "silent platform": Trouble(
        description="No pod answers.",
        minutes=12,
        fires=frozenset({"AgiPlatformTargetsGone"}),
        changes=silent("agi-platform"),
    ),
    "silent hosts": Trouble(
        description="No host answers.", minutes=12, fires=frozenset({"AgiHostTargetsGone"}), changes=silent("agi-host")
    ),
    "calm": Trouble(
        description="Two hours in which one collection in a hundred is exported.",
        minutes=120,
        changes={"batch": False},
        health=1,
    ),
    "busy hour": Trouble(
        description="Load is high, so that everything is exported.", minutes=60, changes={"load": 0.93}, step=30
    ),
    "scrape gap": Trouble(
        description="No target answers for three minutes.", minutes=3, changes=silent("agi-platform", "agi-host")
    ),
    "restart": Trouble(description="The pods start again.", minutes=1, restarts="agi-platform"),
}
