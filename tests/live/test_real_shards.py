"""
Two shards and one server that reads them, seen alive: an SLO over both equals the SLO of a server that scrapes all.

Six targets count requests, which begin once every server runs, and end; one of them fails for a while. An SLO counts
what grew, each increment once and whatever the phase of the scrapes, so that once all have seen the end, sums over a
window that holds all of it are sums of the same whole numbers, and ratios of them equal but for the last digits of a
float. Nothing else makes the tolerance: a target that two shards scrape or none, an increment that comes too late over
two hops, or a label that is left over would each be off by a twentieth at the least.

It takes three minutes, mostly asleep, for all versions at a time.
"""

from __future__ import annotations

import hashlib
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import attrs
import pytest
from loopback import Prometheus

from processes import free_port, started
from watchwright.lower.shards import STALENESS_SINCE
from watchwright.query.version import parse_version
from watchwright.verify.tools import Tool
from workbench import Repository

pytestmark = pytest.mark.live

# seconds; a sample is known later than an SLO over one server would look at it, and would be missed if nobody waited
_SCRAPE, _TIMEOUT, _EVALUATION = 4, 2, 5
_WARM, _TRAFFIC = 30, 60
_FAILING = range(20, 45)  # seconds of the traffic in which one target fails
# until the last increment has been scraped, read, waited for and counted
_SETTLED = 40
_TARGETS = 3  # of each shard
_CLOSE = 1e-9

_SHOP = """
from watchwright import *
from watchwright.discovery import Static
from watchwright.prometheus import Shards
from watchwright.slo import Ratio, Slo

ACCEPT = {accept!r}
requests = Counter("http_requests_total", "Requests.", labels=[Label("code", values=["200", "500"])], preset=True)
failed = requests.where(code="500")
waiting = Gauge("http_requests_waiting", "Waiting.")
share = record("job:http_requests_failed:ratio_rate1m", ratio(failed, requests, over="1m", by=["job"]))
failing = Alert("Failing", expr=share > 5 * percent, for_="5s", severity="page", summary="{{value}} fail")
shop = System(
    "shop",
    owner="sales",
    jobs=[Job("shop", Static({targets!r}), accept=ACCEPT)],
    rules=[record("shop:up:sum", promql("sum(up)"))],
    slos=[Slo("availability", objective=99, sli=Ratio(bad=failed, total=requests), interval="5s", period="7d")],
    alerts=[failing],
    dashboards=[Dashboard("Shop", [Row("Shop", [
        TimeSeries("Failing", share, alerts=[failing]), TimeSeries("Waiting", waiting.max()),
    ])])],
)
platform = Platform(
    prometheus="{oldest}", scrape_interval="{scrape}s", scrape_timeout="{timeout}s", evaluation_interval="{evaluation}s", gone_for="5s",
    external_labels={{"site": "test"}},
    {shards}
)
"""


def _shard_of(target: str) -> int:
    """Which of two shards has a target, as Prometheus' hashmod tells: model/relabel/relabel.go."""
    return int.from_bytes(hashlib.md5(target.encode(), usedforsecurity=False).digest()[8:], "big") % 2


@attrs.define
class Traffic:
    """What the targets count: nothing until it begins, and nothing any more when it has ended."""

    began: float | None = None

    def counted(self, number: int) -> Mapping[str, int]:
        """Requests by code that a target has answered; each has errors of its own share."""
        passed = min(max(time.time() - self.began, 0.0), _TRAFFIC) if self.began else 0.0
        failing = min(max(passed - _FAILING.start, 0.0), len(_FAILING)) if number == _TARGETS else 0.0
        total = int(passed * 40 * (1 + number))
        bad = int(passed * (1 + number)) + int(failing * 50)
        return {"200": total - bad, "500": bad}


