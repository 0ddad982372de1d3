"""Whether targets are checked, and when they are due; what is recorded of checks, and the alerts on them."""

from watchwright import Alert, Case, Instant, percent, ratio, record, time

from .._process import PROCESS
from .._shared import SEVERAL
from .itself import IS_RUNNING, IS_STOPPED, MONITOR, running, stopped_lately
from .metrics import checks, interval, last_check, target, targets

# Limits, each with its reason ---------------------------------------------------------------------------

MOST_CHECKS = 50 * percent  # a look-back of an hour bears every second check to fail; beyond that it has holes
LATE = 2  # intervals: one check was not made
OVERDUE = 3  # intervals: one check is lost to a slow data source, and the next to its retry

# Recorded series ------------------------------------------------------------------------------------------

failed = checks.where(result="failure")

failing_checks = record(
    "target:proactive_monitor_check_failures:ratio_rate1h",
    ratio(failed, checks, over="1h", by=[target]),  # the slowest are checked four times in it
)
empty_checks = record(
    "target:proactive_monitor_empty_checks:ratio_rate1h",
    ratio(checks.where(result="empty"), checks, over="1h", by=[target]),
)
checks_done = record(
    "instance:proactive_monitor_checks:events30m",
    # 0 where it has targets and never checked one; the slowest are checked twice in half an hour
    checks.events("30m").sum(by=PROCESS) | 0 * targets.sum(by=PROCESS),
)
check_age = record(
    "target:proactive_monitor_check_age:intervals",
    # from 0 to 1, over and over, where checks are made on time; while the monitor is stopped none is due, and it is 0
    ((time() - last_check) / interval & running.on(*PROCESS) | 0 * interval).max(by=[target]),
)


def _several(result: str) -> Instant:
    """The targets of which several checks of an hour had this result."""
    return checks.where(result=result).increase("1h").sum(by=[target]) > SEVERAL


# Alerts ---------------------------------------------------------------------------------------------------

WATCHED = targets.where(source="prometheus", **MONITOR)
PASSED = checks.where(target="error_rate", result="success", **MONITOR)
FAILED = checks.where(target="error_rate", result="failure", **MONITOR)
EMPTY = checks.where(target="error_rate", result="empty", **MONITOR)
ERROR_RATE = {"target": "error_rate"}


def _most_of_an_hour(bad: Instant) -> list[Case]:
    """What an alert on most checks of an hour has to bear, whichever way they went."""
    return [
        Case(
            "two in three fire, and resolve",
            given={PASSED: "0+1x24 24+3x24", bad: "0+2x24 48x24"},
            every="5m",
            fires={"15m": [], "30m": [ERROR_RATE], "3h30m": []},
        ),
        Case("one in three is silent", given={PASSED: "0+2x24", bad: "0+1x24"}, every="5m", fires={"1h55m": []}),
        Case(
            "a new target of which all are fires, though its series starts at 1",
            given={bad: "_x3 1+1x24"},
            every="5m",
            fires={"15m": [], "50m": [ERROR_RATE]},
        ),
        Case("a target of which none ever was is silent", given={PASSED: "0+1x24"}, every="5m", fires={"1h55m": []}),
        Case("a target that is not checked is for others", given={bad: "7x24"}, every="5m", fires={"1h55m": []}),
        Case(
            "a target that was removed is silent an hour later",
            given={bad: "0+1x12 stale"},
            every="5m",
            fires={"1h": [ERROR_RATE], "2h30m": []},
        ),
        Case(
            "a restart counts nothing twice",
            given={PASSED: "0+3x8 0+3x8", bad: "20x8 0 1x7"},
            every="5m",
            fires={"1h": [], "1h20m": []},
        ),
        Case(
            "a new target of which the first three are is silent: the first cannot be counted, and two prove nothing",
            given={bad: "_x3 1x14 2x14 3x90", PASSED: "_x48 1x14 2x60"},
            fires={"30m": [], "45m": [], "60m": [], "90m": []},
        ),
        Case(
            "a target of the slowest tier of which all are fires",
            given={bad: "0x14 1x14 2x14 3x14 4x14 5x14 6x14 7x14"},
            fires={"44m": [], "65m": [ERROR_RATE], "115m": [ERROR_RATE]},
        ),
    ]


