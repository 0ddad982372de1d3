"""Reviews of several environments: what is the same in all of them is said once."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence
from typing import TypeVar

import attrs

from watchwright.diff.change import Change, ordered

T = TypeVar("T")


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


def together(found: Mapping[str, Sequence[Change]]) -> tuple[Change, ...]:
    """
    The changes of environments by their names: those of some alone say of which.

    What is said decides; lines below it that differ say of which environment they are.
    """
    return ordered(_one(having, len(found)) for having in _alike(found, _said))


def _said(change: Change) -> Change:
    return attrs.evolve(change, before=(), after=(), impact=())


def _one(having: Mapping[str, Change], count: int) -> Change:
    before, after, impact = (
        tuple(noted({name: getattr(each, lines) for name, each in having.items()}))
        for lines in ("before", "after", "impact")
    )
    names = () if len(having) == count else tuple(having)
    first = next(iter(having.values()))
    return attrs.evolve(first, environments=names, before=before, after=after, impact=impact)


def noted(found: Mapping[str, Sequence[str]]) -> list[str]:
    """Likewise lines, and what is said beside changes."""
    return [_with_names(having, len(found)) for having in _alike(found, str)]


def _with_names(having: Mapping[str, str], count: int) -> str:
    line = next(iter(having.values()))
    return line if len(having) == count else f"{', '.join(having)}: {line}"


def _alike(found: Mapping[str, Sequence[T]], key: Callable[[T], Hashable]) -> Iterable[Mapping[str, T]]:
    """What has one key, by the environments that have it; the second of one environment is another."""
    having: dict[tuple[Hashable, int], dict[str, T]] = {}
    for name, things in found.items():
        times: Counter[Hashable] = Counter()
        for each in things:
            having.setdefault((key(each), times[key(each)]), {})[name] = each
            times[key(each)] += 1
    return having.values()
