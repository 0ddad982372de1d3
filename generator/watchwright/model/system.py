"""A system: everything one team runs and watches."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping

import attrs

from watchwright.model.accept import accepted
from watchwright.model.alert import Alert
from watchwright.model.catalogue import Catalogue
from watchwright.model.dashboard import Annotation, Dashboard, Heatmap, LabelVariable, QueryPanel
from watchwright.model.error import DefinitionError
from watchwright.model.expression import Expr
from watchwright.model.label import Value, matchers
from watchwright.model.metric import Metric
from watchwright.model.rule import Declared, RecordingRule
from watchwright.model.sampling import Sampling
from watchwright.model.scrape import Job
from watchwright.model.slo import Slo
from watchwright.model.typed import several, typed
from watchwright.query.tree import Matcher
from watchwright.source import Source, here

# it becomes a folder, a label value and a part of uids
_NAME = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")


def _metrics(values: Iterable[Metric]) -> tuple[Metric, ...]:
    return several(values)


def _rules(values: Iterable[RecordingRule]) -> tuple[RecordingRule, ...]:
    return several(values)


def _alerts(values: Iterable[Alert]) -> tuple[Alert, ...]:
    return several(values)


def _dashboards(values: Iterable[Dashboard]) -> tuple[Dashboard, ...]:
    return several(values)


def _annotations(values: Iterable[Annotation]) -> tuple[Annotation, ...]:
    return several(values)


def _jobs(values: Iterable[Job]) -> tuple[Job, ...]:
    return several(values)


def _slos(values: Iterable[Slo]) -> tuple[Slo, ...]:
    return several(values)


def _sampling(values: Iterable[Sampling]) -> tuple[Sampling, ...]:
    return several(values)


def _catalogues(values: Iterable[Catalogue]) -> tuple[Catalogue, ...]:
    return several(values)


def _scope(values: Mapping[str, Value] | tuple[Matcher, ...] | None) -> tuple[Matcher, ...] | None:
    return matchers((), values) if isinstance(values, Mapping) else values


@attrs.frozen(order=False, field_transformer=typed, kw_only=True)
class System:
    """
    Everything one team runs and watches.

    *metrics* and *rules* need to list only what no expression of the system reaches. *annotations* are on each
    of its dashboards. *scope* are the
    matchers that pick the system's series, `{}` for none; where None, its jobs are its scope. Metrics
    of *catalogues* may be named in raw PromQL.
    """

    name: str = attrs.field(kw_only=False)
    owner: str
    title: str = ""
    description: str = ""
    scope: tuple[Matcher, ...] | None = attrs.field(default=None, converter=_scope)
    metrics: tuple[Metric, ...] = attrs.field(default=(), converter=_metrics)
    rules: tuple[RecordingRule, ...] = attrs.field(default=(), converter=_rules)
    slos: tuple[Slo, ...] = attrs.field(default=(), converter=_slos)
    alerts: tuple[Alert, ...] = attrs.field(default=(), converter=_alerts)
    dashboards: tuple[Dashboard, ...] = attrs.field(default=(), converter=_dashboards)
    annotations: tuple[Annotation, ...] = attrs.field(default=(), converter=_annotations)
    jobs: tuple[Job, ...] = attrs.field(default=(), converter=_jobs)
    sampling: tuple[Sampling, ...] = attrs.field(default=(), converter=_sampling)
    catalogues: tuple[Catalogue, ...] = attrs.field(default=(), converter=_catalogues)
    accept: Mapping[str, str] = attrs.field(factory=dict, converter=accepted, eq=False)
    source: Source = attrs.field(factory=here, eq=False, repr=False)

    def __attrs_post_init__(self) -> None:
        if not isinstance(self.name, str) or not _NAME.fullmatch(self.name):
            msg = f"a system name must be lower-case letters, digits and single dashes, got {self.name!r}"
            raise DefinitionError(msg, "it becomes a folder and a label value")
        if self.name == "tests":
            msg = "a system cannot be named `tests`: rules/tests/ holds the unit tests of all systems"
            raise DefinitionError(msg)
        if not self.owner:
            msg = f"system `{self.name}` has no owner"
            raise DefinitionError(msg, "alerts are labelled with the team that owns them")

    def expressions(self) -> Iterator[Expr]:
        """Every expression written in it, but those of the rules that others reach."""
        for rule in self.rules:
            yield rule.instant()
        for slo in self.slos:
            yield from slo.sli.expressions()
        for alert in self.alerts:
            yield alert.expr
        for annotation in self.annotations:
            yield annotation.query
        for board in self.dashboards:
            yield from board_expressions(board)

    def declared(self) -> tuple[Declared, ...]:
        """
        The metrics and recording rules that it lists and that its expressions reach.

        By name; parts that are equal are one, parts that share only their name are all here.
        """
        found: dict[Declared, Declared] = {}
        waiting: list[Declared] = [*self.metrics, *self.rules, *(one for e in self.expressions() for one in e.reaches)]
        while waiting:
            each = waiting.pop()
            if each not in found and isinstance(each, RecordingRule):
                waiting.extend(each.expr.reaches)
            # equal ones may be written in several places, and come in any order: the first place counts
            found[each] = min(found.get(each, each), each, key=lambda one: one.source)
        return tuple(sorted(found.values(), key=lambda one: (one.name, one.source, repr(one))))


def board_expressions(board: Dashboard) -> Iterator[Expr]:
    """Every expression of a dashboard: variables, annotations, panels."""
    for variable in board.variables:
        if isinstance(variable, LabelVariable):
            yield variable.series
    for annotation in board.annotations:
        yield annotation.query
    for row in board.rows:
        for panel in row.panels:
            if isinstance(panel, QueryPanel):
                yield from (query.expr for query in panel.queries)
            elif isinstance(panel, Heatmap):
                yield panel.buckets
