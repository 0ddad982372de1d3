"""How the memory changes over days: each value beside its mean of a day, which moves where a change lasts."""

from watchwright import Dashboard, Gauge, Instant, Query, RecordingRule, Row, Stat, TimeSeries

from ..._shared import at_a_glance
from ..health import eviction_ratio, health, health_red
from ..metrics import buffer_size, request_duration
from ..performance import (
    PROCESS,
    buffer_use,
    efficiency,
    efficiency_low,
    error_ratio,
    errors_high,
    latency_high,
    throughput,
)
from .variables import HERE, instance

DAY = "1d"

latency_now, latency_of_a_day = (request_duration.where(**HERE).average(over, by=PROCESS) for over in ("5m", DAY))


def _trend(
    title: str,
    value: Gauge | RecordingRule,
    *,
    of: str = "{instance}",
    description: str = "",
    max: int | None = None,
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


def _against(title: str, now: Instant, of_a_day: Instant) -> Stat:
    return Stat(title, now / of_a_day, decimals=0, description="100 % is as in the mean of a day.")


board = Dashboard(
    "Trends",
    [
        at_a_glance(
            [latency_high, efficiency_low, errors_high, health_red],
            _against("Latency against a day", latency_now, latency_of_a_day),
            *(
                _against(f"{what} against a day", value.where(**HERE), value.where(**HERE).avg_over_time(DAY))
                for what, value in {"Throughput": throughput, "Use of the buffer": buffer_use}.items()
            ),
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
                TimeSeries(
                    "Mean of requests",
                    [
                        Query(latency_now, legend="{instance}"),
                        Query(latency_of_a_day, legend="{instance}, mean of a day"),
                    ],
                    min=0,
                    description="Usual are 25 ms.",
                ),
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
