"""What lowering derives: scope, labels, order, templates, tests, relabelling."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest

from watchwright import (
    Alert,
    Case,
    Catalogue,
    Counter,
    Gauge,
    Histogram,
    Info,
    Job,
    Label,
    Platform,
    RecordingRule,
    System,
    go_template,
    percent,
    promql,
    push_gateway,
    ratio,
    record,
    regex,
)
from watchwright.discovery import Static
from watchwright.lower.fleet import lower
from watchwright.lower.plan import Alerting, Plan, Recording
from watchwright.model.environment import Environment
from watchwright.model.expression import Words
from watchwright.units import MiB, days, hours, ms, usd

requests = Counter("requests_total", "Requests.", labels=["code", "zone"])
depth = Gauge("queue_depth", "Depth.", labels=["zone"])
free = Gauge("free_bytes", "Free.")
load = Gauge("load_percent", "Load.")
wait = Histogram("wait_seconds", "Wait.", buckets=[0.1, 1])
cost = Counter("cost_usd_total", "Cost.")
JOB = Job("shop", Static(["shop:1"]))


def lowered(platform: Platform | None = None, **parts: Any) -> tuple[Plan, list[str]]:
    """One system's plan, and the ids of what could not be lowered."""
    system = System("shop", owner="sales", **{"jobs": [JOB], **parts})
    made = lower([system], platform or Platform(), Environment())
    return made.fleet.plans[0], [finding.id for finding in made.findings]


def alert(expr: Words, platform: Platform | None = None, **parts: Any) -> Alerting:
    """An alert as planned."""
    given = {"severity": "page", "summary": "x", **{key: parts.pop(key) for key in ALERT if key in parts}}
    plan, _ = lowered(platform, alerts=[Alert("A", expr=expr, **given)], **parts)
    return next(rule for rule in plan.rules if isinstance(rule, Alerting) and rule.alert == "A")


ALERT = ("summary", "description", "labels", "runbook", "tests", "for_")


def printed(expr: Words, platform: Platform | None = None, **parts: Any) -> str:
    """An expression as Prometheus will read it."""
    return repr(alert(expr, platform, **parts).expr)


def test_the_jobs_of_a_system_scope_its_metrics() -> None:
    """Two systems that export one name never read each other."""
    second = Job("shop-2", Static(["b:1"]))

    assert 'queue_depth{job="shop"} > 1' == printed(depth > 1)
    assert 'queue_depth{job=~"shop|shop-2"} > 1' == printed(depth > 1, jobs=[JOB, second])
    assert 'queue_depth{job="shop-2"} > 1' == printed(depth.where(job="shop-2") > 1, jobs=[JOB, second])


def test_what_a_push_gateway_brings_joins_the_scope() -> None:
    """Its series keep the job that pushed them."""
    gateway = push_gateway("push", ["push:1"], brings=["import.v1"])

    assert 'queue_depth{job=~"shop|push|import\\\\.v1"} > 1' == printed(depth > 1, jobs=[JOB, gateway])


def test_a_scope_of_ones_own_takes_the_place_of_the_jobs() -> None:
    """An empty one scopes nothing."""
    assert 'queue_depth{namespace="shop"} > 1' == printed(depth > 1, scope={"namespace": "shop"})
    assert "queue_depth > 1" == printed(depth > 1, scope={})


def test_a_catalogue_brings_its_own_scope() -> None:
    """Someone else's metric is not the system's."""
    text = "# HELP node_load1 Load.\n# TYPE node_load1 gauge\nnode_load1 0.5\n"
    node = Catalogue.from_exposition("node", text, scope={"job": "node"})

    assert 'node_load1{job="node"} > 1' == printed(node.gauge("node_load1") > 1)


def test_recorded_series_carry_their_system_and_references_select_it() -> None:
    """A thousand systems may share a recorded name; an overview says that it looks over them."""
    rule = record("zone:queue_depth:max", depth.max(by=["zone"]))
    plan, _ = lowered(rules=[rule])

    (recording,) = (each for each in plan.rules if isinstance(each, Recording))
    assert ("zone:queue_depth:max", {"system": "shop"}) == (recording.record, recording.labels)
    assert 'zone:queue_depth:max{system="shop"} > 1' == printed(rule > 1)
    assert 'zone:queue_depth:max{system=~".+"} > 1' == printed(rule.where(system=regex(".+")) > 1)


def test_rules_that_read_rules_come_after_them() -> None:
    """A group evaluates its rules in order."""
    first = record("z:depth:max", depth.max())
    second = record("b:depth:double", first * 2)
    third = record("a:depth:quadruple", second * 2)

    plan, _ = lowered(rules=[third])

    assert ["z:depth:max", "b:depth:double", "a:depth:quadruple"] == [
        rule.record for rule in plan.rules if isinstance(rule, Recording)
    ]


