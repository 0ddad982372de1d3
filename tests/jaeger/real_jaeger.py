"""A real Jaeger: asked whether it takes a configuration, or started from a rendered folder on loopback."""

import contextlib
import json
import re
import socket
import subprocess
import time
from pathlib import Path

import attrs
import pytest
from sampled_fleets import files

ENDPOINTS = (
    "receivers.otlp.protocols.grpc",
    "receivers.otlp.protocols.http",
    "extensions.jaeger_query.grpc",
    "extensions.jaeger_query.http",
    "extensions.remote_sampling.grpc",
    "extensions.remote_sampling.http",
    "extensions.healthcheckv2.http",
)

# A build says nothing of its version, but the keys that came with each tell it. YAML is JSON's superset.
MEMORY = {"memory": {"max_traces": 1}}
PASSWORD = {"basic": {"username": "u", "password_file": "p", "reload_interval": "1s"}}
AGES = {
    "2.0": (MEMORY, {"queue": {"enabled": False}}, {}),
    "2.3": (MEMORY, {}, {"file": {"path": "s", "reload_interval": "1s"}}),
    "2.7": (MEMORY, {"retry_on_failure": {"enabled": False}}, {}),
    "2.9": ({"elasticsearch": {"server_urls": ["https://es:1"], "auth": PASSWORD}}, {}, {}),
}


def probe(storage, exporter, sampling):
    """The least configuration that has something of one version."""
    return {
        "service": {
            "extensions": ["jaeger_storage", *(["remote_sampling"] if sampling else [])],
            "pipelines": {"traces": {"receivers": ["otlp"], "exporters": ["jaeger_storage_exporter"]}},
        },
        "extensions": {
            "jaeger_storage": {"backends": {"s": storage}},
            **({"remote_sampling": sampling} if sampling else {}),
        },
        "receivers": {"otlp": {"protocols": {"grpc": {}}}},
        "exporters": {"jaeger_storage_exporter": {"trace_storage": "s", **exporter}},
    }


@attrs.frozen
class Judge:
    """A binary, and the versions that it is not older than: what is declared for one of these it has to take."""

    binary: str
    versions: tuple[str, ...]

    @classmethod
    def of(cls, binary, folder):
        versions = []
        for version, parts in AGES.items():
            (folder / "jaeger.yaml").write_text(json.dumps(probe(*parts)))
            result = validated(binary, folder)
            assert not result.returncode or "has invalid keys" in result.stderr, result.stderr
            if not result.returncode:
                versions.append(version)
        assert versions == list(AGES)[: len(versions)]
        return cls(binary, tuple(versions))


def written(sampled, folder):
    """The rendered files of a fleet, in a folder."""
    for path, text in files(sampled).items():
        (folder / Path(path).name).write_text(text, encoding="utf-8")
    return folder


def validated(binary, folder):
    """`jaeger validate` of a folder."""
    return subprocess.run(
        [binary, "validate", "--config=file:jaeger.yaml"], cwd=folder, capture_output=True, text=True, check=False
    )


def complaints(binary, folder):
    """What `jaeger validate` says, without its own preface; empty where it takes the configuration."""
    result = validated(binary, folder)
    said = re.sub(r"(?m)^.*(application version|Usage:).*$", "", result.stderr)
    return said.strip() if result.returncode else ""


def free_ports(count):
    with contextlib.ExitStack() as held:
        sockets = [held.enter_context(socket.socket()) for _ in range(count)]
        for each in sockets:
            each.bind(("127.0.0.1", 0))
        return [each.getsockname()[1] for each in sockets]


@contextlib.contextmanager
def started(binary, folder):
    """Jaeger from a rendered folder, on free ports of loopback; yields its process and its addresses."""
    addresses = {name: f"127.0.0.1:{port}" for name, port in zip(ENDPOINTS, free_ports(len(ENDPOINTS)), strict=True)}
    moved = [f"--set={name}.endpoint={address}" for name, address in addresses.items()]
    # its own metrics would take port 8888, which another test may hold
    command = [binary, "--config=file:jaeger.yaml", *moved, "--set=service.telemetry.metrics.level=none"]
    with (folder / "log").open("w") as log:
        process = subprocess.Popen(command, cwd=folder, stdout=log, stderr=log)
        try:
            yield process, addresses
        finally:
            process.terminate()
            process.wait(timeout=20)


def wait(process, ready, log):
    """Until *ready* says so, or the process has ended."""
    until = time.monotonic() + 30
    while time.monotonic() < until and process.poll() is None:
        if ready():
            return
        time.sleep(0.1)
    pytest.fail(f"jaeger does not answer:\n{log.read_text()[-4000:]}")
