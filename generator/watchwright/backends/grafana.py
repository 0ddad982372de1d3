"""Dashboards as Grafana provisions them: classic JSON, one file a board."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import attrs

from watchwright.backends.artifact import Artifact, Output
from watchwright.finding import Finding, reports
from watchwright.lower.plan import Board, Fleet, Origin, Plan, PlannedPanel, PlannedRow
from watchwright.model.dashboard import Panel


@reports("panel/kind")
def unknown_panel(panel: PlannedPanel) -> Finding:
    """
    A board holds a panel of a class that the Grafana backend does not know.

    It knows the panels of `watchwright` itself; a class made from them is another panel, and nothing
    says how Grafana should draw it. The board is written without it.
    """
    return Finding(
        f"Grafana has no panel for `{type(panel.panel).__name__}`",
        source=panel.origin.source,
        subject=panel.origin.subject,
        accept=panel.origin.accept,
        hint="use one of the panels of watchwright, with its options",
    )


def render(fleet: Fleet) -> Iterator[Output]:
    """One `dashboards/<system>/<board>.json` for each board."""
    for plan in fleet.plans:
        for board in plan.boards:
            yield from _rendered(board, plan, fleet)


def _rendered(board: Board, plan: Plan, fleet: Fleet) -> Iterator[Output]:
    # grafanalib takes longer to import than all else takes to run where there is no board
    from watchwright.backends.grafana_boards import dashboard  # noqa: PLC0415
    from watchwright.backends.grafana_json import normal, stretches, written  # noqa: PLC0415
    from watchwright.backends.grafana_panels import knows  # noqa: PLC0415

    yield from (unknown_panel(panel) for panel in board.panels if not knows(panel.panel))
    known = attrs.evolve(board, rows=tuple(_only(row, knows) for row in board.rows))
    text = written(normal(dashboard(known, plan, fleet.platform)))
    path = f"dashboards/{plan.system.name}/{board.slug}.json"
    yield Artifact(path, text, tuple(stretches(text, _origins(board), board.origin)))


def _only(row: PlannedRow, wanted: Callable[[Panel], bool]) -> PlannedRow:
    return attrs.evolve(row, panels=tuple(each for each in row.panels if wanted(each.panel)))


def _origins(board: Board) -> dict[int, Origin]:
    rows = {row.id: row.origin for row in board.rows}
    return rows | {panel.id: panel.origin for panel in board.panels}
