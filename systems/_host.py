"""
The hosts of a system, by node_exporter: what they have, and what is left of it.

Nothing says that a platform measures its hosts itself, and node_exporter does: its names are known to everybody, and it
exports at each scrape.
"""

from collections.abc import Sequence

from watchwright import (
    Alert,
    Catalogue,
    Counter,
    Dashboard,
    Gauge,
    Label,
    Query,
    Row,
    Stat,
    TimeSeries,
    not_,
    regex,
)

from ._shared import at_a_glance, up

_device = Label("device")
_filesystem = [_device, Label("fstype"), Label("mountpoint")]

_METRICS = (
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
)

# Devices of their own: not the volumes on a disk, nor the bridges between pods, which would count all of it again
DISKS = "sd.*|vd.*|nvme.*"
WIRES = "en.*|eth.*|ib.*"
FILES = not_(["tmpfs", "ramfs", "overlay", "squashfs"])  # not in memory, and no layers of containers


class Hosts:
    """The hosts that a *job* of node_exporters scrapes."""

    def __init__(self, job: str) -> None:
        self.job = job
        self.node = Catalogue("node", _METRICS, scope={"job": job})
        self.idle = self.node.counter("node_cpu_seconds_total").where(mode="idle")
        self.cpu_use = 1 - self.idle.rate("$__rate_interval").avg(by=["instance"])
        self.load = self.node.gauge("node_load15")
        self.memory = self.node.gauge("node_memory_MemTotal_bytes")
        self.memory_available = self.node.gauge("node_memory_MemAvailable_bytes")
        self.swap = self.node.gauge("node_memory_SwapTotal_bytes")
        self.swap_free = self.node.gauge("node_memory_SwapFree_bytes")
        self.disk = self.node.gauge("node_filesystem_size_bytes").where(fstype=FILES)
        self.disk_free = self.node.gauge("node_filesystem_free_bytes").where(fstype=FILES)
        self.processes = self.node.gauge("node_processes_pids")

    def board(self, alerts: Sequence[Alert]) -> Dashboard:
        """What the hosts have, and what is left of it; *alerts* are what suffers first where they have too little."""
        return Dashboard(
            "Host",
            [
                at_a_glance(
                    alerts,
                    Stat("Hosts that answer", up.where(job=self.job).sum(), sparkline=False),
                    Stat("CPUs", self.idle.count(), sparkline=False, decimals=0),
                    Stat("Busiest CPUs", self.cpu_use.max(), decimals=0),
                    Stat("Least memory available", (self.memory_available / self.memory).min(), decimals=0),
                    Stat("Fullest disk", (1 - self.disk_free / self.disk).max(), decimals=0),
                    Stat("Processes", self.processes.sum(), decimals=0),
                ),
                self._cpu(),
                self._memory(),
                self._disks(),
                self._network(),
            ],
            description="What the hosts have, and what is left of it.",
        )

    def _cpu(self) -> Row:
        return Row(
            "CPU",
            [
                TimeSeries(
                    "CPU",
                    Query(self.cpu_use, legend="{instance}"),
                    min=0,
                    max=1,
                    description="Share of the time in which the CPUs were not idle.",
                ),
                TimeSeries(
                    "Load",
                    [
                        Query(self.node.gauge(f"node_load{minutes}"), legend=f"{minutes} min on {{instance}}")
                        for minutes in (1, 5, 15)
                    ],
                    min=0,
                    description="Processes that run or wait. Above the number of CPUs they wait for each other.",
                ),
            ],
        )

    def _memory(self) -> Row:
        return Row(
            "Memory",
            [
                TimeSeries(
                    "Memory",
                    [
                        Query(self.memory, legend="total of {instance}"),
                        Query(self.memory - self.memory_available, legend="used on {instance}"),
                        Query(self.memory_available, legend="available on {instance}"),
                    ],
                    min=0,
                    description="Available is what is free, and what caches would give back.",
                ),
                TimeSeries(
                    "Swap",
                    [
                        Query(self.swap, legend="total of {instance}"),
                        Query(self.swap - self.swap_free, legend="used on {instance}"),
                        Query(self.swap_free, legend="free on {instance}"),
                    ],
                    min=0,
                    description="What is swapped out answers late: usually none is used.",
                ),
            ],
        )

    def _disks(self) -> Row:
        return Row(
            "Disks",
            [
                TimeSeries(
                    "Disks",
                    [
                        Query(self.disk, legend="total of {mountpoint} on {instance}"),
                        Query(self.disk - self.disk_free, legend="used of {mountpoint} on {instance}"),
                        Query(self.disk_free, legend="free of {mountpoint} on {instance}"),
                    ],
                    min=0,
                    description="File systems that keep what is written to them.",
                    width=24,
                ),
                TimeSeries(
                    "Bytes read and written",
                    self._two("node_disk_read_bytes_total", "node_disk_written_bytes_total", DISKS, "read", "written"),
                    description="Of all disks of a host.",
                ),
                TimeSeries(
                    "Reads and writes",
                    self._two("node_disk_reads_completed_total", "node_disk_writes_completed_total", DISKS,
                              "reads", "writes"),
                    description="Of all disks of a host, after the kernel has merged what lay side by side.",
                ),
            ],
        )  # fmt: skip

    def _network(self) -> Row:
        return Row(
            "Network",
            [
                TimeSeries(
                    "Bytes received and sent",
                    self._two("node_network_receive_bytes_total", "node_network_transmit_bytes_total", WIRES,
                              "received", "sent"),
                    description="Between hosts: what goes from pod to pod is left out.",
                ),
                TimeSeries(
                    "Packets received and sent",
                    self._two("node_network_receive_packets_total", "node_network_transmit_packets_total", WIRES,
                              "received", "sent"),
                    description="Many packets with few bytes are calls that should have been one.",
                ),
                TimeSeries(
                    "Connections",
                    Query(self.node.gauge("node_netstat_Tcp_CurrEstab"), legend="{instance}"),
                    min=0,
                    description="TCP connections that are open.",
                ),
                TimeSeries(
                    "Processes",
                    Query(self.processes, legend="{instance}"),
                    min=0,
                    description="One that only grows is a worker that nobody waits for.",
                ),
            ],
        )  # fmt: skip

    def _two(self, one: str, other: str, devices: str, *said: str) -> list[Query]:
        """Two directions of the same, a second."""
        return [
            Query(
                self.node.counter(name).where(device=regex(devices)).rate("$__rate_interval").sum(by=["instance"]),
                legend=f"{word} on {{instance}}",
            )
            for name, word in zip((one, other), said, strict=True)
        ]
