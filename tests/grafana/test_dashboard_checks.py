"""What can be wrong with dashboards."""

from __future__ import annotations

from typing import Any

import pytest
from sample_boards import by_topic, chosen, errors, every_kind, fleet, memory, messages, small, system, temperature

from watchwright import (
    CustomVariable,
    Dashboard,
    Heatmap,
    Histogram,
    LabelVariable,
    Platform,
    Row,
    Stat,
    System,
    Table,
    TextPanel,
    TimeSeries,
    Unit,
    percent,
)
from watchwright.checks import dashboards as _registered  # noqa: F401 - its checks are looked up by id
from watchwright.finding import Finding, checks
from watchwright.units import ms


def findings(id_: str, *systems: System, **platform: Any) -> list[Finding]:
    """What one check finds."""
    (found,) = (check for check in checks() if check.id == id_)
    return list(found.run(fleet(*systems, platform=Platform(**platform))))


def messages_of(id_: str, *boards: Dashboard, **platform: Any) -> list[str]:
    """Its messages about the boards of one system."""
    return [finding.message for finding in findings(id_, system(*boards), **platform)]


@pytest.mark.parametrize("id_", [check.id for check in checks() if check.id.startswith(("dashboard/", "panel/"))])
def test_a_good_board_has_no_findings(id_):
    """One with a panel of every kind."""
    unused = {"nothing uses the variable `status`", "nothing uses the variable `all`"}
    assert set(messages_of(id_, every_kind())) <= unused


def test_an_empty_board_and_an_empty_row():
    """Each where it stands."""
    found = findings("dashboard/empty", system(Dashboard("A", []), Dashboard("B", [Row("R", [])])))

    assert ["dashboard `A` has no rows", "row `R` has no panels"] == [each.message for each in found]
    assert ["shop / dashboard A", "shop / dashboard B / row R"] == [each.subject for each in found]


def test_one_uid_for_two_boards_of_two_systems():
    """The message names the other one."""
    one, two = small(Stat("A", memory), uid="same"), small(Stat("A", memory), uid="same")
    found = findings("dashboard/duplicate-uid", system(one, name="one"), system(two, name="two"))

    assert ["dashboard `Small` has the uid `same` of `one / dashboard Small`"] == [each.message for each in found]
    assert ["two / dashboard Small"] == [each.subject for each in found]


def test_titles_that_make_one_file():
    """Even where the uids differ; two systems may each have a board of one title."""
    boards = [Dashboard(title, [], uid=uid) for title, uid in (("Over view", "a"), ("Over-View", "b"))]

    assert ["dashboard `Over-View` makes the same file as `Over view`"] == messages_of(
        "dashboard/duplicate-title", *boards
    )
    assert [] == findings("dashboard/duplicate-title", system(boards[0], name="a"), system(boards[0], name="b"))


def test_panels_of_one_key():
    """One title in two rows makes two keys."""
    twice = Dashboard("B", [Row("R", [Stat("A", memory), Stat("A", memory)]), Row("S", [Stat("A", memory)])])
    assert ["panel `A` has the key `R/A` of another panel"] == messages_of("dashboard/duplicate-panel", twice)


@pytest.mark.parametrize(
    "panel",
    [
        Stat("A", messages.where(topic=chosen)),
        Stat("A", messages.rate("$topic")),
        Heatmap("A", Histogram("h_seconds", buckets=[1]).where(topic=chosen)),
    ],
)
def test_a_variable_that_is_not_declared(panel):
    """In a matcher and in a duration; the finding stands at the panel."""
    (found,) = findings("dashboard/variable", system(small(panel)))

    assert "no variable `topic` is declared" == found.message
    assert "shop / dashboard Small / panel A" == found.subject


def test_a_row_that_repeats_for_a_variable_that_is_not_declared():
    """Grafana would show the row once."""
    board = Dashboard("B", [Row("R", [Stat("A", memory)], repeat=chosen)])
    assert ["no variable `topic` is declared"] == messages_of("dashboard/variable", board)


@pytest.mark.parametrize(
    "expr",
    [
        messages.rate("$__rate_interval"),
        memory.where(x="$__all").label_replace("a", "$1", "b", "(.*)"),
        memory.where(path="ends$"),
    ],
)
def test_grafanas_own_variables_need_no_declaration(expr):
    """Nor do groups of a label_replace, and the end of a pattern."""
    assert [] == messages_of("dashboard/variable", small(Stat("A", expr)))


def test_a_variable_that_nothing_uses():
    """A use in a title, a text or another variable counts."""
    other = LabelVariable("status", messages.where(topic=chosen), label="status")
    panels = [Stat("Of $status", memory), TextPanel("T", markdown="${kind:text}")]
    kinds = CustomVariable("kind", ["a"])

    assert ["nothing uses the variable `topic`"] == messages_of(
        "dashboard/variable", small(*panels, variables=[chosen, kinds])
    )[:1]
    assert [] == messages_of("dashboard/variable", small(*panels, variables=[chosen, other, kinds]))


def test_a_variable_that_is_declared_twice():
    """Only one of them would count."""
    panel = Stat("A", messages.where(topic=chosen))
    assert ["variable `topic` is declared twice"] == messages_of(
        "dashboard/variable", small(panel, variables=[chosen, chosen])
    )


@pytest.mark.parametrize(
    ("refresh", "scrape_interval", "found"),
    [("30s", "30s", 0), ("10s", "10s", 1), ("30s", "1m", 1), ("1m", "1m", 0), ("0", "30s", 0)],
)
def test_a_refresh_before_there_is_anything_new(refresh, scrape_interval, found):
    """Not under 30 seconds, and not more often than Prometheus scrapes; never is fine."""
    board = small(Stat("A", memory), refresh=refresh)
    assert found == len(messages_of("dashboard/refresh", board, scrape_interval=scrape_interval))


@pytest.mark.parametrize(
    ("panel", "message"),
    [
        (TimeSeries("A", errors, unit=percent), "panel `A` shows `a plain number` as `percent`"),
        (TimeSeries("A", memory, unit="s"), "panel `A` shows `bytes` as `s`"),
        (
            TimeSeries("A", Histogram("h_seconds", buckets=[1]).quantile(0.9, "5m"), unit=ms),
            "panel `A` shows `seconds` as `ms`",
        ),
        (TimeSeries("A", [memory, temperature]), "panel `A` shows `celsius` as `bytes`"),
    ],
)
def test_a_unit_that_the_numbers_do_not_have(panel, message):
    """It would be read wrong by a hundred, by a thousand, or altogether."""
    assert [message] == messages_of("panel/unit", small(panel))


@pytest.mark.parametrize(
    "panel",
    [
        TimeSeries("A", by_topic, unit="reqps"),
        TimeSeries("A", by_topic, unit=Unit("letters") / Unit("s")),
        TimeSeries("A", errors, unit="percentunit"),
        TimeSeries("A", errors, unit="none"),
        TimeSeries("A", memory, unit="suffix: of memory"),
        Table("A", [memory, temperature]),
    ],
)
def test_units_that_say_the_same_in_other_words(panel):
    """Counted things may have any name, and a column of a table its own unit."""
    assert [] == messages_of("panel/unit", small(panel))


def test_a_finding_is_accepted_where_the_panel_or_its_board_says_so():
    """With its reason."""
    panel = TimeSeries("A", memory, unit="s", accept={"panel/unit": "the exporter says bytes and means seconds"})
    (found,) = findings("panel/unit", system(small(panel)))
    (other,) = findings("dashboard/empty", system(Dashboard("B", [], accept={"dashboard/empty": "to be filled"})))

    assert found.accepted
    assert other.accepted
