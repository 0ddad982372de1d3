"""A run of QuantaCirc on a clock of its own: the same seed, the same run."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from random import Random

import attrs
from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.samples import Sample

from simulators.quantacirc.application import COMPONENTS, Application, QuantumState
from simulators.quantacirc.trouble import TROUBLES, Conditions

#: The application refreshes its metrics every so many seconds.
TICK = 10
#: A process that starts is away for so long, and records first so much later; seconds.
_STARTING, _FIRST_RECORD = 20, 20

PHASES = {"words": ("exploration", "exploitation"), "letters": ("A", "B")}
AGENTS = ("planner", "coder", "reviewer", "tester", "optimizer", "librarian")
VERIFICATIONS = ("types", "invariants", "termination", "equivalence")
#: Messages a second.
TOPICS = {"proposals": 6, "state": 5, "events": 4, "verification": 3, "control": 2}
#: Provider and model: requests a minute, and USD for a thousand tokens.
MODELS = {
    ("north", "north-large"): (6.0, 0.00050),
    ("north", "north-small"): (9.0, 0.00008),
    ("south", "south-large"): (6.0, 0.00040),
    ("south", "south-small"): (8.0, 0.00006),
}
_PARTS = {"static": 0.5, "dynamic": 0.3, "interaction": 0.2}
_POTENTIAL, _POTENTIAL_FLOOR = 4.0, 0.02
_ENERGY, _ENERGY_FLOOR = 400.0, 20.0
_HEALTHY = Conditions()
_BUSY = 80  # percent of CPU, from which on it no longer swings


@attrs.define
class _Run:
    """Where the optimisation stands; *began* in seconds of the simulation."""

    began: float
    potential: float = _POTENTIAL
    energy: float = _ENERGY
    turned: int = 0

    def move(self, conditions: Conditions) -> None:
        hours = TICK / 3600
        above = self.potential - _POTENTIAL_FLOOR
        self.potential = _POTENTIAL_FLOOR + above * math.exp(-conditions.potential_decay * hours)
        self.potential += conditions.potential_climb * hours
        self.energy = _ENERGY_FLOOR + (self.energy - _ENERGY_FLOOR) * math.exp(-conditions.energy_decay * hours)

    def phase(self, conditions: Conditions, at: float) -> int:
        if conditions.phase_every and at % (60 * conditions.phase_every) < TICK:
            self.turned += 1
        return (int(at - self.began >= 60 * conditions.exploration) + self.turned) % 2


class Simulation:
    """
    A run from second 0, which is *epoch* in seconds since 1970, moved on by `advance`.

    *troubles* start at the second given with their name, and last as long as `TROUBLES` says. Each component
    has dice of its own, so that a trouble of one leaves the others as they would have been.
    """

    def __init__(
        self,
        *,
        seed: int = 1,
        troubles: Mapping[str, float] | None = None,
        epoch: float = 0.0,
        spelling: str = "words",
    ) -> None:
        self.now = 0
        self.epoch = epoch
        self._troubles = [(start, TROUBLES[name]) for name, start in (troubles or {}).items()]
        self._phases = PHASES[spelling]
        self._dice = {component: Random(f"{seed} {component}") for component in COMPONENTS}
        self._started = dict.fromkeys(COMPONENTS, -float(_STARTING))
        self._run = _Run(0)
        self._application = Application(epoch)

    def advance(self, to_second: float) -> None:
        """Go on to the last tick before or at *to_second*; there is no way back."""
        while self.now + TICK <= to_second:
            self.now += TICK
            self._tick()

    def conditions(self) -> Conditions:
        """What holds now."""
        conditions = Conditions()
        for start, trouble in self._troubles:
            if start <= self.now < start + trouble.seconds:
                conditions = attrs.evolve(conditions, **trouble.changes)
        return conditions

    def answers(self, job: str) -> bool:
        """Whether a scrape of the job gets an answer now."""
        starting = job in COMPONENTS and self.now < self._started[job] + _STARTING
        return not starting and job not in self.conditions().silent

    def registry(self, component: str) -> CollectorRegistry:
        """What a component exposes now, for an encoder."""
        return self._application.registry(component, without=self.conditions().missing)

    def exposition(self, component: str) -> bytes:
        """What a component exposes now, in the text format."""
        return generate_latest(self.registry(component))

    def samples(self, component: str) -> Iterator[Sample]:
        """What a component exposes now: name, labels and value of each sample."""
        for metric in self.registry(component).collect():
            yield from metric.samples

    def _tick(self) -> None:
        conditions = self.conditions()
        for start, trouble in self._troubles:
            if trouble.restarts and start <= self.now < start + TICK:
                self._restart(trouble.restarts)
        for component in COMPONENTS:
            if self.now >= self._started[component] + _STARTING + _FIRST_RECORD:
                getattr(self, f"_{component}")(conditions, self._dice[component])

    def _restart(self, component: str) -> None:
        self._started[component] = self.now
        self._application.start(component, self.epoch + self.now + _STARTING)
        if component == "core":
            self._run = _Run(self.now)

    def _violations(self) -> Iterator[str]:
        for start, trouble in self._troubles:
            for second in trouble.violations:
                if self.now - TICK < start + second <= self.now:
                    yield "monotonic"

    def _core(self, conditions: Conditions, dice: Random) -> None:
        run, record = self._run, self._application
        run.move(conditions)
        # λ wanders in proportion to what parts it from 1, so that noise alone never makes a run lose convergence.
        distance = (conditions.contraction - 1) * (1 + _between(-0.6, dice.gauss(0, 0.17), 0.6))
        record.record_quantum_state(
            QuantumState(
                parts=_parts(run.energy * dice.gauss(1, 0.004), dice),
                potential=run.potential * dice.gauss(1, 0.003),
                contraction=1 + distance,
                phase=self._phases[run.phase(conditions, self.now)],
                at=self.epoch + self.now,
            )
        )
        rate = 0.16 * (run.energy - _ENERGY_FLOOR) / (_ENERGY - _ENERGY_FLOOR) * dice.uniform(0.6, 1.2)
        record.record_convergence_metrics(rate if conditions.rate is None else conditions.rate, self._violations())
        record.record_system_resources(*self._resources(conditions, dice))

    def _resources(self, conditions: Conditions, dice: Random) -> tuple[float, float, Mapping[str, int]]:
        cpu = conditions.cpu + 12 * math.sin(self.now / 430) * (conditions.cpu < _BUSY) + dice.gauss(0, 1)
        memory = conditions.memory + 0.3 * 2**30 * math.sin(self.now / 1150) + dice.gauss(0, 1e7)
        connections = {"nats": 40.0, "database": conditions.database_connections, "llm_provider": 8.0}
        return _between(0, cpu, 100), memory, {name: round(dice.gauss(usual, 1)) for name, usual in connections.items()}

    def _agents(self, conditions: Conditions, dice: Random) -> None:
        for agent in AGENTS:
            failing = conditions.failing_agent if agent == AGENTS[0] else _HEALTHY.failing_agent
            slowness = conditions.agent_slowness if agent == AGENTS[0] else 1
            for _ in range(_events(dice, conditions.executions)):
                self._execution(agent, failing, slowness, dice)

    def _execution(self, agent: str, failing: float, slowness: float, dice: Random) -> None:
        result = _outcome(dice, {"failure": failing, "skipped": 0.1}, "success")
        duration = slowness * _between(0.05, dice.lognormvariate(0.4, 0.9), 20)
        change = {component: dice.gauss(-0.4, 0.35) * share for component, share in _PARTS.items()}
        if result == "success":
            accepted = dice.random() < 0.7
            self._application.record_agent_execution(agent, result, duration, energy_change=change, accepted=accepted)
        else:
            self._application.record_agent_execution(agent, result, duration)

    def _verification(self, conditions: Conditions, dice: Random) -> None:
        for kind in VERIFICATIONS:
            there = conditions if kind == VERIFICATIONS[0] else _HEALTHY
            bad = {"fail": there.failing_verification, "timeout": there.late_verification}
            for _ in range(_events(dice, 2)):
                self._application.record_verification(kind, _outcome(dice, bad, "pass"))

    def _messaging(self, conditions: Conditions, dice: Random) -> None:
        for topic, a_second in TOPICS.items():
            failing = (conditions if topic == "proposals" else _HEALTHY).failing_messages
            bad = {"error": 0.7 * failing, "timeout": 0.3 * failing}
            for _ in range(_events(dice, 60 * a_second)):
                self._application.record_message(topic, _outcome(dice, bad, "success"), dice.lognormvariate(-3.9, 0.8))

    def _llm(self, conditions: Conditions, dice: Random) -> None:
        for (provider, model), (a_minute, price) in MODELS.items():
            failing = (conditions if model == "north-large" else _HEALTHY).failing_llm
            for _ in range(_events(dice, a_minute)):
                prompt, completion = int(dice.lognormvariate(6.8, 0.7)) + 1, int(dice.lognormvariate(5.6, 0.8)) + 1
                self._application.record_llm_usage(
                    provider,
                    model,
                    prompt_tokens=prompt,
                    completion_tokens=completion,
                    cost=conditions.llm_cost * price * (prompt + 3 * completion) / 1000,
                    success=dice.random() >= failing,
                )


def _parts(energy: float, dice: Random) -> Mapping[str, float]:
    weights = {component: share * dice.gauss(1, 0.02) for component, share in _PARTS.items()}
    whole = sum(weights.values())
    return {component: energy * weight / whole for component, weight in weights.items()}


def _outcome(dice: Random, bad: Mapping[str, float], good: str) -> str:
    thrown = dice.random()
    for outcome, share in bad.items():
        if thrown < share:
            return outcome
        thrown -= share
    return good


def _events(dice: Random, a_minute: float) -> int:
    """How many of so many a minute fall into one tick: Poisson, and for many its normal likeness."""
    expected = a_minute * TICK / 60
    if expected > 10:
        return max(0, round(dice.gauss(expected, math.sqrt(expected))))
    count, left = -1, expected
    while left >= 0:
        left -= dice.expovariate(1)
        count += 1
    return count


def _between(least: float, value: float, most: float) -> float:
    return min(max(least, value), most)
