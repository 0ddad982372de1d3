"""Dashboards: rows and panels in reading order; places and ids are computed."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Any, ClassVar, Literal, TypeAlias

import attrs

from watchwright.model.accept import accepted
from watchwright.model.alert import Alert
from watchwright.model.duration import milliseconds, optional, query_duration
from watchwright.model.error import DefinitionError
from watchwright.model.expression import Instant, Words
from watchwright.model.label import Choice, label_name, strings
from watchwright.model.quantity import Quantity, Real, Unit, exact
from watchwright.model.rule import instant_
from watchwright.model.scrape import Job
from watchwright.model.series import CounterSeries, HistogramWords
from watchwright.model.typed import several, typed
from watchwright.source import Source, here

Color = Literal["green", "yellow", "orange", "red", "blue", "purple"]

_COLUMNS = 24  # of Grafana's grid
_LONGEST_UID = 40  # Grafana's limit
_VARIABLE = re.compile(r"[A-Za-z]\w*")  # a leading underscore is for Grafana's own
_DATASOURCE = "datasource"  # every board has this variable


# Variables ------------------------------------------------------------------------------------------


def _step(value: str | None) -> str | None:
    return optional(value, "`step` of an annotation")


def _query(value: Words) -> Instant:
    return instant_(value, "a query")


def _variable_name(name: str) -> str:
    if not isinstance(name, str) or not _VARIABLE.fullmatch(name):
        msg = f"a variable's name is letters, digits and underscores, a letter first, got {name!r}"
        raise DefinitionError(msg)
    if name == _DATASOURCE:
        msg = f"every board has a variable `{name}` already, for the data source"
        raise DefinitionError(msg)
    return name


@attrs.frozen(order=False, field_transformer=typed, kw_only=True)
class LabelVariable(Choice):
    """
    A choice among the values that a label has on some series: `where(topic=topic)` uses it.

    *multiple* lets the reader choose several, *all* offers all of them at once, and starts with that.
    """

    name: str = attrs.field(kw_only=False, converter=_variable_name)
    series: Instant = attrs.field(kw_only=False, converter=_query)
    label: str = attrs.field(converter=label_name)
    title: str = ""
    multiple: bool = True
    all: bool = True


def _options(values: Iterable[str]) -> tuple[str, ...]:
    options = strings("`options`", values)
    for option in options:
        # Grafana reads `name : value` as a name and a value, trims both, and has no escape for it
        if not option.strip() or option != option.strip() or " : " in option:
            msg = f"an option is a text without ` : ` and without spaces around it, got {option!r}"
            raise DefinitionError(msg)
    return options


@attrs.frozen(order=False, field_transformer=typed, kw_only=True)
class CustomVariable(Choice):
    """A choice among given texts; the first is chosen at the start."""

    name: str = attrs.field(kw_only=False, converter=_variable_name)
    options: tuple[str, ...] = attrs.field(kw_only=False, converter=_options)
    title: str = ""
    multiple: bool = False
    all: bool = False

    def __attrs_post_init__(self) -> None:
        if not self.options:
            msg = f"variable `{self.name}` has nothing to choose from"
            raise DefinitionError(msg)


Variable: TypeAlias = LabelVariable | CustomVariable


@attrs.frozen(order=False, field_transformer=typed, kw_only=True)
class Annotation:
    """Marks on the time axis wherever *query* has a sample; *title* and *text* take `{label}`."""

    name: str = attrs.field(kw_only=False)
    query: Instant = attrs.field(kw_only=False, converter=_query)
    title: str = ""
    text: str = ""
    color: Color = "blue"
    step: str | None = attrs.field(default=None, converter=_step)


# Panels ----------------------------------------------------------------------------------------------


@attrs.frozen(order=False, field_transformer=typed, kw_only=True)
class Query:
    """One query of a panel; *legend* takes `{label}`, and is the labels themselves where it is empty."""

    expr: Instant = attrs.field(kw_only=False, converter=_query)
    legend: str = ""


def _finite(value: Real | Quantity) -> Real | Quantity:
    """The same number or quantity; Grafana's JSON has no word for NaN and infinity."""
    number = value.value if isinstance(value, Quantity) else exact(value)
    if not number.is_finite():
        msg = f"a panel shows finite numbers, got {value}"
        raise DefinitionError(msg)
    return value


def _bound(value: Real | Quantity | None) -> Real | Quantity | None:
    return None if value is None else _finite(value)


