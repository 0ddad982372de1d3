"""Alerts."""

from __future__ import annotations

from collections.abc import Iterator

from watchwright.finding import Finding, check
from watchwright.lower import names
from watchwright.lower.plan import Alerting, Fleet, Plan

_RESERVED = (names.SYSTEM, names.OWNER, names.SEVERITY, "alertname", "alertstate")


@check("alert/duplicate")
def duplicate(fleet: Fleet) -> Iterator[Finding]:
    """
    Two alerts of one system have the same name.

    Whoever is woken by the name cannot tell which of the two it was, and acknowledging one hides the other.
    The alert that each job brings is named after the job.
    """
    for plan in fleet.plans:
        seen: dict[str, Alerting] = {}
        for alert in _alerts(plan):
            other = seen.setdefault(alert.alert, alert)
            if other is not alert:
                hint = f"the other one is at {other.origin.source.place}"
                yield alert.origin.finding(f"alert `{alert.alert}` is defined twice", hint)


@check("alert/severity")
def severity(fleet: Fleet) -> Iterator[Finding]:
    """An alert has a severity that the platform does not list. Routes go by severity: nobody would hear of it."""
    known = fleet.platform.severities
    for alert in _all(fleet):
        if alert.labels[names.SEVERITY] not in known:
            given = alert.labels[names.SEVERITY]
            yield alert.origin.finding(
                f"`{given}` is no severity of the platform", f"severities are {', '.join(known)}"
            )


@check("alert/reserved-label")
def reserved_label(fleet: Fleet) -> Iterator[Finding]:
    """
    An alert sets a label that identifies it: `system`, `owner`, `severity`, `alertname` or `alertstate`.

    They are set from the system and the alert, so that routes and inhibition can rely on them.
    """
    for plan in fleet.plans:
        own = {alert.name: alert for alert in plan.system.alerts}
        for alert in _alerts(plan):
            for label in own[alert.alert].labels if alert.alert in own else ():
                if label in _RESERVED:
                    yield alert.origin.finding(f"alert `{alert.alert}` sets the label `{label}` itself")


@check("alert/no-for", severity="warning")
def no_for(fleet: Fleet) -> Iterator[Finding]:
    """
    An alert fires at the first evaluation in which its expression holds.

    A single bad scrape or a restart is enough to wake somebody. Say how long the condition must hold with
    `for_`, or accept this with the reason why one sample is enough.
    """
    for alert in _all(fleet):
        if alert.for_ in (None, "0", "0s"):
            yield alert.origin.finding(f"alert `{alert.alert}` has no `for_`")


@check("alert/summary")
def no_summary(fleet: Fleet) -> Iterator[Finding]:
    """An alert has no summary. It is the line that somebody reads on a telephone at night."""
    for alert in _all(fleet):
        if not alert.annotations.get("summary", "").strip():
            yield alert.origin.finding(f"alert `{alert.alert}` has no summary")


@check("alert/panel", severity="warning")
def no_panel(fleet: Fleet) -> Iterator[Finding]:
    """
    A system has dashboards, and none of their panels shows the signal of an alert.

    Whoever is woken by it looks for a graph of it first: name the alert in `alerts=` of the panel, and it links
    there, with its labels as the board's variables, and the panel shows its threshold.
    """
    for plan in fleet.plans:
        own = {alert.name for alert in plan.system.alerts}
        for alert in _alerts(plan):
            if plan.boards and alert.alert in own and alert.shown is None:
                yield alert.origin.finding(f"no panel shows `{alert.alert}`", "name it in `alerts=` of a panel")


def _alerts(plan: Plan) -> Iterator[Alerting]:
    return (rule for rule in plan.rules if isinstance(rule, Alerting))


def _all(fleet: Fleet) -> Iterator[Alerting]:
    return (alert for plan in fleet.plans for alert in _alerts(plan))
