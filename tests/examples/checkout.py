"""Checkout: takes the customer's money, once."""

from watchwright import (
    Alert,
    Counter,
    Dashboard,
    Environment,
    Histogram,
    Job,
    Label,
    Row,
    System,
    TimeSeries,
    definition,
    percent,
    ratio,
    record,
)
from watchwright.discovery import Kubernetes

provider = Label("provider", cardinality=8)
payments = Counter(
    "checkout_payments_total",
    "Payments attempted.",
    labels=[provider, Label("result", values=["paid", "declined", "error"])],
)
settling = Histogram(
    "checkout_payment_duration_seconds", "Time to settle a payment.", labels=[provider], buckets=[0.1, 0.3, 1, 3, 10]
)

failed = payments.where(result="error")
failure_ratio = record(
    "provider:checkout_payment_failures:ratio_rate5m",
    ratio(failed, payments, over="5m", by=[provider]),  # 0 without failures, empty without traffic, never NaN
)


@definition
def checkout(env: Environment) -> System:
    failing = Alert(
        "ProviderFailing",
        expr=failure_ratio > env.pick(5, staging=20) * percent,
        for_="5m",
        severity="page",
        summary="{provider} fails {value} of payments",
        check_first=["Does the provider's status page say anything?"],
    )
    failures = TimeSeries("Failures", failure_ratio, alerts=[failing])
    return System(
        "checkout",
        owner="payments",
        metrics=[settling],
        jobs=[Job("checkout", Kubernetes(role="pod", port="metrics"))],
        alerts=[failing],
        dashboards=[Dashboard("Checkout", [Row("Payments", [failures])])],
    )
