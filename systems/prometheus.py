"""Prometheus itself: whether it evaluates rules, and whether anybody hears of it."""

from watchwright import Alert, Case, Dashboard, Job, Query, Row, Stat, StateTimeline, System, Threshold, vector
from watchwright.discovery import Static
from watchwright.slo import overview

from ._shared import at_a_glance, firing, up

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

job = Job("prometheus", Static(["localhost:9090"]))
board = Dashboard(
    "Prometheus",
    [
        at_a_glance([watchdog]),
        Row(
            "Does it watch?",
            [
                Stat("Watchdog", firing.where(alertname=watchdog.name), mapping={1: "fires"}, no_data="broken", width=6,
                     description="It always fires: alerts are evaluated.", alerts=[watchdog]),
                StateTimeline("It answers", Query(up, legend="{instance}"), states={1: "answers", 0: "down"},
                              thresholds=[Threshold(1, "green")], width=18, alerts=[job]),
            ],
        ),
    ],
)  # fmt: skip

prometheus = System(
    "prometheus",
    owner="platform",
    title="Prometheus",
    description="The server that scrapes and judges all the others.",
    jobs=[job],
    alerts=[watchdog],
    dashboards=[board, overview()],
)
