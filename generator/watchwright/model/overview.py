"""The board of all SLOs of all systems."""

from __future__ import annotations

from decimal import Decimal

from watchwright.model.catalogue import firing, objectives
from watchwright.model.dashboard import Dashboard, LabelVariable, Query, Row, Stat, Table, Threshold, TimeSeries
from watchwright.model.expression import Instant
from watchwright.model.label import Choice, regex
from watchwright.model.words import time

_RECENT = "15m"  # three evaluations of what is evaluated each five minutes
_EVERY = regex(".+")


def overview(title: str = "All SLOs") -> Dashboard:
    """
    A board for the `dashboards=` of any one system: every SLO of every system, the worst first.

    It shows those with our names; Sloth's have boards of their own.
    """
    system = LabelVariable(
        "system", objectives.gauge("slo:objective").where(system=_EVERY), label="system", title="System"
    )
    left = _slow("slo:remaining", system)
    fires = firing.gauge("ALERTS").where(alertstate="firing", slo=_EVERY, system=system)
    since = (time() - firing.gauge("ALERTS_FOR_STATE").where(slo=_EVERY, system=system)) & fires.ignoring("alertstate")
    return Dashboard(
        title,
        [
            Row(
                "Which promises are in danger?",
                [
                    Stat("Promises", _slow("slo:objective", system).count(), sparkline=False, width=6, height=4),
                    Stat(
                        "Broken", (left < 0).count(), thresholds=[Threshold(1)], no_data="none", width=6, height=4,
                        description="No budget is left.",
                    ),
                    Stat(
                        "Alerts firing", fires.count(), thresholds=[Threshold(1)], no_data="none", width=6, height=4
                    ),
                    Stat("For the longest", since.max(), no_data="nothing fires", sparkline=False, width=6, height=4),
                    Table(
                        "Least budget left",
                        [
                            Query(left.bottomk(15), legend="left"),
                            Query(_slow("slo:burn_rate", system) & left.bottomk(15), legend="burn rate"),
                            Query(_slow("slo:coverage", system) & left.bottomk(15), legend="known"),
                        ],
                        width=24, height=10,
                    ),
                ],
            ),
            Row(
                "Since when?",
                [
                    TimeSeries(
                        "Budget left, of those with the least",
                        Query(left.bottomk(10), legend="{system} {slo}"),
                        unit="percentunit", max=1, thresholds=[Threshold(0, "green")],
                    ),
                    TimeSeries(
                        "Burn rate, of those that burn fastest",
                        Query(_slow("slo:burn_rate", system).topk(10), legend="{system} {slo}"),
                        min=0, thresholds=[Threshold(1, "orange")],
                    ),
                    TimeSeries(
                        "Soonest spent",
                        Query(_slow("slo:exhaustion_seconds", system).bottomk(10), legend="{system} {slo}"),
                        no_data="Every budget lasts for its period.",
                    ),
                    TimeSeries(
                        "How much of the period is known",
                        Query(_slow("slo:coverage", system).bottomk(10), legend="{system} {slo}"),
                        unit="percentunit", min=0, max=1,
                        thresholds=[Threshold(0, "yellow"), Threshold(Decimal("0.99"), "green")],
                    ),
                ],
            ),
        ],
        description="Every SLO of every system, the worst first.",
        variables=[system],
        tags=["slo"],
        span="1d",
    )  # fmt: skip


def _slow(name: str, system: Choice) -> Instant:
    return objectives.gauge(name).where(system=system).range(_RECENT).last_over_time()
