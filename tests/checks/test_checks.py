"""Each check: a definition it speaks about, what it says, and a neighbour that is right and silent."""

from __future__ import annotations

import re
from typing import Any

import pytest

from watchwright import (
    Alert,
    Catalogue,
    Counter,
    CustomVariable,
    Gauge,
    Histogram,
    Info,
    Job,
    Platform,
    RecordingRule,
    System,
    promql,
    record,
    regex,
)
from watchwright import checks as all_checks
from watchwright.checks.acceptance import unused
from watchwright.cli.explain import table
from watchwright.discovery import Kubernetes, Static
from watchwright.finding import pages
from watchwright.lower.fleet import lower
from watchwright.model.environment import Environment
from workbench import ROOT

depth = Gauge("queue_depth", "Depth.")
orders = Counter("orders_total", "Orders.", labels=["result"])
full = Alert("Full", expr=depth > 1, for_="5m", severity="page", summary="Full")


def findings(platform: Platform | None = None, **parts: Any) -> list[tuple[str, str]]:
    """Ids and messages of what the checks say of a system."""
    system = System("shop", owner="sales", **parts)
    fleet = lower([system], platform or Platform(), Environment()).fleet
    return [(finding.id, finding.message) for finding in all_checks.run(fleet)]


def job(**parts: Any) -> dict[str, Any]:
    """A system with one job."""
    return {"jobs": [Job("shop", parts.pop("discovery", Static(["a:1"])), **parts)]}


def metric(declared: Any) -> dict[str, Any]:
    """A system with one metric."""
    return {"metrics": [declared]}


def alert(**parts: Any) -> dict[str, Any]:
    """A system with one alert."""
    given = {"expr": depth > 1, "for_": "5m", "severity": "page", "summary": "Full", **parts}
    return {"alerts": [Alert("Full", **given)]}


def rule(name: str, **parts: Any) -> dict[str, Any]:
    """A system with one recording rule."""
    return {"rules": [RecordingRule(name, depth.max(), **parts)]}


