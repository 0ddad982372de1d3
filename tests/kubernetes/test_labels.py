"""
Targets have the same labels, whoever writes Prometheus' configuration.

The rules of a system select `job="..."` and know which labels its series have. Ours and the Operator's configuration of
one job are given the same discovered targets, and promtool says what becomes of these.
"""

from __future__ import annotations

import json
import subprocess
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from as_operator import scrape_config as as_operator
from made import fleet, outputs, read, system

from watchwright import Limits, Relabel, drop_series, regex, rename_label
from watchwright.backends import prometheus
from watchwright.clusters import Cluster
from watchwright.discovery import Http, Kubernetes, Static
from watchwright.verify.tools import Tool

MONITORS = ("ServiceMonitor", "PodMonitor", "ScrapeConfig")


def _pod(port: str, **more: str) -> dict[str, str]:
    meta = {
        "namespace": "shop",
        "pod_name": "bus-0",
        "pod_container_name": "bus",
        "pod_container_port_name": port,
        "pod_label_app": "bus",
        "pod_labelpresent_app": "true",
        "pod_node_name": "node-1",
        "pod_phase": "Running",
        **more,
    }
    return {f"__meta_kubernetes_{name}": value for name, value in meta.items()}


def _endpoint(port: str, kind: str = "endpoint") -> dict[str, str]:
    meta = {
        "service_name": "bus-headless",
        "service_label_app": "bus",
        "service_labelpresent_app": "true",
        f"{kind}_port_name": port,
        f"{kind}_address_target_kind": "Pod",
        f"{kind}_address_target_name": "bus-0",
    }
    return {**_pod("http"), **{f"__meta_kubernetes_{name}": value for name, value in meta.items()}}


def _service() -> dict[str, str]:
    meta = {"namespace": "shop", "service_name": "bus", "service_port_name": "metrics"}
    return {f"__meta_kubernetes_{name}": value for name, value in meta.items()}


NODE = {"__meta_kubernetes_node_name": "node-1"}
APP = {"app": "bus"}
POD = Kubernetes(role="pod", port="metrics", labels=APP)
STEPS = [
    rename_label("__meta_kubernetes_pod_node_name", "node"),
    Relabel(sources=["job"], target="copied", regex="(.*)", replacement="of-$1"),
    Relabel(sources=["__meta_kubernetes_pod_container_name"], target="container"),
]

CASES: dict[str, tuple[Any, dict[str, Any], list[dict[str, str]], str]] = {
    "pods": (POD, {}, [_pod("metrics"), _pod("http")], "PodMonitor"),
    "pods of a namespace": (
        Kubernetes(role="pod", namespaces=["shop"], labels=APP), {}, [_pod("metrics"), _pod("http")], "PodMonitor",
    ),
    "pods with steps of their own": (POD, {"relabel": STEPS}, [_pod("metrics")], "PodMonitor"),
    "endpoints": (
        Kubernetes(role="endpoints", port="metrics", labels=APP), {}, [_endpoint("metrics"), _endpoint("http")], "ServiceMonitor",
    ),
    "endpoints with steps of their own": (
        Kubernetes(role="endpoints", labels=APP), {"relabel": STEPS}, [_endpoint("metrics")], "ServiceMonitor",
    ),
    "slices of endpoints": (
        Kubernetes(role="endpointslice", port="metrics", labels=APP),
        {"relabel": [rename_label("__meta_kubernetes_endpointslice_port_name", "port")]},
        [_endpoint("metrics", "endpointslice"), _endpoint("http", "endpointslice")],
        "ServiceMonitor",
    ),
    "addresses of services": (Kubernetes(role="service", port="metrics"), {}, [_service()], "ScrapeConfig"),
    "nodes": (Kubernetes(role="node"), {}, [NODE], "ScrapeConfig"),
    "a list": (Static(["bus:8000"], labels={"zone": "a"}), {}, [{"zone": "a"}], "ScrapeConfig"),
    "a list with steps": (Static(["bus:8000"]), {"relabel": STEPS}, [{}], "ScrapeConfig"),
    "over http": (Http("http://discovery/bus"), {}, [{"env": "b"}], "ScrapeConfig"),
}  # fmt: skip


@pytest.fixture(scope="module")
def labels(promtools: tuple[Tool, ...], tmp_path_factory: pytest.TempPathFactory) -> dict[Any, list[dict[str, str]]]:
    """Of each case, by each promtool, ours and theirs: promtool sleeps for a second, so all are asked at once."""
    asked = {}
    with ThreadPoolExecutor(8) as pool:
        for case, (discovery, options, targets, _) in CASES.items():
            configs = _both(system("bus", discovery, **options))
            for tool in promtools:
                for side, config in zip(("ours", "theirs"), configs, strict=True):
                    folder = tmp_path_factory.mktemp("asked")
                    asked[case, tool.version, side] = pool.submit(_labels, tool, config, targets, folder)
    return {key: future.result() for key, future in asked.items()}


@pytest.mark.parametrize("case", CASES)
def test_targets_have_the_labels_that_our_own_configuration_gives_them(
    case: str, promtools: tuple[Tool, ...], labels: dict[Any, list[dict[str, str]]]
) -> None:
    for tool in promtools:
        wanted = labels[case, tool.version, "ours"]
        assert wanted
        assert {"bus"} == {each["job"] for each in wanted}
        assert wanted == labels[case, tool.version, "theirs"]


@pytest.mark.parametrize("case", CASES)
def test_each_discovery_has_the_object_that_finds_the_same_targets(case: str) -> None:
    """A ServiceMonitor discovers endpoints: addresses of services are another thing."""
    discovery, options, _, kind = CASES[case]
    _, theirs = _both(system("bus", discovery, **options))
    assert kind.lower() == theirs["job_name"].partition("/")[0].lower()


