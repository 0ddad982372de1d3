"""Declared metrics as a target would expose them, and back."""

from __future__ import annotations

import subprocess

import pytest

from watchwright import Catalogue, Counter, DefinitionError, Gauge, Histogram, Info, Label, StateSet, Summary
from watchwright.backends.exposition import exposition
from watchwright.model.exposition import parse
from watchwright.model.metric import Metric
from watchwright.verify.tools import Tool

METRICS: list[Metric] = [
    Counter("orders_total", 'Orders, "all" of\nthem.', labels=[Label("result", values=["pa\\id", "x"]), "zone"]),
    Counter("spent_usd", "Spent.", exposed_as_gauge=True),
    Gauge("queue_depth", "Depth."),
    Histogram("wait_seconds", "Wait.", labels=["zone"], buckets=[0.1, 1]),
    Histogram("impact", "Impact.", buckets=[-1, 0, 1]),
    Summary("size_bytes", "Size.", quantiles=[0.5, 0.99]),
    Info("build_info", "Build.", labels=[Label("built", volatile=True), "version"]),
    StateSet("mode", "Mode.", states=["on", "off"]),
]

TEXT = r"""# HELP orders_total Orders, "all" of\nthem.
# TYPE orders_total counter
orders_total{result="pa\\id",zone=""} 0
# HELP spent_usd Spent.
# TYPE spent_usd gauge
spent_usd 0
# HELP queue_depth Depth.
# TYPE queue_depth gauge
queue_depth 0
# HELP wait_seconds Wait.
# TYPE wait_seconds histogram
wait_seconds_bucket{zone="",le="0.1"} 0
wait_seconds_bucket{zone="",le="1"} 0
wait_seconds_bucket{zone="",le="+Inf"} 0
wait_seconds_sum{zone=""} 0
wait_seconds_count{zone=""} 0
# HELP impact Impact.
# TYPE impact histogram
impact_bucket{le="-1"} 0
impact_bucket{le="0"} 0
impact_bucket{le="1"} 0
impact_bucket{le="+Inf"} 0
impact_count 0
# HELP size_bytes Size.
# TYPE size_bytes summary
size_bytes{quantile="0.5"} 0
size_bytes{quantile="0.99"} 0
size_bytes_sum 0
size_bytes_count 0
# HELP build_info Build.
# TYPE build_info gauge
build_info{built="",version=""} 1
# HELP mode Mode.
# TYPE mode gauge
mode{mode="on"} 0
mode{mode="off"} 0
"""


def test_each_kind_is_exposed_as_its_client_exposes_it() -> None:
    """A histogram whose first bound is below 0 has no sum."""
    assert TEXT == exposition(METRICS)


def test_promtool_reads_the_exposition(promtools: tuple[Tool, ...]) -> None:
    """Lint aside, every family is well formed."""
    for tool in promtools:
        result = subprocess.run(
            [str(tool.path), "check", "metrics"], input=TEXT, capture_output=True, text=True, check=False
        )
        assert result.returncode in (0, 3), result.stderr
        assert "error while linting" not in result.stderr


def test_a_catalogue_reads_an_exposition_back() -> None:
    """Kinds, labels, buckets and quantiles are those of the text; a bound label is none."""
    catalogue = Catalogue.from_exposition("x", TEXT, scope={"job": "x"})

    assert ["result", "zone"] == [label.name for label in catalogue.counter("orders_total").labels]
    assert 'Orders, "all" of\nthem.' == catalogue.counter("orders_total").help
    assert ["0.1", "1"] == [str(bound) for bound in catalogue.histogram("wait_seconds").buckets]
    assert not catalogue.histogram("impact").has_sum
    assert ["0.5", "0.99"] == [str(quantile) for quantile in catalogue.summary("size_bytes").quantiles]
    assert ["mode"] == [label.name for label in catalogue.gauge("mode").labels]


def test_a_catalogue_says_what_it_has_not() -> None:
    """With a guess."""
    catalogue = Catalogue.from_exposition("x", TEXT)

    with pytest.raises(DefinitionError, match="catalogue `x` has no gauge `queue_dept`") as refused:
        catalogue.gauge("queue_dept")
    assert "did you mean `queue_depth`?" == refused.value.hint


def test_what_is_no_exposition_is_refused_with_its_line() -> None:
    """A page of HTML, say."""
    with pytest.raises(DefinitionError, match="line 2 is no exposition"):
        Catalogue.from_exposition("x", "a 1\n<html>\n")


@pytest.mark.parametrize(
    ("line", "name"),
    [
        ("  x 1", "x"),
        ('x {a="b"} nan', "x"),
        ('x{a="}"}+Inf', "x"),
        ("x -inf 1395066363000", "x"),
        ("x 1\r", "x"),
        ('x{a="b\u2028c\x0b"} 1', "x"),
        ('{"my.metric",a="b"} 1', "my.metric"),
        ('x 1 # {trace_id="a"} 1.0', "x"),
    ],
)
def test_what_prometheus_takes_is_taken(line: str, name: str) -> None:
    """As its own parser reads a line."""
    assert [name] == [family.name for family in parse(f"{line}\n")]


@pytest.mark.parametrize("bound", ["x", "sNaN", "NaN", ""])
def test_a_bound_that_is_no_number_is_refused(bound: str) -> None:
    with pytest.raises(DefinitionError, match="line 2 is no exposition"):
        list(parse(f'# TYPE h histogram\nh_bucket{{le="{bound}"}} 1\n'))


def test_the_series_of_a_metric_follow_from_its_kind() -> None:
    """Volatile labels are dropped when scraping, so series do not carry them."""
    exposed = {series.name: series.labels for metric in METRICS for series in metric.exposed()}

    assert {
        "orders_total": ("result", "zone"),
        "orders_created": ("result", "zone"),
        "spent_usd": (),
        "queue_depth": (),
        "wait_seconds_bucket": ("zone", "le"),
        "wait_seconds_count": ("zone",),
        "wait_seconds_sum": ("zone",),
        "wait_seconds_created": ("zone",),
        "impact_bucket": ("le",),
        "impact_count": (),
        "impact_created": (),
        "size_bytes": ("quantile",),
        "size_bytes_count": (),
        "size_bytes_sum": (),
        "size_bytes_created": (),
        "build_info": ("version",),
        "mode": ("mode",),
    } == exposed
