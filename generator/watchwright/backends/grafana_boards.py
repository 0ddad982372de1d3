"""Boards, their variables, annotations and rows, as grafanalib's objects."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from grafanalib import core

from watchwright.backends.grafana_json import Json, plain
from watchwright.backends.grafana_panels import DATASOURCE, grid, panel
from watchwright.lower.display import interval
from watchwright.lower.layout import COLUMNS, HEADING
from watchwright.lower.plan import Board, Grid, Plan, PlannedAnnotation, PlannedRow, PlannedVariable
from watchwright.model.dashboard import CustomVariable, LabelVariable
from watchwright.model.platform import Platform
from watchwright.query.printer import text

# File provisioning takes classic dashboards up to this version, and no v2 (grafana/grafana#127928)
SCHEMA_VERSION = 42


def dashboard(board: Board, plan: Plan, platform: Platform) -> core.Dashboard:
    """A board with its variables, annotations, rows and panels."""
    return core.Dashboard(
        uid=board.uid,
        title=board.dashboard.title,
        description=board.dashboard.description,
        tags=list(board.tags),
        schemaVersion=SCHEMA_VERSION,
        editable=False,
        graphTooltip=core.GRAPH_TOOLTIP_MODE_SHARED_CROSSHAIR,
        timezone="browser",
        time=core.Time(f"now-{interval(board.dashboard.span)}", "now"),
        refresh=interval(board.dashboard.refresh),
        links=list(_links(plan)),
        annotations=core.Annotations(list=[_annotation(each) for each in board.annotations]),
        templating=core.Templating(list=[_datasource(platform), *map(_variable, board.variables)]),
        panels=list(_rows(board.rows, platform)),
    )


def _links(plan: Plan) -> Iterator[core.DashboardLink]:
    """A menu of the system's boards, where there is more than one."""
    if len(plan.boards) > 1:
        system = plan.system
        yield core.DashboardLink(
            title=system.title or system.name,
            tags=[system.name],
            asDropdown=True,
            includeVars=True,
            keepTime=True,
        )


# Variables and annotations ------------------------------------------------------------------------------

_ALL = ".*"
_ON_TIME_RANGE_CHANGE = 2
_NATURAL_ORDER = 7  # so that 9 comes before 10
# https://github.com/grafana/grafana/blob/main/packages/grafana-prometheus/src/types.ts: PromVariableQueryType
_LABEL_VALUES, _QUERY_RESULT = 1, 3


def _datasource(platform: Platform) -> Json:
    template = core.Template(name="datasource", label="Data source", type="datasource", query="prometheus")
    return {**plain(template), **_current(platform.datasource), "sort": None}


def _variable(planned: PlannedVariable) -> Json:
    variable = planned.variable
    template = core.Template(
        name=variable.name,
        label=variable.title,
        query="",
        type="query" if isinstance(variable, LabelVariable) else "custom",
        multi=variable.multiple,
        includeAll=variable.all,
        # without it, a query asks for every value that the list holds: for none while the list is empty
        allValue=_ALL if variable.all else None,
    )
    rest = _options(variable) if isinstance(variable, CustomVariable) else _query(planned)
    chosen = _current("All", "$__all", multiple=variable.multiple) if variable.all else {"current": None}
    return {**plain(template), **chosen, **rest}


def _query(planned: PlannedVariable) -> Json:
    return {
        "datasource": DATASOURCE,
        "definition": planned.query,
        "query": {
            "query": planned.query,
            "qryType": _QUERY_RESULT if planned.regex else _LABEL_VALUES,
            "refId": "PrometheusVariableQueryEditor-VariableQuery",
        },
        "regex": planned.regex,
        "refresh": _ON_TIME_RANGE_CHANGE,
        "sort": _NATURAL_ORDER,
    }


def _options(variable: CustomVariable) -> Json:
    query = ", ".join(option.replace(",", "\\,") for option in variable.options)
    first = {} if variable.all else _current(variable.options[0], multiple=variable.multiple)
    return {"query": query, "refresh": None, "sort": None, **first}


def _current(shown: str, meant: str | None = None, *, multiple: bool = False) -> Json:
    value = shown if meant is None else meant
    return {"current": {"text": [shown], "value": [value]} if multiple else {"text": shown, "value": value}}


def _annotation(planned: PlannedAnnotation) -> Json:
    annotation = planned.annotation
    target = {"refId": "Anno", "expr": text(planned.expr)}
    if annotation.step:
        target["interval"] = interval(annotation.step)
    return {
        "name": annotation.name,
        "datasource": DATASOURCE,
        "enable": True,
        "iconColor": annotation.color,
        "target": target,
        "titleFormat": planned.title or annotation.name,
        "textFormat": planned.text,
    }


# Rows -------------------------------------------------------------------------------------------------


def _rows(rows: Iterable[PlannedRow], platform: Platform) -> Iterator[Any]:
    for planned in rows:
        panels = [panel(each, platform) for each in planned.panels]
        row = planned.row
        yield core.RowPanel(
            id=planned.id,
            title=row.title,
            gridPos=grid(Grid(0, planned.y, COLUMNS, HEADING)),
            collapsed=row.collapsed,
            repeat=core.Repeat(variable=row.repeat.name if row.repeat else None),
            panels=panels if row.collapsed else [],
        )
        if not row.collapsed:
            yield from panels
