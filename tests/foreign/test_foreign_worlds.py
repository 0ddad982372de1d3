"""What is known of series from rule files and from lists of metrics, and what is said with it."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from reading import checked, said

from watchwright.foreign.catalogue import Declared, read_catalogue
from watchwright.foreign.files import Given

EXPOSITION = """\
# HELP shop_orders_total Orders.
# TYPE shop_orders_total counter
shop_orders_total{result="paid"} 1027 1395066363000
# TYPE shop_queue gauge
shop_queue 3
# TYPE shop_wait_seconds histogram
shop_wait_seconds_bucket{le="0.1"} 1
shop_wait_seconds_bucket{le="1.0"} 2
shop_wait_seconds_bucket{le="+Inf"} 2
shop_wait_seconds_sum 1.5
shop_wait_seconds_count 2
"""
OPEN_METRICS = """\
# TYPE shop_orders counter
# UNIT shop_wait seconds
shop_orders_total{result="paid"} 1027.0 # {trace_id="a"} 1.0
shop_orders_created{result="paid"} 1.7e9
# TYPE shop_wait gauge
shop_wait 3
# EOF
"""
METADATA = {
    "status": "success",
    "data": {
        "shop_orders_total": [{"type": "counter", "help": "Orders.", "unit": ""}],
        "shop_wait_seconds": [{"type": "histogram", "help": "", "unit": "seconds"}],
        "shop_state": [{"type": "gauge", "help": "", "unit": ""}, {"type": "counter", "help": "", "unit": ""}],
    },
}
TARGETS = {
    "status": "success",
    "data": [{"target": {"job": "shop"}, "metric": "shop_queue", "type": "gauge", "help": "", "unit": ""}],
}


def declared(folder: Path, text: str) -> dict[str, Declared]:
    (folder / "metrics").write_text(text)
    catalogue = read_catalogue([Given(folder / "metrics")])
    assert () == catalogue.findings
    return catalogue.metrics


def test_metrics_are_read_from_what_a_target_answers(tmp_path: Path) -> None:
    """Types, labels, bounds."""
    found = declared(tmp_path, EXPOSITION)

    assert [("shop_orders_total", "counter"), ("shop_queue", "gauge"), ("shop_wait_seconds", "histogram")] == [
        (each.name, each.type) for each in found.values()
    ]
    assert ("result",) == found["shop_orders_total"].labels
    assert ["0.1", "1.0"] == [str(bound) for bound in found["shop_wait_seconds"].bounds]


def test_metrics_are_read_from_open_metrics(tmp_path: Path) -> None:
    """A family is not called as its samples are, and it is these that queries name."""
    found = declared(tmp_path, OPEN_METRICS)

    assert "counter" == found["shop_orders_total"].type
    assert "shop_orders" not in found
    assert "seconds" == found["shop_wait"].unit


def test_metrics_are_read_from_what_prometheus_answers(tmp_path: Path) -> None:
    """Where targets disagree, only the name is known."""
    found = declared(tmp_path, json.dumps(METADATA))

    assert ["counter", "histogram", "unknown"] == [each.type for each in found.values()]
    assert "gauge" == declared(tmp_path, json.dumps(TARGETS))["shop_queue"].type


WRONG = {
    "no exposition": ("# TYPE a gauge\nHello", ("file/exposition", 2)),
    "a bound that is none": ('# TYPE a histogram\na_bucket{le="x"} 1', ("file/exposition", 2)),
    "half a JSON": ('{"status": "success"\n', ("file/syntax", 2)),
    "an error of Prometheus": ('{"status": "error"}', ("file/kind", 1)),
}


@pytest.mark.parametrize(("text", "expected"), WRONG.values(), ids=WRONG)
def test_what_is_no_list_of_metrics_is_said(text: str, expected: tuple[str, int], tmp_path: Path) -> None:
    """At its line."""
    (tmp_path / "a.yaml").write_text("groups: [{name: g}]")
    (tmp_path / "metrics").write_text(text)

    assert [expected] == [each[:2] for each in said(checked(tmp_path, "a.yaml", metrics=("metrics",)).findings)]


def judged(folder: Path, *expressions: str, metrics: str = EXPOSITION, records: str = "") -> list[tuple[str, str]]:
    """Ids and messages about alerts on expressions, but for metrics that nothing lists."""
    rules = "".join(f"  - alert: A{n}\n    expr: {json.dumps(expr)}\n" for n, expr in enumerate(expressions))
    (folder / "a.yaml").write_text(f"groups:\n- name: g\n  rules:\n{rules}{records}")
    (folder / "metrics").write_text(metrics)
    findings = checked(folder, "a.yaml", metrics=("metrics",)).findings
    return [(each.id, each.message) for each in findings if each.id != "metric/unlisted"]


def test_a_metric_that_nothing_lists_is_said(tmp_path: Path) -> None:
    """With what could have been meant; what is recorded, built in or brought by a type is listed."""
    rules = "[{record: a:b, expr: up}, {alert: A, expr: 'a:b + shop_order_total + shop_wait_seconds_count > 1'}]"
    (tmp_path / "a.yaml").write_text(f"groups: [{{name: g, rules: {rules}}}]")
    (tmp_path / "metrics").write_text(EXPOSITION)

    (only,) = checked(tmp_path, "a.yaml", metrics=("metrics",)).findings

    assert "`shop_order_total` is in no file of `--metrics`" == only.message
    assert "did you mean `shop_orders_total`?" == only.hint
    assert () == checked(tmp_path, "a.yaml").findings


@pytest.mark.parametrize(
    ("expression", "expected"),
    [
        ("rate(shop_queue[5m]) > 1", "promql/rate"),
        ("delta(shop_orders_total[5m]) > 1", "promql/delta-of-counter"),
        ("shop_orders_total < 0", "promql/always-false"),
        ("histogram_quantile(0.9, sum(rate(shop_wait_seconds_bucket[5m]))) > 0.5", "histogram/no-le"),
        ('rate(shop_wait_seconds_bucket{le="0.5"}[5m]) > 1', "histogram/no-bucket"),
        ("shop_wait_seconds_sum > on(result) node_memory_bytes + shop_queue", ""),
        ("up == 2", "promql/always-false"),
        ("rate(up[5m]) > 1", "promql/rate"),
        ("sum by (job) (shop_queue) > on(pod) sum by (job) (up)", "label/unknown"),
    ],
)
def test_expressions_are_judged_by_what_metrics_are(expression: str, expected: str, tmp_path: Path) -> None:
    """As those of definitions are."""
    assert [expected] * bool(expected) == [id_ for id_, _ in judged(tmp_path, expression)][: 1 + (not expected)]


@pytest.mark.parametrize(
    "expression",
    [
        'sum(rate(shop_orders_total{job="a", region="b", result="other"}[5m])) by (region, pod) > 1',
        "rate(unheard_of[5m]) > 1",
        "sum(unheard_of_total) by (a) > on(a) group_left(b) other",
        'rate(shop_wait_seconds_bucket{le="1"}[5m]) > 1',
        "avg(shop_wait_seconds_sum) * 1000 > on() shop_wait_milliseconds",
    ],
)
def test_what_is_not_known_is_left_alone(expression: str, tmp_path: Path) -> None:
    """A target brings labels that its exposition lacks, and there are other metrics."""
    metrics = f"{EXPOSITION}# TYPE shop_wait_milliseconds gauge\nshop_wait_milliseconds 1\n"

    assert [] == judged(tmp_path, expression, metrics=metrics)


RECORDED = """\
  - record: job:shop_orders:rate5m
    expr: sum by (job) (rate(shop_orders_total[5m]))
    labels: {team: shop}
  - record: instance:up:sum
    expr: sum by (instance) (up)
