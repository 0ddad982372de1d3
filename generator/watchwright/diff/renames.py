"""What has another name: a rename is one change, and not one of all that read it."""

from __future__ import annotations

import re
from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping
from functools import cached_property
from typing import TypeVar

import attrs

from watchwright.diff.state import Part, Series, State
from watchwright.query.units import unit_of_name

T = TypeVar("T")


def paired(before: Mapping[str, T], after: Mapping[str, T], *alike: Callable[[T], Hashable | None]) -> dict[str, str]:
    """
    The new names of what is gone, by the old ones.

    Two are one and the same where just one that is gone and just one that is new are *alike* in something; nobody
    guesses between several. What is None is like nothing.
    """
    found: dict[str, str] = {}
    for key in alike:
        gone = _by(key, {name: each for name, each in before.items() if name not in after and name not in found})
        taken = set(found.values())
        new = _by(key, {name: each for name, each in after.items() if name not in before and name not in taken})
        for what, names in gone.items():
            if len(names) == len(others := new.get(what, [])) == 1:
                found[names[0]] = others[0]
    return found


def _by(key: Callable[[T], Hashable | None], parts: Mapping[str, T]) -> dict[Hashable, list[str]]:
    found: dict[Hashable, list[str]] = {}
    for name, each in parts.items():
        if (what := key(each)) is not None:
            found.setdefault(what, []).append(name)
    return found


# Series ---------------------------------------------------------------------------------------------------


def renamed_series(before: Part, after: Part, renames: Renames) -> dict[str, str]:
    """The new names of recorded series, by the old ones: gone and new, computed alike."""
    return paired(before["recorded"], after["recorded"], lambda rule: renames.anew(rule["expr"]))


def renamed_metrics(before: Part, after: Part) -> dict[str, str]:
    """The new names of metrics, by the old ones: gone and new, alike but for some of the words of their names."""
    gone = {name: each for name, each in before["metrics"].items() if name not in after["metrics"]}
    new = {name: each for name, each in after["metrics"].items() if name not in before["metrics"]}
    closest = {old: _closest(old, metric, new) for old, metric in gone.items()}
    back = {name: _closest(name, metric, gone) for name, metric in new.items()}
    return {old: name for old, name in closest.items() if name and back[name] == old}


def _closest(name: str, metric: Series, others: Mapping[str, Series]) -> str:
    """The name among *others* that has most in common with this one; empty where none has half of it, or several."""
    words = {each: _common(name, each) for each, other in others.items() if _alike(name, metric, each, other)}
    most = max(words.values(), default=0.0)
    found = [each for each, common in words.items() if common == most >= _HALF]
    return found[0] if len(found) == 1 else ""


_HALF = 0.5


def _alike(name: str, metric: Series, other_name: str, other: Series) -> bool:
    same_unit = metric["unit"] == other["unit"] and unit_of_name(name) == unit_of_name(other_name)
    return same_unit and all(metric[key] == other[key] for key in ("kind", "labels", "buckets"))


def _common(one: str, other: str) -> float:
    """Which part of the words of two names they have in common."""
    ours, theirs = one.split("_"), other.split("_")
    return len(set(ours) & set(theirs)) / max(len(ours), len(theirs))


# Texts ----------------------------------------------------------------------------------------------------


@attrs.frozen(slots=False)
class Renames:
    """
    The new names of metrics in each system, by the old ones, and of all *series*, recorded ones too.

    *scopes* are the matchers of systems that have other jobs now, new ones by old ones: a job is told as a job.
    """

    metrics: Mapping[str, Mapping[str, str]]
    series: Mapping[str, str]
    scopes: Mapping[str, str]

    def settled(self, was: str, now: str) -> str:
        """An old text in new names, where the new text has any of them; one that reads an old name still does."""
        for old, new in self.scopes.items():
            was = was.replace(old, new) if new in now else was
        return self.anew(was) if self.series and self._new.search(now) else was

    def anew(self, text: str) -> str:
        """A text in new names."""
        return self._old.sub(lambda match: self.series[match[1]], text) if self.series else text

    @cached_property
    def _old(self) -> re.Pattern[str]:
        return _words(self.series)

    @cached_property
    def _new(self) -> re.Pattern[str]:
        return _words(self.series.values())


def _words(names: Iterable[str]) -> re.Pattern[str]:
    return re.compile(rf"(?<![\w:])({'|'.join(map(re.escape, sorted(names, key=len, reverse=True)))})(?![\w:])")


def renames(before: State, after: State) -> Renames:
    """What has another name, in systems that both states have."""
    both = {
        name: (part, after["systems"][name]) for name, part in before["systems"].items() if name in after["systems"]
    }
    metrics = {name: found for name, (old, new) in both.items() if (found := renamed_metrics(old, new))}
    exposed = dict(pair for name, found in metrics.items() for pair in _exposed(both[name][0], found))
    scopes = {old["scope"]: new["scope"] for old, new in both.values() if old["scope"] and old["scope"] != new["scope"]}
    of_metrics = Renames(metrics, exposed, scopes)
    recorded = dict(pair for old, new in both.values() for pair in _recorded(old, new, of_metrics))
    return Renames(metrics, {**exposed, **recorded}, scopes)


def _exposed(part: Part, renamed: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    for old, new in renamed.items():
        for name in part["metrics"][old]["series"]:
            yield name, name.replace(old, new, 1)


def _recorded(old: Part, new: Part, of_metrics: Renames) -> Iterator[tuple[str, str]]:
    for name, other in renamed_series(old, new, of_metrics).items():
        was, now = old["recorded"][name]["record"], new["recorded"][other]["record"]
        if was != now:  # they may differ in labels alone
            yield was, now