checks_failing = Alert(
    "ChecksFailing",
    expr=(failing_checks > MOST_CHECKS) & _several("failure").on(target),
    for_="15m",
    severity="ticket",
    summary="{value} of the checks of {target} fail",
    description="More than half of the checks of {target} in the last hour could not be made: an anomaly there is seen "
    "late, or never.",
    check_first=[
        "What does the monitor's log say of the target? A query that the data source refuses is its owner's to mend.",
        "Do targets of one data source fail together? Then ask Prometheus, or Loki.",
        "Do queries run out of time? See *Duration of queries*: a shorter look-back, or a recorded series, helps.",
    ],
    tests=_most_of_an_hour(FAILED),
)
checks_empty = Alert(
    "ChecksEmpty",
    expr=(empty_checks > MOST_CHECKS) & _several("empty").on(target),
    for_="15m",
    severity="ticket",
    summary="{value} of the checks of {target} find no series",
    description="The query of {target} is answered with nothing: the monitor checks it, and watches nothing by it.",
    check_first=[
        "Ask the query of its data source: which part of it finds nothing? A label may have been renamed.",
        "Is what it watched switched off? Then remove the target.",
        "Is it an error that never happened yet? Then the query wants `or vector(0)`, so that there is a normal.",
    ],
    tests=_most_of_an_hour(EMPTY),
)
target_overdue = Alert(
    "TargetOverdue",
    expr=check_age > OVERDUE,
    for_="5m",
    severity="ticket",
    summary="{target} has not been checked for {value} intervals",
    description="The monitor runs, and at least two checks of {target} that were due were not made.",
    check_first=[
        "Are all targets overdue? Then the scheduler hangs, and NoChecks will say so.",
        "Do checks last longer than the fastest interval? See *Duration of checks*: the others wait for them.",
        "Were targets added, or made faster? Spread them over the slower tiers.",
    ],
    tests=[
        Case(
            "a target that is skipped fires after its third interval and the wait, and resolves",
            given={
                interval.where(target="error_rate", **MONITOR): "300x60",
                last_check.where(target="error_rate", **MONITOR): "0x30 1860x30",
                IS_RUNNING: "1x60",
            },
            fires={"15m": [], "19m": [], "23m": [ERROR_RATE], "33m": []},
        ),
        Case(
            "five of its fast intervals late are late, for one of a slow tier they are not",
            given={
                interval.where(target="error_rate", **MONITOR): "60x30",
                last_check.where(target="error_rate", **MONITOR): "0x30",
                interval.where(target="memory", **MONITOR): "900x30",
                last_check.where(target="memory", **MONITOR): "0x30",
                IS_RUNNING: "1x30",
            },
            fires={"3m": [], "12m": [ERROR_RATE], "28m": [ERROR_RATE]},
        ),
        Case(
            "two intervals are silent",
            given={
                interval.where(target="error_rate", **MONITOR): "300x60",
                last_check.where(target="error_rate", **MONITOR): "0x10 600x10 1200x10 1800x10 2400x10",
                IS_RUNNING: "1x60",
            },
            fires={"9m": [], "19m": [], "29m": [], "39m": []},
        ),
        Case(
            "while it is stopped no check is due",
            given={
                interval.where(target="error_rate", **MONITOR): "300x60",
                last_check.where(target="error_rate", **MONITOR): "0x60",
                IS_RUNNING: "0x60",
            },
            fires={"30m": [], "55m": []},
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
            given={WATCHED: "4x40", PASSED: "0+1x12 12x12 13+1x14"},
            every="5m",
            fires={"1h20m": [], "1h35m": [], "1h50m": [MONITOR], "2h15m": []},
        ),
        Case("a monitor that never checked fires", given={WATCHED: "4x12"}, every="5m",
             fires={"10m": [], "25m": [MONITOR]}),
        Case(
            "targets that are checked each 15 minutes are enough",
            given={WATCHED: "4x36", PASSED: "_x3 1x2 2x2 3x2 4x2 5x2 6x2 7x2 8x2 9x2 10x2"},
            every="5m",
            fires={"14m": [], "25m": [], "1h": [], "2h": []},
        ),
        Case("failed checks are for ChecksFailing", given={WATCHED: "4x24", FAILED: "0+1x24"}, every="5m",
             fires={"1h55m": []}),
        Case("a monitor without targets is silent", given={WATCHED: "0x24", PASSED: "3x24"}, every="5m",
             fires={"1h55m": []}),
        Case("one that does not answer is for another alert", given={WATCHED: "4x2 stale", PASSED: "3x2 stale"},
             every="5m", fires={"1h55m": []}),
        Case(
            "a restart is silent",
            given={WATCHED: "4x36", PASSED: "0+1x12 stale _x1 1+1x20"},
            every="5m",
            fires={"1h20m": [], "2h": []},
        ),
        Case(
            "one that was stopped on purpose is silent, and has half an hour for its first checks when it is started",
            given={WATCHED: "4x220", IS_STOPPED: "0x20 1x99 0x99", IS_RUNNING: "1x20 0x99 1x99",
                   PASSED: "0+1x20 20x130 21+1x67"},
            fires={"60m": [], "110m": [], "130m": [], "149m": [], "170m": []},
        ),
        Case(
            "one that is started, and checks nothing, fires",
            given={WATCHED: "4x180", IS_STOPPED: "1x60 0x119", IS_RUNNING: "0x60 1x119", PASSED: "20x180"},
            fires={"60m": [], "100m": [], "110m": [MONITOR]},
        ),
    ],
)  # fmt: skip

alerts = [checks_failing, checks_empty, target_overdue, no_checks]
