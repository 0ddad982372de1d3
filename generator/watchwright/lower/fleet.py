"""Systems and their platform, lowered into one fleet."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import attrs

from watchwright.finding import Finding
from watchwright.lower.boards import boards
from watchwright.lower.cases import unit_tests
from watchwright.lower.jobs import jobs
from watchwright.lower.plan import Alerting, Fleet, Plan, Recording, RuleFile, Runbook, UnitTest
from watchwright.lower.resolve import Resolver, owners
from watchwright.lower.rules import all_alerts, rule_files
from watchwright.lower.runbooks import read_at, runbooks
from watchwright.lower.shards import reader, reading
from watchwright.lower.slos.board import board
from watchwright.lower.slos.cases import slo_tests
from watchwright.lower.slos.lowering import backfill_files, promised, series_of, slo_files
from watchwright.lower.slos.outage import outage
from watchwright.lower.world import Watching, world
from watchwright.model.environment import Environment
from watchwright.model.metric import Metric
from watchwright.model.platform import Platform
from watchwright.model.rule import RecordingRule
from watchwright.model.system import System
from watchwright.semantics.world import World


@attrs.frozen
class Lowered:
    """A fleet, and what could not be lowered."""

    fleet: Fleet
    findings: tuple[Finding, ...]


def lower(
    systems: Iterable[System],
    platform: Platform,
    environment: Environment,
    notes: frozenset[str] = frozenset(),
    *,
    whole: bool = True,
) -> Lowered:
    """
    Derive everything, once. Systems are in the order of their names, whatever order they were loaded in.

    *notes* are the pages that people wrote beside runbooks. Where the fleet is not to be *whole*, it lacks what follows
    from the rest and is only written down or checked: unit tests, runbooks, the boards of SLOs, and worlds.
    """
    plans: list[Plan] = []
    findings: list[Finding] = []
    platform = read_at(platform, environment)
    systems = sorted([*systems, *reader(platform)], key=lambda each: each.name)
    scraped = frozenset(job.name for system in systems for job in system.jobs)
    owned = owners(systems)
    for system in systems:
        resolver = Resolver(system, platform, owned, environment.folder)
        plans.append(_plan(system, platform, resolver, _Wanted(notes=notes, scraped=scraped, whole=whole)))
        findings += resolver.findings
    fleet = Fleet(environment=environment, platform=platform, plans=reading(plans, platform), notes=notes)
    return Lowered(fleet, tuple(findings))


def slo_rules(
    systems: Iterable[System], platform: Platform, environment: Environment, backfill: int | None = None
) -> Iterator[tuple[System, tuple[RuleFile, ...], tuple[Finding, ...]]]:
    """
    The rule files of each system's SLOs, and nothing else; with what could not be lowered of them.

    *backfill* leaves of them what one pass over the past records.
    """
    platform = read_at(platform, environment)
    for system in sorted(systems, key=lambda each: each.name):
        resolver = Resolver(system, platform, environment=environment.folder)
        promises = promised(system, platform, resolver)
        made = backfill_files(promises, system, backfill) if backfill else slo_files(promises, system, platform)
        files = tuple(made)
        yield system, files, tuple(resolver.findings)


@attrs.frozen(kw_only=True)
class _Wanted:
    """What all plans of a fleet are made with: *scraped* are the jobs of all systems."""

    notes: frozenset[str]
    scraped: frozenset[str]
    whole: bool


def _plan(system: System, platform: Platform, resolver: Resolver, wanted: _Wanted) -> Plan:
    alerts = all_alerts(system, platform)
    promises = tuple(promised(system, platform, resolver))
    resolver.know(series_of(promises))
    dashboards = (*system.dashboards, *([board(promises)] if promises and wanted.whole else []))
    own_files = tuple(rule_files(system, alerts, platform, resolver))
    rules = tuple(rule for file in own_files for rule in file.rules)
    files = (*own_files, *slo_files(promises, system, platform))
    alerting = tuple(rule for file in own_files for rule in file.rules if isinstance(rule, Alerting))
    promised_rules = tuple(rule for one in promises for rule in one.rules)
    recording = {rule.record: rule for rule in rules if isinstance(rule, Recording)}
    declared = system.declared()
    metrics = tuple(each for each in declared if isinstance(each, Metric) and each.scope == "own")
    lowered_jobs = jobs(system.jobs, metrics)
    watching = Watching(system=system, jobs=lowered_jobs, platform=platform, scraped=wanted.scraped)
    tests, pages = tuple[UnitTest, ...](), tuple[Runbook, ...]()
    if wanted.whole:
        tests = (
            *(test for alert, owner in alerts for test in unit_tests(alert, owner, system, resolver)),
            *(test for promise in promises for test in (*slo_tests(promise), *outage(promise))),
        )
        promised_alerts = (
            (each, rule.origin) for one in promises for each, rule in zip(one.alerts, one.rules, strict=True)
        )
        pages = tuple(runbooks((*alerts, *promised_alerts), alerting + promised_rules, recording, system, wanted.notes))
    return Plan(
        system=system,
        metrics=metrics,
        recorded=tuple(each for each in declared if isinstance(each, RecordingRule)),
        jobs=lowered_jobs,
        files=files,
        tests=tests,
        boards=tuple(boards(system, dashboards, alerting + promised_rules, platform, resolver)),
        runbooks=pages,
        sampling=system.sampling,
        promises=promises,
        world=world(rules, watching, resolver) if wanted.whole else World(),
    )
