"""The words of the language, as design and documentation show them."""

from __future__ import annotations

import operator
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from watchwright import (  # noqa: F401 - the cases name them in their texts
    Counter,
    DefinitionError,
    Environment,
    Gauge,
    Histogram,
    Instant,
    Label,
    StateSet,
    Summary,
    all_of,
    any_of,
    apart,
    matcher,
    not_,
    percent,
    promql,
    ratio,
    record,
    regex,
)
from watchwright.model.expression import Words
from watchwright.units import ms, s
from workbench import ROOT

provider = Label("provider", cardinality=8)
payments = Counter("payments_total", "Payments.", labels=[provider, "result"])
depth = Gauge("queue_depth", "Depth.", labels=["zone"])
limit = Gauge("queue_limit", "Limit.", labels=["zone"])
latency = Histogram("latency_seconds", "Latency.", buckets=[0.1, 1])
mode = StateSet("mode", "Mode.", states=["on", "off"])
recorded = record("zone:queue_depth:max", depth.max(by=["zone"]))

SHAPES = {
    'payments.rate("5m").sum(by=[provider]).topk(3)': "topk(3, sum by (provider) (rate(payments_total[5m])))",
    'payments.where(result="x", path=regex("/a/.*"), method=not_("GET"), zone=["a", "b.c"])': (
        'payments_total{result="x",path=~"/a/.*",method!="GET",zone=~"a|b\\\\.c"}'
    ),
    'payments.where(matcher("class", "=~", "x.*"))': 'payments_total{class=~"x.*"}',
    "payments.where(accepted=True)": 'payments_total{accepted="true"}',
    'depth.where(zone=not_(["a", "b"]))': 'queue_depth{zone!~"a|b"}',
    "depth.eq(0)": "queue_depth == 0",
    "(depth > limit).bool()": "queue_depth > bool queue_limit",
    "(depth > 1) & (limit < 2)": "queue_depth > 1 and queue_limit < 2",
    "depth | limit": "queue_depth or queue_limit",
    "depth.unless(limit)": "queue_depth unless queue_limit",
    "any_of(depth, limit, recorded)": "queue_depth or queue_limit or zone:queue_depth:max",
    "all_of(depth > 1, limit > 2)": "queue_depth > 1 and queue_limit > 2",
    'depth / limit.on("zone").group_left("team")': "queue_depth / on (zone) group_left (team) queue_limit",
    'depth / limit.ignoring("zone").group_right()': "queue_depth / ignoring (zone) group_right () queue_limit",
    "1 - depth / limit": "1 - queue_depth / queue_limit",
    "(1 - depth) / limit": "(1 - queue_depth) / queue_limit",
    "depth - (limit - 1)": "queue_depth - (queue_limit - 1)",
    "-depth": "-queue_depth",
    "2 ** depth": "2 ^ queue_depth",
    "0.1 + 0.2 * depth": "0.1 + 0.2 * queue_depth",
    'depth.offset("1d")': "queue_depth offset 1d",
    'depth.offset("5m").range("1h").avg_over_time()': "avg_over_time(queue_depth[1h] offset 5m)",
    'depth.at("end")': "queue_depth @ end()",
    'depth.avg_over_time("90m")': "avg_over_time(queue_depth[1h30m])",
    'payments.rate("5m").range("1h", step="1m").max_over_time()': "max_over_time(rate(payments_total[5m])[1h:1m])",
    'latency.quantile(0.99, over="5m", by=["zone"])': (
        "histogram_quantile(0.99, sum by (le, zone) (rate(latency_seconds_bucket[5m])))"
    ),
    "latency.where(zone='a').count.rate('5m')": 'rate(latency_seconds_count{zone="a"}[5m])',
    'latency.average(over="5m")': ("sum(rate(latency_seconds_sum[5m])) / (sum(rate(latency_seconds_count[5m])) > 0)"),
    'mode.is_in("on")': 'mode{mode="on"} == 1',
    'depth.range("1h").quantile_over_time(0.5)': "quantile_over_time(0.5, queue_depth[1h])",
    'depth.label_replace("to", "$1", "zone", "(.).*")': 'label_replace(queue_depth, "to", "$1", "zone", "(.).*")',
    'depth.labelled(pool="a$1")': 'label_replace(queue_depth, "pool", "a$$1", "", "")',
    'depth.labelled(a="x", b="y")': 'label_replace(label_replace(queue_depth, "a", "x", "", ""), "b", "y", "", "")',
    "depth.clamp(0, 1)": "clamp(queue_depth, 0, 1)",
    'promql("sum by (zone) (queue_depth) > 5")': "sum by (zone) (queue_depth) > 5",
}


@pytest.mark.parametrize(("shape", "expected"), SHAPES.items(), ids=list(SHAPES))
def test_words_print_as_the_promql_that_people_would_write(shape: str, expected: str) -> None:
    """Read left to right in Python, and bracketed right in PromQL."""
    built = eval(shape)  # noqa: S307 - the text is the name of the case, too
    assert isinstance(built, Words)

    assert expected == repr(built.instant().node)


def test_a_ratio_is_never_nan() -> None:
    """0 where nothing failed yet, empty without traffic."""
    built = ratio(payments.where(result="error"), payments, over="5m", by=[provider])

    total = "sum by (provider) (rate(payments_total[5m]))"
    part = 'sum by (provider) (rate(payments_total{result="error"}[5m]))'
    assert f"({part} or 0 * {total}) / ({total} > 0)" == repr(built.node)


