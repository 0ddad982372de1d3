"""What Grafana gets: today's JSON, without anything that grafanalib would add."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import attrs
import pytest
from grafana_schema import VERSIONS, complaints, custom, panels
from grafanalib import core
from sample_boards import (
    artifacts,
    board,
    by_topic,
    errors,
    every_kind,
    fleet,
    memory,
    messages,
    panel,
    phase,
    rendered,
    settling,
    sizes,
    small,
    system,
)

from watchwright import (
    BarGauge,
    Dashboard,
    GaugePanel,
    Heatmap,
    Platform,
    Query,
    Row,
    Stat,
    StateTimeline,
    Table,
    TextPanel,
    Threshold,
    TimeSeries,
)
from watchwright.backends.artifact import Artifact
from watchwright.backends.grafana import render
from watchwright.backends.grafana_json import plain
from watchwright.finding import Finding

ROOT = Path(__file__).parents[2]


def walked(value: Any, path: str = "") -> Iterator[tuple[str, Any]]:
    """Every value with its path."""
    yield path, value
    children = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, child in children:
        yield from walked(child, f"{path}/{key}")


# The schema -------------------------------------------------------------------------------------------


@pytest.mark.parametrize("version", VERSIONS)
def test_a_panel_of_every_kind_is_what_grafana_expects(version):
    """By the schema derived from Grafana's own types, which knows no other key."""
    assert [] == complaints(rendered(every_kind()), version)


@pytest.mark.parametrize("version", VERSIONS)
def test_committed_dashboards_are_what_grafana_expects(version):
    """Whatever lies under dashboards/."""
    committed = sorted((ROOT / "dashboards").rglob("*.json"))
    assert [] == [(path.name, each) for path in committed for each in complaints(json.loads(path.read_text()), version)]


@pytest.mark.parametrize(
    ("made", "complaint"),
    [
        (core.TimeSeries(title="T"), "'editable'"),
        (core.BarGauge(title="T"), "'fieldOptions'"),
        (core.GaugePanel(title="T"), "'calcs', 'limit', 'override', 'title', 'values' were unexpected"),
        (core.Heatmap(title="T"), "[] is not of type 'object'"),
        (core.Stat(title="T"), "'' is not of type 'array'"),
        (core.TimeSeries(title="T", targets=[core.Target(refId="A")]), "query A: metric"),
        (core.TimeSeries(title="T", tooltipMode="banana"), "'banana' is not one of"),
        (core.TimeSeries(title="T", drawStyle="zigzag"), "'zigzag' is not one of"),
    ],
)
def test_the_schema_refuses_what_grafanalib_writes(made, complaint):
    """So that a clean report means something."""
    raw = plain(core.Dashboard(title="T", panels=[made]))
    assert complaint in "\n".join(complaints(raw, VERSIONS[0]))


# Defects of grafanalib 0.7.1 -----------------------------------------------------------------------------


def test_no_null_but_that_of_the_lowest_threshold():
    """The first step of thresholds has no value: `null`, and not the text "null"."""
    nulls = [path for path, value in walked(rendered(every_kind())) if value is None]

    assert nulls
    assert all(path.endswith("/fieldConfig/defaults/thresholds/steps/0/value") for path in nulls)
    assert "null" not in [value for _, value in walked(rendered(every_kind())) if isinstance(value, str)]


DEAD = """
    __inputs rows style gnetId hideControls sharedCrosshair version timepicker time_options useTags tagsQuery
    tagValuesQuery auto auto_min auto_count cacheTimeout editable error height span minSpan hideTimeOverride
    maxDataPoints timeFrom timeShift repeatDirection maxPerRow transparent intervalFactor step metric target hide
    noValue columns fontSize fieldOptions limit index line op yaxis dataFormat cards hideZeroBuckets highlightCards
    xAxis xBucketNumber yBucketBound reverseYBuckets axisSoftMin scaleDistribution hideFrom
"""


def test_no_dead_keys():
    """Neither Grafana's old ones nor defaults that say nothing."""
    dead = set(DEAD.split())
    found = [
        path
        for path, _ in walked(rendered(every_kind()))
        # a board is not `editable`, an annotation has a `target`, and a mapping an `index`
        if path.rsplit("/", 1)[-1] in dead
        and path != "/editable"
        and "/annotations/" not in path
        and "/mappings/" not in path
    ]
    assert [] == found


