"""One change, as a reviewer is told of it."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Literal

import attrs

Mark = Literal["+", "-", "~"]


@attrs.frozen(order=False, kw_only=True)
class Change:
    """
    *subject* and *said* read as a sentence: `alert ProviderFailing` `is lost`.

    What needs *attention* comes first: something is told to nobody any more, later or less urgently, may break more, or
    shows nothing. *before* and *after* are lines that differ, *impact* whatever else feels it.
    """

    id: str
    system: str
    subject: str
    said: str
    mark: Mark = "~"
    attention: bool = False
    place: str = ""
    before: tuple[str, ...] = ()
    after: tuple[str, ...] = ()
    impact: tuple[str, ...] = ()
    environments: tuple[str, ...] = ()  # that alone have it; none where all of them do


@attrs.frozen(kw_only=True)
class About:
    """A part of a system, of which changes are told: an `alert` by its *name*, written at a *place*."""

    kind: str
    system: str
    name: str
    place: str

    def says(self, id_: str, said: str, **more: Any) -> Change:
        """A change of it; *more* are fields of `Change`."""
        subject = f"{self.kind} {self.name}"
        kind = self.kind.lower().split()[0]
        return Change(id=f"{kind}/{id_}", system=self.system, subject=subject, said=said, place=self.place, **more)


def ordered(changes: Iterable[Change]) -> tuple[Change, ...]:
    """What needs attention first; else by system, and in the order in which its parts were compared."""
    return tuple(sorted(changes, key=lambda each: (not each.attention, each.system)))
