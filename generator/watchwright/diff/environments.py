"""Reviews of several environments: what is the same in all of them is said once."""

from __future__ import annotations

from collections import Counter
from collections.abc import Hashable, Iterable, Iterator, Mapping, Sequence
from typing import TypeVar

import attrs

from watchwright.diff.change import Change, ordered

T = TypeVar("T", bound=Hashable)


def named(
    changes: Sequence[Change], before: Iterable[str], after: Iterable[str], names: Iterable[str]
) -> tuple[Change, ...]:
    """Changes with those of which environments there are, as far as these are among *names*."""
    had, has = set(before), set(after)
    gone = [_gone(name, last=not has) for name in names if name in had - has]
    new = [_new(name, first=not had) for name in names if name in has - had]
    return (*gone, *changes, *new)


def _new(name: str, *, first: bool) -> Change:
    said = "is new, and compared with what was for no environment in particular" if first else "is new"
    return Change(id="environment/new", system="", subject=f"environment {name}", said=said, mark="+")


def _gone(name: str, *, last: bool) -> Change:
    said = "is gone, and compared with what is for no environment in particular" if last else "is gone, with all in it"
    subject = f"environment {name}"
    return Change(id="environment/gone", system="", subject=subject, said=said, mark="-", attention=True)


def together(found: Mapping[str, Iterable[Change]]) -> tuple[Change, ...]:
    """The changes of environments by their names: those of some alone say of which."""
    return ordered(attrs.evolve(each, environments=names) for each, names in _alike(found))


def noted(found: Mapping[str, Iterable[str]]) -> list[str]:
    """Likewise what is said beside changes."""
    return [f"{', '.join(names)}: {each}" if names else each for each, names in _alike(found)]


def _alike(found: Mapping[str, Iterable[T]]) -> Iterator[tuple[T, tuple[str, ...]]]:
    """Each thing once, with the names of those that have it; without any where all do."""
    having: dict[tuple[T, int], list[str]] = {}
    for name, things in found.items():
        times: Counter[T] = Counter()
        for each in things:
            having.setdefault((each, times[each]), []).append(name)
            times[each] += 1
    for (each, _), names in having.items():
        yield each, () if len(names) == len(found) else tuple(names)