REFUSED = {
    "0 < depth < 5": "no truth value",
    "depth > 1 and depth < 5": "no truth value",
    "not depth": "no truth value",
    "depth > 1 & (depth < 5)": "got 1",
    'depth.sum(by="zone")': "takes a list of labels",
    'depth.sum(by=["zone"], without=["x"])': "not both",
    'depth.avg_over_time("5 minutes")': "must be a duration",
    'depth.avg_over_time("0s")': "longer than nothing",
    "depth.where(zone=5)": "compared with a text",
    '(depth + 1).offset("1h")': "read at another time",
    'promql("queue_depth[5m]")': "must yield an instant vector",
    'promql("1")': "must yield an instant vector",
    'promql("sum(")': "column 5",
    "depth.on('zone') / depth": "belong to the right operand",
    'Histogram("x_seconds", "X.", buckets=[1, 0.1])': "must ascend",
    'Histogram("x_seconds", "X.")': "has no buckets",
    'Gauge("a-b", "X.")': "got 'a-b'",
    'Gauge("a", "X.", labels=["x", "x"])': "twice",
    'Summary("x_seconds", "X.", quantiles=[0.5]).quantile(0.9)': "exposes the quantiles",
    "5 * percent + 5 * ms": "different units",
    'Environment("moon", ("earth",)).pick(1, sun=2)': "does not list",
}


@pytest.mark.parametrize(("shape", "message"), REFUSED.items(), ids=list(REFUSED))
def test_what_is_malformed_is_refused_at_once(shape: str, message: str) -> None:
    """The message says what was wanted and what was got."""
    with pytest.raises((DefinitionError, TypeError), match=message):
        eval(shape)  # noqa: S307 - the text is the name of the case, too


def test_definitions_are_compared_by_value() -> None:
    """A helper imported twice does not split its metrics; `==` never builds PromQL."""
    assert Gauge("queue_depth", "Depth.", labels=["zone"]) == depth
    assert depth.sum() == depth.sum()
    assert depth.sum() != depth.max()
    assert 1 == len({record("a:b:c", depth.sum()), record("a:b:c", depth.sum())})


def test_a_long_sum_is_no_deeper_than_a_short_one() -> None:
    """2,000 operands neither recurse to death nor slow down."""
    long = depth.instant()
    for number in range(2_000):
        long = long + number

    assert repr(long.node).endswith("+ 1998 + 1999")
    assert frozenset([depth]) == long.reaches


def test_an_expression_knows_the_declarations_that_it_reaches() -> None:
    """Metrics and recording rules of a system are those that its expressions reach."""
    assert frozenset([recorded, limit]) == (recorded / limit).reaches
    assert frozenset([latency]) == latency.quantile(0.9, over="5m").reaches


def test_environments_pick_their_value() -> None:
    """The default where nothing else is said."""
    names = ("production", "staging")

    assert [5, 20] == [Environment(name, names).pick(5, staging=20) for name in names]
    assert 5 == Environment().pick(5, anything=20)


def test_the_editor_refuses_what_the_kind_of_a_metric_does_not_have(tmp_path: Path) -> None:
    """Mypy says it before anything runs."""
    file = tmp_path / "definition.py"
    file.write_text(
        "from watchwright import Counter, Gauge, Histogram\n"
        'Gauge("a", "A.").rate("5m")\n'
        'Counter("b_total", "B.").deriv("5m")\n'
        'Histogram("c_seconds", "C.", buckets=[1]) > 5\n'
        'Counter("d_total", "D.").rate("5m").sum(by=["x"]) > 5\n'
    )
    result = subprocess.run(
        [sys.executable, "-m", "mypy", "--strict", "--cache-dir", str(tmp_path / "cache"), str(file)],
        env={"MYPYPATH": str(ROOT / "generator"), "PATH": ""},
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
    )

    assert [2, 3, 4] == [
        int(line.split(":")[1])
        for line in result.stdout.splitlines()
        if line.startswith("definition.py") and ": error:" in line
    ], result.stdout


def test_units_divide() -> None:
    """A rate has a unit of its own."""
    assert "1/s" == (5 / s).unit
    assert "500 ms" == str(500 * ms)
    assert "0.05 percent" == str(0.05 * percent)


def test_values_are_told_apart_by_a_label() -> None:
    """As one expression, in which each has its name."""
    one, other = Gauge("one", "One."), Gauge("other", "Other.")

    assert 'label_replace(one, "what", "first", "", "") or label_replace(other, "what", "second", "", "")' == repr(
        apart("what", {"first": one, "second": other}).node
    )
    with pytest.raises(DefinitionError, match="at least one"):
        apart("what", {})


@pytest.mark.parametrize(
    ("op", "compare"), [(">", operator.gt), ("<", operator.lt), (">=", operator.ge), ("<=", operator.le)]
)
def test_sides_stay_where_they_were_written(op: str, compare: Callable[[Any, Any], Instant]) -> None:
    """Python asks a subclass on the right first: the value of the alert would be that of its limit."""
    left = Counter("done_total", "Done.").rate("5m")
    limit = Gauge("limit", "Limit.", labels=["pool"])
    rights = [limit, limit.where(pool="a"), limit > 0, limit.where(pool="a") + 1, record("a:limit:max", limit.max())]

    for right in rights:
        assert repr(compare(left, right).node).startswith(f"rate(done_total[5m]) {op} "), right
