"""Boards to judge: small ones, and one with a panel of every kind."""

from __future__ import annotations

import json
from typing import Any

from watchwright import (
    Annotation,
    BarGauge,
    Counter,
    CustomVariable,
    Dashboard,
    Environment,
    Gauge,
    GaugePanel,
    Heatmap,
    Histogram,
    Job,
    Label,
    LabelVariable,
    Platform,
    Query,
    Row,
    Stat,
    StateTimeline,
    System,
    Table,
    TextPanel,
    Threshold,
    TimeSeries,
    ratio,
)
from watchwright.backends.artifact import Artifact
from watchwright.backends.grafana import render
from watchwright.discovery import Static
from watchwright.finding import Finding
from watchwright.lower.fleet import lower
from watchwright.lower.plan import Board, Fleet

topic = Label("topic", cardinality=5)
messages = Counter("messages_total", "Messages.", labels=[topic, Label("status", values=["ok", "error"])])
settling = Histogram("settling_seconds", "Time to settle.", labels=[topic], buckets=[0.1, 1, 10])
sizes = Histogram("message_size_bytes", "Sizes.", native=True)
memory = Gauge("memory_bytes", "Memory.")
temperature = Gauge("room_celsius", "Warmth.")
phase = Gauge("phase", "The phase.", labels=["phase"])

errors = ratio(messages.where(status="error"), messages, over="5m", by=[topic])
by_topic = messages.rate("$__rate_interval").sum(by=[topic])
chosen = LabelVariable("topic", messages, label="topic")


def every_kind() -> Dashboard:
    """A panel of every kind, in the variants that make another shape."""
    return Dashboard(
        "Every kind",
        [
            Row(
                "Now",
                [
                    Stat("Memory", memory),
                    Stat("Phase", phase, sparkline=False, mapping={0: "idle", 1: "busy"}),
                    GaugePanel("Errors", errors.max(), thresholds=[Threshold(0.05)]),
                    BarGauge("Errors by topic", errors),
                ],
            ),
            Row(
                "Over time",
                [
                    TimeSeries("Messages", by_topic, stacked=True, description="What came in."),
                    TimeSeries("Availability", 1 - errors, min=0.95, max=1, thresholds=[Threshold(0.999, "green")]),
                    Heatmap("Settling", settling),
                    Heatmap("Sizes", sizes),
                    StateTimeline("Phases", phase, states={0: "idle", 1: "busy"}),
                ],
            ),
            Row(
                "Details",
                [
                    Table("Topics", [Query(by_topic, legend="Rate"), Query(errors, legend="Errors")]),
                    Table("Memory", memory, thresholds=[Threshold(1000)]),
                    TextPanel("Read me", markdown="# Grüße"),
                ],
                collapsed=True,
            ),
            Row("Topic $topic", [TimeSeries("One", messages.where(topic=chosen).rate("5m"))], repeat=chosen),
        ],
        description="A board for tests.",
        variables=[
            chosen,
            CustomVariable("status", ["ok", "a,b"], multiple=True),
            CustomVariable("all", ["x"], all=True),
        ],
        annotations=[Annotation("Phase change", phase, text="now {phase}", color="purple", step="1m")],
        tags=["tests"],
    )


def small(*panels: Any, **fields: Any) -> Dashboard:
    """A board with one row."""
    return Dashboard("Small", [Row("Row", panels)], **fields)


def system(*dashboards: Dashboard, name: str = "shop") -> System:
    """A system with one job, whose series are therefore scoped."""
    return System(name, owner="payments", jobs=[Job(name, Static(["localhost:1"]))], dashboards=dashboards)


def fleet(*systems: System, platform: Platform | None = None) -> Fleet:
    """The systems, lowered; whatever cannot be lowered fails the test."""
    lowered = lower(systems, platform or Platform(), Environment())
    assert () == lowered.findings
    return lowered.fleet


def board(dashboard: Dashboard) -> Board:
    """One dashboard, lowered."""
    return fleet(system(dashboard)).plans[0].boards[0]


def artifacts(*dashboards: Dashboard, platform: Platform | None = None) -> list[Artifact]:
    """The files of one system's dashboards."""
    outputs = list(render(fleet(system(*dashboards), platform=platform)))
    assert not any(isinstance(each, Finding) for each in outputs)
    return [each for each in outputs if isinstance(each, Artifact)]


def rendered(dashboard: Dashboard, platform: Platform | None = None) -> dict[str, Any]:
    """What Grafana reads of one dashboard."""
    found: dict[str, Any] = json.loads(artifacts(dashboard, platform=platform)[0].text)
    return found


def panel(dashboard: Dashboard, title: str) -> dict[str, Any]:
    """One of its panels, in collapsed rows too."""
    every = [each for row in rendered(dashboard)["panels"] for each in (row, *row.get("panels", []))]
    return next(each for each in every if each["title"] == title and each["type"] != "row")
