"""A value of the wrong type is refused at its line, whatever field it was given to."""

from __future__ import annotations

import pytest

from workbench import Repository

HEAD = """from decimal import Decimal
from watchwright import *
from watchwright.discovery import Http, Kubernetes, Static; from watchwright.jaeger import *
depth = Gauge("queue_depth", "Depth.", labels=["zone"])
wait = Histogram("wait_seconds", "Wait.", buckets=[1])
"""

# each is one expression, on line 6
WRONG = [
    *(f'System("shop", owner="x", {field}=[5])' for field in ("metrics", "rules", "alerts", "jobs", "dashboards", "sampling", "catalogues")),
    *(f'System("shop", owner="x", {field}=5)' for field in ("metrics", "rules", "alerts", "jobs", "scope", "accept")),
    'System("shop", owner=5)',
    'System(5, owner="x")',
    'System("shop", owner="x", scope="job")',
    'System("tests", owner="x")',
    *(
        f'Alert("A", expr=depth > 1, severity={severity}, summary={summary}, labels={labels})'
        for severity, summary, labels in [("5", "'x'", "{}"), ("'page'", "None", "{}"), ("'page'", "'x'", "{'a': 5}"), ("'page'", "'x'", "'a'")]
    ),
    'Alert("A", expr=5, severity="page", summary="x")',
    'Alert("A", expr=depth == 1, severity="page", summary="x")',
    'Alert("A", expr=depth > 1, severity="page", summary="x", runbook=None)',
    'Alert("A", expr=depth > 1, severity="page", summary="x", tests=["x"])',
    'Alert("A", expr=depth > 1, severity="page", summary="x", for_=5)',
    'Alert("A", expr=depth > 1, severity="page", summary="x", for_="300y")',
    'Alert("A", expr=depth > 1, severity="page", summary="\\ud800")',
    'Alert("A", expr=wait, severity="page", summary="x")',
    'Case("x", given=5, fires={})',
    'Case("x", given={depth: 5}, fires={})',
    'Case("x", given={}, fires={"5m": [5]})',
    'Case("x", given={}, fires=["5m"])',
    'Dashboard("B", [TimeSeries("t", depth)])',
    'Dashboard(None, [])',
    'Row("R", [depth])',
    'Row(5, [])',
    'Row("R", TimeSeries("t", depth))',
    'TimeSeries("t", wait)',
    'TimeSeries("t", 5)',
    'TimeSeries("t", [])',
    'TimeSeries("t", depth, thresholds=[5])',
    'TimeSeries("t", depth, width=2.5)',
    'TimeSeries("t", depth, width=25)',
    'TimeSeries("t", depth, decimals="x")',
    'Threshold(1, "chartreuse")',
    'Threshold(float("inf"))',
    'Stat("t", depth, mapping={"a": "b"})',
    'TextPanel("t", None)',
    'Heatmap("t", depth)',
    'Heatmap("t", wait.bucket.rate("5m").sum(by=["le"]))',
    'LabelVariable("v", depth, label=5)',
    'Counter("x_total", None)',
    'Gauge("x", "X.", unit=5)',
    'Gauge("x", "X.", labels="zone")',
    'Gauge("x", "X.", labels=[5])',
    'Histogram("x_seconds", "X.", buckets=5)',
    'Histogram("x_seconds", "X.", buckets=[1, float("inf")])',
    'Summary("x_seconds", "X.", quantiles=[5])',
    'Label("zone", values=[1, 2])',
    'Label("zone", cardinality="many")',
    'Job("shop", "shop:1")',
    'Job("shop", Static("shop:1"))',
    'Job("shop", Static([]))',
    'Job("shop", Static(["a:1"]), auth="secret")',
    'Job("shop", Static(["a:1"]), limits=5000)',
    'Job("shop", Static(["a:1"]), relabel=["x"])',
    'Job("shop", Static(["a:1"]), scheme="ftp")',
    'Job("shop", Static(["a:1"]), interval="0")',
    'Job("shop", Static(["a:1"]), params="x")',
    'Limits(samples=1.5)',
    'Limits(body="lots")',
    'Relabel(action="hashmod")',
    'Relabel(action="dropp")',
    'Kubernetes(role="node", port="metrics")',
    'Kubernetes(role="pod", labels={"app": "a,b!=c"})',
    'federation("f", ["a:1"], match="{job=\\"x\\"}")',
    'federation("f", ["a:1"], match=["{{{"])',
    'federation("f", ["a:1"], match=[depth.sum()])',
    'push_gateway("p", ["a:1"], brings="x")',
    'drop_series("go_.*")',
    'Sampling("s", "often")',
    'Platform(jaeger="x")',
    'Jaeger(storage="memory")',
    'Jaeger(batch=500)',
    'Memory(max_traces=1.5)',
    'Elasticsearch("https://es:9200")',
    'Elasticsearch(["https://user:secret@es:9200"])',
    'Cassandra(["cassandra"], keyspace=5)',
    'Cassandra([5], keyspace="jaeger")',
    'Queue(size="many")',
    'Retry(initial=5)',
    'Platform(severities="page")',
    'Platform(prometheus="3")',
    'record("a:b:c", 5)',
    'depth.sum(by=[5])',
    'depth.where(zone=[])',
    'depth.where(zone=5)',
    'depth.topk("three")',
    'promql(5)',
]  # fmt: skip


@pytest.mark.parametrize("wrong", WRONG)
def test_a_wrong_value_is_refused_at_its_line(repository: Repository, wrong: str) -> None:
    """With a sentence, and never with a traceback or with output that is silently wrong."""
    repository.write("systems/shop.py", HEAD + f"made = {wrong}\n" + 'shop = System("shop", owner="x", scope={})\n')

    result = repository.run("check", "--no-verify")

    assert result.exit_code == 1, "nothing was found"
    assert result.stderr.startswith("systems/shop.py:6: error: "), result.stderr
    assert "[load/malformed]" in result.stderr, result.stderr
