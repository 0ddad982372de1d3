"""A small declared world, and the very same world as samples that a real Prometheus answers about."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from decimal import Decimal
from itertools import product
from pathlib import Path
from subprocess import run

import attrs

from watchwright.query.units import NAMED, MetricUnit
from watchwright.semantics.labels import NAME, Labels
from watchwright.semantics.numbers import ANYTHING, NOT_NEGATIVE, ONE, TRUTH, Numbers
from watchwright.semantics.values import ANY, PRESENT, Values, only
from watchwright.semantics.world import Samples, Series, World

#: Second 0 of the data, how long it goes on, and how often there is a sample. Blocks begin at multiples of two hours.
EPOCH, LENGTH, STEP = 1_699_999_200, 7_200, 30
#: Some counters start again then, and so do some series vanish; others are born.
RESTART, VANISHING, BIRTH = 3_000, 4_200, 3_600
#: When is asked: between two samples and before the births; after all that happens; and right behind the last sample.
TIMES = (EPOCH + 2_000.5, EPOCH + 5_000.0, EPOCH + LENGTH + 20.0)

#: The value of a series in a second; None where it has no sample.
Course = Callable[[int], float | None]
LabelSet = Mapping[str, str]


@attrs.frozen(eq=False, kw_only=True)
class Metric:
    """A metric as it is declared, and the series that it has."""

    declared: Series
    series: Sequence[tuple[LabelSet, Course]]


def world() -> World:
    """What is declared."""
    return World({each.declared.name: each.declared for each in METRICS})


def lines() -> Iterator[str]:
    """The samples as OpenMetrics."""
    for name, labels, course in (*_all_series(), *STRAYS):
        written = ",".join(f'{label}="{_escaped(value)}"' for label, value in sorted(labels.items()) if value)
        for second in range(0, LENGTH + 1, STEP):
            value = course(second)
            if value is not None:
                yield f"{name}{{{written}}} {value!r} {EPOCH + second}\n"
    yield "# EOF\n"


def blocks(promtool: Path, folder: Path) -> Path:
    """The samples as a server's data folder."""
    file, data = folder / "samples.txt", folder / "data"
    file.write_text("".join(lines()), "utf-8")
    data.mkdir()
    command = [str(promtool), "tsdb", "create-blocks-from", "openmetrics", str(file), str(data)]
    made = run(command, capture_output=True, text=True, check=False)
    assert 0 == made.returncode, made.stdout[-2000:] + made.stderr[-2000:]
    return data


def _all_series() -> Iterator[tuple[str, LabelSet, Course]]:
    for metric in METRICS:
        for labels, course in metric.series:
            yield metric.declared.name, labels, course


def _escaped(value: str) -> str:
    return value.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")


# Courses ----------------------------------------------------------------------------------------------------


