"""The hosts, and how long what they have will last."""

from watchwright import Alert, Case, Instant, Quantity, record
from watchwright.capacity import time_left
from watchwright.units import hours

from .._host import Hosts

# Limits, each with its reason ---------------------------------------------------------------------------

DISK = 24 * hours  # a larger volume is ordered and moved to within a working day
MEMORY = 6 * hours  # pods are moved to another host within an hour; the others are for somebody to see it
HISTORY = "6h"  # a nightly job that writes for an hour is no trend

# Recorded series ------------------------------------------------------------------------------------------

hosts = Hosts("agi-host")
HOST = ["instance"]

disk_free = hosts.disk_free.min(by=["instance", "mountpoint"])
disk_left = record("instance_mountpoint:node_filesystem:seconds_left",
                   time_left(disk_free, until=0, over=HISTORY, falling=True))  # fmt: skip
memory_free = hosts.memory_available.min(by=HOST)
memory_left = record("instance:node_memory:seconds_left", time_left(memory_free, until=0, over=HISTORY, falling=True))
cpu_use = record("instance:node_cpu:use5m", 1 - hosts.idle.rate("5m").avg(by=HOST))
cpu_left = record("instance:node_cpu:seconds_left", time_left(cpu_use, until=1, over=HISTORY))
load = hosts.load.max(by=HOST)
load_left = record("instance:node_load:seconds_left", time_left(load, until=hosts.idle.count(by=HOST), over=HISTORY))

# Alerts ---------------------------------------------------------------------------------------------------

ON = {"job": "agi-host", "instance": "agi-1:9100"}
FIRST = {"instance": "agi-1:9100"}


def _cases(free: Instant, fires: dict[str, str], limit: Quantity) -> list[Case]:
    """What holds of anything that runs out: a line of samples each 5 minutes, so many of the limit ahead of its end."""

    def case(title: str, of_the_limit: float, expected: dict[str, list[dict[str, str]]]) -> Case:
        at, step = 72, 1e9  # six hours from now, and what is used in five minutes
        begins = (at + float(limit.value) * 12 * of_the_limit) * step
        return Case(title, given={free: f"{begins:.0f}-{step:.0f}x100"}, every="5m", fires=expected)

    return [
        case(
            "less than the limit fires after an hour, and not before six hours are known",
            0.75,
            {"5h10m": [], "6h10m": [], "6h35m": [fires]},
        ),
        case("more than the limit is silent", 1.5, {"6h35m": [], "8h": []}),
        Case("what hardly moves is silent", given={free: "9e9+0x50 9.1e9+0x50"}, every="5m", fires={"8h": []}),
        Case("what becomes more is silent", given={free: "9e9+1e8x100"}, every="5m", fires={"8h": []}),
        Case("nothing left fires", given={free: "0x100"}, every="5m", fires={"6h35m": [fires]}),
        Case(
            "it resolves when there is room again",
            given={free: f"{72e9:.0f}-{1e9:.0f}x70 {90e9:.0f}x60"},
            every="5m",
            fires={"5h50m": [], "6h50m": []},
        ),
    ]


disk_full_soon = Alert(
    "DiskFullSoon",
    expr=disk_left < DISK,
    for_="1h",
    severity="ticket",
    summary="{mountpoint} of {instance} is full in {value}",
    description="If it goes on as in the last 6 hours. What cannot be written is lost, and no model can be released.",
    check_first=[
        "What grows? `du -x` on the host, or the log's retention; *Disks* on *Host* tells since when.",
        "Was a model released? Old ones are kept until somebody deletes them.",
        "Does it grow with users? Then order more: the panel *When is what full* tells how long there is.",
    ],
    tests=_cases(
        hosts.disk_free.where(device="/dev/sda1", fstype="ext4", mountpoint="/", **ON),
        {**FIRST, "mountpoint": "/"},
        DISK,
    ),
)
memory_full_soon = Alert(
    "MemoryFullSoon",
    expr=memory_left < MEMORY,
    for_="1h",
    severity="ticket",
    summary="The memory of {instance} is full in {value}",
    description="If it goes on as in the last 6 hours. The kernel then kills the largest process, which is a model.",
    check_first=[
        "Does one process grow? It leaks: restart it at a quiet hour, and keep a profile of its heap.",
        "Do all? Then there are more pods than the host can bear: move some.",
    ],
    tests=_cases(hosts.memory_available.where(**ON), FIRST, MEMORY),
)

alerts = [disk_full_soon, memory_full_soon]
