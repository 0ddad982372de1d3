"""What lowering makes of dashboards."""

from __future__ import annotations

from decimal import Decimal

import pytest
from sample_boards import board, by_topic, chosen, errors, memory, messages, phase, settling, small, temperature

from watchwright import (
    Annotation,
    Counter,
    Dashboard,
    DefinitionError,
    Gauge,
    GaugePanel,
    Heatmap,
    LabelVariable,
    Query,
    Row,
    Stat,
    Table,
    Threshold,
    TimeSeries,
    Unit,
    percent,
    vector,
)
from watchwright.lower.boards import ref
from watchwright.lower.display import interval, legend
from watchwright.query.printer import text
from watchwright.units import ms, s


def ids(dashboard: Dashboard) -> dict[str, int]:
    """The ids of a board's panels, by their titles."""
    return {planned.panel.title: planned.id for planned in board(dashboard).panels}


def test_a_panel_inserted_at_the_top_changes_no_other_id():
    """Links and alerts go on pointing at the panels they meant."""
    panels = [Stat("A", memory), TimeSeries("B", memory), Stat("C", memory)]
    before = ids(small(*panels))
    after = ids(small(Stat("New", memory), *panels))

    assert before == {title: id_ for title, id_ in after.items() if title != "New"}


def test_ids_differ_between_boards_rows_and_panels():
    """Each is a positive number of 31 bits."""
    rows = [Row(title, [Stat("A", memory), Stat("B", memory)]) for title in ("One", "Two")]
    planned = board(Dashboard("Ids", rows))
    found = [row.id for row in planned.rows] + [panel.id for panel in planned.panels]

    assert len(set(found)) == len(found) == 6
    assert all(0 < id_ < 2**31 for id_ in found)
    assert not set(ids(Dashboard("Other", rows)).values()) & set(found)


def test_a_key_keeps_the_id_of_a_renamed_panel():
    """It takes the place of the titles."""
    assert ids(small(Stat("Old", memory, key="k")))["Old"] == ids(small(Stat("New", memory, key="k")))["New"]


def test_panels_with_one_key_still_have_ids_of_their_own():
    """The check says what is wrong; Grafana is not left with two panels of one id."""
    first, second = board(small(Stat("A", memory), Stat("A", memory))).panels
    assert first.id != second.id


def test_queries_are_scoped_to_the_system():
    """As everywhere: two systems that export one name never read each other."""
    planned = board(small(Stat("A", memory), variables=[chosen], annotations=[Annotation("N", phase)]))

    assert 'memory_bytes{job="shop"}' == text(planned.panels[0].queries[0].expr)
    assert 'label_values(messages_total{job="shop"}, topic)' == planned.variables[0].query
    assert 'phase{job="shop"}' == text(planned.annotations[0].expr)


def test_a_variable_over_what_is_no_selector_reads_the_samples():
    """Grafana's label_values takes a selector alone."""
    variable = LabelVariable("topic", by_topic.topk(3), label="topic")
    planned = board(small(Stat("A", memory), variables=[variable])).variables[0]

    assert planned.query.startswith("query_result(topk(3, sum by (topic) (rate(messages_total")
    assert '/[{,]\\s*topic="([^"]*)"/' == planned.regex


def test_grafanas_own_durations_and_variables_pass_through():
    """They are filled in when the panel is drawn."""
    panel = TimeSeries("A", messages.where(topic=chosen).rate("$__rate_interval"))
    (query,) = board(small(panel, variables=[chosen])).panels[0].queries

    assert 'rate(messages_total{job="shop",topic=~"$topic"}[$__rate_interval])' == reordered(text(query.expr))


def reordered(expr: str) -> str:
    """Where the scope stands among the matchers is not told here."""
    return expr.replace('{topic=~"$topic",job="shop"}', '{job="shop",topic=~"$topic"}')


def test_refs_go_on_after_z_as_grafanas_do():
    """A to Z, then AA, AB."""
    assert ["A", "Z", "AA", "AZ", "BA"] == [ref(index) for index in (0, 25, 26, 51, 52)]


@pytest.mark.parametrize(
    ("given", "grafanas"),
    [
        ("", "__auto"),
        ("{topic}", "{{topic}}"),
        ("{topic} of {status}", "{{topic}} of {{status}}"),
        ("a {{ b", "a { { b"),
        ("{{topic}}", "{ {topic}}"),
        ("{{{{", "{ { { {"),
        ("100 %", "100 %"),
    ],
)
def test_legends_are_literal_but_for_their_labels(given, grafanas):
    """Grafana would drop a `{{...}}` that names no label, and has no escape for it."""
    assert grafanas == legend(given)


# Units ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("expr", "format_"),
    [
        (memory, "bytes"),
        (memory.deriv("5m"), "binBps"),
        (errors, "percentunit"),
        (messages.rate("5m"), "cps"),
        (messages.increase("5m"), "short"),
        (temperature, "celsius"),
        (settling.quantile(0.9, "5m"), "s"),
        (Gauge("cpu_percent"), "percent"),
        (Counter("cost_usd_total").increase("1h"), "currencyUSD"),
        (Gauge("latency", unit=ms), "ms"),
        (Gauge("stock", unit=Unit("widgets")), "suffix:widgets"),
        (Counter("made_total", unit=Unit("widgets")).rate("5m"), "suffix:widgets/s"),
        (phase, "short"),
    ],
)
def test_the_unit_is_that_of_the_query(expr, format_):
    """In Grafana's own id for it."""
    assert format_ == board(small(TimeSeries("A", expr))).panels[0].unit


