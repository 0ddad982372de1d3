"""What the monitor finds, and whether anybody hears of it; what is recorded of that, and the alerts."""

from watchwright import Alert, Case, record

from .._process import PROCESS
from .._shared import up
from .itself import MONITOR
from .metrics import channel, findings, forgotten, last_check, notifications, target, unacknowledged

# Limits, each with its reason ---------------------------------------------------------------------------

UNREAD = "1h"  # whoever was paged has looked by then; the incident itself may take longer
WORTH_READING = ["high", "critical"]  # lower ones are looked through when there is time

# Recorded series ------------------------------------------------------------------------------------------

critical_findings = record(
    "target:proactive_monitor_critical_findings:events15m",
    # the first of a target is a series that starts at 1; 0 of a target that never had one
    findings.where(severity="critical").events("15m").sum(by=[target]) | 0 * last_check.sum(by=[target]),
)
lost_notifications = record(
    "channel:proactive_monitor_lost_notifications:increase15m",
    notifications.where(result="failed").increase("15m").sum(by=[channel]),
)
lost_findings = record(
    "instance:proactive_monitor_forgotten_findings:increase1h",
    forgotten.where(severity=WORTH_READING).increase("1h").sum(by=PROCESS),
)
waiting = unacknowledged.where(severity="critical").sum(by=PROCESS)

# Alerts ---------------------------------------------------------------------------------------------------

CRITICAL = findings.where(target="response_time", severity="critical", **MONITOR)
HIGH = findings.where(target="response_time", severity="high", **MONITOR)
LOST = notifications.where(channel="slack", result="failed", **MONITOR)
SENT = notifications.where(channel="slack", result="sent", **MONITOR)
MONITOR_ANSWERS = up.where(**MONITOR)
RESPONSE_TIME = {"target": "response_time"}
WAITING = unacknowledged.where(severity="critical", **MONITOR)
WAITING_HIGH = unacknowledged.where(severity="high", **MONITOR)
FORGOTTEN = forgotten.where(severity="high", **MONITOR)
FORGOTTEN_MEDIUM = forgotten.where(severity="medium", **MONITOR)


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
    tests=[
        Case(
            "the first one fires, though its series starts at 1, and is over after a quarter of an hour",
            given={CRITICAL: "_x10 1x40"},
            fires={"9m": [], "10m30s": [], "11m30s": [RESPONSE_TIME], "30m": []},
        ),
        Case(
            "one more in a series known for long fires",
            given={CRITICAL: "3x90 4x30"},
            fires={"90m": [], "93m": [RESPONSE_TIME], "110m": []},
        ),
        Case(
            "the first one after a restart fires",
            given={CRITICAL: "3x20 stale _x9 1x30"},
            fires={"20m": [], "33m": [RESPONSE_TIME], "50m": []},
        ),
        Case(
            "as many after a restart as before it are new, if the monitor answered meanwhile",
            given={CRITICAL: "1x20 stale _x9 1x30", MONITOR_ANSWERS: "1x70"},
            fires={"19m": [], "34m": [], "41m": [RESPONSE_TIME], "55m": []},
        ),
        Case(
            "if it did not answer, nobody knows that they are",
            given={CRITICAL: "1x20 stale _x9 1x30", MONITOR_ANSWERS: "1x20 0x9 1x40"},
            fires={"19m": [], "34m": [], "41m": [], "55m": []},
        ),
        Case("a gap in scraping is none", given={CRITICAL: "3x20 stale _x20 3x30"}, fires={"43m": [], "60m": []}),
        Case("others do not count", given={HIGH: "0+1x40"}, fires={"30m": []}),
        Case("without any it is silent", given={CRITICAL: "0x40"}, fires={"30m": []}),
    ],
)
critical_unacknowledged = Alert(
    "CriticalUnacknowledged",
    expr=waiting > 0,
    for_=UNREAD,
    severity="ticket",
    summary="Nobody has acknowledged a critical finding for an hour",
    description="{instance} keeps {value} critical findings that nobody has acknowledged: nobody looked, or nobody "
    "said so.",
    check_first=[
        "Which findings are they? The monitor lists those it keeps, with what each says.",
        "Was the page of CriticalFinding answered? Then acknowledge the finding in the monitor, too.",
        "Did the page arrive at all? See *Lost notifications*, and who is on call.",
    ],
    tests=[
        Case(
            "one that waits for an hour fires, until it is acknowledged",
            given={WAITING: "0x10 1x80 0x30"},
            fires={"65m": [], "75m": [MONITOR], "93m": []},
        ),
        Case("one that is acknowledged within the hour is silent", given={WAITING: "0x10 1x50 0x60"},
             fires={"58m": [], "90m": []}),
        Case("high ones wait for no ticket", given={WAITING_HIGH: "2x120"}, fires={"110m": []}),
        Case("a restart forgets it", given={WAITING: "1x50 stale _x2 0x60"}, fires={"48m": [], "70m": []}),
    ],
)  # fmt: skip
findings_forgotten = Alert(
    "FindingsForgotten",
    expr=lost_findings > 0,
    for_="1m",
    severity="ticket",
    summary="{value} findings were forgotten before anybody saw them",
    description="The monitor keeps the last 100 findings. In the last hour newer ones pushed out some that nobody "
    "had acknowledged, of severity high or critical.",
    check_first=[
        "Which target finds so much? See *Findings by target*: one that is never quiet wants a less sensitive profile.",
        "Did many targets find something at once? Then it was one incident: the first finding names it.",
        "Is nobody there to acknowledge? Then agree on who looks through them, and when.",
    ],
    tests=[
        Case(
            "three forgotten ones fire, and are over an hour later",
            given={FORGOTTEN: "0x20 3x90"},
            fires={"21m30s": [], "22m30s": [MONITOR], "85m": []},
        ),
        Case("what was forgotten long ago is silent", given={FORGOTTEN: "7x90"}, fires={"80m": []}),
        Case("medium ones may be forgotten", given={FORGOTTEN_MEDIUM: "0x20 9x40"}, fires={"50m": []}),
        Case("a restart forgets nothing that counts", given={FORGOTTEN: "5x20 stale _x1 0x60"}, fires={"40m": []}),
    ],
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
    tests=[
        Case(
            "one fires, and is over after a quarter of an hour",
            given={LOST: "3x90 4x30"},
            fires={"91m30s": [], "92m30s": [{"channel": "slack"}], "110m": []},
        ),
        Case(
            "the first one after a restart fires",
            given={LOST: "3x20 stale _x2 0x9 1x30"},
            fires={"25m": [], "37m": [{"channel": "slack"}], "55m": []},
        ),
        Case("a restart loses none", given={LOST: "3x20 stale _x2 0x40"}, fires={"23m": [], "40m": []}),
        Case("a gap in scraping is none", given={LOST: "3x20 stale _x20 3x30"}, fires={"43m": [], "60m": []}),
        Case("what arrives is silent", given={SENT: "0+1x40", LOST: "0x40"}, fires={"30m": []}),
    ],
)

alerts = [critical_finding, critical_unacknowledged, findings_forgotten, notifications_lost]
