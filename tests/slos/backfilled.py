"""
A real Prometheus whose past is replayed: samples as they were scraped, and rules evaluated at the times of their groups.

Half an hour at a time is written and evaluated, by the engine of the server itself: a range query takes the steps that
a group's evaluations take, and what a rule records is written back, with a stale marker where a series of it ends. So
all is written in the order of time, as a head takes it on every version, and nothing waits for the clock.
"""

from __future__ import annotations

import json
import math
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from http.client import HTTPConnection
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import attrs
import remote
import yaml
from remote import Sample, Series

from processes import free_port, ready, started

#: Second 0 of all that is replayed.
EPOCH = 1_699_999_200
_COMPACTED_WITHIN, _ANSWERS_WITHIN = 60, 300  # seconds
_CHUNK = 1_800  # a head takes what is an hour old at most
_LONG_DAYS = "100y"


@attrs.frozen(eq=False)
class Line:
    """One series of an answer: its labels, and its values by milliseconds."""

    labels: Mapping[str, str]
    values: Sequence[tuple[int, float]]


@attrs.define(eq=False)
class Server:
    """A running Prometheus that scrapes nothing."""

    version: str
    address: str
    folder: Path
    _connection: HTTPConnection

    def write(self, series: Sequence[Series]) -> None:
        """Samples, none of them older than an hour, or than those of its own series."""
        if not series:
            return
        headers = {
            "Content-Encoding": "snappy",
            "Content-Type": "application/x-protobuf",
            "X-Prometheus-Remote-Write-Version": "0.1.0",
        }
        self._connection.request("POST", "/api/v1/write", remote.request(series), headers)
        response = self._connection.getresponse()
        said = response.read()
        assert response.status // 100 == 2, said

    def at(self, expr: str, seconds: float) -> list[Line]:
        """What an expression is at a time."""
        data = self._ask("query", {"query": expr, "time": f"{EPOCH + seconds:.3f}"})
        return [_line(each["metric"], [each["value"]]) for each in data["result"]]

    def number(self, expr: str, seconds: float) -> float:
        """The one number that it is."""
        ((_, value),) = (pair for line in self.at(expr, seconds) for pair in line.values)
        return value

    def over(self, expr: str, first: float, last: float, step: float) -> list[Line]:
        """What an expression is at several times."""
        form = {"query": expr, "start": f"{EPOCH + first:.3f}", "end": f"{EPOCH + last:.3f}", "step": f"{step}"}
        return [_line(each["metric"], each["values"]) for each in self._ask("query_range", form)["result"]]

    def stamp(self, seconds: float) -> int:
        """A time as samples have it."""
        return round((EPOCH + seconds) * 1000)

    def read(self, expr: str, seconds: float) -> int:
        """How many samples an expression reads."""
        data = self._ask("query", {"query": expr, "time": f"{EPOCH + seconds:.3f}", "stats": "all"})
        return int(data["stats"]["samples"]["totalQueryableSamples"])

    def compacted(self, seconds: float) -> None:
        """Wait until all that is older is in blocks, as it is where time goes by at its own pace."""
        until = time.monotonic() + _COMPACTED_WITHIN
        while self._ask("status/tsdb", {})["headStats"]["minTime"] < self.stamp(seconds):
            assert time.monotonic() < until, "the head is not compacted"
            time.sleep(0.2)

    def _ask(self, what: str, form: Mapping[str, str]) -> Any:
        headers = {"Content-Type": "application/x-www-form-urlencoded"}
        method, body = ("POST", urlencode(form).encode()) if form else ("GET", None)
        self._connection.request(method, f"/api/v1/{what}", body, headers)
        said = json.loads(self._connection.getresponse().read())
        assert "success" == said["status"], (form, said)
        return said["data"]


def _line(labels: Mapping[str, str], values: Sequence[tuple[float, str]]) -> Line:
    return Line(labels, [(round(at * 1000), float(value)) for at, value in values])


@contextmanager
def prometheus(binary: Path, version: str, folder: Path) -> Iterator[Server]:
    """A Prometheus, ready; what is in `data` of the folder is kept."""
    folder.mkdir(exist_ok=True, parents=True)
    (folder / "prometheus.yml").write_text("global: {evaluation_interval: 1m}\n", "utf-8")
    host, port = "127.0.0.1", free_port()
    command = [
        str(binary),
        "--config.file=prometheus.yml",
        "--storage.tsdb.path=data",
        f"--storage.tsdb.retention.time={_LONG_DAYS}",
        "--web.enable-remote-write-receiver",
        f"--web.listen-address={host}:{port}",
    ]
    with started(command, folder, folder / "log") as process:
        connection = ready(process, host, port, folder / "log", answers_within=_ANSWERS_WITHIN)
        yield Server(version, f"http://{host}:{port}", folder, connection)
        connection.close()


# Rules --------------------------------------------------------------------------------------------------


