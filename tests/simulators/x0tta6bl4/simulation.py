"""A run of x0tta6bl4: requests through the gateway, what services make of them, and what the books say of it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from functools import singledispatchmethod
from random import Random
from typing import ClassVar

import attrs

from simulators.clockwork import TICK, Clockwork, Process, Target, Trouble, between, day, events, of_them, pod
from simulators.x0tta6bl4.process import (
    NAMESPACE,
    Analyzer,
    Autonomous,
    Books,
    Gateway,
    Predictive,
    Quantum,
    Service,
)
from simulators.x0tta6bl4.trouble import SERVICES, SHARES, TROUBLES, Conditions

ASSETS = ("compressor-1", "compressor-2", "pump-7", "turbine-3")
_HOUR = 3_600
_BUSIEST = 25.0  # requests a second, at noon
_CUSTOMERS = 40
#: USD of a month before the platform, and seconds of a repair.
BASELINE = dict(zip(SERVICES, (21_000.0, 34_000.0, 12_000.0, 5_000.0), strict=True))
BASELINE_REPAIR = 5_400.0
# In truth a model is updated once a day, and there are some dozens of outcomes: here a day passes in an hour, or a
# test of two hours would not know a single budget.
_UPDATES, _OUTCOMES = 0.5, 2.0  # a minute


@attrs.frozen
class _Kind:
    """A kind of service: its process, the weights of its operations, and its model."""

    process: type[Service]
    operations: Mapping[str, float]
    model: str
    asks: str


_KINDS = dict(
    zip(
        SERVICES,
        (
            _Kind(
                Predictive, {"predictMaintenance": 0.9, "scheduleMaintenance": 0.1}, "failures", "predictMaintenance"
            ),
            _Kind(Quantum, {"optimizeSystem": 0.5, "getOptimizationStatus": 0.5}, "gains", "optimizeSystem"),
            _Kind(Analyzer, {"analyzeAnomaly": 0.7, "getAnomalyInsights": 0.3}, "anomalies", "analyzeAnomaly"),
            _Kind(
                Autonomous,
                {"startOptimizationLoop": 0.05, "stopOptimizationLoop": 0.05, "getOptimizationMetrics": 0.9},
                "",
                "",
            ),
        ),
        strict=True,
    )
)


class Simulation(Clockwork[Process, Conditions]):
    """One pod of each service, one gateway, and the books."""

    TARGETS: ClassVar[tuple[Target, ...]] = (
        *(
            pod(f"x0tta6bl4-{name}", f"10.4.6.{number}:8000", NAMESPACE, "metrics", f"{name}-5f7d9c6b4-x2mq{number}")
            for number, name in enumerate(SERVICES)
        ),
        pod("x0tta6bl4-gateway", "10.4.0.9:15090", "istio-system", "http-envoy-prom", "istio-ingressgateway-7b8-k4f6w"),
        Target(job="x0tta6bl4-books", instance="x0tta6bl4-books.x0tta6bl4.svc:8000"),
    )
    TROUBLES: ClassVar[Mapping[str, Trouble]] = TROUBLES
    HEALTH: ClassVar[Conditions] = Conditions()

    def begins(self, target: Target) -> Process:
        """A process as it starts, with nothing counted."""
        name = target.job.removeprefix("x0tta6bl4-")
        if name == "gateway":
            return Gateway()
        if name == "books":
            return Books(BASELINE, BASELINE_REPAIR)
        kind = _KINDS[name]
        return kind.process(name, kind.operations, kind.model)

    def tick(self, target: Target, process: Process, conditions: Conditions, dice: Random) -> None:  # noqa: ARG002 - as asked
        """What happens in a process from one step to the next."""
        if isinstance(process, Service):
            self._service(process, conditions, dice)
        self._own(process, conditions, dice)

    @property
    def _at(self) -> float:
        return self.epoch + self.now

    def _rate(self, name: str, conditions: Conditions, ahead: float = 0) -> float:
        """Requests a second to a service."""
        return _BUSIEST * day(self._at + ahead) * conditions.shares[name]

    # What all services do --------------------------------------------------------------------------------

    def _service(self, process: Service, conditions: Conditions, dice: Random) -> None:
        kind = _KINDS[process.name]
        troubled = isinstance(process, Quantum)
        failing = conditions.failing if troubled else self.HEALTH.failing
        rate = self._rate(process.name, conditions)
        for operation, weight in kind.operations.items():
            count = events(dice, 60 * rate * weight)
            process.done(operation, count, of_them(dice, count, failing))
            if operation == kind.asks:
                self._infer(process, operation, count, conditions.slow if troubled else 0, dice)
        expected = self._rate(process.name, self.HEALTH, ahead=15 * 60)
        process.load.labels(process.name).set(expected * dice.gauss(1, 0.03))
        if process.model:
            self._model(process, conditions, dice)

    def _infer(self, process: Service, operation: str, count: int, slow: float, dice: Random) -> None:
        took, sure = process.inference.labels(operation), process.confidence.labels(process.model)
        for _ in range(count):
            took.observe(dice.lognormvariate(-3.4, 0.35) + (0.12 if dice.random() < slow else 0))
            sure.observe(between(0, dice.gauss(0.88, 0.07), 1))

    def _model(self, process: Service, conditions: Conditions, dice: Random) -> None:
        there = conditions if isinstance(process, Analyzer) else self.HEALTH
        age = conditions.age if isinstance(process, Predictive) else self.HEALTH.age
        trained = self.epoch - age * _HOUR
        process.serves(datetime.fromtimestamp(trained, UTC).strftime("%Y.%m.%d"), there.approval, trained)
        process.fairness.labels(process.model).set(between(0, dice.gauss(there.fairness, 0.01), 1))
        process.bias.labels(process.model).set(between(0, dice.gauss(0.04, 0.005), 1))
        for _ in range(events(dice, _UPDATES)):
            result = "interrupting" if dice.random() < conditions.interrupted else "seamless"
            process.updates.labels(process.model, result).inc()

    # What each does by itself ----------------------------------------------------------------------------

    @singledispatchmethod
    def _own(self, process: Process, conditions: Conditions, dice: Random) -> None:
        raise NotImplementedError(type(process))

    @_own.register
    def _(self, process: Predictive, conditions: Conditions, dice: Random) -> None:
        outcomes = events(dice, _OUTCOMES)
        wrong = of_them(dice, outcomes, conditions.wrong_predictions)
        process.predictions.labels("right").inc(outcomes - wrong)
        process.predictions.labels("missed").inc(wrong // 2)
        process.predictions.labels("false_alarm").inc(wrong - wrong // 2)
        for number, asset in enumerate(ASSETS):
            left = _HOUR * (2 + 7 * number) - self.now % _HOUR
            process.start.labels(asset).set(self._at + left)
            process.risk.labels(asset).set(between(0, dice.gauss(0.4 / (1 + number), 0.01), 1))
        for state, count in {"scheduled": 4, "running": 1, "overdue": conditions.overdue}.items():
            process.tasks.labels(state).set(count)
        process.finished.labels("done").inc(events(dice, 0.2))

    @_own.register
    def _(self, process: Quantum, conditions: Conditions, dice: Random) -> None:
        for _ in range(events(dice, _OUTCOMES)):
            process.gain.observe(between(-0.2, dice.gauss(conditions.gain, 0.08), 1))
            process.contribution.observe(between(0, dice.gauss(0.35, 0.1), 1))

    @_own.register
    def _(self, process: Analyzer, conditions: Conditions, dice: Random) -> None:
        named, found = events(dice, _OUTCOMES), events(dice, _OUTCOMES)
        wrong, false = of_them(dice, named, conditions.wrong_causes), of_them(dice, found, conditions.false_positives)
        process.causes.labels("right").inc(named - wrong)
        process.causes.labels("wrong").inc(wrong)
        process.anomalies.labels("confirmed").inc(found - false)
        process.anomalies.labels("false_positive").inc(false)

    @_own.register
    def _(self, process: Autonomous, conditions: Conditions, dice: Random) -> None:
        process.loops.set(3)
        tasks, changes = events(dice, 3 * _OUTCOMES), events(dice, _OUTCOMES)
        platform, refused = of_them(dice, tasks, conditions.by_platform), of_them(dice, changes, 0.1)
        process.tasks.labels("platform").inc(platform)
        process.tasks.labels("person").inc(tasks - platform)
        process.validations.labels("passed").inc(changes - refused)
        process.validations.labels("refused").inc(refused)
        process.validations.labels("rolled_back").inc(events(dice, conditions.rolled_back))

    @_own.register
    def _(self, process: Gateway, conditions: Conditions, dice: Random) -> None:
        for name in SHARES:
            count = events(dice, 60 * self._rate(name, conditions))
            failing = conditions.failing if name == SERVICES[1] else self.HEALTH.failing
            failed, wrong = of_them(dice, count, failing), of_them(dice, count, 0.01)
            process.answered(name, 200, max(0, count - failed - wrong))
            process.answered(name, 404, wrong)
            process.answered(name, 503, failed)
        process.answered("console", 200, events(dice, 120))

    @_own.register
    def _(self, process: Books, conditions: Conditions, dice: Random) -> None:
        checks = events(dice, _CUSTOMERS)
        missed = of_them(dice, checks, conditions.missed)
        process.checks.labels("met").inc(checks - missed)
        process.checks.labels("missed").inc(missed)
        process.score.set(between(0, dice.gauss(0.995, 0.001), 1))
        for service, before in BASELINE.items():
            process.projected.labels(service).set(before * conditions.cost * dice.gauss(1, 0.002))
            process.cost.labels(service).inc(before * conditions.cost * TICK / (30 * 24 * _HOUR))
        for _ in range(events(dice, _OUTCOMES)):
            process.repair.observe(conditions.repair * dice.lognormvariate(0, 0.4))
        for _ in range(events(dice, 4 * _OUTCOMES)):
            process.rating.observe(5 if dice.random() < conditions.rating else dice.choice((3, 4)))