def test_what_the_operator_adds_by_itself_would_have_changed_them(promtools: tuple[Tool, ...], tmp_path: Path) -> None:
    """Without the steps of ours, a target has another job, and labels that no rule knows of."""
    _, theirs = _both(system("bus", POD))
    theirs["relabel_configs"] = theirs["relabel_configs"][:-2]

    (labels,) = _labels(promtools[0], theirs, [_pod("metrics")], tmp_path)

    assert "monitoring/bus" == labels["job"]
    assert {"container", "endpoint"} <= labels.keys()


def test_everything_else_of_a_job_is_the_same() -> None:
    job = {
        "path": "/stats",
        "scheme": "https",
        "params": {"match[]": ['{job="a"}'], "x": ["1", "2"]},
        "interval": "45s",
        "timeout": "4s",
        "honor_labels": True,
        "honor_timestamps": False,
        "track_timestamps_staleness": True,
        "brings": ["run"],
        "metric_relabel": [drop_series(regex("go_.*"))],
        "limits": Limits(samples=1, targets=2, labels=3, label_name_length=4, label_value_length=5, body="10MB"),
    }
    for discovery in (POD, Kubernetes(role="endpoints"), Static(["bus:8000"]), Kubernetes(role="node")):
        ours, theirs = _both(system("bus", discovery, **job))
        apart = {"job_name", "relabel_configs", "kubernetes_sd_configs", "static_configs"}
        assert {key: ours[key] for key in ours.keys() - apart} == {key: theirs[key] for key in theirs.keys() - apart}


def test_intervals_of_the_platform_are_said_by_each_object() -> None:
    """The global ones belong to whoever runs Prometheus."""
    for discovery in (POD, Static(["bus:8000"])):
        _, theirs = _both(system("bus", discovery), scrape_interval="15s", scrape_timeout="5s")
        assert ("15s", "5s") == (theirs["scrape_interval"], theirs["scrape_timeout"])


def test_both_discover_the_same_namespaces() -> None:
    for names in ([], ["a", "b"]):
        for role in ("pod", "endpoints", "service"):
            ours, theirs = _both(system("bus", Kubernetes(role=role, namespaces=names)))
            assert ours["kubernetes_sd_configs"] == theirs["kubernetes_sd_configs"]


def test_other_roles_select_their_objects_as_our_own_configuration_does() -> None:
    ours, theirs = _both(system("bus", Kubernetes(role="service", labels={"app": "bus", "tier": "a"})))
    assert ours["kubernetes_sd_configs"] == theirs["kubernetes_sd_configs"]


def _both(one: Any, **platform: Any) -> tuple[dict[str, Any], dict[str, Any]]:
    """The entries of `scrape_configs` that we write, and that the Operator makes of our object."""
    made = fleet(one, cluster=Cluster(operator="0.93"), **platform)
    (ours,) = read(next(iter(prometheus.render(made))).text)["scrape_configs"]
    files, _ = outputs(made)
    documents = [read(text) for text in files.values()]
    (theirs,) = [as_operator(each) for each in documents if each["kind"] in MONITORS]
    defaults = {"metrics_path": "/metrics", "scheme": "http"}
    if not platform:
        defaults |= {"scrape_interval": "30s", "scrape_timeout": "10s"}
    return {**defaults, **ours}, theirs


def _labels(tool: Tool, config: Mapping[str, Any], targets: list[dict[str, str]], folder: Path) -> list[dict[str, str]]:
    """What promtool says of the labels that each of the discovered targets ends with."""
    static = [{"targets": [f"10.0.0.{number}:80"], "labels": each} for number, each in enumerate(targets, start=1)]
    apart = ("kubernetes_sd_configs", "http_sd_configs", "static_configs")
    entry = {key: value for key, value in config.items() if key not in apart} | {"static_configs": static}
    file = folder / "prometheus.yml"
    file.write_text(json.dumps({"scrape_configs": [entry]}), "utf-8")
    command = [tool.path, "check", "service-discovery", "--timeout=1s", file, entry["job_name"]]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    found = [each["labels"] for each in json.loads(done.stdout) if each.get("labels")]
    kept = [{key: value for key, value in labels.items() if not key.startswith("__")} for labels in found]
    return sorted(kept, key=lambda labels: labels["instance"])


# That our account of the Operator is a true one.

RECORDED = json.loads((Path(__file__).parent / "recorded" / "scrape_configs.json").read_text("utf-8"))


@pytest.mark.parametrize("each", RECORDED, ids=lambda each: str(each["manifest"]["metadata"]["name"]))
def test_the_operator_itself_makes_the_same_of_an_object(each: dict[str, Any]) -> None:
    """As was recorded of it: see recorded/README.md."""
    assert _normal(each["config"]) == _normal(as_operator(each["manifest"]))


def test_what_was_recorded_is_of_every_kind() -> None:
    assert set(MONITORS) == {each["manifest"]["kind"] for each in RECORDED}
    assert len(RECORDED) > 25


def _normal(config: dict[str, Any]) -> dict[str, Any]:
    """Without defaults that the Operator writes down, and without its own steps that part targets between shards."""
    steps = config["relabel_configs"]
    if "__tmp_disable_sharding" in str(steps[-1]):
        steps = steps[:-3]
    made = {"honor_labels": False, **config, "relabel_configs": [_step(step) for step in steps]}
    if "metric_relabel_configs" in made:
        made["metric_relabel_configs"] = [_step(step) for step in made["metric_relabel_configs"]]
    if "static_configs" in made:
        made["static_configs"] = [{**each, "labels": each.get("labels") or {}} for each in made["static_configs"]]
    return made


def _step(step: Mapping[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in step.items() if (key, value) != ("action", "replace")}
