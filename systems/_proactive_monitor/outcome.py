"""What the monitor finds, and whether anybody hears of it; what is recorded of it, and the alerts."""

from watchwright import Alert, Case, Instant, record

from .._shared import up
from .health import MONITOR
from .metrics import channel, findings, notifications, target

# Both are rare, and each is worth knowing: the first of a target, or of a channel, is a series that starts at 1
critical_findings = record(
    "target:proactive_monitor_critical_findings:events15m",
    findings.where(severity="critical").events("15m").sum(by=[target]),
)
lost_notifications = record(
    "channel:proactive_monitor_lost_notifications:events15m",
    notifications.where(result="failed").events("15m").sum(by=[channel]),
)

CRITICAL = findings.where(target="response_time", severity="critical", **MONITOR)
HIGH = findings.where(target="response_time", severity="high", **MONITOR)
LOST = notifications.where(channel="slack", result="failed", **MONITOR)
MONITOR_ANSWERS = up.where(**MONITOR)
SENT = notifications.where(channel="slack", result="sent", **MONITOR)


def _one_is_enough(counted: Instant, other: Instant, where: dict[str, str]) -> list[Case]:
    return [
        Case(
            "the first one fires, though its series starts at 1, and is over after a quarter of an hour",
            given={counted: "_x10 1x40"},
            fires={"9m": [], "10m30s": [], "11m30s": [where], "30m": []},
        ),
        Case(
            "one more in a series known for long fires",
            given={counted: "3x90 4x30"},
            fires={"90m": [], "93m": [where], "110m": []},
        ),
        Case(
            "the first one after a restart fires",
            given={counted: "3x20 stale _x9 1x30"},
            fires={"20m": [], "33m": [where], "50m": []},
        ),
        Case(
            "as many after a restart as before it are new, if the monitor answered meanwhile",
            given={counted: "1x20 stale _x9 1x30", MONITOR_ANSWERS: "1x70"},
            fires={"19m": [], "34m": [], "41m": [where], "55m": []},
        ),
        Case(
            "if it did not answer, nobody knows that they are",
            given={counted: "1x20 stale _x9 1x30", MONITOR_ANSWERS: "1x20 0x9 1x40"},
            fires={"19m": [], "34m": [], "41m": [], "55m": []},
        ),
        Case("a gap in scraping is none", given={counted: "3x20 stale _x20 3x30"}, fires={"43m": [], "60m": []}),
        Case("others do not count", given={other: "0+1x40"}, fires={"30m": []}),
        Case("without any it is silent", given={counted: "0x40"}, fires={"30m": []}),
    ]


critical_finding = Alert(
    "CriticalFinding",
    expr=critical_findings > 0,
    for_="1m",
    severity="page",
    summary="{target} is far off what is usual",
    description="In the last 15 minutes a value of {target} was 30 deviations or more off what was expected.",
    check_first=[
        "What does the finding say? It names the value, what was expected, and the methods that saw it.",
        "Do other targets have findings since the same time? See *Findings by target*: look at the first one.",
        "Is the value right, and usual from now on? Acknowledge it: in an hour it is part of what is expected.",
    ],
    tests=_one_is_enough(CRITICAL, HIGH, {"target": "response_time"}),
)
notifications_lost = Alert(
    "NotificationsLost",
    expr=lost_notifications > 0,
    for_="1m",
    severity="ticket",
    summary="Notifications of the monitor do not reach {channel}",
    description="In the last 15 minutes the monitor gave up a notification to {channel}, after all retries: somebody "
    "does not know of a finding.",
    check_first=[
        "Which findings are not acknowledged? The panel of that name counts them: tell their owners.",
        "Does the log say `401` or `403`? Then the channel's token is no longer valid.",
        "Do all channels fail? Then the monitor has no way out: see its network policy and its proxy.",
    ],
    tests=_one_is_enough(LOST, SENT, {"channel": "slack"}),
)

alerts = [critical_finding, notifications_lost]
