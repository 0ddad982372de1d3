"""Every object against the schemas of what will read it, strictly; and what these schemas alone would have let through."""

from __future__ import annotations

import copy
import json
from collections.abc import Callable
from typing import Any

import attrs
import pytest
from made import manifests, system
from strict import VERSIONS, by_schema, complaints, schemas

from watchwright import BasicAuth, Bearer, Gauge, Histogram, Limits, Relabel, Tls, drop_series, regex, rename_label
from watchwright.backends.artifact import Artifact
from watchwright.backends.yamltext import document
from watchwright.clusters import Cluster, ConfigMapKey, GrafanaOperator, Secret
from watchwright.discovery import File, Http, Kubernetes, Static
from watchwright.verify.kubernetes import verify

FILES = {
    "/run/password": Secret("bus-login", "password"),
    "/run/token": Secret("bus-token", "token"),
    "/run/ca.pem": ConfigMapKey("bus-ca", "ca.pem"),
    "/run/cert.pem": Secret("bus-cert", "tls.crt"),
    "/run/key.pem": Secret("bus-cert", "tls.key"),
}
TLS = Tls(ca_file="/run/ca.pem", cert_file="/run/cert.pem", key_file="/run/key.pem", server_name="bus")
EVERYTHING: dict[str, Any] = {
    "scheme": "https",
    "tls": TLS,
    "limits": Limits(samples=1, targets=2, labels=3, label_name_length=4, label_value_length=5),
    "params": {"x": ["1"]},
    "honor_labels": True,
    "brings": ["run"],
    "honor_timestamps": False,
    "track_timestamps_staleness": True,
    "metric_relabel": [drop_series(regex("go_.*"))],
    "relabel": [
        rename_label("__meta_x", "x"),
        Relabel(action="hashmod", sources=["x"], target="__tmp_hash", modulus=4),
        Relabel(action="keep", sources=["a", "b"], separator="", regex="1"),
        *(Relabel(action=action, sources=["a"], target="b") for action in ("lowercase", "uppercase", "keepequal", "dropequal")),
        Relabel(action="labelmap", regex="__meta_(.+)"),
        Relabel(action="labelkeep", regex=".*"),
    ],
}  # fmt: skip
PASSWORD, TOKEN = BasicAuth(username="bus", password_file="/run/password"), Bearer(token_file="/run/token")
DISCOVERIES = (
    Kubernetes(role="pod", port="metrics", namespaces=["a", "b"], labels={"app.kubernetes.io/name": "bus"}),
    Kubernetes(role="endpoints", port="metrics"),
    Kubernetes(role="endpointslice"),
    Kubernetes(role="service", namespaces=["a"], labels={"app": "bus"}),
    Kubernetes(role="ingress"),
    Kubernetes(role="node"),
    Static(["bus:8000", "bus:8000", "bus-2:8000"], labels={"zone": "a"}),
    File(["/etc/prometheus/targets/*.json"], refresh="1m"),
    Http("https://discovery/bus", refresh="30s"),
)


def test_every_object_of_this_repository_is_valid(objects: dict[str, dict[str, Any]]) -> None:
    kinds = {each["kind"] for each in objects.values()}
    assert {"ConfigMap", "Kustomization", "PodMonitor", "PrometheusRule", "ScrapeConfig"} == kinds
    assert {} == {path: found for path, each in objects.items() if (found := complaints(each))}


@pytest.mark.parametrize("auth", [PASSWORD, TOKEN], ids=["password", "token"])
@pytest.mark.parametrize(
    "discovery", DISCOVERIES, ids=lambda each: f"{type(each).__name__} {getattr(each, 'role', '')}"
)
def test_jobs_that_say_everything_are_valid(discovery: Any, auth: Any) -> None:
    made = manifests(system("bus", discovery, auth=auth, **EVERYTHING), cluster=Cluster(files=FILES))
    assert {} == {path: found for path, each in made.items() if (found := complaints(each))}


@pytest.mark.parametrize(
    "discovery", DISCOVERIES, ids=lambda each: f"{type(each).__name__} {getattr(each, 'role', '')}"
)
def test_what_newer_operators_know_is_said_to_them(discovery: Any) -> None:
    """The oldest one would refuse it."""
    steps = [rename_label(f"__meta_kubernetes_{getattr(discovery, 'role', 'pod')}_port_name", "port")]
    job = {"limits": Limits(body="10MiB"), "relabel": steps}
    made = manifests(system("bus", discovery, **job), cluster=Cluster(operator="0.93"))
    (scraped,) = [each for each in made.values() if each["kind"] in ("PodMonitor", "ServiceMonitor", "ScrapeConfig")]
    assert "10MiB" == scraped["spec"]["bodySizeLimit"]
    assert [] == complaints(scraped, ["prometheus-operator-0.93.0"])
    old = isinstance(discovery, Kubernetes) and discovery.role == "pod"
    assert old == (not complaints(scraped, ["prometheus-operator-0.80.1"]))


