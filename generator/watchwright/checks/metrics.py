"""
Names, units and labels of metrics against the Prometheus conventions.

https://prometheus.io/docs/practices/naming/ and the linter that promtool and client_golang share.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from watchwright.finding import Finding, check
from watchwright.lower.plan import Fleet, Origin, Plan
from watchwright.model.metric import Counter, Histogram, Info, Metric, Summary
from watchwright.query.units import COUNT, NAMED, UNIT_WORDS, Unit, name_of, unit_of_name
from watchwright.query.units import unit as named

# What people write for a unit that has a longer name; promlint knows most of them
_ABBREVIATIONS = {
    "sec": "seconds",
    "secs": "seconds",
    "kb": "kB",
    "mb": "MB",
    "gb": "GB",
    "tb": "TB",
    "percentage": "percent",
}
_TYPES = ("counter", "gauge", "histogram", "summary")


@check("metric/duplicate")
def duplicate(fleet: Fleet) -> Iterator[Finding]:
    """
    Two declarations in one system expose a series of the same name.

    A name has one type, one unit and one set of labels, so the two cannot both be true. Declare the metric
    once, in a module whose name begins with `_` if several definitions share it; equal declarations are one.
    """
    for plan in fleet.plans:
        owners: dict[str, Metric] = {}
        for metric in plan.metrics:
            for exposed in metric.exposed():
                other = owners.setdefault(exposed.name, metric)
                if other is not metric:
                    hint = f"the other declaration is at {other.source.place}"
                    yield _finding(plan, metric, f"`{exposed.name}` is declared twice, differently", hint)
                    break


@check("metric/help")
def no_help(fleet: Fleet) -> Iterator[Finding]:
    """A metric has no help text. It is what people read in Grafana's metric browser and on `/metrics`."""
    for plan, metric in _metrics(fleet):
        if not metric.help.strip():
            yield _finding(plan, metric, f"`{metric.name}` has no help text", "say in a sentence what it counts")


@check("metric/name")
def name(fleet: Fleet) -> Iterator[Finding]:
    """
    A metric's name is not lower-case words joined by underscores, or names its type.

    Colons are for recorded series; the type is known from the TYPE line and may change.
    """
    for plan, metric in _metrics(fleet):
        words = metric.name.split("_")
        if not re.fullmatch(r"[a-z][a-z0-9]*(_[a-z0-9]+)*", metric.name):
            yield _finding(plan, metric, f"`{metric.name}` is not lower-case words joined by underscores")
        elif kinds := [word for word in words if word in _TYPES]:
            yield _finding(plan, metric, f"`{metric.name}` names its type, `{kinds[0]}`")


@check("metric/suffix")
def suffix(fleet: Fleet) -> Iterator[Finding]:
    """
    A metric's suffix promises another type than it has.

    Counters end in `_total` and nothing else does; `_info` is for info metrics, `_bucket`, `_count` and
    `_sum` are made by histograms and summaries. People and tools read the type off the suffix.
    """
    for plan, metric in _metrics(fleet):
        if problem := _wrong_suffix(metric):
            yield _finding(plan, metric, f"`{metric.name}` {problem}")


def _wrong_suffix(metric: Metric) -> str:
    counts = isinstance(metric, Counter)
    if counts and not metric.name.endswith("_total"):
        return "is a counter whose name does not end in `_total`"
    if metric.name.endswith("_total") and not counts:
        return "ends in `_total`, but is no counter"
    if metric.name.endswith("_info") != isinstance(metric, Info):
        return "is an info metric without `_info`" if isinstance(metric, Info) else "ends in `_info`, but is none"
    last = metric.name.rpartition("_")[2]
    if last in ("bucket", "count", "sum", "created"):
        return f"ends in `_{last}`, which clients add themselves"
    return ""


@check("metric/unit")
def unit(fleet: Fleet) -> Iterator[Finding]:
    """
    A metric is not in a base unit, or its declared unit is not what its name says.

    Seconds, bytes and ratios (0 to 1) everywhere: whoever reads the name knows what 5 means, and two metrics
    can be compared. Percentages and milliseconds are for display.
    """
    for plan, metric in _metrics(fleet):
        words = metric.name.removesuffix("_total").split("_")
        other = next((word for word in words if _base_unit(word) not in (None, word)), None)
        if other:
            yield _finding(plan, metric, f"`{metric.name}` is in {other}, the base unit is {_base_unit(other)}")
        elif problem := _contradiction(metric):
            yield _finding(plan, metric, problem)


def _base_unit(word: str) -> str | None:
    """The base unit that a word of a name should have been; None for a word that is no unit."""
    if word not in UNIT_WORDS and word not in _ABBREVIATIONS:
        return None
    measured = NAMED[_ABBREVIATIONS.get(word, word)]
    if measured.factor == 1:
        return _ABBREVIATIONS.get(word, word)
    return name_of(Unit(dimensions=measured.dimensions)) if measured.dimensions else "ratio"


def _contradiction(metric: Metric) -> str:
    if metric.unit is None or metric.unit == "count":
        return ""
    said = unit_of_name(metric.name)
    if said is None or said in (COUNT, named(metric.unit)):
        return ""
    return f"`{metric.name}` is declared in {metric.unit}, which its name contradicts"


@check("label/name")
def label_name(fleet: Fleet) -> Iterator[Finding]:
    """
    A label's name is not lower-case words joined by underscores, or belongs to Prometheus.

    `job` and `instance` are the target's, `le` and `quantile` those of histograms and summaries, names that
    begin with two underscores are internal, and `system` is set by recorded series.
    """
    for plan, metric in _metrics(fleet):
        for label in metric.labels:
            if problem := _wrong_label(metric, label.name):
                yield _finding(plan, metric, f"label `{label.name}` of `{metric.name}` {problem}")


def _wrong_label(metric: Metric, name: str) -> str:
    if name.startswith("__"):
        return "begins with two underscores, which are internal"
    if name in ("job", "instance"):
        return "belongs to the target"
    if (name == "le" and isinstance(metric, Histogram)) or (name == "quantile" and isinstance(metric, Summary)):
        return "is added by the client"
    if not re.fullmatch(r"[a-z][a-z0-9_]*", name):
        return "is not lower-case words joined by underscores"
    return ""


def _metrics(fleet: Fleet) -> Iterator[tuple[Plan, Metric]]:
    for plan in fleet.plans:
        for metric in plan.metrics:
            yield plan, metric


def _finding(plan: Plan, metric: Metric, message: str, hint: str = "") -> Finding:
    return Origin.of(plan.system, f"metric {metric.name}", metric).finding(message, hint)
