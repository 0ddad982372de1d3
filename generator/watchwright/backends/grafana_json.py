"""
Grafana's JSON in one canonical form.

grafanalib 0.7.1 writes dashboards of schema version 12, with keys that Grafana has dropped since and, for
some panels, options in shapes that it no longer reads. Only what is listed here survives, in this order,
so that what people review are decisions and not defaults.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from grafanalib._gen import DashboardEncoder

from watchwright.backends.artifact import Stretch
from watchwright.lower.plan import Origin

Json = dict[str, Any]

# The keys and their shapes: @grafana/schema, raw/dashboard/x/types.gen.d.ts and composable/*/panelcfg
_DASHBOARD = (
    "uid", "title", "description", "tags", "schemaVersion", "editable", "graphTooltip", "timezone", "time", "refresh",
    "links", "annotations", "templating", "panels",
)  # fmt: skip
_ANNOTATION = ("name", "datasource", "enable", "iconColor", "target", "titleFormat", "textFormat")
_VARIABLE = (
    "name", "type", "label", "datasource", "definition", "query", "regex", "refresh", "sort", "multi", "includeAll",
    "allValue", "current",
)  # fmt: skip
_ROW = ("id", "type", "title", "gridPos", "collapsed", "repeat", "panels")
_PANEL = (
    "id", "type", "title", "description", "links", "gridPos", "datasource", "targets", "transformations", "fieldConfig",
    "options",
)  # fmt: skip
_TARGET = ("refId", "datasource", "expr", "legendFormat", "format", "interval", "instant", "range")
_DEFAULTS = ("unit", "decimals", "min", "max", "color", "thresholds", "mappings", "noValue", "custom")

_CUSTOM = {
    "timeseries": (
        "drawStyle", "lineInterpolation", "lineWidth", "fillOpacity", "showPoints", "spanNulls", "stacking",
        "thresholdsStyle",
    ),
    "state-timeline": ("lineWidth", "fillOpacity"),
    "table": ("align", "cellOptions", "filterable", "inspect"),
}  # fmt: skip
_OPTIONS = {
    "timeseries": ("legend", "tooltip"),
    "stat": (
        "reduceOptions", "orientation", "colorMode", "graphMode", "justifyMode", "textMode", "wideLayout",
        "showPercentChange", "percentChangeColorMode",
    ),
    "gauge": (
        "reduceOptions", "orientation", "showThresholdLabels", "showThresholdMarkers", "sizing", "minVizWidth",
        "minVizHeight",
    ),
    "bargauge": (
        "reduceOptions", "orientation", "displayMode", "valueMode", "namePlacement", "showUnfilled", "sizing",
        "minVizWidth", "minVizHeight", "maxVizHeight", "legend",
    ),
    "table": ("showHeader", "cellHeight"),
    "state-timeline": ("mergeValues", "showValue", "alignValue", "rowHeight", "legend", "tooltip"),
    "heatmap": (
        "calculate", "rowsFrame", "yAxis", "cellGap", "cellValues", "color", "filterValues", "showValue", "legend",
        "tooltip", "exemplars",
    ),
    "text": ("mode", "content"),
}  # fmt: skip


def plain(value: Any) -> Any:
    """Grafanalib's objects as plain dictionaries and lists."""
    return json.loads(json.dumps(value, cls=DashboardEncoder, allow_nan=False))


def normal(dashboard: Any) -> Json:
    """A dashboard of grafanalib's in its canonical form."""
    raw = plain(dashboard)
    return _kept(
        raw,
        _DASHBOARD,
        annotations={"list": [_kept(each, _ANNOTATION) for each in raw["annotations"]["list"]]},
        templating={"list": [_kept(each, _VARIABLE) for each in raw["templating"]["list"]]},
        panels=[_panel(each) for each in raw["panels"]],
    )


def _panel(raw: Json) -> Json:
    if raw["type"] == "row":
        return {**_kept(raw, _ROW), "panels": [_panel(each) for each in raw["panels"]]}
    kind = raw["type"]
    return _kept(
        raw,
        _PANEL,
        targets=[_target(each) for each in raw["targets"]],
        fieldConfig=_field_config(raw["fieldConfig"], kind) if raw["targets"] else None,
        options=_kept(raw["options"], _OPTIONS[kind]),
    )


def _target(raw: Json) -> Json:
    return _kept(raw, _TARGET, range=not raw["instant"])


def _field_config(raw: Json, kind: str) -> Json:
    defaults = raw["defaults"]
    custom = _kept(defaults.get("custom", {}), _CUSTOM.get(kind, ()))
    thresholds = defaults["thresholds"] if defaults["thresholds"]["steps"] else None
    # a panel reads `overrides` without asking whether it is there
    return {
        "defaults": _kept(defaults, _DEFAULTS, custom=custom, thresholds=thresholds),
        "overrides": raw.get("overrides", []),
    }


def _kept(raw: Json, keys: Sequence[str], **changed: Any) -> Json:
    """The listed keys that say something, in the order of the list."""
    merged = {**raw, **changed}
    return {key: merged[key] for key in keys if merged.get(key) not in (None, "", [], {})}


# Text -------------------------------------------------------------------------------------------------


def written(board: Json) -> str:
    """The canonical text."""
    return json.dumps(board, indent=2, ensure_ascii=False, allow_nan=False) + "\n"


# Only rows and panels have a number for an id, and it is their first key
_PANEL_START = re.compile(r"^( *)\{\n *\"id\": (\d+),$", re.MULTILINE)


def stretches(text: str, panels: Mapping[int, Origin], board: Origin) -> Iterator[Stretch]:
    """Where each panel's lines are in a canonical text; whatever lies between them is the board's."""
    first = 1
    for start, end, origin in _spans(text, panels):
        if first < start:
            yield Stretch(first, start - 1, board)
        yield Stretch(start, end, origin)
        first = end + 1
    yield Stretch(first, text.count("\n"), board)


def _spans(text: str, panels: Mapping[int, Origin]) -> Iterator[tuple[int, int, Origin]]:
    starts = list(_PANEL_START.finditer(text))
    lines = _line_numbers(text, [found.start() for found in starts])
    for index, found in enumerate(starts):
        length = text[found.start() : text.index(f"\n{found[1]}}}", found.end())].count("\n") + 1
        last = lines[index] + length
        if index + 1 < len(starts):  # a collapsed row holds its panels: its own lines end where theirs begin
            last = min(last, lines[index + 1] - 1)
        yield lines[index], last, panels[int(found[2])]


def _line_numbers(text: str, offsets: Iterable[int]) -> list[int]:
    numbers: list[int] = []
    line, before = 1, 0
    for offset in offsets:
        line += text.count("\n", before, offset)
        before = offset
        numbers.append(line)
    return numbers
