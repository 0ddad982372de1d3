"""Labels that a dashboard names: in legends, in annotations, in the choices of its variables."""

from __future__ import annotations

from collections.abc import Iterator

from watchwright.checks.texts import hint_of, lost
from watchwright.finding import Finding, check
from watchwright.lower.plan import Board, Fleet, Plan
from watchwright.model.dashboard import LabelVariable, Table


@check("panel/legend")
def legend(fleet: Fleet) -> Iterator[Finding]:
    """
    A legend names a label that its query does not have.

    Grafana writes nothing in its place, and all lines are called the same. An aggregation has dropped the label (add it
    to `by`), or it is misspelt.
    """
    for plan, board in _boards(fleet):
        for panel in board.panels:
            for query in () if isinstance(panel.panel, Table) else panel.queries:
                labels = plan.world.typed(query.expr).type.labels
                for name in lost(query.legend, labels):
                    message = f"the legend names the label `{name}`, which the query does not have"
                    yield panel.origin.finding(message, hint_of(name, labels.names))


@check("dashboard/annotation")
def annotation(fleet: Fleet) -> Iterator[Finding]:
    """
    The title or the text of an annotation names a label that its query does not have. Grafana writes nothing there.
    """
    for plan, board in _boards(fleet):
        for each in board.annotations:
            labels = plan.world.typed(each.expr).type.labels
            for name in dict.fromkeys((*lost(each.title, labels), *lost(each.text, labels))):
                message = f"annotation `{each.annotation.name}` names the label `{name}`, which its query does not have"
                yield board.origin.finding(message, hint_of(name, labels.names))


@check("dashboard/variable-label")
def choices(fleet: Fleet) -> Iterator[Finding]:
    """
    A variable offers the values of a label that its series do not have: there is nothing to choose from.
    """
    for plan, board in _boards(fleet):
        for planned in board.variables:
            variable = planned.variable
            if isinstance(variable, LabelVariable) and planned.series is not None:
                labels = plan.world.typed(planned.series).type.labels
                if labels.lacks(variable.label):
                    message = f"variable `{variable.name}` offers values of `{variable.label}`, which its series lack"
                    yield board.origin.finding(message, hint_of(variable.label, labels.names))


def _boards(fleet: Fleet) -> Iterator[tuple[Plan, Board]]:
    for plan in fleet.plans:
        for board in plan.boards:
            yield plan, board
