"""Metrics and recorded series that have another name: a rename is one change, and not one of all that read it."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any, TypeVar

from watchwright.diff.state import Part, Series, State

T = TypeVar("T")


def renamed_metrics(before: Part, after: Part) -> dict[str, str]:
    """The new names of metrics, by the old ones: gone and new, of one kind, with the same labels and buckets."""
    gone = {name: each for name, each in before["metrics"].items() if name not in after["metrics"]}
    new = {name: each for name, each in after["metrics"].items() if name not in before["metrics"]}
    found: dict[str, str] = {}
    for old, metric in gone.items():
        alike = [name for name, each in new.items() if _alike(metric, each) and name not in found.values()]
        if alike:
            found[old] = max(alike, key=lambda name: (_common(old, name), name))
    return found


def _alike(one: Series, other: Series) -> bool:
    return all(one[key] == other[key] for key in ("kind", "labels", "buckets"))


def _common(one: str, other: str) -> int:
    """How many words two names have in common."""
    return len(set(one.split("_")) & set(other.split("_")))


def renamed_series(before: Part, after: Part) -> dict[str, str]:
    """The new names of recorded series, by the old ones: gone and new, computed alike."""
    added = {name: each for name, each in after["recorded"].items() if name not in before["recorded"]}
    found: dict[str, str] = {}
    for name, rule in before["recorded"].items():
        other = next((each for each, new in added.items() if new["expr"] == rule["expr"]), None)
        if name not in after["recorded"] and other is not None:
            del added[other]
            found[name] = other
    return found


def settled(before: State, after: State) -> tuple[State, dict[str, dict[str, str]]]:
    """
    The state before with the new names wherever the state after reads them, and the renamed metrics of each system.

    What still reads an old name is left as it was.
    """
    both = {
        name: (part, after["systems"][name]) for name, part in before["systems"].items() if name in after["systems"]
    }
    renames = {name: found for name, (old, new) in both.items() if (found := renamed_metrics(old, new))}
    series = dict(pair for name, found in renames.items() for pair in _series(both[name][0], found))
    for old, new in both.values():
        for name, other in renamed_series(old, new).items():
            series[old["recorded"][name]["record"]] = new["recorded"][other]["record"]
    series = {old: new for old, new in series.items() if old != new}
    if not series:
        return before, {}
    pattern = re.compile(rf"(?<![\w:])({'|'.join(map(re.escape, sorted(series, key=len, reverse=True)))})(?![\w:])")
    systems = {
        name: _part(part, after["systems"].get(name), pattern, series) for name, part in before["systems"].items()
    }
    return State(**{**before, "systems": systems}), renames


def _series(part: Part, renames: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    for old, new in renames.items():
        for name in part["metrics"][old]["series"]:
            yield name, name.replace(old, new, 1)


def _part(part: Part, other: Part | None, pattern: re.Pattern[str], series: Mapping[str, str]) -> Part:
    if other is None:
        return part
    new = set(series.values())
    changed: dict[str, Any] = dict(part)
    for kind in ("alerts", "recorded", "slos", "panels"):
        others: Mapping[str, Any] = other[kind]
        changed[kind] = {
            name: _replaced(each, pattern, series) if new & set(others.get(name, {}).get("reads", ())) else each
            for name, each in changed[kind].items()
        }
    for name, slo in changed["slos"].items():
        now = other["slos"].get(name)
        if now is not None and slo["indicator"] == now["indicator"] != part["slos"][name]["indicator"]:
            slo["rules"] = now["rules"]  # their texts differ by the name
    found: Part = Part(**changed)  # type: ignore[typeddict-item] # the same keys
    return found


def _replaced(value: T, pattern: re.Pattern[str], series: Mapping[str, str]) -> T:
    found: Any = value
    match found:
        case str():
            found = pattern.sub(lambda match: series[match[1]], found)
        case list():
            found = [_replaced(each, pattern, series) for each in found]
        case dict():
            found = {key: _replaced(each, pattern, series) for key, each in found.items()}
    replaced: T = found
    return replaced