def test_the_platforms_labels_survive_aggregation_and_matching() -> None:
    """`keep` is added to by and on, and taken from without and ignoring."""
    platform = Platform(keep=["cluster"])

    assert 'sum by (zone, cluster) (queue_depth{job="shop"}) > 1' == printed(depth.sum(by=["zone"]) > 1, platform)
    assert 'sum by (cluster) (queue_depth{job="shop"}) > 1' == printed(depth.sum() > 1, platform)
    assert 'sum without (zone) (queue_depth{job="shop"}) > 1' == printed(
        depth.sum(without=["zone", "cluster"]) > 1, platform
    )
    assert 'queue_depth{job="shop"} / on (zone, cluster) load_percent{job="shop"}' == printed(
        depth / load.on("zone"), platform
    )


@pytest.mark.parametrize(
    ("expr", "expected"),
    [
        (ratio(requests.where(code="500"), requests, over="5m") > 5 * percent, "> 0.05"),
        (record("a:b:ratio", ratio(requests, requests, over="5m")) > 12.5 * percent, "> 0.125"),
        (load > 5 * percent, "> 5"),
        (free < 500 * MiB, "< 524288000"),
        (wait.quantile(0.9, over="5m") > 500 * ms, "> 0.5"),
        (wait.sum.rate("5m") / wait.count.rate("5m") > 250 * ms, "> 0.25"),
        (cost.increase("1d") > 20 * usd, "> 20"),
        (requests.rate("5m") > 5 * percent / hours, ""),
        (depth > 0.1, "> 0.1"),
    ],
)
def test_a_threshold_prints_in_the_unit_of_what_it_meets(expr: Words, expected: str) -> None:
    """Exactly, without a float's tail."""
    assert printed(expr).endswith(expected)


def test_a_threshold_of_another_unit_is_a_finding() -> None:
    """No number would be right."""
    _, findings = lowered(alerts=[Alert("A", expr=free > 5 * days, severity="page", summary="x")])

    assert ["expr/unit"] == findings


TEXTS: Mapping[str, tuple[Words, str]] = {
    "{zone} holds {value}": (depth > 1, "{{ $labels.zone }} holds {{ $value | humanize }}"),
    "at {value}": (wait.quantile(0.9, over="5m") > 1, "at {{ $value | humanizeDuration }}"),
    "{value} left": (free < 1, "{{ $value | humanize1024 }}B left"),
    "{value} fail": (ratio(requests, requests, over="5m") > 1, "{{ $value | humanizePercentage }} fail"),
    "load {value}": (load > 1, 'load {{ printf "%.3g" $value }} %'),
    "costs {value}": (cost.increase("1d") > 1, 'costs {{ printf "%.2f" $value }} USD'),
    "{{ $labels.x }} and {not a label}": (depth > 1, '{{ "{{" }} $labels.x }} and {not a label}'),
}


@pytest.mark.parametrize(("text", "expr", "expected"), [(text, *rest) for text, rest in TEXTS.items()])
def test_texts_take_labels_and_the_value_in_its_unit(text: str, expr: Words, expected: str) -> None:
    """All else is literal."""
    assert expected == alert(expr, summary=text).annotations["summary"]


def test_a_go_template_is_left_alone() -> None:
    """Whoever asks for one gets it as it is."""
    assert "{{ $value }}" == alert(depth > 1, summary=go_template("{{ $value }}")).annotations["summary"]


def test_an_alert_knows_who_and_what_it_belongs_to() -> None:
    """Routes go by these labels; label values are templates to Prometheus, and escaped."""
    made = alert(depth > 1, labels={"note": "{{ x }}"})

    assert {"severity": "page", "system": "shop", "owner": "sales", "note": '{{ "{{" }} x }}'} == made.labels


@pytest.mark.parametrize(
    ("runbooks", "runbook", "expected"),
    [
        ("https://r.example/books/", "full", {"runbook_url": "https://r.example/books/shop/full.md"}),
        ("", "full", {}),
        ("", "https://w.example/x", {"runbook_url": "https://w.example/x"}),
        ("https://r.example", "", {"runbook_url": "https://r.example/shop/a.md"}),
    ],
)
def test_runbooks_lie_below_the_platforms(runbooks: str, runbook: str, expected: Mapping[str, str]) -> None:
    """A URL of its own stays as it is."""
    made = alert(depth > 1, Platform(runbooks=runbooks), runbook=runbook)

    assert expected == {name: text for name, text in made.annotations.items() if name.startswith("runbook")}


