"""Alerts and the panels that show them: links both ways, thresholds where the alert begins."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from watchwright import (
    Alert,
    Annotation,
    Dashboard,
    Gauge,
    Histogram,
    Job,
    LabelVariable,
    Platform,
    Query,
    Row,
    Stat,
    System,
    Threshold,
    TimeSeries,
    Unit,
    percent,
    record,
)
from watchwright.checks import run
from watchwright.discovery import Static
from watchwright.lower.fleet import lower
from watchwright.lower.plan import Alerting, Plan, PlannedPanel
from watchwright.lower.thresholds import Crossing, steps
from watchwright.model.dashboard import Panel
from watchwright.model.environment import Environment
from watchwright.model.expression import Words
from watchwright.units import ms

depth = Gauge("queue_depth", "Depth.", labels=["zone"])
share = Gauge("used_ratio", "Share.")
wait = Histogram("wait_seconds", "Wait.", buckets=[0.1, 1])
zone = LabelVariable("zone", depth, label="zone")
JOB = Job("shop", Static(["shop:1"]))


def alert(name: str, expr: Words, severity: str = "page", **parts: Any) -> Alert:
    """An alert with the texts that every one has."""
    return Alert(name, expr=expr, severity=severity, for_="5m", summary="x", **parts)


def plan(panels: list[Panel], alerts: list[Alert], platform: Platform | None = None, **parts: Any) -> Plan:
    """A system with one board."""
    board = Dashboard("Board", [Row("Row", panels)], variables=parts.pop("variables", []))
    system = System("shop", owner="sales", jobs=[JOB], alerts=alerts, dashboards=[board], **parts)
    return lower([system], platform or Platform(), Environment()).fleet.plans[0]


def findings(panels: list[Panel], alerts: list[Alert]) -> list[str]:
    """The findings about alerts and panels."""
    board = Dashboard("Board", [Row("Row", panels)])
    system = System("shop", owner="sales", jobs=[JOB], alerts=alerts, dashboards=[board])
    fleet = lower([system], Platform(), Environment()).fleet
    return [each.message for each in run(fleet) if each.id in ("alert/panel", "panel/alert", "panel/threshold")]


def rule(made: Plan, name: str) -> Alerting:
    """An alert as planned."""
    return next(each for each in made.rules if isinstance(each, Alerting) and each.alert == name)


def panel(made: Plan, index: int = 0) -> PlannedPanel:
    """A panel as planned."""
    return made.boards[0].panels[index]


# Links ---------------------------------------------------------------------------------------------------


def test_an_alert_links_to_the_panel_that_shows_it() -> None:
    """Grafana's own two annotations, and a URL for everybody else."""
    full = alert("Full", depth > 5)
    made = plan([TimeSeries("Depth", depth, alerts=[full])], [full], Platform(grafana="https://grafana.example/"))
    shown = panel(made)

    assert {
        "summary": "x",
        "__dashboardUid__": "shop-board",
        "__panelId__": str(shown.id),
        "dashboard_url": f"https://grafana.example/d/shop-board?viewPanel={shown.id}",
    } == rule(made, "Full").annotations


def test_the_labels_of_an_alert_choose_the_variables_of_its_board() -> None:
    """Quoted for a URL; an alert without the label leaves the choice alone."""
    full = alert("Full", depth > 5)
    panels: list[Panel] = [TimeSeries("Depth", depth.where(zone=zone), alerts=[full])]
    made = plan(panels, [full], Platform(grafana="https://grafana.example"), variables=[zone])

    url = rule(made, "Full").annotations["dashboard_url"]

    assert url.endswith("{{ with $labels.zone }}&var-zone={{ . | urlquery }}{{ end }}")


def test_a_system_that_says_no_grafana_still_names_the_panel() -> None:
    """Grafana needs no URL to link its own alerts."""
    full = alert("Full", depth > 5)
    made = plan([TimeSeries("Depth", depth, alerts=[full])], [full])

    assert {"summary", "__dashboardUid__", "__panelId__"} == set(rule(made, "Full").annotations)


def test_the_alert_of_a_job_is_shown_like_any_other() -> None:
    """A job stands for the alert that it brings."""
    made = plan([TimeSeries("Depth", depth, alerts=[JOB])], [])

    assert "Board" == (rule(made, "ShopTargetsGone").shown or pytest.fail("no link")).board


def test_the_first_panel_that_shows_an_alert_is_its_panel() -> None:
    """One link, and always the same."""
    full = alert("Full", depth > 5)
    made = plan([TimeSeries("One", depth, alerts=[full]), TimeSeries("Two", depth, alerts=[full])], [full])

    assert str(panel(made, 0).id) == rule(made, "Full").annotations["__panelId__"]


def test_annotations_of_a_system_are_on_each_of_its_boards() -> None:
    """Before those of the board itself."""
    mark = Annotation("Deploy", depth > 1)
    boards = [Dashboard(title, [Row("Row", [Stat("Depth", depth)])]) for title in ("One", "Two")]
    system = System("shop", owner="sales", jobs=[JOB], annotations=[mark], dashboards=boards)

    made = lower([system], Platform(), Environment()).fleet.plans[0]

    assert [["Deploy"], ["Deploy"]] == [[each.annotation.name for each in board.annotations] for board in made.boards]


# Thresholds ----------------------------------------------------------------------------------------------


def thresholds(shown: Words | Query, *alerts: Alert, **options: Any) -> tuple[tuple[Decimal | None, str], ...]:
    """The steps of a panel that shows alerts."""
    return panel(plan([TimeSeries("Panel", shown, alerts=alerts, **options)], list(alerts))).thresholds


