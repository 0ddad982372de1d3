"""Remote write, and servers that share out their targets: who scrapes what, who has the rules, what is read."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import pytest
import yaml

from watchwright import (
    Alert,
    Annotation,
    BasicAuth,
    Bearer,
    Counter,
    Dashboard,
    DefinitionError,
    Gauge,
    Histogram,
    Job,
    LabelVariable,
    Platform,
    Row,
    Stat,
    System,
    TimeSeries,
    Tls,
    checks,
    drop_series,
    promql,
    record,
)
from watchwright.backends.artifact import Artifact
from watchwright.backends.prometheus import render
from watchwright.discovery import File, Static
from watchwright.grafana import JaegerSource, PrometheusSource, Provisioning
from watchwright.lower.fleet import lower
from watchwright.lower.shards import selectors
from watchwright.model.environment import Environment
from watchwright.prometheus import OAuth2, RemoteWrite, Shards, WriteQueue
from watchwright.slo import Ratio, Slo
from watchwright.verify.promtool import verify
from watchwright.verify.tools import Found, Tool

TWO = Shards(["prometheus-0:9090", "prometheus-1:9090"], owner="platform")
requests = Counter("http_requests_total", "Requests.", labels=["code", "route"])
latency = Histogram("http_request_duration_seconds", "Time.", labels=["route"], buckets=[0.1, 1])
depth = Gauge("queue_depth", "Waiting.", labels=["queue"])
unread = Gauge("nobody_reads_me", "Idle.")


def shop(**words: Any) -> System:
    jobs = [Job("shop", Static(["a:1", "b:1"])), Job("shop-files", File(["targets/*.json"]))]
    return System("shop", **{"owner": "sales", "jobs": jobs, "metrics": [unread], **words})


def made(platform: Platform, *systems: System) -> list[Artifact]:
    lowered = lower(systems or [shop()], platform, Environment())
    assert () == lowered.findings
    return list(render(lowered.fleet))


def configuration(platform: Platform, name: str = "prometheus", *systems: System) -> dict[str, Any]:
    (text,) = [each.text for each in made(platform, *systems) if each.path == f"rules/{name}.yml"]
    found: dict[str, Any] = yaml.safe_load(text)
    return found


def read(*systems: System, **words: Any) -> list[str]:
    """What the server with the rules asks shards for."""
    (job,) = configuration(Platform(shards=TWO, **words), "prometheus", *systems)["scrape_configs"]
    found: list[str] = job["params"]["match[]"]
    return found


# Shards -------------------------------------------------------------------------------------------------


def test_each_shard_keeps_its_share_before_anything_else_is_relabelled() -> None:
    """By the address of discovery: relabelling may give all targets one address."""
    for number in (0, 1):
        found = configuration(Platform(shards=TWO), f"prometheus-shard-{number}")
        assert ["shop", "shop-files"] == [job["job_name"] for job in found["scrape_configs"]]
        for job in found["scrape_configs"]:
            assert [
                {"source_labels": ["__address__"], "modulus": 2, "target_label": "__tmp_shard", "action": "hashmod"},
                {"source_labels": ["__tmp_shard"], "regex": str(number), "action": "keep"},
            ] == job["relabel_configs"]


def test_all_rules_are_on_the_server_that_reads_the_shards() -> None:
    """A rule over a part of the targets is no part of the rule over all of them."""
    main = configuration(Platform(shards=TWO))
    assert ["shards/alerting.yaml", "shop/alerting.yaml"] == main["rule_files"]
    assert ["shards"] == [job["job_name"] for job in main["scrape_configs"]]
    assert "rule_files" not in configuration(Platform(shards=TWO), "prometheus-shard-0")


def test_shards_are_read_with_their_labels_and_without_their_own() -> None:
    """So that a series looks as if one server had scraped it; labels that are kept by every aggregation stay."""
    labels = {"cluster": "main", "replica": "a"}
    platform = Platform(shards=TWO, external_labels=labels, keep=["cluster"])
    (job,) = configuration(platform)["scrape_configs"]

    assert (True, "/federate") == (job["honor_labels"], job["metrics_path"])
    assert [{"targets": ["prometheus-0:9090", "prometheus-1:9090"]}] == job["static_configs"]
    assert [{"regex": "shard|replica", "action": "labeldrop"}] == job["metric_relabel_configs"]
    assert {**labels, "shard": "1"} == configuration(platform, "prometheus-shard-1")["global"]["external_labels"]
    assert labels == configuration(platform)["global"]["external_labels"]


def test_several_clusters_are_told_apart_and_shared_out_each_by_itself() -> None:
    """A cluster of one server has nothing to share out."""
    clusters = Shards({"eu": ["p0.eu:9090", "p1.eu:9090"], "us": ["p.us:9090"]}, owner="platform")
    platform = Platform(shards=clusters, keep=["cluster"])

    (job,) = configuration(platform)["scrape_configs"]
    assert [{"targets": ["p0.eu:9090", "p1.eu:9090", "p.us:9090"]}] == job["static_configs"]
    assert "shard" == job["metric_relabel_configs"][0]["regex"]
    eu, us = (configuration(platform, f"prometheus-shard-{name}") for name in ("eu-1", "us-0"))
    assert {"cluster": "eu", "shard": "1"} == eu["global"]["external_labels"]
    assert {"cluster": "us", "shard": "0"} == us["global"]["external_labels"]
    assert 2 == eu["scrape_configs"][0]["relabel_configs"][0]["modulus"]
    assert "relabel_configs" not in us["scrape_configs"][0]


def test_a_shard_that_is_gone_has_an_alert_with_an_owner_and_a_test() -> None:
    """What it scrapes is watched by nobody meanwhile, so it is urgent."""
    files = {each.path: each.text for each in made(Platform(shards=TWO, severities=["wake", "later"]))}

    (rule,) = yaml.safe_load(files["rules/shards/alerting.yaml"])["groups"][0]["rules"]
    assert "ShardsTargetsGone" == rule["alert"]
    assert {"severity": "wake", "owner": "platform", "system": "shards"} == rule["labels"]
    assert "rules/tests/shards/alerting.yaml" in files


@pytest.mark.parametrize(("version", "expected"), [("2.42", None), ("2.47", None), ("2.48", True)])
def test_series_that_end_are_known_to_end_where_prometheus_can_tell(version: str, expected: bool | None) -> None:
    """Older ones refuse the word, and remember such a series for five minutes more."""
    (job,) = configuration(Platform(shards=TWO, prometheus=version))["scrape_configs"]

    assert expected == job.get("track_timestamps_staleness")


def test_an_slo_waits_for_what_is_read_from_shards() -> None:
    """One more interval and one more answer: what comes later would never be counted."""
    slo = Slo("availability", objective=99, sli=Ratio(bad=requests.where(code="500"), total=requests), period="7d")
    system = shop(slos=[slo])

    def offset(platform: Platform) -> str:
        (text,) = [each.text for each in made(platform, system) if each.path == "rules/shop/slo-fast.yaml"]
        return text.partition(" late, when scrapes")[0].rpartition(" ")[2]

    assert "10s" == offset(Platform(scrape_interval="15s"))
    assert "35s" == offset(Platform(scrape_interval="15s", shards=TWO))
    often = Shards(["a:1", "b:1"], owner="x", interval="5s")
    assert "20s" == offset(Platform(scrape_interval="15s", shards=often))
    seldom = Shards(["a:1", "b:1"], owner="x", interval="1m")
    assert "1m20s" == offset(Platform(scrape_interval="15s", shards=seldom))


def test_without_shards_nothing_is_different() -> None:
    assert ["rules/prometheus.yml", "rules/prometheus.flags"] == [
        each.path for each in made(Platform()) if each.path.startswith("rules/prometheus")
    ]


@pytest.mark.parametrize(
    "servers",
    [
        [],
        {},
        {"eu": []},
        ["prometheus"],
        ["http://prometheus:9090"],
        ["user@prometheus:9090"],
        {"../x": ["a:1"]},
        "a:1",
    ],
)
def test_shards_that_could_not_be_read_are_refused(servers: Any) -> None:
    with pytest.raises(DefinitionError):
        Shards(servers, owner="platform")


# What is read -------------------------------------------------------------------------------------------


def test_what_rules_and_boards_read_is_read_and_nothing_else() -> None:
    """Rules, panels, heatmaps, variables and annotations; what a variable chooses may be anything."""
    queue = LabelVariable("queue", depth, label="queue")
    board = Dashboard(
        "Shop",
        [Row("Shop", [TimeSeries("Depth", depth.where(queue=queue)), Stat("p99", latency.quantile(0.99, over="5m"))])],
        variables=[queue],
        annotations=[Annotation("Start", promql("process_start_time_seconds > 0"))],
    )
    failing = Alert("Failing", expr=requests.where(code="500").rate("5m").sum() > 1, severity="page", summary="x")
    start = Gauge("process_start_time_seconds", "Start.")
    system = shop(metrics=[unread, start], alerts=[failing], dashboards=[board])

    assert [
        'http_requests_total{code="500",job=~"shop|shop-files"}',
        'up{job=~"shop|shop-files"}',
        '{__name__=~"http_request_duration_seconds_bucket|process_start_time_seconds|queue_depth",job=~"shop|shop-files"}',
    ] == read(system)


def test_what_rules_record_is_made_here_and_not_read() -> None:
    """Recorded series, and what Prometheus makes of alerts."""
    rate = record("shop:http_requests:rate5m", requests.rate("5m").sum())
    alert = Alert("Failing", expr=rate > promql("count(ALERTS)"), severity="page", summary="x")

    found = " ".join(read(shop(alerts=[alert])))
    assert "http_requests_total" in found
    assert "shop:http_requests" not in found
    assert "ALERTS" not in found


def test_a_selector_that_another_one_takes_in_is_left_out() -> None:
    some, all_ = requests.where(code="500").rate("5m").sum(), requests.rate("5m").sum()
    found = read(shop(rules=[record("shop:a:rate5m", some), record("shop:b:rate5m", all_)]))

    assert 'http_requests_total{job=~"shop|shop-files"}' in found
    assert not any('code="500"' in each for each in found)


def test_systems_that_export_one_name_are_each_read_by_their_own_jobs() -> None:
    """Where each reads other series of it."""
    one = System("one", owner="x", jobs=[Job("one", Static(["a:1"]))], rules=[record("a:d:sum", depth.sum())])
    mail = record("b:d:sum", depth.where(queue="mail").sum())
    two = System("two", owner="x", jobs=[Job("two", Static(["b:1"]))], rules=[mail])

    both = '{__name__=~"queue_depth|up",job="one"}'
    assert ['queue_depth{job="two",queue="mail"}', 'up{job="two"}', both] == read(one, two)


def test_a_thousand_services_of_one_kind_are_one_selector() -> None:
    """All of it is in the URL of one request, of which Prometheus reads a mebibyte at most."""
    services = [
        System(f"s{n}", owner="x", jobs=[Job(f"s{n}.a", Static(["a:1"]))], rules=[record("a:d:sum", depth.sum())])
        for n in range(1000)
    ]
    found = read(*services)

    (selector,) = found
    assert selector.startswith('{__name__=~"queue_depth|up",job=~"s0\\\\.a|s100\\\\.a|')
    assert len(selector) < 16_000


def test_what_links_of_traces_ask_is_read() -> None:
    """They are asked where boards are."""
    traces = JaegerSource("Jaeger", "http://jaeger:16686", queries={"Depth": 'max(queue_depth{queue!="", $__tags})'})
    sources = Provisioning([PrometheusSource("Prometheus", "http://prometheus:9090"), traces])

    assert 'queue_depth{queue!=""}' in read(shop(metrics=[depth]), provisioning=sources)


def test_whatever_has_no_name_is_asked_for_by_what_it_has() -> None:
    """A selector has to name something that is there."""
    rules = [
        record("shop:a:count", promql('count({zone="a"})')),
        record("shop:b:count", promql('count({zone!="a",job=~".+"})')),
    ]
    plans = lower([shop(scope={}, rules=rules)], Platform(), Environment()).fleet.plans

    assert '{zone="a"}' in selectors(plans)
    assert '{__name__!="",job=~".+",zone!="a"}' in selectors(plans)


# Remote write -------------------------------------------------------------------------------------------


def test_samples_are_written_elsewhere_with_every_default_written_down() -> None:
    write = RemoteWrite(
        "https://mimir.example/api/v1/push",
        name="mimir",
        tenant="shop",
        auth=BasicAuth(username="watch", password_file="/run/secrets/mimir"),
        tls=Tls(ca_file="/etc/ca.pem"),
        exemplars=True,
        native_histograms=True,
        relabel=[drop_series("up")],
    )
    (found,) = configuration(Platform(remote_write=[write]))["remote_write"]

    assert {
        "url": "https://mimir.example/api/v1/push",
        "name": "mimir",
        "remote_timeout": "30s",
        "headers": {"X-Scope-OrgID": "shop"},
        "basic_auth": {"username": "watch", "password_file": "/run/secrets/mimir"},
        "tls_config": {"ca_file": "/etc/ca.pem"},
        "send_exemplars": True,
        "send_native_histograms": True,
        "write_relabel_configs": [{"source_labels": ["__name__"], "regex": "up", "action": "drop"}],
        "queue_config": {
            "capacity": 10000,
            "min_shards": 1,
            "max_shards": 50,
            "max_samples_per_send": 2000,
            "batch_send_deadline": "5s",
            "min_backoff": "30ms",
            "max_backoff": "5s",
        },
    } == found


def test_shards_write_what_they_scrape_and_the_reader_what_its_rules_make() -> None:
    """Each sample once."""
    platform = Platform(
        shards=TWO, remote_write=[RemoteWrite("https://mimir.example/push", relabel=[drop_series("up")])]
    )
    dropped = {"source_labels": ["__name__"], "regex": "up", "action": "drop"}

    (shard,) = configuration(platform, "prometheus-shard-0")["remote_write"]
    (main,) = configuration(platform)["remote_write"]
    assert [dropped] == shard["write_relabel_configs"]
    recorded = {"source_labels": ["__name__"], "regex": ".*:.*|ALERTS|ALERTS_FOR_STATE", "action": "keep"}
    assert [recorded, dropped] == main["write_relabel_configs"]


@pytest.mark.parametrize(
    "url",
    ["mimir.example", "ftp://mimir.example/", "https:///api", "https://user:hunter2@mimir.example/api", "https://a b"],
)
def test_a_url_that_nothing_could_be_sent_to_is_refused_and_no_secret_repeated(url: str) -> None:
    """Nothing secret is written, and messages end in logs."""
    with pytest.raises(DefinitionError) as refused:
        RemoteWrite(url)

    assert "hunter2" not in str(refused.value)


# The judge ----------------------------------------------------------------------------------------------


def test_promtool_takes_every_configuration(promtools: Iterable[Tool]) -> None:
    """Of each server, in every version there is."""
    writes = [
        RemoteWrite("https://a.example/push", name="a", auth=Bearer(token_file="/run/secrets/a"), tenant="x"),
        RemoteWrite(
            "https://b.example/push",
            name="b",
            auth=OAuth2(
                client_id="x", client_secret_file="/run/secrets/b", token_url="https://t.example/", scopes=["w"]
            ),
            tls=Tls(ca_file="/etc/ca.pem"),
            queue=WriteQueue(capacity=100, batch=10),
            native_histograms=True,
            exemplars=True,
        ),
    ]
    clusters = Shards(
        {"eu": ["p0.eu:9090", "p1.eu:9090"], "us": ["p.us:9090"]},
        owner="platform",
        scheme="https",
        auth=Bearer(token_file="/run/secrets/shards"),
        tls=Tls(ca_file="/etc/ca.pem"),
    )
    artifacts = made(Platform(shards=clusters, remote_write=writes, keep=["cluster"]))
    verdict = verify(artifacts, Found(tuple(promtools), ()), prometheus="2.42")

    assert [] == [(each.id, each.message) for each in verdict.findings]
    broken = [
        Artifact(each.path, each.text.replace("modulus: 2", "modulus: two")) if "eu-1" in each.path else each
        for each in artifacts
    ]
    found = verify(broken, Found(tuple(promtools), ()), prometheus="2.42").findings
    assert {"promtool/config"} == {each.id for each in found}
    assert all("rules/prometheus-shard-eu-1.yml" in f"{each.message} {each.hint} {each.excerpt}" for each in found)


def test_the_server_that_reads_shards_asks_as_newer_versions_can(promtools: Iterable[Tool]) -> None:
    """Older ones are not asked for what they do not know."""
    artifacts = made(Platform(shards=TWO, prometheus="2.48"))
    newer = [tool for tool in promtools if tool.version >= "3"]
    if not newer:
        pytest.skip("no promtool that is new enough")

    assert () == verify(artifacts, Found(tuple(newer), ()), prometheus="2.48").findings


# Types --------------------------------------------------------------------------------------------------


def found(platform: Platform, *expressions: str) -> list[tuple[str, str]]:
    """What is said of the expressions of a small system, as recorded series."""
    rules = [record(f"shop:e{number}:value", promql(each)) for number, each in enumerate(expressions)]
    requests_ = Counter("http_requests_total", "Requests.", labels=["code", "route"])
    system = shop(metrics=[requests_], rules=rules, jobs=[Job("shop", Static(["a:1", "b:1"]))])
    lowered = lower([system], platform, Environment())
    return [(each.id, each.message) for each in checks.run(lowered.fleet) if each.id.startswith(("label/", "promql/"))]


def test_where_the_rules_are_every_series_has_its_cluster() -> None:
    """It is one of those that are listed; a server that scrapes by itself knows no such label."""
    clusters = Platform(keep=["cluster"], shards=Shards({"eu": ["a:1"], "us": ["b:1"]}, owner="x"))
    one, other = (f'sum(rate(http_requests_total{{cluster="{name}"}}[5m]))' for name in ("eu", "asia"))

    assert [] == found(clusters, one)
    assert [("label/value", "`cluster` of `http_requests_total` is never `asia`")] == found(clusters, other)
    kept = Platform(keep=["cluster"], external_labels={"cluster": "eu"}, shards=TWO)
    assert [] == found(kept, one)
    assert ["label/unknown"] == [each for each, _ in found(Platform(keep=["cluster"]), one)]


def test_a_range_holds_samples_as_they_are_read_from_shards() -> None:
    """Not as they are scraped."""
    short = "sum(rate(http_requests_total[2m]))"

    assert [] == found(Platform(shards=TWO), short)
    seldom = Shards(["a:1", "b:1"], owner="x", interval="1m")
    assert ["promql/range"] == [each for each, _ in found(Platform(shards=seldom), short)]
