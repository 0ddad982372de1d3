"""What the platform says is compared, whatever it is."""

from __future__ import annotations

import pytest

from watchwright import Jaeger, Platform, Ruler
from watchwright.clusters import Cluster, Secret
from watchwright.diff.settings import settings
from watchwright.grafana import JaegerSource, PrometheusSource, Provisioning
from watchwright.jaeger import Elasticsearch, Memory
from watchwright.prometheus import RemoteWrite, Shards, Systemd, WriteQueue
from workbench import SHOP, Repository

MIMIR = "https://mimir.example.org/api/v1/push"
SOURCE = PrometheusSource("Main", "http://prometheus:9090")


def told(before: Platform, after: Platform) -> list[tuple[str, str, str]]:
    """The settings of both sides that differ: what, was, is."""
    was, now = settings(before), settings(after)
    return [(what, was[what], now[what]) for what in now if what in was and was[what] != now[what]]


@pytest.mark.parametrize(
    ("before", "after", "expected"),
    [
        (Platform(), Platform(retention_size="50GB"), ("retention size", "", "50GB")),
        (Platform(), Platform(flags={"web.enable-lifecycle": ""}), ("flags", "", "web.enable-lifecycle=")),
        (Platform(), Platform(keep=["cluster"]), ("keep", "", "cluster")),
        (Platform(), Platform(ruler=Ruler()), ("ruler", "", "Ruler")),
        (Platform(ruler=Ruler()), Platform(ruler=Ruler(groups=9)), ("ruler groups", "70", "9")),
        (Platform(), Platform(remote_write=[RemoteWrite(MIMIR)]), ("remote write", "", MIMIR)),
        (
            Platform(remote_write=[RemoteWrite(MIMIR, name="mimir")]),
            Platform(remote_write=[RemoteWrite(MIMIR, name="mimir", queue=WriteQueue(most=9))]),
            ("remote write mimir queue most", "50", "9"),
        ),
        (
            Platform(shards=Shards(["a:1"], owner="platform")),
            Platform(shards=Shards(["a:1", "b:1"], owner="platform")),
            ("shards servers", "=a:1", "=a:1, b:1"),
        ),
        (
            Platform(started_by=[Systemd()]),
            Platform(started_by=[Systemd(data="/data")]),
            (
                "started by",
                "Systemd(unit=prometheus, binary=/usr/bin/prometheus, folder=/etc/prometheus)",
                "Systemd(unit=prometheus, binary=/usr/bin/prometheus, folder=/etc/prometheus, data=/data)",
            ),
        ),
        (Platform(cluster=Cluster()), Platform(), ("cluster", "Cluster", "")),
        (
            Platform(cluster=Cluster()),
            Platform(cluster=Cluster(files={"/etc/token": Secret("mimir", "token")})),
            ("cluster files", "", "/etc/token=Secret(name=mimir, key=token, username=username)"),
        ),
        (
            Platform(provisioning=Provisioning([SOURCE])),
            Platform(provisioning=Provisioning([SOURCE, JaegerSource("Traces", "http://jaeger:16686")])),
            ("provisioning datasources", "Main", "Main, Traces"),
        ),
        (
            Platform(jaeger=Jaeger(storage=Memory())),
            Platform(jaeger=Jaeger(storage=Elasticsearch(["http://es:9200"]))),
            ("jaeger storage", "Memory", "Elasticsearch"),
        ),
    ],
    ids=lambda value: value[0] if isinstance(value, tuple) else "",
)
def test_a_setting_is_compared(before: Platform, after: Platform, expected: tuple[str, str, str]) -> None:
    """Once, though a part that is new brings settings of its own."""
    assert [expected] == told(before, after)


def test_a_setting_that_changed_is_a_change(repository: Repository) -> None:
    """With an exit code."""
    module = 'from watchwright import Platform\n\nplatform = Platform(retention_size="{size}")\n'
    repository.write("before/systems/shop.py", SHOP)
    repository.write("before/systems/platform.py", module.format(size="50GB"))
    repository.write("systems/shop.py", SHOP)
    repository.write("systems/platform.py", module.format(size="80GB"))

    result = repository.run("diff", str(repository.root / "before"), "--exit-code")

    assert "  ~ the platform's retention size is 80GB, was 50GB\n" in result.stdout
    assert 1 == result.exit_code
