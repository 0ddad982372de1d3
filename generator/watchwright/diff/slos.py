"""SLOs: how much may be bad, of what, over which time."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

from watchwright.diff.change import About, Change
from watchwright.diff.state import Part, Promise
from watchwright.query.printer import number

_DAY = 24 * 60


def slos(system: str, before: Part, after: Part) -> Iterator[Change]:
    """The SLOs of a system that changed."""
    for name, slo in before["slos"].items():
        if name not in after["slos"]:
            said = f"is given up: {_promise(slo)}"
            yield _about(system, name, slo).says("lost", said, mark="-", attention=True, before=_alerts(name, before))
    for name, slo in after["slos"].items():
        if name not in before["slos"]:
            yield _about(system, name, slo).says(
                "new", f"is new: {_promise(slo)}", mark="+", after=_alerts(name, after)
            )
        else:
            yield from _compared(system, name, before["slos"][name], slo)


def _about(system: str, name: str, slo: Promise) -> About:
    return About(kind="SLO", system=system, name=name, place=slo["place"])


def _alerts(name: str, part: Part) -> tuple[str, ...]:
    return tuple(f"alert {each}" for each, alert in part["alerts"].items() if alert["slo"] == name)


def _promise(slo: Promise) -> str:
    objective = slo["objectives"][""]
    return f"{objective} % over {slo['period']}" if objective else f"no error over {slo['period']}"


def _compared(system: str, name: str, old: Promise, new: Promise) -> Iterator[Change]:
    said = False
    for value in sorted({*old["objectives"], *new["objectives"]}):
        for change in _objective(system, name, value, old, new):
            said = True
            yield change
    if old["period"] != new["period"]:
        said = True
        yield _about(system, name, new).says("period", f"has another period: {new['period']}, was {old['period']}")
    if old["by"] != new["by"]:
        said = True
        yield _about(system, name, new).says("by", _by(old, new))
    if old["indicator"] != new["indicator"]:
        said = True
        yield _about(system, name, new).says(
            "indicator",
            "counts something else",
            before=(old["indicator"],),
            after=(new["indicator"],),
        )
    if not said and old["rules"] != new["rules"]:
        yield _about(system, name, new).says("rules", "is recorded otherwise: its rules have other texts")
    if old["title"] != new["title"]:
        yield _about(system, name, new).says("title", f"is called `{new['title']}`, was `{old['title']}`")


def _by(old: Promise, new: Promise) -> str:
    return f"has a budget by {', '.join(new['by']) or 'nothing'}, was by {', '.join(old['by']) or 'nothing'}"


def _objective(system: str, name: str, value: str, old: Promise, new: Promise) -> Iterator[Change]:
    """What is promised for a value of a label, or for all."""
    was, now = (each["objectives"].get(value, each["objectives"][""]) for each in (old, new))
    if was == now:
        return
    whose = f" for {value}" if value else ""
    looser = bool(was and not now) or bool(was and now and Decimal(now) < Decimal(was)) or not was
    said = (
        f"promises {_percent(now)}{whose}, was {_percent(was)}: {_minutes(now, new)} minutes of {_period(new)} "
        f"may be bad, were {_minutes(was, old)}"
    )
    yield _about(system, name, new).says("objective", said, attention=looser)


def _percent(objective: str) -> str:
    return f"{objective} %" if objective else "no error"


def _period(slo: Promise) -> str:
    return f"a {slo['period']}" if slo["period"] in ("month", "quarter") else slo["period"]


def _minutes(objective: str, slo: Promise) -> str:
    """The error budget, as minutes of an outage of everything in the period."""
    if not objective:
        return "0"
    minutes = (100 - Decimal(objective)) / 100 * slo["days"] * _DAY
    return number(round(minutes, 2).normalize())
