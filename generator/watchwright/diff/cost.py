"""What definitions cost: rules, groups, series, and samples that rules read; estimated, or measured on a Prometheus."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TypedDict

from watchwright.diff.width import Known, Reader, either, exposed
from watchwright.lower.plan import Fleet, Plan, Recording, Rule
from watchwright.model.duration import milliseconds
from watchwright.model.platform import Platform
from watchwright.query.tree import Selector

_MINUTE = 60_000


class Cost(TypedDict):
    """What one system costs; *samples* are read in a minute."""

    rules: int
    groups: int
    exposed: int
    recorded: int
    samples: int


class Asked(TypedDict):
    """What tells a cost on a server: names of exposed series; rules by record, expression and milliseconds."""

    groups: int
    exposed: list[str]
    rules: list[tuple[str, str, int]]


def costs(fleet: Fleet) -> dict[str, Cost]:
    """The estimated cost of each system."""
    return {plan.system.name: _cost(plan, fleet.platform) for plan in fleet.plans}


def asked(fleet: Fleet) -> dict[str, Asked]:
    """What to measure of each system."""
    return {plan.system.name: _asked(plan) for plan in fleet.plans}


def _cost(plan: Plan, platform: Platform) -> Cost:
    scrape = min((milliseconds(job.interval or platform.scrape_interval, "") for job in plan.jobs), default=_MINUTE)
    known: dict[str, Known] = {}
    for metric in plan.metrics:
        known |= exposed(metric, scrape, plan.jobs)
    reader = Reader(known)
    series = sum(reader.series(Selector(name)) for name in known)
    recorded = samples = 0
    for rule, interval in _rules(plan):
        reader.evaluated = interval
        samples += reader.samples(rule.expr) * _MINUTE // interval
        if isinstance(rule, Recording):
            recorded += reader.series(rule.expr)
            own = {name: frozenset([value]) for name, value in rule.labels.items()}
            widths = {**reader.widths(rule.expr), **own}
            # several rules may record one name, each with its own labels
            before = known.get(rule.record)
            known[rule.record] = Known(widths=either(before.widths, widths) if before else widths, interval=interval)
    groups = sum(len(file.groups) for file in plan.files)
    return Cost(
        rules=sum(len(file.rules) for file in plan.files), groups=groups, exposed=series, recorded=recorded,
        samples=samples,
    )  # fmt: skip


def _rules(plan: Plan) -> Iterator[tuple[Rule, int]]:
    for file in plan.files:
        for group in file.groups:
            for rule in group.rules:
                yield rule, milliseconds(group.interval, "an interval")


def _asked(plan: Plan) -> Asked:
    return Asked(
        groups=sum(len(file.groups) for file in plan.files),
        exposed=sorted(each.name for metric in plan.metrics for each in metric.exposed()),
        rules=[
            (rule.record if isinstance(rule, Recording) else "", repr(rule.expr), interval)
            for rule, interval in _rules(plan)
        ],
    )


# What is said of it ---------------------------------------------------------------------------------------

_WORDS = {
    "rules": "rules",
    "groups": "groups",
    "exposed": "series exposed",
    "recorded": "series recorded",
    "samples": "samples read a minute",
}


def told(before: Mapping[str, Cost], after: Mapping[str, Cost], how: str) -> Iterator[str]:
    """The cost of all systems, and of each one whose cost changed."""
    yield f"Cost, {how}: {_compared(_sum(before), _sum(after), every=True)}."
    for system in sorted({*before, *after}):
        was, now = before.get(system, _NOTHING), after.get(system, _NOTHING)
        if was != now:
            yield f"{system}: {_compared(was, now, every=False)}."


_NOTHING = Cost(rules=0, groups=0, exposed=0, recorded=0, samples=0)


def _sum(costs_: Mapping[str, Cost]) -> Cost:
    found = _NOTHING.copy()
    for each in costs_.values():
        for key in _WORDS:
            found[key] += each[key]  # type: ignore[literal-required] # one of its keys
    return found


def _compared(was: Cost, now: Cost, *, every: bool) -> str:
    counts = ((words, was[key], now[key]) for key, words in _WORDS.items())  # type: ignore[literal-required] # its keys
    return ", ".join(
        f"{after:,} {words}{f' ({after - before:+,})' if after != before else ''}"
        for words, before, after in counts
        if every or before != after
    )
