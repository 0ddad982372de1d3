"""A real Prometheus on loopback that answers about one data folder and scrapes nothing."""

from __future__ import annotations

import json
import math
import shutil
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from http.client import HTTPConnection
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import attrs

from processes import free_port, ready, started

#: Where a subquery says no step, it is this one.
EVALUATION = 60


@attrs.frozen(eq=False)
class Sampled:
    """One series of an answer: its labels, and its one number or, of a range, its numbers."""

    labels: Mapping[str, str]
    numbers: tuple[float, ...]


@attrs.frozen(eq=False)
class Answer:
    """What a server says: the kind and the series, or what it complains about. A scalar is one series without labels."""

    kind: str
    series: tuple[Sampled, ...] = ()
    error: str = ""

    @property
    def numbers(self) -> Iterator[float]:
        """All numbers of all series."""
        return (number for each in self.series for number in each.numbers)

    def is_like(self, other: Answer) -> bool:
        """Whether both are the same series with the same numbers."""
        ours, theirs = self._by_labels(), other._by_labels()
        return ours.keys() == theirs.keys() and all(
            math.isclose(a, b, rel_tol=1e-9) or a == b or (math.isnan(a) and math.isnan(b))
            for labels, numbers in ours.items()
            for a, b in zip(numbers, theirs[labels], strict=True)
        )

    def _by_labels(self) -> dict[frozenset[tuple[str, str]], tuple[float, ...]]:
        return {frozenset(each.labels.items()): each.numbers for each in self.series}

    def __str__(self) -> str:
        """A line for a message."""
        if self.error:
            return f"error: {self.error}"
        return f"{self.kind} " + "; ".join(f"{dict(each.labels)} {each.numbers[:5]}" for each in self.series[:5])


@attrs.define(eq=False)
class Server:
    """A running one; its connection is kept, for asking thousands of times."""

    version: str
    address: str
    _connection: HTTPConnection
    asked: int = 0

    def ask(self, expr: str, at: float) -> Answer:
        """What an expression is at a time, in seconds."""
        self.asked += 1
        form = urlencode({"query": expr, "time": f"{at:.3f}"})
        headers = {"Content-Type": "application/x-www-form-urlencoded"}
        self._connection.request("POST", "/api/v1/query", form.encode(), headers)
        said = json.loads(self._connection.getresponse().read())
        return _answer(said["data"]) if said["status"] == "success" else Answer("", error=said["error"])


def _answer(data: Mapping[str, Any]) -> Answer:
    kind, result = data["resultType"], data["result"]
    if kind == "vector":
        return Answer(kind, tuple(Sampled(each["metric"], _numbers([each["value"]])) for each in result))
    if kind == "matrix":
        return Answer(
            kind, tuple(Sampled(each["metric"], _numbers(each["values"])) for each in result if "values" in each)
        )
    return Answer(kind, (Sampled({}, _numbers([result]) if kind == "scalar" else ()),))


def _numbers(pairs: list[Any]) -> tuple[float, ...]:
    return tuple(math.inf if text == "+Inf" else float(text) for _, text in pairs)


@contextmanager
def serving(binary: Path, version: str, data: Path, folder: Path) -> Iterator[Server]:
    """A server over a copy of the data, ready."""
    shutil.copytree(data, folder / "data")
    (folder / "prometheus.yml").write_text(f"global: {{evaluation_interval: {EVALUATION}s}}\n", "utf-8")
    host, port = "127.0.0.1", free_port()
    command = [
        str(binary),
        "--config.file=prometheus.yml",
        "--storage.tsdb.path=data",
        "--storage.tsdb.retention.time=100y",
        f"--web.listen-address={host}:{port}",
    ]
    with started(command, folder, folder / "log") as process:
        connection = ready(process, host, port, folder / "log")
        yield Server(version, f"{host}:{port}", connection)
        connection.close()
