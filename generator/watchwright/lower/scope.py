"""The matchers that pick a system's own series out of everything one Prometheus holds."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from watchwright.lower import names
from watchwright.model.label import one_of
from watchwright.model.metric import Metric
from watchwright.model.rule import RecordingRule
from watchwright.model.system import System
from watchwright.query.tree import Matcher, Selector
from watchwright.semantics.values import matched, narrowed, takes


def job_values(system: System) -> tuple[str, ...]:
    """The values of `job` on the system's series: its jobs, and what those that honour foreign labels bring."""
    return tuple(dict.fromkeys(value for job in system.jobs for value in (job.name, *job.brings)))


def system_scope(system: System) -> tuple[Matcher, ...]:
    """The matchers for metrics that the system exposes itself."""
    if system.scope is not None:
        return system.scope
    return job_scope(system)


def job_scope(system: System) -> tuple[Matcher, ...]:
    """The matcher for whatever has the system's jobs, its own metrics or not."""
    jobs = job_values(system)
    if not jobs:
        return ()
    return (Matcher("job", "=", jobs[0]) if len(jobs) == 1 else Matcher("job", "=~", one_of(jobs)),)


def scope_of(declared: Metric | RecordingRule | None, system: System) -> tuple[Matcher, ...]:
    """The matchers for one declared metric or recorded series; what is not declared is taken for the system's own."""
    if isinstance(declared, RecordingRule):
        return (Matcher(names.SYSTEM, "=", system.name),)
    match declared.scope if declared is not None else "own":
        case "own":
            return system_scope(system)
        case "jobs":
            return job_scope(system)
        case "system":
            return (Matcher(names.SYSTEM, "=", system.name),)
        case matchers:
            return tuple(matchers)


def scoped(selector: Selector, scope: Iterable[Matcher]) -> Selector:
    """The selector with those matchers of the scope that it does not settle itself."""
    added = tuple(matcher for matcher in scope if not _settled(selector, matcher))
    if not added:
        return selector
    return Selector(selector.name, selector.matchers + added, span=selector.span, written=selector.written)


def contradictions(selector: Selector, scope: Iterable[Matcher]) -> Iterator[tuple[Matcher, Matcher]]:
    """The matchers of a selector that leave nothing of what the scope allows, each with the scope's."""
    for matcher in scope:
        for own in selector.matchers:
            if own.label == matcher.label != names.SYSTEM and "$" not in own.value and _excluded(own, matcher):
                yield own, matcher


def _excluded(own: Matcher, scope: Matcher) -> bool:
    allowed = matched(scope)
    if allowed is None:
        return own.op == "=" and takes(scope, own.value) is False
    return narrowed(allowed, own).is_none


def _settled(selector: Selector, scope: Matcher) -> bool:
    """
    Whether the selector says more about the label than the scope does.

    Any matcher on `system` is an author who looks over systems and says so; one value of several that
    the scope allows is narrower than the scope.
    """
    if scope.label == names.SYSTEM and any(own.label == "sloth_id" for own in selector.matchers):
        return True  # the series of an SLO with Sloth's names have no `system`
    for own in selector.matchers:
        if own.label != scope.label:
            continue
        if own == scope or own.label == names.SYSTEM:
            return True
        if own.op == "=" and scope.op == "=~" and _matches(scope.value, own.value):
            return True
    return False


def _matches(pattern: str, value: str) -> bool:
    # RE2 and Python agree on what people write in a scope; where Python cannot read it, the scope is kept
    try:
        return re.fullmatch(pattern, value) is not None
    except re.error:
        return False
