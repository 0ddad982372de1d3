"""
The hosts, by node_exporter.

Nothing says that the platform measures its hosts itself, and node_exporter does: its names are known to everybody,
and it exports at each scrape, while the platform skips most of its collections.
"""

from watchwright import Catalogue, Counter, Dashboard, Gauge, Instant, Label, Query, Row, Stat, TimeSeries, not_, regex

from .._shared import at_a_glance, up
from . import families

_device = Label("device")
_filesystem = [_device, Label("fstype"), Label("mountpoint")]

node = Catalogue(
    "node",
    [
        Counter("node_cpu_seconds_total", "Seconds the CPUs spent in each mode.", labels=["cpu", "mode"]),
        Gauge("node_load1", "1m load average."),
        Gauge("node_load5", "5m load average."),
        Gauge("node_load15", "15m load average."),
        Gauge("node_memory_MemTotal_bytes", "Memory information field MemTotal_bytes."),
        Gauge("node_memory_MemAvailable_bytes", "Memory information field MemAvailable_bytes."),
        Gauge("node_memory_SwapTotal_bytes", "Memory information field SwapTotal_bytes."),
        Gauge("node_memory_SwapFree_bytes", "Memory information field SwapFree_bytes."),
        Gauge("node_filesystem_size_bytes", "Filesystem size in bytes.", labels=_filesystem),
        Gauge("node_filesystem_free_bytes", "Filesystem free space in bytes.", labels=_filesystem),
        Counter("node_disk_read_bytes_total", "The total number of bytes read successfully.", labels=[_device]),
        Counter("node_disk_written_bytes_total", "The total number of bytes written successfully.", labels=[_device]),
        Counter("node_disk_reads_completed_total", "The total number of reads completed.", labels=[_device]),
        Counter("node_disk_writes_completed_total", "The total number of writes completed.", labels=[_device]),
        Counter("node_network_receive_bytes_total", "Network device statistic receive_bytes.", labels=[_device]),
        Counter("node_network_transmit_bytes_total", "Network device statistic transmit_bytes.", labels=[_device]),
        Counter("node_network_receive_packets_total", "Network device statistic receive_packets.", labels=[_device]),
        Counter("node_network_transmit_packets_total", "Network device statistic transmit_packets.", labels=[_device]),
        Gauge("node_netstat_Tcp_CurrEstab", "Statistic TcpCurrEstab."),
        Gauge("node_processes_pids", "Number of PIDs."),  # needs --collector.processes
    ],
    scope={"job": "agi-host"},
)

# Devices of their own: not the volumes on a disk, nor the bridges between pods, which would count all of it again
DISKS = "sd.*|vd.*|nvme.*"
WIRES = "en.*|eth.*|ib.*"
FILES = not_(["tmpfs", "ramfs", "overlay", "squashfs"])  # not in memory, and no layers of containers

idle = node.counter("node_cpu_seconds_total").where(mode="idle")
cpu_use = 1 - idle.rate("$__rate_interval").avg(by=["instance"])
memory = node.gauge("node_memory_MemTotal_bytes")
memory_available = node.gauge("node_memory_MemAvailable_bytes")
swap = node.gauge("node_memory_SwapTotal_bytes")
swap_free = node.gauge("node_memory_SwapFree_bytes")
disk = node.gauge("node_filesystem_size_bytes").where(fstype=FILES)
disk_free = node.gauge("node_filesystem_free_bytes").where(fstype=FILES)
processes = node.gauge("node_processes_pids")


def per_second(name: str, devices: str) -> Instant:
    """The rate of a counter over all such devices of a host."""
    return node.counter(name).where(device=regex(devices)).rate("$__rate_interval").sum(by=["instance"])


# The board ---------------------------------------------------------------------------------------------

