"""Whether anybody hears of it: the dead man's switch, and the way to the Alertmanagers where some are configured."""

from watchwright import Alert, Case, vector

from .._process import PROCESS
from .here import SERVER
from .metrics import alertmanager, alertmanagers, discovered, dropped, not_sent

# Signals --------------------------------------------------------------------------------------------------

# Discovery names none of them where none is configured: then there is nobody to be notified, and nothing to miss
configured = discovered.where(name="notify").group(by=PROCESS)
known = alertmanagers & configured.on(*PROCESS)
errors = not_sent.increase("10m").sum(by=[alertmanager])
# 2.x drops what it has nobody to send to
lost = dropped.increase("10m").sum(by=PROCESS) & (alertmanagers > 0).on(*PROCESS)

# Alerts ---------------------------------------------------------------------------------------------------

FIRST = {"alertmanager": "http://alertmanager-0:9093/api/v2/alerts"}
KNOWN = alertmanagers.where(**SERVER)
NAMED = discovered.where(name="notify", config="config-0", **SERVER)
FAILED = not_sent.where(**FIRST, **SERVER)
DROPPED = dropped.where(**SERVER)

# Whoever receives alerts misses this one when Prometheus, or the way from there to them, is broken
watchdog = Alert(
    "Watchdog",
    expr=vector(1),
    severity="info",
    summary="This alert always fires",
    description="It proves that rules are evaluated and that alerts arrive. Let something outside ring when it stops.",
    check_first=[
        "It fires? Then nothing is wrong.",
        "It stopped? Then look at Prometheus first, and then at each step between it and you.",
    ],
    accept={"alert/no-for": "it says that Prometheus evaluates rules, which is true from the first one on"},
    tests=[Case("it fires from the first evaluation on", given=[], fires={"0m": [{}], "1h": [{}]})],
)
no_alertmanager = Alert(
    "NoAlertmanager",
    expr=known.eq(0),
    for_="5m",
    severity="page",
    summary="{instance} knows no Alertmanager",
    description="Some are configured, and discovery names none: nobody is notified of any alert. Whoever reads this "
    "looks at a board, or watches Prometheus from outside.",
    check_first=[
        "Do the Alertmanagers run? Ask where they are deployed.",
        "Have their names, labels or ports changed? The page *Service discovery* of Prometheus shows what is dropped.",
    ],
    tests=[
        Case(
            "none of those that are configured fires, until there is one",
            given={KNOWN: "2x5 0x20 2x10", NAMED: "2x5 0x20 2x10"},
            fires={"9m": [], "12m": [SERVER], "28m": []},
        ),
        Case("where none is configured it is silent", given={KNOWN: "0x30"}, fires={"25m": []}),
        Case("one is enough", given={KNOWN: "1x30", NAMED: "1x30"}, fires={"25m": []}),
        Case("a restart has a moment to find them", given={KNOWN: "0x3 2x20", NAMED: "0x3 2x20"},
             fires={"3m": [], "15m": []}),
    ],
)  # fmt: skip
alertmanager_failing = Alert(
    "AlertmanagerFailing",
    expr=errors > 0,
    for_="15m",
    severity="ticket",
    summary="{alertmanager} takes no alerts",
    description="Prometheus fails to send alerts there, for 15 minutes. While another one takes them, nothing is lost.",
    check_first=[
        "Does it run, and answer? Its own log has what it refuses, and why.",
        "Is it `401`, `403` or a certificate? The log of Prometheus says so: credentials are files on the server.",
    ],
    tests=[
        Case(
            "one that refuses them fires, and resolves",
            given={FAILED: "0x5 1+1x40 41x30"},
            fires={"15m": [], "25m": [FIRST], "60m": []},
        ),
        Case("a restart of it is silent", given={FAILED: "0x5 3x40"}, fires={"14m": [], "22m": [], "40m": []}),
        Case("one that takes them is silent", given={FAILED: "2x40"}, fires={"30m": []}),
    ],
)
alerts_dropped = Alert(
    "AlertsDropped",
    expr=lost > 0,
    for_="15m",
    severity="page",
    summary="Alerts of {instance} reach no Alertmanager",
    description="Prometheus throws alerts away, as no Alertmanager takes them, or as it has more than it can send.",
    check_first=[
        "Does AlertmanagerFailing fire for all of them? Then mend those first.",
        "Do thousands of alerts fire at once? Then the first one of them names the cause.",
    ],
    tests=[
        Case(
            "alerts that are thrown away fire, and resolve",
            given={DROPPED: "0x5 1+1x40 41x30", KNOWN: "2x80"},
            fires={"15m": [], "25m": [SERVER], "60m": []},
        ),
        Case(
            "what 2.x drops where no Alertmanager is configured is silent",
            given={DROPPED: "0+1x40", KNOWN: "0x40"},
            fires={"35m": []},
        ),
        Case("some at the start are silent", given={DROPPED: "0x1 2x40", KNOWN: "2x40"}, fires={"10m": [], "20m": []}),
        Case("none dropped is silent", given={DROPPED: "7x40", KNOWN: "2x40"}, fires={"30m": []}),
    ],
)

alerts = [watchdog, no_alertmanager, alertmanager_failing, alerts_dropped]