@attrs.define(eq=False)
class Rule:
    """
    A rule of a rendered file; *phase* and *interval* are its group's, and *since* is when it begins to be evaluated.

    *present* is what it made at last, *found* all times at which it made something; *for_* is an alert's.
    """

    name: str
    expr: str
    labels: Mapping[str, str]
    records: bool
    interval: float
    phase: float
    for_: float = 0.0
    since: float = 0.0
    present: dict[frozenset[tuple[str, str]], Mapping[str, str]] = attrs.field(factory=dict)
    found: list[float] = attrs.field(factory=list)

    @property
    def firing(self) -> list[float]:
        """The times at which an alert fires: where it has been true for as long as it says."""
        fired, begin, before = [], 0.0, -math.inf
        for at in self.found:
            begin = at if at - before > 1.5 * self.interval else begin
            before = at
            if at - begin >= self.for_:
                fired.append(at)
        return fired

    def window(self) -> str:
        """The window that it is recorded for."""
        return self.labels.get("window", "")


def rules(file: Path, slo: str, phase: float) -> list[Rule]:
    """The rules of one SLO in a rendered file, in their order; its group begins *phase* seconds late."""
    groups = [each for each in yaml.safe_load(file.read_text("utf-8"))["groups"] if each["name"].endswith(f"-{slo}")]
    return [
        Rule(
            name=each.get("record") or each["alert"],
            expr=each["expr"],
            labels=each.get("labels", {}),
            records="record" in each,
            interval=_seconds(group["interval"]),
            phase=phase,
            for_=_seconds(each.get("for", "0s")),
        )
        for group in groups
        for each in group["rules"]
    ]


def _seconds(text: str) -> float:
    return float(text[:-1]) * {"s": 1, "m": 60, "h": 3600}[text[-1]]


@attrs.define(eq=False, kw_only=True)
class Replay:
    """
    What a server is told, half an hour after half an hour: samples as scraped, then what rules make of them.

    *rules* are evaluated in their order: what records before what reads it, and alerts last. *down* is when the server
    itself would not have been running.
    """

    server: Server
    rules: Sequence[Rule]
    samples: Sequence[Series]
    down: Sequence[tuple[float, float]] = ()
    _read: list[int] = attrs.field(init=False)

    def __attrs_post_init__(self) -> None:
        self._read = [0] * len(self.samples)

    def run(self, first: float, last: float) -> None:
        """All of it, with evaluations from the first second on."""
        begin = 0.0
        while begin < last:
            end = min(last, begin + _CHUNK)
            self.server.write(list(self._scraped(end)))
            for rule in self.rules:
                for run in _runs(rule, max(begin, first, rule.since), end, self.down):
                    self._evaluate(rule, run)
            begin = end

    def _scraped(self, until: float) -> Iterator[Series]:
        limit = (EPOCH + until) * 1000
        for place, (labels, samples) in enumerate(self.samples):
            begin = end = self._read[place]
            while end < len(samples) and samples[end][0] < limit:
                end += 1
            if end > begin:
                yield labels, samples[begin:end]
            self._read[place] = end

    def _evaluate(self, rule: Rule, times: Sequence[float]) -> None:
        lines = self.server.over(rule.expr, times[0], times[-1], rule.interval)
        stamps = [round((EPOCH + each) * 1000) for each in times]
        if rule.records:
            self.server.write(list(_recorded(rule, lines, stamps)))
        rule.found += sorted({at / 1000 - EPOCH for line in lines for at, _ in line.values})


def _runs(rule: Rule, begin: float, end: float, down: Sequence[tuple[float, float]]) -> Iterator[list[float]]:
    """The times of evaluations from *begin* to before *end*, apart where the server was down."""
    count = -(-(begin - rule.phase) // rule.interval)
    run: list[float] = []
    while (at := rule.phase + count * rule.interval) < end:
        if not any(start <= at < stop for start, stop in down):
            run.append(at)
        elif run:
            yield run
            run = []
        count += 1
    if run:
        yield run


def _recorded(rule: Rule, lines: Sequence[Line], stamps: Sequence[int]) -> Iterator[Series]:
    """What a rule writes: its series, and that they end where an evaluation has them no more."""
    labelled: dict[frozenset[tuple[str, str]], Mapping[str, str]] = dict(rule.present)
    made: dict[frozenset[tuple[str, str]], dict[int, float]] = {}
    for line in lines:
        labels: Mapping[str, str] = {**line.labels, **rule.labels, "__name__": rule.name}
        key = frozenset(labels.items())
        labelled[key] = labels
        # another branch of the expression may bring the very same series at other times
        made.setdefault(key, {}).update(line.values)
    before, rule.present = rule.present, {}
    for key, its_labels in labelled.items():
        values = made.get(key, {})
        yield its_labels, _with_ends(values, stamps, is_there=key in before)
        if stamps[-1] in values:
            rule.present[key] = its_labels


def _with_ends(values: Mapping[int, float], stamps: Sequence[int], *, is_there: bool) -> list[Sample]:
    """The samples of a series, with a stale marker where it was there an evaluation before."""
    samples: list[Sample] = []
    for at in stamps:
        if at in values or is_there:
            samples.append((at, values.get(at)))
        is_there = at in values
    return samples