board = Dashboard(
    "Host",
    [
        at_a_glance(
            [families.inferences_failing, families.family_slow],  # what suffers first where a host has too little
            Stat("Hosts that answer", up.where(job="agi-host").sum(), sparkline=False),
            Stat("CPUs", idle.count(), sparkline=False, decimals=0),
            Stat("Busiest CPUs", cpu_use.max(), decimals=0),
            Stat("Least memory available", (memory_available / memory).min(), decimals=0),
            Stat("Fullest disk", (1 - disk_free / disk).max(), decimals=0),
            Stat("Processes", processes.sum(), decimals=0),
        ),
        Row(
            "CPU",
            [
                TimeSeries(
                    "CPU",
                    Query(cpu_use, legend="{instance}"),
                    min=0,
                    max=1,
                    description="Share of the time in which the CPUs were not idle.",
                ),
                TimeSeries(
                    "Load",
                    [
                        Query(node.gauge("node_load1"), legend="1 min on {instance}"),
                        Query(node.gauge("node_load5"), legend="5 min on {instance}"),
                        Query(node.gauge("node_load15"), legend="15 min on {instance}"),
                    ],
                    min=0,
                    description="Processes that run or wait. Above the number of CPUs they wait for each other.",
                ),
            ],
        ),
        Row(
            "Memory",
            [
                TimeSeries(
                    "Memory",
                    [
                        Query(memory, legend="total of {instance}"),
                        Query(memory - memory_available, legend="used on {instance}"),
                        Query(memory_available, legend="available on {instance}"),
                    ],
                    min=0,
                    description="Available is what is free, and what caches would give back.",
                ),
                TimeSeries(
                    "Swap",
                    [
                        Query(swap, legend="total of {instance}"),
                        Query(swap - swap_free, legend="used on {instance}"),
                        Query(swap_free, legend="free on {instance}"),
                    ],
                    min=0,
                    description="Models that are swapped out answer late: usually none is used.",
                ),
            ],
        ),
        Row(
            "Disks",
            [
                TimeSeries(
                    "Disks",
                    [
                        Query(disk, legend="total of {mountpoint} on {instance}"),
                        Query(disk - disk_free, legend="used of {mountpoint} on {instance}"),
                        Query(disk_free, legend="free of {mountpoint} on {instance}"),
                    ],
                    min=0,
                    description="File systems that keep what is written to them.",
                    width=24,
                ),
                TimeSeries(
                    "Bytes read and written",
                    [
                        Query(per_second("node_disk_read_bytes_total", DISKS), legend="read on {instance}"),
                        Query(per_second("node_disk_written_bytes_total", DISKS), legend="written on {instance}"),
                    ],
                    description="Of all disks of a host.",
                ),
                TimeSeries(
                    "Reads and writes",
                    [
                        Query(per_second("node_disk_reads_completed_total", DISKS), legend="reads on {instance}"),
                        Query(per_second("node_disk_writes_completed_total", DISKS), legend="writes on {instance}"),
                    ],
                    description="Of all disks of a host, after the kernel has merged what lay side by side.",
                ),
            ],
        ),
        Row(
            "Network",
            [
                TimeSeries(
                    "Bytes received and sent",
                    [
                        Query(per_second("node_network_receive_bytes_total", WIRES), legend="received by {instance}"),
                        Query(per_second("node_network_transmit_bytes_total", WIRES), legend="sent by {instance}"),
                    ],
                    description="Between hosts: what goes from pod to pod is left out.",
                ),
                TimeSeries(
                    "Packets received and sent",
                    [
                        Query(per_second("node_network_receive_packets_total", WIRES), legend="received by {instance}"),
                        Query(per_second("node_network_transmit_packets_total", WIRES), legend="sent by {instance}"),
                    ],
                    description="Many packets with few bytes are calls that should have been one.",
                ),
                TimeSeries(
                    "Connections",
                    Query(node.gauge("node_netstat_Tcp_CurrEstab"), legend="{instance}"),
                    min=0,
                    description="TCP connections that are open.",
                ),
                TimeSeries(
                    "Processes",
                    Query(processes, legend="{instance}"),
                    min=0,
                    description="One that only grows is a worker that nobody waits for.",
                ),
            ],
        ),
    ],
    description="What the hosts of the platform have, and what is left of it.",
)  # fmt: skip