def climbing(per_step: float, *, start: float = 0.0) -> Course:
    """A counter that never starts again."""
    return lambda second: start + (second // STEP) * per_step


def restarting(per_step: float, *, start: float = 0.0) -> Course:
    """A counter whose process starts again once."""
    return lambda second: (start if second < RESTART else 0.0) + (second % RESTART // STEP) * per_step


def swinging(middle: float, width: float, period: float) -> Course:
    """A gauge that goes up and down, in whole tenths."""
    return lambda second: round(middle + width * math.sin(2 * math.pi * second / period), 1)


def constant(value: float) -> Course:
    """A gauge that does not move."""
    return lambda second: value


def flapping(period: int) -> Course:
    """1, and 0 every now and then."""
    return lambda second: 0.0 if second % period < period / 5 else 1.0


def late(course: Course) -> Course:
    """Born when the others are long there."""
    return lambda second: course(second - BIRTH) if second >= BIRTH else None


def vanishing(course: Course) -> Course:
    """Gone for good."""
    return lambda second: course(second) if second < VANISHING else None


def gappy(course: Course) -> Course:
    """Away for ten minutes of twenty."""
    return lambda second: course(second) if second % 1200 < 600 else None


# Metrics ----------------------------------------------------------------------------------------------------

_JOB, _DB = {"job": "shop"}, {"job": "db", "instance": "db:9"}
_INSTANCES = ({**_JOB, "instance": "i0"}, {**_JOB, "instance": "i1"})
_TARGET = {"job": only("shop"), "instance": only("i0", "i1")}
_DB_TARGET = {"job": only("db"), "instance": only("db:9")}

#: Texts with every sign that PromQL, regular expressions or OpenMetrics read in a way of their own.
AWKWARD = ('say "hi"', "back\\slash", "x|y", ".*", "a+b", "two\nlines", "ünïcode", "$cash", "{brace}", "a.b", "aa")

BOUNDS, DB_BOUNDS = ("0.1", "0.5", "2.5"), ("0.5", "1", "10")


def _declared(name: str, samples: Samples, labels: Mapping[str, Values], numbers: Numbers, **more: object) -> Series:
    known = Labels({**labels, NAME: only(name)})
    return Series(name=name, samples=samples, labels=known, numbers=numbers, interval=STEP * 1000, **more)  # type: ignore[arg-type]


def _unit(name: str) -> MetricUnit:
    return MetricUnit(NAMED[name])


def _histogram(
    name: str, target: LabelSet, labels: Mapping[str, Values], bounds: Sequence[str], paths: Sequence[LabelSet]
) -> list[Metric]:
    finite = tuple(map(Decimal, bounds))
    spellings = only("+Inf", *bounds, *(f"{float(bound)}" for bound in bounds))
    buckets, counts, sums = [], [], []
    for number, path in enumerate(paths):
        own = {**target, **path}
        most = 4.0 + number
        for place, bound in enumerate((*bounds, "+Inf")):
            share = (place + 1) / (len(bounds) + 1)
            buckets.append(({**own, "le": bound}, restarting(math.floor(most * share), start=100.0 * (place + 1))))
        counts.append((own, restarting(most, start=100.0 * (len(bounds) + 1))))
        sums.append((own, restarting(most * 0.75, start=100.0)))
    return [
        Metric(
            declared=_declared(
                f"{name}_bucket", "bucket", {**labels, "le": spellings}, NOT_NEGATIVE, buckets=finite,
                unit=MetricUnit(NAMED["count"], NAMED["seconds"]),
            ),
            series=buckets,
        ),
        Metric(declared=_declared(f"{name}_count", "counter", labels, NOT_NEGATIVE, unit=_unit("count")), series=counts),
        Metric(declared=_declared(f"{name}_sum", "counter", labels, NOT_NEGATIVE, unit=_unit("seconds")), series=sums),
    ]  # fmt: skip


def _request(code: str, instance: str, method: str) -> Course:
    """How one of the shop's counters goes: some restart, one is idle, and one is born late."""
    per_step = {"200": 40.0, "404": 3.0, "500": 1.0}[code]
    if (code, method) == ("404", "POST"):
        return climbing(0.0, start=7.0) if instance == "i0" else late(climbing(per_step))
    return restarting(per_step, start=500.0) if instance == "i1" else climbing(per_step)


def _of_whole_shop(second: int) -> float:
    """All the counters of requests added up, as a rule would record them."""
    return sum(value for _, course in REQUESTS if (value := course(second)) is not None)


REQUESTS: tuple[tuple[LabelSet, Course], ...] = tuple(
    ({**target, "code": code, "method": method}, _request(code, target["instance"], method))
    for target, code, method in product(_INSTANCES, ("200", "404", "500"), ("GET", "POST"))
    if (code, method) != ("500", "POST")
)

METRICS: tuple[Metric, ...] = (
    Metric(
        # `503` is declared and never occurs; the method's values are not known
        declared=_declared(
            "shop_requests_total", "counter",
            {**_TARGET, "code": only("200", "404", "500", "503"), "method": PRESENT}, NOT_NEGATIVE, unit=_unit("count"),
        ),
        series=REQUESTS,
    ),
    Metric(
        declared=_declared("shop_errors_total", "counter", {**_TARGET, "kind": only(*AWKWARD)}, NOT_NEGATIVE),
        series=[
            ({**_INSTANCES[number % 2], "kind": kind}, restarting(number % 4, start=10.0 * number))
            for number, kind in enumerate(AWKWARD)
        ],
    ),
    Metric(
        declared=_declared("shop_queue_depth", "gauge", {**_TARGET, "queue": only("", "hi", "lo")}, ANYTHING),
        series=[
            ({**target, "queue": queue}, swinging(2.0, 9.0, 900.0 + 100 * len(queue)))
            for target, queue in product(_INSTANCES, ("", "hi", "lo"))
        ],
    ),
    Metric(
        declared=_declared(
            "shop_temperature_celsius", "gauge", {**_TARGET, "zone": PRESENT}, Numbers(-40.0, 60.0), unit=_unit("celsius")
        ),
        series=[({**target, "zone": f"z{number}"}, swinging(-5.0, 20.0, 2400.0)) for number, target in enumerate(_INSTANCES)],
    ),
    Metric(
        declared=_declared("up", "truth", {"job": only("shop", "db"), "instance": only("i0", "i1", "db:9")}, TRUTH),
        series=[(_INSTANCES[0], flapping(1500)), (_INSTANCES[1], constant(1.0)), (_DB, flapping(6000))],
    ),
    Metric(
        declared=_declared(
            "shop_build_info", "info", {**_TARGET, "version": PRESENT, "branch": only("main", "dev")}, ONE
        ),
        series=[({**target, "version": f"1.{number}", "branch": "main"}, constant(1.0)) for number, target in enumerate(_INSTANCES)],
    ),
    *_histogram(
        "shop_latency_seconds", _INSTANCES[0], {**_TARGET, "path": only("/a", "/b")}, BOUNDS, [{"path": "/a"}, {"path": "/b"}]
    ),
    *_histogram("db_latency_seconds", _DB, _DB_TARGET, DB_BOUNDS, [{}]),
    Metric(
        declared=_declared(
            "db_wait_seconds", "quantile", {**_DB_TARGET, "quantile": only("0.5", "0.9")}, ANYTHING, unit=_unit("seconds")
        ),
        series=[({**_DB, "quantile": "0.5"}, swinging(1.0, 0.5, 700.0)), ({**_DB, "quantile": "0.9"}, swinging(2.0, 0.5, 700.0))],
    ),
    Metric(
        declared=_declared("db_wait_seconds_sum", "counter", _DB_TARGET, ANYTHING, unit=_unit("seconds")),
        series=[(_DB, climbing(2.5))],
    ),
    Metric(
        declared=_declared("db_wait_seconds_count", "counter", _DB_TARGET, NOT_NEGATIVE, unit=_unit("count")),
        series=[(_DB, climbing(2.0))],
    ),
    Metric(
        declared=_declared("shop_backup_timestamp_seconds", "timestamp", _TARGET, ANYTHING, unit=_unit("seconds")),
        series=[(target, constant(float(EPOCH - 86_400 * number))) for number, target in enumerate(_INSTANCES)],
    ),
    Metric(
        declared=_declared("shop_memory_bytes", "gauge", _TARGET, NOT_NEGATIVE, unit=_unit("bytes")),
        series=[(target, swinging(5e8, 3e8, 3000.0)) for target in _INSTANCES],
    ),
    Metric(
        declared=_declared("shop_uptime_seconds", "gauge", _TARGET, NOT_NEGATIVE, unit=_unit("seconds")),
        series=[(target, climbing(30.0)) for target in _INSTANCES],
    ),
    Metric(
        declared=_declared("shop_late", "gauge", {"job": only("shop")}, ANYTHING),
        series=[(_JOB, late(swinging(-3.0, 5.0, 800.0)))],
    ),
    Metric(
        declared=_declared("shop_gone_total", "counter", _TARGET, NOT_NEGATIVE),
        series=[(_INSTANCES[0], vanishing(climbing(3.0))), (_INSTANCES[1], gappy(climbing(1.0)))],
    ),
    Metric(declared=_declared("shop_never_total", "counter", _TARGET, NOT_NEGATIVE), series=[]),
    Metric(
        # as a rule would record it
        declared=attrs.evolve(
            _declared("job:shop_failures:ratio", "ratio", {"job": only("shop")}, Numbers(0.0, 1.0)), recorded=True
        ),
        series=[(_JOB, lambda second: second % 900 / 900)],
    ),
    Metric(
        declared=attrs.evolve(_declared("shop_requests:sum", "merged", {}, NOT_NEGATIVE), recorded=True),
        series=[({}, _of_whole_shop)],
    ),
    Metric(declared=_declared("lone", "gauge", {}, Numbers(1.0, 9.0, zero=False)), series=[({}, swinging(5.0, 4.0, 600.0))]),
    Metric(
        # what a gateway brings may have any label, and what is not declared may be there or not
        declared=attrs.evolve(
            _declared("pushed_depth", "gauge", {"job": only("push"), "step": ANY}, ANYTHING),
            labels=Labels({NAME: only("pushed_depth"), "job": only("push"), "step": ANY}, ANY),
        ),
        series=[
            ({"job": "push", "instance": "p", "step": "one", "extra": "e"}, swinging(1.0, 3.0, 500.0)),
            ({"job": "push", "instance": "i0", "code": "200"}, constant(0.0)),
        ],
    ),
)  # fmt: skip

#: Series of names that nobody declared.
STRAYS: tuple[tuple[str, LabelSet, Course], ...] = (
    ("stray", {"job": "shop", "instance": "i0", "code": "200", "extra": "e"}, swinging(0.0, 5.0, 700.0)),
    ("stray", {"job": "shop", "instance": "i1", "version": "1.1"}, constant(-2.0)),
    ("stray_total", {"job": "shop", "instance": "i0"}, climbing(1.0)),
)
