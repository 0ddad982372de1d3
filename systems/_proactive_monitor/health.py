"""Whether the monitor looks, within its own limits; what is recorded of it, and the alerts."""

from watchwright import Alert, Case, percent, ratio, record
from watchwright.units import MB

from .._process import cpu_seconds, memory
from .metrics import checks, state, target, targets

# Limits, each with its reason ---------------------------------------------------------------------------

FAILING_CHECKS = 50 * percent  # a look-back of an hour bears every second check to fail; beyond that it has holes
SEVERAL = 2.5  # failed checks, three of the slowest targets' four in an hour: increase() makes 2.1 of two, not 2.9
STOPPED_LONG = "12h"  # for maintenance somebody stops it for some hours; after half a day it was forgotten
IDLE_CPU = 1 * percent  # of one CPU: what it may use while it is stopped
ACTIVE_CPU = 5 * percent  # of one CPU: it watches beside others, and must not be noticed
MOST_MEMORY = 50 * MB  # likewise

PROCESS = ["job", "instance"]

# Recorded series ------------------------------------------------------------------------------------------

failing_checks = record(
    "target:proactive_monitor_check_failures:ratio_rate1h",
    ratio(checks.where(result="failure"), checks, over="1h", by=[target]),  # the slowest are checked four times in it
)
checks_done = record(
    "instance:proactive_monitor_checks:events30m",
    # 0 where it has targets and never checked one; the slowest are checked twice in half an hour
    checks.events("30m").sum(by=PROCESS) | 0 * targets.sum(by=PROCESS),
)
cpu_use = record("instance:process_cpu_seconds:rate15m", cpu_seconds.rate("15m").sum(by=PROCESS))
idle_cpu_use = record(
    "instance:process_cpu_seconds:rate15m_stopped",
    cpu_use & state.is_in("stopped").on(*PROCESS),
)

# As last scraped, within five minutes: one scrape that fails is no start
stopped = state.where(proactive_monitor_state="stopped").last_over_time("5m").eq(1)
# Once it is started again, it has half an hour for its first checks
stopped_lately = state.where(proactive_monitor_state="stopped").max_over_time("30m").eq(1)

# Alerts ---------------------------------------------------------------------------------------------------

MONITOR = {"job": "proactive-monitor", "instance": "monitor:9105"}
watched = targets.where(source="prometheus", **MONITOR)
passed = checks.where(target="error_rate", result="success", **MONITOR)
failed = checks.where(target="error_rate", result="failure", **MONITOR)
is_running = state.where(proactive_monitor_state="running", **MONITOR)
is_stopped = state.where(proactive_monitor_state="stopped", **MONITOR)
STOPPED = {**MONITOR, "proactive_monitor_state": "stopped"}
ERROR_RATE = {"target": "error_rate"}

