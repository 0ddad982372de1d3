"""What the monitor promises: that it watches, that it checks, on time, and that what it finds arrives."""

from watchwright import percent, record
from watchwright.slo import BurnAlert, Held, Ratio, Slo, Tier

from .._process import PROCESS
from .._shared import up
from .checks import LATE, check_age, checks_done, failed
from .itself import stopped
from .metrics import checks, notifications

AWAY = "ticket"  # that the monitor is gone is one page, by its job, and not one for each promise

watching = record(
    "instance:proactive_monitor_up:watching",
    # 1 where it answers and has checked a target lately; whoever stops it on purpose breaks no promise
    up & (checks_done > 0).on(*PROCESS) | stopped.max(by=PROCESS) | 0 * up,
)

monitor_watches = Slo(
    "monitor-watches",
    title="The monitor is up and checks",
    objective=99.5,  # three and a half hours in a month: it runs once, and moves with its host
    sli=Held(watching.eq(1)),
    # While it is away, or checks nothing, others page: here it is asked whether that happens too often, of half a day
    # and more, as an hour of which a part is lost says nothing about a month
    alerts=[BurnAlert("ticket", [Tier("1d", short="2h", spends=10 * percent)])],
    least_events=1440,
    check_first=[
        "Does it answer at all? *Itself* shows since when not: its host says why.",
        "It answers, and checks nothing? Then NoChecks fires, or soon will: see its log.",
    ],
)
checks_succeed = Slo(
    "checks-succeed",
    title="Checks succeed",
    objective=99,  # the data sources promise as much; a check that fails is made again at the next interval
    sli=Ratio(bad=failed, total=checks),
    absent_severity=AWAY,
    check_first=[
        "Is it one target? *Failing checks* tells: its query is wrong, or too dear.",
        "Is it one data source? *Duration of queries* tells: ask that source's owner.",
    ],
)
checks_in_time = Slo(
    "checks-in-time",
    title="Checks are made in time",
    objective=99,
    sli=Held(check_age < LATE),
    absent_severity=AWAY,
    check_first=[
        "Which targets are late? *Time since the last check* tells. All of them: the scheduler is behind.",
        "Do checks last longer than before? See *Duration of checks*.",
    ],
)
notifications_arrive = Slo(
    "notifications-arrive",
    title="Notifications arrive",
    objective=99,  # they are tried again for some minutes, so that a channel may have such outages
    sli=Ratio(bad=notifications.where(result="failed"), total=notifications),
    absent_severity=AWAY,
    check_first=[
        "Which channel is it? *Notifications* tells; NotificationsLost names it while it loses them.",
        "Was its token, or its address, changed? Send a test notification from the monitor.",
    ],
)

slos = [monitor_watches, checks_succeed, checks_in_time, notifications_arrive]
