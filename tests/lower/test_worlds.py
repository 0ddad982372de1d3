"""What series are known to be: their labels from metric, target and relabelling, their kind, what rules make of them."""

from __future__ import annotations

from typing import Any

import pytest

from watchwright import Counter, Gauge, Histogram, Job, Label, Platform, Relabel, System, drop_labels, record
from watchwright.catalogues import prometheus
from watchwright.discovery import File, Kubernetes, Static
from watchwright.lower.fleet import lower
from watchwright.lower.plan import Plan
from watchwright.model.environment import Environment
from watchwright.semantics.values import PRESENT, Values, only
from watchwright.semantics.world import Series

region = Label("region", values=["a", "b"])
sales = Counter("sales_total", "Sales.", labels=[region])
depth = Gauge("queue_depth", "Depth.")


def plan(*jobs: Job, **parts: Any) -> Plan:
    """A lowered system with those metrics."""
    system = System("shop", owner="sales", jobs=jobs, **{"metrics": [sales, depth], **parts})
    return lower([system], Platform(), Environment()).fleet.plans[0]


def series(name: str, *jobs: Job, **parts: Any) -> Series:
    """A series of that system."""
    found = plan(*jobs, **parts).world.of(name)
    assert found is not None
    return found


def job(*relabel: Relabel, discovery: Any = None, **fields: Any) -> Job:
    """The job of the shop."""
    return Job("shop", discovery or Static(["a:1", "b:1"]), relabel=relabel, **fields)


def test_a_series_has_the_labels_of_its_metric_and_of_its_target() -> None:
    """And no others."""
    labels = series("sales_total", job()).labels

    assert ("job", "instance", "region") == labels.names
    assert (only("shop"), only("a:1", "b:1"), only("a", "b")) == tuple(map(labels.of, labels.names))
    assert not labels.is_open


def test_targets_of_several_jobs_are_all_that_a_series_can_have() -> None:
    """Nobody says which of them exposes it."""
    labels = series("queue_depth", job(), Job("store", Static(["c:1"], labels={"zone": "x"}))).labels

    assert only("shop", "store") == labels.of("job")
    assert only("x", "") == labels.of("zone")


@pytest.mark.parametrize(
    "discovery", [File(["targets/*.json"]), Static(["a:1"])], ids=["a file", "labels that are honoured"]
)
def test_labels_that_someone_else_chooses_may_be_any(discovery: Any) -> None:
    """So that nothing is said of them."""
    fields = {"honor_labels": True} if isinstance(discovery, Static) else {}

    assert series("queue_depth", job(discovery=discovery, **fields)).labels.is_open


def test_without_a_job_nothing_is_known_of_targets() -> None:
    assert series("queue_depth", scope={"job": "elsewhere"}).labels.is_open


def test_kubernetes_brings_namespace_and_pod() -> None:
    assert {"job", "instance", "namespace", "pod"} == {
        *series("queue_depth", job(discovery=Kubernetes(role="pod"))).labels.names
    }


def test_a_label_that_the_target_has_too_is_renamed() -> None:
    """The target's stays: https://prometheus.io/docs/prometheus/latest/configuration/configuration/#scrape_config."""
    labels = series("sales_total", job(discovery=Static(["a:1"], labels={"region": "eu"}))).labels

    assert only("eu") == labels.of("region")
    assert only("a", "b") == labels.of("exported_region")


RELABELLED: dict[str, tuple[Relabel, str, Values]] = {
    "set": (Relabel(target="zone", replacement="x"), "zone", only("x")),
    "copied": (Relabel(sources=["job"], target="service"), "service", only("shop")),
    "dropped": (Relabel(action="labeldrop", regex="zon."), "zone", only("")),
    "kept alone": (Relabel(action="labelkeep", regex="job|__.*"), "zone", only("")),
    "hashed": (Relabel(action="hashmod", sources=["instance"], target="shard", modulus=4), "shard", PRESENT),
}


@pytest.mark.parametrize(("step", "label", "values"), RELABELLED.values(), ids=RELABELLED)
def test_relabelling_is_followed(step: Relabel, label: str, values: Values) -> None:
    target = Static(["a:1"], labels={"zone": "y"})

    assert values == series("queue_depth", job(step, discovery=target)).labels.of(label)


@pytest.mark.parametrize(
    "step", [Relabel(action="labeldrop", regex="instance"), Relabel(target="instance", replacement="")]
)
def test_an_instance_that_is_dropped_comes_back(step: Relabel) -> None:
    """Prometheus sets it from the address after relabelling."""
    assert series("queue_depth", job(step)).labels.has("instance")


def test_an_address_without_a_port_gets_one_from_older_servers() -> None:
    assert "a:80" in series("queue_depth", job(discovery=Static(["a"]))).labels.of("instance")


def test_relabelling_of_samples_is_not_for_what_prometheus_adds() -> None:
    """`up` keeps what metrics lose."""
    dropping = job(metric_relabel=[drop_labels("instance")])

    assert series("queue_depth", dropping).labels.lacks("instance")
    assert series("up", dropping, alerts=[], metrics=[depth], catalogues=[prometheus]).labels.has("instance")


def test_rules_of_one_name_come_before_what_reads_them() -> None:
    """All of them, and what reads them sees the labels of each."""
    first = record("queue:depth:max", depth.max(), labels={"kind": "a"})
    other = record("queue:depth:max", depth.max(), labels={"kind": "b"})
    total = record("queue:depth:sum", first.sum(by=["kind"]))
    lowered = plan(job(), rules=[total, other, first])

    assert ["queue:depth:max", "queue:depth:max", "queue:depth:sum"] == [rule.record for rule in lowered.files[0].rules]  # type: ignore[union-attr]
    found = lowered.world.of("queue:depth:sum")
    assert found is not None
    assert only("a", "b") == found.labels.of("kind")


def test_a_recorded_counter_is_a_counter_until_it_is_added_up() -> None:
    """Its restarts are still to be seen."""
    rules = [record("shop:sales:copy", sales.where(region="a")), record("shop:sales:sum", sales.sum())]
    world = plan(job(), rules=rules).world

    assert ["counter", "merged"] == [world.series[rule.name].samples for rule in rules]


@pytest.mark.parametrize(
    ("written", "bound"),
    [("1", "1"), ("1.0", "1"), ("0.5", "0.5"), ("1e-05", "0.00001"), ("1.048576e+06", "1048576"), ("+Inf", None)],
)
def test_bounds_are_known_as_every_client_writes_them(written: str, bound: str | None) -> None:
    """Go, Python, and Prometheus from 3.0 on."""
    histogram = Histogram("size_bytes", "Size.", buckets=[float(bound or 1)])

    assert written in series("size_bytes_bucket", job(), metrics=[histogram]).labels.of("le")
