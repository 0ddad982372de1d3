"""What is scraped, and which traces are kept."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from typing import Any

import attrs

from watchwright.diff.change import About, Change
from watchwright.diff.state import Part, Sampled


def jobs(system: str, before: Part, after: Part) -> Iterator[Change]:
    """The scrape jobs of a system that changed."""
    for name in dict.fromkeys((*before["jobs"], *after["jobs"])):
        old, new = before["jobs"].get(name), after["jobs"].get(name)
        about = About(kind="job", system=system, name=name, place=(new or old or {"place": ""})["place"])
        if new is None:
            yield about.says("lost", "is no longer scraped", mark="-", attention=True)
        elif old is None:
            yield about.says("new", "is scraped", mark="+")
        else:
            was, now = dict(_flat(old["config"])), dict(_flat(new["config"]))
            changed = [key for key in dict.fromkeys((*was, *now)) if was.get(key) != now.get(key)]
            if changed:
                said = ", ".join(_told(key, was, now) for key in changed)
                yield about.says("changed", f"is scraped otherwise: {said}")


def _flat(value: Any, path: str = "") -> Iterator[tuple[str, str]]:
    if isinstance(value, dict):
        for name, each in value.items():
            yield from _flat(each, f"{path}.{name}" if path else name)
    elif isinstance(value, list) and any(isinstance(each, dict) for each in value):
        for number, each in enumerate(value):
            yield from _flat(each, f"{path}[{number}]")
    else:
        yield path, ", ".join(map(str, value)) if isinstance(value, list) else str(value)


def _told(key: str, old: dict[str, str], new: dict[str, str]) -> str:
    if key not in old:
        return f"{key} {new[key]}"
    return f"{key} {new[key]}, was {old[key]}" if key in new else f"no {key}, was {old[key]}"


def sampling(system: str, before: Part, after: Part) -> Iterator[Change]:
    """The services of a system whose traces are sampled otherwise."""
    for service in dict.fromkeys((*before["sampling"], *after["sampling"])):
        old, new = before["sampling"].get(service), after["sampling"].get(service)
        about = About(kind="sampling of", system=system, name=service, place=(new or old or {"place": ""})["place"])
        if new is None:
            yield about.says("lost", "is given up: its traces are sampled like those of all others", mark="-")
        elif old is None:
            yield about.says("new", f"is new: {new['strategy']}", mark="+")
        else:
            yield from _sampled(about, old, new)


def _sampled(about: About, old: Sampled, new: Sampled) -> Iterator[Change]:
    if old["strategy"] != new["strategy"]:
        yield about.says("changed", _kept(old["strategy"], new["strategy"]))
    for name in sorted({*old["operations"], *new["operations"]}):
        was, now = (each["operations"].get(name, each["strategy"]) for each in (old, new))
        if was != now:
            operation = attrs.evolve(about, name=f"{about.name} {name}")
            yield operation.says("operation", _kept(was, now))


def _kept(was: str, now: str) -> str:
    how = "keeps another share"
    if "/" not in was + now:
        how = "keeps more" if Decimal(now) > Decimal(was) else "keeps less"
    return f"{how}: {now}, was {was}"
