"""
The watcher watched: what real Prometheus servers say of themselves while all goes wrong that can, and while nothing does.

The conditions of the alerts are asked as rendered, without their `for`, which is promtool's to judge.
"""

from __future__ import annotations

import json
import random
import shutil
import signal
import threading
import time
from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.error import URLError

import attrs
import pytest
import yaml
from history import blocks
from loopback import Prometheus, rules
from targets import series

from processes import free_port, started
from watchwright.verify.tools import Tool

pytestmark = pytest.mark.live

CONDITIONS: Mapping[str, str] = {
    rule["alert"]: rule["expr"]
    for rule in rules("prometheus")
    if rule.get("alert", "Watchdog") not in ("Watchdog", "PrometheusTargetsGone")
}
#: These want an Alertmanager that does not answer; then NoAlertmanager wants none.
WITH_ALERTMANAGER = ("AlertmanagerFailing", "AlertsDropped")
#: Blocks are looked for once a minute, and a busy machine is slow.
_WITHIN = 180
_HEALTHY_FOR = 45

_ITSELF = {"job": "prometheus", "instance": "localhost:9090"}
_EVERY_SECOND = {"scrape_interval": "1s", "scrape_timeout": "1s", "evaluation_interval": "1s"}
_ALWAYS = {"name": "always", "rules": [{"alert": "Always", "expr": "vector(1)"}]}
_BUCKETS = "prometheus_http_request_duration_seconds_bucket"
_TROUBLED = [
    _ALWAYS,
    {"name": "failing", "rules": [{"record": "a:b:c", "expr": f"{_BUCKETS} * on (job) {_BUCKETS}"}]},
    {
        "name": "slow",
        "interval": "100ms",
        # Each takes about half the interval, and they follow one another: a faster machine misses iterations, too.
        "rules": [
            {"record": f"a:b:slow{number}", "expr": f"max_over_time(sum({_BUCKETS})[5m:5ms])"} for number in range(8)
        ],
    },
]
_FEW_QUERIES_AND_LITTLE_SPACE = ("--query.max-concurrency=1", "--storage.tsdb.retention.size=40MB")
_MINUTE, _HOUR, _DAY = 60, 3_600, 86_400
_SERIES = 25_000


@attrs.frozen(kw_only=True)
class Watched:
    """A server, and the conditions that held there."""

    version: str
    prometheus: Prometheus
    held: set[str] = attrs.field(factory=set)

    def ask(self) -> None:
        """Which hold now; a server that is as busy as these may miss a question."""
        for alert in CONDITIONS.keys() - self.held:
            try:
                if self.prometheus.instant(CONDITIONS[alert]):
                    self.held.add(alert)
            except (URLError, TimeoutError):
                continue


@pytest.fixture(scope="module")
def troubled(
    prometheuses: tuple[Tool, ...], promtools: tuple[Tool, ...], tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Sequence[Watched]]:
    """Servers to which everything happened."""
    folder = tmp_path_factory.mktemp("troubled")
    _past(promtools[0], folder)
    many = "".join(f'shop_orders{{customer="{number}"}} 1\n' for number in range(_SERIES))
    now = round(1000 * time.time())
    late = f"shop_orders 2 {now}\nshop_orders 1 {now - 5000}\n"
    with ExitStack() as stack:
        exposing = stack.enter_context(_exposing({"/late": late, "/many": many}))
        servers = []
        for tool in prometheuses:
            own = folder / tool.version
            own.mkdir()
            _before(own, folder / "blocks")
            jobs = _jobs(exposing)
            servers.append(stack.enter_context(_server(tool, own, jobs, _TROUBLED, *_FEW_QUERIES_AND_LITTLE_SPACE)))
        for server in servers:
            server.prometheus.wait_until_ready()
            _happen(server.prometheus)
        _until(servers, WITH_ALERTMANAGER)
        for server in servers:
            _written(server.prometheus.folder / "alertmanagers.json", [])
        _until(servers, CONDITIONS)
        yield servers


@pytest.fixture(scope="module")
def healthy(prometheuses: tuple[Tool, ...], tmp_path_factory: pytest.TempPathFactory) -> Iterator[Sequence[Watched]]:
    """Servers that have just begun, without an Alertmanager, and to which nothing happens."""
    folder = tmp_path_factory.mktemp("healthy")
    with ExitStack() as stack:
        servers = []
        for tool in prometheuses:
            (folder / tool.version).mkdir()
            servers.append(stack.enter_context(_server(tool, folder / tool.version, [], [_ALWAYS])))
        for server in servers:
            server.prometheus.wait_until_ready()
        until = time.monotonic() + _HEALTHY_FOR
        while time.monotonic() < until:
            for server in servers:
                server.ask()
            time.sleep(3)
        yield servers


@pytest.mark.parametrize("alert", CONDITIONS)
def test_the_condition_of_an_alert_holds_on_a_server_in_trouble(alert: str, troubled: Sequence[Watched]) -> None:
    assert [] == [server.version for server in troubled if alert not in server.held]


def test_no_condition_holds_on_a_server_that_has_just_begun(healthy: Sequence[Watched]) -> None:
    assert {} == {server.version: server.held for server in healthy if server.held}


# What happens ----------------------------------------------------------------------------------------------


