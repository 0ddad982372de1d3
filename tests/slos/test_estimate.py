"""What a review estimates that definitions cost is what a real Prometheus counts."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import product
from pathlib import Path

import pytest
from backfilled import prometheus

from watchwright import Counter, Gauge, Histogram, Job, Label, Platform, System, ratio, record
from watchwright.diff.cost import asked, costs
from watchwright.diff.measure import measured
from watchwright.discovery import Static
from watchwright.lower.fleet import lower
from watchwright.lower.plan import Fleet
from watchwright.model.environment import Environment
from watchwright.slo import Ratio, Slo
from watchwright.verify.tools import Tool

TILLS, RESULTS, BUCKETS = ("a", "b", "c"), ("paid", "lost"), ("0.1", "1", "+Inf")
INSTANCES = ("shop-0:1", "shop-1:1")
MINUTES = 400

till = Label("till", values=TILLS)
orders = Counter("shop_orders_total", "Orders.", labels=[till, Label("result", values=RESULTS)])
waits = Histogram("shop_wait_seconds", "Waits.", labels=[till], buckets=[0.1, 1])
stock = Gauge("shop_stock", "Stock.", labels=[Label("item", cardinality=5)])
lost = record("till:shop_lost:ratio_rate10m", ratio(orders.where(result="lost"), orders, over="10m", by=[till]))
slow = record("till:shop_wait:p90_rate10m", waits.quantile(0.9, over="10m", by=[till]))
long = record("shop:lost:max2h", lost.range("2h", step="5m").max_over_time())
full = record("item:shop_stock:max1h", stock.range("1h").max_over_time().max(by=["item"]))


def fleet(*slos: Slo) -> Fleet:
    system = System(
        "shop",
        owner="sales",
        jobs=[Job("shop", Static(INSTANCES), interval="1m")],
        rules=[lost, slow, long, full],
        slos=slos,
    )
    return lower([system], Platform(evaluation_interval="1m", retention="30d"), Environment()).fleet


def exposed() -> Iterator[tuple[dict[str, str], float]]:
    """Every combination of the declared labels, and what its counter grows by in a minute."""
    for instance in INSTANCES:
        target = {"job": "shop", "instance": instance}
        for each, result in product(TILLS, RESULTS):
            yield {"__name__": "shop_orders_total", "till": each, "result": result, **target}, 60
            yield {"__name__": "shop_orders_created", "till": each, "result": result, **target}, 0
        for each in TILLS:
            for place, le in enumerate(BUCKETS):
                yield {"__name__": "shop_wait_seconds_bucket", "till": each, "le": le, **target}, 20 * (place + 1)
            yield {"__name__": "shop_wait_seconds_count", "till": each, **target}, 60
            yield {"__name__": "shop_wait_seconds_sum", "till": each, **target}, 12
            yield {"__name__": "shop_wait_seconds_created", "till": each, **target}, 0
        for item in range(5):
            yield {"__name__": "shop_stock", "item": str(item), **target}, 0


def test_the_estimate_is_what_a_prometheus_counts(prometheuses: tuple[Tool, ...], tmp_path: Path) -> None:
    """Series to the last one, where all combinations are there; samples within a seventh, which recorded ones lack."""
    lines = fleet()
    (estimate,) = costs(lines).values()
    for tool in prometheuses:
        with prometheus(tool.path, tool.version, tmp_path / tool.version) as server:
            for first in range(0, MINUTES, 30):  # a head takes what is an hour old at most
                minutes = range(first, min(first + 30, MINUTES))
                server.write(
                    [
                        (labels, [(server.stamp(60 * minute), each * minute) for minute in minutes])
                        for labels, each in (*exposed(), *recorded())
                    ]
                )
            (found,) = measured(server.address, asked(lines), at=server.stamp(60 * (MINUTES - 1)) / 1000).values()

        assert (estimate["exposed"], estimate["recorded"]) == (found["exposed"], found["recorded"]), tool
        assert found["samples"] == pytest.approx(estimate["samples"], rel=1 / 7), tool
        assert (estimate["rules"], estimate["groups"]) == (found["rules"], found["groups"]) == (5, 2)


def recorded() -> Iterator[tuple[dict[str, str], float]]:
    """What rules have recorded before, for those that read it."""
    for each in TILLS:
        yield {"__name__": lost.name, "till": each, "system": "shop"}, 0


def test_an_slo_by_a_label_costs_its_values_more() -> None:
    sli = Ratio(bad=orders.where(result="lost"), total=orders)
    (one,) = costs(fleet(Slo("a", objective=99, sli=sli))).values()
    (three,) = costs(fleet(Slo("a", objective=99, sli=sli, by=[till]))).values()

    assert one["rules"] == three["rules"]
    assert 2.5 < (three["recorded"] - 11) / (one["recorded"] - 11) <= 3
