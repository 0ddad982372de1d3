"""A real Prometheus on loopback, with the rendered configuration, rules and flags."""

from __future__ import annotations

import json
import shutil
import subprocess
import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any
from urllib.error import URLError
from urllib.parse import urlencode
from urllib.request import urlopen

import attrs
import yaml

from processes import free_port, started
from simulators.clockwork import Target
from workbench import ROOT

RULES = ROOT / "rules"
_READY_WITHIN, _ANSWER_WITHIN = 60, 30


@attrs.frozen(kw_only=True)
class Prometheus:
    """A running server."""

    address: str
    folder: Path
    process: subprocess.Popen[bytes]

    def wait_until_ready(self) -> None:
        """Return when it answers queries."""
        until = time.monotonic() + _READY_WITHIN
        while time.monotonic() < until and self.process.poll() is None:
            with (
                suppress(URLError, ConnectionError, TimeoutError),
                urlopen(f"http://{self.address}/-/ready", timeout=5),
            ):
                return
            time.sleep(0.2)
        msg = f"prometheus does not get ready:\n{self.log()}"
        raise AssertionError(msg)

    def get(self, path: str, **parameters: str | float) -> Any:
        """The data of an answer of its API."""
        url = f"http://{self.address}/api/v1/{path}?{urlencode(parameters)}"
        with urlopen(url, timeout=_ANSWER_WITHIN) as response:
            return json.load(response)["data"]

    def instant(self, expr: str) -> Any:
        """What a query yields now."""
        return self.get("query", query=expr)["result"]

    def over(self, expr: str, start: float, end: float, step: float = 15) -> list[dict[str, Any]]:
        """The series of a query over a time: `metric`, and `values` as pairs of time and text."""
        result: list[dict[str, Any]] = self.get("query_range", query=expr, start=start, end=end, step=step)["result"]
        return result

    def log(self) -> str:
        """The end of what it says."""
        return (self.folder / "log").read_text("utf-8")[-4000:]


def rendered() -> dict[str, Any]:
    """The configuration as it is committed."""
    config: dict[str, Any] = yaml.safe_load((RULES / "prometheus.yml").read_text("utf-8"))
    return config


def rule_files(*systems: str) -> list[str]:
    """The rule files of these systems, or of all, by their paths below RULES."""
    return [file for file in rendered()["rule_files"] if not systems or file.split("/")[0] in systems]


def rules(*systems: str) -> Iterator[dict[str, Any]]:
    """Every rule of these systems, or of all, as it is committed."""
    for file in rule_files(*systems):
        for group in yaml.safe_load((RULES / file).read_text("utf-8"))["groups"]:
            yield from group["rules"]


def moved(
    config: Mapping[str, Any], scraped: Iterable[Target], addresses: Mapping[Target, str], own: str
) -> dict[str, Any]:
    """
    The configuration with the targets that are *scraped* on loopback; *own* is the server's address.

    All rules stay, and of the jobs those that have such targets. Whatever discovers targets gives way to a static
    list of those it would find, with the labels that it would give them: relabelling then does what it does in
    production. Nobody is notified.
    """
    static: dict[str, list[dict[str, Any]]] = {}
    for target in scraped:
        labels = {**target.discovered, "instance": target.instance}
        static.setdefault(target.job, []).append({"targets": [addresses.get(target, own)], "labels": labels})
    jobs = [
        {**_undiscovered(job), "static_configs": static[job["job_name"]]}
        for job in config["scrape_configs"]
        if job["job_name"] in static
    ]
    return {**{key: value for key, value in config.items() if key != "alerting"}, "scrape_configs": jobs}


def _undiscovered(job: Mapping[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in job.items() if not key.endswith(("_sd_configs", "static_configs"))}


@contextmanager
def running(
    binary: Path,
    folder: Path,
    scraped: Iterable[Target],
    addresses: Mapping[Target, str],
    blocks: Path | None = None,
) -> Iterator[Prometheus]:
    """A server in *folder* that scrapes targets at their *addresses*, with the *blocks* as its past; not ready yet."""
    shutil.copytree(RULES, folder / "rules")
    if blocks:
        shutil.copytree(blocks, folder / "data")
    address = f"127.0.0.1:{free_port()}"
    config = moved(rendered(), scraped, addresses, address)
    (folder / "rules/prometheus.yml").write_text(yaml.safe_dump(config, sort_keys=False), "utf-8")
    with started(_command(binary, address), folder / "rules", folder / "log") as process:
        yield Prometheus(address=address, folder=folder, process=process)


def _command(binary: Path, address: str) -> Sequence[str]:
    flags = ["@prometheus.flags"] if (RULES / "prometheus.flags").exists() else []
    return [
        str(binary),
        *flags,
        "--config.file=prometheus.yml",
        "--storage.tsdb.path=../data",
        f"--web.listen-address={address}",
    ]
