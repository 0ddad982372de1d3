"""Dashboards to boards: places, ids, scoped queries, Grafana's words for legends and units."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from decimal import Decimal
from typing import TYPE_CHECKING

import attrs

from watchwright.lower import names
from watchwright.lower.display import RATIO, SHORT, format_of, format_of_name, legend, shown_as, template
from watchwright.lower.layout import HEADING, bottom, box, place
from watchwright.lower.plan import (
    Alerting,
    Board,
    Grid,
    Origin,
    PlannedAnnotation,
    PlannedPanel,
    PlannedQuery,
    PlannedRow,
    PlannedVariable,
)
from watchwright.lower.signals import board_uid, panel_key, shown_by
from watchwright.lower.thresholds import crossings, steps
from watchwright.model.dashboard import (
    BarGauge,
    Dashboard,
    GaugePanel,
    Heatmap,
    LabelVariable,
    Panel,
    Query,
    QueryPanel,
    Row,
    Stat,
    StateTimeline,
    Table,
    TimeSeries,
    Variable,
)
from watchwright.model.platform import Platform
from watchwright.model.quantity import exact
from watchwright.model.system import System
from watchwright.query.printer import text
from watchwright.query.tree import Aggregation, Binary, Call, Grouping, Node, Number, Selector
from watchwright.query.units import Unit

if TYPE_CHECKING:
    from watchwright.lower.resolve import Resolver


def boards(
    system: System,
    dashboards: Iterable[Dashboard],
    alerts: Iterable[Alerting],
    platform: Platform,
    resolver: Resolver,
) -> Iterator[Board]:
    """The boards of a system, in the order given; their panels show the signals of its *alerts*."""
    lowering = _Lowering(resolver, platform.severities, {alert.alert: alert for alert in alerts})
    for dashboard in dashboards:
        yield _board(dashboard, system, lowering)


@attrs.frozen
class _Lowering:
    """What every panel needs."""

    resolver: Resolver
    severities: tuple[str, ...]
    alerts: Mapping[str, Alerting]


def _board(dashboard: Dashboard, system: System, lowering: _Lowering) -> Board:
    origin = Origin.of(system, f"dashboard {dashboard.title}", dashboard)
    resolver = lowering.resolver
    return Board(
        uid=board_uid(dashboard, system, resolver.environment),
        slug=names.slug(dashboard.title),
        dashboard=dashboard,
        tags=tuple(dict.fromkeys((system.name, system.owner, *dashboard.tags))),
        variables=tuple(_variable(each, resolver, origin) for each in dashboard.variables),
        annotations=tuple(
            PlannedAnnotation(
                annotation=each,
                expr=resolver.resolve(each.query.node, origin),
                title=template(each.title),
                text=template(each.text),
            )
            for each in (*system.annotations, *dashboard.annotations)
        ),
        rows=tuple(_rows(dashboard.rows, _Ids(board_uid(dashboard, system)), lowering, origin)),
        origin=origin,
    )


class _Ids:
    """The ids of one board. Panels with the same key, which a check reports, still differ."""

    def __init__(self, board: str) -> None:
        self._board = board
        self._seen: dict[str, int] = {}

    def of(self, key: str) -> int:
        count = self._seen[key] = self._seen.get(key, 0) + 1
        return names.panel_id(self._board, key if count == 1 else f"{key}#{count}")


# Variables --------------------------------------------------------------------------------------------


def _variable(variable: Variable, resolver: Resolver, origin: Origin) -> PlannedVariable:
    if not isinstance(variable, LabelVariable):
        return PlannedVariable(variable=variable)
    series = resolver.resolve(variable.series.node, origin)
    if isinstance(series, Selector):
        query = f"label_values({text(series)}, {variable.label})"
        return PlannedVariable(variable=variable, series=series, query=query)
    # label_values takes a selector alone, but query_result takes any expression, and yields its samples as text:
    # https://grafana.com/docs/grafana/latest/datasources/prometheus/template-variables/
    return PlannedVariable(
        variable=variable,
        series=series,
        query=f"query_result({text(series)})",
        regex=f'/[{{,]\\s*{variable.label}="([^"]*)"/',
    )


# Rows and panels ----------------------------------------------------------------------------------------


def _rows(rows: Iterable[Row], ids: _Ids, lowering: _Lowering, board: Origin) -> Iterator[PlannedRow]:
    top = 0
    for row in rows:
        origin = board.below(f"row {row.title}", row.source)
        grids = place([box(panel) for panel in row.panels], top + HEADING)
        yield PlannedRow(
            id=ids.of(f"row {row.title}"),
            row=row,
            y=top,
            panels=tuple(
                _panel(panel, grid, ids.of(panel_key(panel, row)), lowering, board)
                for panel, grid in zip(row.panels, grids, strict=True)
            ),
            origin=origin,
        )
        top = top + HEADING if row.collapsed else bottom(grids, top + HEADING)


def _panel(panel: Panel, grid: Grid, id_: int, lowering: _Lowering, board: Origin) -> PlannedPanel:
    origin = board.below(f"panel {panel.title}", panel.source, panel.accept)
    match panel:
        case Heatmap():
            return _heatmap(panel, grid, id_, lowering.resolver, origin)
        case QueryPanel():
            return _query_panel(panel, grid, id_, lowering, origin)
        case _:
            return PlannedPanel(id=id_, panel=panel, grid=grid, unit=SHORT, origin=origin)


def _heatmap(panel: Heatmap, grid: Grid, id_: int, resolver: Resolver, origin: Origin) -> PlannedPanel:
    rate = panel.buckets.rate(panel.over)
    summed = rate.sum() if panel.native else rate.sum(by=["le"])
    expr = resolver.resolve(summed.node, origin)
    # the samples are counts; what was observed is what a quantile of them would be measured in
    observed = resolver.unit(Call("histogram_quantile", (Number(exact(1)), expr)))
    query = PlannedQuery(ref="A", expr=expr, legend=legend("" if panel.native else "{le}"), measured=observed)
    unit = format_of(observed) if panel.unit is None else format_of_name(panel.unit)
    return PlannedPanel(id=id_, panel=panel, grid=grid, unit=unit, queries=(query,), origin=origin)


def _query_panel(panel: QueryPanel, grid: Grid, id_: int, lowering: _Lowering, origin: Origin) -> PlannedPanel:
    resolver = lowering.resolver
    alerts = tuple(lowering.alerts[name] for name in shown_by(panel) if name in lowering.alerts)
    queries = tuple(_queries(panel, resolver, origin))
    measured = next((query.measured for query in queries if query.measured is not None), None)
    if panel.unit is not None and shown_as(panel.unit) is not None:
        measured = shown_as(panel.unit)
    unit = format_of(measured) if panel.unit is None else format_of_name(panel.unit)
    least, most = _bounds(panel, unit, measured, resolver, origin)
    return PlannedPanel(
        id=id_,
        panel=panel,
        grid=grid,
        unit=unit,
        queries=queries,
        thresholds=steps(
            [(resolver.quantity(each.value, measured, origin), each.color) for each in panel.thresholds],
            crossings(queries, alerts, lowering.severities),
        ),
        min=least,
        max=most,
        alerts=alerts,
        origin=origin,
    )


def _queries(panel: QueryPanel, resolver: Resolver, origin: Origin) -> Iterator[PlannedQuery]:
    for index, query in enumerate(panel.queries):
        expr = resolver.resolve(query.expr.node, origin)
        measured = resolver.unit(expr)
        yield PlannedQuery(
            ref=ref(index),
            expr=expr,
            legend=_legend(query, panel),
            unit=format_of(measured),
            measured=measured,
            many=yields_many(expr),
            instant=_is_instant(panel),
        )


def _legend(query: Query, panel: QueryPanel) -> str:
    # a table has a column for each label, and the legend heads the column of the values
    return query.legend if isinstance(panel, Table) else legend(query.legend)


def _is_instant(panel: QueryPanel) -> bool:
    return not isinstance(panel, TimeSeries | StateTimeline | Stat) or (isinstance(panel, Stat) and not panel.sparkline)


def ref(index: int) -> str:
    """A query's letter: A to Z, then AA, AB, as Grafana goes on."""
    rest, letter = divmod(index, 26)
    return (ref(rest - 1) if rest else "") + chr(ord("A") + letter)