def test_a_panel_shows_where_its_alert_begins() -> None:
    """In the unit of its own axis."""
    assert ((None, "green"), (Decimal("0.05"), "red")) == thresholds(share, alert("A", share > 5 * percent))
    late = wait.quantile(0.9, over="5m")
    assert ((None, "green"), (Decimal("0.5"), "red")) == thresholds(late, alert("A", late > 500 * ms))


def test_an_alert_on_too_little_is_bad_below() -> None:
    """Green begins at the threshold."""
    assert ((None, "red"), (Decimal(5), "green")) == thresholds(depth, alert("A", depth < 5))


def test_severity_gives_the_color_and_the_worst_wins() -> None:
    """Ticket at 5, page at 9, both at 20."""
    assert ((None, "green"), (Decimal(5), "orange"), (Decimal(9), "red")) == thresholds(
        depth, alert("T", depth > 5, "ticket"), alert("P", depth > 9)
    )
    assert ((None, "green"), (Decimal(5), "red")) == thresholds(
        depth, alert("T", depth > 5, "ticket"), alert("P", depth >= 5)
    )


def test_a_choice_of_the_reader_is_still_the_same_signal() -> None:
    """Variables narrow what is shown, not what it is."""
    full = alert("Full", depth > 5)
    made = plan([TimeSeries("Depth", depth.where(zone=zone), alerts=[full])], [full], variables=[zone])

    assert ((None, "green"), (Decimal(5), "red")) == panel(made).thresholds


def test_units_come_through_what_is_computed() -> None:
    """The mean of what was observed, and a share of a limit in counted things."""
    sockets = Gauge("sockets", "Open sockets.", unit="connections")
    use = record("instance:sockets:use", sockets / (200 * Unit("connections")))

    assert ((None, "green"), (Decimal("0.5"), "red")) == thresholds(
        wait.average(over="5m"), alert("A", wait.average(over="5m") > 500 * ms)
    )
    assert "s" == panel(plan([TimeSeries("Mean", wait.average(over="5m"))], [])).unit
    assert "percentunit" == panel(plan([TimeSeries("Use", use)], [])).unit
    assert ((None, "green"), (Decimal("0.8"), "red")) == thresholds(use, alert("A", use > 80 * percent))


def test_a_recorded_series_is_the_signal_of_both() -> None:
    """Alert and panel read the same name."""
    most = record("job:queue_depth:max", depth.max())

    assert ((None, "green"), (Decimal(5), "red")) == thresholds(most, alert("A", most > 5))


def test_a_panel_of_something_else_has_no_threshold_of_the_alert() -> None:
    """5 of the depth says nothing on an axis of its rate."""
    assert () == thresholds(depth.deriv("5m"), alert("A", depth > 5))


def test_the_authors_step_wins_at_the_same_value() -> None:
    """And joins the others elsewhere."""
    given = [Threshold(5, "purple"), Threshold(7, "blue")]

    assert ((None, "green"), (Decimal(5), "purple"), (Decimal(7), "blue")) == thresholds(
        depth, alert("A", depth > 5), thresholds=given
    )


def test_above_zero_is_no_step() -> None:
    """Grafana's steps begin at their value, and 0 is fine."""
    assert () == thresholds(depth, alert("A", depth > 0))
    assert ((None, "red"), (Decimal(0), "green")) == thresholds(depth, alert("A", depth < 0))


@pytest.mark.parametrize(
    ("expected", "crossings"),
    [
        ([], []),
        ([(None, "red"), (1, "green"), (9, "orange")], [Crossing(1, True, "red"), Crossing(9, False, "orange")]),
        ([(None, "red"), (1, "orange"), (3, "green")], [Crossing(1, True, "red"), Crossing(3, True, "orange")]),
        ([(None, "red"), (1, "red"), (3, "green")], [Crossing(1, True, "orange"), Crossing(3, True, "red")]),
        ([(None, "green"), (1, "red"), (3, "red")], [Crossing(1, False, "red"), Crossing(3, False, "orange")]),
    ],
)
def test_each_stretch_has_the_color_of_the_worst_alert_on_it(
    expected: list[tuple[int | None, str]], crossings: list[Crossing]
) -> None:
    """Whether it begins above or below."""
    assert expected == list(steps([], crossings))


# Checks --------------------------------------------------------------------------------------------------


def test_an_alert_that_no_panel_shows_is_said_where_there_are_panels() -> None:
    """Whoever is woken looks for a graph first."""
    assert ["no panel shows `Full`"] == findings([Stat("Share", share)], [alert("Full", depth > 5)])


def test_a_panel_cannot_show_an_alert_of_another_system() -> None:
    """It would link nowhere."""
    assert ["`Depth` shows `Full`, which is no alert here"] == findings(
        [Stat("Depth", depth, alerts=[alert("Full", depth > 5)])], []
    )


def test_a_panel_that_hides_the_threshold_is_said() -> None:
    """It says it shows the alert, and plots something else."""
    full = alert("Full", depth > 5)

    assert ["panel `Rate` does not show where `Full` begins"] == findings(
        [Stat("Rate", depth.deriv("5m"), alerts=[full])], [full]
    )
    assert [] == findings([Stat("Depth", depth.max(), thresholds=[Threshold(5)], alerts=[full])], [full])


def test_an_alert_without_a_number_needs_no_threshold() -> None:
    """Such as one on a series that is gone."""
    gone = alert("Gone", depth.absent())

    assert [] == findings([Stat("Depth", depth, alerts=[gone])], [gone])
