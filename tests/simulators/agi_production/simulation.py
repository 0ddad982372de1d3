"""A run of AGI production: two pods of the platform, which skip most collections, on two hosts."""

from __future__ import annotations

from collections.abc import Mapping
from random import Random

from prometheus_client import CollectorRegistry

from simulators.agi_production.process import (
    COLLECTORS,
    COMPONENTS,
    CPUS,
    FAMILIES,
    FEATURES,
    GIB,
    REGIONS,
    TIERS,
    Family,
    Host,
    Pod,
    observe,
)
from simulators.agi_production.trouble import PODS, TROUBLES, Conditions
from simulators.clockwork import TICK, Clockwork, Target, between, day, events, of_them, pod

#: A scrape is a collection, each so many seconds.
COLLECTION = 15
#: As many values are rolled of a histogram at a tick.
_ROLLED = 10
_NOON = 43_200  # where a run begins without an epoch: at night half as many users are awake

USERS = 4_000
COST_A_DAY = 700.0  # of the platform, at noon


class Simulation(Clockwork[Pod | Host, Conditions]):
    """AGI production; what a pod exports follows its errors, its anomaly score and its load, as the platform's does."""

    TARGETS = (
        *(pod("agi-platform", address, "agi", "metrics", f"agi-platform-{number}")
          for number, address in enumerate(PODS)),
        *(Target(job="agi-host", instance=f"agi-{number}:9100") for number in (1, 2)),
    )  # fmt: skip
    TROUBLES = TROUBLES
    HEALTH = Conditions()

    def __init__(self, *, seed: int = 1, troubles: Mapping[str, float] | None = None, epoch: float = 0.0) -> None:
        self._seed = seed
        super().__init__(seed=seed, troubles=troubles, epoch=epoch)

    def begins(self, target: Target) -> Pod | Host:
        """A pod or a host as it starts."""
        return Pod() if target.job == "agi-platform" else Host()

    def tick(self, target: Target, process: Pod | Host, conditions: Conditions, dice: Random) -> None:  # noqa: ARG002 - a process knows which it is
        """Ten seconds of it."""
        if isinstance(process, Host):
            self._host(process, conditions, dice)
            return
        self._users(process, conditions, dice)
        done, failed = map(sum, zip(*(self._family(process, name, conditions, dice) for name in FAMILIES), strict=True))
        self._alone(process, conditions, dice)
        score = between(0, dice.gauss(conditions.score, 0.02), 1)
        process.score.set(score)
        process.sampling.set(share(errors=failed / done, score=score, load=self._load(conditions, dice)))
        if self.now % COLLECTION < TICK:
            self._collection(process, conditions, dice)

    # What is exported --------------------------------------------------------------------------------------

    def registry(self, target: Target) -> CollectorRegistry:
        """What a target exposes now: a pod nothing, where it skips this collection."""
        return super().registry(target) if self.exports(target) else CollectorRegistry()

    def exports(self, target: Target) -> bool:
        """Whether a scrape of the target is answered with its metrics now; of a moment always the same."""
        process = self.processes[target]
        if not isinstance(process, Pod):
            return True
        sampled = Random(f"{self._seed} {target.instance} {self.now}").random() < process.sampling._value.get()  # noqa: SLF001
        return sampled and target.instance not in self.conditions().mute

    # A pod ---------------------------------------------------------------------------------------------------

    def _busy(self) -> float:
        return day(self.epoch + self.now if self.epoch else _NOON + self.now)

    def _load(self, conditions: Conditions, dice: Random) -> float:
        """Of the CPUs: in each hour a batch rises above 0.9 for three minutes, and above 0.7 for nine."""
        minute = self.now / 60 % 60
        batch = (0.43 if minute < 43 else 0.25) if conditions.batch and 40 <= minute < 49 else 0
        return conditions.load + batch + dice.gauss(0, 0.005)

    def _users(self, process: Pod, conditions: Conditions, dice: Random) -> None:
        active = USERS / 2 * self._busy()
        for tier, of_tier in TIERS.items():
            for region, of_region in REGIONS.items():
                process.users.labels(tier, region).set(round(active * of_tier * of_region * dice.gauss(1, 0.02)))
        requests = events(dice, active / 3)
        failed = of_them(dice, requests, conditions.failing_requests)
        process.requests.labels("success").inc(requests - failed)
        process.requests.labels("error").inc(failed)
        for feature, part in FEATURES.items():
            process.features.labels(feature).inc(events(dice, active / 5 * part))
        for component, part in COMPONENTS.items():
            process.cost.labels(component).inc(conditions.cost * COST_A_DAY / 2 * part * TICK / 86_400 * self._busy())

    def _family(self, process: Pod, name: str, conditions: Conditions, dice: Random) -> tuple[int, int]:
        """Inferences of a family, and those of them that failed."""
        family: Family = FAMILIES[name]
        done = events(dice, family.inferences * 60 / COLLECTION * self._busy())
        failed = of_them(dice, done, conditions.failing.get(name, family.errors / family.inferences))
        process.inferences.labels(name).inc(done)
        process.errors.labels(name).inc(failed)
        observe(process.duration.labels(name), _times(dice, family.latency * conditions.slowness.get(name, 1)), done)
        # the constitution is frozen: its score hardly moves
        spread = 0.003 if name == "constitutional" else 0.03
        moved = conditions.drift if name == "constitutional" else 0
        process.drift.labels(name).set(between(0, dice.gauss(family.drift + moved, spread), 1))
        return done, failed

    def _alone(self, process: Pod, conditions: Conditions, dice: Random) -> None:
        busy = self._busy()
        process.translation.set(_near(dice, conditions.translation))
        process.understood.set(_near(dice, 0.92))
        observe(process.fusion, _times(dice, 0.05), events(dice, 120 * busy))
        process.symbols.inc(events(dice, 3 * busy))
        process.folds.inc(events(dice, 6 * busy))
        process.unlawful.inc(events(dice, 0.2 * busy))

        frames = events(dice, 60 * conditions.frames)
        process.frames.inc(frames)
        observe(process.frame_duration, _times(dice, 0.03), frames)
        process.detection.set(_near(dice, conditions.detection))
        process.cultural.set(_near(dice, 0.88))

        checks = events(dice, 40_000 * busy)
        violated = of_them(dice, checks, 0.002)
        process.checks.inc(checks)
        process.violations.inc(violated)
        process.repairs.inc(of_them(dice, violated, conditions.repaired))
        observe(process.proof, _times(dice, 0.2), violated)

        process.memories.labels("encode").inc(events(dice, 200 * busy))
        process.memories.labels("retrieve").inc(events(dice, 600 * busy))
        process.consolidation.set(_near(dice, 0.15))
        process.forgetting.set(_near(dice, conditions.forgetting))
        process.activity.set(_near(dice, 0.3 + 0.4 * busy, 0.03))

        observe(process.depth, [between(4, dice.gauss(18, 3), 60) for _ in range(_ROLLED)], events(dice, 200 * busy))
        process.fidelity.set(_near(dice, conditions.fidelity, 0.0005))
        process.coherence.set(conditions.coherence * dice.gauss(1, 0.02))
        process.overhead.set(_near(dice, conditions.overhead))

    def _collection(self, process: Pod, conditions: Conditions, dice: Random) -> None:
        process.collection.observe(between(0.03, dice.lognormvariate(-1.6, 0.4), 9))
        process.collectors.set(len(COLLECTORS))
        process.extracted.inc(round(dice.gauss(120, 5)))
        for collector in COLLECTORS:
            process.failures.labels(collector).inc(dice.random() < conditions.failing_collector)

    # A host --------------------------------------------------------------------------------------------------

    def _host(self, process: Host, conditions: Conditions, dice: Random) -> None:
        load = self._load(conditions, dice) * (0.6 + 0.4 * self._busy())
        for cpu in range(CPUS):
            used = between(0, load * dice.gauss(1, 0.05), 1)
            for mode, part in (("user", 0.8 * used), ("system", 0.2 * used), ("idle", 1 - used)):
                process.cpu.labels(str(cpu), mode).inc(TICK * part)
        for minutes, gauge in process.load.items():
            gauge.set(load * CPUS * dice.gauss(1, 0.05 / minutes))
        # what a trouble wrote, and what leaked, is gone as soon as it ends: somebody deletes, or starts again
        process.written = process.written + conditions.writes * TICK / 3600 if conditions.writes else 0
        process.leaked = process.leaked + conditions.leak * TICK / 3600 if conditions.leak else 0
        process.available.set(max(0, 40 * GIB - process.leaked + dice.gauss(0, 0.2 * GIB)))
        process.swap_free.set(process.SWAP)
        for mountpoint, (device, fstype, size) in process.SIZES.items():
            written = process.written if mountpoint == "/models" else 0
            process.free.labels(device, fstype, mountpoint).set(
                max(0, 0.4 * size - written + dice.gauss(0, 0.01 * GIB))
            )
        for name, counter in process.disk.items():
            for device in ("sda", "dm-0"):
                counter.labels(device).inc(events(dice, 600 * load) * (4096 if "bytes" in name else 1))
        for name, counter in process.network.items():
            for device in ("eth0", "lo"):
                counter.labels(device).inc(events(dice, 60_000 * load) * (900 if "bytes" in name else 1))
        process.connections.set(round(dice.gauss(400 * self._busy(), 8)))
        process.pids.set(round(dice.gauss(310, 4)))


def share(*, errors: float, score: float, load: float) -> float:
    """Of the collections, which the platform exports."""
    if errors > 0.01 or score > 0.8 or load > 0.9:
        return 1.0
    return 0.1 if load > 0.7 or score > 0.5 else 0.01


def _times(dice: Random, usual: float) -> list[float]:
    """Of lognormal likeness: a tenth is above 1.2 times the usual, one in 400 above twice."""
    return [usual * dice.lognormvariate(-0.29, 0.35) for _ in range(_ROLLED)]


def _near(dice: Random, value: float, spread: float = 0.003) -> float:
    return between(0, dice.gauss(value, spread), 1)
