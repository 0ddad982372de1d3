"""A shop, and a warehouse that looks at it: what changes in the table of reviews are made to."""

from watchwright import (
    Alert,
    Catalogue,
    Counter,
    Dashboard,
    Gauge,
    Histogram,
    Job,
    Label,
    LabelVariable,
    Limits,
    Query,
    Row,
    Sampling,
    Stat,
    System,
    Threshold,
    TimeSeries,
    percent,
    ratio,
    record,
)
from watchwright.discovery import Static
from watchwright.slo import Latency, Ratio, Slo
from watchwright.units import ms

till = Label("till", cardinality=4)
orders = Counter(
    "shop_orders_total", "Orders taken.", labels=[till, Label("result", values=["paid", "declined", "lost"])]
)
waits = Histogram("shop_wait_seconds", "How long customers wait.", labels=[till], buckets=[0.1, 0.3, 1])
stock = Gauge("shop_stock_items", "What is left.", unit="items")

lost = orders.where(result="lost")
lost_ratio = record("till:shop_orders_lost:ratio_rate5m", ratio(lost, orders, over="5m", by=[till]))

losing = Alert(
    "LosingOrders",
    expr=lost_ratio > 5 * percent,
    for_="5m",
    severity="page",
    summary="{till} loses {value} of its orders",
    description="Customers leave.",
)
slow = Alert(
    "TillSlow",
    expr=waits.quantile(0.9, over="5m", by=[till]) > 300 * ms,
    for_="10m",
    severity="ticket",
    summary="A tenth of the customers at {till} wait for {value}",
)
chosen = LabelVariable("till", orders, label=till)

shop = System(
    "shop",
    owner="sales",
    jobs=[Job("shop", Static(["shop-0:8000", "shop-1:8000"]), interval="15s", limits=Limits(samples=1000))],
    slos=[
        Slo("availability", objective=99.9, sli=Ratio(bad=lost, total=orders)),
        Slo("latency", objective=99, sli=Latency(waits, below="300ms")),
    ],
    alerts=[losing, slow],
    dashboards=[
        Dashboard(
            "Shop",
            [
                Row(
                    "Orders",
                    [
                        Stat("In stock", stock, thresholds=[Threshold(10, "green")]),
                        TimeSeries(
                            "Lost orders", Query(lost_ratio.where(till=chosen), legend="{till}"), alerts=[losing]
                        ),
                        TimeSeries("Orders", orders.rate("5m").sum(by=["result"])),
                        TimeSeries("Waiting", waits.quantile(0.9, over="5m", by=[till]), alerts=[slow]),
                    ],
                )
            ],
            variables=[chosen],
        )
    ],
    sampling=[Sampling("shop", 0.1, operations={"order": 1})],
)

elsewhere = Catalogue("shop", [Gauge("shop_stock_items", "What is left.", unit="items")], scope={"job": "shop"})

warehouse = System(
    "warehouse",
    owner="logistics",
    jobs=[Job("warehouse", Static(["warehouse:8000"]))],
    alerts=[
        Alert("RefillShop", expr=elsewhere.gauge("shop_stock_items") < 5, for_="15m", severity="ticket",
              summary="{value} are left"),
    ],
)  # fmt: skip
