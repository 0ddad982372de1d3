"""What can go wrong with the monitor, by name."""

from __future__ import annotations

from collections.abc import Mapping

import attrs

from simulators import clockwork
from simulators.clockwork import Trouble, silent

NONE: frozenset[str] = frozenset()
_MB = 1e6


@attrs.frozen(kw_only=True)
class Conditions(clockwork.Conditions):
    """What holds at a moment; as it stands, a healthy monitor."""

    stopped: bool = False  # on purpose, by a user
    hangs: bool = False  # the scheduler: no check is made
    skipped: frozenset[str] = NONE  # targets that are not checked
    failing: frozenset[str] = NONE  # targets whose checks fail
    empty: frozenset[str] = NONE  # targets whose queries find no series
    critical: frozenset[str] = NONE  # targets that are far off at each check
    flood: int = 0  # findings of severity high in each check of the fastest target
    answered: bool = True  # somebody acknowledges what is found
    lost: frozenset[str] = NONE  # channels that take no notification
    users_targets: int = 0  # beside those that there always are
    cpu: float = 0.024  # of one CPU, while it runs
    idle_cpu: float = 0.004  # and while it is stopped
    memory: float = 37 * _MB


TROUBLES: Mapping[str, Trouble] = {
    "critical finding": Trouble(
        description="The error rate is suddenly fifty deviations off, and somebody says at once that he knows.",
        minutes=10,
        changes={"critical": frozenset({"error_rate"})},
        fires=frozenset({"CriticalFinding"}),
    ),
    "nobody looks": Trouble(
        description="The error rate is far off, and nobody acknowledges it.",
        minutes=70,
        changes={"critical": frozenset({"error_rate"}), "answered": False},
        fires=frozenset({"CriticalFinding", "CriticalUnacknowledged"}),
    ),
    "flood of findings": Trouble(
        description="A target with many series finds some at each check, and nobody comes to look through them.",
        minutes=35,
        changes={"flood": 6, "answered": False},
        fires=frozenset({"FindingsForgotten"}),
        after=100,
    ),
    "lost notifications": Trouble(
        description="The chat takes no notification, while there is one each minute.",
        minutes=5,
        changes={"flood": 1, "lost": frozenset({"slack"})},
        fires=frozenset({"NotificationsLost", "NotificationsArriveBurnPage"}),
        after=30,
    ),
    "failing checks": Trouble(
        description="Loki refuses the query of a target.",
        minutes=70,
        changes={"failing": frozenset({"checkout_errors"})},
        fires=frozenset({"ChecksFailing"}),
        after=75,
    ),
    "empty checks": Trouble(
        description="What a target watches was renamed: its query finds nothing.",
        minutes=70,
        changes={"empty": frozenset({"checkout_errors"})},
        fires=frozenset({"ChecksEmpty"}),
        after=75,
    ),
    "skipped target": Trouble(
        description="One target of six is checked no more.",
        minutes=25,
        changes={"skipped": frozenset({"response_time"})},
        fires=frozenset({"TargetOverdue"}),
    ),
    "hanging scheduler": Trouble(
        description="The monitor answers and runs, and makes no check.",
        minutes=50,
        changes={"hangs": True},
        fires=frozenset({"NoChecks", "TargetOverdue", "ChecksInTimeBurnPage"}),
        after=45,
    ),
    "stopped and forgotten": Trouble(
        description="Somebody stops the monitor in the evening, and nobody starts it again before the night.",
        minutes=4.25 * 60,
        changes={"stopped": True},
        fires=frozenset({"MonitorStopped"}),
    ),
    "stopped for an hour": Trouble(
        description="Somebody stops the monitor for maintenance, and starts it again.",
        minutes=60,
        changes={"stopped": True},
        after=40,
    ),
    "busy CPU": Trouble(
        description="It uses three times the CPU that it uses.",
        minutes=35,
        changes={"cpu": 0.075},
        fires=frozenset({"MonitorCPUHigh"}),
    ),
    "busy while stopped": Trouble(
        description="It is stopped, and uses what it would if it ran.",
        minutes=40,
        changes={"stopped": True, "idle_cpu": 0.024},
        fires=frozenset({"MonitorCPUHigh"}),
        after=40,
    ),
    "full memory": Trouble(
        description="Its memory grows, and is not given back.",
        minutes=40,
        changes={"memory": 64 * _MB},
        fires=frozenset({"MonitorMemoryHigh"}),
    ),
    "silent monitor": Trouble(
        description="The monitor does not answer.",
        minutes=12,
        changes=silent("proactive-monitor"),
        fires=frozenset(
            {
                "ProactiveMonitorTargetsGone",
                "ChecksInTimeAbsent",
                "ChecksSucceedAbsent",
                "NotificationsArriveAbsent",
            }
        ),
    ),
    "many targets": Trouble(
        description="Users add twenty targets.", minutes=20, changes={"users_targets": 20}, health=10, after=10
    ),
    "scrape gap": Trouble(
        description="The monitor does not answer for three minutes.", minutes=3, changes=silent("proactive-monitor")
    ),
    "restart": Trouble(description="The monitor starts again.", minutes=1, restarts="proactive-monitor"),
}