@attrs.frozen(order=False, field_transformer=typed)
class Threshold:
    """From *value* on, the panel shows *color*."""

    value: Real | Quantity = attrs.field(converter=_finite)
    color: Color = "red"


Queries: TypeAlias = Words | Query | Iterable[Words | Query]


def _queries(values: Queries) -> tuple[Query, ...]:
    if isinstance(values, HistogramWords):
        msg = f"a histogram is no series itself, got {values!r}"
        raise DefinitionError(msg, "plot .quantile(0.9, over=...), .count or .sum, or give it to a Heatmap")
    given = several([values] if isinstance(values, Words | Query) else values)
    if not given:
        msg = "a panel has at least one query, got none"
        raise DefinitionError(msg)
    return tuple(value if isinstance(value, Query) else Query(value) for value in given)


def _thresholds(values: Iterable[Threshold]) -> tuple[Threshold, ...]:
    return several(values)


def _alerts(values: Iterable[Alert | Job]) -> tuple[Alert | Job, ...]:
    return several(values)


def _unit(value: str | Unit | None) -> str | None:
    return value.name if isinstance(value, Unit) else value


def _words(values: Mapping[Any, str] | Iterable[tuple[Real, str]]) -> tuple[tuple[Real, str], ...]:
    # Any: a mapping's keys are invariant, so no one type fits whole numbers, and others
    return tuple(values.items() if isinstance(values, Mapping) else values)


@attrs.frozen(order=False, field_transformer=typed, kw_only=True)
class Panel:
    """
    What all panels have.

    *width* is out of 24, *height* in units of 30 pixels; a panel without a width shares out what its line
    leaves free. *key* is what the panel's id is made of; it is the titles of row and panel unless given, so
    give one when you rename a panel that alerts or people link to.
    """

    WIDTH: ClassVar[int] = 12
    HEIGHT: ClassVar[int] = 8

    title: str = attrs.field(kw_only=False)
    description: str = ""
    width: int | None = None
    height: int | None = None
    key: str = ""
    accept: Mapping[str, str] = attrs.field(factory=dict, converter=accepted, eq=False)
    source: Source = attrs.field(factory=here, eq=False, repr=False)

    def __attrs_post_init__(self) -> None:
        if self.width is not None and not 1 <= self.width <= _COLUMNS:
            msg = f"panel `{self.title}`: width is out of {_COLUMNS}, got {self.width}"
            raise DefinitionError(msg)
        if self.height is not None and self.height < 1:
            msg = f"panel `{self.title}`: height must be at least 1, got {self.height}"
            raise DefinitionError(msg)


@attrs.frozen(order=False, field_transformer=typed, kw_only=True)
class QueryPanel(Panel):
    """
    What all panels with queries have.

    *unit* is that of the queries where None: one of `watchwright.units`, or Grafana's id of a format, such
    as `"reqps"`. It says how numbers are written, and converts nothing. *no_data* is what it says without
    series, where that is good news.

    *alerts* are those whose signal it shows, a job standing for the alert that it brings: they link here,
    their runbooks are linked from here, and the numbers they compare a query with become its thresholds.
    """

    queries: tuple[Query, ...] = attrs.field(kw_only=False, converter=_queries)
    unit: str | None = attrs.field(default=None, converter=_unit)
    decimals: int | None = None
    min: Real | Quantity | None = attrs.field(default=None, converter=_bound)
    max: Real | Quantity | None = attrs.field(default=None, converter=_bound)
    thresholds: tuple[Threshold, ...] = attrs.field(default=(), converter=_thresholds)
    alerts: tuple[Alert | Job, ...] = attrs.field(default=(), converter=_alerts)
    no_data: str = ""


@attrs.frozen(order=False, field_transformer=typed, kw_only=True)
class TimeSeries(QueryPanel):
    """Lines over time; thresholds are drawn as lines."""

    stacked: bool = False


@attrs.frozen(order=False, field_transformer=typed, kw_only=True)
class Stat(QueryPanel):
    """One number for each series: its last value, coloured by the thresholds; *mapping* gives values a word."""

    WIDTH: ClassVar[int] = 4
    HEIGHT: ClassVar[int] = 4
    sparkline: bool = True
    mapping: tuple[tuple[Real, str], ...] = attrs.field(factory=dict, converter=_words)


@attrs.frozen(order=False, field_transformer=typed, kw_only=True)
class GaugePanel(QueryPanel):
    """A dial for each series, from *min* to *max*."""

    WIDTH: ClassVar[int] = 6
    HEIGHT: ClassVar[int] = 6


