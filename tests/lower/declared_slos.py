"""SLOs of every shape, and what they are lowered to."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import attrs
import pytest

from watchwright import Counter, Gauge, Histogram, Job, Platform, System
from watchwright.discovery import Static
from watchwright.lower.fleet import lower
from watchwright.lower.plan import Plan, Recording, Rule, RuleFile, RuleGroup
from watchwright.lower.slos.lowering import Promised
from watchwright.model.environment import Environment
from watchwright.slo import (
    BurnAlert,
    ErrorRatio,
    Fresh,
    Held,
    Latency,
    Maintenance,
    Ratio,
    Slo,
    Tier,
    Tracked,
)

requests = Counter("requests_total", "Requests.", labels=["code", "zone"])
plain = Counter("sent_total", "Sent.")
failed = Counter("failed_total", "Failed.")
preset = Counter("orders_total", "Orders.", labels=["result"], preset=True)
wait = Histogram("wait_seconds", "Wait.", labels=["zone"], buckets=[0.3, 1, 10])
native = Histogram("rpc_seconds", "Time.", labels=["zone"], native=True)
depth = Gauge("queue_depth", "Depth.", labels=["zone"])
done = Gauge("backup_success_timestamp_seconds", "Last success.", labels=["zone"])
share = Gauge("error_share", "Share.", labels=["zone"], unit="ratio")
JOB = Job("shop", Static(["shop:1"]))

bad = Ratio(bad=requests.where(code="500"), total=requests)
nightly = Maintenance("nightly", start="23:30", lasts="2h", days=["sat", "sun"])
VARIANTS: Mapping[str, Mapping[str, Any]] = {
    "30d": {},
    "28d": {"period": "28d"},
    "1d": {"period": "1d"},
    "month": {"period": "month"},
    "quarter": {"period": "quarter"},
    "any error": {"objective": None, "any_error": True},
    "by label": {"by": ["zone"]},
    "objectives": {"by": ["zone"], "objectives": {"eu": 99.99, "us": 99.99, "test": 90}},
    "maintenance": {"maintenance": [nightly]},
    "excused": {"maintenance": [nightly, attrs.evolve(nightly, excuses_budget=True)]},
    "maintenance by the month": {"maintenance": [nightly], "period": "month"},
    "sloth": {"names": "sloth"},
    "sloth by label and month": {"names": "sloth", "by": ["zone"], "period": "month"},
    "45s": {"interval": "45s"},
    "no alerts": {"alerts": []},
    "enough events": {"least_events": 100, "least_failures": 0},
    "short and long windows in each alert": {
        "alerts": [
            BurnAlert("page", [Tier("10m", short="1m", spends=0.01), Tier("3d", short="6h", spends=0.5)]),
            BurnAlert("ticket", [Tier("1d", short="10m", spends=0.3), Tier("7d", short="45m", spends=0.5)]),
        ]
    },
    "good": {"sli": Ratio(good=requests.where(code="200", zone="eu"), total=requests)},
    "without first values": {"sli": Ratio(bad=failed, total=plain)},
    "latency": {"sli": Latency(wait, below="1s")},
    "native latency": {"sli": Latency(native, below="1s")},
    "held": {"sli": Held(depth < 100)},
    "tracked": {"sli": Tracked(depth.avg(), at_most=100)},
    "fresh": {"sli": Fresh(done, within="1d")},
    "error ratio": {"sli": ErrorRatio(share)},
    "error ratio by traffic": {"sli": ErrorRatio(share, traffic=requests.rate("5m"))},
}
variants = pytest.mark.parametrize("variant", VARIANTS)


def slo(name: str = "a", **parts: Any) -> Slo:
    return Slo(name, **{"objective": 99.9, "sli": bad, **parts})


def planned(*slos: Slo, platform: Platform | None = None, system: str = "shop", jobs: Any = (JOB,)) -> Plan:
    made = lower([System(system, owner="sales", jobs=jobs, slos=slos)], platform or Platform(), Environment())
    assert [] == [str(each) for each in made.findings]
    return made.fleet.plans[0]


def promised(platform: Platform | None = None, **parts: Any) -> Promised:
    (promise,) = planned(slo(**parts), platform=platform).promises
    return promise


def groups(plan: Plan) -> list[tuple[RuleFile, RuleGroup]]:
    return [(file, group) for file in plan.files if file.name.startswith("slo-") for group in file.groups]


def rules(plan: Plan) -> list[Rule]:
    return [rule for _, group in groups(plan) for rule in group.rules]


def recorded(record: str, window: str = "", platform: Platform | None = None, **parts: Any) -> str:
    """The expression of a recorded series."""
    made = promised(platform, **parts)
    (rule,) = (
        each
        for each in (*made.fast, *made.slow, *made.fixed)
        if each.record == record and window in (each.labels.get("window", ""), "")
    )
    return repr(rule.expr)


def name_of(rule: Rule) -> str:
    return rule.record if isinstance(rule, Recording) else rule.alert
