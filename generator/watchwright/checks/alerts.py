"""Alerts."""

from __future__ import annotations

from collections.abc import Iterator

from watchwright.finding import Finding, check
from watchwright.lower import names
from watchwright.lower.plan import Alerting, Fleet
from watchwright.model.duration import milliseconds
from watchwright.query.printer import duration
from watchwright.semantics.values import only

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
        for alert in plan.alerts:
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
        for alert in plan.alerts:
            for label in own[alert.alert].labels if alert.alert in own else ():
                if label in _RESERVED:
                    yield alert.origin.finding(f"alert `{alert.alert}` sets the label `{label}` itself")


@check("alert/no-for", severity="warning")
def no_for(fleet: Fleet) -> Iterator[Finding]:
    """
    An alert fires at the first evaluation in which its expression holds.

    A single bad scrape or a restart is enough to wake somebody. Say how long the condition must hold with
    `for_`, or accept this with the reason why one sample is enough. Of an SLO's alerts the windows are that time.
    """
    for alert in _all(fleet):
        if alert.for_ in (None, "0", "0s") and not alert.windowed:
            yield alert.origin.finding(f"alert `{alert.alert}` has no `for_`")


@check("alert/for", severity="warning")
def short_for(fleet: Fleet) -> Iterator[Finding]:
    """
    An alert's `for_` is shorter than the time between two evaluations.

    A condition is looked at once in an interval: whatever is shorter waits for the next evaluation all the same. Say
    at least two intervals, so that one bad evaluation does not wake anybody.
    """
    interval = milliseconds(fleet.platform.evaluation_interval, "an interval")
    for alert in _all(fleet):
        if alert.for_ is not None and 0 < milliseconds(alert.for_, "`for_`", zero=True) < interval:
            message = f"`for_` of `{alert.alert}` is {alert.for_}, and rules are evaluated each {duration(interval)}"
            yield alert.origin.finding(message)


@check("alert/overwritten-label", severity="warning")
def overwritten(fleet: Fleet) -> Iterator[Finding]:
    """
    A label of the alert takes the place of one that its series have.

    Every alert carries `severity`, `system`, `owner` and its own `labels`: a series with a label of that name loses it,
    and two series that differ in it alone become one alert, which Prometheus refuses. Aggregate the label away, or
    give it another name with `label_replace`.
    """
    for plan in fleet.plans:
        for alert in plan.alerts:
            labels = plan.world.typed(alert.expr).type.labels
            for name, value in alert.labels.items():
                if labels.has(name) and labels.of(name) != only(value):
                    yield alert.origin.finding(f"the label `{name}` of `{alert.alert}` overwrites that of its series")


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
        for alert in plan.alerts:
            if plan.boards and alert.alert in own and alert.shown is None:
                yield alert.origin.finding(f"no panel shows `{alert.alert}`", "name it in `alerts=` of a panel")


def _all(fleet: Fleet) -> Iterator[Alerting]:
    return (alert for plan in fleet.plans for alert in plan.alerts)
