"""
What definitions amount to, as plain data: one side of a comparison.

It is JSON, so that a revision can be evaluated in a process of its own. Nothing here depends on where in a file a part
stands but *place*, which is never compared.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from hashlib import sha256
from typing import Any, TypedDict

from watchwright.diff.cost import Asked, Cost, asked, costs
from watchwright.diff.settings import settings
from watchwright.lower.plan import Alerting, Board, Fleet, Origin, Plan, PlannedPanel, Recording
from watchwright.lower.sampling import default
from watchwright.lower.signals import board_uid
from watchwright.lower.slos.lowering import Promised
from watchwright.model.metric import Histogram, Metric, Summary
from watchwright.model.platform import Platform
from watchwright.model.quantity import exact
from watchwright.model.sampling import Probabilistic, Strategy
from watchwright.model.scrape import Job
from watchwright.model.sli import Tracked
from watchwright.query.printer import number, text
from watchwright.query.tree import Matcher, Node, Selector, walk


class Limit(TypedDict):
    """A number that an alert compares a signal with; *guard* says that it keeps the alert silent."""

    signal: str
    op: str
    value: str
    guard: bool


class Alert(TypedDict):
    """An alert; *reads* are the names of series in its expression, *slo* the SLO whose alert it is."""

    place: str
    expr: str
    wait: str
    keep: str
    labels: dict[str, str]
    texts: dict[str, str]
    limits: list[Limit]
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


class Promise(TypedDict):
    """An SLO; *objectives* by value of a label, `""` for all others; *rules* is a digest of what else makes them."""

    place: str
    title: str
    objectives: dict[str, str]
    period: str
    days: int
    by: list[str]
    indicator: str
    rules: str
    reads: list[str]


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


class Scraped(TypedDict):
    """A scrape job, as its configuration says it."""

    place: str
    config: dict[str, Any]


class Part(TypedDict):
    """One system; parts by name, panels by the uid of their board and their id."""

    place: str
    owner: str
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
        "evaluation interval": platform.evaluation_interval,
        "oldest Prometheus": platform.prometheus,
        "external labels": labels,
    }


def _part(plan: Plan) -> Part:
    own = [rule for rule in plan.rules if isinstance(rule, Recording)]
    return Part(
        place=str(plan.system.source.place or ""),
        owner=plan.system.owner,
        metrics={each.name: _metric(each) for each in plan.metrics},
        recorded={identity(each.record, each.labels): _recorded(each) for each in own},
        alerts={each.alert: _alert(each) for each in plan.alerts},
        slos={each.objective.slo.name: _promise(each) for each in plan.promises},
        boards={_board(plan, board): board.dashboard.title for board in plan.boards},
        panels={f"{_board(plan, board)}/{panel.id}": each for board in plan.boards for panel, each in _panels(board)},
        jobs={job.name: _job(job) for job in plan.jobs},
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


def reads(expr: Node) -> list[str]:
    """The names of the series in an expression."""
    return sorted({node.metric for node in walk(expr) if isinstance(node, Selector) and node.metric})


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
        limits=[
            Limit(signal=repr(each.signal), op=each.op, value=number(each.value), guard=each.guard)
            for each in (rule.limits if own else ())
        ],
        reads=reads(rule.expr) if own else [],
        slo=slo,
    )


# SLOs ---------------------------------------------------------------------------------------------------


def _promise(promise: Promised) -> Promise:
    objective = promise.objective
    slo = objective.slo
    percent = {"": "" if slo.objective is None else number(slo.objective)}
    percent |= {value: number(each) for value, each in slo.objectives.items()}
    nodes = list(_counted(promise))
    return Promise(
        place=_place(objective.origin),
        title=slo.title,
        objectives=percent,
        period=objective.period_window,
        days=objective.days,
        by=list(slo.by),
        indicator=" / ".join(map(repr, nodes)),
        rules=_digest(promise),
        reads=sorted({name for node in nodes for name in reads(node)}),
    )


def _counted(promise: Promised) -> Iterator[Node]:
    """Which events are bad, of which; or what is judged."""
    part = promise.streams.part
    if part is not None:
        yield part.some
        yield part.whole
    elif isinstance(promise.objective.slo.sli, Tracked):
        yield promise.indicator[0]
    else:
        yield from promise.indicator


def _digest(promise: Promised) -> str:
    """Of what its rules are made of, beside its budgets and what it counts: the compiler is the same on both sides."""
    objective = promise.objective
    slo = objective.slo
    facts = (
        objective.timing, objective.burning, objective.by, slo.names, slo.maintenance, slo.least_failures,
        slo.least_events, promise.streams.made, repr(promise.streams.total), repr(promise.streams.bad),
    )  # fmt: skip
    return sha256(repr(facts).encode()).hexdigest()[:16]


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


def _job(job: Job) -> Scraped:
    return Scraped(place=str(job.source.place or ""), config=_said(job))


_NOT_COMPARED = {"source", "accept", "name"}


def _said(value: Any) -> Any:
    """A part of the model as JSON, without what it does not say."""
    if hasattr(value, "__attrs_attrs__"):
        fields = {each.name: _said(getattr(value, each.name)) for each in value.__attrs_attrs__}
        kept = {name: each for name, each in fields.items() if name not in _NOT_COMPARED and each not in (None, {}, [])}
        return {"kind": type(value).__name__, **kept} if type(value) is not Job else kept
    if isinstance(value, Mapping):
        return {str(name): _said(each) for name, each in value.items()}
    if isinstance(value, tuple | list):
        return [_said(each) for each in value]
    return value if isinstance(value, bool | int | type(None)) else str(value)


def _strategy(strategy: Strategy) -> str:
    if isinstance(strategy, Probabilistic):
        return number(strategy.probability)
    return f"{number(strategy.traces_per_second)}/s"
