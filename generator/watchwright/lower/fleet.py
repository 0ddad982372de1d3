"""Systems and their platform, lowered into one fleet."""

from __future__ import annotations

from collections.abc import Iterable

import attrs

from watchwright.finding import Finding
from watchwright.lower.boards import boards
from watchwright.lower.cases import unit_tests
from watchwright.lower.jobs import jobs
from watchwright.lower.plan import Fleet, Plan
from watchwright.lower.resolve import Resolver
from watchwright.lower.rules import all_alerts, rule_files
from watchwright.model.environment import Environment
from watchwright.model.metric import Metric
from watchwright.model.platform import Platform
from watchwright.model.rule import RecordingRule
from watchwright.model.system import System


@attrs.frozen
class Lowered:
    """A fleet, and what could not be lowered."""

    fleet: Fleet
    findings: tuple[Finding, ...]


def lower(systems: Iterable[System], platform: Platform, environment: Environment) -> Lowered:
    """Derive everything, once. Systems are in the order of their names, whatever order they were loaded in."""
    plans: list[Plan] = []
    findings: list[Finding] = []
    for system in sorted(systems, key=lambda each: each.name):
        resolver = Resolver(system, platform)
        plans.append(_plan(system, platform, resolver))
        findings += resolver.findings
    return Lowered(Fleet(environment=environment, platform=platform, plans=tuple(plans)), tuple(findings))


def _plan(system: System, platform: Platform, resolver: Resolver) -> Plan:
    alerts = all_alerts(system, platform)
    declared = system.declared()
    metrics = tuple(each for each in declared if isinstance(each, Metric) and each.scope == "own")
    return Plan(
        system=system,
        metrics=metrics,
        recorded=tuple(each for each in declared if isinstance(each, RecordingRule)),
        jobs=jobs(system.jobs, metrics),
        files=tuple(rule_files(system, alerts, platform, resolver)),
        tests=tuple(test for alert, owner in alerts for test in unit_tests(alert, owner, system, resolver)),
        boards=tuple(boards(system, resolver)),
        sampling=system.sampling,
    )