def test_the_board_is_of_the_newest_classic_version():
    """File provisioning takes no v2, and everything below 42 is migrated at each load."""
    assert 42 == rendered(every_kind())["schemaVersion"]


def test_the_board_has_no_id_of_a_database():
    """Its uid is what identifies it."""
    found = rendered(every_kind())

    assert "id" not in found
    assert "shop-every-kind" == found["uid"]


def test_a_query_says_its_expression_once():
    """And asks at the resolution of the panel, not at half of it."""
    (target,) = panel(small(TimeSeries("A", memory)), "A")["targets"]

    assert {
        "refId": "A",
        "datasource": {"type": "prometheus", "uid": "${datasource}"},
        "expr": 'memory_bytes{job="shop"}',
        "legendFormat": "__auto",
        "format": "time_series",
        "instant": False,
        "range": True,
    } == target


def test_rows_are_headings_and_nothing_more():
    """Without queries, fields or transformations; an open row holds no panels."""
    first, *_ = rendered(small(Stat("A", memory)))["panels"]

    assert ["id", "type", "title", "gridPos", "collapsed", "panels"] == list(first)
    assert ("row", [], {"x": 0, "y": 0, "w": 24, "h": 1}) == (first["type"], first["panels"], first["gridPos"])


def test_a_collapsed_row_holds_its_panels():
    """And no panel of it stands on the board."""
    row = Row("Folded", [Stat("A", memory)], collapsed=True)
    (only,) = rendered(Dashboard("B", [row]))["panels"]

    assert ["A"] == [each["title"] for each in only["panels"]]


def test_a_row_repeats_for_each_value():
    """By the name of its variable."""
    (row,) = [each for each in rendered(every_kind())["panels"] if each["title"] == "Topic $topic"]
    assert "topic" == row["repeat"]


def test_an_axis_may_end_at_a_fraction():
    """grafanalib takes whole numbers alone, which no ratio ends at."""
    defaults = panel(small(TimeSeries("A", errors, min=0.95, max=1)), "A")["fieldConfig"]["defaults"]
    assert (0.95, 1) == (defaults["min"], defaults["max"])


def test_an_axis_may_begin_at_nothing():
    """0 is a number like others, and stays."""
    assert 0 == panel(small(TimeSeries("A", errors, min=0)), "A")["fieldConfig"]["defaults"]["min"]


@pytest.mark.parametrize("kind", [BarGauge, GaugePanel, Stat])
def test_a_number_is_the_last_value_and_not_the_mean(kind):
    """In `options.reduceOptions`, where Grafana looks for it."""
    found = panel(small(kind("A", memory)), "A")["options"]["reduceOptions"]
    assert {"calcs": ["lastNotNull"], "fields": "", "values": False} == found


def test_mappings_stand_where_grafana_reads_them():
    """In today's shape, for numbers and for states."""
    mapping = {0: "idle", 1: "busy"}
    stat = panel(small(Stat("A", phase, mapping=mapping)), "A")["fieldConfig"]["defaults"]["mappings"]
    states = panel(small(StateTimeline("A", phase, states=mapping)), "A")["fieldConfig"]["defaults"]["mappings"]

    words = {"0": {"text": "idle", "index": 0}, "1": {"text": "busy", "index": 1}}
    assert [{"type": "value", "options": words}] == stat
    assert {"blue", "orange"} == {each["color"] for each in states[0]["options"].values()}


# What the panels show ---------------------------------------------------------------------------------------


def test_everything_reads_the_data_source_that_the_reader_chose():
    """The platform's is chosen at first."""
    found = rendered(every_kind(), platform=Platform(datasource="Mimir"))
    asked = [value for path, value in walked(found) if path.endswith("/datasource")]
    first = found["templating"]["list"][0]

    assert asked
    assert all({"type": "prometheus", "uid": "${datasource}"} == each for each in asked)
    assert ("datasource", "datasource", "prometheus") == (first["name"], first["type"], first["query"])
    assert {"text": "Mimir", "value": "Mimir"} == first["current"]


def test_thresholds_of_a_chart_are_lines():
    """From the value on, in absolute numbers."""
    found = panel(small(TimeSeries("A", errors, thresholds=[Threshold(0.05)])), "A")

    assert {"mode": "line"} == custom(found)["thresholdsStyle"]
    assert {
        "mode": "absolute",
        "steps": [{"color": "green", "value": None}, {"color": "red", "value": 0.05}],
    } == found["fieldConfig"]["defaults"]["thresholds"]


