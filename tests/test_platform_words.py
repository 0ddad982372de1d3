"""What is malformed in the words of a platform: each refusal says what it got, unless that is secret, and what to do."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from watchwright import DefinitionError, Platform
from watchwright.clusters import Cluster, ConfigMapKey, Secret, Sidecar
from watchwright.grafana import JaegerSource, PrometheusSource, Provisioning
from watchwright.model.url import shown_url
from watchwright.prometheus import Container, OAuth2, Operator, RemoteWrite, Shards, Systemd, WriteQueue

REFUSED: dict[str, Callable[[], object]] = {
    "mimir:8080/push": lambda: RemoteWrite("mimir:8080/push"),
    "ftp://mimir": lambda: PrometheusSource("P", "ftp://mimir"),
    "http://[bad": lambda: JaegerSource("J", "http://[bad"),
    "login/token": lambda: OAuth2(client_id="x", client_secret_file="/x", token_url="login/token"),
    "a\\nb": lambda: RemoteWrite("https://mimir", tenant="a\nb"),
    "got 0": lambda: WriteQueue(batch=0),
    "{'eu': []}": lambda: Shards({"eu": []}, owner="x"),
    "'prometheus-0'": lambda: Shards(["prometheus-0"], owner="x"),
    "'e/u'": lambda: Shards({"e/u": ["a:1"]}, owner="x"),
    "'bad-label'": lambda: Shards(["a:1"], owner="x", label="bad-label"),
    "'etc'": lambda: Systemd(folder="etc"),
    "'data'": lambda: Container(data="data"),
    "'x.service'": lambda: Systemd(unit="x.service"),
    "'K8s'": lambda: Operator(name="K8s"),
    "'2'": lambda: Platform(prometheus="2"),
    "'2.41'": lambda: Platform(prometheus="2.41"),
    "'50 GB'": lambda: Platform(retention_size="50 GB"),
    "'--agent'": lambda: Platform(flags={"--agent": ""}),
    "'a\\x00b'": lambda: Platform(flags={"web.page-title": "a\0b"}),
    "'grafana.example'": lambda: Platform(grafana="grafana.example"),
    "['bus']": lambda: Cluster(files=["bus"]),  # type: ignore[arg-type] # that is what is wrong
    "'v0.93'": lambda: Cluster(operator="v0.93"),
    "'0.79'": lambda: Cluster(operator="0.79"),
    "'Monitoring'": lambda: Cluster(namespace="Monitoring"),
    "'Prod'": lambda: Cluster(prefix="Prod"),
    "'Bus'": lambda: Secret("Bus", "token"),
    "'to/ken'": lambda: ConfigMapKey("bus", "to/ken"),
    "release=a b": lambda: Cluster(labels={"release": "a b"}),
    "a b=1": lambda: Sidecar(label="a b"),
    "'a b'": lambda: PrometheusSource("P", "http://p", uid="a b"),
    "'boards'": lambda: Provisioning(boards="boards"),
    "'1ms'": lambda: Provisioning(every="1ms"),
    "got -1": lambda: Provisioning(organisation=-1),
}


@pytest.mark.parametrize("got", REFUSED)
def test_what_is_refused_is_shown_and_what_to_write_is_said(got: str) -> None:
    with pytest.raises(DefinitionError) as refused:
        REFUSED[got]()

    assert got in refused.value.message
    assert refused.value.hint


def test_a_mapping_is_shown_as_it_was_written() -> None:
    with pytest.raises(DefinitionError, match=r"got \{'release': 5\}$"):
        Cluster(labels={"release": 5})  # type: ignore[dict-item] # that is what is wrong


@pytest.mark.parametrize(
    ("url", "shown"),
    [
        ("https://mimir.example:443/api/push", "https://mimir.example:443/api/push"),
        ("https://shop:hunter2@mimir.example/push", "https://mimir.example/push"),
        ("https://mimir.example/push?token=hunter2", "https://mimir.example/push"),
        ("https://mimir.example/push#hunter2", "https://mimir.example/push"),
        ("https://mimir.example?token=hunter2", "https://mimir.example"),
        ("https://shop:hun@hunter2@mimir.example", "https://mimir.example"),
        ("https://shop:hunter2/x@mimir.example", "https://..."),
        ("https://shop:hunter2?x@mimir.example", "https://..."),
        ("https://shop:hunter2#x@mimir.example", "https://..."),
        ("https://shop:hunter2@mimir.example/?to=http://x", "https://mimir.example/"),
        ("shop:hunter2@mimir.example", "mimir.example"),
    ],
)
def test_a_url_is_shown_without_what_may_be_secret(url: str, shown: str) -> None:
    assert shown == shown_url(url)
