"""A run of the monitor on a clock of its own."""

from __future__ import annotations

from collections.abc import Iterator
from random import Random

import attrs

from simulators.clockwork import TICK, Clockwork, Target, between, day
from simulators.proactive_monitor.process import CHANNELS, SEVERITIES, Finding, Monitor
from simulators.proactive_monitor.trouble import TROUBLES, Conditions

_METHODS = ("zscore", "iqr", "mad", "rate_of_change")
#: Between which deviations a severity lies.
_DEVIATIONS = {"low": (3, 5), "medium": (5, 10), "high": (10, 30), "critical": (30, 80)}
#: How many seconds a finding waits, in the mean, until somebody acknowledges it.
_PATIENCE = {"low": 3600, "medium": 1800, "high": 600, "critical": 120}
#: So many of the checks find something, and after one that does so many of the next: what is unusual lasts a while.
_FINDING, _AGAIN = 0.02, 0.35
#: Of a queue there is more to say: its user has not found the right sensitivity yet.
_OF_THE_QUEUE = 0.15
#: How findings are spread over severities; a critical one is a trouble.
_SPREAD = (65, 28, 7, 0)
_NOTIFIED = SEVERITIES.index("medium")


@attrs.frozen
class Watched:
    """A target as a user declares it; *usual* is its value at noon."""

    name: str
    source: str
    interval: int
    points: int
    usual: float


BUILT_IN = (
    Watched("error_rate", "prometheus", 300, 240, 0.002),
    Watched("response_time", "prometheus", 300, 240, 0.18),
    Watched("cpu", "prometheus", 180, 8 * 240, 0.45),
    Watched("memory", "prometheus", 300, 8 * 240, 3.1e9),
)
#: Of its users: one in the fastest tier, and one in the slowest.
QUEUE = Watched("queue_depth", "prometheus", 60, 240, 140)
CHECKOUT = Watched("checkout_errors", "loki", 900, 60, 4)
_MANY = tuple(
    Watched(f"team_{number}", "prometheus", (60, 300, 900)[number % 3], 240, 10 * number) for number in range(1, 41)
)


class Simulation(Clockwork[Monitor, Conditions]):
    """A monitor that watches six targets."""

    TARGETS = (Target(job="proactive-monitor", instance="monitor:9105"),)
    TROUBLES = TROUBLES
    HEALTH = Conditions()

    def begins(self, target: Target) -> Monitor:  # noqa: ARG002 - there is but one
        """With nothing checked, and nothing found."""
        return Monitor()

    def tick(self, target: Target, process: Monitor, conditions: Conditions, dice: Random) -> None:  # noqa: ARG002
        """It checks what is due, and somebody looks at what it found."""
        if conditions.stopped != (not process.running):
            process.running = not conditions.stopped
            process.due.clear()
        process.state.state("running" if process.running else "stopped")
        watched = (*BUILT_IN, QUEUE, CHECKOUT, *_MANY[: conditions.users_targets])
        self._list(process, watched)
        if process.running and not conditions.hangs:
            for each in watched:
                if self.now >= process.due[each.name] and each.name not in conditions.skipped:
                    process.due[each.name] += each.interval * (1 + (self.now - process.due[each.name]) // each.interval)
                    self._check(process, each, conditions, dice)
        if conditions.answered:
            self._acknowledge(process, dice)
        use = conditions.cpu if process.running else conditions.idle_cpu
        process.cpu.inc(TICK * use * dice.uniform(0.85, 1.15))
        process.memory.set(conditions.memory + 8000 * len(process.kept) + dice.gauss(0, 2e5))

    def _list(self, process: Monitor, watched: tuple[Watched, ...]) -> None:
        """A target is first due some time into its interval, so that not all are at once; one that is gone is dropped."""
        for number, each in enumerate(watched):
            if each.name not in process.due:
                process.due[each.name] = self.now + (10 + 40 * number) % each.interval
                process.interval.labels(each.name).set(each.interval)
                process.last_check.labels(each.name).set(self.epoch + self.now)
        for name in process.due.keys() - {each.name for each in watched}:
            del process.due[name]
            for metric in (process.interval, process.last_check, process.value, process.expected):
                metric.remove(name)
        for source in ("prometheus", "loki"):
            process.targets.labels(source).set(sum(each.source == source for each in watched))

    # Checks ------------------------------------------------------------------------------------------------

    def _check(self, process: Monitor, each: Watched, conditions: Conditions, dice: Random) -> None:
        asked = between(0.02, dice.lognormvariate(0.2 if each.source == "loki" else -1.6, 0.5), 30)
        process.query_duration.labels(each.source).observe(asked)
        process.last_check.labels(each.name).set(self.epoch + self.now)
        result = (
            "failure" if each.name in conditions.failing else "empty" if each.name in conditions.empty else "success"
        )
        process.checks.labels(each.name, result).inc()
        if result != "success":
            return
        points = round(each.points * dice.uniform(0.97, 1))
        process.check_points.labels(each.source).observe(points)
        process.check_duration.labels(each.source).observe(asked + points * 4e-5 * dice.uniform(0.8, 1.6))
        expected = each.usual * day(self.epoch + self.now)
        process.expected.labels(each.name).set(expected)
        process.value.labels(each.name).set(max(0.0, expected * dice.gauss(1, 0.05)))
        severities = list(self._severities(process, each, conditions, dice))
        for severity in severities:
            self._found(process, each, severity, conditions, dice)
        process.unusual[each.name] = bool(severities)

    def _severities(self, process: Monitor, each: Watched, conditions: Conditions, dice: Random) -> Iterator[str]:
        usual = _OF_THE_QUEUE if each == QUEUE else _FINDING
        if dice.random() < (_AGAIN if process.unusual.get(each.name) else usual):
            yield dice.choices(SEVERITIES, _SPREAD)[0]
        if each.name in conditions.critical:
            yield "critical"
        if each == QUEUE:
            yield from ["high"] * conditions.flood

    def _found(self, process: Monitor, each: Watched, severity: str, conditions: Conditions, dice: Random) -> None:
        off = dice.uniform(*_DEVIATIONS[severity])
        methods = dice.sample(_METHODS, dice.choices((1, 2, 3), (3, 4, 3))[0])
        process.found(Finding(each.name, severity, self.now))
        process.last_finding.labels(each.name).set(self.epoch + self.now)
        process.deviations.observe(off)
        process.confidence.observe(between(0.4, 0.35 + 0.2 * len(methods) + dice.gauss(0.05, 0.05), 1))
        process.agreed.observe(len(methods))
        for method in methods:
            process.anomalies.labels(method, severity).inc()
        process.value.labels(each.name).set(each.usual * day(self.epoch + self.now) * (1 + off * 0.05))
        if SEVERITIES.index(severity) >= _NOTIFIED:
            for channel in CHANNELS:
                lost = channel in conditions.lost
                process.notifications.labels(channel, "failed" if lost else "sent").inc()

    def _acknowledge(self, process: Monitor, dice: Random) -> None:
        for finding in process.kept:
            if not finding.acknowledged and dice.random() < TICK / _PATIENCE[finding.severity]:
                process.acknowledge(finding, self.now)
