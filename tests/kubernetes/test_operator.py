"""What the one Prometheus of the Operator is told: which jobs it has beside shards, and where it writes."""

from __future__ import annotations

from typing import Any

import pytest
from made import findings, fleet, manifests, outputs, read, system
from strict import complaints

from watchwright import BasicAuth, Bearer, Tls, drop_series, regex
from watchwright.backends import prometheus, services
from watchwright.clusters import Cluster, ConfigMapKey, Secret
from watchwright.discovery import Kubernetes
from watchwright.prometheus import OAuth2, Operator, RemoteWrite, Shards, WriteQueue

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


# Remote write.

PUSH = "https://mimir.example/api/v1/push"
FILES = {
    "/run/mimir": Secret("mimir", "password", username="user"),
    "/run/ca.pem": ConfigMapKey("ca", "ca.pem"),
    "/run/cert.pem": Secret("cert", "tls.crt"),
    "/run/key.pem": Secret("cert", "tls.key"),
}
TLS = Tls(ca_file="/run/ca.pem", cert_file="/run/cert.pem", key_file="/run/key.pem", server_name="mimir")


def started(*writes: RemoteWrite, **platform: Any) -> dict[str, Any]:
    """The patch of the Operator's object for a platform that writes there."""
    made = fleet(system("bus"), started_by=[Operator()], remote_write=writes, **platform)
    (text,) = [each.text for each in services.render(made)]
    found: dict[str, Any] = read(text)
    return found


def test_the_operator_is_told_where_samples_go() -> None:
    """Every default of the queue is written down, as in our own configuration."""
    write = RemoteWrite(
        PUSH,
        name="mimir",
        tenant="shop",
        timeout="10s",
        exemplars=True,
        native_histograms=True,
        relabel=[drop_series(regex("go_.*"))],
        queue=WriteQueue(capacity=20_000, least=2),
        auth=BasicAuth(username="prometheus", password_file="/run/mimir"),
    )
    (entry,) = started(write, cluster=Cluster(files=FILES))["spec"]["remoteWrite"]

    assert {
        "url": PUSH,
        "name": "mimir",
        "remoteTimeout": "10s",
        "headers": {"X-Scope-OrgID": "shop"},
        "basicAuth": {"username": {"name": "mimir", "key": "user"}, "password": {"name": "mimir", "key": "password"}},
        "sendExemplars": True,
        "sendNativeHistograms": True,
        "writeRelabelConfigs": [{"action": "drop", "sourceLabels": ["__name__"], "regex": "go_.*"}],
        "queueConfig": {
            "capacity": 20000,
            "minShards": 2,
            "maxShards": 50,
            "maxSamplesPerSend": 2000,
            "batchSendDeadline": "5s",
            "minBackoff": "30ms",
            "maxBackoff": "5s",
        },
    } == entry


@pytest.mark.parametrize(
    ("auth", "said"),
    [
        (
            Bearer(token_file="/run/mimir"),
            {"authorization": {"type": "Bearer", "credentials": {"name": "mimir", "key": "password"}}},
        ),
        (
            OAuth2(client_id="x", client_secret_file="/run/mimir", token_url="https://login/token", scopes=["push"]),
            {
                "oauth2": {
                    "clientId": {"secret": {"name": "mimir", "key": "user"}},
                    "clientSecret": {"name": "mimir", "key": "password"},
                    "tokenUrl": "https://login/token",
                    "scopes": ["push"],
                }
            },
        ),
    ],
)
def test_credentials_of_a_remote_write_are_references(auth: Bearer | OAuth2, said: dict[str, Any]) -> None:
    (entry,) = started(RemoteWrite(PUSH, auth=auth), cluster=Cluster(files=FILES))["spec"]["remoteWrite"]

    assert said == {key: entry[key] for key in said}


@pytest.mark.parametrize(
    "auth",
    [
        BasicAuth(username="x", password_file="/run/mimir"),
        Bearer(token_file="/run/mimir"),
        OAuth2(client_id="x", client_secret_file="/run/mimir", token_url="https://login/token"),
    ],
)
def test_operators_take_the_object(auth: Any) -> None:
    """The oldest and the newest, with every field that a platform says; there is no path of a file in it."""
    flags = {"web.external-url": "https://p", "query.timeout": "1m", "log.level": "warn", "web.page-title": "P"}
    write = RemoteWrite(PUSH, name="a", auth=auth, tls=TLS, exemplars=True, relabel=[drop_series("up")])
    patch = started(write, cluster=Cluster(files=FILES), flags=flags, retention_size="50GB")

    assert "/run/" not in str(patch)
    patch["metadata"]["namespace"] = "monitoring"  # a patch leaves that to what it patches
    assert [] == complaints(patch)


def test_a_remote_write_that_the_object_cannot_say_is_left_out_where_that_is_accepted() -> None:
    """Else it would write without its password."""
    accept = {"remote-write/operator": "the agent beside it writes there"}
    secret = RemoteWrite(PUSH, auth=Bearer(token_file="/run/secrets/mimir"), accept=accept)

    assert ["https://open/push"] == [
        each["url"] for each in started(secret, RemoteWrite("https://open/push"))["spec"]["remoteWrite"]
    ]


def test_with_shards_the_server_with_the_rules_sends_what_they_make() -> None:
    """All else is sent by the shards, which scraped it."""
    (entry,) = started(RemoteWrite(PUSH), shards=TWO)["spec"]["remoteWrite"]

    assert "keep" == entry["writeRelabelConfigs"][0]["action"]
    assert ".*:.*" in entry["writeRelabelConfigs"][0]["regex"]