def _past(promtool: Tool, folder: Path) -> None:
    """The blocks of a day in which the server had few series, and a job ten targets."""
    now = int(time.time())
    dice = random.Random(1)
    with (folder / "openmetrics").open("w", encoding="utf-8") as lines:
        for customer in range(100):  # what takes space: noise cannot be compressed
            name = series("shop_sales", {"customer": str(customer)})
            lines.writelines(f"{name} {dice.random()} {now - 26 * _HOUR + 2 * each}\n" for each in range(3_000))
        name = series("prometheus_tsdb_head_series", _ITSELF)
        lines.writelines(f"{name} 900 {now - _DAY + each}\n" for each in range(-5 * _MINUTE, 5 * _MINUTE, 15))
        name = series("prometheus_target_scrape_pool_targets", {**_ITSELF, "scrape_job": "shop"})
        lines.writelines(f"{name} 10 {now - 2 * _HOUR + each}\n" for each in range(0, 65 * _MINUTE, 15))
        lines.write("# EOF\n")
    blocks(promtool.path, folder / "openmetrics", folder / "blocks")


def _before(folder: Path, past: Path) -> None:
    """What the server finds when it starts: that past, and a log whose last write was cut off."""
    shutil.copytree(past, folder / "data")
    (folder / "data/wal").mkdir()
    (folder / "data/wal/00000000").write_bytes(b"cut off" * 10_000)
    _written(folder / "shop.json", [{"targets": [f"127.0.0.1:{port}" for port in range(1, 11)]}])
    _written(folder / "alertmanagers.json", [{"targets": [f"127.0.0.1:{free_port()}"]}])


def _jobs(exposing: str) -> Sequence[Mapping[str, Any]]:
    discovery = {"url": f"http://127.0.0.1:{free_port()}/", "refresh_interval": "1s"}
    itself = [{"targets": [exposing]}]
    return [
        {"job_name": "shop", "scrape_interval": "5s", "file_sd_configs": [{"files": ["shop.json"]}]},
        {"job_name": "lost", "http_sd_configs": [discovery]},
        {"job_name": "cut-off", "metrics_path": "/many", "sample_limit": 1, "static_configs": itself},
        {"job_name": "late", "metrics_path": "/late", "static_configs": itself},
        {"job_name": "many", "metrics_path": "/many", "scrape_interval": "30s", "scrape_timeout": "30s",
         "static_configs": itself},
    ]  # fmt: skip


def _happen(prometheus: Prometheus) -> None:
    """Six targets go, a block is broken, and the configuration is no YAML any more."""
    _written(prometheus.folder / "shop.json", [{"targets": [f"127.0.0.1:{port}" for port in range(1, 5)]}])
    broken = prometheus.folder / "data/01BRAKEN000000000000000000"
    broken.mkdir()
    (broken / "meta.json").write_text("{", "utf-8")
    (prometheus.folder / "prometheus.yml").write_text("global: [", "utf-8")
    prometheus.process.send_signal(signal.SIGHUP)


def _until(servers: Sequence[Watched], alerts: Collection[str]) -> None:
    """All these conditions have held on all of them, or the time is up."""
    until = time.monotonic() + _WITHIN
    while time.monotonic() < until and any(set(alerts) - server.held for server in servers):
        for server in servers:
            server.ask()
        time.sleep(1)


# Servers ---------------------------------------------------------------------------------------------------


@contextmanager
def _server(
    tool: Tool, folder: Path, jobs: Sequence[Mapping[str, Any]], groups: Sequence[Mapping[str, Any]], *flags: str
) -> Iterator[Watched]:
    """One that scrapes itself and these jobs each second; where there are jobs, alerts go somewhere."""
    address = f"127.0.0.1:{free_port()}"
    itself = {"job_name": "prometheus", "static_configs": [{"targets": [address], "labels": _ITSELF}]}
    alertmanagers = [{"file_sd_configs": [{"files": ["alertmanagers.json"]}]}] if jobs else []
    config = {
        "global": _EVERY_SECOND,
        "rule_files": ["rules.yml"],
        "alerting": {"alertmanagers": alertmanagers},
        "scrape_configs": [itself, *jobs],
    }
    (folder / "prometheus.yml").write_text(yaml.safe_dump(config), "utf-8")
    (folder / "rules.yml").write_text(yaml.safe_dump({"groups": groups}), "utf-8")
    command = [
        str(tool.path),
        "--config.file=prometheus.yml",
        "--storage.tsdb.path=data",
        f"--web.listen-address={address}",
        "--rules.alert.resend-delay=1s",
        *flags,
    ]
    log = folder.with_name(f"{folder.name}.log")  # beside it: in it, each line would make it look for targets again
    with started(command, folder, log) as process:
        yield Watched(version=tool.version, prometheus=Prometheus(address=address, folder=folder, process=process))


@contextmanager
def _exposing(pages: Mapping[str, str]) -> Iterator[str]:
    """The address of a target with these pages."""

    class Page(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            body = pages[self.path].encode()
            self.send_response(200)
            self.send_header("Content-Type", "text/plain; version=0.0.4")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            """Scrapes are no news."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Page)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield f"127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def _written(file: Path, content: Any) -> None:
    """By renaming, so that nobody reads half of it."""
    half = file.with_suffix(".half")
    half.write_text(json.dumps(content), "utf-8")
    half.rename(file)
