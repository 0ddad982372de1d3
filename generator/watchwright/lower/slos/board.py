"""The board of a system's SLOs: is each promise kept, what is left to spend, how fast is it spent, on what."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from decimal import Decimal

import attrs

from watchwright.lower.slos.lowering import BOARD, BURNING, Promised, burning_key, variable_name
from watchwright.lower.slos.objective import Objective, over, short
from watchwright.lower.slos.vocabulary import Role, window_text
from watchwright.lower.slos.windows import bases
from watchwright.model.catalogue import firing
from watchwright.model.dashboard import (
    BarGauge,
    Color,
    Dashboard,
    LabelVariable,
    Panel,
    Query,
    Row,
    Stat,
    StateTimeline,
    Threshold,
    TimeSeries,
    Variable,
)
from watchwright.model.expression import Instant
from watchwright.model.label import regex
from watchwright.model.sli import Tracked
from watchwright.model.words import time
from watchwright.query.printer import duration, number
from watchwright.query.units import DIMENSIONLESS

#: What is evaluated each five minutes is read over three of them: one that was missed is no gap.
RECENT = "15m"

_ANY = regex(".+")
_LEFT = Threshold(0, "orange"), Threshold(Decimal("0.25"), "green")  # below them it is overspent


def board(promises: Sequence[Promised]) -> Dashboard:
    """The board of all SLOs of one system."""
    objectives = [each.objective for each in promises]
    system = objectives[0].system
    return Dashboard(
        BOARD,
        [_glance(objectives), *(_row(each) for each in promises)],
        description=f"The promises of {system.title or system.name}: whether they are kept, and what is left to spend.",
        variables=list(_variables(objectives)),
        tags=["slo"],
        span="1d",
        refresh=duration(max(60_000, *(each.timing.scrape for each in objectives))),
        source=system.source,
    )


# Series -------------------------------------------------------------------------------------------------


def _series(role: Role, objective: Objective, window: str = "") -> Instant:
    """A recorded series, for the values of its labels that the reader chose."""
    chosen = {label: regex(f"${variable_name(label)}") for label in objective.slo.by}
    return objective.series(role, window).where(**chosen)


def _slow(role: Role, objective: Objective, window: str = "") -> Instant:
    return _series(role, objective, window).range(RECENT).last_over_time()


def _kept(objective: Objective) -> Instant:
    """The share of good events over the period."""
    ratio = _slow("ratio", objective, objective.period_window)
    return 1 - ratio.max(without=[objective.words.window_label])


def _variables(objectives: Sequence[Objective]) -> Iterator[Variable]:
    found: dict[str, Objective] = {}
    for objective in objectives:
        for label in objective.slo.by:
            found.setdefault(label, objective)
    for label, objective in found.items():
        yield LabelVariable(variable_name(label), objective.series("total"), label=label)


def _legend(objective: Objective, text: str) -> str:
    return " ".join([*(f"{{{label}}}" for label in objective.slo.by), text]).strip()


# Rows ---------------------------------------------------------------------------------------------------


def _glance(objectives: Sequence[Objective]) -> Row:
    budgets = [each for each in objectives if not each.slo.any_error]
    # of any of these SLOs: the label tells theirs from the others
    ours = firing.gauge("ALERTS").where(alertstate="firing", slo=_ANY)
    since = (time() - firing.gauge("ALERTS_FOR_STATE").where(slo=_ANY)) & ours.ignoring("alertstate")
    panels: list[Panel] = [
        Stat(
            "Alerts firing", ours.count(), thresholds=[Threshold(1)], no_data="none", width=4, height=4,
            key="slo/firing",
        ),
        Stat(
            "For the longest", since.max(), no_data="nothing fires", sparkline=False, width=4, height=4,
            key="slo/longest",
        ),
        StateTimeline(
            "Which", ours.max(by=["alertname"]), states={1: "firing"}, thresholds=[Threshold(1)],
            no_data="No alert on an SLO fired in this time.", width=16, height=4, key="slo/which",
        ),
    ]  # fmt: skip
    if budgets:
        left = [Query(_slow("remaining", each), legend=_legend(each, _title(each))) for each in budgets]
        panels.append(
            BarGauge(
                "Budget left", left, unit="percentunit", min=0, max=1, thresholds=_LEFT, width=24, height=6,
                key="slo/left",
            )
        )  # fmt: skip
    return Row("Are the promises kept?", panels)


def _title(objective: Objective) -> str:
    return objective.slo.title or objective.slo.name


def _row(promise: Promised) -> Row:
    objective = promise.objective
    promise_said = "no error" if objective.slo.any_error else f"{number(objective.slo.objective or Decimal(0))} %"
    target = _target(promise)
    now = [] if target is None else [*_now(target, objective)]
    value = [] if target is None else [_value(target, objective)]
    panels = [*now, *_numbers(objective), *value, *_over_time(promise)]
    return Row(f"{_title(objective)}: {promise_said} over {objective.period_window}", panels)


def _key(objective: Objective, name: str) -> str:
    return f"slo/{objective.slo.name}/{name}"


@attrs.frozen(kw_only=True)
class _Target:
    """What a tracked objective is to reach: a number in a unit that Grafana may show, and how to say it."""

    number: Decimal
    unit: str | None
    least: bool

    @property
    def color(self) -> Color:
        """From the target on: what is below it, if it is the least, is bad."""
        return "green" if self.least else "orange"


def _target(promise: Promised) -> _Target | None:
    tracked, sli = promise.streams.tracked, promise.objective.slo.sli
    if tracked is None or not isinstance(sli, Tracked):
        return None
    measured = promise.resolver.unit(tracked.value.node)
    unit = None if measured is None else "ratio" if measured == DIMENSIONLESS else str(measured)
    return _Target(number=tracked.number, unit=unit, least=sli.at_least is not None)


def _good(objective: Objective) -> str:
    return "Target met" if isinstance(objective.slo.sli, Tracked) else "Good events"


def _now(target: _Target, objective: Objective) -> Iterator[Panel]:
    yield Stat(
        "Now", Query(_slow("value", objective), legend=_legend(objective, "")), unit=target.unit,
        thresholds=[Threshold(target.number, target.color)], key=_key(objective, "now"),
    )  # fmt: skip
    yield Stat(
        "Target, at least" if target.least else "Target, at most", _slow("target", objective), unit=target.unit,
        sparkline=False, key=_key(objective, "target"),
    )  # fmt: skip


def _value(target: _Target, objective: Objective) -> Panel:
    return TimeSeries(
        "Value, and its target",
        [
            Query(_slow("value", objective), legend=_legend(objective, "value")),
            Query(_slow("target", objective), legend="target"),
        ],
        unit=target.unit, width=24, key=_key(objective, "value"),
        description="What is tracked. Each evaluation at which it misses its target costs budget.",
    )  # fmt: skip


def _numbers(objective: Objective) -> Iterator[Panel]:
    known = f"of the {objective.calendar}" if objective.calendar else f"of {objective.period_window}"
    if not objective.slo.any_error:
        worst = min(share.budget for share in objective.shares)
        yield Stat(
            _good(objective), Query(_kept(objective), legend=_legend(objective, "")), unit="percentunit", decimals=3,
            thresholds=[Threshold(1 - worst, "green")], key=_key(objective, "kept"),
            description=f"Over {objective.period_window}, as far as it is known.",
        )  # fmt: skip
        yield Stat(
            "Budget left", Query(_slow("remaining", objective), legend=_legend(objective, "")), unit="percentunit",
            thresholds=_LEFT, key=_key(objective, "left"),
            description="Of what may be bad over the period. Below 0 the promise is broken. As long as little of the "
            "period is known, it swings.",
        )  # fmt: skip
        yield Stat(
            "Budget lasts for", Query(_slow("exhaustion", objective), legend=_legend(objective, "")), no_data="longer",
            thresholds=[Threshold(3 * 86_400, "orange"), Threshold(7 * 86_400, "green")],
            key=_key(objective, "lasts"),
            description="If the last day goes on like this; longer than the period where nothing is shown.",
        )  # fmt: skip
        yield Stat(
            "Burn rate", Query(_series("burn_rate", objective), legend=_legend(objective, "")), decimals=1,
            thresholds=[Threshold(1, "orange")], key=_key(objective, "rate"),
            description="How many times as fast as the objective allows, in the last five minutes.",
        )  # fmt: skip
    yield Stat(
        f"Known {known}", Query(_slow("coverage", objective), legend=_legend(objective, "")), unit="percentunit",
        thresholds=[Threshold(0, "yellow"), Threshold(Decimal("0.99"), "green")], key=_key(objective, "known"),
        description="A young SLO, or one whose Prometheus was down, knows less than all.",
    )  # fmt: skip


def _over_time(promise: Promised) -> Iterator[Panel]:
    objective = promise.objective
    total, bad = bases(objective).alerting
    burning = [each for each in promise.alerts if each.name in {one.name for one in objective.burning}]
    if not objective.slo.any_error:
        windows = [
            Query(_ratio_of(window, objective), legend=_legend(objective, window_text(window)))
            for window in sorted(_alert_windows(objective))
        ]
        objective_line = objective.series("objective").range(RECENT).last_over_time()
        yield TimeSeries(
            f"{_good(objective)}, and how much was promised",
            [
                Query(_kept(objective), legend=_legend(objective, "good")),
                Query(objective_line, legend="promised"),
            ],
            unit="percentunit", max=1, key=_key(objective, "good"),
            description=f"Over {objective.period_window}, at each time.",
        )  # fmt: skip
        yield TimeSeries(
            "Budget left, and how much of the period is known",
            [
                Query(_slow("remaining", objective), legend=_legend(objective, "left")),
                Query(_slow("coverage", objective), legend=_legend(objective, "known")),
            ],
            unit="percentunit", max=1, thresholds=[Threshold(0, "green")], key=_key(objective, "remaining"),
        )  # fmt: skip
        if windows:
            yield TimeSeries(
                BURNING, windows, alerts=burning, min=0, key=burning_key(objective),
                description="The error ratio over the windows of the alerts. A line is where an alert begins, for the "
                "long window that it names: see the comment of its rule.",
            )  # fmt: skip
    yield TimeSeries(
        "Events",
        [
            Query(_series(total, objective), legend=_legend(objective, "all")),
            Query(_series(bad, objective), legend=_legend(objective, "bad")),
        ],
        min=0, key=_key(objective, "events"), alerts=[each for each in promise.alerts if each not in burning],
    )  # fmt: skip
    yield StateTimeline(
        "Alerts",
        Query(
            firing.gauge("ALERTS").where(alertstate="firing", alertname=[each.name for each in promise.alerts])
            .max(by=["alertname", *objective.slo.by]),
            legend=_legend(objective, "{alertname}"),
        ),
        states={1: "firing"}, thresholds=[Threshold(1)], no_data="No alert fired in this time.", width=24, height=6,
        key=_key(objective, "alerts"),
    )  # fmt: skip


def _alert_windows(objective: Objective) -> set[int]:
    return {window for each in objective.burning for tier in each.alert.tiers for window in (over(tier), short(tier))}


def _ratio_of(window: int, objective: Objective) -> Instant:
    return _series("ratio", objective, window_text(window))
