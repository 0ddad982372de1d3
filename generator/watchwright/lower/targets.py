"""The labels that series get from where they were scraped: of the target, by relabelling, from what is honoured."""

from __future__ import annotations

import functools
import operator
from collections.abc import Iterable

from watchwright.lower.shards import brought
from watchwright.model.discovery import Discovery, Kubernetes, Static
from watchwright.model.platform import Platform
from watchwright.model.scrape import Job, Relabel
from watchwright.query.tree import Matcher
from watchwright.semantics.labels import NAME, Labels
from watchwright.semantics.values import ABSENT, ANY, PRESENT, Values, compiled, only, takes


def target_labels(jobs: Iterable[Job]) -> Labels:
    """The labels of all targets of some jobs; where there is no job, they may be any."""
    found = [_job_labels(job, discovery) for job in jobs for discovery in job.discovery]
    return functools.reduce(operator.or_, found) if found else Labels({}, ANY)


def watched_labels(jobs: Iterable[Job], platform: Platform) -> Labels:
    """The labels of all targets of some jobs where the rules are: those with what shards add."""
    labels = target_labels(jobs)
    for name, values in brought(platform).items():
        # a series that has the label keeps its own value
        labels = labels.put(name, only(*values) if labels.lacks(name) else ANY)
    return labels


def _job_labels(job: Job, discovery: Discovery) -> Labels:
    labels = _relabelled(_discovered(job, discovery), job.relabel, "")
    visible = {name: values for name, values in labels.known.items() if not name.startswith("__")}
    # Prometheus sets it from the address once relabelling has left it empty
    own = visible.get("instance", ABSENT)
    visible["instance"] = own if "" not in own else (own - ABSENT) | PRESENT
    if not job.honor_labels:
        return Labels(visible, labels.rest)
    # what is scraped brings labels of its own, in the place of the target's
    return Labels({"job": only(job.name, *job.brings) if job.brings else ANY}, ANY)


def _discovered(job: Job, discovery: Discovery) -> Labels:
    labels = {"job": only(job.name), "instance": PRESENT}
    if isinstance(discovery, Static):
        readdressed = any(step.target in ("__address__", "instance") for step in job.relabel)
        # older ones add the port that an address lacks
        portless = any(":" not in target.rpartition("]")[2] for target in discovery.targets)
        labels["instance"] = PRESENT if readdressed or portless else only(*discovery.targets)
        labels |= {name: only(value) for name, value in discovery.labels.items()}
        return Labels(labels)
    if isinstance(discovery, Kubernetes):
        return Labels(labels)
    return Labels(labels, ANY)  # a file, or whoever answers, may give a target any label


def after_scrape(labels: Labels, jobs: Iterable[Job]) -> Labels:
    """The labels of a metric's series after the relabelling of samples."""
    name = next(iter(labels.of(NAME).listed), "")
    found = [_relabelled(labels, job.metric_relabel, name) for job in jobs if job.metric_relabel]
    if not found:
        return labels
    kept = [labels] if any(not job.metric_relabel for job in jobs) else []
    return functools.reduce(operator.or_, (*kept, *found))


def _relabelled(labels: Labels, steps: Iterable[Relabel], name: str) -> Labels:
    for step in steps:
        labels = _RULES.get(step.action, _unchanged)(labels, step, name)
    return labels


def _unchanged(labels: Labels, _step: Relabel, _name: str) -> Labels:
    return labels


def _replaced(labels: Labels, step: Relabel, name: str) -> Labels:
    target = step.target or ""
    if "$" in target:
        return Labels({each: values | ANY for each, values in labels.known.items()}, ANY)
    if step.sources == (NAME,) and step.regex is not None and name:
        matches = takes(Matcher(NAME, "=~", step.regex), name)
        if matches is not None:
            return labels.put(target, _replacement(labels, step)) if matches else labels
    certain = step.regex in (None, "(.*)", ".*")
    after = _replacement(labels, step)
    return labels.put(target, after if certain else labels.of(target) | after)


def _replacement(labels: Labels, step: Relabel) -> Values:
    if step.replacement is not None and "$" not in step.replacement:
        return only(step.replacement)
    copied = step.replacement in (None, "$1", "${1}") and step.regex in (None, "(.*)") and len(step.sources) == 1
    return labels.known.get(step.sources[0], ANY) if copied else ANY


def _hashed(labels: Labels, step: Relabel, _name: str) -> Labels:
    return labels.put(step.target or "", PRESENT)


def _cased(labels: Labels, step: Relabel, _name: str) -> Labels:
    return labels.put(step.target or "", ANY)


def _mapped(labels: Labels, _step: Relabel, _name: str) -> Labels:
    # labels of the discovery become labels of the series, under names that only it knows
    return Labels({each: values | ANY for each, values in labels.known.items()}, ANY)


def _dropped(labels: Labels, step: Relabel, _name: str) -> Labels:
    pattern = compiled(step.regex or "(.*)")
    known = dict(labels.known)
    for label, values in labels.known.items():
        if pattern is None:
            known[label] = values | ABSENT
        elif (pattern.fullmatch(label) is not None) == (step.action == "labeldrop") and not label.startswith("__"):
            known[label] = ABSENT
    return Labels(known, labels.rest)


_RULES = {
    "replace": _replaced,
    "lowercase": _cased,
    "uppercase": _cased,
    "hashmod": _hashed,
    "labelmap": _mapped,
    "labeldrop": _dropped,
    "labelkeep": _dropped,
}
