"""SLOs: how much may be bad, of what, over which time, and who is told when."""

from __future__ import annotations

from collections.abc import Hashable, Iterator
from decimal import Decimal

from watchwright.diff.change import About, Change
from watchwright.diff.expressions import WORDS
from watchwright.diff.promises import Promise
from watchwright.diff.renames import Renames, paired
from watchwright.diff.state import Part
from watchwright.query.printer import number


def slos(system: str, before: Part, after: Part, renames: Renames) -> Iterator[Change]:
    """The SLOs of a system that changed."""
    old, new = before["slos"], after["slos"]
    renamed = paired(old, new, _promised)
    for name, slo in old.items():
        if name not in new and name not in renamed:
            said = f"is given up: {_promise(slo)}"
            yield _about(system, name, slo).says("lost", said, mark="-", attention=True, before=_alerts(name, before))
    for name, other in renamed.items():
        said = f"is called {other} now: all its past stays under the old name, and its alerts are called otherwise"
        yield _about(system, name, new[other]).says(
            "renamed", said, attention=True, before=_alerts(name, before), after=_alerts(other, after)
        )
    names = {other: name for name, other in renamed.items()}
    for name, slo in new.items():
        was = old.get(names.get(name, name))
        if was is not None:
            yield from _compared(_about(system, name, slo), was, slo, renames)
        else:
            said = f"is new: {_promise(slo)}"
            yield _about(system, name, slo).says("new", said, mark="+", after=_alerts(name, after))


def _promised(slo: Promise) -> Hashable | None:
    """What makes two names those of one promise: the same share of the same events."""
    facts = (slo["indicator"], *slo["bound"], slo["period"], *slo["by"], *sorted(slo["objectives"].items()))
    return facts if slo["indicator"] else None


def _about(system: str, name: str, slo: Promise) -> About:
    return About(kind="SLO", system=system, name=name, place=slo["place"])


def _alerts(name: str, part: Part) -> tuple[str, ...]:
    return tuple(f"alert {each}" for each, alert in part["alerts"].items() if alert["slo"] == name)


def _promise(slo: Promise) -> str:
    return f"{_percent(slo['objectives'][''])} over {slo['period']}"


def _compared(about: About, old: Promise, new: Promise, renames: Renames) -> Iterator[Change]:
    for value in sorted({*old["objectives"], *new["objectives"]}):
        yield from _objective(about, value, old, new)
    if old["by"] != new["by"]:
        coarser = not {*old["by"]} <= {*new["by"]}
        yield about.says("by", _by(old, new), attention=coarser)
    yield from _counted(about, old, new, renames)
    yield from _burning(about, old, new)
    if old["every"] != new["every"]:
        yield about.says("every", f"is evaluated each {new['every']}, was each {old['every']}")
    if old["names"] != new["names"]:
        said = f"is recorded under the names of {new['names']}, was under those of {old['names']}: it begins anew"
        yield about.says("names", said, attention=True)
    if old["first"] != new["first"]:
        said = "counts" if new["first"] else "no longer counts"
        yield about.says("first", f"{said} the first values of new series")
    if old["title"] != new["title"]:
        title = f"is called `{new['title']}`" if new["title"] else "has no title any more"
        yield about.says("title", title + (f", was `{old['title']}`" if old["title"] else ""))


def _by(old: Promise, new: Promise) -> str:
    return f"has a budget by {', '.join(new['by']) or 'nothing'}, was by {', '.join(old['by']) or 'nothing'}"


# How much ---------------------------------------------------------------------------------------------------

_DAY, _MONTH = 24 * 60, 30


def _objective(about: About, value: str, old: Promise, new: Promise) -> Iterator[Change]:
    """What is promised for a value of a label, or for all, and over which time."""
    was, now = (each["objectives"].get(value, each["objectives"][""]) for each in (old, new))
    same_period = old["period"] == new["period"]
    if was == now and (same_period or value):
        return
    before, after = _minutes(was, old["days"]), _minutes(now, new["days"])
    # more of all events, or more of them at a stretch
    looser = after > before or _share(now) > _share(was)
    whose = f" for {value}" if value else ""
    if same_period:
        said = (
            f"promises {_percent(now)}{whose}, was {_percent(was)}: {number(after)} minutes of {_period(new)} "
            f"may be bad, were {number(before)}"
        )
    else:
        said = (
            f"promises {_percent(now)} over {_period(new)}{whose}, was {_percent(was)} over {_period(old)}: "
            f"{_budget(now, new)} may be bad, were {_budget(was, old)}"
        )
    yield about.says("objective" if was != now else "period", said, attention=looser)


def _percent(objective: str) -> str:
    return f"{objective} %" if objective else "no error"


def _period(slo: Promise) -> str:
    return f"a {slo['period']}" if slo["period"] in ("month", "quarter") else slo["period"]


def _budget(objective: str, slo: Promise) -> str:
    """The minutes of a period, and the same of 30 days, so that two periods can be compared."""
    minutes = f"{number(_minutes(objective, slo['days']))} minutes of {_period(slo)}"
    usual = f" ({number(_minutes(objective, _MONTH))} of 30d)"
    return minutes + (usual if slo["days"] != _MONTH else "")


def _minutes(objective: str, days: int) -> Decimal:
    """The error budget, as minutes of an outage of everything in some days."""
    return round(_share(objective) * days * _DAY, 2).normalize()


def _share(objective: str) -> Decimal:
    return (100 - Decimal(objective)) / 100 if objective else Decimal(0)


# Of what ----------------------------------------------------------------------------------------------------


def _counted(about: About, old: Promise, new: Promise, renames: Renames) -> Iterator[Change]:
    was, now = old["bound"], new["bound"]
    same = renames.settled(old["indicator"], new["indicator"]) == new["indicator"] and was[:1] == now[:1]
    if not same:
        before, after = (" ".join((each["indicator"], *each["bound"])) for each in (old, new))
        yield about.says("indicator", "counts something else", attention=True, before=(before,), after=(after,))
    elif was != now:
        op, limit = now
        higher = Decimal(limit) > Decimal(was[1])
        easier = {"<": higher, "<=": higher, ">": not higher, ">=": not higher}.get(op)
        how = {True: "is easier", False: "is stricter", None: "is another"}[easier]
        said = f"{how}: good {WORDS[op]} {limit}, was {was[1]}"
        yield about.says("bound", said, attention=easier is not False)


# When somebody is told --------------------------------------------------------------------------------------


def _burning(about: About, old: Promise, new: Promise) -> Iterator[Change]:
    for severity in dict.fromkeys((*old["burning"], *new["burning"])):
        was, now = (each["burning"].get(severity, []) for each in (old, new))
        # one that is lost or new is told as an alert; another period keeps one or the other
        if all(one != other for one, other in zip(was, now, strict=False)) and was and now:
            said = f"has another burn alert of severity {severity}"
            yield about.says("burning", said, attention=True, before=(was[0],), after=(now[0],))
    for what, before, after in zip(("bad events", "events"), old["least"], new["least"], strict=True):
        if before != after:
            how = "later" if after > before else "sooner"
            said = f"tells of a burning budget {how}: from {after} {what} on, was {before}"
            yield about.says("least", said, attention=after > before)
    if old["maintenance"] != new["maintenance"]:
        more = [each for each in new["maintenance"] if each not in old["maintenance"]]
        less = [each for each in old["maintenance"] if each not in new["maintenance"]]
        yield about.says(
            "maintenance", "has other times of maintenance", attention=bool(more), before=tuple(less), after=tuple(more)
        )