@pytest.mark.parametrize("crossing", [False, True])
def test_objects_of_grafana_operator_are_valid(crossing: bool) -> None:
    operator = GrafanaOperator(instances={"dashboards": "grafana"}, cross_namespace=crossing)
    made = manifests(system("bus"), cluster=Cluster(dashboards=operator))
    kinds = {each["kind"] for each in made.values()}
    assert {"GrafanaDashboard", "GrafanaFolder"} <= kinds
    assert {} == {path: found for path, each in made.items() if (found := complaints(each))}


def test_native_histograms_are_scraped_where_prometheus_is_told_so() -> None:
    """The field came with Operator 0.88, and only Prometheus 3.8 and newer wants it."""
    latency = Histogram("bus_latency_seconds", "How long.", native=True)
    bus = attrs.evolve(system("bus"), metrics=[latency, Gauge("bus_up", "Up.")])
    for version, wanted in (("3.7", None), ("3.8", True)):
        made = manifests(bus, prometheus=version, cluster=Cluster(operator="0.88"))["bus/scrapeconfig-bus.yaml"]
        assert wanted == made["spec"].get("scrapeNativeHistograms")
    assert [] == by_schema(made, "prometheus-operator-0.93.0", strict=True)


def test_the_oldest_and_the_newest_operator_are_asked() -> None:
    assert ("grafana-operator-5.24.0", "prometheus-operator-0.80.1", "prometheus-operator-0.93.0") == VERSIONS
    assert {"Prometheus", "PodMonitor", "PrometheusRule", "ScrapeConfig", "ServiceMonitor"} == {
        key.split("/")[-1] for key in schemas("prometheus-operator-0.80.1")
    }


# What is wrong with an object, what it is, and who notices: the schema of the definition, ours, and render itself.

Change = Callable[[dict[str, Any]], Any]


def _groups(made: dict[str, Any]) -> Any:
    return made["spec"]["groups"]


def _alert(made: dict[str, Any]) -> Any:
    return next(rule for group in _groups(made) for rule in group["rules"] if "alert" in rule)


def _recorded(made: dict[str, Any]) -> Any:
    return next(rule for group in _groups(made) for rule in group["rules"] if "record" in rule)


RULES: dict[str, tuple[Change, bool, bool]] = {
    "a group of the same name": (lambda made: _groups(made).append(copy.deepcopy(_groups(made)[0])), False, True),
    "a rule that records and alerts": (lambda made: _alert(made).update(record="a:b:c"), False, True),
    "a rule that does neither": (lambda made: _alert(made).pop("alert"), False, True),
    "a recording rule with a duration": (lambda made: _recorded(made).update({"for": "5m"}), False, True),
    "an unknown field of a rule": (lambda made: _alert(made).update(severity="page"), False, True),
    "an unknown field of a group": (lambda made: _groups(made)[0].update(every="1m"), False, True),
    "a misspelt field": (lambda made: _alert(made).update(keepFiringFor="5m"), False, True),
    "a label that is no text": (lambda made: _alert(made)["labels"].update(tier=1), True, True),
    "a group without a name": (lambda made: _groups(made)[0].update(name=""), True, True),
    "an unknown field of the object": (lambda made: made["spec"].update(rules=[]), False, False),
    "a strategy that is none": (lambda made: _groups(made)[0].update(partial_response_strategy="maybe"), True, False),
    "a name in capitals": (lambda made: made["metadata"].update(name="Bus"), False, True),
    "a name with an underscore": (lambda made: made["metadata"].update(name="bus_rules"), False, True),
    "a label longer than 63": (lambda made: made["metadata"]["labels"].update(long="x" * 64), False, True),
}


@pytest.mark.parametrize("wrong", RULES)
def test_what_the_schema_of_rules_lets_through_is_caught(wrong: str) -> None:
    """The definition's own schema refuses few of them: each is known to be one that it does or does not."""
    change, by_definition, by_render = RULES[wrong]
    made = manifests(system("bus"))["bus/prometheusrule.yaml"]
    assert [] == complaints(made)

    change(made)

    assert complaints(made)
    for version in ("prometheus-operator-0.80.1", "prometheus-operator-0.93.0"):
        assert by_definition == bool(by_schema(made, version, strict=False))
    assert by_render == bool(verify([Artifact("kubernetes/bus/prometheusrule.yaml", json.dumps(made))]))


def _endpoint(made: dict[str, Any]) -> Any:
    return made["spec"]["podMetricsEndpoints"][0]


MONITORS: dict[str, tuple[Change, bool]] = {
    "an action that is none": (lambda made: _endpoint(made)["relabelings"][0].update(action="dropLabel"), True),
    "a scheme that is none": (lambda made: _endpoint(made).update(scheme="ftp"), True),
    "a duration that is none": (lambda made: _endpoint(made).update(interval="15 seconds"), True),
    "a limit that is no number": (lambda made: made["spec"].update(sampleLimit="many"), True),
    "a size that is none": (lambda made: made["spec"].update(bodySizeLimit="ten"), True),
    "no selector": (lambda made: made["spec"].pop("selector"), True),
    "a step in prometheus.yml's words": (
        lambda made: _endpoint(made)["relabelings"][0].update(target_label="a"),
        False,
    ),
    "an interval in prometheus.yml's words": (lambda made: _endpoint(made).update(scrape_interval="15s"), False),
    "a selector of unknown words": (lambda made: made["spec"]["selector"].update(labels={}), False),
    "two ways to log in": (
        lambda made: _endpoint(made).update(
            basicAuth={"username": {"key": "a"}}, authorization={"credentials": {"key": "a"}}
        ),
        False,
    ),
}


