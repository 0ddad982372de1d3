"""Systems as wholes."""

from __future__ import annotations

from collections.abc import Iterator

from watchwright.finding import Finding, check
from watchwright.lower.plan import Fleet, Origin


@check("system/unscoped", severity="warning")
def unscoped(fleet: Fleet) -> Iterator[Finding]:
    """
    A system has metrics, but neither jobs nor a scope that pick its series out.

    Its rules and boards would read every series of these names on the Prometheus, other systems' too. List its
    `jobs`, or say `scope={"namespace": "shop"}`; `scope={}` says that nobody else has such metrics.
    """
    for plan in fleet.plans:
        system = plan.system
        if plan.metrics and not system.jobs and system.scope is None:
            origin = Origin(source=system.source, subject=system.name, accept=system.accept)
            yield origin.finding(f"system `{system.name}` has metrics, but no jobs and no scope")
