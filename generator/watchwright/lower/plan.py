"""
What lowering makes: plain data, with nothing left to decide, for backends that only write it down.

Every expression here is scoped, every quantity a number, every name and text final.
"""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import TYPE_CHECKING, Literal, Protocol

import attrs

from watchwright.finding import Finding
from watchwright.model.alert import Alert
from watchwright.model.dashboard import Annotation, Dashboard, Panel, Row, Variable
from watchwright.model.environment import Environment
from watchwright.model.metric import Metric
from watchwright.model.platform import Platform
from watchwright.model.rule import RecordingRule
from watchwright.model.sampling import Sampling
from watchwright.model.scrape import Job
from watchwright.model.system import System
from watchwright.query.layout import layout
from watchwright.query.tree import Node
from watchwright.query.units import Unit
from watchwright.semantics.world import World
from watchwright.source import Source

if TYPE_CHECKING:
    from watchwright.lower.slos.lowering import Promised


class Part(Protocol):
    """Whatever in a definition has a place and can accept findings."""

    @property
    def source(self) -> Source:
        """Where it was written."""

    @property
    def accept(self) -> Mapping[str, str]:
        """What it accepts, with reasons."""


@attrs.frozen(order=False, kw_only=True)
class Origin:
    """Where a planned part comes from: its place, the path of its object, and what is accepted there."""

    source: Source
    subject: str
    accept: Mapping[str, str] = attrs.field(factory=dict, eq=False)

    @classmethod
    def of(cls, system: System, name: str, part: Part) -> Origin:
        """The origin of a part of a system; *name* is its path below, such as `alert ProviderFailing`."""
        accept = {**system.accept, **part.accept}
        return cls(source=part.source, subject=f"{system.name} / {name}", accept=accept)

    def below(self, name: str, source: Source, accept: Mapping[str, str] | None = None) -> Origin:
        """The origin of a part within this one."""
        return Origin(source=source, subject=f"{self.subject} / {name}", accept={**self.accept, **(accept or {})})

    def finding(self, message: str, hint: str = "") -> Finding:
        """A finding about this part."""
        return Finding(message, source=self.source, subject=self.subject, accept=self.accept, hint=hint)


class Late(Protocol):
    """An expression that is made once it is asked for."""

    @property
    def node(self) -> Node:
        """The tree."""

    @property
    def text(self) -> str:
        """The tree, laid out."""


@attrs.frozen(order=False, kw_only=True)
class Evaluated:
    """What recording and alerting rules have; *comment* are lines for whoever reads it."""

    _expr: Node | Late
    labels: Mapping[str, str]
    origin: Origin
    comment: tuple[str, ...] = ()

    @property
    def expr(self) -> Node:
        """Its expression."""
        return self._expr if isinstance(self._expr, Node) else self._expr.node

    @property
    def promql(self) -> str:
        """Its expression as text, laid out over several lines where it is long."""
        return layout(self._expr) if isinstance(self._expr, Node) else self._expr.text


@attrs.frozen(order=False, kw_only=True)
class Recording(Evaluated):
    """A recording rule."""

    record: str


@attrs.frozen(order=False, kw_only=True)
class Limit:
    """
    A number that an alert compares a signal with, in the unit of the signal where that can be known.

    A *guard* keeps the alert silent, and is not what it is about: it stands on the right of an `and`.
    """

    signal: Node
    op: str
    value: Decimal
    unit: Unit | None
    guard: bool = False

    @property
    def visible(self) -> bool:
        """Whether a step of colour can show it: Grafana's begin *at* a value, and 0 is mostly the healthy one."""
        return self.op in (">=", "<") or (self.op in (">", "<=") and bool(self.value))


@attrs.frozen(order=False, kw_only=True)
class PanelLink:
    """The panel that shows an alert's signal; *url* is empty where nobody says where Grafana is."""

    board: str
    panel: str
    uid: str
    id: int
    url: str


@attrs.frozen(order=False, kw_only=True)
class Alerting(Evaluated):
    """
    An alerting rule; label values and annotations are Go templates, durations as Prometheus writes them.

    *runbook* is the URL of its runbook, or empty. One that is *windowed* wants no `for_`: two windows decide, and one
    evaluation in which both are beyond the threshold is no accident.
    """

    alert: str
    for_: str | None
    keep_firing_for: str | None
    annotations: Mapping[str, str]
    limits: tuple[Limit, ...] = ()
    shown: PanelLink | None = None
    runbook: str = ""
    windowed: bool = False


Rule = Recording | Alerting


@attrs.frozen(order=False, kw_only=True)
class RuleGroup:
    """Rules that Prometheus evaluates one after the other, at each *interval*."""

    name: str
    interval: str
    rules: tuple[Rule, ...]


@attrs.frozen(order=False, kw_only=True)
class RuleFile:
    """A file of rules that share an interval."""

    name: Literal["recording", "alerting", "slo-fast", "slo-slow"]
    groups: tuple[RuleGroup, ...]

    @property
    def rules(self) -> tuple[Rule, ...]:
        """The rules of all its groups."""
        return tuple(rule for group in self.groups for rule in group.rules)


@attrs.frozen(order=False, kw_only=True)
class InputSeries:
    """A series of a unit test, with its samples in promtool's notation."""

    series: str
    values: str


