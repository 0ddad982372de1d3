"""Recording and alerting rules, and the alerts that jobs bring."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Literal

from watchwright.lower import names
from watchwright.lower.plan import Alerting, Origin, Recording, Rule, RuleFile, RuleGroup
from watchwright.lower.resolve import Resolver
from watchwright.lower.runbooks import runbook_url
from watchwright.lower.signals import Place, limits, link, link_annotations, places
from watchwright.lower.text import annotation, literal
from watchwright.model.alert import Alert, Case
from watchwright.model.catalogue import builtin
from watchwright.model.duration import milliseconds
from watchwright.model.platform import Platform
from watchwright.model.rule import RecordingRule
from watchwright.model.scrape import Job
from watchwright.model.system import System
from watchwright.model.text import go_template
from watchwright.query.tree import COMPARISONS, Binary, Node, walk
from watchwright.query.units import Unit

_UP = builtin.gauge("up")

# no target at all has no instance to name
_GONE = (
    "{{ if $labels.instance }}{{ $labels.instance }} of {{ $labels.job }} cannot be scraped"
    "{{ else }}{{ $labels.job }} has no target{{ end }}"
)

_GONE_CHECKS = (
    "Is the process running? The page *Status > Targets* of Prometheus names the error of the last scrape.",
    "Has it moved, or has its port changed, so that service discovery finds something else?",
    "Does one scrape exceed a limit of the job? The error then names the limit.",
)

#: An alert, and whose part it is.
Owned = tuple[Alert, Origin]


def rule_files(system: System, alerts: tuple[Owned, ...], platform: Platform, resolver: Resolver) -> Iterator[RuleFile]:
    """The rule files of a system: what is recorded first, then the alerts."""
    recorded = tuple(_recording(rule, system, resolver) for rule in _in_order(system))
    shown = places(system, resolver.environment)
    alerting = tuple(_alerting(alert, origin, shown.get(alert.name), platform, resolver) for alert, origin in alerts)
    interval = platform.evaluation_interval
    if recorded:
        yield _file("recording", recorded, interval, system)
    if alerting:
        yield _file("alerting", alerting, interval, system)


def _file(name: Literal["recording", "alerting"], rules: tuple[Rule, ...], interval: str, system: System) -> RuleFile:
    group = RuleGroup(name=names.rule_group(system.name, name), interval=interval, rules=rules)
    return RuleFile(name=name, groups=(group,))


def all_alerts(system: System, platform: Platform) -> tuple[Owned, ...]:
    """The alerts of the definition, and one for each job, which is the job's part."""
    own = [(alert, Origin.of(system, f"alert {alert.name}", alert)) for alert in system.alerts]
    brought = [(_targets_gone(job, platform), Origin.of(system, f"job {job.name}", job)) for job in system.jobs]
    return (*own, *((alert, origin.below(f"alert {alert.name}", alert.source)) for alert, origin in brought))


def _in_order(system: System) -> Iterator[RecordingRule]:
    """Producers before consumers, since a group evaluates its rules in order; else by name."""
    waiting: dict[str, list[RecordingRule]] = {}
    for rule in system.declared():
        if isinstance(rule, RecordingRule):
            waiting.setdefault(rule.name, []).append(rule)
    reads = {
        name: set().union(*(_reads(rule.expr.node) for rule in rules)) & waiting.keys() - {name}
        for name, rules in waiting.items()
    }
    while waiting:
        for name in [name for name in sorted(waiting) if not reads[name] & waiting.keys()] or sorted(waiting)[:1]:
            yield from waiting.pop(name)


def _reads(node: Node) -> set[str]:
    return {name for each in walk(node) if (name := getattr(each, "name", ""))}


def _recording(rule: RecordingRule, system: System, resolver: Resolver) -> Recording:
    origin = Origin.of(system, f"rule {rule.name}", rule)
    return Recording(
        record=rule.name,
        expr=resolver.resolve(rule.expr.node, origin),
        labels={names.SYSTEM: system.name, **rule.labels},
        origin=origin,
    )


def _alerting(alert: Alert, origin: Origin, place: Place | None, platform: Platform, resolver: Resolver) -> Alerting:
    system = resolver.system
    expr = resolver.resolve(alert.expr.node, origin)
    unit = _value_unit(expr, resolver)
    runbook = runbook_url(alert, system, platform)
    annotations = {
        "summary": annotation(alert.summary, unit),
        "description": annotation(alert.description, unit),
        "runbook_url": literal(runbook),
        **(link_annotations(place, platform) if place else {}),
    }
    return Alerting(
        alert=alert.name,
        expr=expr,
        for_=alert.for_,
        keep_firing_for=alert.keep_firing_for,
        labels={name: literal(value) for name, value in alert_labels(alert, system).items()},
        annotations={name: text for name, text in annotations.items() if text},
        limits=tuple(limits(expr, resolver)),
        shown=link(place, platform) if place else None,
        runbook=runbook,
        origin=origin,
    )


def alert_labels(alert: Alert, system: System) -> Mapping[str, str]:
    """The labels that an alert carries beside those of its expression."""
    return {names.SEVERITY: alert.severity, names.SYSTEM: system.name, names.OWNER: system.owner, **alert.labels}


def _value_unit(node: Node, resolver: Resolver) -> Unit | None:
    """The unit of the value that an alert shows: that of the left sides, where `or` does not join different ones."""
    units = {resolver.unit(side) for side in _shown(node)}
    return units.pop() if len(units) == 1 else None


def _shown(root: Node) -> Iterator[Node]:
    waiting = [root]
    while waiting:
        node = waiting.pop()
        if isinstance(node, Binary) and not node.bool and node.op in (*COMPARISONS, "and", "unless"):
            waiting.append(node.left)
        elif isinstance(node, Binary) and node.op == "or":
            waiting += [node.left, node.right]
        else:
            yield node


def _targets_gone(job: Job, platform: Platform) -> Alert:
    up = _UP.where(job=job.name)
    after = job.gone_for or platform.gone_for
    return Alert(
        names.targets_gone(job.name),
        expr=up.eq(0) | up.absent(),
        for_=after,
        severity=job.gone_severity or platform.gone_severity or platform.severities[:2][-1],
        summary=go_template(_GONE),
        description=f"A target of {job.name} does not answer, or none is known. What is not scraped is not watched: "
        "other alerts on it are silent now.",
        check_first=_GONE_CHECKS,
        accept=job.accept,
        source=job.source,
        tests=_gone_cases(job, after),
    )


def _gone_cases(job: Job, after: str) -> tuple[Case, ...]:
    minutes = -(-milliseconds(after, "`gone_for`", zero=True) // 60_000)
    target = _UP.where(job=job.name, instance="one")
    down = {"job": job.name, "instance": "one"}
    return (
        Case(
            "fires while a target is down, and resolves",
            given=[(target, f"1x4 0x{minutes + 4} 1x10")],
            fires={"4m": [], f"{minutes + 4}m": [], f"{minutes + 6}m": [down], f"{minutes + 12}m": []},
            source=job.source,
        ),
        Case(
            "fires while no target is known",
            given=[],
            fires={f"{minutes + 1}m": [{"job": job.name}]},
            source=job.source,
        ),
    )
