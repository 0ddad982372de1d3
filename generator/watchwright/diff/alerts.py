"""Alerts: lost, new, quieter, louder."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from decimal import Decimal

from watchwright.diff.change import About, Change
from watchwright.diff.state import Alert, Limit, Part
from watchwright.model.duration import milliseconds


def alerts(system: str, before: Part, after: Part, severities: Sequence[str]) -> Iterator[Change]:
    """The alerts of a system that changed; those of SLOs speak only where one is lost, new or told otherwise."""
    old, new = before["alerts"], after["alerts"]
    renamed = dict(_renamed(old, new))
    for name, alert in old.items():
        if name in renamed:
            said = f"is called {renamed[name]} now: routes, silences and links by its name no longer match"
            yield _about(system, name, new[renamed[name]]).says("renamed", said, attention=True)
        elif name not in new and not (alert["slo"] and alert["slo"] not in after["slos"]):
            yield _about(system, name, alert).says("lost", "is lost", mark="-", attention=True, before=_shown(alert))
    for name, alert in new.items():
        if name in old:
            yield from _compared(system, name, old[name], alert, severities)
        elif name not in renamed.values() and not (alert["slo"] and alert["slo"] not in before["slos"]):
            urgency = alert["labels"].get("severity", "")
            yield _about(system, name, alert).says("new", f"is new, a {urgency}", mark="+", after=_shown(alert))


def _renamed(old: dict[str, Alert], new: dict[str, Alert]) -> Iterator[tuple[str, str]]:
    added = {name: each for name, each in new.items() if name not in old}
    for name, alert in old.items():
        if name in new:
            continue
        alike = (
            other
            for other, each in added.items()
            if each["expr"] == alert["expr"] and each["labels"] == alert["labels"]
        )
        other = next(alike, None)
        if other is not None:
            del added[other]
            yield name, other


def _same(one: Alert, other: Alert) -> bool:
    return bool(one["expr"]) and one["expr"] == other["expr"] and one["labels"] == other["labels"]


def _shown(alert: Alert) -> tuple[str, ...]:
    return (alert["expr"],) if alert["expr"] else ()


def _about(system: str, name: str, alert: Alert) -> About:
    return About(kind="alert", system=system, name=name, place=alert["place"])


def _compared(system: str, name: str, old: Alert, new: Alert, severities: Sequence[str]) -> Iterator[Change]:
    yield from _told(system, name, old, new, severities)
    if not new["slo"]:  # an SLO says itself why its alerts begin elsewhere
        yield from _condition(system, name, old, new)
        yield from _waits(system, name, old, new)
        if old["texts"] != new["texts"]:
            was, now = old["texts"], new["texts"]
            what = sorted(key for key in {*was, *now} if was.get(key) != now.get(key))
            yield _about(system, name, new).says(
                "text",
                f"says something else ({', '.join(what)})",
                before=tuple(was[key] for key in what if key in was),
                after=tuple(now[key] for key in what if key in now),
            )


# Who is told ------------------------------------------------------------------------------------------------


def _told(system: str, name: str, old: Alert, new: Alert, severities: Sequence[str]) -> Iterator[Change]:
    before, after = old["labels"].get("severity", ""), new["labels"].get("severity", "")
    if before != after:
        later = _rank(after, severities) > _rank(before, severities)
        how = "less urgent" if later else "more urgent"
        yield _about(system, name, new).says("severity", f"is {how}: {after}, was {before}", attention=later)
    for label in sorted({*old["labels"], *new["labels"]} - {"severity", "owner"}):
        was, now = old["labels"].get(label), new["labels"].get(label)
        if was != now:
            said = (
                f"has {label}={now}, had {was}"
                if was and now
                else f"has the label {label}={now}"
                if now
                else f"has no label {label} any more, was {was}"
            )
            yield _about(system, name, new).says("label", said, attention=was is not None)


def _rank(severity: str, severities: Sequence[str]) -> int:
    return severities.index(severity) if severity in severities else len(severities)


# When it begins ---------------------------------------------------------------------------------------------

_NUMBER = re.compile(r"(?<![\w.])-?\d+(\.\d+)?(e[+-]?\d+)?(?![\w.])")


def _condition(system: str, name: str, old: Alert, new: Alert) -> Iterator[Change]:
    if old["expr"] == new["expr"]:
        return
    pairs = _pairs(old["limits"], new["limits"])
    if pairs is None or _NUMBER.sub("#", old["expr"]) != _NUMBER.sub("#", new["expr"]):
        yield _about(system, name, new).says(
            "condition", "has another condition", before=(old["expr"],), after=(new["expr"],)
        )
        return
    moved = [(was, now) for was, now in pairs if was["value"] != now["value"]]
    for was, now in moved:
        quieter = _quieter(was, now)
        how = "quieter" if quieter else "louder"
        signal = f" ({now['signal']})" if len(pairs) > 1 or now["guard"] else ""
        said = f"is {how}: {_WORDS[now['op']]} {now['value']}, was {was['value']}{signal}"
        yield _about(system, name, new).says("threshold", said, attention=quieter)
    if not moved:
        yield _about(system, name, new).says(
            "condition",
            "has another number in its condition",
            before=(old["expr"],),
            after=(new["expr"],),
        )


_WORDS = {">": "above", ">=": "from", "<": "below", "<=": "at most", "==": "at", "!=": "not at"}


def _pairs(old: list[Limit], new: list[Limit]) -> list[tuple[Limit, Limit]] | None:
    """The limits of both, where they limit the same signals."""
    same = len(old) == len(new) and all(
        (was["op"], was["guard"], _NUMBER.sub("#", was["signal"]))
        == (now["op"], now["guard"], _NUMBER.sub("#", now["signal"]))
        for was, now in zip(old, new, strict=False)
    )
    return list(zip(old, new, strict=True)) if same else None


def _shape(limit: Limit) -> tuple[str, bool, str]:
    return limit["op"], limit["guard"], _NUMBER.sub("#", limit["signal"])


def _quieter(was: Limit, now: Limit) -> bool:
    higher = Decimal(now["value"]) > Decimal(was["value"])
    return higher if now["op"] in (">", ">=") else not higher if now["op"] in ("<", "<=") else False


def _waits(system: str, name: str, old: Alert, new: Alert) -> Iterator[Change]:
    before, after = (milliseconds(each["wait"], "", zero=True) for each in (old, new))
    if before != after:
        how = "later" if after > before else "sooner"
        said = f"fires {how}: after {new['wait']}, was {old['wait']}"
        yield _about(system, name, new).says("wait", said, attention=after > before)
    if old["keep"] != new["keep"]:
        yield _about(system, name, new).says("keep", f"goes on for {new['keep']} after it ceased, was {old['keep']}")