@pytest.mark.parametrize(
    ("unit", "format_"),
    [
        (s, "s"),
        ("bytes", "bytes"),
        (percent, "percent"),
        ("reqps", "reqps"),
        ("none", "none"),
        ("suffix:apples", "suffix:apples"),
        (Unit("apples"), "suffix:apples"),
    ],
)
def test_a_given_unit_is_ours_or_grafanas_or_the_authors_own(unit, format_):
    """What Grafana has a format for gets it, and any other word follows the number."""
    assert format_ == board(small(TimeSeries("A", phase, unit=unit))).panels[0].unit


def test_thresholds_and_bounds_are_in_the_unit_of_the_samples():
    """5 percent of a ratio is 0.05, and 250 ms of seconds are 0.25."""
    slow = settling.quantile(0.9, "5m")
    first, second = board(
        small(
            TimeSeries("A", errors, thresholds=[Threshold(5 * percent)], max=50 * percent),
            TimeSeries("B", slow, thresholds=[Threshold(1 * s), Threshold(250 * ms, "yellow")]),
        )
    ).panels

    assert ((None, "green"), (Decimal("0.05"), "red")) == first.thresholds
    assert Decimal("0.5") == first.max
    assert ((None, "green"), (Decimal("0.25"), "yellow"), (Decimal(1), "red")) == second.thresholds


def test_below_a_green_threshold_it_is_red():
    """Thresholds that lead up to green mean that more is better."""
    panel = Stat("A", errors, thresholds=[Threshold(0.99, "yellow"), Threshold(0.999, "green")])
    assert [None, Decimal("0.99"), Decimal("0.999")] == [value for value, _ in board(small(panel)).panels[0].thresholds]
    assert ["red", "yellow", "green"] == [color for _, color in board(small(panel)).panels[0].thresholds]


def test_a_dial_of_a_ratio_goes_from_nothing_to_all():
    """Unless the author says where it ends."""
    whole, given = board(small(GaugePanel("A", errors), GaugePanel("B", errors, max=0.2))).panels

    assert (Decimal(0), Decimal(1)) == (whole.min, whole.max)
    assert (Decimal(0), Decimal("0.2")) == (given.min, given.max)


def test_numbers_that_json_cannot_hold_are_refused():
    """Grafana has no word for infinity."""
    with pytest.raises(DefinitionError, match="finite numbers, got inf"):
        Threshold(float("inf"))


# Queries ----------------------------------------------------------------------------------------------


def test_a_classic_heatmap_sums_its_buckets():
    """One series for each bound, named by it."""
    (query,) = board(small(Heatmap("A", settling))).panels[0].queries

    assert 'sum by (le) (rate(settling_seconds_bucket{job="shop"}[$__rate_interval]))' == text(query.expr)
    assert "{{le}}" == query.legend


def test_a_heatmap_of_rare_observations_looks_further_back():
    """Where Grafana's own choice would find too few samples for a rate."""
    (query,) = board(small(Heatmap("A", settling, over="3h"))).panels[0].queries

    assert 'sum by (le) (rate(settling_seconds_bucket{job="shop"}[3h]))' == text(query.expr)


@pytest.mark.parametrize(
    ("expr", "many"),
    [
        (memory, True),
        (memory.sum(), False),
        (memory.sum(by=["topic"]), True),
        (memory.sum(without=["instance"]), True),
        (memory.sum().topk(3), False),
        (memory.topk(3), True),
        (memory.sum() / messages.rate("5m").sum(), False),
        (memory & messages.rate("5m").sum(), True),
        (memory.sum() & messages, False),
        (memory.absent(), False),
        (vector(1), False),
    ],
)
def test_many_series_are_expected_as_far_as_the_words_tell(expr, many):
    """So that a legend of one series is no table."""
    assert many == board(small(TimeSeries("A", expr))).panels[0].queries[0].many


def test_a_table_asks_for_now_and_a_chart_for_the_range():
    """A number without its sparkline needs only the last moment too."""
    panels = [Table("A", Query(memory, legend="{x}")), TimeSeries("B", memory), Stat("C", memory, sparkline=False)]
    assert [True, False, True] == [each.queries[0].instant for each in board(small(*panels)).panels]


def test_tags_are_the_system_its_owner_and_those_given():
    """Each once."""
    assert ("shop", "payments", "x") == board(small(Stat("A", memory), tags=["x", "shop"])).tags


@pytest.mark.parametrize(
    ("given", "grafanas"),
    [("6h", "6h"), ("1h30m", "90m"), ("1w", "7d"), ("90s", "90s"), ("1m30s500ms", "90500ms"), ("0", "")],
)
def test_durations_have_one_unit(given, grafanas):
    """Grafana reads no `1h30m`."""
    assert grafanas == interval(given)


@pytest.mark.parametrize("name", ["", "a b", "__x", "datasource", "1x"])
def test_a_variable_that_grafana_could_not_tell_from_its_own_is_refused(name):
    """`$__x` is Grafana's, and every board has a `datasource`."""
    with pytest.raises(DefinitionError, match="variable"):
        LabelVariable(name, memory, label="x")
