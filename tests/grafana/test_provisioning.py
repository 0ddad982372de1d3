"""The files by which Grafana sets itself up: data sources that lead to each other, and a folder for each system."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
import yaml
from grafana_expansion import expanded, read
from hypothesis import given
from hypothesis import strategies as st
from provisioning_schema import DATASOURCES, PROVIDERS, complaints

from watchwright import (
    BasicAuth,
    Bearer,
    Dashboard,
    DefinitionError,
    Gauge,
    Job,
    Platform,
    Row,
    Stat,
    System,
    Tls,
    checks,
)
from watchwright.backends.provisioning import literal, render
from watchwright.discovery import Static
from watchwright.grafana import JaegerSource, Login, PrometheusSource, Provisioning
from watchwright.lower.fleet import lower
from watchwright.model.environment import Environment
from workbench import SHOP, Repository, by_environment

SOURCES, FOLDERS = (
    "dashboards/provisioning/datasources/watchwright.yaml",
    "dashboards/provisioning/dashboards/watchwright.yaml",
)
PROMETHEUS = PrometheusSource("Prometheus", "http://prometheus:9090", default=True)
JAEGER = JaegerSource("Jaeger", "http://jaeger:16686")
STAGING = Environment("staging", ("production", "staging"))
depth = Gauge("queue_depth", "Waiting.")


def system(name: str = "shop", title: str = "") -> System:
    board = Dashboard("Queues", [Row("Queues", [Stat("Depth", depth.sum())])])
    return System(name, owner="sales", title=title, scope={}, dashboards=[board])


def files(
    provisioning: Provisioning | None, *systems: System, environment: Environment | None = None, **words: Any
) -> dict[str, Any]:
    """What is rendered, by path, as it stands in the files."""
    platform = Platform(provisioning=provisioning, **words)
    fleet = lower(systems or [system()], platform, environment or Environment()).fleet
    return {each.path: yaml.safe_load(each.text) for each in render(fleet)}


def sources(*given: PrometheusSource | JaegerSource, **words: Any) -> list[dict[str, Any]]:
    """The entries, as Grafana reads them."""
    made = files(Provisioning(given), **words)[SOURCES]
    assert [] == complaints(made, DATASOURCES)
    found: list[dict[str, Any]] = read(made)["datasources"]
    return found


# Data sources -------------------------------------------------------------------------------------------


def test_a_prometheus_is_asked_as_often_as_it_scrapes() -> None:
    """What Grafana makes of `$__rate_interval` is four times as much; it knows one unit at a time."""
    (found,) = sources(PROMETHEUS, scrape_interval="1m30s")

    assert {
        "name": "Prometheus",
        "type": "prometheus",
        "uid": "prometheus",
        "orgId": 1,
        "access": "proxy",
        "url": "http://prometheus:9090",
        "isDefault": True,
        "editable": False,
        "jsonData": {"httpMethod": "POST", "prometheusType": "Prometheus", "timeInterval": "90s"},
    } == found


def test_exemplars_lead_to_traces_and_spans_lead_to_metrics() -> None:
    """By uids, which are fixed."""
    jaeger = JaegerSource(
        "Jaeger",
        "http://jaeger:16686",
        tags={"service.name": "job", "queue": "queue"},
        queries={"Depth": "max(queue_depth{$__tags})"},
        around="1h30m",
    )
    prometheus, traces = sources(PROMETHEUS, jaeger)

    link = {"name": "trace_id", "datasourceUid": "jaeger", "urlDisplayLabel": "Trace in Jaeger"}
    assert [link] == prometheus["jsonData"]["exemplarTraceIdDestinations"]
    assert {
        "datasourceUid": "prometheus",
        "spanStartTimeShift": "-90m",
        "spanEndTimeShift": "90m",
        "tags": [{"key": "service.name", "value": "job"}, {"key": "queue", "value": "queue"}],
        "queries": [{"name": "Depth", "query": "max(queue_depth{$__tags})"}],
    } == traces["jsonData"]["tracesToMetrics"]


def test_of_several_the_named_one_is_linked() -> None:
    given = [
        PrometheusSource("Prometheus", "http://a:9090", traces="Jaeger in the US"),
        PrometheusSource("Other", "http://b:9090"),
        JAEGER,
        JaegerSource("Jaeger in the US", "http://c:16686", metrics="Other", queries={"Up": "up{$__tags}"}, uid="us"),
    ]
    first, _, _, last = sources(*given)

    assert "us" == first["jsonData"]["exemplarTraceIdDestinations"][0]["datasourceUid"]
    assert "other" == last["jsonData"]["tracesToMetrics"]["datasourceUid"]


def said(query: str, *systems: System) -> list[tuple[str, str, str]]:
    """What checks say of a link from spans to metrics: id, object and message."""
    jaeger = JaegerSource("Jaeger", "http://j:1", tags={"q": "queue"}, queries={"Depth": query})
    shop = System("shop", owner="sales", jobs=[Job("shop", Static(["a:1"]))], metrics=[depth])
    fleet = lower(systems or [shop], Platform(provisioning=Provisioning([jaeger])), Environment()).fleet
    return [(each.id, each.subject, each.message) for each in checks.run(fleet)]


@pytest.mark.parametrize(
    ("query", "id_"),
    [
        ('max(queue_depth{nope="x",$__tags})', "label/unknown"),
        ('max(queue_depth{$__tags, nope="x"})', "label/unknown"),
        ("max(rate(queue_depth{$__tags}[5m]))", "promql/rate"),
        ("max(queue_depth{$__tags}) > bool", "datasource/query"),
    ],
)
def test_links_to_metrics_are_checked_as_rules_are(query: str, id_: str) -> None:
    """At the data source, for they belong to no system."""
    assert [(id_, "platform / data source Jaeger")] == [found[:2] for found in said(query)]


@pytest.mark.parametrize("query", ["max(queue_depth{$__tags})", 'max(queue_depth{$__tags , instance="a:1"})'])
def test_a_link_that_is_right_is_silent(query: str) -> None:
    """Wherever the tags stand among the matchers."""
    assert [] == said(query)


def test_a_link_is_wrong_where_it_is_for_every_system_that_has_its_series() -> None:
    """Two systems may have one name, and labels of their own."""
    shop, bill = (
        System(name, owner="x", jobs=[Job(name, Static(["a:1"], labels={name: "1"}))], metrics=[depth])
        for name in ("shop", "bill")
    )

    assert [] == said('max(queue_depth{shop="1",$__tags})', shop, bill)
    assert ["label/unknown"] == [found[0] for found in said('max(queue_depth{zone="1",$__tags})', shop, bill)]


def test_a_dollar_is_written_twice_where_grafana_expands_it_and_nowhere_else() -> None:
    """In provisioning files; boards it takes as they are, and keys."""
    jaeger = JaegerSource(
        "Jaeger $1", "http://jaeger:16686/$x", tags={"$tag": "job"}, queries={"${q}": 'up{job=~"a$",$__tags}'}
    )
    made = files(Provisioning([PROMETHEUS, jaeger]), system(title="The $HOME shop"))

    written = made[SOURCES]["datasources"][1]
    assert "http://jaeger:16686/$$x" == written["url"]
    assert [{"name": "$${q}", "query": 'up{job=~"a$$",$$__tags}'}] == written["jsonData"]["tracesToMetrics"]["queries"]
    assert "The $$HOME shop" == made[FOLDERS]["providers"][0]["folder"]
    assert 'up{job=~"a$",$__tags}' == read(written)["jsonData"]["tracesToMetrics"]["queries"][0]["query"]


@given(st.text())
def test_grafana_reads_any_text_as_it_was_written(text: str) -> None:
    assert text == expanded(literal(text), {"HOME": "/root", "x": "y"})


def test_credentials_are_read_by_grafana_and_stand_in_no_file(tmp_path: Path) -> None:
    """From files and from its environment, as references that are expanded."""
    (tmp_path / "secret").write_text("s3cret\n")
    secret = str(tmp_path / "secret")
    tls = Tls(ca_file=secret, cert_file=secret, key_file=secret, server_name="x", insecure_skip_verify=True)
    made = files(
        Provisioning(
            [
                PrometheusSource("A", "https://a", auth=BasicAuth(username="us$er", password_file=secret), tls=tls),
                PrometheusSource("B", "https://b", auth=Login(username="grafana", password_env="PASSWORD")),
                JaegerSource("C", "https://c", auth=Bearer(token_file=secret)),
            ]
        )
    )[SOURCES]

    assert [] == complaints(made, DATASOURCES)
    assert "s3cret" not in json.dumps(made)
    a, b, c = read(made, {"PASSWORD": "pa$s"})["datasources"]
    assert (True, "us$er") == (a["basicAuth"], a["basicAuthUser"])
    certificates = {"tlsCACert", "tlsClientCert", "tlsClientKey"}
    assert dict.fromkeys(("basicAuthPassword", *certificates), "s3cret") == a["secureJsonData"]
    assert {"tlsAuth": True, "tlsAuthWithCACert": True, "tlsSkipVerify": True, "serverName": "x"}.items() <= a[
        "jsonData"
    ].items()
    assert "basicAuthPassword" in b["secureJsonData"]
    assert "$__env{PASSWORD}" == made["datasources"][1]["secureJsonData"]["basicAuthPassword"]
    assert "Authorization" == c["jsonData"]["httpHeaderName1"]
    assert "Bearer s3cret" == c["secureJsonData"]["httpHeaderValue1"]


@pytest.mark.parametrize(
    "words",
    [
        {"name": ""},
        {"name": "a\nb"},
        {"url": "prometheus:9090"},
        {"url": "http://user:hunter2@prometheus:9090"},
        {"uid": "a b"},
        {"uid": "x" * 41},
        {"exemplar": "a b"},
        {"exemplar": ""},
        {"auth": BasicAuth(username="x", password_file="/run/$HOME/x")},
        {"auth": Bearer(token_file="/run/}/x")},
        {"tls": Tls(ca_file="/run/{x")},
    ],
)
def test_what_grafana_would_not_take_is_refused(words: dict[str, Any]) -> None:
    """And no secret is repeated."""
    with pytest.raises(DefinitionError) as refused:
        PrometheusSource(**{"name": "Prometheus", "url": "http://prometheus:9090", **words})

    assert "hunter2" not in str(refused.value)


def test_a_tag_becomes_a_label_that_promql_takes() -> None:
    """It is written into the query without quotes."""
    with pytest.raises(DefinitionError, match="is the name of a label, got 'bad-label'"):
        JaegerSource("Jaeger", "http://j:1", tags={"queue.name": "bad-label"})


# Folders ------------------------------------------------------------------------------------------------


def test_each_system_with_boards_has_a_folder() -> None:
    """Its boards are below it in `dashboards/`; without boards there is nothing to show."""
    made = files(Provisioning(every="1m"), system(title="Shop"), System("store", owner="x"))

    assert [FOLDERS] == list(made)
    assert [] == complaints(made[FOLDERS], PROVIDERS)
    assert [
        {
            "name": "shop",
            "orgId": 1,
            "folder": "Shop",
            "folderUid": "shop",
            "type": "file",
            "disableDeletion": True,
            "allowUiUpdates": False,
            "updateIntervalSeconds": 60,
            "options": {"path": "/var/lib/grafana/dashboards/shop", "foldersFromFilesStructure": False},
        }
    ] == made[FOLDERS]["providers"]


def test_nothing_is_deleted_unless_it_is_asked_for() -> None:
    """A folder that is not mounted for once looks like one whose boards were all deleted."""
    kept, pruned = files(Provisioning([PROMETHEUS])), files(Provisioning([PROMETHEUS], prune=True))

    assert "prune" not in kept[SOURCES]
    assert kept[FOLDERS]["providers"][0]["disableDeletion"]
    assert pruned[SOURCES]["prune"]
    assert not pruned[FOLDERS]["providers"][0]["disableDeletion"]


def test_nothing_is_rendered_where_nothing_is_said() -> None:
    assert {} == files(None)


# Environments -------------------------------------------------------------------------------------------


def test_environments_may_share_one_grafana() -> None:
    """Uids, names of providers, titles of folders and paths differ by themselves."""
    made = files(Provisioning([PROMETHEUS, JAEGER]), system(title="Shop"), environment=STAGING)

    assert ["prometheus-staging", "jaeger-staging"] == [each["uid"] for each in made[SOURCES]["datasources"]]
    (provider,) = made[FOLDERS]["providers"]
    assert ("shop-staging", "shop-staging", "Shop (staging)") == tuple(
        provider[key] for key in ("name", "folderUid", "folder")
    )
    assert "/var/lib/grafana/dashboards/staging/shop" == provider["options"]["path"]


def test_boards_of_environments_have_uids_of_their_own_and_alerts_lead_to_theirs(shop: Repository) -> None:
    """A panel has the same id in each of them."""
    shop.write("pyproject.toml", '[tool.watchwright]\nenvironments = ["production", "staging"]\n')
    shop.write("systems/shop.py", by_environment(SHOP))
    shop.write(
        "systems/platform.py", 'from watchwright import Platform\nplatform = Platform(grafana="https://g.example")\n'
    )

    done = shop.run("render", "--no-verify")

    assert 0 == done.exit_code, done.stderr
    ids = set()
    for name in ("production", "staging"):
        board = json.loads((shop.root / f"dashboards/{name}/shop/shop.json").read_text("utf-8"))
        assert f"shop-shop-{name}" == board["uid"]
        panel = next(each for each in board["panels"] if each["title"] == "Failing")
        groups = yaml.safe_load((shop.root / f"rules/{name}/shop/alerting.yaml").read_text("utf-8"))["groups"]
        found = groups[0]["rules"][0]["annotations"]
        assert (board["uid"], str(panel["id"])) == (found["__dashboardUid__"], found["__panelId__"])
        assert f"https://g.example/d/{board['uid']}?viewPanel={panel['id']}" == found["dashboard_url"]
        ids.add(panel["id"])
    assert 1 == len(ids)


def test_environments_with_a_grafana_each_may_have_the_same_uids(shop: Repository) -> None:
    shop.write("pyproject.toml", '[tool.watchwright]\nenvironments = ["production", "staging"]\n')
    board = 'Dashboard("Shop", uid="shop", rows='
    shop.write("systems/shop.py", by_environment(SHOP.replace('Dashboard("Shop", ', board)))
    grafana = 'env.pick("https://g.example", staging="https://s.example")'
    head = "from watchwright import Platform, definition\n\n@definition\ndef platform(env):\n"

    shop.write("systems/platform.py", f"{head}    return Platform(grafana={grafana})\n")
    assert "environment/shared" not in shop.run("check", "--no-verify").stderr
    shop.write("systems/platform.py", f'{head}    return Platform(grafana="https://g.example/")\n')
    assert "environment/shared" in shop.run("check", "--no-verify").stderr
