"""What is claimed of the checks of dashboards; what they say is in examples/dashboard.yaml and panel.yaml."""

from __future__ import annotations

import pytest
from sample_boards import chosen, every_kind, fleet, memory, messages, small, system

from watchwright import Dashboard, Heatmap, Histogram, Row, Stat, System, TimeSeries
from watchwright.checks import dashboards as _registered  # noqa: F401 - its checks are looked up by id
from watchwright.finding import Finding, checks


def findings(id_: str, *systems: System) -> list[Finding]:
    """What one check finds."""
    (found,) = (check for check in checks() if check.id == id_)
    return list(found.run(fleet(*systems)))


def messages_of(id_: str, board: Dashboard) -> list[str]:
    """Its messages about the board of a system."""
    return [finding.message for finding in findings(id_, system(board))]


@pytest.mark.parametrize("id_", [check.id for check in checks() if check.id.startswith(("dashboard/", "panel/"))])
def test_a_good_board_has_no_findings(id_):
    """One with a panel of every kind."""
    unused = {"nothing uses the variable `status`", "nothing uses the variable `all`"}
    assert set(messages_of(id_, every_kind())) <= unused


def test_an_empty_row_is_found_at_its_row():
    """An empty board at the board."""
    found = findings("dashboard/empty", system(Dashboard("A", []), Dashboard("B", [Row("R", [])])))
    assert ["shop / dashboard A", "shop / dashboard B / row R"] == [each.subject for each in found]


def test_one_uid_for_two_boards_of_two_systems_is_found_at_the_second():
    """Systems are in the order of their names."""
    one, two = small(Stat("A", memory), uid="same"), small(Stat("A", memory), uid="same")
    found = findings("dashboard/duplicate-uid", system(one, name="one"), system(two, name="two"))

    assert ["two / dashboard Small"] == [each.subject for each in found]


@pytest.mark.parametrize(
    "panel",
    [
        Stat("A", messages.where(topic=chosen)),
        Stat("A", messages.rate("$topic")),
        Heatmap("A", Histogram("h_seconds", buckets=[1]).where(topic=chosen)),
    ],
)
def test_a_variable_that_is_not_declared_is_found_at_its_panel(panel):
    """In a matcher and in a duration."""
    assert ["shop / dashboard Small / panel A"] == [
        each.subject for each in findings("dashboard/variable", system(small(panel)))
    ]


def test_a_finding_is_accepted_where_the_panel_or_its_board_says_so():
    """With its reason."""
    panel = TimeSeries("A", memory, unit="s", accept={"panel/unit": "the exporter says bytes and means seconds"})
    (found,) = findings("panel/unit", system(small(panel)))
    (other,) = findings("dashboard/empty", system(Dashboard("B", [], accept={"dashboard/empty": "to be filled"})))

    assert found.accepted
    assert other.accepted