def test_a_chart_without_thresholds_draws_none():
    """Nor has it any of Grafana's."""
    found = panel(small(TimeSeries("A", errors)), "A")

    assert {"mode": "off"} == custom(found)["thresholdsStyle"]
    assert "thresholds" not in found["fieldConfig"]["defaults"]


def test_the_legend_is_a_table_where_there_is_something_to_compare():
    """Of one series the chart tells as much; the legend is never hidden."""
    one = panel(small(TimeSeries("A", memory.sum())), "A")["options"]["legend"]
    many = panel(small(TimeSeries("A", by_topic)), "A")["options"]["legend"]
    two = panel(small(TimeSeries("A", [memory.sum(), memory.max()])), "A")["options"]["legend"]

    assert (True, "list", []) == (one["showLegend"], one["displayMode"], one["calcs"])
    assert (True, "table", ["lastNotNull", "max"]) == (many["showLegend"], many["displayMode"], many["calcs"])
    assert "table" == two["displayMode"]


def test_the_tooltip_shows_all_series_the_greatest_first():
    """As do all charts of the board at once, by their shared crosshair."""
    assert {"mode": "multi", "sort": "desc"} == panel(small(TimeSeries("A", memory)), "A")["options"]["tooltip"]
    assert 1 == rendered(small(TimeSeries("A", memory)))["graphTooltip"]


def test_a_table_is_one_of_now_without_the_time():
    """Queries are merged into one row for each label set, and head their columns."""
    queries = [Query(by_topic, legend="Rate"), Query(errors, legend="Errors")]
    found = panel(small(Table("A", queries)), "A")
    merge, organize = found["transformations"]

    assert [("table", True), ("table", True)] == [(each["format"], each["instant"]) for each in found["targets"]]
    assert "merge" == merge["id"]
    assert {"Time": True, "__name__": True} == organize["options"]["excludeByName"]
    assert {"Value #A": "Rate", "Value #B": "Errors"} == organize["options"]["renameByName"]


def test_a_column_of_a_table_has_the_unit_of_its_query():
    """Not that of the first."""
    queries = [Query(by_topic, legend="Rate"), Query(errors, legend="Errors")]
    (override,) = panel(small(Table("A", queries)), "A")["fieldConfig"]["overrides"]

    assert {"id": "byName", "options": "Errors"} == override["matcher"]
    assert [{"id": "unit", "value": "percentunit"}] == override["properties"]


def test_a_table_of_one_query_names_its_column_after_the_panel():
    """Prometheus' data source calls it Value, and there is nothing to merge."""
    (organize,) = panel(small(Table("Memory", memory)), "Memory")["transformations"]
    assert {"Value": "Memory"} == organize["options"]["renameByName"]


def test_a_heatmap_draws_the_buckets_it_gets():
    """It computes none itself; its axis has the unit of what was observed."""
    classic = panel(small(Heatmap("A", settling)), "A")
    native = panel(small(Heatmap("A", sizes)), "A")

    assert ["heatmap", "heatmap"] == [each["targets"][0]["format"] for each in (classic, native)]
    assert [False, False] == [each["options"]["calculate"] for each in (classic, native)]
    assert ["s", "bytes"] == [each["options"]["yAxis"]["unit"] for each in (classic, native)]
    assert "le" not in native["targets"][0]["expr"]


def test_a_rate_over_grafanas_interval_knows_how_often_is_scraped():
    """Else $__rate_interval is four times what the data source happens to be set to."""
    board_ = small(TimeSeries("A", [by_topic, messages.rate("5m")]))
    found = rendered(board_, platform=Platform(scrape_interval="1m30s"))["panels"][1]["targets"]

    assert ["90s", None] == [each.get("interval") for each in found]


def test_a_text_is_text():
    """Without queries and fields."""
    found = panel(small(TextPanel("A", markdown="# Grüße")), "A")

    assert {"mode": "markdown", "content": "# Grüße"} == found["options"]
    assert not {"targets", "datasource", "fieldConfig"} & found.keys()


# The board --------------------------------------------------------------------------------------------------


def test_variables_offer_all_values_and_stay_fresh():
    """`.*` for all of them, and their values are read again when the time range changes."""
    _, topic, status, everything = rendered(every_kind())["templating"]["list"]

    assert (True, ".*", 2) == (topic["includeAll"], topic["allValue"], topic["refresh"])
    assert {"text": ["All"], "value": ["$__all"]} == topic["current"]
    assert 'label_values(messages_total{job="shop"}, topic)' == topic["query"]["query"] == topic["definition"]
    assert ("custom", "ok, a\\,b") == (status["type"], status["query"])
    assert {"text": ["ok"], "value": ["ok"]} == status["current"]
    assert {"text": "All", "value": "$__all"} == everything["current"]