@attrs.frozen(order=False, kw_only=True)
class Expectation:
    """At *eval_time*, *expr* yields exactly these label sets, each with the value 1."""

    eval_time: str
    expr: str
    samples: tuple[str, ...]


@attrs.frozen(order=False, kw_only=True)
class UnitTest:
    """A promtool unit test, and the file of rules whose tests it belongs to."""

    name: str
    file: Literal["alerting", "slo-fast", "slo-slow"] = "alerting"
    interval: str
    series: tuple[InputSeries, ...]
    expectations: tuple[Expectation, ...]
    origin: Origin


@attrs.frozen(order=False)
class Grid:
    """A panel's place: 24 columns, rows of 30 pixels."""

    x: int
    y: int
    width: int
    height: int


@attrs.frozen(order=False, kw_only=True)
class PlannedQuery:
    """
    A query of a panel. *legend* is Grafana's (`{{label}}`), *ref* its letter.

    *measured* is the unit of its samples where it can be known, *unit* Grafana's id of it; *many* says
    that it may yield more than one series, *instant* that only the last moment is wanted.
    """

    ref: str
    expr: Node
    legend: str
    unit: str = "short"
    measured: Unit | None = None
    many: bool = True
    instant: bool = False


@attrs.frozen(order=False, kw_only=True)
class PlannedPanel:
    """
    A panel with its place, id, queries, and numbers in the unit of its samples.

    *unit* is Grafana's id of how they are written. *thresholds* ascend; the first has no value, and holds
    below all others. *alerts* are those whose signal it shows.
    """

    id: int
    panel: Panel
    grid: Grid
    unit: str
    queries: tuple[PlannedQuery, ...] = ()
    thresholds: tuple[tuple[Decimal | None, str], ...] = ()
    min: Decimal | None = None
    max: Decimal | None = None
    alerts: tuple[Alerting, ...] = ()
    origin: Origin


@attrs.frozen(order=False, kw_only=True)
class PlannedRow:
    """A row heading with its id and place, and the panels under it."""

    id: int
    row: Row
    y: int
    panels: tuple[PlannedPanel, ...]
    origin: Origin


@attrs.frozen(order=False, kw_only=True)
class PlannedVariable:
    """
    A variable; *query* is Grafana's where its options come from series.

    That is `label_values(...)`, or `query_result(...)` of what is no selector, of whose samples *regex* then
    takes the label. *series* is the expression in it.
    """

    variable: Variable
    series: Node | None = None
    query: str = ""
    regex: str = ""


@attrs.frozen(order=False, kw_only=True)
class PlannedAnnotation:
    """An annotation with its scoped query; its texts are Grafana's (`{{label}}`)."""

    annotation: Annotation
    expr: Node
    title: str
    text: str


@attrs.frozen(order=False, kw_only=True)
class Board:
    """A dashboard with its uid and the name of its file."""

    uid: str
    slug: str
    dashboard: Dashboard
    tags: tuple[str, ...]
    variables: tuple[PlannedVariable, ...]
    annotations: tuple[PlannedAnnotation, ...]
    rows: tuple[PlannedRow, ...]
    origin: Origin

    @property
    def panels(self) -> tuple[PlannedPanel, ...]:
        """All its panels, in reading order."""
        return tuple(panel for row in self.rows for panel in row.panels)


@attrs.frozen(order=False, kw_only=True)
class Runbook:
    """
    The page of one alert, and the series it reads that are recorded.

    *page* is its path below the folder of runbooks, without an ending; *notes* says that the team wrote a
    page of its own beside it.
    """

    page: str
    alert: Alert
    rule: Alerting
    recorded: tuple[Recording, ...]
    notes: bool


@attrs.frozen(order=False, kw_only=True)
class Plan:
    """One system, lowered; *world* is what its expressions can select."""

    system: System
    metrics: tuple[Metric, ...]
    recorded: tuple[RecordingRule, ...]
    jobs: tuple[Job, ...]
    files: tuple[RuleFile, ...]
    tests: tuple[UnitTest, ...]
    boards: tuple[Board, ...]
    runbooks: tuple[Runbook, ...]
    sampling: tuple[Sampling, ...]
    promises: tuple[Promised, ...]
    world: World

    @property
    def rules(self) -> tuple[Rule, ...]:
        """The rules that its definition writes out, recorded ones first; not those that its SLOs amount to."""
        written = (file for file in self.files if file.name in ("recording", "alerting"))
        return tuple(rule for file in written for rule in file.rules)

    @property
    def alerts(self) -> tuple[Alerting, ...]:
        """All its alerts, those of jobs and SLOs included."""
        return tuple(rule for file in self.files for rule in file.rules if isinstance(rule, Alerting))


@attrs.frozen(order=False, kw_only=True)
class Fleet:
    """
    All systems of one environment, lowered, with the platform they share.

    *notes* are the pages, below the folder of runbooks, that people wrote beside rendered ones.
    """

    environment: Environment
    platform: Platform
    plans: tuple[Plan, ...]
    notes: frozenset[str] = frozenset()

    @property
    def origin(self) -> Origin:
        """Where that comes from which belongs to the platform itself."""
        return Origin(source=self.platform.source, subject="platform", accept=self.platform.accept)