def test_every_job_brings_an_alert_on_its_targets_gone() -> None:
    """A target that is down, and none at all."""
    plan, _ = lowered(jobs=[Job("shop-api", Static(["a:1"]), gone_for="90s", gone_severity="info")])

    (made,) = (rule for rule in plan.rules if isinstance(rule, Alerting))
    assert ("ShopApiTargetsGone", "90s", "info") == (made.alert, made.for_, made.labels["severity"])
    assert 'up{job="shop-api"} == 0 or absent(up{job="shop-api"})' == repr(made.expr)
    assert 2 == len(plan.tests)


def test_volatile_labels_are_dropped_from_their_metric_alone() -> None:
    """`labeldrop` would drop them everywhere."""
    info = Info("phase_info", "Phase.", labels=["phase", Label("timestamp", volatile=True)])
    plan, _ = lowered(metrics=[info])

    (step,) = plan.jobs[0].metric_relabel
    assert (("__name__",), "phase_info", "timestamp", "") == (step.sources, step.regex, step.target, step.replacement)


def test_a_case_becomes_samples_and_exact_expectations() -> None:
    """Scope and the labels that every alert carries are filled in."""
    case = Case("full", given={depth.where(zone="a"): "5x9"}, fires={"3m": [{"zone": "a", "job": "shop"}], "4m": []})
    plan, _ = lowered(alerts=[Alert("A", expr=depth > 1, severity="page", summary="x", tests=[case])])

    test = plan.tests[0]
    labels = 'alertname="A",alertstate="firing"'
    assert [('queue_depth{job="shop",zone="a"}', "5x9")] == [(each.series, each.values) for each in test.series]
    assert [
        ("3m", (f'ALERTS{{{labels},job="shop",owner="sales",severity="page",system="shop",zone="a"}}',)),
        ("4m", ()),
    ] == [(each.eval_time, each.samples) for each in test.expectations]


def test_a_case_on_no_single_series_is_a_finding() -> None:
    """A pattern stands for many series."""
    case = Case("full", given={depth.where(zone=regex("a.*")): "5x9"}, fires={})
    _, findings = lowered(alerts=[Alert("A", expr=depth > 1, severity="page", summary="x", tests=[case])])

    assert ["case/series"] == findings


def test_metrics_are_those_that_expressions_reach_and_those_listed() -> None:
    """Through recording rules, too; what a catalogue brings is not the system's."""
    rule: RecordingRule = record("a:b:c", requests.rate("5m").sum())
    plan, _ = lowered(alerts=[Alert("A", expr=rule > 1, severity="page", summary="x")], metrics=[depth])

    assert ["queue_depth", "requests_total"] == [metric.name for metric in plan.metrics]
    assert ["a:b:c"] == [each.name for each in plan.recorded]


def test_a_selector_outside_the_scope_is_a_finding() -> None:
    """It would never match; a value within the scope is narrower, and stands alone."""
    _, findings = lowered(alerts=[Alert("A", expr=depth.where(job="other") > 1, severity="page", summary="x")])

    assert ["metric/outside-scope"] == findings


def test_a_name_within_the_braces_is_looked_up_too() -> None:
    """Raw PromQL may write it either way."""
    rule = record("a:b:c", depth.max())
    unknown = Alert("A", expr=promql('{__name__="nonexistent"} > 1'), severity="page", summary="x")

    assert '{__name__="a:b:c",system="shop"} > 1' == printed(promql('{__name__="a:b:c"} > 1'), rules=[rule])
    assert ["metric/unknown"] == lowered(alerts=[unknown])[1]


def test_the_value_of_a_union_has_a_unit_only_if_both_sides_agree() -> None:
    """A humanised second that is a ratio would be a lie."""
    both = (free < 1) | (depth > 1)

    assert "{{ $value | humanize }}" == alert(both, summary="{value}").annotations["summary"]


def test_a_share_of_a_count_is_a_finding() -> None:
    """Five percent of events is no number of events."""
    _, findings = lowered(alerts=[Alert("A", expr=requests.increase("5m") > 5 * percent, severity="page", summary="x")])

    assert ["expr/unit"] == findings


def test_up_is_scoped_by_jobs_even_where_the_system_is_not() -> None:
    """What a catalogue scopes by jobs carries no label that the system's own metrics bring."""
    plan, _ = lowered(scope={"namespace": "n"})

    (made,) = (rule for rule in plan.rules if isinstance(rule, Alerting))
    assert 'up{job="shop"} == 0 or absent(up{job="shop"})' == repr(made.expr)


def test_labels_that_are_kept_need_not_be_brought_along() -> None:
    """Prometheus refuses a label that is matched on and included."""
    platform = Platform(keep=["cluster"])

    assert 'queue_depth{job="shop"} * on (job, cluster) group_left () load_percent{job="shop"}' == printed(
        depth * load.on("job").group_left("cluster"), platform
    )
