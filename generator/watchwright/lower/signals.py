"""Which panel shows an alert's signal, how to get there, and the numbers that the alert compares it with."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import TYPE_CHECKING

import attrs

from watchwright.lower import names
from watchwright.lower.plan import Limit, PanelLink
from watchwright.lower.text import literal
from watchwright.model.alert import Alert
from watchwright.model.dashboard import Dashboard, LabelVariable, Panel, QueryPanel, Row
from watchwright.model.platform import Platform
from watchwright.model.scrape import Job
from watchwright.model.system import System
from watchwright.query.rewrite import rewrite
from watchwright.query.tree import COMPARISONS, Binary, Node, Number, Selector
from watchwright.query.variables import named_in

if TYPE_CHECKING:
    from watchwright.lower.resolve import Resolver


# Places -------------------------------------------------------------------------------------------------


@attrs.frozen(order=False, kw_only=True)
class Place:
    """A panel on its board."""

    dashboard: Dashboard
    panel: Panel
    uid: str
    id: int


def places(system: System, environment: str) -> Mapping[str, Place]:
    """The panel of each alert that has one, by the alert's name: the first one that says so."""
    found: dict[str, Place] = {}
    for dashboard in system.dashboards:
        uid = board_uid(dashboard, system, environment)
        for row in dashboard.rows:
            for panel in row.panels:
                id_ = names.panel_id(board_uid(dashboard, system), panel_key(panel, row))
                for name in shown_by(panel):
                    found.setdefault(name, Place(dashboard=dashboard, panel=panel, uid=uid, id=id_))
    return found


def board_uid(dashboard: Dashboard, system: System, environment: str = "") -> str:
    """The uid of a dashboard, for whoever links to it; without *environment*, what its panels' ids are made of."""
    return dashboard.uid or names.board_uid(system.name, dashboard.title, environment)


def panel_key(panel: Panel, row: Row) -> str:
    """What a panel's id is made of: never its place."""
    return panel.key or f"{row.title}/{panel.title}"


def shown_by(panel: Panel) -> tuple[str, ...]:
    """The names of the alerts whose signal a panel shows."""
    return tuple(map(_alert_name, panel.alerts)) if isinstance(panel, QueryPanel) else ()


def _alert_name(shown: Alert | Job) -> str:
    return names.targets_gone(shown.name) if isinstance(shown, Job) else shown.name


# Links --------------------------------------------------------------------------------------------------


def link(place: Place, platform: Platform) -> PanelLink:
    """A link to the panel, as people follow it without an alert at hand."""
    return PanelLink(
        board=place.dashboard.title,
        panel=place.panel.title,
        uid=place.uid,
        id=place.id,
        url=panel_url(place.uid, place.id, platform),
    )


def panel_url(uid: str, id_: int, platform: Platform) -> str:
    """The URL of a panel; empty where nobody says where Grafana is."""
    return f"{platform.grafana.rstrip('/')}/d/{uid}?viewPanel={id_}" if platform.grafana else ""


def link_annotations(place: Place, platform: Platform) -> Mapping[str, str]:
    """The annotations that lead from an alert to its panel, as Go templates."""
    variables = (each for each in place.dashboard.variables if isinstance(each, LabelVariable))
    return annotations_of(link(place, platform), ((each.name, each.label) for each in variables))


def annotations_of(shown: PanelLink, variables: Iterable[tuple[str, str]]) -> Mapping[str, str]:
    """
    The annotations that lead to a panel; *variables* of its board stand for labels.

    Grafana makes links of the first two itself; the URL is for whoever reads the alert elsewhere, with the
    alert's labels as the board's variables.
    """
    # https://grafana.com/docs/grafana/latest/alerting/fundamentals/alert-rules/annotation-label/
    found = {"__dashboardUid__": shown.uid, "__panelId__": str(shown.id)}
    return found | ({"dashboard_url": literal(shown.url) + "".join(_chosen(variables))} if shown.url else {})


def _chosen(variables: Iterable[tuple[str, str]]) -> Iterator[str]:
    for name, label in variables:
        # an alert without the label leaves the choice as the board has it
        yield f"{{{{ with $labels.{label} }}}}&var-{name}={{{{ . | urlquery }}}}{{{{ end }}}}"


# Limits -------------------------------------------------------------------------------------------------


def limits(expr: Node, resolver: Resolver) -> Iterator[Limit]:
    """The numbers that an alert compares signals with, in the order they are written; not those within a signal."""
    waiting = [(expr, False)]
    while waiting:
        node, guard = waiting.pop()
        if not isinstance(node, Binary) or node.bool:
            continue
        if node.op in COMPARISONS and isinstance(node.right, Number) and node.right.value.is_finite():
            unit = resolver.unit(node.left)
            yield Limit(signal=node.left, op=node.op, value=node.right.value, unit=unit, guard=guard)
        if node.op in ("and", "or"):
            waiting.append((node.right, guard or node.op == "and"))
        if node.op in ("and", "or", "unless", *COMPARISONS):
            waiting.append((node.left, guard))


def same_signal(query: Node, signal: Node) -> bool:
    """Whether a panel's query is an alert's signal, whatever the board's variables choose of it."""
    return query == signal or rewrite(query, _without_choices) == signal


def _without_choices(node: Node) -> Node:
    if not isinstance(node, Selector):
        return node
    kept = tuple(each for each in node.matchers if not any(named_in(each.value)))
    return attrs.evolve(node, matchers=kept)