def _answers(number: int, traffic: Traffic) -> type[BaseHTTPRequestHandler]:
    class Answers(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            lines = [f'http_requests_total{{code="{code}"}} {n}' for code, n in traffic.counted(number).items()]
            body = "\n".join(["# TYPE http_requests_total counter", *lines, f"http_requests_waiting {number}", ""])
            self.send_response(200)
            self.send_header("Content-Type", "text/plain; version=0.0.4")
            self.end_headers()
            self.wfile.write(body.encode())

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    return Answers


@contextmanager
def _answering(targets: Sequence[str], traffic: Traffic) -> Iterator[None]:
    servers = [
        ThreadingHTTPServer((host, int(port)), _answers(number, traffic))
        for number, (host, _, port) in enumerate(target.partition(":") for target in targets)
    ]
    threads = [threading.Thread(target=server.serve_forever, daemon=True) for server in servers]
    for thread in threads:
        thread.start()
    try:
        yield
    finally:
        for server in servers:
            server.shutdown()
            server.server_close()


@attrs.frozen(kw_only=True)
class Watched:
    """One version: a server that scrapes all, two shards, and the server that reads them."""

    tool: Tool
    alone: Prometheus
    reading: Prometheus
    shards: Sequence[Prometheus]


@attrs.frozen(kw_only=True)
class Seen:
    """When the traffic began and ended, when the second shard was gone, and all versions."""

    began: float
    ended: float
    settled: float
    versions: Sequence[Watched]


def _targets() -> list[str]:
    """Addresses, as many for each of the shards."""
    found: list[list[str]] = [[], []]
    while min(map(len, found)) < _TARGETS:
        target = f"127.0.0.1:{free_port()}"
        if target not in found[_shard_of(target)]:
            found[_shard_of(target)].append(target)
    return [*found[0][:_TARGETS], *found[1][:_TARGETS]]


def _rendered(root: Path, targets: Sequence[str], shards: Sequence[str], tool: Tool) -> Path:
    root.mkdir()
    repository = Repository(root)
    accept = {"shards/loopback": "all of it is one machine"} if shards else {}
    given = f'shards=Shards({shards!r}, owner="platform"),' if shards else ""
    # newer ones are told when a series ends
    oldest = "2.48" if parse_version(tool.version) >= STALENESS_SINCE else "2.42"
    times = {"scrape": _SCRAPE, "timeout": _TIMEOUT, "evaluation": _EVALUATION}
    text = _SHOP.format(accept=accept, targets=list(targets), shards=given, oldest=oldest, **times)
    repository.write("systems/shop.py", text)
    done = repository.run("render", "--no-verify")
    assert done.exit_code == 0, done.stderr
    return root / "rules"


@contextmanager
def _running(tool: Tool, rules: Path, server: str, address: str, folder: Path) -> Iterator[Prometheus]:
    folder.mkdir(parents=True)
    command = [
        str(tool.path),
        "@prometheus.flags",
        f"--config.file={server}.yml",
        f"--storage.tsdb.path={folder / 'data'}",
        f"--web.listen-address={address}",
    ]
    with started(command, rules, folder / "log") as process:
        yield Prometheus(address=address, folder=folder, process=process)


@contextmanager
def _version(tool: Tool, targets: Sequence[str], folder: Path) -> Iterator[Watched]:
    addresses = [f"127.0.0.1:{free_port()}" for _ in range(4)]
    alone = _rendered(folder / "alone", targets, [], tool)
    sharded = _rendered(folder / "sharded", targets, addresses[:2], tool)
    servers = [
        (sharded, "prometheus-shard-0"),
        (sharded, "prometheus-shard-1"),
        (sharded, "prometheus"),
        (alone, "prometheus"),
    ]
    with ExitStack() as stack:
        made = [
            stack.enter_context(_running(tool, rules, server, address, folder / address.replace(":", "-")))
            for (rules, server), address in zip(servers, addresses, strict=True)
        ]
        yield Watched(tool=tool, shards=made[:2], reading=made[2], alone=made[3])


@pytest.fixture(scope="module")
def seen(prometheuses: tuple[Tool, ...], tmp_path_factory: pytest.TempPathFactory) -> Iterator[Seen]:
    """All versions, when the traffic has ended and every server has seen all of it."""
    folder, targets, traffic = tmp_path_factory.mktemp("shards"), _targets(), Traffic()
    with ExitStack() as stack:
        stack.enter_context(_answering(targets, traffic))
        versions = []
        for tool in prometheuses:
            (folder / tool.version).mkdir()
            versions.append(stack.enter_context(_version(tool, targets, folder / tool.version)))
        for server in (each for one in versions for each in (*one.shards, one.reading, one.alone)):
            server.wait_until_ready()
        for one in versions:
            _wait(
                lambda one=one: all(
                    _value(server, "shop:up:sum") == 2 * _TARGETS for server in (one.alone, one.reading)
                )
            )
        time.sleep(_WARM)
        traffic.began = time.time()
        time.sleep(_TRAFFIC + _SETTLED)
        yield Seen(
            began=traffic.began, ended=traffic.began + _TRAFFIC, settled=time.time() - _EVALUATION, versions=versions
        )


def _wait(true: Callable[[], bool], within: float = 90) -> None:
    until = time.monotonic() + within
    while not true():
        assert time.monotonic() < until, "it does not come to pass"
        time.sleep(1)


def _value(server: Prometheus, expr: str, at: float | None = None) -> float | None:
    found = server.get("query", query=expr, **({} if at is None else {"time": at}))["result"]
    return float(found[0]["value"][1]) if found else None


def _all(server: Prometheus, expr: str, at: float) -> dict[frozenset[tuple[str, str]], float]:
    found = server.get("query", query=expr, time=at)["result"]
    return {frozenset(each["metric"].items()): float(each["value"][1]) for each in found}


def test_each_target_is_scraped_by_one_shard(seen: Seen) -> None:
    """The one that hashmod gives it to."""
    for one in seen.versions:
        for number, shard in enumerate(one.shards):
            found = shard.get("targets")["activeTargets"]
            assert _TARGETS == len(found), one.tool
            assert {number} == {_shard_of(target["discoveredLabels"]["__address__"]) for target in found}
            assert {("up", "")} == {(target["health"], target["lastError"]) for target in found}


def test_what_is_read_from_shards_looks_as_if_it_had_been_scraped(seen: Seen) -> None:
    """The same series, with the same labels, and in the end the same values; read are rules' and boards' alone."""
    for one in seen.versions:
        named = '{__name__=~"http_requests.*|up",job="shop"}'
        assert _all(one.alone, named, seen.settled) == _all(one.reading, named, seen.settled), one.tool
        assert 4 * 2 * _TARGETS == len(_all(one.reading, named, seen.settled))
        assert {} == _all(one.reading, '{job="shop",__name__=~"scrape_.*"}', seen.settled)


def test_an_slo_over_both_shards_equals_the_slo_over_one_server(seen: Seen) -> None:
    """Of every window that holds all that happened."""
    for one in seen.versions:
        ratios = 'slo:ratio{system="shop",window!="7d"}'
        alone, both = (_all(server, ratios, seen.settled) for server in (one.alone, one.reading))
        assert len(alone) >= 5, one.tool
        assert alone == pytest.approx(both, rel=_CLOSE), one.tool
        counted = {
            name: _value(one.alone, f"sum(http_requests_total{{{name}}})", seen.settled) for name in ("", 'code="500"')
        }
        expected = counted['code="500"'] / counted[""]
        assert 0.03 < expected < 0.2
        for labels, ratio in both.items():
            if dict(labels)["window"] == "5m":
                assert ratio == pytest.approx(expected, rel=_CLOSE), f"{one.tool}: {dict(labels)}"


def test_what_is_recorded_has_the_same_labels(seen: Seen) -> None:
    """None is left over from the shards."""
    for one in seen.versions:
        recorded = '{__name__=~"job:.*|shop:.*|slo:(total|bad):(rate|rate_turns|events)|slo:burn_rate"}'
        alone, both = (_all(server, recorded, seen.settled) for server in (one.alone, one.reading))
        assert set(alone) == set(both), one.tool
        assert len(alone) >= 9


def test_an_alert_fires_on_both_at_about_the_same_time(seen: Seen) -> None:
    """That of the shards a few scrapes and evaluations later."""
    for one in seen.versions:
        firing = 'ALERTS{alertname="Failing",alertstate="firing",system="shop"}'
        begins = []
        for server in (one.alone, one.reading):
            found = server.over(firing, seen.began, seen.settled, 1)
            assert 1 == len(found), one.tool
            begins.append(float(found[0]["values"][0][0]))
        late = 3 * _SCRAPE + 2 * _EVALUATION
        assert abs(begins[1] - begins[0]) <= late, one.tool


def test_nothing_else_fires_and_no_rule_fails(seen: Seen) -> None:
    for one in seen.versions:
        for server in (one.alone, one.reading):
            states = {rule["health"] for group in server.get("rules")["groups"] for rule in group["rules"]}
            assert states <= {"ok", "unknown"}, (one.tool, states)  # the slow group may wait for its first turn
            found = server.over('ALERTS{alertstate="firing"}', seen.began, seen.settled, 5)
            assert {each["metric"]["alertname"] for each in found} <= {
                "Failing",
                "AvailabilityBurnPage",
                "AvailabilityBurnTicket",
            }


def test_a_shard_that_is_gone_is_told_of(seen: Seen) -> None:
    """Its targets are known to nobody then, so that their own alerts are silent."""
    for one in seen.versions:
        one.shards[1].process.terminate()
        one.shards[1].process.wait(timeout=60)
    for one in seen.versions:
        address = one.shards[1].address
        gone = f'ALERTS{{alertname="ShardsTargetsGone",alertstate="firing",instance="{address}",severity="page"}}'
        _wait(lambda one=one, gone=gone: _value(one.reading, gone) == 1)
