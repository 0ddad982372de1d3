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
    shows nothing. *before* and *after* are lines that differ, *impact* whatever else feels it. *urgency* is 0 but for
    alerts that are less urgent than the most urgent ones.
    """

    id: str
    system: str
    subject: str
    said: str
    mark: Mark = "~"
    attention: bool = False
    urgency: int = 0
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
    urgency: int = 0

    def says(self, id_: str, said: str, **more: Any) -> Change:
        """A change of it; *more* are fields of `Change`."""
        subject = f"{self.kind} {self.name}"
        kind = self.kind.lower().split()[0]
        return Change(
            id=f"{kind}/{id_}", system=self.system, subject=subject, said=said, place=self.place,
            urgency=self.urgency, **more,
        )  # fmt: skip


# Kinds of changes that need attention, the worst first: nobody is told, or later, or more may break; others are
# told, or of something else; nothing is known; nothing is shown. An id stands for itself, a kind for all of it that is
# not named.
_WORST = (
    ("system/gone", "alert/lost", "alert/no-data", "alert/severity", "alert/threshold", "alert", "slo/lost", "slo"),
    ("system/owner", "alert/condition", "alert/renamed", "alert/label", "slo/renamed"),
    ("job/lost", "job/dropped", "job", "metric/lost", "metric", "series", "platform"),
    ("panel/no-data", "board", "panel"),
)  # fmt: skip
_LAST = (len(_WORST), 0)
_RANKS = {what: (group, place) for group, each in enumerate(_WORST) for place, what in enumerate(each)}


def ordered(changes: Iterable[Change]) -> tuple[Change, ...]:
    """
    What needs attention first, the worst of it first, and of that what is most urgent.

    Else by system, and in the order in which its parts were compared.
    """
    return tuple(sorted(changes, key=_order))


def _order(change: Change) -> tuple[bool, int, int, int, str]:
    if not change.attention:
        return True, 0, 0, 0, change.system
    group, place = _RANKS.get(change.id) or _RANKS.get(change.id.partition("/")[0], _LAST)
    return False, group, change.urgency, place, change.system
