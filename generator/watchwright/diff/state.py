"""
What definitions amount to, as plain data: one side of a comparison.

It is JSON, so that a revision can be evaluated in a process of its own. Nothing here depends on where in a file a part
stands but *place*, which is never compared.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TypedDict

from watchwright.diff.cost import Asked, Cost, asked, costs
from watchwright.diff.expressions import reads
from watchwright.diff.promises import Promise, promise
from watchwright.diff.scraped import Scraped, scraped
from watchwright.diff.settings import settings
from watchwright.lower.plan import Alerting, Board, Fleet, Origin, Plan, PlannedPanel, Recording
from watchwright.lower.sampling import default
from watchwright.lower.scope import job_scope
from watchwright.lower.signals import board_uid
from watchwright.model.metric import Histogram, Metric, Summary
from watchwright.model.platform import Platform
from watchwright.model.quantity import exact
from watchwright.model.sampling import Probabilistic, Strategy
from watchwright.query.printer import number, text
from watchwright.query.tree import Matcher, Selector


class Alert(TypedDict):
    """An alert; *reads* are the names of series in its expression, *slo* the SLO whose alert it is."""

    place: str
    expr: str
    wait: str
    keep: str
    labels: dict[str, str]
    texts: dict[str, str]
    reads: list[str]
    slo: str


class Recorded(TypedDict):
    """A recorded series that the definition writes out."""

    place: str
    record: str
    expr: str
    labels: dict[str, str]
    reads: list[str]


class Series(TypedDict):
    """A metric: *labels* have their values, how many are expected, or nothing known; *series* are exposed names."""

    place: str
    kind: str
    unit: str
    labels: dict[str, list[str] | int | None]
    buckets: list[str]
    series: list[str]


class Panel(TypedDict):
    """A panel; *queries* are pairs of expression and legend, *grid* its place."""

    place: str
    board: str
    row: str
    title: str
    kind: str
    unit: str
    queries: list[list[str]]
    thresholds: list[list[str]]
    grid: list[int]
    reads: list[str]


class Sampled(TypedDict):
    """How a service is sampled; strategies as `0.1` or `5/s`."""

    place: str
    strategy: str
    operations: dict[str, str]


class Part(TypedDict):
    """One system; parts by name, panels by the uid of their board and their id. *scope* is how its jobs are picked."""

    place: str
    owner: str
    scope: str
    metrics: dict[str, Series]
    recorded: dict[str, Recorded]
    alerts: dict[str, Alert]
    slos: dict[str, Promise]
    boards: dict[str, str]
    panels: dict[str, Panel]
    jobs: dict[str, Scraped]
    sampling: dict[str, Sampled]


class State(TypedDict):
    """
    All systems of one environment; *complete* says whether metrics and places are known.

    *costs* and *asked* are there where they were asked for: what each system costs, and what measures it.
    """

    complete: bool
    costs: dict[str, Cost]
    asked: dict[str, Asked]
    severities: list[str]
    platform: dict[str, str]
    systems: dict[str, Part]


def empty() -> State:
    """Where nothing is defined."""
    return State(complete=True, costs={}, asked={}, severities=[], platform={}, systems={})


def state(fleet: Fleet, *, cost: bool = False) -> State:
    """The state of a lowered fleet, with its *cost* if that is wanted."""
    platform = fleet.platform
    return State(
        complete=True,
        costs=costs(fleet) if cost else {},
        asked=asked(fleet) if cost else {},
        severities=list(platform.severities),
        platform={
            **_platform(platform),
            "sampling of all other services": _strategy(default(fleet).strategy),
            **settings(platform),
        },
        systems={plan.system.name: _part(plan) for plan in fleet.plans},
    )


def _platform(platform: Platform) -> dict[str, str]:
    labels = ", ".join(f"{name}={value}" for name, value in sorted(platform.external_labels.items()))
    return {
        "retention": platform.retention,
        "scrape interval": platform.scrape_interval,
        "scrape timeout": platform.scrape_timeout,
        "evaluation interval": platform.evaluation_interval,
        "oldest Prometheus": platform.prometheus,
        "external labels": labels,
    }


def _part(plan: Plan) -> Part:
    own = [rule for rule in plan.rules if isinstance(rule, Recording)]
    return Part(
        place=str(plan.system.source.place or ""),
        owner=plan.system.owner,
        scope=text(Selector("", job_scope(plan.system))).strip("{}"),
        metrics={each.name: _metric(each) for each in plan.metrics},
        recorded={identity(each.record, each.labels): _recorded(each) for each in own},
        alerts={each.alert: _alert(each) for each in plan.alerts},
        slos={each.objective.slo.name: promise(each) for each in plan.promises},
        boards={_board(plan, board): board.dashboard.title for board in plan.boards},
        panels={f"{_board(plan, board)}/{panel.id}": each for board in plan.boards for panel, each in _panels(board)},
        jobs={job.name: scraped(job) for job in plan.jobs},
        sampling={
            each.service: Sampled(
                place=_place(Origin.of(plan.system, "", each)),
                strategy=_strategy(each.strategy),
                operations={name: _strategy(value) for name, value in each.operations.items()},
            )
            for each in plan.sampling
        },
    )


def _place(origin: Origin) -> str:
    return str(origin.source.place or "")


# Rules --------------------------------------------------------------------------------------------------


def identity(record: str, labels: Mapping[str, str]) -> str:
    """A recorded series by its name, and the labels that its rule sets."""
    own = {name: value for name, value in labels.items() if name != "system"}
    return text(Selector(record, tuple(Matcher(name, "=", value) for name, value in sorted(own.items()))))


def _recorded(rule: Recording) -> Recorded:
    return Recorded(
        place=_place(rule.origin),
        record=rule.record,
        expr=repr(rule.expr),
        labels=dict(rule.labels),
        reads=reads(rule.expr),
    )


_LINKS = ("__dashboardUid__", "__panelId__", "dashboard_url", "runbook_url")


def texts_of(annotations: Mapping[str, str]) -> dict[str, str]:
    """What an alert says, without its links."""
    return {name: value for name, value in annotations.items() if name not in _LINKS}


def _alert(rule: Alerting) -> Alert:
    slo = rule.labels.get("slo", "")
    own = not slo  # the condition of any other follows from its SLO, which is compared itself
    return Alert(
        place=_place(rule.origin),
        expr=repr(rule.expr) if own else "",
        wait=rule.for_ or "0s",
        keep=rule.keep_firing_for or "0s",
        labels=dict(rule.labels),
        texts=texts_of(rule.annotations),
        reads=reads(rule.expr) if own else [],
        slo=slo,
    )


# Metrics, boards, jobs, sampling --------------------------------------------------------------------------


def _metric(metric: Metric) -> Series:
    bounds = metric.buckets if isinstance(metric, Histogram) else ()
    quantiles = metric.quantiles if isinstance(metric, Summary) else ()
    return Series(
        place=str(metric.source.place or ""),
        kind=f"native {metric.kind}" if isinstance(metric, Histogram) and metric.native else metric.kind,
        unit=metric.unit or "",
        labels={label.name: list(label.values) or label.cardinality for label in metric.labels if not label.volatile},
        buckets=[number(exact(each)) for each in (*bounds, *quantiles)],
        series=sorted(each.name for each in metric.exposed()),
    )


def _board(plan: Plan, board: Board) -> str:
    """What a board is known by: its uid without the environment, for two of these are compared."""
    return board_uid(board.dashboard, plan.system)


def _panels(board: Board) -> Iterator[tuple[PlannedPanel, Panel]]:
    for row in board.rows:
        for panel in row.panels:
            yield (
                panel,
                Panel(
                    place=_place(panel.origin),
                    board=board.dashboard.title,
                    row=row.row.title,
                    title=panel.panel.title,
                    kind=type(panel.panel).__name__,
                    unit=panel.unit,
                    queries=[[repr(each.expr), each.legend] for each in panel.queries],
                    # those that an author gave: lines where alerts begin follow from these
                    thresholds=[[str(each.value), each.color] for each in getattr(panel.panel, "thresholds", ())],
                    grid=[panel.grid.x, panel.grid.y, panel.grid.width, panel.grid.height],
                    reads=sorted({name for each in panel.queries for name in reads(each.expr)}),
                ),
            )


def _strategy(strategy: Strategy) -> str:
    if isinstance(strategy, Probabilistic):
        return number(strategy.probability)
    return f"{number(strategy.traces_per_second)}/s"
