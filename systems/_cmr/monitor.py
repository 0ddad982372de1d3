"""Whether the monitor's own pipeline keeps up: it collects each second from all models, processes and stores."""

from watchwright import Alert, Case, percent, ratio, record
from watchwright.units import s

from .metrics import processing_duration, samples
from .performance import PROCESS
from .severities import ERROR, WARNING

# Limits, each with its reason ---------------------------------------------------------------------------

INVALID = 1 * percent  # of what the monitor collects: what it throws away, none of the numbers here has seen
LATE = 0.8 / s  # collections: one each second is meant, and a pause of its process costs one or two

# Recorded series ------------------------------------------------------------------------------------------

invalid_ratio = record(
    "instance:cmr_monitor_samples_invalid:ratio_rate5m",
    ratio(samples.where(result="invalid"), samples, over="5m", by=PROCESS),
)
collections = record(
    "instance:cmr_monitor_collections:rate5m",
    processing_duration.count.rate("5m").sum(by=PROCESS),
)

# Alerts ---------------------------------------------------------------------------------------------------

MONITOR = {"job": "cmr-monitor", "instance": "cmr-monitor:8000"}
MONITORED = {"instance": MONITOR["instance"]}
stored, invalid = (samples.where(result=result, **MONITOR) for result in ("stored", "invalid"))
collected = processing_duration.count.where(**MONITOR)

samples_invalid = Alert(
    "SamplesInvalid",
    expr=invalid_ratio > INVALID,
    for_="10m",
    severity=WARNING,
    summary="The monitor throws {value} of its samples away",
    description="For 10 minutes more than one sample in a hundred was invalid. All other alerts of CMR know only what "
    "was left.",
    check_first=[
        "Are they of one metric? The monitor's log names it, and why the value was refused.",
        "Was the model or the monitor released alone? The two have to agree on what is collected.",
        "Are there NaN among the qualities? A reconstruction of nothing has none: it should not be measured.",
    ],
    tests=[
        Case(
            "three in two hundred fire, and resolve",
            given={invalid: "0+3x25 75x25", stored: "0+197x50"},
            fires={"10m": [], "14m": [MONITORED], "45m": []},
        ),
        Case("seven in a thousand are silent", given={invalid: "0+7x30", stored: "0+993x30"}, fires={"25m": []}),
        Case("a monitor that collects nothing is silent", given={invalid: "9x30", stored: "9x30"}, fires={"25m": []}),
        Case(
            "a restart throws nothing away",
            given={invalid: "90x14 stale 0x15", stored: "0+100x14 stale 0+100x15"},
            fires={"16m": [], "25m": []},
        ),
    ],
)
collections_late = Alert(
    "CollectionsLate",
    expr=collections < LATE,
    for_="5m",
    severity=ERROR,
    summary="The monitor collects {value} times a second",
    description="For 5 minutes the monitor did not collect each second, as it should: its numbers are late, and what "
    "lies between two collections nobody saw. One that hangs collects nothing at all.",
    check_first=[
        "Do processing and storage together take a second? Then the next collection waits for them (*Monitor*).",
        "Is it storage? Ask whoever runs what the monitor stores to.",
        "Do both take as long as ever? Then it waits for a model that does not answer, or hangs.",
    ],
    tests=[
        Case(
            "one collection in two seconds fires, and resolves",
            given={collected: "0+30x20 600+60x20"},
            fires={"5m": [], "8m": [MONITORED], "35m": []},
        ),
        Case("a monitor that hangs fires", given={collected: "90x20"}, fires={"5m": [], "8m": [MONITORED]}),
        Case("one each second is silent", given={collected: "0+60x20"}, fires={"8m": [], "19m": []}),
        Case("one in ten missing is silent", given={collected: "0+54x20"}, fires={"8m": [], "19m": []}),
        Case(
            "a restart, with a minute of nothing, is silent",
            given={collected: "600+60x9 stale _ 0+60x15"},
            fires={"11m": [], "14m": [], "17m": [], "25m": []},
        ),
    ],
)

alerts = [samples_invalid, collections_late]
