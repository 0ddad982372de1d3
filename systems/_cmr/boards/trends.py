"""How the memory changes over days: each value beside its mean of a day, which moves where a change lasts."""

from watchwright import Dashboard, Gauge, Query, RecordingRule, Row, Stat, TimeSeries

from ..._shared import at_a_glance
from ..health import eviction_ratio, health, health_red
from ..metrics import buffer_size
from ..performance import (
    buffer_use,
    efficiency,
    efficiency_low,
    error_ratio,
    errors_high,
    latency,
    latency_high,
    throughput,
)
from .variables import HERE, instance

DAY = "1d"


def _trend(
    title: str,
    value: Gauge | RecordingRule,
    *,
    of: str = "{instance}",
    description: str = "",
    max: int | None = None,  # noqa: A002 - as panels call it
) -> TimeSeries:
    """A value, and its mean of a day."""
    shown = value.where(**HERE)
    return TimeSeries(
        title,
        [Query(shown, legend=of), Query(shown.avg_over_time(DAY), legend=f"{of}, mean of a day")],
        min=0,
        max=max,
        description=description,
    )


def _against_a_day(title: str, value: RecordingRule) -> Stat:
    shown = value.where(**HERE)
    return Stat(title, shown / shown.avg_over_time(DAY), decimals=0, description="100 % is as in the mean of a day.")


trends = Dashboard(
    "Trends",
    [
        at_a_glance(
            [latency_high, efficiency_low, errors_high, health_red],
            _against_a_day("Latency against a day", latency),
            _against_a_day("Throughput against a day", throughput),
            _against_a_day("Buffer against a day", buffer_use),
        ),
        Row(
            "Health",
            [
                _trend("Health", health.overall_score, max=1, description="1 is green, 0 is red."),
                _trend("Health of components", health.score, of="{component} of {instance}", max=1),
            ],
        ),
        Row(
            "Work",
            [
                _trend("Throughput", throughput, description="Usual are 150 requests a second."),
                _trend("95th percentile of requests", latency),
                _trend("Efficiency", efficiency, of="{efficiency} of {instance}", max=1),
                _trend("Failing requests", error_ratio, description="Usual is one in a thousand."),
            ],
        ),
        Row(
            "Buffer",
            [
                _trend("Buffer in use", buffer_use, max=1, description="Usual are 75 %."),
                _trend("Size of the buffer", buffer_size, description="Usual are 45 MB."),
                _trend("Evictions for each state stored", eviction_ratio, description="Usual are 3 %."),
            ],
        ),
    ],
    description="How the memory changes over days.",
    variables=[instance],
    span="7d",
)
