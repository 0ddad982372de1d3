"""
Panels as grafanalib's objects.

Where grafanalib's own classes write shapes that Grafana no longer reads, `extraJson` brings today's; what is
left of the old ones goes in `grafana_json`.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from decimal import Decimal

from grafanalib import core

from watchwright.backends.grafana_json import Json
from watchwright.lower.display import interval
from watchwright.lower.plan import Alerting, Grid, PlannedPanel, PlannedQuery
from watchwright.model.dashboard import (
    BarGauge,
    GaugePanel,
    Heatmap,
    Panel,
    Stat,
    StateTimeline,
    Table,
    TextPanel,
    TimeSeries,
)
from watchwright.model.platform import Platform
from watchwright.model.quantity import Real, exact
from watchwright.query.printer import text

DATASOURCE = {"type": "prometheus", "uid": "${datasource}"}


def knows(panel_: Panel) -> bool:
    """Whether there is a way to draw this panel."""
    return type(panel_) in _SHAPES or isinstance(panel_, TextPanel)


def panel(planned: PlannedPanel, platform: Platform) -> core.Panel:
    """A panel with its place and its queries."""
    written = planned.panel
    common = {
        "id": planned.id,
        "title": written.title,
        "description": written.description,
        "gridPos": grid(planned.grid),
    }
    if isinstance(written, TextPanel):
        return core.Text(**common, mode="markdown", content=written.markdown)
    kind, defaults, options = _SHAPES[type(written)](planned)
    return kind(
        **common,
        links=[_runbook(alert) for alert in planned.alerts if alert.runbook],
        dataSource=DATASOURCE,
        targets=[_target(each, planned, platform) for each in planned.queries],
        thresholds=_steps(planned),
        transformations=list(_transformations(planned)),
        extraJson={
            "fieldConfig": {"defaults": {**_numbers(planned), **defaults}, "overrides": list(_overrides(planned))},
            "options": options,
        },
    )


def _runbook(alert: Alerting) -> Json:
    return {"title": f"Runbook of {alert.alert}", "url": alert.runbook, "targetBlank": True}


def grid(place: Grid) -> core.GridPos:
    """A place as Grafana writes it."""
    return core.GridPos(h=place.height, w=place.width, x=place.x, y=place.y)


def _target(query: PlannedQuery, planned: PlannedPanel, platform: Platform) -> core.Target:
    expr = text(query.expr)
    return core.Target(
        refId=query.ref,
        datasource=DATASOURCE,
        expr=expr,
        legendFormat=None if isinstance(planned.panel, Table) else query.legend,
        format=_FORMATS.get(type(planned.panel), "time_series"),
        # $__rate_interval is four times this, or of what the data source happens to be set to
        interval=interval(platform.scrape_interval) if "$__rate_interval" in expr else "",
        instant=query.instant,
    )


_FORMATS = {Table: "table", Heatmap: "heatmap"}


def _steps(planned: PlannedPanel) -> list[Json]:
    # a number is coloured by thresholds even where there are none: by Grafana's own, red from 80 on
    steps = planned.thresholds or (((None, "text"),) if isinstance(planned.panel, Stat) else ())
    return [{"color": color, "value": None if value is None else number(value)} for value, color in steps]


def _numbers(planned: PlannedPanel) -> Json:
    return {
        "unit": planned.unit,
        "decimals": getattr(planned.panel, "decimals", None),
        "min": None if planned.min is None else number(planned.min),
        "max": None if planned.max is None else number(planned.max),
        "noValue": getattr(planned.panel, "no_data", None),
    }


def number(value: Decimal) -> int | float:
    """The number that JSON writes as it was typed: 1 and 0.95, never 1.0."""
    return int(value) if value == value.to_integral_value() else float(value)


def _mappings(words: Iterable[tuple[Real, str]], colors: Iterable[str] = ()) -> list[Json]:
    palette = list(colors)
    options: Json = {}
    for index, (value, word) in enumerate(words):
        options[str(number(exact(value)))] = {"text": word, "index": index} | (
            {"color": palette[index % len(palette)]} if palette else {}
        )
    return [{"type": "value", "options": options}] if options else []


# Shapes: grafanalib's class, and what of `fieldConfig.defaults` and `options` it does not write itself ---------

_Shape = tuple[type[core.Panel], Json, Json]

_LAST = {"calcs": ["lastNotNull"], "fields": "", "values": False}


def _time_series(planned: PlannedPanel) -> _Shape:
    stacked = isinstance(planned.panel, TimeSeries) and planned.panel.stacked
    custom = {
        "drawStyle": "line",
        "lineInterpolation": "linear",
        "lineWidth": 1,
        "fillOpacity": 40 if stacked else 10,
        "showPoints": "auto",
        "spanNulls": False,
        "stacking": {"mode": "normal" if stacked else "none", "group": "A"},
        "thresholdsStyle": {"mode": "line" if planned.thresholds else "off"},
    }
    many = len(planned.queries) > 1 or any(query.many for query in planned.queries)
    options = {"legend": _legend(table=many), "tooltip": {"mode": "multi", "sort": "desc"}}
    return core.TimeSeries, {"color": {"mode": "palette-classic"}, "custom": custom}, options


def _legend(*, table: bool) -> Json:
    return {
        "showLegend": True,
        "displayMode": "table" if table else "list",
        "placement": "bottom",
        "calcs": ["lastNotNull", "max"] if table else [],
    }


def _stat(planned: PlannedPanel) -> _Shape:
    panel = planned.panel
    assert isinstance(panel, Stat)  # noqa: S101 - the table of shapes says so
    options = {
        "reduceOptions": _LAST,
        "orientation": "auto",
        "colorMode": "value",
        "graphMode": "area" if panel.sparkline else "none",
        "justifyMode": "auto",
        "textMode": "auto",
        "wideLayout": True,
        "showPercentChange": False,
        "percentChangeColorMode": "standard",
    }
    return core.Stat, {"color": _BY_THRESHOLD, "mappings": _mappings(panel.mapping)}, options


def _gauge(planned: PlannedPanel) -> _Shape:
    options = {
        "reduceOptions": _LAST,
        "orientation": "auto",
        "showThresholdLabels": False,
        "showThresholdMarkers": bool(planned.thresholds),
        "sizing": "auto",
        "minVizWidth": 75,
        "minVizHeight": 75,
    }
    return core.GaugePanel, {"color": _by_threshold_or_green(planned)}, options


def _bar_gauge(planned: PlannedPanel) -> _Shape:
    options = {
        "reduceOptions": _LAST,
        "orientation": "horizontal",
        "displayMode": "basic",
        "valueMode": "color",
        "namePlacement": "auto",
        "showUnfilled": True,
        "sizing": "auto",
        "minVizWidth": 8,
        "minVizHeight": 16,
        "maxVizHeight": 300,
        "legend": {"showLegend": False, "displayMode": "list", "placement": "bottom", "calcs": []},
    }
    return core.BarGauge, {"color": _by_threshold_or_green(planned)}, options


def _table(planned: PlannedPanel) -> _Shape:
    cells = {"type": "color-text" if planned.thresholds else "auto"}
    custom = {"align": "auto", "cellOptions": cells, "filterable": True, "inspect": False}
    color = _BY_THRESHOLD if planned.thresholds else None
    return core.Table, {"color": color, "custom": custom}, {"showHeader": True, "cellHeight": "sm"}


# Colours that call nothing good or bad, for states of which no threshold does
_STATE_COLORS = ("blue", "orange", "purple", "yellow", "green", "red")


def _state_timeline(planned: PlannedPanel) -> _Shape:
    panel = planned.panel
    assert isinstance(panel, StateTimeline)  # noqa: S101 - the table of shapes says so
    mappings = _mappings(panel.states, () if planned.thresholds else _STATE_COLORS)
    defaults = {
        "color": _BY_THRESHOLD if planned.thresholds else {"mode": "palette-classic"},
        "mappings": mappings,
        "custom": {"lineWidth": 0, "fillOpacity": 70},
    }
    options = {
        "mergeValues": True,
        "showValue": "auto",
        "alignValue": "left",
        "rowHeight": 0.9,
        "legend": _legend(table=False),
        "tooltip": {"mode": "multi", "sort": "none"},
    }
    return core.StateTimeline, defaults, options


def _heatmap(planned: PlannedPanel) -> _Shape:
    options = {
        "calculate": False,
        "rowsFrame": {"layout": "auto"},
        "yAxis": {"axisPlacement": "left", "reverse": False, "unit": planned.unit},
        "cellGap": 1,
        "cellValues": {"unit": "cps"},
        "color": {
            "mode": "scheme",
            "scheme": "Oranges",
            "fill": "dark-orange",
            "scale": "exponential",
            "exponent": 0.5,
            "steps": 64,
            "reverse": False,
        },
        "filterValues": {"le": 1e-9},
        "showValue": "never",
        "legend": {"show": True},
        "tooltip": {"mode": "single", "yHistogram": True, "showColorScale": False},
        "exemplars": {"color": "rgba(255,0,255,0.7)"},
    }
    return core.Heatmap, {}, options


_BY_THRESHOLD = {"mode": "thresholds"}


def _by_threshold_or_green(planned: PlannedPanel) -> Json:
    # the colour of text would make a bar of it that is hard to tell from its ground
    return _BY_THRESHOLD if planned.thresholds else {"mode": "fixed", "fixedColor": "green"}


_SHAPES = {
    TimeSeries: _time_series,
    Stat: _stat,
    GaugePanel: _gauge,
    BarGauge: _bar_gauge,
    Table: _table,
    StateTimeline: _state_timeline,
    Heatmap: _heatmap,
}


# Tables -----------------------------------------------------------------------------------------------


def _transformations(planned: PlannedPanel) -> Iterator[Json]:
    """One row for each label set, without the time, which is that of the query for all of them."""
    if not isinstance(planned.panel, Table):
        return
    if len(planned.queries) > 1:
        yield {"id": "merge", "options": {}}
    renamed = {column: heading for _, column, heading in _columns(planned)}
    yield {
        "id": "organize",
        "options": {"excludeByName": {"Time": True, "__name__": True}, "indexByName": {}, "renameByName": renamed},
    }


def _overrides(planned: PlannedPanel) -> Iterator[Json]:
    """Each column in the unit of its own query, where the panel gives none."""
    if not isinstance(planned.panel, Table) or planned.panel.unit is not None:
        return
    for query, _, heading in _columns(planned):
        if query.unit != planned.unit:
            yield {
                "matcher": {"id": "byName", "options": heading},
                "properties": [{"id": "unit", "value": query.unit}],
            }


def _columns(planned: PlannedPanel) -> Iterator[tuple[PlannedQuery, str, str]]:
    """Each query, what Prometheus' data source calls its column, and what it is called here."""
    alone = len(planned.queries) == 1
    for query in planned.queries:
        column = "Value" if alone else f"Value #{query.ref}"
        yield query, column, query.legend or (planned.panel.title if alone else query.ref)
