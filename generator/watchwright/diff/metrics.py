"""Metrics, with everything that feels a change of them, across systems; and what reads series that are gone."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence

from watchwright.diff.alerts import Severities, urgency
from watchwright.diff.change import About, Change
from watchwright.diff.state import Part, Series, State
from watchwright.diff.uses import User, Uses, series_names


def metrics(
    system: str, before: Part, after: Part, renames: Mapping[str, str], uses: tuple[Uses, Uses]
) -> Iterator[Change]:
    """The metrics of a system that changed; *uses* are those of both states, *renames* the new names."""
    if not before["metrics"]:
        return  # a side that was read back does not know them
    then, now = uses
    for name, metric in before["metrics"].items():
        if name in renames:
            new = after["metrics"][renames[name]]
            left, moved = (now.of(system, each["series"]) for each in (metric, new))
            yield _renamed(_about(system, name, new), renames[name], left, moved)
        elif name not in after["metrics"]:
            users = then.of(system, metric["series"])
            about = _about(system, name, metric)
            yield about.says("lost", "is gone", mark="-", attention=bool(users), impact=_impact(users))
    for name, metric in after["metrics"].items():
        if name in before["metrics"]:
            was = before["metrics"][name]
            if {**was, "place": ""} != {**metric, "place": ""}:  # who uses it is worked out for what changed alone
                yield from _compared(_about(system, name, metric), was, metric, now.of(system, metric["series"]))
        elif name not in renames.values():
            yield _about(system, name, metric).says("new", f"is new, a {metric['kind']}", mark="+")


def _about(system: str, name: str, metric: Series) -> About:
    return About(kind="metric", system=system, name=name, place=metric["place"])


def _impact(users: Iterable[User]) -> tuple[str, ...]:
    return tuple(map(str, users))


def _renamed(about: About, new: str, left: Iterable[User], moved: Iterable[User]) -> Change:
    """Who reads the old name still has no data; who reads the new one has no past."""
    lost = [f"{user} still reads {about.name}, and has no data" for user in left]
    young = [f"{user} begins anew" for user in moved]
    said = f"is called {new} now: all its past stays under the old name"
    return about.says("renamed", said, attention=True, impact=(*lost, *young))


def _compared(about: About, old: Series, new: Series, users: list[User]) -> Iterator[Change]:
    impact = _impact(users)
    for key, what in (("kind", "type"), ("unit", "unit")):
        was, now = old[key], new[key]  # type: ignore[literal-required]
        if was != now:
            said = f"has another {what}: {now or 'that of its name'}, was {was or 'that of its name'}"
            yield about.says(key, said, impact=impact, attention=bool(users))
    if old["buckets"] != new["buckets"]:
        said = "has other buckets: quantiles move, and bounds that are gone match nothing"
        yield about.says(
            "buckets",
            said,
            impact=impact,
            attention=bool(users),
            before=(" ".join(old["buckets"]),),
            after=(" ".join(new["buckets"]),),
        )
    for label in sorted({*old["labels"], *new["labels"]}):
        for id_, said, attention in _label(label, old, new):
            felt = impact if attention else ()
            yield about.says(id_, said, impact=felt, attention=bool(felt))


def _label(label: str, old: Series, new: Series) -> Iterator[tuple[str, str, bool]]:
    if label not in new["labels"]:
        yield "label-lost", f"has no label {label} any more", True
    elif label not in old["labels"]:
        yield "label-new", f"has a label {label}: sums without it have more series", False
    else:
        was, now = old["labels"][label], new["labels"][label]
        if isinstance(was, list) and isinstance(now, list):
            if gone := [each for each in was if each not in now]:
                # whoever names it is told by a check
                yield "value-lost", f"never has {label} {' or '.join(gone)} any more", False
            if more := [each for each in now if each not in was]:
                yield "value-new", f"may have {label} {' or '.join(more)}", False
        elif was != now:
            yield "cardinality", f"has {_many(now)} of {label}, had {_many(was)}", False


def _many(values: list[str] | int | None) -> str:
    if values is None:
        return "an unknown number"
    return f"{len(values)} known" if isinstance(values, list) else f"about {values}"


def without_data(before: State, after: State, orders: Sequence[Severities]) -> Iterator[Change]:
    """Alerts and panels that read a series which no system has any more."""
    gone = series_names(before) - series_names(after)
    for system, part in after["systems"].items():
        for name, alert in part["alerts"].items():
            for series in sorted(gone & set(alert["reads"])):
                place, urgent = alert["place"], urgency(alert, orders)
                about = About(kind="alert", system=system, name=name, place=place, urgency=urgent)
                yield about.says("no-data", f"has no data of {series}, which is gone", attention=True)
        for panel in part["panels"].values():
            for series in sorted(gone & set(panel["reads"])):
                title = f"{panel['board']} / {panel['title']}"
                about = About(kind="panel", system=system, name=title, place=panel["place"])
                yield about.says("no-data", f"has no data of {series}, which is gone", attention=True)