# each: the id, what is wrong, the message, and what is right
CASES = [
    (
        "metric/duplicate",
        {"metrics": [depth, Gauge("queue_depth", "Another.")]},
        "`queue_depth` is declared twice, differently",
        {"metrics": [depth, Gauge("queue_depth", "Depth.")]},
    ),
    (
        "metric/duplicate",
        {"metrics": [Histogram("x_seconds", "X.", buckets=[1]), Counter("x_seconds_count", "X.")]},
        "`x_seconds_count` is declared twice, differently",
        {"metrics": [Histogram("x_seconds", "X.", buckets=[1]), Counter("x_total", "X.")]},
    ),
    ("metric/help", metric(Gauge("a")), "`a` has no help text", metric(Gauge("a", "A."))),
    (
        "metric/name",
        metric(Gauge("queueDepth", "D.")),
        "`queueDepth` is not lower-case words joined by underscores",
        metric(depth),
    ),
    ("metric/name", metric(Gauge("depth_gauge", "D.")), "`depth_gauge` names its type, `gauge`", metric(depth)),
    (
        "metric/suffix",
        metric(Counter("orders", "O.")),
        "`orders` is a counter whose name does not end in `_total`",
        metric(orders),
    ),
    (
        "metric/suffix",
        metric(Gauge("orders_total", "O.")),
        "`orders_total` ends in `_total`, but is no counter",
        metric(orders),
    ),
    (
        "metric/suffix",
        metric(Info("build", "B.")),
        "`build` is an info metric without `_info`",
        metric(Info("build_info", "B.")),
    ),
    (
        "metric/suffix",
        metric(Gauge("orders_count", "O.")),
        "`orders_count` ends in `_count`, which clients add themselves",
        metric(orders),
    ),
    (
        "metric/unit",
        metric(Gauge("wait_milliseconds", "W.")),
        "`wait_milliseconds` is in milliseconds, the base unit is seconds",
        metric(Gauge("wait_seconds", "W.")),
    ),
    (
        "metric/unit",
        metric(Gauge("cpu_percent", "C.")),
        "`cpu_percent` is in percent, the base unit is ratio",
        metric(Gauge("cpu_ratio", "C.")),
    ),
    (
        "metric/unit",
        metric(Gauge("wait_seconds", "W.", unit="bytes")),
        "`wait_seconds` is declared in bytes, which its name contradicts",
        metric(Gauge("wait_seconds", "W.", unit="seconds")),
    ),
    (
        "label/name",
        metric(Gauge("a", "A.", labels=["instance"])),
        "label `instance` of `a` belongs to the target",
        metric(Gauge("a", "A.", labels=["node"])),
    ),
    (
        "label/name",
        metric(Histogram("a_seconds", "A.", labels=["le"], buckets=[1])),
        "label `le` of `a_seconds` is added by the client",
        metric(Gauge("a", "A.", labels=["le"])),
    ),
    (
        "label/name",
        metric(Gauge("a", "A.", labels=["agentName"])),
        "label `agentName` of `a` is not lower-case words joined by underscores",
        metric(Gauge("a", "A.", labels=["agent_name"])),
    ),
    ("rule/name", rule("depth_max"), "`depth_max` is not `level:metric:operations`", rule("zone:depth:max")),
    (
        "rule/duplicate",
        {"rules": [record("a:b:c", depth.max()), record("a:b:c", depth.min())]},
        "`a:b:c` is recorded twice",
        {"rules": [record("a:b:c", depth.max()), record("a:b:c", depth.min(), labels={"of": "min"})]},
    ),
    (
        "rule/reserved-label",
        rule("a:b:c", labels={"system": "x"}),
        "`a:b:c` sets the label `system` itself",
        rule("a:b:c", labels={"kind": "x"}),
    ),
    (
        "rule/variable",
        {"rules": [record("a:b:c", orders.rate("$__rate_interval").sum())]},
        "a rule cannot use the variable `$__rate_interval`",
        {"rules": [record("a:b:c", orders.rate("5m").sum())]},
    ),
    (
        "promql/retention",
        {"rules": [record("a:b:c", depth.avg_over_time("30d"))]},
        "`avg_over_time(queue_depth[30d])` looks back further than the 15d that are kept",
        {"rules": [record("a:b:c", depth.avg_over_time("15d"))]},
    ),
    (
        "promql/retention",
        {"rules": [record("a:b:c", depth.range("10d").offset("10d").avg_over_time())]},
        "`avg_over_time(queue_depth[10d] offset 10d)` looks back further than the 15d that are kept",
        {"rules": [record("a:b:c", depth.range("10d").offset("5d").avg_over_time())]},
    ),
    (
        "rule/variable",
        {"rules": [record("a:b:c", depth.where(zone=CustomVariable("zone", ["a"])).max())]},
        "a rule cannot use the variable `$zone`",
        {"rules": [record("a:b:c", depth.where(zone=regex("a$")).max())]},
    ),
    (
        "system/unscoped",
        metric(depth),
        "system `shop` has metrics, but no jobs and no scope",
        {**metric(depth), "scope": {}},
    ),
    (
        "alert/duplicate",
        {"alerts": [full, Alert("Full", expr=depth > 2, for_="5m", severity="page", summary="Full")]},
        "alert `Full` is defined twice",
        {"alerts": [full, Alert("Fuller", expr=depth > 2, for_="5m", severity="page", summary="Full")]},
    ),
    ("alert/severity", alert(severity="panic"), "`panic` is no severity of the platform", alert(severity="info")),
    (
        "alert/reserved-label",
        alert(labels={"owner": "me"}),
        "alert `Full` sets the label `owner` itself",
        alert(labels={"who": "me"}),
    ),
    ("alert/no-for", alert(for_=None), "alert `Full` has no `for_`", alert(for_="1m")),
    ("alert/summary", alert(summary=" "), "alert `Full` has no summary", alert(summary="x")),
    ("job/timeout", job(interval="5s"), "job `shop` may take 10s, but is scraped every 5s", job(interval="10s")),
    (
        "job/brings",
        job(honor_labels=True),
        "job `shop` honours labels, and names none that it brings",
        job(honor_labels=True, brings=["x"]),
    ),
    (
        "job/mixed-discovery",
        job(discovery=[Static(["a:1"]), Kubernetes(role="pod", port="metrics")]),
        "job `shop` discovers from Kubernetes and from somewhere else",
        job(discovery=[Static(["a:1"]), Static(["b:1"])]),
    ),
]