"""


def test_a_recorded_series_is_what_its_rule_makes_of_others(tmp_path: Path) -> None:
    """Its labels and its kind, whichever rule comes first."""
    assert [("label/value", "`team` of `job:shop_orders:rate5m` is never `shops`")] == judged(
        tmp_path, 'job:shop_orders:rate5m{team="shops"} > 1', records=RECORDED
    )
    assert [("promql/rate", "`rate` of a rate: `job:shop_orders:rate5m[5m]` is no counter")] == judged(
        tmp_path, "rate(job:shop_orders:rate5m[5m]) > 1", records=RECORDED
    )


def test_a_recorded_series_lacks_what_its_rule_drops(tmp_path: Path) -> None:
    """Of those that rules read elsewhere; any other may come from a federation, or from Thanos."""
    assert [("label/unknown", "`job:shop_orders:rate5m` has no label `instance`")] == judged(
        tmp_path, 'job:shop_orders:rate5m{instance="a"} > 1', records=RECORDED
    )
    assert [] == judged(tmp_path, 'job:shop_orders:rate5m{cluster="a"} > 1', records=RECORDED)


def test_rules_that_read_each_other_in_a_circle_are_left_alone(tmp_path: Path) -> None:
    """Nothing is known of either."""
    circle = "  - {record: 'a:b', expr: 'c:d + up'}\n  - {record: 'c:d', expr: 'a:b + up'}\n"

    assert [] == judged(tmp_path, 'a:b{x="y"} > 1', records=circle)


TEMPLATE = """\
groups:
  - name: g
    rules:
      - alert: A
        expr: sum by (job) (rate(shop_orders_total[5m])) > 1
        annotations:
          summary: "{{ $labels.job }} on {{ $labels.instance }} of {{ $labels.instance }}"
          description: |
            {{ with query "sum(up" }}{{ . | first | value }}{{ end }}
            {{ query `up = 0` }}
          rate: '{{ $value | humanizeDuration }}'
