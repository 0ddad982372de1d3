"""Whether rules are evaluated: those that fail, groups that are late, a configuration that is not the one on disk."""

from watchwright import Alert, Case, percent, ratio

from .here import SERVER
from .metrics import (
    group_duration,
    group_interval,
    iterations,
    missed_iterations,
    reloaded,
    rule_evaluations,
    rule_failures,
    rule_group,
)

# Limits, each with its reason ---------------------------------------------------------------------------

MISSED = 10 * percent  # of a group's iterations: rates over 5 minutes and `for` bear a hole, and not one after another
SLOW = 50 * percent  # of a group's interval: twice the series, and it misses iterations

# Signals --------------------------------------------------------------------------------------------------

# The slowest groups are evaluated each five minutes: two of their iterations are in it
failures = rule_failures.increase("10m").sum(by=[rule_group])
missed = ratio(missed_iterations, iterations, over="15m", by=[rule_group])
time_taken = group_duration / group_interval
not_reloaded = reloaded.last_over_time("5m")  # a scrape that fails loads nothing

# Alerts ---------------------------------------------------------------------------------------------------

GROUP = {"rule_group": "rules/shop/recording.yaml;shop-recording"}
FAILED = rule_failures.where(**GROUP, **SERVER)
EVALUATED = rule_evaluations.where(**GROUP, **SERVER)
DUE = iterations.where(**GROUP, **SERVER)
MISSING = missed_iterations.where(**GROUP, **SERVER)
TOOK = group_duration.where(**GROUP, **SERVER)
INTERVAL = group_interval.where(**GROUP, **SERVER)
LOADED = reloaded.where(**SERVER)

rules_failing = Alert(
    "RulesFailing",
    expr=failures > 0,
    for_="15m",
    severity="page",
    summary="Rules of {rule_group} fail",
    description="A rule of {rule_group} cannot be evaluated. What it records is gone, and alerts that read it are "
    "silent, whatever happens.",
    check_first=[
        "Which rule is it? The page *Status > Rule health* of Prometheus names it, with its error.",
        "`many-to-many` or `duplicate series`: a target is scraped twice, or has got labels that it had not.",
        "`query timed out`, or `too many samples`: see *Queries that run or wait*, and *Series in memory*.",
    ],
    tests=[
        Case(
            "a rule that fails each time fires, and resolves",
            given={FAILED: "0x10 1+2x30 61x40", EVALUATED: "0+20x80"},
            fires={"20m": [], "30m": [GROUP], "60m": []},
        ),
        Case(
            "one of a group that is evaluated each five minutes fires",
            given={FAILED: "0x4 1x4 2x4 3x4 4x4 5x4 6x4 7x4"},
            fires={"14m": [], "25m": [GROUP], "34m": [GROUP]},
        ),
        Case("one that failed once is silent", given={FAILED: "0x10 1x40"}, fires={"15m": [], "24m": [], "40m": []}),
        Case("a restart is no failure", given={FAILED: "9x10 stale _x1 0x40"}, fires={"13m": [], "40m": []}),
        Case("all that succeed are silent", given={FAILED: "0x40", EVALUATED: "0+20x40"}, fires={"35m": []}),
    ],
)
iterations_missed = Alert(
    "RuleIterationsMissed",
    expr=missed > MISSED,
    for_="15m",
    severity="ticket",
    summary="{rule_group} misses {value} of its iterations",
    description="An iteration of {rule_group} lasts longer than its interval, and the next is left out: what it "
    "records has holes, and its alerts are late.",
    check_first=[
        "Does this group alone take long? See *Time that groups take*: record a part of its rules first.",
        "Do all groups? Then the server lacks CPU, or answers dear queries: see *Queries that run or wait*.",
        "Did the number of series grow? See *Series in memory*.",
    ],
    tests=[
        Case(
            "a sixth fires, and resolves",
            given={DUE: "0+6x40 246+6x50", MISSING: "0+1x40 40x50"},
            fires={"12m": [], "20m": [GROUP], "80m": []},
        ),
        Case("one in seventeen is silent", given={DUE: "0+17x60", MISSING: "0+1x60"}, fires={"50m": []}),
        Case("a moment is silent", given={DUE: "0+2x80", MISSING: "0x20 8x60"}, fires={"30m": [], "60m": []}),
        Case("none missed is silent", given={DUE: "0+2x40", MISSING: "0x40"}, fires={"35m": []}),
    ],
)
group_slow = Alert(
    "RuleGroupSlow",
    expr=time_taken > SLOW,
    for_="10m",
    severity="ticket",
    summary="{rule_group} takes {value} of its interval",
    description="Above 100 % the group misses iterations; then its alerts are late, and what it records has holes.",
    check_first=[
        "Which of its rules takes long? The page *Status > Rule health* of Prometheus says how long each took.",
        "Does one read many series over hours? Record what it reads, in steps.",
        "Do all groups take longer than they did? Then it is the server, and not the rules.",
    ],
    tests=[
        Case(
            "two thirds of the interval fire, and resolve",
            given={TOOK: "2x5 20x30 2x10", INTERVAL: "30x50"},
            fires={"13m": [], "18m": [{**GROUP, **SERVER}], "40m": []},
        ),
        Case("a third is silent", given={TOOK: "10x40", INTERVAL: "30x40"}, fires={"35m": []}),
        Case("twenty seconds of five minutes are silent", given={TOOK: "20x40", INTERVAL: "300x40"}, fires={"35m": []}),
        Case("a slow moment is silent", given={TOOK: "2x5 40x8 2x30", INTERVAL: "30x50"}, fires={"13m": [], "20m": []}),
    ],
)
configuration_not_reloaded = Alert(
    "ConfigurationNotReloaded",
    expr=not_reloaded.eq(0),
    for_="10m",
    severity="ticket",
    summary="The configuration of {instance} cannot be loaded",
    description="The last reload failed, and the configuration before it goes on: new jobs and rules are not there, "
    "and with the next restart the server does not come back.",
    check_first=[
        "What does `promtool check config` say of the file on the server? The log of Prometheus has the line, too.",
        "Was a file of rules or of targets left out when it was deployed? The configuration names each.",
        "Deploy the last one that was loaded again, and look for the difference then.",
    ],
    tests=[
        Case(
            "a reload that failed fires, until one succeeds, and a scrape that fails changes nothing",
            given={LOADED: "1x5 0x8 stale 0x20 1x10"},
            fires={"10m": [], "14m": [], "17m": [SERVER], "30m": [SERVER], "37m": []},
        ),
        Case("one that is mended at once is silent", given={LOADED: "1x5 0x8 1x30"}, fires={"13m": [], "25m": []}),
        Case("what was loaded is silent", given={LOADED: "1x30"}, fires={"25m": []}),
    ],
)

alerts = [rules_failing, iterations_missed, group_slow, configuration_not_reloaded]