@pytest.mark.parametrize(("id_", "wrong", "message", "right"), CASES, ids=[f"{case[0]} {case[2]}" for case in CASES])
def test_a_check_speaks_of_what_is_wrong_and_is_silent_on_its_neighbour(
    id_: str, wrong: dict[str, Any], message: str, right: dict[str, Any]
) -> None:
    """Word for word."""
    assert (id_, message) in findings(**wrong)
    assert id_ not in {found for found, _ in findings(**right)}


def test_an_expression_newer_than_the_oldest_prometheus_is_found() -> None:
    """The version that brought it is named."""
    expr = promql("mad_over_time(queue_depth[1h]) > 1")
    parts: dict[str, Any] = {
        "metrics": [depth],
        "alerts": [Alert("A", expr=expr, for_="5m", severity="page", summary="x")],
    }

    ids = [id_ for id_, _ in findings(**parts)]

    assert "promql/version" in ids


def test_a_job_defined_twice_over_all_systems_is_found() -> None:
    """Prometheus would not start."""
    systems = [System(name, owner="x", jobs=[Job("shop", Static([f"{name}:1"]))]) for name in ("one", "two")]

    fleet = lower(systems, Platform(), Environment()).fleet

    assert ["two / job shop"] == [each.subject for each in all_checks.run(fleet) if each.id == "job/duplicate"]


def test_an_accepted_finding_is_accepted_and_an_unused_acceptance_is_found() -> None:
    """On the part itself, or on the system for all of its parts."""
    reason = {"metric/suffix": "fixed"}
    one = System("one", owner="x", metrics=[Counter("orders", "O.", accept=reason), Gauge("a", "A.", accept=reason)])
    two = System("two", owner="x", metrics=[Counter("sales", "S.")], accept={"metric/suffix": "fixed, too"})
    fleet = lower([one, two], Platform(), Environment()).fleet

    found = all_checks.run(fleet)

    assert {"one / metric orders", "two / metric sales"} == {each.subject for each in found if each.accepted}
    assert ["one / metric a"] == [each.subject for each in unused(fleet, found)]


def test_what_a_catalogue_brings_is_not_judged_here() -> None:
    """Its names are someone else's."""
    node = Catalogue("node", [Gauge("node_Weird_Name", "")], scope={"job": "node"})
    parts = {"alerts": [Alert("A", expr=node.gauge("node_Weird_Name") > 1, for_="5m", severity="page", summary="x")]}

    assert [] == findings(**parts)


def test_every_id_has_a_page_and_a_place_in_the_list() -> None:
    """Pages say more than the message, and ids are `subject/problem`."""
    listed = table()
    package = ROOT / "generator" / "watchwright"
    registered = re.compile(r'^@(?:reports|check)\(\s*"([^"]+)"', re.MULTILINE)
    written = {id_ for file in package.rglob("*.py") for id_ in registered.findall(file.read_text("utf-8"))}

    assert written <= set(pages())

    for id_, page in pages().items():
        assert len(page.text) > 40, id_
        assert id_ in listed
        assert id_ == id_.lower()
        assert 1 == id_.count("/")