@pytest.mark.parametrize("wrong", MONITORS)
def test_what_a_monitor_cannot_say_is_caught(wrong: str) -> None:
    change, by_definition = MONITORS[wrong]
    made = manifests(system("bus", Kubernetes(role="pod", port="metrics")))["bus/podmonitor-bus.yaml"]
    assert [] == complaints(made)

    change(made)

    assert complaints(made)
    assert by_definition == bool(by_schema(made, "prometheus-operator-0.93.0", strict=False))


def test_a_scrape_config_has_its_roles_and_schemes_in_the_operators_own_spelling() -> None:
    """Prometheus' small letters are refused, and 0.80 knows the scheme in capitals alone."""
    made = manifests(system("bus", Kubernetes(role="node")))["bus/scrapeconfig-bus.yaml"]
    assert [] == complaints(made)
    for wrong in ({"scheme": "http"}, {"kubernetesSDConfigs": [{"role": "node"}]}):
        assert by_schema({**made, "spec": {**made["spec"], **wrong}}, "prometheus-operator-0.80.1", strict=False)


def test_a_target_named_twice_is_named_once() -> None:
    """The API server refuses a set that holds one twice."""
    made = manifests(system("bus", Static(["bus:8000", "bus:8000"])))["bus/scrapeconfig-bus.yaml"]
    assert [{"targets": ["bus:8000"]}] == made["spec"]["staticConfigs"]
    made["spec"]["staticConfigs"] = [{"targets": ["bus:8000", "bus:8000"]}]
    assert complaints(made)


CONFIG_MAPS: dict[str, Change] = {
    "an unknown field": lambda made: made.update(spec={}),
    "data that is no text": lambda made: made["data"].update(a=1),
    "a key with a slash": lambda made: made["data"].update({"bus/now.json": ""}),
    "more than a mebibyte": lambda made: made["data"].update(a="x" * 1024 * 1024),
}


@pytest.mark.parametrize("wrong", CONFIG_MAPS)
def test_what_is_no_config_map_is_caught(wrong: str) -> None:
    made = manifests(system("bus"))["bus/dashboard-now.yaml"]
    assert [] == complaints(made)
    CONFIG_MAPS[wrong](made)
    assert complaints(made)
    if wrong != "an unknown field":
        assert verify([Artifact("kubernetes/bus/dashboard-now.yaml", json.dumps(made))])


def test_dashboards_have_one_folder_and_one_source() -> None:
    """Kubernetes says so in CEL, which no schema tells."""
    operator = GrafanaOperator(instances={"dashboards": "grafana"})
    made = manifests(system("bus"), cluster=Cluster(dashboards=operator))["bus/grafanadashboard-now.yaml"]
    for more in ({"folder": "Bus"}, {"url": "https://example.org/board.json"}):
        wrong = {**made, "spec": {**made["spec"], **more}}
        assert [] == by_schema(wrong, "grafana-operator-5.24.0", strict=True)
        assert complaints(wrong)


# What render itself says of a tree.


def _tree(**documents: Any) -> list[Artifact]:
    head = {"apiVersion": "v1", "kind": "ConfigMap", "data": {}}
    made = {name: {**head, "metadata": {"name": name}, **each} for name, each in documents.items()}
    listed = {"apiVersion": "x", "kind": "Kustomization", "resources": [f"{name}.yaml" for name in documents]}
    tree = {**made, "kustomization": listed}
    return [document(f"kubernetes/{name}.yaml", each) for name, each in tree.items()]


def _said(artifacts: list[Artifact]) -> list[str]:
    return [each.message for each in verify(artifacts)]


def test_render_knows_a_tree_that_is_whole(shipped: tuple[Artifact, ...]) -> None:
    assert () == verify(shipped)
    assert [] == _said(_tree(a={}, b={}))


def test_render_sees_what_the_tree_does_not_list() -> None:
    tree = _tree(a={}, b={})
    assert ["it leaves out `c.yaml`"] == _said([*tree, *_tree(c={})[:1]])
    assert ["it lists `a.yaml`, which is not there"] == _said(tree[1:])


def test_render_sees_two_objects_of_one_name() -> None:
    tree = _tree(a={}, b={"metadata": {"name": "a"}})
    assert ["ConfigMap `a` is in kubernetes/a.yaml too"] == _said(tree)
    assert [] == _said(_tree(a={}, b={"kind": "Secret", "metadata": {"name": "a"}}))


@pytest.mark.parametrize("text", ["a: [", "- a\n", "42"])
def test_render_sees_what_is_no_object(text: str) -> None:
    assert _said([Artifact("kubernetes/a.yaml", text)])
