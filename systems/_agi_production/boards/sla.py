"""SLA: what was promised, and what was kept of it."""

from watchwright import BarGauge, Dashboard, Query, Row, Stat, Table, TextPanel, Threshold
from watchwright.catalogues import objectives

from ..._shared import at_a_glance
from .. import families
from ..slos import slos

PERIOD = slos[0].period
RECENTLY = "10m"  # budgets are summed up each 5 minutes

promised = objectives.gauge("slo:objective").range(RECENTLY).last_over_time()
left = objectives.gauge("slo:remaining").range(RECENTLY).last_over_time()
kept = 1 - objectives.gauge("slo:ratio").where(window=PERIOD).range(RECENTLY).last_over_time().max(without=["window"])
burns = objectives.gauge("slo:burn_rate")
known = objectives.gauge("slo:coverage").range(RECENTLY).last_over_time()

_MORE = """\
Each promise has a row of its own on [SLOs](/d/agi-production-slos): error ratios, burn rates, when its budget ends.
Shares look back over three hours, for most collections are skipped: what happened now is seen on *Performance*."""

sla = Dashboard(
    "SLA",
    [
        at_a_glance(
            families.alerts,  # what breaks a promise first
            Stat("Promises", left.count(), sparkline=False, width=6),
            Stat("Promises broken", (left < 0).bool().sum(), decimals=0, thresholds=[Threshold(1)], width=6),
            Stat("Least budget left", left.min(), decimals=0, width=6,
                 thresholds=[Threshold(0, "orange"), Threshold(0.25, "green")]),
            Stat("Fastest burn rate", burns.max(), decimals=1, thresholds=[Threshold(1, "orange")], width=6),
        ),
        Row(
            "Promised, and kept",
            [
                Table(
                    "Promises",
                    [Query(promised, legend="promised"), Query(kept, legend="kept"), Query(left, legend="budget left"),
                     Query(known, legend="known")],
                    description=f"Of {PERIOD}, as far as they are known.",
                    width=16,
                    height=10,
                ),
                BarGauge("Budget left", Query(left, legend="{slo} {family}"), min=0, max=1, width=8, height=10),
            ],
        ),
        Row("More", [TextPanel("Where to go on", _MORE)]),
    ],
    description="What was promised, and what was kept of it.",
    span="30d",
)  # fmt: skip