checks_failing = Alert(
    "ChecksFailing",
    expr=(failing_checks > FAILING_CHECKS)
    & (checks.where(result="failure").increase("1h").sum(by=[target]) > SEVERAL).on(target),
    for_="15m",
    severity="ticket",
    summary="{value} of the checks of {target} fail",
    description="More than half of the checks of {target} in the last hour could not be made: an anomaly there is seen "
    "late, or never.",
    check_first=[
        "What does the monitor's log say of the target? A query that the data source refuses is its owner's to mend.",
        "Do targets of one data source fail together? Then ask Prometheus, or Loki.",
        "Do checks run out of time? See *Duration of checks*: a shorter look-back, or a recorded series, helps.",
    ],
    tests=[
        Case(
            "two in three fire, and resolve",
            given={passed: "0+1x24 24+3x24", failed: "0+2x24 48x24"},
            every="5m",
            fires={"15m": [], "30m": [ERROR_RATE], "3h30m": []},
        ),
        Case("one in three is silent", given={passed: "0+2x24", failed: "0+1x24"}, every="5m", fires={"1h55m": []}),
        Case(
            "a new target whose checks all fail fires, though its series starts at 1",
            given={failed: "_x3 1+1x24"},
            every="5m",
            fires={"15m": [], "50m": [ERROR_RATE]},
        ),
        Case("a target that never failed is silent", given={passed: "0+1x24"}, every="5m", fires={"1h55m": []}),
        Case("a target that is not checked is for NoChecks", given={failed: "7x24"}, every="5m", fires={"1h55m": []}),
        Case(
            "a target that was removed is silent an hour later",
            given={failed: "0+1x12 stale"},
            every="5m",
            fires={"1h": [ERROR_RATE], "2h30m": []},
        ),
        Case(
            "a restart is no failure",
            given={passed: "0+3x8 0+3x8", failed: "20x8 0 1x7"},
            every="5m",
            fires={"1h": [], "1h20m": []},
        ),
        Case(
            "a new target whose first three checks fail is silent: the first cannot be counted, and two prove nothing",
            given={failed: "_x3 1x14 2x14 3x90", passed: "_x48 1x14 2x60"},
            fires={"30m": [], "45m": [], "60m": [], "90m": []},
        ),
        Case(
            "a target of the slowest tier that always fails fires",
            given={failed: "0x14 1x14 2x14 3x14 4x14 5x14 6x14 7x14"},
            fires={"44m": [], "65m": [ERROR_RATE], "115m": [ERROR_RATE]},
        ),
    ],
)
no_checks = Alert(
    "NoChecks",
    expr=(checks_done.eq(0) & (targets.sum(by=PROCESS) > 0).on(*PROCESS)).unless(stopped_lately.on(*PROCESS)),
    for_="15m",
    severity="page",
    summary="The monitor has targets, and checks none",
    description="{instance} answers and runs, but has not checked a target for half an hour: nobody watches what it "
    "should.",
    check_first=[
        "Was it started a while ago? The panel *State* tells. Then it never began: see its log from there on.",
        "Is a check under way that never ends? *Duration of checks* shows none since: restart the monitor.",
        "Does its log end at the same time? Then its scheduler died: restart it, and keep the log.",
    ],
    tests=[
        Case(
            "checks that cease fire after half an hour and the wait, and resolve",
            given={watched: "4x40", passed: "0+1x12 12x12 13+1x14"},
            every="5m",
            fires={"1h20m": [], "1h35m": [], "1h50m": [MONITOR], "2h15m": []},
        ),
        Case("a monitor that never checked fires", given={watched: "4x12"}, every="5m",
             fires={"10m": [], "25m": [MONITOR]}),
        Case(
            "targets that are checked each 15 minutes are enough",
            given={watched: "4x36", passed: "_x3 1x2 2x2 3x2 4x2 5x2 6x2 7x2 8x2 9x2 10x2"},
            every="5m",
            fires={"14m": [], "25m": [], "1h": [], "2h": []},
        ),
        Case("failed checks are for ChecksFailing", given={watched: "4x24", failed: "0+1x24"}, every="5m",
             fires={"1h55m": []}),
        Case("a monitor without targets is silent", given={watched: "0x24", passed: "3x24"}, every="5m",
             fires={"1h55m": []}),
        Case("one that does not answer is for another alert", given={watched: "4x2 stale", passed: "3x2 stale"},
             every="5m", fires={"1h55m": []}),
        Case(
            "a restart is silent",
            given={watched: "4x36", passed: "0+1x12 stale _x1 1+1x20"},
            every="5m",
            fires={"1h20m": [], "2h": []},
        ),
        Case(
            "one that was stopped on purpose is silent, and has half an hour for its first checks when it is started",
            given={watched: "4x220", is_stopped: "0x20 1x99 0x99", is_running: "1x20 0x99 1x99",
                   passed: "0+1x20 20x130 21+1x67"},
            fires={"60m": [], "110m": [], "130m": [], "149m": [], "170m": []},
        ),
        Case(
            "one that is started, and checks nothing, fires",
            given={watched: "4x180", is_stopped: "1x60 0x119", is_running: "0x60 1x119", passed: "20x180"},
            fires={"60m": [], "100m": [], "110m": [MONITOR]},
        ),
    ],
)  # fmt: skip
monitor_stopped = Alert(
    "MonitorStopped",
    expr=stopped,
    for_=STOPPED_LONG,
    severity="ticket",
    summary="The monitor has been stopped for 12 hours",
    description="Somebody stopped {instance}, and nobody has started it again: nothing is checked, and nothing found.",
    check_first=[
        "Who stopped it, and why? Its log tells when. Ask before you start it.",
        "Is the maintenance over that it was stopped for? Then start it again, and see *Checks* rise.",
        "Shall it stay away? Then remove its targets from the scrape, so that nobody believes it watches.",
    ],
    tests=[
        Case(
            "stopped for half a day fires, until it is started, and one scrape that fails changes nothing",
            given={is_stopped: "0x5 1x300 stale 1x520 0x10", is_running: "1x5 0x300 stale 0x520 1x10"},
            fires={"6h30m": [], "12h": [], "12h10m": [STOPPED], "13h40m": [STOPPED], "13h55m": []},
        ),
        Case(
            "an afternoon is silent",
            given={is_stopped: "0x5 1x400 0x400", is_running: "1x5 0x400 1x400"},
            fires={"6h30m": [], "13h": []},
        ),
        Case("one that runs is silent", given={is_running: "1x760", is_stopped: "0x760"}, fires={"12h30m": []}),
        Case(
            "one that does not answer is for another alert",
            given={is_stopped: "1x60 stale", is_running: "0x60 stale"},
            fires={"12h30m": []},
        ),
    ],
)

used = cpu_seconds.where(**MONITOR)

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
            given={used: "0+0.6x10 6+4.2x40 174+0.6x40", is_running: "1x90", is_stopped: "0x90"},
            fires={"25m": [], "32m": [], "40m": [MONITOR], "80m": []},
        ),
        Case("four percent are silent", given={used: "0+2.4x40", is_running: "1x40"}, fires={"35m": []}),
        Case(
            "one and a half percent are too much for one that is stopped",
            given={used: "0+0.9x40", is_running: "0x40", is_stopped: "1x40"},
            fires={"22m": [], "30m": [MONITOR]},
        ),
        Case(
            "and not for one that runs",
            given={used: "0+0.9x40", is_running: "1x40", is_stopped: "0x40"},
            fires={"35m": []},
        ),
        Case(
            "seven in a thousand are idle",
            given={used: "0+0.42x40", is_running: "0x40", is_stopped: "1x40"},
            fires={"35m": []},
        ),
        Case(
            "a restart does not count what was used before",
            given={used: "900+0.6x20 stale _x1 0+0.6x20"},
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

alerts = [checks_failing, no_checks, monitor_stopped, cpu_high, memory_high]
