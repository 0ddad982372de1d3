"""The monitor as a process: whether it runs, within its own limits, and whether it watches; the alerts on that."""

from watchwright import Alert, Case, percent, record
from watchwright.units import MB

from .._process import PROCESS, cpu_seconds, memory
from .metrics import state

# Limits, each with its reason ---------------------------------------------------------------------------

STOPPED_LONG = "4h"  # for maintenance somebody stops it for an hour or two; after four it was forgotten
IDLE_CPU = 1 * percent  # of one CPU: what it may use while it is stopped
ACTIVE_CPU = 5 * percent  # of one CPU: it watches beside others, and must not be noticed
MOST_MEMORY = 50 * MB  # likewise

# Recorded series ------------------------------------------------------------------------------------------

cpu_use = record("instance:process_cpu_seconds:rate15m", cpu_seconds.rate("15m").sum(by=PROCESS))
idle_cpu_use = record(
    "instance:process_cpu_seconds:rate15m_stopped",
    cpu_use & state.is_in("stopped").on(*PROCESS),
)

running = state.is_in("running")
# As last scraped, within five minutes: one scrape that fails is no start
stopped = state.where(proactive_monitor_state="stopped").last_over_time("5m").eq(1)
# Once it is started again, it has half an hour for its first checks
stopped_lately = state.where(proactive_monitor_state="stopped").max_over_time("30m").eq(1)

# Alerts ---------------------------------------------------------------------------------------------------

MONITOR = {"job": "proactive-monitor", "instance": "monitor:9105"}
IS_RUNNING = state.where(proactive_monitor_state="running", **MONITOR)
IS_STOPPED = state.where(proactive_monitor_state="stopped", **MONITOR)
STOPPED = {**MONITOR, "proactive_monitor_state": "stopped"}

monitor_stopped = Alert(
    "MonitorStopped",
    expr=stopped,
    for_=STOPPED_LONG,
    severity="ticket",
    summary="The monitor has been stopped for 4 hours",
    description="Somebody stopped {instance}, and nobody has started it again: nothing is checked, and nothing found.",
    check_first=[
        "Who stopped it, and why? Its log tells when. Ask before you start it.",
        "Is the maintenance over that it was stopped for? Then start it again, and see *Checks* rise.",
        "Shall it stay away? Then remove its targets from the scrape, so that nobody believes it watches.",
    ],
    tests=[
        Case(
            "stopped for long fires, until it is started, and one scrape that fails changes nothing",
            given={IS_STOPPED: "0x5 1x100 stale 1x200 0x10", IS_RUNNING: "1x5 0x100 stale 0x200 1x10"},
            fires={"2h30m": [], "4h": [], "4h10m": [STOPPED], "5h5m": [STOPPED], "5h15m": []},
        ),
        Case(
            "two hours are silent",
            given={IS_STOPPED: "0x5 1x120 0x200", IS_RUNNING: "1x5 0x120 1x200"},
            fires={"2h5m": [], "4h30m": []},
        ),
        Case("one that runs is silent", given={IS_RUNNING: "1x270", IS_STOPPED: "0x270"}, fires={"4h20m": []}),
        Case(
            "one that does not answer is for another alert",
            given={IS_STOPPED: "1x60 stale", IS_RUNNING: "0x60 stale"},
            fires={"4h20m": []},
        ),
    ],
)

USED = cpu_seconds.where(**MONITOR)

cpu_high = Alert(
    "MonitorCPUHigh",
    expr=(cpu_use > ACTIVE_CPU) | (idle_cpu_use > IDLE_CPU),
    for_="15m",
    severity="ticket",
    summary="The monitor uses {value} of a CPU",
    description="{instance} promises to use less than 5 % of a CPU while it checks, and 1 % while it is stopped.",
    check_first=[
        "Were targets added, or made faster? *Checks* tells. Spread them over the slower tiers.",
        "Do checks look at more points than before? See *Points of a check*: a longer step is enough for most.",
        "It is stopped? Then restart it: what it does is none of its work.",
    ],
    tests=[
        Case(
            "seven percent fire, and resolve",
            given={USED: "0+0.6x10 6+4.2x40 174+0.6x40", IS_RUNNING: "1x90", IS_STOPPED: "0x90"},
            fires={"25m": [], "32m": [], "40m": [MONITOR], "80m": []},
        ),
        Case("four percent are silent", given={USED: "0+2.4x40", IS_RUNNING: "1x40"}, fires={"35m": []}),
        Case(
            "one and a half percent are too much for one that is stopped",
            given={USED: "0+0.9x40", IS_RUNNING: "0x40", IS_STOPPED: "1x40"},
            fires={"22m": [], "30m": [MONITOR]},
        ),
        Case(
            "and not for one that runs",
            given={USED: "0+0.9x40", IS_RUNNING: "1x40", IS_STOPPED: "0x40"},
            fires={"35m": []},
        ),
        Case(
            "seven in a thousand are idle",
            given={USED: "0+0.42x40", IS_RUNNING: "0x40", IS_STOPPED: "1x40"},
            fires={"35m": []},
        ),
        Case(
            "a restart does not count what was used before",
            given={USED: "900+0.6x20 stale _x1 0+0.6x20"},
            fires={"25m": [], "40m": []},
        ),
    ],
)
memory_high = Alert(
    "MonitorMemoryHigh",
    expr=memory > MOST_MEMORY,
    for_="30m",
    severity="ticket",
    summary="The monitor uses {value} of memory",
    description="{instance} promises to use less than 50 MB.",
    check_first=[
        "Does it grow without end? Then it leaks: keep a profile, and restart it.",
        "Did it grow with the targets, or with *Points of a check*? Then ask for fewer points.",
    ],
    tests=[
        Case(
            "seventy megabytes for half an hour fire, and resolve",
            given={memory.where(**MONITOR): "4e7x5 7e7x60 4e7x10"},
            fires={"30m": [], "50m": [MONITOR], "70m": []},
        ),
        Case("forty are silent", given={memory.where(**MONITOR): "4e7x60"}, fires={"55m": []}),
        Case(
            "a check that takes much for a while is silent",
            given={memory.where(**MONITOR): "4e7x5 9e7x20 4e7x30"},
            fires={"25m": [], "50m": []},
        ),
        Case(
            "a restart begins the wait anew",
            given={memory.where(**MONITOR): "7e7x25 stale _x1 7e7x20"},
            fires={"26m": [], "45m": []},
        ),
    ],
)

alerts = [monitor_stopped, cpu_high, memory_high]
