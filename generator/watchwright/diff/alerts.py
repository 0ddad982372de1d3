"""Alerts: lost, new, quieter, louder."""

from __future__ import annotations

from collections.abc import Hashable, Iterator, Sequence

from watchwright.diff.change import About, Change
from watchwright.diff.expressions import moved
from watchwright.diff.renames import Renames, paired
from watchwright.diff.state import Alert, Part
from watchwright.model.duration import milliseconds
from watchwright.query.printer import duration

#: Severities from the most urgent to the least, as one side has them.
Severities = Sequence[str]


def alerts(system: str, before: Part, after: Part, orders: Sequence[Severities], renames: Renames) -> Iterator[Change]:
    """The alerts of a system that changed; those of SLOs speak only where one is lost, new or told otherwise."""
    old, new = before["alerts"], after["alerts"]
    renamed = paired(old, new, _condition_and_labels, _condition)
    for name, alert in old.items():
        if name not in new and name not in renamed and not (alert["slo"] and alert["slo"] not in after["slos"]):
            about = _about(system, name, alert, orders)
            yield about.says("lost", "is lost", mark="-", attention=True, before=_shown(alert))
    for name, other in renamed.items():
        said = f"is called {other} now: routes, silences and links by its name no longer match"
        yield _about(system, name, new[other], orders).says("renamed", said, attention=True)
    names = {other: name for name, other in renamed.items()}
    for name, alert in new.items():
        was = old.get(names.get(name, name))
        if was is not None:
            yield from _compared(_about(system, name, alert, orders), was, alert, orders, renames)
        elif not (alert["slo"] and alert["slo"] not in before["slos"]):
            severity = alert["labels"].get("severity")
            said = f"is new, with severity {severity}" if severity else "is new"
            yield _about(system, name, alert, orders).says("new", said, mark="+", after=_shown(alert))


def _condition_and_labels(alert: Alert) -> Hashable | None:
    return (alert["expr"], *sorted(alert["labels"].items())) if alert["expr"] else None


def _condition(alert: Alert) -> Hashable | None:
    return alert["expr"] or None


def _shown(alert: Alert) -> tuple[str, ...]:
    return (alert["expr"],) if alert["expr"] else ()


def _about(system: str, name: str, alert: Alert, orders: Sequence[Severities]) -> About:
    return About(kind="alert", system=system, name=name, place=alert["place"], urgency=urgency(alert, orders))


def _compared(about: About, old: Alert, new: Alert, orders: Sequence[Severities], renames: Renames) -> Iterator[Change]:
    yield from _told(about, old, new, orders)
    yield from _ends(about, old, new)
    if not new["slo"]:  # an SLO says itself why its alerts begin elsewhere
        yield from _fires(about, old, new, renames)
        yield from _waits(about, old, new)
        if old["texts"] != new["texts"]:
            was, now = old["texts"], new["texts"]
            what = sorted(key for key in {*was, *now} if was.get(key) != now.get(key))
            yield about.says(
                "text",
                f"says something else ({', '.join(what)})",
                before=tuple(was[key] for key in what if key in was),
                after=tuple(now[key] for key in what if key in now),
            )


# Who is told ------------------------------------------------------------------------------------------------


def _told(about: About, old: Alert, new: Alert, orders: Sequence[Severities]) -> Iterator[Change]:
    before, after = old["labels"].get("severity", ""), new["labels"].get("severity", "")
    if before != after:
        how, attention = _urgent(before, after, orders)
        yield about.says("severity", f"{how}: {after or 'none'}, was {before or 'none'}", attention=attention)
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
            yield about.says("label", said, attention=was is not None)


def _urgent(before: str, after: str, orders: Sequence[Severities]) -> tuple[str, bool]:
    """How urgent it is, compared, and whether that needs attention."""
    order = next((each for each in orders if before in each and after in each), None)
    if order is None:
        return "has another severity", True
    less = order.index(after) > order.index(before)
    return ("is less urgent" if less else "is more urgent"), less


def urgency(alert: Alert, orders: Sequence[Severities]) -> int:
    """How far from the most urgent an alert is; one whose severity nobody knows may be that."""
    severity = alert["labels"].get("severity", "")
    return next((each.index(severity) for each in orders if severity in each), 0)


# When it begins, and ends -----------------------------------------------------------------------------------

_HOW = {True: "is quieter", False: "is louder", None: "fires at another value"}


def _fires(about: About, old: Alert, new: Alert, renames: Renames) -> Iterator[Change]:
    was = renames.settled(old["expr"], new["expr"])
    if was == new["expr"]:
        return
    limits = moved(was, new["expr"])
    if limits is None:
        yield about.says("condition", "has another condition", attention=True, before=_shown(old), after=_shown(new))
        return
    ways = {each.quieter for each in limits}
    how = _HOW[ways.pop()] if len(ways) == 1 else "fires within other limits"
    if limits:
        said = f"{how}: {'; '.join(map(str, limits))}"
        yield about.says("threshold", said, attention=how != _HOW[False])


def _waits(about: About, old: Alert, new: Alert) -> Iterator[Change]:
    before, after = (milliseconds(each["wait"], "", zero=True) for each in (old, new))
    if before != after:
        how = "later" if after > before else "sooner"
        said = f"fires {how}: after {new['wait']}, was {old['wait']}"
        yield about.says("wait", said, attention=after > before)


def _ends(about: About, old: Alert, new: Alert) -> Iterator[Change]:
    before, after = (milliseconds(each["keep"], "", zero=True) for each in (old, new))
    if before != after:
        yield about.says("keep", _ending(before, after))


def _ending(before: int, after: int) -> str:
    if not after:
        return f"ends with its condition, went on for {duration(before)} after it"
    was = f"was {duration(before)}" if before else "ended with it"
    return f"goes on for {duration(after)} after its condition, {was}"
