"""Dashboards as people keep them, and what is wrong with them."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
import yaml
from reading import checked, said

from watchwright.foreign.dashboards import Board, read_dashboards
from watchwright.foreign.files import Given, read

PROMETHEUS = {"type": "prometheus", "uid": "p"}


def panel(*expressions: str, **more: Any) -> dict[str, Any]:
    targets = [{"refId": ref, "expr": expr} for ref, expr in zip("ABCDE", expressions, strict=False)]
    return {"id": 1, "title": "P", "datasource": PROMETHEUS, "targets": targets, **more}


def variable(name: str, **more: Any) -> dict[str, Any]:
    return {"name": name, "type": "query", "datasource": PROMETHEUS, "query": f"label_values(up, {name})", **more}


def board(*panels: dict[str, Any], variables: list[dict[str, Any]] | None = None, **more: Any) -> dict[str, Any]:
    return {"title": "B", "panels": [*panels], "templating": {"list": variables or []}, **more}


def kept(folder: Path, value: object) -> Path:
    (folder / "a.json").write_text(json.dumps(value, indent=1))
    return folder


def found(folder: Path, value: object) -> list[str]:
    """The messages about a dashboard."""
    return [each[3] for each in said(checked(kept(folder, value), dashboards=("a.json",)).findings)]


def boards(folder: Path, value: object) -> tuple[Board, ...]:
    return read_dashboards(read(Given(kept(folder, value) / "a.json"))).boards


MODEL = board(panel("up = 0"))
WRAPPED = {
    "the model": MODEL,
    "the answer of the API": {"dashboard": MODEL, "meta": {"slug": "b"}},
    "Grafana's own manifest": {"apiVersion": "dashboard.grafana.app/v1beta1", "kind": "Dashboard", "spec": MODEL},
    "the operator's manifest": {
        "apiVersion": "grafana.integreatly.org/v1beta1", "kind": "GrafanaDashboard", "spec": {"json": json.dumps(MODEL)},
    },
    "a ConfigMap": {"apiVersion": "v1", "kind": "ConfigMap", "data": {"b.json": json.dumps(MODEL), "x": "{"}},
    "a list of ConfigMaps": {
        "apiVersion": "v1", "kind": "ConfigMapList",
        "items": [{"apiVersion": "v1", "kind": "ConfigMap", "data": {"b.json": json.dumps(MODEL)}}],
    },
    "a row": board({"type": "row", "title": "R", "collapsed": True, "panels": [panel("up = 0")]}),
    "a row of old": {"title": "B", "rows": [{"title": "R", "panels": [panel("up = 0")]}]},
}  # fmt: skip


@pytest.mark.parametrize("value", WRAPPED.values(), ids=WRAPPED)
def test_a_dashboard_is_found_in_whatever_it_is_kept_in(value: object, tmp_path: Path) -> None:
    """In rows too, as now and as before Grafana 5."""
    (only,) = checked(kept(tmp_path, value), dashboards=("a.json",)).findings

    assert ("promql/syntax", "dashboard B / panel P / query A") == (only.id, only.subject)


def test_the_place_within_a_manifest_is_that_in_its_file(tmp_path: Path) -> None:
    """JSON in a block of YAML."""
    text = json.dumps(board(panel('sum(up{a="b"}) = 0')), indent=2)
    manifest = {"apiVersion": "v1", "kind": "ConfigMap", "data": {"b.json": text}}

    class Block(yaml.SafeDumper):
        pass

    Block.add_representer(str, lambda dumper, value: dumper.represent_scalar("tag:yaml.org,2002:str", value, "|"))
    written = yaml.dump(manifest, Dumper=Block)
    (tmp_path / "a.yaml").write_text(written)

    (only,) = said(checked(tmp_path, dashboards=("a.yaml",)).findings)

    line = written.splitlines()[only[1] - 1]
    assert (only[2] or 0) - 1 == line.index("= 0")


SOURCES = {
    "Prometheus": (PROMETHEUS, 1),
    "Prometheus of Amazon": ({"type": "grafana-amazonprometheus-datasource"}, 1),
    "the default": (None, 1),
    "a name": ("prom-eu", 1),
    "a variable of unknown type": ("${source}", 1),
    "a variable of Prometheus": ("${prom}", 1),
    "Loki": ({"type": "loki"}, 0),
    "a name with Loki in it": ("Loki EU", 0),
    "a variable of Loki": ({"uid": "$logs"}, 0),
    "an input of Tempo": ("${DS_TEMPO}", 0),
    "expressions of Grafana's": ({"type": "__expr__", "uid": "__expr__"}, 0),
    "VictoriaMetrics": ({"type": "victoriametrics-metrics-datasource"}, 0),
}


@pytest.mark.parametrize(("source", "expected"), SOURCES.values(), ids=SOURCES)
def test_only_queries_that_may_be_prometheus_are_read(source: object, expected: int, tmp_path: Path) -> None:
    """By the type of their data source, as far as the board tells it."""
    kinds = [
        {"name": "prom", "type": "datasource", "query": "prometheus"},
        {"name": "logs", "type": "datasource", "query": "loki"},
    ]
    inputs = [{"name": "DS_TEMPO", "type": "datasource", "pluginId": "tempo"}]
    value = board(panel("up", datasource=source), variables=kinds, __inputs=inputs)

    assert expected == len([*boards(tmp_path, value)[0].queries])


def test_a_log_query_of_an_unknown_source_is_left_alone(tmp_path: Path) -> None:
    """`{app="x"} |= "error"` is no PromQL, and was never meant to be."""
    assert [] == found(tmp_path, board(panel('{app="shop"} |= "error"', datasource=None)))


def test_a_target_has_its_own_source(tmp_path: Path) -> None:
    """In a panel of several."""
    value = panel("up", "{}", datasource={"type": "datasource", "uid": "-- Mixed --"})
    value["targets"][0]["datasource"] = PROMETHEUS
    value["targets"][1]["datasource"] = {"type": "loki"}

    assert ["up"] == [query.expression for query in boards(tmp_path, board(value))[0].queries]


QUERIES = {
    "label_values(up, job)": ["up"],
    'label_values(up{a="b, c"}, job)': ['up{a="b, c"}'],
    "label_values(job)": [],
    "label_names()": [],
    "metrics(node_.*)": [],
    "query_result(sum(up) by (job))": ["sum(up) by (job)"],
    "up": [],
}


@pytest.mark.parametrize("text", QUERIES)
@pytest.mark.parametrize("nested", [False, True])
def test_a_variable_asks_an_expression(text: str, nested: bool, tmp_path: Path) -> None:
    """As a text, and as newer versions of Grafana keep it."""
    query: object = {"query": text, "refId": "A"} if nested else text
    (read_one,) = boards(tmp_path, board(variables=[variable("job", query=query)]))

    assert QUERIES[text] == [each.expression for each in read_one.queries]


VARIED = [
    "rate(x[$__rate_interval])",
    "rate(x[${interval}])",
    "rate(x[[[interval]]])",
    "increase(x[$__range:$__interval])",
    'x{a="$a", b=~"${b:regex}"}',
    'x{a=~"[[a]]"}',
    "x > $a",
    "$a > 5",
    "$a * 2 > 5",
    "topk($a, x)",
    "sum by ($a) (x)",
    "sum by (${a:csv}, b) (x)",
    "$a{b='c'}",
    "rate($a[5m])",
    "${a}_total",
    "x_${a}_total",
    "$a(x)",
    "$a",
    "x offset $a",
    "sum(x) $a sum(y)",
    'label_replace(x, "a", "$1", "b", "(.*)")',
]
DECLARED = [{"name": name, "type": "custom", "query": "1,2"} for name in ("a", "b", "interval")]


@pytest.mark.parametrize("expression", VARIED)
def test_a_variable_may_stand_anywhere(expression: str, tmp_path: Path) -> None:
    """What it stands for is not known, so nothing is said."""
    value = board(panel(expression), annotations={"note": "$a $b $interval"}, variables=DECLARED)

    assert [] == found(tmp_path, value)


BROKEN = ["sum(rate(x[$__rate_interval])", "sum(x{a='$a'}", "x{a='$a'} = 0", "sum(x) > $a and"]


@pytest.mark.parametrize("expression", BROKEN)
def test_what_no_variable_can_mend_is_said(expression: str, tmp_path: Path) -> None:
    """A bracket that is not closed, an operator that is none."""
    value = board(panel(expression), annotations={"note": "$a $b $interval"}, variables=DECLARED)
    (only,) = checked(kept(tmp_path, value), dashboards=("a.json",)).findings

    assert "promql/syntax" == only.id


WRONG = {
    "a variable that is not declared": (board(panel("up{job='$job'}")), ["the dashboard declares no variable `job`"]),
    "one in a variable": (
        board(variables=[variable("job", query="label_values(up{a='$b'}, job)", hide=0)], note="$job"),
        ["the dashboard declares no variable `b`"],
    ),
    "Grafana's own": (board(panel("rate(x_total[$__range])")), []),
    "a part of a pattern": (board(panel("label_replace(up, 'a', '$name', 'b', '(?P<name>.*)')")), []),
    "an input": (board(panel("up{a='${VAR_A}'}"), __inputs=[{"name": "VAR_A", "type": "constant"}]), []),
    "a variable that nothing uses": (board(variables=[variable("job")]), ["nothing uses the variable `job`"]),
    "one that repeats a panel": (board(panel("up", repeat="job"), variables=[variable("job")]), []),
    "one that a link uses": (board(variables=[variable("job")], links=[{"url": "/d/x?${job:queryparam}"}]), []),
    "one that every link takes along": (board(variables=[variable("job")], links=[{"includeVars": True}]), []),
    "filters": (board(variables=[{"name": "Filters", "type": "adhoc"}]), []),
    "two panels of one id": (board(panel("up"), panel("up")), ["another panel has the id 1"]),
    "all values": (
        board(panel("up{job=~'$job'}"), variables=[variable("job", includeAll=True, allValue=None)]),
        ['`All` of `job` becomes a pattern of every value there is, in `job=~"$job"`'],
    ),
    "all values as a pattern": (
        board(panel("up{job=~'$job'}"), variables=[variable("job", includeAll=True, allValue=".*")]),
        [],
    ),
    "few values": (
        board(panel("up{job=~'$job'}"), variables=[variable("job", includeAll=True, type="custom", query="a,b")]),
        [],
    ),
    "values of an expression": (
        board(panel("up{job='$job'}"), variables=[variable("job", query="label_values(sum(up), job)")]),
        ["`sum(up)` is no selector, and label values are asked for by one"],
    ),
}


@pytest.mark.parametrize(("value", "expected"), WRONG.values(), ids=WRONG)
def test_what_is_wrong_with_a_dashboard(value: dict[str, Any], expected: list[str], tmp_path: Path) -> None:
    """Only what is certain."""
    assert expected == found(tmp_path, value)


def test_annotations_are_read(tmp_path: Path) -> None:
    """Of Prometheus."""
    listed = [{"name": "Deploys", "datasource": PROMETHEUS, "expr": "changes(up[5m)"}, {"name": "Annotations & Alerts"}]
    value = board(annotations={"list": listed})

    (only,) = checked(kept(tmp_path, value), dashboards=("a.json",)).findings

    assert "dashboard B / annotation Deploys" == only.subject


def test_a_board_of_the_second_schema_is_not_taken_for_right(tmp_path: Path) -> None:
    """It is said that it was not read."""
    value = {"apiVersion": "dashboard.grafana.app/v2beta1", "kind": "Dashboard", "spec": {"elements": {"panel-1": {}}}}

    assert ["this is no dashboard: it is of Grafana's second schema, which is not read yet"] == found(tmp_path, value)