# Numbers ------------------------------------------------------------------------------------------------

# What a dial goes to where nothing is said: without an end Grafana takes the largest value it sees
_WHOLE = {RATIO: Decimal(1), "percent": Decimal(100)}


def _bounds(
    panel: QueryPanel, unit: str, measured: Unit | None, resolver: Resolver, origin: Origin
) -> tuple[Decimal | None, Decimal | None]:
    least = None if panel.min is None else resolver.quantity(panel.min, measured, origin)
    most = None if panel.max is None else resolver.quantity(panel.max, measured, origin)
    if isinstance(panel, GaugePanel | BarGauge) and unit in _WHOLE:
        least = Decimal(0) if least is None else least
        most = _WHOLE[unit] if most is None else most
    return least, most


# Series -------------------------------------------------------------------------------------------------

_ONE = frozenset({"absent", "absent_over_time", "scalar", "vector", "time", "pi"})
_PICKING = frozenset({"topk", "bottomk", "limitk", "limit_ratio", "count_values"})


def yields_many(expr: Node) -> bool:
    """Whether an expression may yield more than one series, as far as its own words tell."""
    waiting = [expr]
    while waiting:
        node = waiting.pop()
        match node:
            case Selector():
                return True
            case Aggregation() if node.op not in _PICKING and node.grouping in (None, Grouping()):
                pass
            case Call() if node.function in _ONE:
                pass
            case Binary() if node.op in ("and", "unless"):
                waiting.append(node.left)
            case _:
                waiting.extend(node.children())
    return False
