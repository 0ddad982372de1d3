"""Capacity: what is full, and when."""

from watchwright import Dashboard, Query, Row, Stat, TimeSeries

from ..._shared import at_a_glance
from .. import hosts

_STEADY = "It does not grow, or less than 6 hours are known."

capacity = Dashboard(
    "Capacity planning",
    [
        at_a_glance(
            hosts.alerts,
            Stat("First disk full in", hosts.disk_left.min(), no_data="steady", sparkline=False, width=6),
            Stat("First memory full in", hosts.memory_left.min(), no_data="steady", sparkline=False, width=6),
            Stat("First CPUs busy in", hosts.cpu_left.min(), no_data="steady", sparkline=False, width=6),
            Stat("First load full in", hosts.load_left.min(), no_data="steady", sparkline=False, width=6),
        ),
        Row(
            "When is what full",
            [
                TimeSeries("Disks full in", Query(hosts.disk_left, legend="{mountpoint} of {instance}"), min=0,
                           description="If it goes on as in the last 6 hours.",
                           alerts=[hosts.disk_full_soon], no_data=_STEADY),
                TimeSeries("Memory full in", Query(hosts.memory_left, legend="{instance}"), min=0,
                           description="If it goes on as in the last 6 hours.",
                           alerts=[hosts.memory_full_soon], no_data=_STEADY),
                TimeSeries(
                    "CPU and load full in",
                    [Query(hosts.cpu_left, legend="CPU of {instance}"),
                     Query(hosts.load_left, legend="load of {instance}")],
                    min=0,
                    description="Each morning they are forecast to be full: only what stays so the day through is.",
                    no_data=_STEADY,
                    width=24,
                ),
            ],
        ),
        Row(
            "What there is",
            [
                TimeSeries("Free on disks", Query(hosts.disk_free, legend="{mountpoint} of {instance}"), min=0,
                           description="Forecasts are of this."),
                TimeSeries("Memory available", Query(hosts.memory_free, legend="{instance}"), min=0,
                           description="With what caches would give back."),
                TimeSeries("CPU in use", Query(hosts.cpu_use, legend="{instance}"), min=0, max=1,
                           description="Of all CPUs of a host."),
                TimeSeries("Load", [Query(hosts.load, legend="of {instance}"),
                                    Query(hosts.hosts.idle.count(by=hosts.HOST), legend="CPUs of {instance}")],
                           unit="short", min=0, description="Of 15 minutes; above the CPUs processes wait."),
            ],
        ),
    ],
    description="What is full, and when, if it goes on as it does.",
    span="7d",
)  # fmt: skip