"""


def test_texts_are_judged_by_the_expression_of_their_alert(tmp_path: Path) -> None:
    """Labels that it drops, queries within, units."""
    (tmp_path / "a.yaml").write_text(TEMPLATE)
    (tmp_path / "metrics").write_text(EXPOSITION)

    found = said(checked(tmp_path, "a.yaml", metrics=("metrics",)).findings)

    assert [
        ("alert/template-label", 7, 53),
        ("alert/template", 9, 27),
        ("alert/template", 10, 26),
        ("alert/template-value", 11, 30),
    ] == [each[:3] for each in found]


def test_a_legend_is_judged_by_its_query(tmp_path: Path) -> None:
    """A label that it drops; in a table nobody reads legends."""
    targets = [{"refId": "A", "expr": "sum by (job) (up)", "legendFormat": "{{job}} {{ instance }} {{$x}}"}]
    board = {"title": "B", "panels": [{"type": kind, "targets": targets} for kind in ("timeseries", "table")]}
    (tmp_path / "b.json").write_text(json.dumps(board, indent=1))

    (only,) = checked(tmp_path, dashboards=("b.json",)).findings

    assert ("panel/legend", "error") == (only.id, only.severity)
    assert "the legend names the label `instance`, which the query does not have" == only.message


RATIO = 'sum(rate(shop_orders_total{result="failed"}[5m])) / sum(rate(shop_orders_total[5m]))'
UNITS = {
    "a ratio as percents": (RATIO, "percent", {}, ["panel/unit"]),
    "a ratio as a ratio": (RATIO, "percentunit", {}, []),
    "percents as percents": (f"100 * {RATIO}", "percent", {}, []),
    "percents as percents, written otherwise": (f"({RATIO}) * 100", "percent", {}, []),
    "a ratio as anything": (RATIO, "short", {}, []),
    "a ratio that is multiplied": (RATIO, "percent", {"transformations": [{"id": "calculateField"}]}, []),
    "seconds as milliseconds": ("avg(shop_wait_seconds_sum)", "ms", {}, ["panel/unit"]),
    "seconds made milliseconds": ("avg(shop_age_seconds) * 1000", "ms", {}, []),
    "what nobody knows": ("avg(unheard_of)", "ms", {}, []),
}


@pytest.mark.parametrize(("expr", "unit", "more", "expected"), UNITS.values(), ids=UNITS)
def test_a_panel_shows_what_its_query_measures(
    expr: str, unit: str, more: dict[str, object], expected: list[str], tmp_path: Path
) -> None:
    """Where the metrics tell it."""
    panel = {"targets": [{"expr": expr}], "fieldConfig": {"defaults": {"unit": unit}}, **more}
    (tmp_path / "b.json").write_text(json.dumps({"title": "B", "panels": [panel]}))
    (tmp_path / "metrics").write_text(f"{EXPOSITION}# TYPE shop_age_seconds gauge\nshop_age_seconds 1\n")

    found = checked(tmp_path, dashboards=("b.json",), metrics=("metrics",)).findings

    assert expected == [each.id for each in found if each.id not in ("promql/plotted-counter", "metric/unlisted")]


def test_where_two_targets_disagree_neither_is_believed(tmp_path: Path) -> None:
    """A gauge here and a counter there; bounds of one histogram, and of the other."""
    one = (
        '# TYPE q gauge\nq 1\n# TYPE h_seconds histogram\nh_seconds_bucket{le="0.1"} 1\nh_seconds_bucket{le="+Inf"} 1\n'
    )
    (tmp_path / "one").write_text(one)
    (tmp_path / "two").write_text(one.replace("q gauge", "q counter").replace('"0.1"', '"5"'))
    expr = '"rate(q[5m]) > 1 and rate(h_seconds_bucket{le=\\"5\\"}[5m]) > 1"'
    (tmp_path / "a.yaml").write_text(f"groups: [{{name: g, rules: [{{alert: A, expr: {expr}}}]}}]")

    assert () == checked(tmp_path, "a.yaml", metrics=("one", "two")).findings
    assert ["promql/rate", "histogram/no-bucket"] == [
        each.id for each in checked(tmp_path, "a.yaml", metrics=("one",)).findings
    ]


def test_a_folder_of_metrics_is_searched(tmp_path: Path) -> None:
    """For what people keep of `/metrics`; what is something else is passed over."""
    (tmp_path / "seen").mkdir()
    (tmp_path / "seen/shop.prom").write_text(EXPOSITION)
    (tmp_path / "seen/board.json").write_text('{"title": "Shop", "panels": []}')
    rules = "groups: [{name: g, rules: [{alert: A, expr: 'rate(shop_queue[5m]) > 1'}]}]"
    (tmp_path / "a.yaml").write_text(rules)

    assert ["promql/rate"] == [each.id for each in checked(tmp_path, "a.yaml", metrics=("seen",)).findings]


def test_the_step_of_a_subquery_is_not_the_interval_of_its_group(tmp_path: Path) -> None:
    """It is the server's own, and no rule file says that."""
    rule = "{alert: A, expr: 'sum_over_time(x[1m:]) > 1'}"
    (tmp_path / "a.yaml").write_text(f"groups: [{{name: g, interval: 5m, rules: [{rule}]}}]")

    assert () == checked(tmp_path, "a.yaml").findings


def test_the_names_of_variables_are_found_in_any_text(tmp_path: Path) -> None:
    """Spaces without end take no longer than other texts."""
    queries = ["label_values(" + " " * 20_000, f'label_values( up {{a="b,c"}} , {"x" * 20_000} )']
    listed = [{"name": f"v{n}", "type": "query", "query": query} for n, query in enumerate(queries)]
    (tmp_path / "b.json").write_text(json.dumps({"title": "$v0 $v1", "panels": [], "templating": {"list": listed}}))

    assert () == checked(tmp_path, dashboards=("b.json",)).findings
