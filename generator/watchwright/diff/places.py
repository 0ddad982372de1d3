"""Where a change is, for whoever looks it up: a line of one side or of the other."""

from __future__ import annotations

from collections.abc import Iterable

import attrs

from watchwright.diff.change import Change
from watchwright.diff.state import State


def of_base(change: Change) -> bool:
    """Whether its place is one of the side before: it tells of what is no longer there."""
    return change.mark == "-"


def located(changes: Iterable[Change], before: State, after: State) -> tuple[Change, ...]:
    """Changes that all have a place: where its system is defined, if it is of nothing that has one of its own."""
    return tuple(attrs.evolve(each, place=each.place or _place(each, before, after)) for each in changes)


def _place(change: Change, before: State, after: State) -> str:
    found = (before if of_base(change) else after)["systems"].get(change.system)
    return found["place"] if found else ""