@attrs.frozen(order=False, field_transformer=typed, kw_only=True)
class BarGauge(QueryPanel):
    """A bar for each series, from *min* to *max*."""

    WIDTH: ClassVar[int] = 8


@attrs.frozen(order=False, field_transformer=typed, kw_only=True)
class Table(QueryPanel):
    """One row for each series, as it is now; a column for each label and each query."""


@attrs.frozen(order=False, field_transformer=typed, kw_only=True)
class StateTimeline(QueryPanel):
    """A band for each series, whose colour is its state; *states* gives values their words."""

    states: tuple[tuple[Real, str], ...] = attrs.field(factory=dict, converter=_words)


def _over(value: str) -> str:
    query_duration(value, "`over` of a heatmap")
    return value


@attrs.frozen(order=False, field_transformer=typed, kw_only=True)
class Heatmap(Panel):
    """
    The observations of a histogram over time; *unit* is the histogram's where None.

    Each column shows what was observed in the *over* before it: Grafana's choice, unless given.
    """

    histogram: HistogramWords = attrs.field(kw_only=False)
    over: str = attrs.field(default="$__rate_interval", converter=_over)
    unit: str | None = attrs.field(default=None, converter=_unit)

    @property
    def buckets(self) -> CounterSeries:
        """The series it reads."""
        return self.histogram._observed()  # noqa: SLF001 - the word's own choice of classic or native

    @property
    def native(self) -> bool:
        """Whether one sample holds a whole histogram, and there is no `le`."""
        return self.histogram._native  # noqa: SLF001 - as above


@attrs.frozen(order=False, field_transformer=typed, kw_only=True)
class TextPanel(Panel):
    """Markdown."""

    WIDTH: ClassVar[int] = 24
    HEIGHT: ClassVar[int] = 4
    markdown: str = attrs.field(kw_only=False)


# Boards ----------------------------------------------------------------------------------------------


def _panels(values: Iterable[Panel]) -> tuple[Panel, ...]:
    return several(values)


@attrs.frozen(order=False, field_transformer=typed, kw_only=True)
class Row:
    """
    Panels under a heading.

    A *collapsed* row is opened by the reader; *repeat* makes one for each value of a variable.
    """

    title: str = attrs.field(kw_only=False)
    panels: tuple[Panel, ...] = attrs.field(kw_only=False, converter=_panels)
    collapsed: bool = False
    repeat: Variable | None = None
    source: Source = attrs.field(factory=here, eq=False, repr=False)


def _rows(values: Iterable[Row]) -> tuple[Row, ...]:
    return several(values)


def _variables(values: Iterable[Variable]) -> tuple[Variable, ...]:
    return several(values)


def _annotations(values: Iterable[Annotation]) -> tuple[Annotation, ...]:
    return several(values)


def _tags(values: Iterable[str]) -> tuple[str, ...]:
    return strings("`tags`", values)


@attrs.frozen(order=False, field_transformer=typed, kw_only=True)
class Dashboard:
    """
    A board: rows in reading order.

    *span* is the time it shows at first, *refresh* how often it loads again: `"0"` for never.

    *uid* is made of the system and the title unless given: give one when you rename a board that people link to.
    """

    title: str = attrs.field(kw_only=False)
    rows: tuple[Row, ...] = attrs.field(kw_only=False, converter=_rows)
    description: str = ""
    variables: tuple[Variable, ...] = attrs.field(default=(), converter=_variables)
    annotations: tuple[Annotation, ...] = attrs.field(default=(), converter=_annotations)
    tags: tuple[str, ...] = attrs.field(default=(), converter=_tags)
    span: str = "6h"
    refresh: str = "1m"
    uid: str = ""
    accept: Mapping[str, str] = attrs.field(factory=dict, converter=accepted, eq=False)
    source: Source = attrs.field(factory=here, eq=False, repr=False)

    def __attrs_post_init__(self) -> None:
        milliseconds(self.span, "`span` of a dashboard")
        milliseconds(self.refresh, "`refresh` of a dashboard", zero=True)
        if not re.fullmatch(rf"[A-Za-z0-9_-]{{0,{_LONGEST_UID}}}", self.uid):
            msg = f"a dashboard uid is at most {_LONGEST_UID} letters, digits, `-` and `_`, got {self.uid!r}"
            raise DefinitionError(msg)
