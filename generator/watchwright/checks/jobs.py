"""Scrape jobs."""

from __future__ import annotations

from collections.abc import Iterator

from watchwright.finding import Finding, check
from watchwright.lower.plan import Fleet, Origin, Plan
from watchwright.model.discovery import Kubernetes
from watchwright.model.duration import milliseconds
from watchwright.model.scrape import Job


@check("job/duplicate")
def duplicate(fleet: Fleet) -> Iterator[Finding]:
    """
    Two scrape jobs have one name, in one system or in two.

    Prometheus refuses a configuration with a job name twice. The name is also the value of the label `job`,
    by which a system knows its own series.
    """
    seen: dict[str, Job] = {}
    for plan, job in _jobs(fleet):
        other = seen.setdefault(job.name, job)
        if other is not job:
            yield _finding(plan, job, f"job `{job.name}` is defined twice", f"the other one is at {other.source.place}")


@check("job/timeout")
def timeout(fleet: Fleet) -> Iterator[Finding]:
    """A job's scrape may take longer than the time between two scrapes. Prometheus refuses that."""
    for plan, job in _jobs(fleet):
        limit = job.timeout or fleet.platform.scrape_timeout
        every = job.interval or fleet.platform.scrape_interval
        if milliseconds(limit, "timeout") > milliseconds(every, "interval"):
            yield _finding(plan, job, f"job `{job.name}` may take {limit}, but is scraped every {every}")


@check("job/brings", severity="warning")
def brings(fleet: Fleet) -> Iterator[Finding]:
    """
    A job honours the labels of what it scrapes, but does not say which values of `job` come with them.

    What a push gateway or a federated server exposes keeps the `job` it has there, so it lies outside the
    system's scope unless `brings=[...]` names it. Accept this where the system's `scope` is not its jobs.
    """
    for plan, job in _jobs(fleet):
        if job.honor_labels and not job.brings and plan.system.scope is None and not _recorded_only(job):
            yield _finding(plan, job, f"job `{job.name}` honours labels, and names none that it brings")


def _recorded_only(job: Job) -> bool:
    """Whether a federation reads recorded series alone, which are known by their `system`."""
    selectors = job.params.get("match[]", ())
    return bool(selectors) and all(":" in selector.split("{")[0] for selector in selectors)


@check("job/mixed-discovery")
def mixed_discovery(fleet: Fleet) -> Iterator[Finding]:
    """
    A job discovers targets from Kubernetes, and from somewhere else too.

    Keeping one named port, and naming the object on each series, are relabelling steps of the whole job:
    they would drop the other targets, or take their labels. Make two jobs of it.
    """
    for plan, job in _jobs(fleet):
        if len(job.discovery) > 1 and any(isinstance(each, Kubernetes) for each in job.discovery):
            message = f"job `{job.name}` discovers from Kubernetes and from somewhere else"
            yield _finding(plan, job, message, "make it two jobs")


def _jobs(fleet: Fleet) -> Iterator[tuple[Plan, Job]]:
    return ((plan, job) for plan in fleet.plans for job in plan.jobs)


def _finding(plan: Plan, job: Job, message: str, hint: str = "") -> Finding:
    return Origin.of(plan.system, f"job {job.name}", job).finding(message, hint)
