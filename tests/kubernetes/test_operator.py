"""What the one Prometheus of the Operator is told: which jobs it has beside shards, and where it writes."""

from __future__ import annotations

from made import findings, fleet, manifests, outputs, read, system
from strict import complaints

from watchwright import Bearer
from watchwright.backends import prometheus
from watchwright.clusters import Cluster, Secret
from watchwright.discovery import Kubernetes
from watchwright.prometheus import Shards

TWO = Shards(["prometheus-0:9090", "prometheus-1:9090"], owner="platform")
MONITORS = ("PodMonitor", "ServiceMonitor", "ScrapeConfig")


def test_with_shards_every_target_is_scraped_once() -> None:
    """By its shard: the objects are for the server with the rules, and are its jobs, word for word."""
    made = fleet(system("bus"), system("post", Kubernetes(role="pod", port="metrics")), shards=TWO, prometheus="2.48")
    files, _ = outputs(made)
    main = read(next(each.text for each in prometheus.render(made) if each.path == "rules/prometheus.yml"))
    objects = {path: read(text) for path, text in files.items()}

    assert {"bus/prometheusrule.yaml", "post/prometheusrule.yaml", "shards/prometheusrule.yaml"} <= set(objects)
    (theirs,) = [each["spec"] for each in objects.values() if each["kind"] in MONITORS]
    (ours,) = main["scrape_configs"]
    assert ("shards", "/federate", True) == (ours["job_name"], theirs["metricsPath"], theirs["honorLabels"])
    assert ours["static_configs"] == theirs["staticConfigs"]
    assert ours["params"] == theirs["params"]
    assert ours["track_timestamps_staleness"] is theirs["trackTimestampsStaleness"] is True
    assert {} == {path: found for path, each in objects.items() if (found := complaints(each))}


def test_credentials_of_shards_are_references_and_those_of_their_targets_are_nobodys_here() -> None:
    """The shards read these from their own files."""
    shards = Shards(["a:1"], owner="platform", scheme="https", auth=Bearer(token_file="/run/shards"))
    cluster = Cluster(files={"/run/shards": Secret("shards", "token")})
    bus = system("bus", auth=Bearer(token_file="/run/bus"))

    assert [] == findings(bus, shards=shards, cluster=cluster)
    made = manifests(bus, shards=shards, cluster=cluster)
    read_with = made["shards/scrapeconfig-shards.yaml"]["spec"]["authorization"]
    assert {"type": "Bearer", "credentials": {"name": "shards", "key": "token"}} == read_with
