"""
A simulated system on a clock of its own: the same seed, the same run, with troubles at times that a test chooses.

A simulator says what its processes expose and do; this is the clock, the dice, the troubles and the scrapes.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from random import Random
from typing import Any, ClassVar, Generic, TypeVar

import attrs
from prometheus_client import CollectorRegistry
from prometheus_client.metrics_core import Metric
from prometheus_client.registry import Collector
from prometheus_client.samples import Sample

#: Seconds from one step of a simulation to the next.
TICK = 10
#: A process that starts is away for so many seconds.
STARTING = 20


@attrs.frozen(kw_only=True)
class Target:
    """
    A target of a scrape job, known by *instance*.

    *discovered* is what service discovery says of it, *labels* what relabelling leaves of that.
    """

    job: str
    instance: str
    discovered: Mapping[str, str] = attrs.field(factory=dict, eq=False)
    labels: Mapping[str, str] = attrs.field(factory=dict, eq=False)

    @property
    def scraped(self) -> dict[str, str]:
        """The labels that a scrape adds."""
        return {"job": self.job, "instance": self.instance, **self.labels}


def pod(job: str, instance: str, namespace: str, port: str, name: str) -> Target:
    """A target that Kubernetes discovers."""
    return Target(
        job=job,
        instance=instance,
        discovered={
            "__meta_kubernetes_pod_container_port_name": port,
            "__meta_kubernetes_namespace": namespace,
            "__meta_kubernetes_pod_name": name,
        },
        labels={"namespace": namespace, "pod": name},
    )


@attrs.frozen(kw_only=True)
class Conditions:
    """What holds at a moment; a system's own have a field for each thing that may go wrong."""

    silent: frozenset[str] = frozenset()  # jobs whose targets do not answer


@attrs.frozen(kw_only=True)
class Trouble:
    """
    What it changes in the conditions for how many *minutes*, and the alerts that it *fires*: these, and no others.

    *restarts* is a job whose processes start again as it begins. It begins after *health* minutes without trouble, and
    *after* minutes from its end what it fired has resolved. Of long ones a sample is taken each *step* seconds.
    """

    description: str
    minutes: float
    fires: frozenset[str] = frozenset()
    changes: Mapping[str, Any] = attrs.field(factory=dict)
    restarts: str = ""
    health: int = 25
    after: int = 20
    step: int = 15

    @property
    def seconds(self) -> float:
        """How long it lasts."""
        return 60 * self.minutes


class Process:
    """What one target exposes: metrics in a registry of their own, which begin anew when it starts again."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        self.started = 0.0


P = TypeVar("P", bound=Process)
C = TypeVar("C", bound=Conditions)


class Clockwork(Generic[P, C]):
    """
    A run from second 0, which is *epoch* in seconds since 1970, moved on by `advance`.

    *troubles* start at the second given with their name. Each target has dice of its own, so that a trouble of one
    leaves the others as they would have been. A system's own class says what its *TARGETS* are, its *TROUBLES*, how
    a process of a target `begins`, and what happens in it at each `tick`.
    """

    TARGETS: ClassVar[tuple[Target, ...]]
    TROUBLES: ClassVar[Mapping[str, Trouble]]
    HEALTH: ClassVar[Conditions]

    def __init__(self, *, seed: int = 1, troubles: Mapping[str, float] | None = None, epoch: float = 0.0) -> None:
        self.now = 0
        self.epoch = epoch
        self._troubles = [(start, self.TROUBLES[name]) for name, start in (troubles or {}).items()]
        self._dice = {target: Random(f"{seed} {target.job} {target.instance}") for target in self.TARGETS}
        self._back = dict.fromkeys(self.TARGETS, 0)
        self.processes: dict[Target, P] = {}
        for target in self.TARGETS:
            self._start(target)

    # To be given by a system -----------------------------------------------------------------------------

    def begins(self, target: Target) -> P:
        """A process as it starts, with nothing counted."""
        raise NotImplementedError

    def tick(self, target: Target, process: P, conditions: C, dice: Random) -> None:
        """What happens in a process from one step to the next."""
        raise NotImplementedError

    # The clock -------------------------------------------------------------------------------------------

    def advance(self, to_second: float) -> None:
        """Go on to the last tick before or at *to_second*; there is no way back."""
        while self.now + TICK <= to_second:
            self.now += TICK
            self._tick()

    def conditions(self) -> C:
        """What holds now."""
        found: Any = self.HEALTH
        for start, trouble in self._troubles:
            if start <= self.now < start + trouble.seconds:
                found = attrs.evolve(found, **trouble.changes)
        conditions: C = found
        return conditions

    def _tick(self) -> None:
        conditions = self.conditions()
        for start, trouble in self._troubles:
            if trouble.restarts and start <= self.now < start + TICK:
                for target in self.TARGETS:
                    if target.job == trouble.restarts:
                        self._start(target, away=STARTING)
        for target, process in self.processes.items():
            if self.now >= self._back[target]:
                self.tick(target, process, conditions, self._dice[target])

    def _start(self, target: Target, away: int = 0) -> None:
        self._back[target] = self.now + away
        process = self.processes[target] = self.begins(target)
        process.started = self.epoch + self._back[target]

    # Scrapes ---------------------------------------------------------------------------------------------

    def answers(self, target: Target) -> bool:
        """Whether a scrape of the target gets an answer now."""
        return self.now >= self._back[target] and target.job not in self.conditions().silent

    def registry(self, target: Target) -> CollectorRegistry:
        """What a target exposes now, for an encoder."""
        exposed = CollectorRegistry()
        exposed.register(_Exposed(self.processes[target]))
        return exposed

    def samples(self, target: Target) -> Iterator[Sample]:
        """What a target exposes now: name, labels and value of each sample."""
        for metric in self.registry(target).collect():
            yield from metric.samples


class _Exposed(Collector):
    """
    A process's metrics as it answers with them.

    The client stamps each child with the wall clock, and exposes it as `_created`: a series that Prometheus stores
    like any other, so it stays. Here it says when the process started, for two runs of one seed must be alike.
    """

    def __init__(self, process: Process) -> None:
        self._process = process

    def collect(self) -> Iterator[Metric]:
        for metric in self._process.registry.collect():
            metric.samples = [
                each._replace(value=self._process.started) if each.name == f"{metric.name}_created" else each
                for each in metric.samples
            ]
            yield metric


# Dice ------------------------------------------------------------------------------------------------------


def events(dice: Random, a_minute: float) -> int:
    """How many of so many a minute fall into one tick: Poisson, and for many its normal likeness."""
    expected = a_minute * TICK / 60
    if expected > 10:
        return max(0, round(dice.gauss(expected, math.sqrt(expected))))
    count, left = -1, expected
    while left >= 0:
        left -= dice.expovariate(1)
        count += 1
    return count


def of_them(dice: Random, count: int, share: float) -> int:
    """How many of a number of events are of a kind of which there is a share."""
    if count > 100:
        return min(count, max(0, round(dice.gauss(count * share, math.sqrt(count * share * (1 - share))))))
    return sum(dice.random() < share for _ in range(count))


def between(least: float, value: float, most: float) -> float:
    """The value, within bounds."""
    return min(max(least, value), most)


def day(at: float, least: float = 0.4) -> float:
    """How busy an hour of the day is, from *least* at night to 1 at noon; *at* in seconds since 1970."""
    return least + (1 - least) * (1 - math.cos(2 * math.pi * (at % 86_400) / 86_400)) / 2


def silent(*jobs: str) -> Mapping[str, Any]:
    """The change of a trouble in which jobs do not answer."""
    return {"silent": frozenset(jobs)}
