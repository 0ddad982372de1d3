"""The declared metrics as exposition text, for people, for promtool, and for other tools' catalogues."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from watchwright.model.metric import Histogram, Info, Metric, StateSet, Summary
from watchwright.model.quantity import exact


def exposition(metrics: Iterable[Metric]) -> str:
    """HELP, TYPE and one sample of each series a client exposes; label values are the first known one."""
    return "".join(f"{line}\n" for metric in metrics for line in _family(metric))


def _family(metric: Metric) -> Iterator[str]:
    yield f"# HELP {metric.name} {_escaped(metric.help)}"
    yield f"# TYPE {metric.name} {metric.exposed_type}"
    match metric:
        case Histogram(native=False):
            yield from _classic(metric)
        case Histogram():
            yield _sample(metric, f"{metric.name}_count", 0)
            yield _sample(metric, f"{metric.name}_sum", 0)
        case Summary():
            for quantile in metric.quantiles:
                yield _sample(metric, metric.name, 0, f'quantile="{exact(quantile):f}"')
            yield _sample(metric, f"{metric.name}_sum", 0)
            yield _sample(metric, f"{metric.name}_count", 0)
        case StateSet():
            for state in metric.states:
                yield _sample(metric, metric.name, 0, f'{metric.name}="{_value(state)}"')
        case _:
            yield _sample(metric, metric.name, 1 if isinstance(metric, Info) else 0)


def _classic(metric: Histogram) -> Iterator[str]:
    for bound in (*(f"{exact(bound):f}" for bound in metric.buckets), "+Inf"):
        yield _sample(metric, f"{metric.name}_bucket", 0, f'le="{bound}"')
    if metric.has_sum:
        yield _sample(metric, f"{metric.name}_sum", 0)
    yield _sample(metric, f"{metric.name}_count", 0)


def _sample(metric: Metric, name: str, value: int, *more: str) -> str:
    labels = [f'{label.name}="{_value((*label.values, *label.reserved, "")[0])}"' for label in metric.labels]
    inside = ",".join([*labels, *more])
    return f"{name}{{{inside}}} {value}" if inside else f"{name} {value}"


def _escaped(text: str) -> str:
    return text.replace("\\", "\\\\").replace("\n", "\\n")


def _value(text: str) -> str:
    return _escaped(text).replace('"', '\\"')
