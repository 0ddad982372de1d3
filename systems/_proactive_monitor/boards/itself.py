"""The monitor as a process: whether it runs, and within its own limits."""

from watchwright import Dashboard, Query, Row, Stat, StateTimeline, Threshold, TimeSeries, time

from ..._process import memory, started
from ..._shared import at_a_glance, up
from .. import itself as process
from ..metrics import state
from ..slos import watching

STATES = {1: "running", 0: "stopped"}
is_running = Query(state.where(proactive_monitor_state="running"), legend="{instance}")

itself_board = Dashboard(
    "Itself",
    [
        at_a_glance(
            process.alerts,
            Stat("State", is_running, mapping=STATES, thresholds=[Threshold(1, "green")], sparkline=False),
            Stat("It watches", watching, mapping={1: "yes", 0: "no"}, thresholds=[Threshold(1, "green")],
                 sparkline=False),
            Stat("CPU", process.cpu_use.max(), decimals=1, thresholds=[Threshold(process.ACTIVE_CPU, "orange")]),
            Stat("Memory", memory.max(), decimals=0, thresholds=[Threshold(process.MOST_MEMORY, "orange")]),
            Stat("Up since", (time() - started).min(), sparkline=False),
            Stat("Targets that answer", up.sum(), sparkline=False),
        ),
        Row(
            "Does it run?",
            [
                StateTimeline(
                    "State",
                    is_running,
                    states=STATES,
                    thresholds=[Threshold(1, "green")],
                    description="A user stops it and starts it again; a restart is marked on each board.",
                    alerts=[process.monitor_stopped],
                ),
                StateTimeline(
                    "It watches",
                    Query(watching, legend="{instance}"),
                    states={1: "watches", 0: "watches nothing"},
                    thresholds=[Threshold(1, "green")],
                    description="It answers, and has checked a target within half an hour, or is stopped on purpose.",
                ),
            ],
        ),
        Row(
            "What does it cost?",
            [
                TimeSeries(
                    "CPU",
                    Query(process.cpu_use, legend="{instance}"),
                    min=0,
                    description="Of one CPU. It promises to use less than 5 %.",
                    alerts=[process.cpu_high],
                ),
                TimeSeries(
                    "CPU while it is stopped",
                    Query(process.idle_cpu_use, legend="{instance}"),
                    min=0,
                    description="Of one CPU. Stopped, it promises to use less than 1 %.",
                    alerts=[process.cpu_high],
                    no_data="It runs.",
                ),
                TimeSeries(
                    "Memory",
                    Query(memory, legend="{instance}"),
                    min=0,
                    description="It promises to use less than 50 MB.",
                    alerts=[process.memory_high],
                    width=24,
                ),
            ],
        ),
    ],
    description="Whether the monitor runs, and within its own limits.",
)  # fmt: skip
