"""What can go wrong in a run, by name."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import attrs

#: What answers scrapes: the five components, the push gateway, and the Prometheus of each other cluster.
JOBS = ("core", "agents", "verification", "messaging", "llm", "push", "federation")

_GIB = 2**30


@attrs.frozen(kw_only=True)
class Conditions:
    """What holds at a moment; as it stands, a healthy run."""

    contraction: float = 0.91  # centre of λ, which wanders by 0.06
    potential_decay: float = 1.0  # of Φ, per hour
    potential_climb: float = 0.0  # of Φ, per hour, on top
    energy_decay: float = 1.0  # per hour; below 0 it grows
    rate: float | None = None  # of convergence; by itself it follows the energy
    exploration: float = 90.0  # minutes until a run exploits
    phase_every: float | None = None  # minutes until the other phase, over and over
    executions: float = 6.0  # of each agent per minute
    failing_agent: float = 0.015  # of the first agent's executions
    agent_slowness: float = 1.0  # of the first agent: factor on its durations
    failing_verification: float = 0.01  # of the first type
    late_verification: float = 0.01  # of the first type
    failing_messages: float = 0.002  # of the first topic
    failing_llm: float = 0.01  # of the first model
    llm_cost: float = 1.0  # factor on what requests cost
    cpu: float = 45.0  # percent
    memory: float = 3.5 * _GIB  # bytes
    database_connections: float = 20.0
    missing: frozenset[str] = frozenset()  # metrics that core no longer exposes
    silent: frozenset[str] = frozenset()  # jobs whose targets do not answer


@attrs.frozen(kw_only=True)
class Trouble:
    """
    A trouble: what it changes in the conditions for how many *minutes*.

    *violations* are the seconds after its start at which a closure rule is violated; *restarts* is a component
    that starts again at its start.
    """

    description: str
    minutes: float
    changes: Mapping[str, Any] = attrs.field(factory=dict)
    violations: tuple[float, ...] = ()
    restarts: str = ""

    @property
    def seconds(self) -> float:
        """How long it lasts."""
        return 60 * self.minutes


def _silent(*jobs: str) -> Mapping[str, Any]:
    return {"silent": frozenset(jobs)}


TROUBLES: Mapping[str, Trouble] = {
    "closure violation": Trouble(
        description="One proposal violates a closure rule that was never violated before.",
        minutes=5,
        violations=(0,),
    ),
    "closure violations": Trouble(
        description="Proposals violate one closure rule again and again.",
        minutes=5,
        violations=tuple(range(0, 300, 40)),
    ),
    "convergence lost": Trouble(
        description="λ settles above 1, and Φ stays where it is.",
        minutes=15,
        changes={"contraction": 1.02, "potential_decay": 0.0},
    ),
    "convergence stalled": Trouble(
        description="Nothing moves, while the energy is still high.",
        minutes=25,
        changes={"rate": 0.0004, "potential_decay": 0.0, "energy_decay": 0.0},
    ),
    "divergence": Trouble(
        description="Φ rises.",
        minutes=20,
        changes={"contraction": 0.97, "potential_decay": 0.0, "potential_climb": 0.9},
    ),
    "slow decay": Trouble(
        description="Φ still falls, but ten times as slowly.",
        minutes=75,
        changes={"potential_decay": 0.1},
    ),
    "endless phase": Trouble(
        description="The run never leaves exploration.",
        minutes=12.25 * 60,
        changes={"exploration": float("inf")},
    ),
    "flapping phase": Trouble(
        description="The run changes its phase every few minutes.",
        minutes=25,
        changes={"phase_every": 2.5},
    ),
    "energy rising": Trouble(
        description="The energy grows, though Φ still falls.",
        minutes=80,
        changes={"energy_decay": -0.6},
    ),
    "failing agent": Trouble(
        description="An agent fails a third of its executions.",
        minutes=25,
        changes={"failing_agent": 0.33},
    ),
    "slow agent": Trouble(
        description="An agent takes minutes where it took seconds.",
        minutes=30,
        changes={"agent_slowness": 60.0},
    ),
    "idle agents": Trouble(
        description="The agents answer scrapes, and do nothing.",
        minutes=25,
        changes={"executions": 0.0},
    ),
    "failing verification": Trouble(
        description="A third of one type's verifications fail.",
        minutes=45,
        changes={"failing_verification": 0.33},
    ),
    "late verification": Trouble(
        description="A third of one type's verifications time out.",
        minutes=45,
        changes={"late_verification": 0.33},
    ),
    "failing messages": Trouble(
        description="An eighth of one topic's messages fail.",
        minutes=25,
        changes={"failing_messages": 0.125},
    ),
    "failing model": Trouble(
        description="A fifth of the requests to one model fail.",
        minutes=35,
        changes={"failing_llm": 0.2},
    ),
    "costly models": Trouble(
        description="Requests cost a hundred times as much.",
        minutes=25,
        changes={"llm_cost": 100.0},
    ),
    "busy CPU": Trouble(description="All cores are busy.", minutes=25, changes={"cpu": 96.0}),
    "full memory": Trouble(description="Memory runs full.", minutes=25, changes={"memory": 7.7 * _GIB}),
    "many connections": Trouble(
        description="Connections to the database are not given back.",
        minutes=20,
        changes={"database_connections": 92.0},
    ),
    "missing metric": Trouble(
        description="Core answers, but no longer exposes λ.",
        minutes=20,
        changes={"missing": frozenset({"quantacirc_contraction_factor"})},
    ),
    **{
        f"silent {job}": Trouble(description=f"The targets of {job} are gone.", minutes=12, changes=_silent(job))
        for job in JOBS
    },
    "scrape gap": Trouble(description="No target answers for three minutes.", minutes=3, changes=_silent(*JOBS)),
    "restart": Trouble(
        description="Core starts again, and a new run begins at high Φ and energy.", minutes=1, restarts="core"
    ),
    "agents restart": Trouble(description="The agents' process starts again.", minutes=1, restarts="agents"),
}
