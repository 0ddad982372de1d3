"""
The words of a definition.

They are imported as they are asked for: `watchwright --version` needs none of them.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from watchwright.model.alert import Alert, Case
    from watchwright.model.catalogue import Catalogue
    from watchwright.model.dashboard import (
        Annotation,
        BarGauge,
        CustomVariable,
        Dashboard,
        GaugePanel,
        Heatmap,
        LabelVariable,
        Query,
        Row,
        Stat,
        StateTimeline,
        Table,
        TextPanel,
        Threshold,
        TimeSeries,
    )
    from watchwright.model.environment import Environment, definition
    from watchwright.model.error import DefinitionError
    from watchwright.model.expression import Instant, Words
    from watchwright.model.jaeger import Jaeger, TraceLink
    from watchwright.model.label import Label, matcher, not_, regex
    from watchwright.model.metric import Counter, Gauge, Histogram, Info, StateSet, Summary
    from watchwright.model.platform import Platform, Ruler
    from watchwright.model.quantity import Quantity, Unit
    from watchwright.model.rule import RecordingRule, record
    from watchwright.model.sampling import Probabilistic, RateLimiting, Sampling
    from watchwright.model.scrape import (
        BasicAuth,
        Bearer,
        Job,
        Limits,
        Relabel,
        Tls,
        drop_labels,
        drop_series,
        federation,
        push_gateway,
        rename_label,
    )
    from watchwright.model.system import System
    from watchwright.model.text import go_template
    from watchwright.model.words import all_of, any_of, apart, call, promql, ratio, time, vector
    from watchwright.units import percent

_WORDS = {
    "model.alert": "Alert Case",
    "model.catalogue": "Catalogue",
    "model.dashboard": (
        "Annotation BarGauge CustomVariable Dashboard GaugePanel Heatmap LabelVariable Query Row Stat "
        "StateTimeline Table TextPanel Threshold TimeSeries"
    ),
    "model.environment": "Environment definition",
    "model.error": "DefinitionError",
    "model.expression": "Instant Words",
    "model.jaeger": "Jaeger TraceLink",
    "model.label": "Label matcher not_ regex",
    "model.metric": "Counter Gauge Histogram Info StateSet Summary",
    "model.platform": "Platform Ruler",
    "model.quantity": "Quantity Unit",
    "model.rule": "RecordingRule record",
    "model.sampling": "Probabilistic RateLimiting Sampling",
    "model.scrape": (
        "BasicAuth Bearer Job Limits Relabel Tls drop_labels drop_series federation push_gateway rename_label"
    ),
    "model.system": "System",
    "model.text": "go_template",
    "model.words": "all_of any_of apart call promql ratio time vector",
    "units": "percent",
}
_HOME = {word: module for module, words in _WORDS.items() for word in words.split()}

__version__ = "0.1.0"

__all__ = [
    "Alert",
    "Annotation",
    "BarGauge",
    "BasicAuth",
    "Bearer",
    "Case",
    "Catalogue",
    "Counter",
    "CustomVariable",
    "Dashboard",
    "DefinitionError",
    "Environment",
    "Gauge",
    "GaugePanel",
    "Heatmap",
    "Histogram",
    "Info",
    "Instant",
    "Jaeger",
    "Job",
    "Label",
    "LabelVariable",
    "Limits",
    "Platform",
    "Probabilistic",
    "Quantity",
    "Query",
    "RateLimiting",
    "RecordingRule",
    "Relabel",
    "Row",
    "Ruler",
    "Sampling",
    "Stat",
    "StateSet",
    "StateTimeline",
    "Summary",
    "System",
    "Table",
    "TextPanel",
    "Threshold",
    "TimeSeries",
    "Tls",
    "TraceLink",
    "Unit",
    "Words",
    "all_of",
    "any_of",
    "apart",
    "call",
    "definition",
    "drop_labels",
    "drop_series",
    "federation",
    "go_template",
    "matcher",
    "not_",
    "percent",
    "promql",
    "push_gateway",
    "ratio",
    "record",
    "regex",
    "rename_label",
    "time",
    "vector",
]


def __getattr__(name: str) -> object:
    if name not in _HOME:
        msg = f"module `watchwright` has no word `{name}`"
        raise AttributeError(msg)
    word = getattr(import_module(f"watchwright.{_HOME[name]}"), name)
    globals()[name] = word
    return word


def __dir__() -> list[str]:
    return __all__