def test_annotations_carry_their_query_in_a_target():
    """With a title, which is the name where none is given."""
    (found,) = rendered(every_kind())["annotations"]["list"]

    assert {"refId": "Anno", "expr": 'phase{job="shop"}', "interval": "1m"} == found["target"]
    assert ("Phase change", "now {{phase}}", "purple") == (
        found["titleFormat"],
        found["textFormat"],
        found["iconColor"],
    )


def test_the_board_is_read_only_and_in_the_readers_time():
    """What is edited in the browser would be lost at the next rendering."""
    found = rendered(small(Stat("A", memory), span="1h30m", refresh="5m"))

    assert (False, "browser", "5m") == (found["editable"], found["timezone"], found["refresh"])
    assert {"from": "now-90m", "to": "now"} == found["time"]
    assert ["shop", "payments"] == found["tags"]


def test_boards_of_a_system_link_to_each_other():
    """With the time and the variables that the reader chose."""
    one, _ = artifacts(
        Dashboard("One", [Row("R", [Stat("A", memory)])]), Dashboard("Two", [Row("R", [Stat("A", memory)])])
    )
    (link,) = json.loads(one.text)["links"]

    assert (["shop"], True, True) == (link["tags"], link["keepTime"], link["includeVars"])


# Files ------------------------------------------------------------------------------------------------------


def test_each_board_is_a_file_below_its_system():
    """Named after its title."""
    assert ["dashboards/shop/every-kind.json"] == [each.path for each in artifacts(every_kind())]


def test_the_text_is_canonical():
    """Two spaces, words as they are written, and one line feed at its end."""
    (file,) = artifacts(every_kind())

    assert json.dumps(json.loads(file.text), indent=2, ensure_ascii=False) + "\n" == file.text
    assert "Grüße" in file.text
    assert [file] == artifacts(every_kind())


def test_each_line_leads_back_to_its_part():
    """A panel's lines to the panel, a row's to the row, all others to the board."""
    (file,) = artifacts(every_kind())
    lines = file.text.splitlines()
    found = {}
    for number, line in enumerate(lines, 1):
        origin = file.origin(number)
        assert origin is not None
        if line.strip().startswith('"title":'):
            found[json.loads(line.strip().rstrip(",").removeprefix('"title": '))] = origin.subject

    assert "shop / dashboard Every kind" == found["Every kind"]
    assert "shop / dashboard Every kind / row Details" == found["Details"]
    assert "shop / dashboard Every kind / panel Settling" == found["Settling"]
    assert "shop / dashboard Every kind / panel Read me" == found["Read me"]


def test_stretches_cover_every_line_once():
    """In order, from the first line to the last."""
    (file,) = artifacts(every_kind())
    covered = [line for each in file.origins for line in range(each.first, each.last + 1)]

    assert list(range(1, file.text.count("\n") + 1)) == covered


@attrs.frozen(order=False, kw_only=True)
class Dial(Stat):
    """A panel that is none of ours."""


def test_a_panel_of_an_unknown_class_is_a_finding():
    """Grafana cannot be told how to draw it, and the board goes without it."""
    outputs = list(render(fleet(system(small(Dial("A", memory), Stat("B", memory))))))
    (finding,) = (each for each in outputs if isinstance(each, Finding))
    (file,) = (each for each in outputs if isinstance(each, Artifact))

    assert ("panel/kind", "Grafana has no panel for `Dial`") == (finding.id, finding.message)
    assert ["Row", "B"] == [each["title"] for each in panels(json.loads(file.text))]


def test_grafanalib_is_imported_only_to_render():
    """It takes longer to import than most commands take to run."""
    code = "import sys, watchwright.backends.grafana; sys.exit('grafanalib' in sys.modules)"
    path = {"PYTHONPATH": str(ROOT / "generator")}
    done = subprocess.run([sys.executable, "-c", code], env=path, check=False)

    assert 0 == done.returncode


def test_ids_in_the_file_are_those_of_the_plan():
    """So that an alert can link to a panel without reading the file."""
    planned = {each.panel.title: each.id for each in board(every_kind()).panels}
    found = {each["title"]: each["id"] for each in panels(rendered(every_kind())) if each["type"] != "row"}

    assert planned == found
