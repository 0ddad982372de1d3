"""The targets of a simulated site: where Prometheus would find them, and what they answer on loopback."""

from __future__ import annotations

import re
import selectors
import threading
import time
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Protocol
from urllib.parse import parse_qs, urlsplit

from prometheus_client.exposition import CONTENT_TYPE_PLAIN_0_0_4, choose_encoder

from simulators.clockwork import Target, pod
from simulators.quantacirc import AGENTS, MODELS, TOPICS, VERIFICATIONS, Application, QuantumState, Simulation

SYSTEM = "quantacirc"
#: The job of a short run, as it pushes it.
PUSHED = {"job": "quantacirc-run", "instance": "nightly-17"}


def answers_as(target: Target) -> str:
    """The component, or `push`, or `federation`; `prometheus` answers for itself."""
    return target.job.removeprefix(f"{SYSTEM}-")


# What service discovery would answer, which no rendered file says.
_DISCOVERED = (
    pod("quantacirc-agents", "10.4.2.17:8000", SYSTEM, "metrics", "quantacirc-agents-6c9f7d5b8-4xk2p"),
    Target(job="quantacirc-verification", instance="quantacirc-verification-0:8000"),
    Target(job="quantacirc-llm", instance="quantacirc-llm-0:8000"),
)


def jobs(config: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    """The scrape jobs of the system, and that of Prometheus itself: nobody simulates the others."""
    return [job for job in config["scrape_configs"] if job["job_name"].startswith((f"{SYSTEM}-", "prometheus"))]


def targets(config: Mapping[str, Any]) -> tuple[Target, ...]:
    """The targets of those jobs, after the rendered configuration."""
    return tuple(target for job in jobs(config) for target in _of(job))


def _of(job: Mapping[str, Any]) -> Iterator[Target]:
    for group in job.get("static_configs", ()):
        for address in group["targets"]:
            labels = group.get("labels", {})
            yield Target(job=job["job_name"], instance=address, discovered=labels, labels=labels)
    yield from (target for target in _DISCOVERED if target.job == job["job_name"] and "static_configs" not in job)


def series(name: str, labels: Mapping[str, str]) -> str:
    """A series as Prometheus writes it."""
    written = ",".join(f'{label}="{value}"' for label, value in sorted(labels.items()))
    return f"{name}{{{written}}}"


class Site:
    """All targets of a simulation whose second 0 is its epoch, and which goes on with the wall clock."""

    def __init__(self, simulation: Simulation) -> None:
        self._simulation = simulation
        self._turn = threading.Lock()
        lines = [f"{series(name, labels)} {value!r}\n" for name, labels, value in pushed(simulation.epoch)]
        self._pushed = "".join(lines).encode()

    def answer(self, target: Target, path: str, accept: str) -> tuple[bytes, str] | None:
        """Body and content type; nothing where the target does not answer."""
        with self._turn:
            self._simulation.advance(time.time() - self._simulation.epoch)
            if not self._simulation.answers(answers_as(target)):
                return None
            match answers_as(target):
                case "push":
                    return self._pushed, CONTENT_TYPE_PLAIN_0_0_4
                case "federation":
                    names = parse_qs(urlsplit(path).query).get("match[]", ())
                    cluster = target.instance.split(":")[0].rpartition("-")[2]
                    return federated(names, cluster, time.time()).encode(), CONTENT_TYPE_PLAIN_0_0_4
            encode, content_type = choose_encoder(accept)
            return encode(self._simulation.registry(answers_as(target))), content_type


class Answering(Protocol):
    """What answers for targets."""

    def answer(self, target: Target, path: str, accept: str) -> tuple[bytes, str] | None:
        """Body and content type; nothing where the target does not answer."""


@contextmanager
def answering(site: Answering, scraped: Iterable[Target]) -> Iterator[Mapping[Target, str]]:
    """A server for each target but Prometheus, which tells them apart by address; yields those on loopback."""
    servers = {target: _server(site, target) for target in scraped if target.job != "prometheus"}
    ended = threading.Event()
    thread = threading.Thread(target=_serve, args=(servers.values(), ended))
    thread.start()
    try:
        yield {target: f"127.0.0.1:{server.server_port}" for target, server in servers.items()}
    finally:
        ended.set()
        thread.join()
        for server in servers.values():
            server.server_close()


def _serve(servers: Iterable[ThreadingHTTPServer], ended: threading.Event) -> None:
    # one thread for all: serve_forever() would wake up one for each, several times a second
    with selectors.DefaultSelector() as selector:
        for server in servers:
            selector.register(server, selectors.EVENT_READ, server)
        while not ended.is_set():
            for key, _ in selector.select(timeout=0.5):
                key.data.handle_request()


def _server(site: Answering, target: Target) -> ThreadingHTTPServer:
    class Scraped(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            answer = site.answer(target, self.path, self.headers.get("Accept", ""))
            if answer is None:
                return  # and the connection closes, as one to a process that dies
            body, content_type = answer
            self.send_response(200)
            self.send_header("Content-Type", content_type)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            """Scrapes are no news."""

    return ThreadingHTTPServer(("127.0.0.1", 0), Scraped)


def pushed(at: float) -> Iterator[tuple[str, Mapping[str, str], float]]:
    """What the push gateway keeps of a short run that ended well, and was pushed *at* a time: under its own labels."""
    run = Application(at)
    state = QuantumState(
        parts={"static": 11.0, "dynamic": 6.5, "interaction": 4.5},
        potential=0.03,
        contraction=0.93,
        phase="exploitation",
        at=at,
    )
    run.record_quantum_state(state)
    run.record_convergence_metrics(0.004)
    run.record_system_resources(21.0, 1.5 * 2**30, {"nats": 4, "database": 2, "llm_provider": 1})
    yield "push_time_seconds", PUSHED, at
    yield "push_failure_time_seconds", PUSHED, 0.0
    for metric in run.registry("core").collect():
        for sample in metric.samples:
            yield sample.name, {**sample.labels, **PUSHED}, sample.value


# The label values that another cluster's rules would have found, by the label's name.
_VALUES: Mapping[str, Iterable[str]] = {
    "agent_name": AGENTS,
    "topic": TOPICS,
    "verification_type": VERIFICATIONS,
    "rule_type": ("monotonic",),
    "provider": dict.fromkeys(provider for provider, _ in MODELS),
    "model": dict.fromkeys(model for _, model in MODELS),
}


def federated(selectors: Iterable[str], cluster: str, at: float) -> str:
    """
    What the Prometheus of another cluster answers on /federate: the recorded series that are named.

    It gives each the time of its sample, and an empty `instance` where it has none, so that the label of the
    scrape does not take its place (web/federate.go).
    """
    lines = []
    for selector in selectors:
        found = re.match(r'(?:\{__name__="([^"]+)"|([a-zA-Z_:][\w:]*))', selector)
        assert found, f"no metric name in {selector}"
        name = found[1] or found[2]
        lines += [f"# TYPE {name} untyped\n", *_series(name, cluster, at)]
    return "".join(lines)


def _series(name: str, cluster: str, at: float) -> Iterator[str]:
    level = name.partition(":")[0]
    value = 0 if "events" in name else 0.01
    for labels in _combinations([label for label in _VALUES if label in level]):
        written = series(name, {**labels, "cluster": cluster, "instance": "", "system": SYSTEM})
        yield f"{written} {value} {round(at * 1000)}\n"


def _combinations(labels: list[str]) -> list[dict[str, str]]:
    if labels == ["provider", "model"]:
        return [{"provider": provider, "model": model} for provider, model in MODELS]
    found: list[dict[str, str]] = [{}]
    for label in labels:
        found = [{**each, label: value} for each in found for value in _VALUES[label]]
    return found
