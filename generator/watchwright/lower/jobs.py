"""Scrape jobs with the relabelling that the system's metrics want."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import attrs

from watchwright.model.label import one_of
from watchwright.model.metric import Metric
from watchwright.model.scrape import Job, Relabel


def jobs(declared: Iterable[Job], metrics: Iterable[Metric]) -> tuple[Job, ...]:
    """Each job drops the volatile labels of the system's metrics before anything else."""
    dropped = tuple(_volatile(metrics))
    return tuple(attrs.evolve(job, metric_relabel=dropped + job.metric_relabel) for job in declared)


def _volatile(metrics: Iterable[Metric]) -> Iterator[Relabel]:
    # `labeldrop` would drop the label from every series of the job; an empty value drops it from these alone
    owners: dict[str, list[str]] = {}
    for metric in metrics:
        for label in metric.labels:
            if label.volatile:
                owners.setdefault(label.name, []).extend(exposed.name for exposed in metric.exposed())
    for name, series in sorted(owners.items()):
        yield Relabel(sources=["__name__"], regex=one_of(sorted(series)), target=name, replacement="")
